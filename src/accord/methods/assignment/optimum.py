"""Who reviews what: the assignment of experts to proposals, with the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from accord.errors import AccordError, Infeasible, InvalidInput
from accord.methods.assignment.certificate import AssignmentCertificate, check_problem, floor_values
from accord.methods.assignment.feasibility import Shortfall, contradictions, lacking_pairs, shortfall
from accord.methods.assignment.problem import (
    AssignmentProblem,
    Counts,
    Integers,
    Matrix,
    Side,
    contains,
    read_problem,
)
from accord.methods.assignment.reasons import AssignmentReason, assignment_reasons
from accord.methods.assignment.scan import Values
from accord.methods.assignment.search import best_assignment

METHOD = "assignment"
VERSION = "2"


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """The canonical optimum.

    `pairs` is n by 2 (row, column), sorted; `total` the sum of their affinities and `worst` the smallest
    (None without pairs), in millionths; `unique` whether every other assignment is worse, affinities and
    then weights counted. `reasons` are found when they are first asked for, from the affinities given, which
    must not have been changed since. `lacking` (row, Side or None, experts missing) and `underused` (column,
    reviews missing to the minimum load) are empty unless a partial answer was asked for and given; `unique`
    is then not told (False), nor is what forcing another pair would cost.
    """

    pairs: Integers
    total: int
    worst: int | None
    unique: bool
    certificate: AssignmentCertificate
    problem: AssignmentProblem = field(repr=False)
    lacking: tuple[tuple[int, Side | None, int], ...] = ()
    underused: tuple[tuple[int, int], ...] = ()
    method: str = METHOD
    version: str = VERSION

    @cached_property
    def reasons(self) -> tuple[AssignmentReason, ...]:
        """Why each pair was assigned and the next choice was not, by row, then column."""
        keys = self.pairs[:, 0] * self.problem.experts + self.pairs[:, 1]
        whole = not self.lacking and not self.underused
        return assignment_reasons(self.problem, self.certificate, keys, with_costs=whole)


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
    partial: bool = False,
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
    partial: where no assignment exists, give one with as few pairs and reviews missing as can be, and among
    those the greatest total; `lacking` and `underused` tell what is missing. A seat that a Side's quota
    needs stays free rather than go to another Side. Only with fairness 'total'.

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
    if not isinstance(partial, bool):
        raise InvalidInput(f"partial: found {partial!r}; give True or False")
    if partial and fairness != "total":
        raise InvalidInput(f"partial: found with fairness {fairness!r}; give 'total', or leave it out")
    if contradictions(problem):
        raise AssignmentInfeasible(shortfall(problem))
    best = best_assignment(Values(problem=problem), weighed=fairness == "total", partial=partial)
    if not best.is_whole and not partial:
        raise AssignmentInfeasible(shortfall(problem))
    floor, floor_prices = None, None
    if fairness == "worst-pair":
        floor = _highest_floor(problem, best.keys)
        if floor is not None:
            floor_prices = best_assignment(floor_values(problem, floor), weighed=False).prices
        best = best_assignment(Values(problem=problem, floor=floor))
    certificate = AssignmentCertificate(prices=best.prices, floor=floor, floor_prices=floor_prices)
    pairs = np.stack(problem.rows_and_columns(best.keys), axis=-1)
    checked = check_problem(certificate, problem, pairs, partial=partial)
    if not checked.holds:
        raise AccordError(f"The assignment found could not be proven: {'; '.join(checked.problems)}.")
    pairs.setflags(write=False)
    affinities = problem.affinity_of(best.keys).tolist()
    return Assignment(
        pairs=pairs,
        total=sum(affinities),
        worst=min(affinities, default=None),
        unique=checked.unique is True,
        certificate=certificate,
        problem=problem,
        lacking=lacking_pairs(problem, best.keys),
        underused=tuple((int(e), int(best.unused[e])) for e in np.flatnonzero(best.unused)),
    )


def _highest_floor(problem: AssignmentProblem, chosen: Integers) -> int | None:
    """The greatest affinity that every chosen pair can reach, by bisection; None where none is chosen."""

    def worst(keys: Integers) -> int:
        return int(problem.affinity_of(keys[~contains(problem.forced, keys)]).min())

    if chosen.size == problem.forced.size:
        return None
    low = worst(chosen)
    high = int(problem.affinity_of(chosen).max()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        found = best_assignment(Values(problem=problem, floor=middle), weighed=False)
        if found.is_whole:
            low = worst(found.keys)
        else:
            high = middle
    return low
