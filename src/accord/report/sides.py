"""The Sides as the report shows them: one colour each, the budget in the Side's own unit, nothing added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accord.pipeline.walk import Walk
from accord.plan.model import Side
from accord.report.figures import percent
from accord.report.language import Language, Words, report_words
from accord.report.texts import Worded, spoken_first

COLOURS: Final = 5
PATTERNS: Final = 8  # past five Sides a colour comes back with a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """A Side: what it is called, its colour and pattern, and how its budget stands.

    `colour` counts from 1, `pattern` from 0 (plain). `recommended`, `left` and `filled` are None before a
    selection, and where they are held back.
    """

    side: Side
    names: tuple[Worded, ...]
    managed_by: tuple[Worded, ...]
    colour: int
    pattern: int
    budget: str
    requested: str
    recommended: str | None
    left: str | None
    filled: str | None
    language: Language = "en"

    @property
    def id(self) -> str:
        """The Side's identifier, the label that stands beside its colour everywhere."""
        return self.side.id

    @property
    def pays(self) -> bool:
        """Whether it pays anything of what is selected."""
        return self.recommended not in {None, self.amount(0)}

    def amount(self, minor: int) -> str:
        """An amount in this Side's unit, as the page's language writes it."""
        return report_words(self.language).amount(minor, self.side.unit)


def side_views(walk: Walk, say: Words | None = None) -> tuple[SideView, ...]:
    """Every Side of the plan, in the plan's order; in English, or as `say` speaks."""
    plan = walk.inputs.call.plan.plan
    say = report_words("en") if say is None else say
    return tuple(_side_view(walk, side, number, say) for number, side in enumerate(plan.side))


def _side_view(walk: Walk, side: Side, number: int, say: Words) -> SideView:
    call = walk.inputs.call
    eligible = set(walk.eligibility.result.eligible)
    budget = side.minor(side.budget)
    left = None if walk.selection is None else walk.selection.result.remaining.get(side.id)
    requested = sum(proposal.requested(side) for proposal in call.proposals if proposal.id in eligible)
    prevailing = call.plan.plan.call.prevailing_language
    return SideView(
        side=side,
        names=spoken_first(side.signatory, say.language, prevailing),
        managed_by=() if side.managed_by is None else spoken_first(side.managed_by, say.language, prevailing),
        colour=number % COLOURS + 1,
        pattern=number // COLOURS % PATTERNS,
        budget=say.amount(budget, side.unit),
        requested=say.amount(requested, side.unit),
        recommended=None if left is None else say.amount(budget - left, side.unit),
        left=None if left is None else say.amount(left, side.unit),
        filled=None if left is None else percent(budget - left, budget),
        language=say.language,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """How far a Side's budget reaches: the proposals that it pays, and the first place that it cannot pay.

    `stops` and `stops_at`, that place and its proposal, are None where the Side pays all that ask it; `first` says
    whether no other Side stops earlier.
    """

    side: SideView
    pays: int
    stops: int | None
    stops_at: str | None
    first: bool


def spending(walk: Walk, sides: Sequence[SideView]) -> tuple[Spending, ...]:
    """How far each Side's budget reaches along the list; nothing before a selection.

    A place stops a Side that could be funded, is not, and asks the Side for more than its budget has left after
    the funded proposals above it: what the meeting's workbook calls the place from which it cannot pay.
    """
    if walk.list is None or walk.selection is None:
        return ()
    chosen = walk.selection.result
    funded = {one.proposal: one.requested for one in chosen.funded}
    proposals = {one.id: one for one in walk.inputs.call.proposals}
    found: list[tuple[SideView, int, int | None, str | None]] = []
    for side in sides:
        left, pays, stops = chosen.budgets[side.id], 0, None
        for place in walk.list.result.places:
            if place.proposal in funded:
                asked = funded[place.proposal][side.id]
                left -= asked
                pays += asked > 0
                continue
            asked = proposals[place.proposal].requested(side.side)
            if stops is None and place.fundable and asked > max(left, 0):
                stops = place
        found.append((side, pays, None if stops is None else stops.place, None if stops is None else stops.proposal))
    earliest = min((stops for _, _, stops, _ in found if stops is not None), default=None)
    return tuple(
        Spending(side=side, pays=pays, stops=stops, stops_at=at, first=stops is not None and stops == earliest)
        for side, pays, stops, at in found
    )
