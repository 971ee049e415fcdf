"""Prices of an assignment, the bound that they prove, and the weights that choose among equals."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from accord.methods.assignment.problem import AssignmentProblem, Integers, Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentPrices:
    """Dual prices on two levels (last axis: affinity in millionths, then weight), all integers.

    `proposal` (proposals, 2), `side` (proposals, Sides with a quota, 2), `expert` (experts, 2).
    """

    proposal: Integers
    side: Integers
    expert: Integers

    def __post_init__(self) -> None:
        for array in (self.proposal, self.side, self.expert):
            array.setflags(write=False)


def tie_weights(seed: bytes, rows: int, columns: int, *, first_row: int = 0) -> Integers:
    """Draw the 24-bit weights of `rows` proposals from `first_row` on, in a call with `columns` experts.

    PCG64, seeded by SHA-256 of 'assignment' and the seed, gives one raw draw a pair, row by row; its upper
    24 bits are the weight.
    """
    generator = np.random.PCG64(int.from_bytes(sha256(b"assignment" + seed).digest()))
    generator.advance(first_row * columns)
    drawn = generator.random_raw(rows * columns) >> np.uint64(40)
    return drawn.astype(np.int64).reshape(rows, columns)


def reduced_values(
    values: Integers, side_of: Integers, proposal: Integers, side: Integers, expert: Integers
) -> Integers:
    """Per pair, what it is worth beyond its prices on one level: value - proposal + Side's bonus - expert."""
    reduced = values - proposal[:, None] - expert
    with_quota = side_of >= 0
    reduced[:, with_quota] += side[:, side_of[with_quota]]
    return reduced


def reduced_levels(values: tuple[Integers, ...], side_of: Integers, prices: AssignmentPrices) -> list[Integers]:
    """The reduced values on as many levels as `values` has."""
    return [
        reduced_values(of_level, side_of, prices.proposal[:, level], prices.side[:, :, level], prices.expert[:, level])
        for level, of_level in enumerate(values)
    ]


def positive(first: Integers, second: Integers) -> Mask:
    """Where a pair of levels is above zero: its first level that is not zero is."""
    above: Mask = (first > 0) | ((first == 0) & (second > 0))
    return above


def exact_sum(values: Integers) -> int:
    """Sum 64-bit integers without overflow: the upper and the lower 32 bits apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def upper_bound(
    problem: AssignmentProblem, open_pairs: Mask, values: tuple[Integers, Integers], prices: AssignmentPrices
) -> tuple[int, int]:
    """Give the value, on two levels, that no assignment within `open_pairs` and the forced pairs exceeds.

    Sum of demand x proposal - quota x Side + limit x expert + the positive reduced values of the open pairs
    + the reduced values of the forced ones, where an expert's limit is the maximum load at a positive price
    and the minimum load at a negative one. No Side's price may be negative.
    """
    first, second = reduced_levels(values, problem.side_of, prices)
    counted = (open_pairs & positive(first, second)) | problem.forced
    limit = np.where(positive(prices.expert[:, 0], prices.expert[:, 1]), problem.load_max, problem.load_min)

    def level(index: int, reduced: Integers) -> int:
        quotas = [exact_sum(prices.side[:, place, index]) for place in range(len(problem.quota))]
        return (
            _product(problem.demand, prices.proposal[:, index])
            - sum(int(quota) * bonus for quota, bonus in zip(problem.quota, quotas, strict=True))
            + _product(limit, prices.expert[:, index])
            + exact_sum(reduced[counted])
        )

    return level(0, first), level(1, second)


def _product(left: Integers, right: Integers) -> int:
    """The inner product, in integers of any size."""
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))
