"""Why each pair was assigned and the next best expert was not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.methods.assignment_certificate import AssignmentCertificate
from accord.methods.assignment_equals import exchangeable_pairs
from accord.methods.assignment_prices import reduced_levels
from accord.methods.assignment_problem import AssignmentProblem, Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReason:
    """A pair assigned, the next choice for its proposal, and why that was not taken in this pair's place.

    `why`: 'forced', 'floor', 'draw', 'full', 'quota' or 'price' (docs/methods/assignment.md defines them);
    `cost`: the least by which the total would fall if the next choice were forced, in millionths. Next
    choice, `why` and `cost` are None where no expert is left; `cost` is also where the floor forbids it.
    """

    row: int
    column: int
    affinity: int
    next_column: int | None
    next_affinity: int | None
    why: str | None
    cost: int | None


def assignment_reasons(
    problem: AssignmentProblem, certificate: AssignmentCertificate, chosen: Mask
) -> tuple[AssignmentReason, ...]:
    """Give the reasons of every pair, by row, then column."""
    affinity, prices = problem.affinity, certificate.prices
    open_pairs = problem.open_pairs(certificate.floor)
    (reduced,) = reduced_levels((affinity,), problem.side_of, prices)
    equal = exchangeable_pairs(problem, open_pairs, chosen, (affinity,), prices)
    others = ~chosen & ~problem.conflict
    lowest = np.iinfo(np.int64).min
    next_of = np.where(others, affinity, lowest).argmax(axis=1).tolist() if affinity.size else []
    load_price = prices.expert[:, 0].tolist()

    def why(row: int, column: int, other: int) -> str:
        if problem.forced[row, column]:
            return "forced"
        if not open_pairs[row, other]:
            return "floor"
        if equal[row, other]:
            return "draw"
        # How far the pair is ahead of the next choice, every price counted.
        ahead = int(reduced[row, column] - reduced[row, other])
        if ahead < load_price[other]:
            return "full"
        sides = problem.side_of[column], problem.side_of[other]
        bonus, bonus_of_other = (int(prices.side[row, side, 0]) if side >= 0 else 0 for side in sides)
        return "quota" if ahead < bonus - bonus_of_other else "price"

    reasons = []
    for row, column in np.argwhere(chosen).tolist():
        other = next_of[row] if others[row].any() else None
        reason = None if other is None else why(row, column, other)
        reasons.append(
            AssignmentReason(
                row=row,
                column=column,
                affinity=int(affinity[row, column]),
                next_column=other,
                next_affinity=None if other is None else int(affinity[row, other]),
                why=reason,
                cost=None if other is None or not open_pairs[row, other] else -int(reduced[row, other]),
            )
        )
    return tuple(reasons)
