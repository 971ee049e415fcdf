"""Why each pair was assigned and the next best expert was not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.methods.assignment.certificate import AssignmentCertificate
from accord.methods.assignment.prices import reduced_levels
from accord.methods.assignment.problem import AssignmentProblem, Mask
from accord.methods.assignment.residual import exchangeable_pairs, forcing_costs


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReason:
    """A pair assigned, the next choice for its proposal, and why that was not taken in this pair's place.

    `why`: 'forced', 'floor', 'draw', 'full', 'quota' or 'price' (docs/methods/assignment.md defines them).
    `cost`: by how much the total would fall if the next choice were forced, in millionths; None where no
    assignment has it. Next choice and `why` are None where no expert is left.
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
    next_of = {
        row: int(np.where(others[row], affinity[row], np.iinfo(np.int64).min).argmax())
        for row in np.flatnonzero(others.any(axis=1) & chosen.any(axis=1)).tolist()
    }
    asked = [pair for pair in next_of.items() if open_pairs[pair]]
    costs = dict(zip(asked, forcing_costs(problem, open_pairs, chosen, prices, asked), strict=True))

    def why(row: int, column: int, other: int) -> str:
        if problem.forced[row, column]:
            return "forced"
        if not open_pairs[row, other]:
            return "floor"
        if equal[row, other]:
            return "draw"
        # How far the pair is ahead of the next choice, every price counted.
        ahead = int(reduced[row, column] - reduced[row, other])
        if ahead < prices.expert[other, 0]:
            return "full"
        sides = problem.side_of[column], problem.side_of[other]
        bonus, bonus_of_other = (int(prices.side[row, side, 0]) if side >= 0 else 0 for side in sides)
        return "quota" if ahead < bonus - bonus_of_other else "price"

    reasons = []
    for row, column in np.argwhere(chosen).tolist():
        other = next_of.get(row)
        reasons.append(
            AssignmentReason(
                row=row,
                column=column,
                affinity=int(affinity[row, column]),
                next_column=other,
                next_affinity=None if other is None else int(affinity[row, other]),
                why=None if other is None else why(row, column, other),
                cost=None if other is None else costs.get((row, other)),
            )
        )
    return tuple(reasons)
