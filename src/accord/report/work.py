"""The experts' work as the report shows it: the assignment, its loads, what stood, conflicts, reviews left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, get_args

from accord.methods.conflicts import Conflict, Kind
from accord.pipeline.steps import AssignedPair, LeftOut, StoodFinding
from accord.pipeline.walk import Walk
from accord.report.figures import decimal, percent
from accord.report.language import Words
from accord.report.retold import evidence, kind_and_evidence, retold
from accord.report.texts import Worded

KINDS_OF_CONFLICT: Final[tuple[str, ...]] = get_args(Kind)
KINDS_LEFT_OUT: Final = ("conflict", "not-eligible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many experts have so many reviews; `part` of the most frequent number, for the bar."""

    reviews: int
    experts: int
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An assigned pair, and why the next best expert does not stand in its place."""

    proposal: str
    expert: str
    side: str | None
    affinity: str
    next_choice: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where the assignment that stood does not meet the plan: what kind of thing, about whom, what was found."""

    kind: str
    proposal: str | None
    expert: str | None
    found: Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The assignment that the reviews show, beside the computed one; differences are computed minus stood."""

    pairs: int
    pairs_of_ineligible: int
    total: str
    gain: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The computed assignment; `proven` is the fairness that it is proven to be best by, None where it is not."""

    infeasible: tuple[Worded, ...]
    pairs: tuple[Pair, ...]
    total: str
    mean: str | None
    worst: str | None
    proven: str | None
    unique: bool
    stood: Stood | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing about a pair that must not meet or is not counted: its kind by key, and what was found."""

    proposal: str
    expert: str
    kind: str
    found: Worded


def assignment(walk: Walk, say: Words) -> Assignment:
    """The computed assignment in figures, and the comparison with what stood."""
    result = walk.assignment.result
    side_of = {expert.id: expert.side for expert in walk.inputs.call.experts}
    worst = min((pair.affinity for pair in result.pairs), default=None)
    return Assignment(
        infeasible=tuple(retold("lacks", line, say) for line in result.infeasible),
        pairs=tuple(_pair(pair, side_of, say) for pair in result.pairs),
        total=decimal(result.total),
        mean=decimal(result.total // len(result.pairs), 3) if result.pairs else None,
        worst=None if worst is None else decimal(worst, 3),
        proven=None if result.certificate is None else walk.inputs.call.plan.plan.review.fairness,
        unique=result.unique,
        stood=_stood(walk, say),
    )


def _pair(pair: AssignedPair, side_of: Mapping[str, str | None], say: Words) -> Pair:
    near = None if pair.next_affinity is None else decimal(pair.next_affinity, 3)
    return Pair(
        proposal=pair.proposal,
        expert=pair.expert,
        side=side_of[pair.expert],
        affinity=decimal(pair.affinity, 3),
        next_choice=None if pair.next_choice is None else f"{pair.next_choice} ({near})",
        why=None if pair.why is None else say(f"not-taken.{pair.why}"),
    )


def _stood(walk: Walk, say: Words) -> Stood | None:
    stood = walk.assignment.result.stood
    if stood is None:
        return None
    return Stood(
        pairs=stood.pairs,
        pairs_of_ineligible=stood.pairs_of_ineligible,
        total=decimal(stood.total),
        gain=None if stood.gain is None else f"{'+' if stood.gain >= 0 else ''}{decimal(stood.gain)}",
        findings=tuple(_finding(one, say) for one in stood.findings),
    )


def _finding(one: StoodFinding, say: Words) -> Finding:
    if one.kind == "conflict":
        found, kind = kind_and_evidence(one.found, say), "conflict"
    else:
        found = retold(f"stood.{one.kind}", one.found, say)
        kind = "load-few" if one.kind == "load" and "at least" in one.found else one.kind
    return Finding(kind=say(f"finding.{kind}"), proposal=one.proposal, expert=one.expert, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLoad:
    """An expert's reviews: those that can be taken, that the computed assignment gives, and that were given."""

    expert: str
    side: str | None
    can_take: int
    assigned: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLoad:
    """The experts of one Side, or of none, and their reviews in the computed assignment."""

    side: str | None
    experts: int
    can_take: int
    assigned: int
    mean: str
    most: int
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """The experts' loads: how many have how many reviews, by Side, and one by one, the greatest first."""

    histogram: tuple[Load, ...]
    by_side: tuple[SideLoad, ...]
    experts: tuple[ExpertLoad, ...]


def loads(walk: Walk) -> Loads:
    """Every expert's load in the computed assignment, beside what each can take and the reviews given."""
    call, result = walk.inputs.call, walk.assignment.result
    assigned = Counter(pair.expert for pair in result.pairs)
    given = Counter(expert for _, expert in {(score.proposal, score.expert) for score in call.reviews or ()})
    most = call.plan.plan.review.max_load
    every = [
        ExpertLoad(
            expert=one.id,
            side=one.side,
            can_take=most if one.max_load is None else one.max_load,
            assigned=assigned[one.id],
            given=given[one.id],
        )
        for one in call.experts
    ]
    of_side = {name: [one for one in every if one.side == name] for name in (*call.plan.plan.sides, None)}
    number = Counter(one.assigned for one in every)
    frequent = max(number.values(), default=0)
    return Loads(
        histogram=tuple(
            Load(reviews=reviews, experts=number[reviews], part=percent(number[reviews], frequent))
            for reviews in range(max(number, default=-1) + 1)
        ),
        by_side=tuple(_of_side(name, among) for name, among in of_side.items() if among or name is not None),
        experts=tuple(sorted(every, key=lambda one: (-one.assigned, one.expert))),
    )


def _of_side(name: str | None, among: list[ExpertLoad]) -> SideLoad:
    assigned = sum(one.assigned for one in among)
    return SideLoad(
        side=name,
        experts=len(among),
        can_take=sum(one.can_take for one in among),
        assigned=assigned,
        mean=f"{Decimal(assigned) / len(among):.1f}" if among else "0.0",
        most=max((one.assigned for one in among), default=0),
        without=sum(one.assigned == 0 for one in among),
    )


def conflicts(found: tuple[Conflict, ...], say: Words) -> tuple[Told, ...]:
    """Every conflict with its evidence in the page's language."""
    return tuple(
        Told(proposal=one.proposal, expert=one.expert, kind=one.kind, found=evidence(one.kind, one.evidence, say))
        for one in found
    )


def left_out(rows: tuple[LeftOut, ...], say: Words) -> tuple[Told, ...]:
    """Every review that does not count, with its reason in the page's language."""
    return tuple(
        Told(proposal=row.proposal, expert=row.expert, kind=row.kind, found=kind_and_evidence(row.reason, say))
        for row in rows
    )


def counted_kinds(found: tuple[Told, ...], kinds: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """How many there are of each kind, none included."""
    number = Counter(one.kind for one in found)
    return tuple((kind, number[kind]) for kind in kinds)
