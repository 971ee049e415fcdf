"""The certificate of an assignment, and the check that trusts nothing but arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from accord.methods.assignment.prices import (
    AssignmentPrices,
    exact_sum,
    positive,
    tie_weights,
    upper_bound,
)
from accord.methods.assignment.problem import (
    AssignmentProblem,
    Counts,
    Integers,
    Mask,
    Matrix,
    Side,
    read_problem,
)
from accord.methods.assignment.residual import exchangeable_pairs

# Three such prices and an affinity still add up within 64 bits.
LARGEST_PRICE = 2**60


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """What the check found: levels are (affinity in millionths, weights), compared in that order.

    `value` is what the pairs reach, `bound` what the prices prove that none exceeds, `gap` the difference;
    each is None where what comes before it is already wrong. `unique`, told where the check holds, is
    whether every other assignment is worse.
    """

    feasible: bool
    value: tuple[int, int] | None = None
    bound: tuple[int, int] | None = None
    gap: tuple[int, int] | None = None
    unique: bool | None = None
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the pairs meet every condition and no assignment is better."""
        return self.feasible and self.gap == (0, 0) and not self.problems


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentCertificate:
    """The proof that an assignment is optimal.

    With fairness 'worst-pair' `floor` is the smallest affinity of a pair that was chosen (not forced), and
    `floor_prices` prove that every assignment chooses a pair at the floor or below; both are None with
    'total', and where nothing is left to choose.
    """

    prices: AssignmentPrices
    floor: int | None = None
    floor_prices: AssignmentPrices | None = None

    def check(
        self,
        affinity: Matrix,
        pairs: ArrayLike,
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
    ) -> CertificateCheck:
        """Check `pairs` (n by 2: row, column) and this certificate against the arguments of `assign`.

        Raises InvalidInput for those arguments only; whatever is wrong with the pairs or the certificate
        is told in the result. Source: weak duality of linear programming, which holds over pairs of
        integers in lexicographic order as it does over numbers.
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
        return check_problem(self, problem, pairs)


def check_problem(certificate: AssignmentCertificate, problem: AssignmentProblem, pairs: ArrayLike) -> CertificateCheck:
    """Check pairs and certificate against a problem that is already read."""
    try:
        chosen = _read_pairs(pairs, problem)
    except ValueError as error:
        return CertificateCheck(feasible=False, problems=(f"pairs: {error}",))
    weights = tie_weights(problem.seed, *problem.affinity.shape)
    value = exact_sum(problem.affinity[chosen]), exact_sum(weights[chosen])
    unmet = _unmet(problem, chosen)
    wrong = _wrong_prices("prices", certificate.prices, problem) or _wrong_floor(certificate, problem, chosen)
    if unmet or wrong:
        return CertificateCheck(feasible=not unmet, value=value, problems=(*unmet, *wrong))
    open_pairs = problem.open_pairs(certificate.floor)
    values = problem.affinity, weights
    bound = upper_bound(problem, open_pairs, values, certificate.prices)
    gap = bound[0] - value[0], bound[1] - value[1]
    if gap != (0, 0):
        text = f"the pairs reach {value}; the prices only prove that none exceeds {bound}"
        return CertificateCheck(feasible=True, value=value, bound=bound, gap=gap, problems=(text,))
    alike = exchangeable_pairs(problem, open_pairs, chosen, values, certificate.prices)
    return CertificateCheck(feasible=True, value=value, bound=bound, gap=gap, unique=not alike.any())


def _read_pairs(pairs: ArrayLike, problem: AssignmentProblem) -> Mask:
    """The pairs as a mask; ValueError says why they are no set of pairs of this problem."""
    indices = np.asarray(pairs)
    chosen = np.zeros(problem.affinity.shape, dtype=np.bool_)
    if indices.size == 0:
        return chosen
    if indices.ndim != 2 or indices.shape[1] != 2 or indices.dtype.kind not in "iu":
        raise ValueError(f"not n by 2 integers but {indices.shape} of {indices.dtype}")
    if (indices < 0).any() or (indices >= chosen.shape).any():
        raise ValueError("a row or a column does not exist")
    chosen[indices[:, 0], indices[:, 1]] = True
    if chosen.sum() < len(indices):
        raise ValueError("a pair is there twice")
    return chosen


def _unmet(problem: AssignmentProblem, chosen: Mask) -> list[str]:
    """Every condition that the pairs do not meet."""
    unmet = [f"pair ({r}, {c}) is in conflict" for r, c in np.argwhere(chosen & problem.conflict).tolist()]
    unmet += [f"pair ({r}, {c}) is forced" for r, c in np.argwhere(problem.forced & ~chosen).tolist()]
    count, load = chosen.sum(axis=1), chosen.sum(axis=0)
    for row in np.flatnonzero(count != problem.demand):
        unmet.append(f"row {row} has {count[row]} experts, its demand is {problem.demand[row]}")
    for column in np.flatnonzero((load > problem.load_max) | (load < problem.load_min)):
        limits = f"{problem.load_min[column]} to {problem.load_max[column]}"
        unmet.append(f"column {column} has a load of {load[column]}, its limits are {limits}")
    on_side = problem.side_counts(chosen)
    for lacking, place in np.argwhere(on_side < problem.quota).tolist():
        of_side = f"{on_side[lacking, place]} experts of Side {problem.sides[place]!r}"
        unmet.append(f"row {lacking} has {of_side}, its quota is {problem.quota[place]}")
    return unmet


def _wrong_prices(name: str, prices: AssignmentPrices, problem: AssignmentProblem) -> list[str]:
    """Why the prices cannot be taken: shape, type, size or sign."""
    proposals, experts = problem.affinity.shape
    shapes = (proposals, 2), (proposals, len(problem.sides), 2), (experts, 2)
    wrong = []
    for part, array, shape in zip(
        ("proposal", "side", "expert"), (prices.proposal, prices.side, prices.expert), shapes, strict=True
    ):
        if array.shape != shape or array.dtype != np.int64:
            wrong.append(f"{name}.{part}: not {shape} of int64 but {array.shape} of {array.dtype}")
        elif array.size and (array.max() > LARGEST_PRICE or array.min() < -LARGEST_PRICE):
            wrong.append(f"{name}.{part}: a price is beyond 2^60")
    if not wrong and positive(-prices.side[..., 0], -prices.side[..., 1]).any():
        wrong.append(f"{name}.side: a price is negative")
    return wrong


def _wrong_floor(certificate: AssignmentCertificate, problem: AssignmentProblem, chosen: Mask) -> list[str]:
    """Why the floor is not the highest that the smallest affinity of the chosen pairs can be raised to."""
    floor, prices = certificate.floor, certificate.floor_prices
    free = chosen & ~problem.forced
    if problem.fairness != "worst-pair" or not free.any():
        return [] if floor is None and prices is None else ["floor: given, where there is none"]
    if floor is None or prices is None:
        return ["floor: 'worst-pair' needs a floor and its prices"]
    if (problem.affinity[free] < floor).any():
        return [f"floor: a pair lies below {floor}"]
    wrong = _wrong_prices("floor_prices", prices, problem)
    if not wrong:
        # A choice all above the floor would reach (0, 0).
        bound = upper_bound(problem, problem.open_pairs(), floor_values(problem, floor), prices)
        if bound >= (0, 0):
            wrong.append(f"floor: the prices do not prove that {floor} is the highest")
    return wrong


def floor_values(problem: AssignmentProblem, floor: int) -> tuple[Integers, Integers]:
    """Worth -1 for a pair at the floor or below that is not forced: a bound below zero proves the floor."""
    below = ~problem.forced & (problem.affinity <= floor)
    return -below.astype(np.int64), np.zeros_like(problem.affinity)
