"""Conflicts of interest: the pairs of proposal and expert that must not meet, each with its evidence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from accord.call.values import Coauthor, DeclaredConflict, Expert, Proposal, Publication
from accord.methods.eligibility import person
from accord.plan.model import CoauthorRule, Plan
from accord.plan.types import Block

METHOD: Final = "conflicts"
VERSION: Final = "1"
KANA_MARKS: Final = "\u3099\u309a"  # they tell ka from ga: no accents

Kind = Literal["own-proposal", "declared", "excluded-by-applicants", "same-organisation", "coauthor"]


class Conflict(Block):
    """One reason why an expert must not see a proposal. A pair can have several."""

    proposal: str
    expert: str
    kind: Kind
    evidence: str


def conflicts(
    plan: Plan,
    proposals: Sequence[Proposal],
    experts: Sequence[Expert],
    publications: Sequence[Publication],
    declared: Sequence[DeclaredConflict] = (),
) -> tuple[Conflict, ...]:
    """Every conflict that the plan's rules find, ordered by proposal, expert, kind and evidence.

    An investigator is in conflict with the own proposal whatever the plan says.
    """
    found = {
        *_own(proposals, experts),
        *(_declared(declared) if plan.conflicts.declared else ()),
        *(_excluded(proposals, experts) if plan.conflicts.excluded_by_applicants is not None else ()),
        *(_same_organisation(proposals, experts) if plan.conflicts.same_organisation else ()),
        *_coauthors(plan, proposals, experts, publications),
    }
    return tuple(sorted(found, key=lambda one: (one.proposal, one.expert, one.kind, one.evidence)))


def _names(expert: Expert) -> set[str]:
    return {expert.id} if expert.orcid is None else {expert.id, expert.orcid}


def _investigators(proposals: Sequence[Proposal]) -> dict[str, dict[str, str]]:
    """Each investigator's identifiers, with the proposals and what the person is called there."""
    taking_part: dict[str, dict[str, str]] = defaultdict(dict)
    for proposal in proposals:
        for partner in proposal.partners:
            for who in partner.investigators:
                for name in {who.id, person(who)}:
                    taking_part[name][proposal.id] = who.id
    return taking_part


def _own(proposals: Sequence[Proposal], experts: Sequence[Expert]) -> Iterator[Conflict]:
    taking_part = _investigators(proposals)
    for expert in experts:
        for name in _names(expert):
            for proposal, called in taking_part.get(name, {}).items():
                evidence = f"takes part in it as investigator {called}"
                yield Conflict(proposal=proposal, expert=expert.id, kind="own-proposal", evidence=evidence)


def _declared(declared: Sequence[DeclaredConflict]) -> Iterator[Conflict]:
    for one in declared:
        by = f" (declared by {one.declared_by})" if one.declared_by else ""
        yield Conflict(proposal=one.proposal, expert=one.expert, kind="declared", evidence=f"{one.reason}{by}")


def _excluded(proposals: Sequence[Proposal], experts: Sequence[Expert]) -> Iterator[Conflict]:
    known = {expert.id for expert in experts}
    for proposal in proposals:
        for expert in proposal.excluded_experts:
            if expert in known:
                evidence = "named by the applicants"
                yield Conflict(proposal=proposal.id, expert=expert, kind="excluded-by-applicants", evidence=evidence)


def organisation_key(name: str) -> str:
    """An organisation's name without case, accents, punctuation and doubled spaces, to compare it by."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    without_accents = "".join(sign for sign in plain if not unicodedata.combining(sign) or sign in KANA_MARKS)
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", without_accents)))


def _same_organisation(proposals: Sequence[Proposal], experts: Sequence[Expert]) -> Iterator[Conflict]:
    members: dict[str, list[Expert]] = defaultdict(list)
    for expert in experts:
        members[organisation_key(expert.organisation)].append(expert)
        if expert.ror is not None:
            members[f"ror {expert.ror}"].append(expert)
    for proposal in proposals:
        for partner in proposal.partners:
            keys = {organisation_key(partner.organisation)} | ({f"ror {partner.ror}"} if partner.ror else set())
            for key in keys:
                for expert in members.get(key, ()):
                    by = f"ROR {partner.ror}" if key.startswith("ror ") else partner.organisation
                    evidence = f"both at {by}"
                    yield Conflict(proposal=proposal.id, expert=expert.id, kind="same-organisation", evidence=evidence)


def _coauthors(
    plan: Plan, proposals: Sequence[Proposal], experts: Sequence[Expert], publications: Sequence[Publication]
) -> Iterator[Conflict]:
    rule = plan.conflicts.coauthor
    if rule is None:
        return
    since = plan.timeline.closes.year - rule.years
    taking_part = _investigators(proposals)
    named = _applying(experts, taking_part)
    known = {expert.id for expert in experts}
    for who, places in named:  # the investigator's own list counts too: writing together has two sides
        for coauthor in _recent(who, rule, since):
            if coauthor.id in known:
                for proposal, called in places.items():
                    yield _wrote_together(proposal, coauthor.id, called, coauthor)
    for expert in experts:
        for coauthor in _recent(expert, rule, since):
            for proposal, called in taking_part.get(coauthor.id, {}).items():
                yield _wrote_together(proposal, expert.id, called, coauthor)
    places_of = {who.id: places for who, places in named}
    for one, expert, paper in _shared_papers(rule, since, experts, publications, set(places_of)):
        for proposal in places_of[one.id]:
            evidence = f"wrote {paper.id} ({paper.year}) with investigator {one.id}"
            yield Conflict(proposal=proposal, expert=expert.id, kind="coauthor", evidence=evidence)


def _applying(experts: Sequence[Expert], taking_part: dict[str, dict[str, str]]) -> list[tuple[Expert, dict[str, str]]]:
    """The experts who take part in proposals, with those; from then on each is known by the own identifier too."""
    named = [(expert, taking_part[name]) for expert in experts for name in _names(expert) if name in taking_part]
    for who, places in named:
        taking_part[who.id] |= places
    return named


def _recent(expert: Expert, rule: CoauthorRule, since: int) -> Iterator[Coauthor]:
    """An expert's co-authors of recent papers that few enough wrote."""
    for one in expert.coauthors:
        few = rule.max_authors is None or one.authors is None or one.authors <= rule.max_authors
        if one.last_year >= since and few:
            yield one


def _wrote_together(proposal: str, expert: str, called: str, coauthor: Coauthor) -> Conflict:
    evidence = f"wrote with investigator {called}, last in {coauthor.last_year}"
    return Conflict(proposal=proposal, expert=expert, kind="coauthor", evidence=evidence)


def _shared_papers(
    rule: CoauthorRule,
    since: int,
    experts: Sequence[Expert],
    publications: Sequence[Publication],
    investigators: set[str],
) -> Iterator[tuple[Expert, Expert, Publication]]:
    """An expert who is an investigator, another expert, and a recent paper that both list as theirs."""
    writers: dict[str, list[Expert]] = defaultdict(list)
    for expert in experts:
        for name in expert.publications:
            writers[name].append(expert)
    for paper in publications:
        too_many = rule.max_authors is not None and paper.authors is not None and paper.authors > rule.max_authors
        if paper.year < since or too_many:
            continue
        for one in writers.get(paper.id, ()):
            if one.id in investigators:
                for other in writers[paper.id]:
                    if other.id != one.id:
                        yield one, other, paper
