"""Prices of an assignment, and the weights that choose among equals."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from accord.methods.assignment.problem import Integers, Mask


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


def tie_weights(seed: bytes, keys: Integers) -> Integers:
    """Give the 32-bit weights of the pairs with these keys (row x experts + column).

    Two 64-bit keys are the first 16 bytes, big-endian, of SHA-256 of 'assignment' and the seed. A pair's
    weight is the upper half of `mix(mix(first + (key + 1) x 0x9E3779B97F4A7C15) xor second)`, all modulo 2^64,
    where mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014): so any pair's is known by itself.
    """
    digest = sha256(b"assignment" + seed).digest()
    first, second = (np.uint64(int.from_bytes(digest[start : start + 8])) for start in (0, 8))
    mixed = (keys.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = _mixed(_mixed(mixed + first) ^ second)
    return (mixed >> np.uint64(32)).astype(np.int64)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def positive(first: Integers, second: Integers) -> Mask:
    """Where a pair of levels is above zero: its first level that is not zero is."""
    above: Mask = (first > 0) | ((first == 0) & (second > 0))
    return above


def exact_sum(values: Integers) -> int:
    """Sum 64-bit integers without overflow: the upper and the lower 32 bits apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def reduced_values(
    values: Integers, cells: tuple[Integers, Integers], side_of: Integers, prices: AssignmentPrices, level: int
) -> Integers:
    """Per pair, what it is worth beyond its prices on one level: value - proposal + Side's bonus - expert."""
    rows, columns = cells
    reduced: Integers = values - prices.proposal[rows, level] - prices.expert[columns, level]
    side = side_of[columns]
    with_quota = side >= 0
    reduced[with_quota] += prices.side[rows[with_quota], side[with_quota], level]
    return reduced


def product(left: Integers, right: Integers) -> int:
    """The inner product, in integers of any size."""
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))
