"""A page a proposal: consortium by Side, scores by expert and criterion, its place, its reason, what it keeps out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from accord.call.values import Proposal, Score
from accord.methods.scores import MILLION, millionths, totals
from accord.pipeline.disclosure_view import View
from accord.pipeline.kept_out import kept_out
from accord.pipeline.walk import Walk
from accord.plan.model import Plan
from accord.report.figures import decimal, plain
from accord.report.language import Words
from accord.report.rows import Lists, Row
from accord.report.sides import SideView
from accord.report.texts import Worded, untagged

MOST_KEPT_OUT: Final = 5  # named on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """A partner of the consortium; no request where it asks for nothing."""

    organisation: Worded
    country: str
    coordinates: bool
    requested: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePart:
    """One Side's part of a consortium: its partners, and what they ask of that Side together.

    There are no partners, or no request, where the reader may not see them.
    """

    side: SideView
    partners: tuple[PartnerLine, ...]
    requested: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """An expert's scores by criterion, in the plan's order, and their weighted total."""

    expert: str
    side: str | None
    scores: tuple[str | None, ...]
    total: str
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """Scores by criterion that are nobody's own: the mean, the panel's consensus, the thresholds."""

    scores: tuple[str | None, ...]
    total: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage:
    """What the decision on one proposal rests on. `state` is a key of its outcome, `outcome` the same in words.

    `kept_out` is None where it is held back, and so is an affinity of `assigned`.
    """

    row: Row
    months: str
    state: str
    outcome: str
    parts: tuple[SidePart, ...]
    reviews: tuple[ReviewLine, ...]
    mean: ScoreLine | None
    consensus: ScoreLine | None
    assigned: tuple[tuple[str, str | None, str | None], ...]
    posterior: str | None
    kept_out: tuple[tuple[str, int], ...] | None
    kept_out_more: int
    previous: str | None
    next: str | None


def proposal_pages(
    walk: Walk, lists: Lists, sides: Sequence[SideView], say: Words, view: View | None = None
) -> tuple[ProposalPage, ...]:
    """A page for every proposal: the list from its first place on, then those that are not on it.

    Of a walk for one reader, with what its `view` lets out.
    """
    found = list(_outcomes(lists, say))
    names = [row.id for row, _, _ in found]
    material = Material(walk, sides, say, view)
    return tuple(
        material.page(
            row,
            state,
            outcome,
            previous=names[number - 1] if number else None,
            following=names[number + 1] if number + 1 < len(names) else None,
        )
        for number, (row, state, outcome) in enumerate(found)
    )


def consortium(proposal: Proposal, sides: Sequence[SideView], view: View | None = None) -> tuple[SidePart, ...]:
    """The partners of a proposal by Side, with their requests; of one for a reader, what the view lets out."""
    return tuple(part for side in sides if (part := _part(proposal, side, view)) is not None)


def _part(proposal: Proposal, side: SideView, view: View | None) -> SidePart | None:
    named = view is None or view.partners(side.id)
    money = view is None or view.money(side.id)
    here = [one for one in proposal.partners if one.side == side.id]
    if not here:
        return None
    return SidePart(
        side=side,
        partners=tuple(
            PartnerLine(
                organisation=untagged(one.organisation),
                country=one.country,
                coordinates=one.role == "coordinator",
                requested=side.amount(side.side.minor(one.requested)) if money and one.funded else None,
            )
            for one in (here if named else ())
        ),
        requested=side.amount(proposal.requested(side.side)) if money else None,
    )


def thresholds(plan: Plan) -> ScoreLine | None:
    """The plan's thresholds by criterion and of the total; None where it has none."""
    by_criterion = tuple(
        None if one.threshold is None else plain(millionths(one.threshold)) for one in plan.review.criterion
    )
    total = None if plan.review.total_threshold is None else plain(millionths(plan.review.total_threshold))
    return ScoreLine(scores=by_criterion, total=total) if total is not None or any(by_criterion) else None


def _outcomes(lists: Lists, say: Words) -> Iterator[tuple[Row, str, str]]:
    """Each proposal's row with the key of its outcome, and the outcome in words."""
    listed = [
        *((row, "funded", say("page.funded")) for row in lists.funded),
        *((row, "reserve", say("page.reserve", place=row.place)) for row in lists.reserve),
        *((row, "rest", say("page.not-funded")) for row in lists.not_funded),
    ]
    yield from sorted(listed, key=lambda one: one[0].list_place or 0)
    yield from ((row, "rest", say("page.not-ranked")) for row in lists.unranked)
    yield from ((row, "eligible", say("page.eligible")) for row in lists.eligible)
    yield from ((row, "rest", say("page.not-eligible")) for row in lists.not_eligible)


class Material:
    """A walk's proposals with everything that a page tells of them at hand; for one reader, what its view lets out."""

    def __init__(self, walk: Walk, sides: Sequence[SideView], say: Words, view: View | None = None) -> None:
        call = walk.inputs.call
        self._say, self._sides, self._plan, self._view = say, sides, call.plan.plan, view
        self._proposals: Mapping[str, Proposal] = {one.id: one for one in call.proposals}
        self._side_of = {one.id: one.side for one in call.experts}
        self._scores: dict[str, dict[str, dict[str, Fraction]]] = defaultdict(lambda: defaultdict(dict))
        self._totals = _totals(self._plan, call.reviews or ())
        for score in call.reviews or ():
            self._scores[score.proposal][score.expert][score.criterion] = Fraction(score.score)
        self._agreed: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for one in call.consensus or ():
            self._agreed[one.proposal][one.criterion] = Fraction(one.score)
        self._assigned: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
        for pair in walk.assignment.result.pairs:
            near = decimal(pair.affinity, 3) if view is None or view.of_expert(pair.expert, "experts") else None
            self._assigned[pair.proposal].append((pair.expert, self._side_of[pair.expert], near))
        ranked = None if walk.ranking is None else walk.ranking.result
        self._left_out = {(one.proposal, one.expert) for one in ranked.left_out} if ranked else set()
        self._assessments = {one.proposal: one for one in ranked.assessments} if ranked else {}
        self._posterior = {one.proposal: decimal(one.posterior_mean) for one in ranked.calibrated} if ranked else {}
        of_others = view is None or (view.reader.kind != "applicants" and view.shows("reasons"))
        self._kept_out = kept_out(walk) if of_others else None
        # Which reviews count is known where all of them are shown, and all conflicts.
        self._all_reviews = view is None or view.shows("scores", "conflicts", "assignment")
        self._means = ranked is not None and ranked.order_by != "consensus"
        self._places = {one.proposal: one.place for one in walk.list.result.places} if walk.list else {}

    def page(self, row: Row, state: str, outcome: str, *, previous: str | None, following: str | None) -> ProposalPage:
        """The page of one proposal."""
        proposal = self._proposals[row.id]
        reviews = self._reviews(row.id)
        kept = None if self._kept_out is None else self._kept_out.get(row.id, ())
        return ProposalPage(
            row=row,
            months=self._say("count.months", n=proposal.duration_months),
            state=state,
            outcome=outcome,
            parts=consortium(proposal, self._sides, self._view),
            reviews=reviews,
            mean=self._mean(row.id),
            consensus=self._consensus(row.id),
            assigned=() if reviews else tuple(self._assigned[row.id]),
            posterior=self._posterior.get(row.id),
            kept_out=None if kept is None else tuple((name, self._places[name]) for name in kept[:MOST_KEPT_OUT]),
            kept_out_more=max(len(kept or ()) - MOST_KEPT_OUT, 0),
            previous=previous,
            next=following,
        )

    def _reviews(self, name: str) -> tuple[ReviewLine, ...]:
        return tuple(
            ReviewLine(
                expert=expert,
                side=self._side_of[expert],
                scores=self._by_criterion(given, 1),
                total=decimal(self._totals[name, expert]),
                counts=(name, expert) not in self._left_out,
            )
            for expert, given in sorted(self._scores[name].items())
        )

    def _mean(self, name: str) -> ScoreLine | None:
        """The means over the reviews that count; by criterion where they are all known, or recorded as what orders."""
        counted = [given for expert, given in self._scores[name].items() if (name, expert) not in self._left_out]
        assessment = self._assessments.get(name)
        if assessment is None or assessment.mean_total is None:
            return None
        means: Mapping[str, Fraction] = {}
        if self._means:
            means = {criterion: Fraction(mean, MILLION) for criterion, mean in assessment.criteria.items()}
        if self._all_reviews and counted:
            means = {
                criterion: sum((one[criterion] for one in counted), Fraction(0)) / len(counted)
                for criterion in counted[0]
            }
        return ScoreLine(scores=self._by_criterion(means, 2), total=decimal(assessment.mean_total))

    def _consensus(self, name: str) -> ScoreLine | None:
        assessment = self._assessments.get(name)
        if assessment is None or assessment.consensus_total is None:
            return None
        return ScoreLine(scores=self._by_criterion(self._agreed[name], 1), total=decimal(assessment.consensus_total))

    def _by_criterion(self, scores: Mapping[str, Fraction], places: int) -> tuple[str | None, ...]:
        return tuple(
            _score(scores[one.id], places) if one.id in scores else None for one in self._plan.review.criterion
        )


def _totals(plan: Plan, reviews: Sequence[Score]) -> dict[tuple[str, str], int]:
    return {(one.proposal, one.expert): one.total for one in totals(plan.review, reviews)}


def _score(score: Fraction, places: int) -> str:
    """A score with at least so many decimals as its kind has; one that has more shows them."""
    exact = plain(millionths(score))
    shown = decimal(millionths(score), places)
    return exact if places == 1 and Fraction(exact) != Fraction(shown) else shown
