"""`accord select --explain`: what each proposal displaces or would displace, and which budgets bind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accord.cli.output import amount, cut, table
from accord.methods import selection
from accord.pipeline.selecting import Question

EVERY: Final = "all"
MILLION: Final = 1_000_000
_STEP: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Proposals explained; with every one of them, what each budget would bring if it were a tenth greater."""

    asked: Question
    proposals: tuple[selection.Explanation, ...]
    budgets: tuple[selection.BudgetWorth, ...]


def explained(asked: Question, name: str) -> Explained:
    """Explain a proposal by name, or `all`; raises InvalidInput for a proposal that is not on the list."""
    rows = None if name == EVERY else [asked.number(name)]
    given = (asked.merit, asked.requests, asked.budgets)
    more = [max(1, budget // _STEP) for budget in asked.budgets]
    worth = selection.budget_worth(*given, more=more, **asked.options) if rows is None else ()
    told = selection.explain(*given, proposals=rows, **asked.options)
    return Explained(asked=asked, proposals=tuple(sorted(told, key=lambda one: one.proposal)), budgets=worth)


def as_json(one: Explained) -> dict[str, Any]:
    """The explanation for machines: amounts in minor units, merit in millionths."""
    return {
        "proposals": [_proposal_json(one.asked, told) for told in one.proposals],
        "budgets": [
            {"side": one.asked.plan.sides[told.side], "more": told.more, "binds": told.binds}
            | _change_json(one.asked.names, told.change)
            for told in one.budgets
        ],
    }


def _proposal_json(asked: Question, told: selection.Explanation) -> dict[str, Any]:
    entry = told.not_funded
    short = () if entry is None else entry.blocking
    return {
        "proposal": asked.names[told.proposal],
        "place": told.proposal + 1,
        "funded": entry is None,
        "reason": None if entry is None else entry.reason,
        "short": {asked.plan.sides[side]: missing for side, missing in short},
        "change": None if told.change is None else _change_json(asked.names, told.change),
    }


def _change_json(names: Sequence[str], told: selection.Change) -> dict[str, Any]:
    return {
        "joins": [names[row] for row in told.joins],
        "leaves": [names[row] for row in told.leaves],
        "other_version": [names[row] for row in told.other_version],
        "value": told.value,
        "proven": told.proven,
    }


def as_text(one: Explained, titles: Mapping[str, str]) -> str:
    """The explanation for people: a block for each proposal, then a line for each budget."""
    asked = one.asked
    lines = [line for told in one.proposals for line in _proposal_lines(asked, told, titles)]
    if one.budgets:
        lines += ["", "if a Side had a tenth more"]
        lines.append(table([_budget_row(asked, told) for told in one.budgets]))
    lines.append("nothing is decided by this")
    return "\n".join(lines)


def _proposal_lines(asked: Question, told: selection.Explanation, titles: Mapping[str, str]) -> Iterable[str]:
    name, entry = asked.names[told.proposal], told.not_funded
    state = "funded" if entry is None else f"not funded: {entry.reason}"
    yield f"{name}  place {told.proposal + 1}  {state}  {cut(titles[name], 60)}"
    for side, missing in () if entry is None else entry.blocking:
        yield f"  short on {asked.plan.sides[side]} by {amount(missing, asked.plan.side[side].unit)}"
    if told.change is None:
        if entry is None or entry.reason != "below-threshold":
            yield "  no set that meets the limits is otherwise"
        return
    others = [asked.names[row] for row in told.change.joins if row != told.proposal]
    left = ", ".join(asked.names[row] for row in told.change.leaves) or "nobody"
    with_it = f", and brings {', '.join(others)}" if others else ""
    verb = "displaces" if entry is None else "would displace"
    proven = "" if told.change.proven else " (not proven)"
    yield f"  {verb} {left}{with_it}; merit {told.change.value / MILLION:+.3f}{proven}"


def _budget_row(asked: Question, told: selection.BudgetWorth) -> tuple[str, ...]:
    side, change = asked.plan.side[told.side], told.change
    if not told.binds:
        return side.id, f"+{amount(told.more, side.unit)}", "does not bind at this step", ""
    joins = ", ".join(asked.names[row] for row in change.joins) or "nobody"
    leaves = ", ".join(asked.names[row] for row in change.leaves) or "nobody"
    told_merit = f"merit {change.value / MILLION:+.3f}{'' if change.proven else ' (not proven)'}"
    return side.id, f"+{amount(told.more, side.unit)}", f"joins: {joins}; leaves: {leaves}", told_merit
