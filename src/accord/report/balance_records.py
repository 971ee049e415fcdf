"""Records as balances: a call's names turned into numbers, and exchanges that a file adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from accord.call.tables import read_table
from accord.errors import InvalidInput, Problem, UnusableFolder
from accord.methods.balance import NO_SIDE, Balance, balance
from accord.pipeline.walk import Walk
from accord.plan.model import Plan
from accord.plan.types import Block, Count, Key

COLUMNS: Final = ("call", "host", "home", "stays", "hours")


class Exchange(Block):
    """How many people of the home Side stayed with the host, and how many hours of its facilities they used."""

    call: Key
    host: Key
    home: Key
    stays: Count = 0
    hours: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBalance:
    """One call's balance, with the plan that it was run by."""

    plan: Plan
    balance: Balance


def read_exchanges(path: Path) -> tuple[Exchange, ...]:
    """The exchanges in a CSV file of call, host, home, stays and hours; raises UnusableFolder with every problem."""
    table = read_table(path, Exchange)
    if table.problems:
        raise UnusableFolder(table.problems)
    return table.rows


def balance_of(walk: Walk, exchanges: Sequence[Exchange] = (), *, tolerance: int) -> CallBalance:
    """The balance of a walk: its eligible proposals, its selection, the reviews that count, the plan's dated rates.

    Before reviews are in, the assignment stands for them. Raises InvalidInput for a walk without a selection and for
    an exchange of a Side that the plan does not have.
    """
    call = walk.inputs.call
    plan = call.plan.plan
    if walk.selection is None or walk.ranking is None:
        raise InvalidInput(f"{plan.call.id} has no selection yet: there is nothing to measure")
    able = set(walk.eligibility.result.eligible)
    funded = {one.proposal: one.requested for one in walk.selection.result.funded}
    row_of = {one.id: row for row, one in enumerate(call.proposals)}
    sides = {side: number for number, side in enumerate(plan.sides)}
    reviews = _reviews(walk)
    expert_side = {one.id: NO_SIDE if one.side is None else sides[one.side] for one in call.experts}
    stays, hours = _exchanged(plan, [one for one in exchanges if one.call == plan.call.id])
    found = balance(
        [
            [funded.get(one.id, {}).get(side.id, 0) if one.id in funded else one.requested(side) for side in plan.side]
            for one in call.proposals
        ],
        [one.id in funded for one in call.proposals],
        [sides[next(p.side for p in one.partners if p.role == "coordinator")] for one in call.proposals],
        budgets=[side.minor(side.budget) for side in plan.side],
        eligible=[one.id in able for one in call.proposals],
        partners=[[sum(p.side == side for p in one.partners) for side in plan.sides] for one in call.proposals],
        reviewed=[row_of[proposal] for proposal, _ in reviews],
        expert_side=[expert_side[expert] for _, expert in reviews],
        may_coordinate=[side in plan.eligibility.coordinator_sides for side in plan.sides],
        rates=_rates(plan),
        reference=None if plan.exchange is None else plan.exchange.reference,
        stays=stays,
        access=hours,
        tolerance=tolerance,
        sides=plan.sides,
    )
    return CallBalance(plan=plan, balance=found)


def unknown_calls(exchanges: Sequence[Exchange], walks: Sequence[CallBalance], path: Path) -> None:
    """Refuse exchanges of a call that is not among those given."""
    known = {one.plan.call.id for one in walks}
    gone = sorted({one.call for one in exchanges} - known)
    if gone:
        expected = f"write one of {', '.join(sorted(known))}, or give its record too"
        raise UnusableFolder([Problem(file=path.name, field="call", found=f"found {gone[0]!r}", expected=expected)])


def _reviews(walk: Walk) -> list[tuple[str, str]]:
    """The pairs of proposal and expert whose reviews count; where there are none yet, those assigned."""
    if walk.ranking is None or walk.inputs.call.reviews is None:
        return [(pair.proposal, pair.expert) for pair in walk.assignment.result.pairs]
    omitted = {(one.proposal, one.expert) for one in walk.ranking.result.left_out}
    return sorted({(one.proposal, one.expert) for one in walk.inputs.call.reviews} - omitted)


def _rates(plan: Plan) -> list[Fraction] | None:
    """How many minor units of each Side one unit of the reference is worth; None where a rate is missing."""
    if plan.exchange is None:
        return None
    rates = {**plan.exchange.rates, plan.exchange.reference: "1"}
    if any(side.unit not in rates for side in plan.side):
        return None
    return [Fraction(rates[side.unit]) * 10**side.exponent for side in plan.side]


def _exchanged(plan: Plan, rows: Sequence[Exchange]) -> tuple[list[list[int]] | None, list[list[int]] | None]:
    if not rows:
        return None, None
    stays, hours = ([[0] * len(plan.sides) for _ in plan.sides] for _ in range(2))
    for row in rows:
        for side in (row.host, row.home):
            if side not in plan.sides:
                raise InvalidInput(f"{row.call}: {side} is no Side of its plan; write one of {', '.join(plan.sides)}")
        host, home = plan.sides.index(row.host), plan.sides.index(row.home)
        stays[host][home] += row.stays
        hours[host][home] += row.hours
    return stays, hours
