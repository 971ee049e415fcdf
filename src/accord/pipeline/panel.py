"""The experts of a call as its status tells them: how many, what they can take, who can hardly be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from accord.call.folder import Call
from accord.call.values import Expert, Proposal
from accord.methods.conflicts import Conflict

A_TENTH: Final = 10
LEAST_MANY: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SideExperts:
    """The experts of one Side, or of none: how many reviews they can take, and how many its least number asks for."""

    side: str | None
    experts: int
    load: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictedExpert:
    """An expert, and with how many eligible proposals in conflict."""

    expert: str
    side: str | None
    proposals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsStatus:
    """The experts of a call beside the reviews that its eligible proposals need.

    `many` is the number of eligible proposals, a tenth of them and at least two, from which on `conflicted`
    names an expert. `kinds` counts the pairs in conflict by kind; a pair can have several. `without_publications`
    are experts of whom no listed publication is in the call.
    """

    number: int
    load: int
    needed: int
    by_side: tuple[SideExperts, ...]
    without_publications: tuple[str, ...]
    many: int
    conflicted: tuple[ConflictedExpert, ...]
    pairs: int
    kinds: tuple[tuple[str, int], ...]


def load_of(call: Call, expert: Expert) -> int:
    """How many reviews an expert takes at most: the own number, or else the plan's."""
    return call.plan.plan.review.max_load if expert.max_load is None else expert.max_load


def experts_status(call: Call, eligible: Sequence[Proposal], found: Sequence[Conflict]) -> ExpertsStatus:
    """The experts, their load beside the reviews needed, and their conflicts with eligible proposals."""
    review = call.plan.plan.review
    able = {proposal.id for proposal in eligible}
    known = {publication.id for publication in call.publications}
    of_eligible = [one for one in found if one.proposal in able]
    pairs = {(one.proposal, one.expert) for one in of_eligible}
    many = max(-(-len(eligible) // A_TENTH), LEAST_MANY)
    kinds: Counter[str] = Counter(kind for _, _, kind in {(one.proposal, one.expert, one.kind) for one in of_eligible})
    return ExpertsStatus(
        number=len(call.experts),
        load=sum(load_of(call, expert) for expert in call.experts),
        needed=len(eligible) * review.experts_per_proposal,
        by_side=tuple(_by_side(call, len(eligible))),
        without_publications=tuple(one.id for one in call.experts if known.isdisjoint(one.publications)),
        many=many,
        conflicted=tuple(_conflicted(call, pairs, many)),
        pairs=len(pairs),
        kinds=tuple(sorted(kinds.items(), key=lambda one: (-one[1], one[0]))),
    )


def _by_side(call: Call, eligible: int) -> Iterator[SideExperts]:
    plan = call.plan.plan
    for side in (*plan.sides, None):
        own = [expert for expert in call.experts if expert.side == side]
        yield SideExperts(
            side=side,
            experts=len(own),
            load=sum(load_of(call, expert) for expert in own),
            needed=0 if side is None else eligible * plan.review.min_experts_per_side,
        )


def _conflicted(call: Call, pairs: set[tuple[str, str]], many: int) -> Iterator[ConflictedExpert]:
    number = Counter(expert for _, expert in pairs)
    side = {expert.id: expert.side for expert in call.experts}
    for expert, proposals in sorted(number.items(), key=lambda one: (-one[1], one[0])):
        if proposals >= many:
            yield ConflictedExpert(expert=expert, side=side[expert], proposals=proposals)
