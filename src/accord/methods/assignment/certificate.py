"""The certificate of an assignment, and the check that trusts nothing but arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from accord.methods.assignment.flow import LACK
from accord.methods.assignment.prices import (
    AssignmentPrices,
    exact_sum,
    positive,
    product,
    reduced_values,
    tie_weights,
)
from accord.methods.assignment.problem import (
    AssignmentProblem,
    Counts,
    Integers,
    Matrix,
    Side,
    contains,
    merged,
    read_problem,
)
from accord.methods.assignment.residual import exchangeable_pairs
from accord.methods.assignment.scan import LevelPrices, Values, paying_pairs

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
        partial: bool = False,
    ) -> CertificateCheck:
        """Check `pairs` (n by 2: row, column) and this certificate against the arguments of `assign`.

        Raises InvalidInput for those arguments only; whatever is wrong with the pairs or the certificate
        is told in the result. With `partial` a missing expert or review counts as -2^58 instead of being a
        problem, and no price may lie below that. Source: weak duality of linear programming, which holds over pairs of
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
        return check_problem(self, problem, pairs, partial=partial)


def check_problem(
    certificate: AssignmentCertificate, problem: AssignmentProblem, pairs: ArrayLike, *, partial: bool = False
) -> CertificateCheck:
    """Check pairs and certificate against a problem that is already read."""
    try:
        chosen = _read_pairs(pairs, problem)
    except ValueError as error:
        return CertificateCheck(feasible=False, problems=(f"pairs: {error}",))
    missing = _missing(problem, chosen) if partial else 0
    value = (
        exact_sum(problem.affinity_of(chosen)) - LACK * missing,
        exact_sum(tie_weights(problem.seed, chosen)),
    )
    unmet = _unmet(problem, chosen, partial=partial)
    wrong = _wrong_prices("prices", certificate.prices, problem) or _wrong_floor(certificate, problem, chosen)
    if partial and not wrong:
        wrong = _prices_beyond_lacking(problem, certificate.prices)
    if unmet or wrong:
        return CertificateCheck(feasible=not unmet, value=value, problems=(*unmet, *wrong))
    bound, at_price = upper_bound(Values(problem=problem, floor=certificate.floor), certificate.prices)
    gap = bound[0] - value[0], bound[1] - value[1]
    if gap != (0, 0):
        text = f"the pairs reach {value}; the prices only prove that none exceeds {bound}"
        return CertificateCheck(feasible=True, value=value, bound=bound, gap=gap, problems=(text,))
    alike = exchangeable_pairs(problem, chosen, at_price, certificate.prices, levels=2)
    return CertificateCheck(feasible=True, value=value, bound=bound, gap=gap, unique=not alike.size and not missing)


def upper_bound(values: Values, prices: AssignmentPrices, *, weighed: bool = True) -> tuple[tuple[int, int], Integers]:
    """Give the value, on two levels, that no assignment of open and forced pairs exceeds.

    Sum of demand x proposal - quota x Side + limit x expert + the positive reduced values of the open pairs
    + the reduced values of the forced ones, where an expert's limit is the maximum load at a positive price
    and the minimum load at a negative one. No Side's price may be negative. Beside it, the keys of the open
    pairs that are worth exactly their prices. Without `weighed` no pair has a weight.
    """
    problem = values.problem
    of_expert = prices.expert
    limit = np.where(positive(of_expert[:, 0], of_expert[:, 1]), problem.load_max, problem.load_min)
    first, second = (
        product(problem.demand, prices.proposal[:, level])
        - sum(
            int(quota) * exact_sum(prices.side[:, place, level]) for place, quota in enumerate(problem.quota.tolist())
        )
        + product(limit, of_expert[:, level])
        for level in (0, 1)
    )

    def by_weight(keys: Integers) -> Integers:
        weights = tie_weights(problem.seed, keys) if weighed else np.zeros_like(keys)
        return reduced_values(weights, problem.rows_and_columns(keys), problem.side_of, prices, 1)

    forced = problem.forced
    worth = values.of_keys(forced)
    first += exact_sum(reduced_values(worth, problem.rows_and_columns(forced), problem.side_of, prices, 0))
    second += exact_sum(by_weight(forced))
    at_price = [np.zeros(0, dtype=np.int64)]
    of_first = LevelPrices(proposal=prices.proposal[:, 0], side=prices.side[:, :, 0], expert=of_expert[:, 0])
    for keys, beyond in paying_pairs(values, of_first, 0):
        weight = by_weight(keys)
        counted = positive(beyond, weight)
        first += exact_sum(beyond[counted])
        second += exact_sum(weight[counted])
        at_price.append(keys[(beyond == 0) & (weight == 0)])
    return (first, second), np.concatenate(at_price)


def _read_pairs(pairs: ArrayLike, problem: AssignmentProblem) -> Integers:
    """The sorted keys of the pairs; ValueError says why they are no set of pairs of this problem."""
    indices = np.asarray(pairs)
    if indices.size == 0:
        return np.zeros(0, dtype=np.int64)
    if indices.ndim != 2 or indices.shape[1] != 2 or indices.dtype.kind not in "iu":
        raise ValueError(f"not n by 2 integers but {indices.shape} of {indices.dtype}")
    if (indices < 0).any() or (indices >= (problem.proposals, problem.experts)).any():
        raise ValueError("a row or a column does not exist")
    keys = merged(indices[:, 0].astype(np.int64) * problem.experts + indices[:, 1].astype(np.int64))
    if keys.size < len(indices):
        raise ValueError("a pair is there twice")
    return keys


def _missing(problem: AssignmentProblem, chosen: Integers) -> int:
    """How many experts and reviews are missing, a quota's seats counted with the proposal's."""
    of_side = (problem.quota - problem.side_counts(chosen)).clip(0).sum(axis=1)
    experts = np.maximum(problem.demand - problem.counts(chosen), of_side)
    return int(experts.sum() + (problem.load_min - problem.loads(chosen)).clip(0).sum())


def _prices_beyond_lacking(problem: AssignmentProblem, prices: AssignmentPrices) -> list[str]:
    """Which prices ask for more than a missing expert or review costs."""
    places = prices.proposal[:, None] - prices.side
    expected = np.where(problem.load_min[:, None] > 0, prices.expert, 0)
    parts = ("proposal", prices.proposal), ("side", places.reshape(-1, 2)), ("expert", expected)
    return [
        f"prices.{part}: a price asks for more than what lacks costs"
        for part, price in parts
        if positive(-LACK - price[:, 0], -price[:, 1]).any()
    ]


def _unmet(problem: AssignmentProblem, chosen: Integers, *, partial: bool) -> list[str]:
    """Every condition that the pairs do not meet."""
    experts = max(problem.experts, 1)
    in_conflict = chosen[contains(problem.conflict, chosen)]
    left_out = problem.forced[~contains(chosen, problem.forced)]
    unmet = [f"pair {divmod(key, experts)} is in conflict" for key in in_conflict.tolist()]
    unmet += [f"pair {divmod(key, experts)} is forced" for key in left_out.tolist()]
    count, load = problem.counts(chosen), problem.loads(chosen)
    on_side = problem.side_counts(chosen)
    seats = count + ((problem.quota - on_side).clip(0).sum(axis=1) if partial else 0)
    for row in np.flatnonzero(seats > problem.demand if partial else count != problem.demand):
        unmet.append(f"row {row} has {count[row]} experts, its demand is {problem.demand[row]}")
    below = (load < problem.load_min) & (not partial)
    for column in np.flatnonzero((load > problem.load_max) | below):
        limits = f"{problem.load_min[column]} to {problem.load_max[column]}"
        unmet.append(f"column {column} has a load of {load[column]}, its limits are {limits}")
    for lacking, place in np.argwhere((on_side < problem.quota) & (not partial)).tolist():
        of_side = f"{on_side[lacking, place]} experts of Side {problem.sides[place]!r}"
        unmet.append(f"row {lacking} has {of_side}, its quota is {problem.quota[place]}")
    return unmet


def _wrong_prices(name: str, prices: AssignmentPrices, problem: AssignmentProblem) -> list[str]:
    """Why the prices cannot be taken: shape, type, size or sign."""
    proposals, experts = problem.proposals, problem.experts
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


def _wrong_floor(certificate: AssignmentCertificate, problem: AssignmentProblem, chosen: Integers) -> list[str]:
    """Why the floor is not the highest that the smallest affinity of the chosen pairs can be raised to."""
    floor, prices = certificate.floor, certificate.floor_prices
    free = chosen[~contains(problem.forced, chosen)]
    if problem.fairness != "worst-pair" or not free.size:
        return [] if floor is None and prices is None else ["floor: given, where there is none"]
    if floor is None or prices is None:
        return ["floor: 'worst-pair' needs a floor and its prices"]
    if (problem.affinity_of(free) < floor).any():
        return [f"floor: a pair lies below {floor}"]
    wrong = _wrong_prices("floor_prices", prices, problem)
    if not wrong:
        # A choice all above the floor would reach what the forced pairs are worth.
        worth = floor_values(problem, floor)
        bound, _ = upper_bound(worth, prices, weighed=False)
        if bound >= (exact_sum(worth.of_keys(problem.forced)), 0):
            wrong.append(f"floor: the prices do not prove that {floor} is the highest")
    return wrong


def floor_values(problem: AssignmentProblem, floor: int) -> Values:
    """Worth -1 for a pair at the floor or below: a bound below zero proves the floor, forced pairs apart."""

    def of(affinity: Integers) -> Integers:
        return -(affinity <= floor).astype(np.int64)

    return Values(problem=problem, of=of)
