"""What a record says of one proposal, and of that one alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from accord.call.values import Proposal
from accord.methods.eligibility import FailedRule
from accord.methods.scores import Assessment
from accord.pipeline.steps import NotFunded, Reduction
from accord.pipeline.walk import Walk

Kind: TypeAlias = Literal["funded", "reserve", "not-funded", "ineligible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a proposal.

    `recommended` is each Side's part in minor units where it is funded, else None; `reduced` is the version of it that
    is, None where that is the whole. `place` is on the ranking list,
    `reserve_place` on the reserve list; both are None where it has none. `comments` are by criterion, those of the
    panel first, the others in an order that says nothing of who wrote them.
    """

    proposal: Proposal
    kind: Kind
    failed: tuple[FailedRule, ...] = ()
    recommended: dict[str, int] | None = None
    assessment: Assessment | None = None
    place: int | None = None
    reserve_place: int | None = None
    not_funded: NotFunded | None = None
    reduced: Reduction | None = None
    comments: dict[str, tuple[str, ...]]


def outcomes(walk: Walk) -> Iterator[Outcome]:
    """The outcome of every proposal that has one, by identifier; before a selection only the ineligible have one."""
    proposals = {one.id: one for one in walk.inputs.call.proposals}
    comments = _comments(walk)
    ineligible = {one.proposal: one.failed for one in walk.eligibility.result.verdicts if not one.eligible}
    selected = {} if walk.selection is None else _selected(walk)
    for name, proposal in sorted(proposals.items()):
        if name in ineligible:
            yield Outcome(proposal=proposal, kind="ineligible", failed=ineligible[name], comments={})
        elif name in selected:
            yield selected[name].of(proposal, comments.get(name, {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selected:
    """A proposal's outcome before its own rows are joined to it."""

    kind: Kind
    recommended: dict[str, int] | None = None
    assessment: Assessment | None
    place: int | None = None
    not_funded: NotFunded | None = None
    reduced: Reduction | None = None

    def of(self, proposal: Proposal, comments: dict[str, tuple[str, ...]]) -> Outcome:
        return Outcome(
            proposal=proposal,
            kind=self.kind,
            recommended=self.recommended,
            assessment=self.assessment,
            place=self.place,
            reserve_place=None if self.not_funded is None else self.not_funded.reserve_place,
            not_funded=self.not_funded,
            reduced=self.reduced,
            comments=comments,
        )


def _selected(walk: Walk) -> dict[str, _Selected]:
    if walk.ranking is None or walk.selection is None:
        return {}
    ranked, chosen = walk.ranking.result, walk.selection.result
    assessments = {one.proposal: one for one in ranked.assessments}
    found = {name: _Selected(kind="not-funded", assessment=assessments.get(name)) for name in ranked.unranked}
    for one in chosen.funded:
        found[one.proposal] = _Selected(
            kind="funded",
            recommended=one.requested,
            assessment=assessments[one.proposal],
            place=one.place,
            reduced=one.reduced,
        )
    for other in chosen.not_funded:
        found[other.proposal] = _Selected(
            kind="not-funded" if other.reserve_place is None else "reserve",
            assessment=assessments[other.proposal],
            place=other.place,
            not_funded=other,
        )
    return found


def _comments(walk: Walk) -> dict[str, dict[str, tuple[str, ...]]]:
    """What was written of each proposal, by criterion; a review that does not count says nothing."""
    if walk.ranking is None:
        return {}
    call = walk.inputs.call
    left_out = {(one.proposal, one.expert) for one in walk.ranking.result.left_out}
    written: dict[tuple[str, str], list[str]] = {}
    for review in call.reviews or ():
        if review.comment and (review.proposal, review.expert) not in left_out:
            written.setdefault((review.proposal, review.criterion), []).append(review.comment)
    agreed: dict[tuple[str, str], list[str]] = {}
    for one in call.consensus or ():
        if one.comment:
            agreed.setdefault((one.proposal, one.criterion), []).append(one.comment)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for criterion in call.plan.plan.review.criterion:
        for proposal in call.proposals:
            key = (proposal.id, criterion.id)
            told = (*agreed.get(key, ()), *sorted(written.get(key, ()), key=_unlinked))
            if told:
                found.setdefault(proposal.id, {})[criterion.id] = told
    return found


def _unlinked(comment: str) -> str:
    """What comments are ordered by: their digest, which says nothing of the expert."""
    return hashlib.sha256(comment.encode()).hexdigest()
