"""What a change would do: who joins, who leaves, what it is worth; always by selecting again, never by estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accord.errors import Infeasible, InvalidInput
from accord.methods.selection.choice import Integers, Matrix, select
from accord.methods.selection.reading import integers
from accord.methods.selection.values import NotFunded, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different between two selections of the same proposals; each list in its selection's order."""

    joins: tuple[int, ...]
    leaves: tuple[int, ...]
    other_version: tuple[int, ...]
    """Funded in both, in another version."""
    value: int
    """How much more merit is funded; below zero where it is less."""
    proven: bool
    """Whether both selections are proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWorth:
    """What more money of one Side would bring."""

    side: int
    more: int
    """In minor units of the Side's unit."""
    change: Change

    @property
    def binds(self) -> bool:
        """Whether the budget binds: with so much more of it the selection is another."""
        return bool(self.change.joins or self.change.leaves or self.change.other_version)


def change(before: Selection, after: Selection) -> Change:
    """Compare two selections of the same proposals."""
    was, now = (dict(zip(one.funded, one.versions, strict=True)) for one in (before, after))
    both = [proposal for proposal in after.funded if proposal in was]
    return Change(
        joins=tuple(proposal for proposal in after.funded if proposal not in was),
        leaves=tuple(proposal for proposal in before.funded if proposal not in now),
        other_version=tuple(proposal for proposal in both if was[proposal] != now[proposal]),
        value=after.value - before.value,
        proven=before.optimal and after.optimal,
    )


def budget_worth(
    merit: Integers, requests: Matrix, budgets: Integers, *, more: Integers, **options: Any
) -> tuple[BudgetWorth, ...]:
    """Select again with each Side's budget raised, one Side at a time: what it brings, and whether it binds.

    `more` is one integer a Side, in minor units, above zero; the other arguments are those of `select`. The worth
    of a budget is this difference for this step, proven where both selections are; there is no price of a single
    unit, since proposals are funded whole.

    Raises InvalidInput and Infeasible as `select` does.
    """
    have = integers("budgets", budgets, least=0)
    steps = integers("more", more, count=len(have), least=1)
    base = select(merit, requests, have, **options)
    raised = [select(merit, requests, _raised(have, side, step), **options) for side, step in enumerate(steps)]
    return tuple(
        BudgetWorth(side=side, more=step, change=change(base, one))
        for side, (step, one) in enumerate(zip(steps, raised, strict=True))
    )


def _raised(budgets: Sequence[int], side: int, step: int) -> list[int]:
    return [budget + (step if place == side else 0) for place, budget in enumerate(budgets)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a proposal is funded or not: the best that can be done with it beside the best without it."""

    proposal: int
    not_funded: NotFunded | None
    """Its reason, and which Sides' budgets are short by how much; None where it is funded."""
    change: Change | None
    """From the selection without it to the one with it.

    `leaves` are those that it displaces. `value` is what it adds, itself counted: below zero it is the price of
    forcing it in. None where no set has it, or where no set that meets the limits does without it.
    """


def explain(
    merit: Integers,
    requests: Matrix,
    budgets: Integers,
    *,
    proposals: Sequence[int] | None = None,
    **options: Any,
) -> tuple[Explanation, ...]:
    """Explain proposals, those funded by selecting again without each, the others by selecting with it forced in.

    `proposals` are rows of `requests` (default: all, in the order of `funded` and then of `not_funded`); the other
    arguments are those of `select`. Each fundable one takes a selection of its own; without it means as if it were
    not fundable. A proposal that is not fundable, or forced in from the start, has no `change`.

    Raises InvalidInput and Infeasible as `select` does.
    """
    options = {**options, "force": tuple(options.get("force", ())), "versions": tuple(options.get("versions", ()))}
    base = select(merit, requests, budgets, **options)
    others = {one.proposal: one for one in base.not_funded}
    count = len(base.funded) + len(others)
    asked = [*base.funded, *others] if proposals is None else list(integers("proposals", proposals, least=0))
    if any(one >= count for one in asked):
        raise InvalidInput(f"proposals: {max(asked)} names no row; give 0 to {count - 1}")
    given = options.get("fundable")
    flags = [True] * count if given is None else [bool(flag) for flag in given]

    def explained(one: int) -> Explanation:
        forced, entry = options["force"], others.get(one)
        told = None
        if flags[one] and one not in forced:
            if entry is None:
                kept = [flag and place != one for place, flag in enumerate(flags)]
                beside = _selected(merit, requests, budgets, **{**options, "fundable": kept})
                told = None if beside is None else change(beside, base)
            else:
                beside = _selected(merit, requests, budgets, **{**options, "force": (*forced, one)})
                told = None if beside is None else change(base, beside)
        return Explanation(proposal=one, not_funded=entry, change=told)

    return tuple(explained(one) for one in asked)


def _selected(merit: Integers, requests: Matrix, budgets: Integers, **options: Any) -> Selection | None:
    """Select; None where no set meets the limits."""
    try:
        return select(merit, requests, budgets, **options)
    except Infeasible:
        return None
