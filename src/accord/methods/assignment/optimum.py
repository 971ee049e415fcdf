"""Who reviews what: the assignment of experts to proposals, with the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.errors import AccordError, Infeasible
from accord.methods.assignment.certificate import AssignmentCertificate, check_problem, floor_values
from accord.methods.assignment.feasibility import Shortfall, shortfall, some_assignment
from accord.methods.assignment.prices import tie_weights
from accord.methods.assignment.problem import (
    AssignmentProblem,
    Counts,
    Integers,
    Mask,
    Matrix,
    Side,
    read_problem,
)
from accord.methods.assignment.reasons import AssignmentReason, assignment_reasons
from accord.methods.assignment.search import best_assignment

METHOD = "assignment"
VERSION = "1"


class AssignmentInfeasible(Infeasible):
    """No assignment meets every condition; `shortfalls` says so in text.

    `lacking`: (row, Side or None, experts missing) when as much as can be is met; `underused`: (column,
    reviews missing) where minimum loads cannot be met; `wanted` and `available`: pairs that the proposals
    demand and that the experts can take; `load_increase`: what, added to every maximum load, would do,
    or None where none would.
    """

    def __init__(self, found: Shortfall) -> None:
        missing = sum(number for _, _, number in found.lacking)
        rows = len({row for row, _, _ in found.lacking})
        lack = f"{missing} expert(s) are lacking on {rows} proposal(s)"
        text = lack if missing else "the conditions contradict each other"
        super().__init__(f"No assignment exists: {text}. {found.lines[-1]}", found.lines)
        self.lacking = found.lacking
        self.underused = found.underused
        self.wanted = found.wanted
        self.available = found.available
        self.load_increase = found.load_increase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """The canonical optimum.

    `pairs` is n by 2 (row, column), sorted; `total` the sum of their affinities and `worst` the smallest
    (None without pairs), in millionths; `unique` whether every other assignment is worse, affinities and
    then weights counted.
    """

    pairs: Integers
    total: int
    worst: int | None
    unique: bool
    certificate: AssignmentCertificate
    reasons: tuple[AssignmentReason, ...]
    method: str = METHOD
    version: str = VERSION


def assign(
    affinity: Matrix,
    *,
    experts_per_proposal: Counts,
    max_load: Counts,
    min_load: Counts = 0,
    conflicts: Matrix | None = None,
    expert_side: Sequence[Side | None] | None = None,
    min_per_side: int | Mapping[Side, int] | None = None,
    forced: Iterable[tuple[int, int]] = (),
    fairness: str = "total",
    seed: bytes = b"",
) -> Assignment:
    """Assign experts to proposals so that the total affinity is greatest; the seed chooses among equals.

    affinity: proposals by experts, integers in millionths, an array or sparse (absent is zero).
    experts_per_proposal: one integer, or one per row. max_load, min_load: one, or one per column.
    conflicts: booleans in the shape of affinity, True where a pair is forbidden.
    expert_side: per column a Side, or None. min_per_side: how many experts of each Side a proposal gets at
    least, one integer for every Side in expert_side, or by Side.
    forced: pairs (row, column) that must be in.
    fairness: 'total', or 'worst-pair': first the smallest affinity among the chosen pairs (not the forced
    ones) is raised as far as it goes, then the total of what is left to choose.
    seed: where the weights come from that decide among assignments of equal total.

    Raises InvalidInput for an argument that cannot be taken, AssignmentInfeasible where none exists.
    Source: docs/methods/assignment.md.
    """
    problem = read_problem(
        affinity,
        experts_per_proposal=experts_per_proposal,
        max_load=max_load,
        min_load=min_load,
        conflicts=conflicts,
        expert_side=expert_side,
        min_per_side=min_per_side,
        forced=forced,
        fairness=fairness,
        seed=seed,
    )
    open_pairs = problem.open_pairs()
    start = some_assignment(problem, open_pairs)
    if start is None:
        raise AssignmentInfeasible(shortfall(problem))
    floor, floor_prices = None, None
    if fairness == "worst-pair" and start.any():
        floor, start = _highest_floor(problem, open_pairs, start)
        _, floor_prices = best_assignment(problem, open_pairs, start, *floor_values(problem, floor))
        open_pairs = problem.open_pairs(floor)
    weights = tie_weights(problem.seed, *problem.affinity.shape)
    chosen, prices = best_assignment(problem, open_pairs, start, problem.affinity, weights)
    certificate = AssignmentCertificate(prices=prices, floor=floor, floor_prices=floor_prices)
    pairs = np.argwhere(chosen)
    checked = check_problem(certificate, problem, pairs)
    if not checked.holds:
        raise AccordError(f"The assignment found could not be proven: {'; '.join(checked.problems)}.")
    pairs.setflags(write=False)
    affinities = problem.affinity[chosen].tolist()
    return Assignment(
        pairs=pairs,
        total=sum(affinities),
        worst=min(affinities, default=None),
        unique=checked.unique is True,
        certificate=certificate,
        reasons=assignment_reasons(problem, certificate, chosen),
    )


def _highest_floor(problem: AssignmentProblem, open_pairs: Mask, start: Mask) -> tuple[int, Mask]:
    """The greatest affinity that every chosen pair can reach, by bisection, and an assignment that does."""
    candidates = np.unique(problem.affinity[open_pairs])
    low, high = int(np.searchsorted(candidates, problem.affinity[start].min())), len(candidates)
    while high - low > 1:
        middle = (low + high) // 2
        found = some_assignment(problem, problem.open_pairs(int(candidates[middle])))
        if found is None:
            high = middle
        else:
            low, start = middle, found
    return int(candidates[low]), start
