"""What a call does not have yet: tables, texts, people, experts who are free, reviews."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from accord.call.folder import Call
from accord.call.values import Proposal
from accord.pipeline.panel import load_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BarePartner:
    """A partner that names no investigator."""

    proposal: str
    organisation: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FewExperts:
    """An eligible proposal with fewer experts who are not in conflict than needed, of one Side or (None) of all.

    Each proposal is counted by itself: enough for each does not say that there is an assignment for all.
    """

    proposal: str
    side: str | None
    free: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FewReviews:
    """An eligible proposal with fewer reviews that count than the plan asks for; `in_conflict` do not count."""

    proposal: str
    counted: int
    in_conflict: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsStatus:
    """The reviews of eligible proposals: how many count, of how many, and where some are missing."""

    counted: int
    needed: int
    few: tuple[FewReviews, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is missing. `tables` are those that the plan leads to; `reviews` is None while there is no such table.

    `without_consensus` are eligible proposals that the panel has not agreed on, where the plan goes by that and
    the table is there.
    """

    tables: tuple[str, ...]
    empty_abstracts: tuple[str, ...]
    without_investigators: tuple[BarePartner, ...]
    few_experts: tuple[FewExperts, ...]
    reviews: ReviewsStatus | None
    without_consensus: tuple[str, ...]


def missing(call: Call, eligible: Sequence[Proposal], conflicted: AbstractSet[tuple[str, str]]) -> Missing:
    """What a call does not have yet; `conflicted` are the pairs of proposal and expert that must not meet."""
    agreed = {score.proposal for score in call.consensus or ()}
    return Missing(
        tables=tuple(_tables(call)),
        empty_abstracts=tuple(proposal.id for proposal in call.proposals if not proposal.abstract.strip()),
        without_investigators=tuple(
            BarePartner(proposal=proposal.id, organisation=partner.organisation, side=partner.side)
            for proposal in call.proposals
            for partner in proposal.partners
            if not partner.investigators
        ),
        few_experts=tuple(_few_experts(call, eligible, conflicted)) if call.experts else (),
        reviews=None if call.reviews is None else _reviews(call, eligible, conflicted),
        without_consensus=()
        if call.consensus is None or not _goes_by_consensus(call)
        else tuple(proposal.id for proposal in eligible if proposal.id not in agreed),
    )


def _goes_by_consensus(call: Call) -> bool:
    plan = call.plan.plan
    return "consensus" in {plan.ranking.order_by, plan.review.thresholds_on}


def _tables(call: Call) -> Iterator[str]:
    plan = call.plan.plan
    there = {name for name, rows in call.tables() if rows} | {file.rpartition(".")[0] for file in call.sources}
    led_to = {
        "proposals": True,
        "experts": True,
        "publications": True,
        "conflicts": plan.conflicts.declared,
        "reviews": True,
        "consensus": _goes_by_consensus(call),
        "lottery-commitments": "lottery" in plan.selection.ties,
        "lottery-root": "lottery" in plan.selection.ties and plan.log is not None,
        "lottery-reveals": "lottery" in plan.selection.ties,
    }
    yield from (name for name, wanted in led_to.items() if wanted and name not in there)


def _few_experts(
    call: Call, eligible: Sequence[Proposal], conflicted: AbstractSet[tuple[str, str]]
) -> Iterator[FewExperts]:
    review = call.plan.plan.review
    side_of = {expert.id: expert.side for expert in call.experts if load_of(call, expert) > 0}
    whole = Counter(side_of.values())
    barred: dict[str, Counter[str | None]] = defaultdict(Counter)
    for proposal, expert in conflicted:
        if expert in side_of:
            barred[proposal][side_of[expert]] += 1
    for one in eligible:
        free = whole.total() - barred[one.id].total()
        if free < review.experts_per_proposal:
            yield FewExperts(proposal=one.id, side=None, free=free, needed=review.experts_per_proposal)
        for side in call.plan.plan.sides:
            own = whole[side] - barred[one.id][side]
            if own < review.min_experts_per_side:
                yield FewExperts(proposal=one.id, side=side, free=own, needed=review.min_experts_per_side)


def _reviews(call: Call, eligible: Sequence[Proposal], conflicted: AbstractSet[tuple[str, str]]) -> ReviewsStatus:
    needed = call.plan.plan.review.experts_per_proposal
    pairs = {(score.proposal, score.expert) for score in call.reviews or ()}  # loading saw to every criterion
    counted = Counter(proposal for proposal, _ in pairs - conflicted)
    in_conflict = Counter(proposal for proposal, _ in pairs & conflicted)
    return ReviewsStatus(
        counted=sum(counted[one.id] for one in eligible),
        needed=needed * len(eligible),
        few=tuple(
            FewReviews(proposal=one.id, counted=counted[one.id], in_conflict=in_conflict[one.id], needed=needed)
            for one in eligible
            if counted[one.id] < needed
        ),
    )
