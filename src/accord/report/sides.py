"""The Sides as the report shows them: one colour each, the budget in the Side's own unit, nothing added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accord.pipeline.walk import Walk
from accord.plan.model import Side
from accord.report.figures import amount, percent
from accord.report.texts import Worded, worded

COLOURS: Final = 5
PATTERNS: Final = 8  # past five Sides a colour comes back with a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """A Side: what it is called, its colour and pattern, and how its budget stands.

    `colour` counts from 1, `pattern` from 0 (plain). `recommended`, `left` and `filled` are None before a
    selection.
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

    @property
    def id(self) -> str:
        """The Side's identifier, the label that stands beside its colour everywhere."""
        return self.side.id

    def amount(self, minor: int) -> str:
        """An amount in this Side's unit."""
        return amount(minor, self.side.unit)


def side_views(walk: Walk) -> tuple[SideView, ...]:
    """Every Side of the plan, in the plan's order."""
    plan = walk.inputs.call.plan.plan
    return tuple(_side_view(walk, side, number) for number, side in enumerate(plan.side))


def _side_view(walk: Walk, side: Side, number: int) -> SideView:
    call = walk.inputs.call
    eligible = set(walk.eligibility.result.eligible)
    budget = side.minor(side.budget)
    left = None if walk.selection is None else walk.selection.result.remaining[side.id]
    requested = sum(proposal.requested(side) for proposal in call.proposals if proposal.id in eligible)
    prevailing = call.plan.plan.call.prevailing_language
    return SideView(
        side=side,
        names=worded(side.signatory, prevailing),
        managed_by=() if side.managed_by is None else worded(side.managed_by, prevailing),
        colour=number % COLOURS + 1,
        pattern=number // COLOURS % PATTERNS,
        budget=amount(budget, side.unit),
        requested=amount(requested, side.unit),
        recommended=None if left is None else amount(budget - left, side.unit),
        left=None if left is None else amount(left, side.unit),
        filled=None if left is None else percent(budget - left, budget),
    )
