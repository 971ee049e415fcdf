"""The proposals as rows: funded, reserve, not funded, not ranked, not eligible, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accord.call.values import Proposal
from accord.pipeline.disclosure_view import View
from accord.pipeline.steps import Funded, ListResult, RankingResult, SelectionResult
from accord.pipeline.walk import Walk
from accord.plan.model import Plan
from accord.report.figures import decimal
from accord.report.language import Words
from accord.report.reasons import Reason, reduced, why_not_eligible, why_not_funded
from accord.report.sides import SideView
from accord.report.strips import Strip, strips
from accord.report.texts import Worded, untagged
from accord.report.ties import order_totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a proposal asks of a Side, and what that Side has left once it is funded."""

    side: SideView
    requested: str
    left: str | None
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A proposal as a row. `place` counts on the ranking list, or on the reserve list in its table."""

    id: str
    title: Worded
    topic: Worded
    place: int | None = None
    list_place: int | None = None
    total: str | None = None
    strip: Strip | None = None
    money: tuple[Money, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Every proposal of the call, in one of its lists."""

    funded: tuple[Row, ...] = ()
    reserve: tuple[Row, ...] = ()
    not_funded: tuple[Row, ...] = ()
    unranked: tuple[Row, ...] = ()
    eligible: tuple[Row, ...] = ()  # filled in while nothing is ranked
    not_eligible: tuple[Row, ...] = ()


def lists(walk: Walk, sides: Sequence[SideView], say: Words, view: View | None = None) -> Lists:
    """Each proposal in its list, with its reasons; of a walk for one reader, with those that its `view` lets out."""
    known = {side.id: side for side in sides}
    rows = _Rows(walk, sides, say, told=view is None or view.shows("reasons"))
    not_eligible = tuple(
        rows.of(verdict.proposal, reasons=(why_not_eligible(failed, known, say) for failed in verdict.failed))
        for verdict in walk.eligibility.result.verdicts
        if not verdict.eligible
    )
    if walk.ranking is None or walk.list is None or walk.selection is None:
        eligible = tuple(rows.of(name) for name in walk.eligibility.result.eligible)
        return Lists(eligible=eligible, not_eligible=not_eligible)
    ranked, chosen = walk.ranking.result, walk.selection.result
    rest = _rest(rows, ranked, walk.list.result, chosen, known)
    return Lists(
        funded=tuple(rows.funded(one) for one in chosen.funded),
        reserve=tuple(sorted((row for row, reserve in rest if reserve), key=lambda row: row.place or 0)),
        not_funded=tuple(row for row, reserve in rest if not reserve),
        unranked=tuple(rows.of(name, reasons=(Reason(text=_why_unranked(ranked, say)),)) for name in ranked.unranked),
        not_eligible=not_eligible,
    )


def _rest(
    rows: _Rows, ranked: RankingResult, listed: ListResult, chosen: SelectionResult, sides: Mapping[str, SideView]
) -> list[tuple[Row, bool]]:
    assessments = {one.proposal: one for one in ranked.assessments}
    places = {place.proposal: place.place for place in listed.places}
    found = []
    for one in sorted(chosen.not_funded, key=lambda one: one.place):
        why = why_not_funded(
            one, assessments[one.proposal], places, sides, say=rows.say, criteria=rows.criteria, told=rows.told
        )
        row = rows.of(
            one.proposal,
            place=one.place if one.reserve_place is None else one.reserve_place,
            list_place=one.place,
            reasons=why,
        )
        found.append((row, one.reserve_place is not None))
    return found


def _why_unranked(ranked: RankingResult, say: Words) -> str:
    return say("reason.no-consensus" if ranked.order_by == "consensus" else "reason.no-review")


def criterion_names(plan: Plan, say: Words) -> dict[str, str]:
    """What the plan calls its criteria, in the page's language where it has it; the identifier where it has none."""
    prevailing = plan.call.prevailing_language
    return {one.id: say.text(one.title, prevailing).text if one.title else one.id for one in plan.review.criterion}


class _Rows:
    """Makes rows from a walk's proposals."""

    def __init__(self, walk: Walk, sides: Sequence[SideView], say: Words, *, told: bool) -> None:
        plan = walk.inputs.call.plan.plan
        self.say = say
        self.told = told  # whether reasons are
        self.criteria = criterion_names(plan, say)
        self._sides = sides
        self._proposals: Mapping[str, Proposal] = {one.id: one for one in walk.inputs.call.proposals}
        self._topics = {one.id: say.text(one.title, plan.call.prevailing_language) for one in plan.topic}
        self._totals: Mapping[str, int] = {}
        self._strips: Mapping[str, Strip] = {}
        if walk.ranking is not None and walk.list is not None:
            self._totals = order_totals(walk.ranking.result)
            self._strips = strips(plan, walk.ranking.result, walk.list.result, say)

    def of(
        self,
        name: str,
        *,
        place: int | None = None,
        list_place: int | None = None,
        reasons: Iterable[Reason] = (),
        asked: Mapping[str, int] | None = None,
        left: Mapping[str, int] | None = None,
    ) -> Row:
        """The row of one proposal, with what it asks for, or in another version is `asked` for."""
        proposal = self._proposals[name]
        total = self._totals.get(name)
        return Row(
            id=name,
            title=untagged(proposal.title),
            topic=self._topics[proposal.topic],
            place=place,
            list_place=list_place,
            total=None if total is None else decimal(total),
            strip=self._strips.get(name),
            money=tuple(
                self._money(proposal.requested(side.side) if asked is None else asked[side.id], side, left)
                for side in self._sides
            ),
            reasons=tuple(reasons),
        )

    def funded(self, one: Funded) -> Row:
        """The row of a proposal that is to be funded, whole or in a reduced version."""
        return self.of(
            one.proposal,
            place=one.place,
            list_place=one.place,
            reasons=reduced(self._proposals[one.proposal], one, self._sides, self.say),
            asked=one.requested,
            left=one.remaining,
        )

    @staticmethod
    def _money(requested: int, side: SideView, left: Mapping[str, int] | None) -> Money:
        return Money(
            side=side,
            requested=side.amount(requested),
            left=None if left is None else side.amount(left[side.id]),
            asked=requested > 0,
        )
