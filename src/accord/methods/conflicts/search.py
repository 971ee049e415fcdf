"""Finds every conflict of interest that a plan's rules know: joins over identifiers, never every pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from accord.call.values import DeclaredConflict, Expert, Proposal, Publication
from accord.methods.conflicts.coauthors import identifiers, investigators, wrote_together
from accord.methods.conflicts.organisations import at_one_organisation
from accord.plan.model import Plan
from accord.plan.types import Block

METHOD: Final = "conflicts"
VERSION: Final = "2"

Kind = Literal["own-proposal", "declared", "joint-project", "excluded-by-applicants", "same-organisation", "coauthor"]
_Found = Iterator[tuple[str, str, Kind, str]]


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

    An investigator is in conflict with the own proposal whatever the plan says. Time and memory grow with what
    is found, not with proposals times experts.
    """
    found = set(_found(plan, proposals, experts, publications, declared))
    return tuple(
        Conflict(proposal=proposal, expert=expert, kind=kind, evidence=evidence)
        for proposal, expert, kind, evidence in sorted(found)
    )


def _found(
    plan: Plan,
    proposals: Sequence[Proposal],
    experts: Sequence[Expert],
    publications: Sequence[Publication],
    declared: Sequence[DeclaredConflict],
) -> _Found:
    rules, closes = plan.conflicts, plan.timeline.closes.year
    yield from _own(proposals, experts)
    if rules.declared:
        yield from _declared(declared)
    if rules.joint_projects is not None:
        yield from _joint_projects(closes - rules.joint_projects.years, declared)
    if rules.excluded_by_applicants is not None:
        yield from _excluded(proposals, experts)
    if rules.same_organisation:
        by_department = rules.same_organisation == "department"
        for proposal, expert, evidence in at_one_organisation(proposals, experts, department=by_department):
            yield proposal, expert, "same-organisation", evidence
    if rules.coauthor is not None:
        since = closes - rules.coauthor.years
        for proposal, expert, evidence in wrote_together(rules.coauthor, since, proposals, experts, publications):
            yield proposal, expert, "coauthor", evidence


def _own(proposals: Sequence[Proposal], experts: Sequence[Expert]) -> _Found:
    taking_part = investigators(proposals)
    for expert in experts:
        for name in identifiers(expert):
            for proposal, called in taking_part.get(name, {}).items():
                yield proposal, expert.id, "own-proposal", f"takes part in it as investigator {called}"


def _declared(declared: Sequence[DeclaredConflict]) -> _Found:
    for one in declared:
        if one.kind == "declared":
            yield one.proposal, one.expert, "declared", f"{one.reason}{_by(one)}"


def _joint_projects(since: int, declared: Sequence[DeclaredConflict]) -> _Found:
    for one in declared:
        if one.kind == "joint-project" and one.year is not None and one.year >= since:
            yield one.proposal, one.expert, "joint-project", f"{one.reason}, until {one.year}{_by(one)}"


def _by(one: DeclaredConflict) -> str:
    return f" (declared by {one.declared_by})" if one.declared_by else ""


def _excluded(proposals: Sequence[Proposal], experts: Sequence[Expert]) -> _Found:
    known = {expert.id for expert in experts}
    for proposal in proposals:
        for expert in proposal.excluded_experts:
            if expert in known:
                yield proposal.id, expert, "excluded-by-applicants", "named by the applicants"
