"""How a call stands, the day after closing and later: counts, money asked, what is missing. It decides nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accord.call.folder import Call
from accord.call.values import DeclaredConflict, Proposal
from accord.methods.conflicts import conflicts, organisation_key
from accord.methods.eligibility import Verdict, eligibility, person
from accord.pipeline.missing import Missing, missing
from accord.pipeline.panel import ExpertsStatus, experts_status
from accord.plan.calendar import CalendarChecks, calendar_checks
from accord.plan.model import Plan, Side

SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStatus:
    """How many proposals a topic has, how many are eligible, and how many each Side's partners coordinate."""

    topic: str
    proposals: int
    eligible: int
    by_coordinator: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What eligible proposals ask of one Side, beside its budget, in whole minor units of its own unit.

    Of one topic, or of all where `topic` is None. `own_budget` says whether the Side keeps a budget for that
    topic alone; else the whole budget stands there. `ratio` is requested over budget, to a tenth; None where
    the budget is zero.
    """

    side: str
    topic: str | None
    unit: str
    proposals: int
    requested: int
    budget: int
    own_budget: bool
    ratio: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedStatus:
    """A rule that proposals fail, and which; no Side means a joint rule."""

    rule: str
    side: str | None
    proposals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryStatus:
    """How often partners of one Side and country take part: with a request, without, in how many proposals."""

    side: str
    country: str
    funded: int
    unfunded: int
    proposals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationStatus:
    """An organisation that takes part in several proposals, by its ROR or else its name, as first written."""

    name: str
    sides: tuple[str, ...]
    proposals: tuple[str, ...]
    coordinates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigatorStatus:
    """A person who takes part in several proposals, by the ORCID or else the identifier."""

    id: str
    name: str | None
    proposals: tuple[str, ...]
    coordinates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a call stands. Counts are of all proposals where nothing else is said; money is of the eligible ones."""

    call: str
    plan: str
    proposals: int
    eligible: int
    topics: tuple[TopicStatus, ...]
    demand: tuple[Demand, ...]
    demand_by_topic: tuple[Demand, ...]
    failed: tuple[FailedStatus, ...]
    partners: int
    countries: tuple[CountryStatus, ...]
    organisations: tuple[OrganisationStatus, ...]
    investigators: tuple[InvestigatorStatus, ...]
    experts: ExpertsStatus
    declared: tuple[DeclaredConflict, ...]
    missing: Missing
    recorded_only: tuple[str, ...]
    calendar: CalendarChecks


def status(call: Call) -> Status:
    """How a call stands, computed from its plan and tables alone, whichever of them are there yet."""
    plan = call.plan.plan
    verdicts = eligibility(plan, call.proposals)
    able = {verdict.proposal for verdict in verdicts if verdict.eligible}
    eligible = tuple(proposal for proposal in call.proposals if proposal.id in able)
    found = conflicts(plan, call.proposals, call.experts, call.publications, call.declared)
    pairs = frozenset((one.proposal, one.expert) for one in found)
    return Status(
        call=plan.call.id,
        plan=call.plan.digest,
        proposals=len(call.proposals),
        eligible=len(eligible),
        topics=tuple(_topics(plan, call.proposals, able)),
        demand=tuple(_demand(side, None, eligible) for side in plan.side),
        demand_by_topic=tuple(_demand(side, topic.id, eligible) for topic in plan.topic for side in plan.side),
        failed=tuple(_failed(plan, verdicts)),
        partners=sum(len(proposal.partners) for proposal in call.proposals),
        countries=tuple(_countries(plan, call.proposals)),
        organisations=tuple(_organisations(plan, call.proposals)),
        investigators=investigators_status(call.proposals),
        experts=experts_status(call, eligible, found),
        declared=call.declared,
        missing=missing(call, eligible, pairs),
        recorded_only=plan.recorded_only,
        calendar=calendar_checks(plan),
    )


def ratio(part: int, whole: int) -> Decimal | None:
    """A part over a whole to a tenth, halves up, exactly; None where the whole is zero."""
    return Decimal((20 * part + whole) // (2 * whole)).scaleb(-1) if whole else None


def _coordinating_side(proposal: Proposal) -> str:
    return next(partner.side for partner in proposal.partners if partner.role == "coordinator")


def _topics(plan: Plan, proposals: Sequence[Proposal], able: set[str]) -> Iterator[TopicStatus]:
    for topic in plan.topic:
        of_topic = [proposal for proposal in proposals if proposal.topic == topic.id]
        sides = Counter(_coordinating_side(proposal) for proposal in of_topic)
        yield TopicStatus(
            topic=topic.id,
            proposals=len(of_topic),
            eligible=sum(proposal.id in able for proposal in of_topic),
            by_coordinator=tuple((side, sides[side]) for side in plan.sides),
        )


def _demand(side: Side, topic: str | None, eligible: Sequence[Proposal]) -> Demand:
    asked = [proposal.requested(side) for proposal in eligible if topic in {None, proposal.topic}]
    own = [side.minor(part.amount) for part in side.topic_budgets if part.topic == topic]
    budget = sum(own) if own else side.minor(side.budget)
    return Demand(
        side=side.id,
        topic=topic,
        unit=side.unit,
        proposals=sum(minor > 0 for minor in asked),
        requested=sum(asked),
        budget=budget,
        own_budget=bool(own),
        ratio=ratio(sum(asked), budget),
    )


def _failed(plan: Plan, verdicts: Sequence[Verdict]) -> Iterator[FailedStatus]:
    failing: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for verdict in verdicts:
        for side, rule in dict.fromkeys((one.side, one.rule) for one in verdict.failed):
            failing[side, rule].append(verdict.proposal)
    place = {side: number for number, side in enumerate((None, *plan.sides))}
    for side, rule in sorted(failing, key=lambda one: (place[one[0]], -len(failing[one]), one[1])):
        yield FailedStatus(rule=rule, side=side, proposals=tuple(failing[side, rule]))


def _countries(plan: Plan, proposals: Sequence[Proposal]) -> Iterator[CountryStatus]:
    funded: Counter[tuple[str, str]] = Counter()
    unfunded: Counter[tuple[str, str]] = Counter()
    among: Counter[tuple[str, str]] = Counter()
    for proposal in proposals:
        among.update({(partner.side, partner.country) for partner in proposal.partners})
        for partner in proposal.partners:
            (funded if partner.funded else unfunded)[partner.side, partner.country] += 1
    place = {side: number for number, side in enumerate(plan.sides)}
    for side, country in sorted(among, key=lambda one: (place[one[0]], -funded[one] - unfunded[one], one[1])):
        key = (side, country)
        yield CountryStatus(
            side=side, country=country, funded=funded[key], unfunded=unfunded[key], proposals=among[key]
        )


def _organisations(plan: Plan, proposals: Sequence[Proposal]) -> Iterator[OrganisationStatus]:
    """Those in several proposals, most first. A name without a ROR is the organisation of that name with one."""
    named: dict[str, set[str]] = defaultdict(set)
    for partner in (partner for proposal in proposals for partner in proposal.partners):
        if partner.ror is not None:
            named[organisation_key(partner.organisation)].add(partner.ror)
    names: dict[str, str] = {}
    sides: dict[str, set[str]] = defaultdict(set)
    taking_part: dict[str, dict[str, None]] = defaultdict(dict)
    coordinating: Counter[str] = Counter()
    for proposal in proposals:
        for partner in proposal.partners:
            known = named[organisation_key(partner.organisation)]
            only = next(iter(known)) if len(known) == 1 else organisation_key(partner.organisation)
            key = partner.ror or only
            names.setdefault(key, partner.organisation)
            sides[key].add(partner.side)
            taking_part[key][proposal.id] = None
            coordinating[key] += partner.role == "coordinator"
    several = [key for key, ids in taking_part.items() if len(ids) >= SEVERAL]
    for key in sorted(several, key=lambda one: (-len(taking_part[one]), names[one], one)):
        yield OrganisationStatus(
            name=names[key],
            sides=tuple(side for side in plan.sides if side in sides[key]),
            proposals=tuple(taking_part[key]),
            coordinates=coordinating[key],
        )


def investigators_status(proposals: Sequence[Proposal]) -> tuple[InvestigatorStatus, ...]:
    """The people who take part in several proposals, most first."""
    return tuple(_investigators(proposals))


def _investigators(proposals: Sequence[Proposal]) -> Iterator[InvestigatorStatus]:
    names: dict[str, str | None] = {}
    taking_part: dict[str, dict[str, None]] = defaultdict(dict)
    coordinating: dict[str, set[str]] = defaultdict(set)
    for proposal in proposals:
        for partner in proposal.partners:
            for who in partner.investigators:
                key = person(who)
                names[key] = names.get(key) or who.name
                taking_part[key][proposal.id] = None
                if partner.role == "coordinator":
                    coordinating[key].add(proposal.id)
    several = [key for key, ids in taking_part.items() if len(ids) >= SEVERAL]
    for key in sorted(several, key=lambda one: (-len(taking_part[one]), one)):
        yield InvestigatorStatus(
            id=key, name=names[key], proposals=tuple(taking_part[key]), coordinates=len(coordinating[key])
        )
