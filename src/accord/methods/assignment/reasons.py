"""Why each pair was assigned and the next best expert was not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.methods.assignment.certificate import AssignmentCertificate
from accord.methods.assignment.prices import reduced_values
from accord.methods.assignment.problem import AssignmentProblem, Integers, merged
from accord.methods.assignment.residual import exchangeable_pairs, forcing_costs
from accord.methods.assignment.scan import LevelPrices, Values, paying_pairs

_ROWS = 256


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
    problem: AssignmentProblem, certificate: AssignmentCertificate, chosen: Integers, *, with_costs: bool = True
) -> tuple[AssignmentReason, ...]:
    """Give the reasons of every pair, by row, then column."""
    values, prices = Values(problem=problem, floor=certificate.floor), certificate.prices
    of_first = LevelPrices(proposal=prices.proposal[:, 0], side=prices.side[:, :, 0], expert=prices.expert[:, 0])
    at_price = [keys[beyond == 0] for keys, beyond in paying_pairs(values, of_first, 0)]
    tied = np.concatenate([np.zeros(0, dtype=np.int64), *at_price])
    draws = set(exchangeable_pairs(problem, chosen, tied, prices, levels=1).tolist())
    following = _next_choices(problem, chosen)
    asked = following[values.is_open(following)]
    costs: dict[int, int | None] = dict.fromkeys(asked.tolist())
    if with_costs:
        found = forcing_costs(values, chosen, prices, asked, fast=problem.is_large)
        costs = dict(zip(asked.tolist(), found, strict=True))
    next_of = {key // problem.experts: key for key in following.tolist()}
    affinity_of = dict(zip(following.tolist(), problem.affinity_of(following).tolist(), strict=True))
    both = np.concatenate([chosen, following])
    cells = problem.rows_and_columns(both)
    reduced = dict(
        zip(
            both.tolist(),
            reduced_values(problem.affinity_of(both), cells, problem.side_of, prices, 0).tolist(),
            strict=True,
        )
    )
    forced = set(problem.forced.tolist())

    def why(key: int, other: int) -> str:
        if key in forced:
            return "forced"
        if other not in costs:
            return "floor"
        if other in draws:
            return "draw"
        row = key // problem.experts
        # How far the pair is ahead of the next choice, every price counted.
        ahead = reduced[key] - reduced[other]
        if ahead < prices.expert[other % problem.experts, 0]:
            return "full"
        sides = problem.side_of[key % problem.experts], problem.side_of[other % problem.experts]
        bonus, bonus_of_other = (int(prices.side[row, side, 0]) if side >= 0 else 0 for side in sides)
        return "quota" if ahead < bonus - bonus_of_other else "price"

    reasons = []
    for key, affinity in zip(chosen.tolist(), problem.affinity_of(chosen).tolist(), strict=True):
        row, column = divmod(key, problem.experts)
        other = next_of.get(row)
        reasons.append(
            AssignmentReason(
                row=row,
                column=column,
                affinity=affinity,
                next_column=None if other is None else other % problem.experts,
                next_affinity=None if other is None else affinity_of[other],
                why=None if other is None else why(key, other),
                cost=None if other is None else costs.get(other),
            )
        )
    return tuple(reasons)


def _next_choices(problem: AssignmentProblem, chosen: Integers) -> Integers:
    """Per proposal with pairs, the best expert neither assigned nor in conflict (ties: the lower column)."""
    shut = merged(problem.conflict, chosen)
    values = Values(problem=problem)
    found = [np.zeros(0, dtype=np.int64)]
    for first in range(0, problem.proposals if problem.experts else 0, _ROWS):
        last = min(first + _ROWS, problem.proposals)
        block = values.rows(first, last).astype(np.int64)
        low, high = np.searchsorted(shut, (first * problem.experts, last * problem.experts))
        block.ravel()[shut[low:high] - first * problem.experts] = np.iinfo(np.int64).min
        best = block.argmax(axis=1)
        left = block[np.arange(last - first), best] > np.iinfo(np.int64).min
        found.append((np.arange(first, last) * problem.experts + best)[left])
    keys = np.concatenate(found)
    return keys[problem.counts(chosen)[keys // max(problem.experts, 1)] > 0]
