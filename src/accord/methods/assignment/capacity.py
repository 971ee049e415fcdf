"""What more places on a Side would bring: by assigning again with them, never by estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from accord.errors import InvalidInput
from accord.methods.assignment.optimum import Assignment, assign
from accord.methods.assignment.problem import Counts, Matrix, Side


class Gain(NamedTuple):
    """How much greater an assignment is than another, in millionths; with 'worst-pair' the total may be below zero."""

    total: int
    worst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SideWorth:
    """What more places with the experts of one Side would bring."""

    side: Side
    experts: int
    full: int
    """How many of them review as much as they may."""
    sought: int | None
    """The column of the full expert whose price is highest (ties: the lower column); None where none is full."""
    one_place: Gain
    """What one more place with that expert would add: a further expert like them who takes one proposal."""
    one_place_each: Gain
    """What one more place with every expert of the Side would add."""


def side_worth(
    affinity: Matrix, *, max_load: Counts, expert_side: Sequence[Side | None], **options: Any
) -> tuple[SideWorth, ...]:
    """Assign again with more places on each Side: what a further expert there would bring, Sides in their order.

    The arguments are those of `assign`; Sides come in the order in which `expert_side` names them, None left out.
    Up to two assignments a Side are computed. A Side without a full expert has no further total to gain; its worst
    pair may still have, for the floor was found before the total.

    Raises InvalidInput and AssignmentInfeasible as `assign` does.
    """
    if options.get("partial"):
        raise InvalidInput("partial: found True; what more places bring is told of whole assignments only")
    base = assign(affinity, max_load=max_load, expert_side=expert_side, **options)
    experts = len(expert_side)
    loads = np.broadcast_to(np.asarray(max_load, dtype=np.int64), (experts,))
    used = np.bincount(base.pairs[:, 1], minlength=experts)
    prices = base.certificate.prices.expert[:, 0]

    def gain(more: list[int]) -> Gain:
        raised = loads.copy()
        raised[more] += 1
        after = assign(affinity, max_load=raised, expert_side=expert_side, **options)
        return Gain(total=after.total - base.total, worst=_worst(after) - _worst(base))

    found = []
    for side in dict.fromkeys(one for one in expert_side if one is not None):
        members = [column for column, one in enumerate(expert_side) if one == side]
        full = [column for column in members if used[column] == loads[column]]
        sought = max(full, key=lambda column: (int(prices[column]), -column), default=None)
        found.append(
            SideWorth(
                side=side,
                experts=len(members),
                full=len(full),
                sought=sought,
                one_place=Gain(0, 0) if sought is None else gain([sought]),
                one_place_each=gain(members) if full or base.certificate.floor is not None else Gain(0, 0),
            )
        )
    return tuple(found)


def _worst(of: Assignment) -> int:
    return of.worst or 0
