"""Seeded chance for the example call: the same numbers on any Python and with any NumPy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

from numpy.random import PCG64
from scipy.special import ndtri

Value = TypeVar("Value")

_BLOCK = 4096  # raw numbers drawn at once; changes no result
_WHOLE = 1 << 64


class Chance:
    """A stream of chance of its own for one step and seed, made from PCG64's raw numbers alone.

    NumPy promises that these never change, and does not promise it of its distributions.
    """

    def __init__(self, step: str, seed: int) -> None:
        digest = hashlib.sha256(f"accord.example {step} {seed}".encode()).digest()
        self._bits = PCG64(int.from_bytes(digest))
        self._ready: list[int] = []

    def _raw(self) -> int:
        if not self._ready:
            self._ready = self._bits.random_raw(_BLOCK).tolist()
            self._ready.reverse()
        return self._ready.pop()

    def integer(self, count: int) -> int:
        """One of 0 to count - 1, each as likely as the other to within 2^-64 of the count."""
        return self._raw() * count // _WHOLE

    def uniform(self) -> float:
        """A number strictly between 0 and 1."""
        return ((self._raw() >> 12) + 0.5) / (1 << 52)

    def normal(self) -> float:
        """A number from the normal distribution of mean 0 and standard deviation 1."""
        return float(ndtri(self.uniform()))

    def happens(self, probability: float) -> bool:
        """True with that probability."""
        return self.uniform() < probability

    def choice(self, values: Sequence[Value]) -> Value:
        """One of the values."""
        return values[self.integer(len(values))]

    def weighted(self, weights: Sequence[int]) -> int:
        """The place of one of the weights, each as likely as its size; one of them is greater than 0."""
        point = self.integer(sum(weights))
        return next(place for place, reached in enumerate(accumulate(weights)) if point < reached)

    def sample(self, count: int, size: int) -> list[int]:
        """`size` different numbers of 0 to count - 1, in a random order."""
        moved: dict[int, int] = {}
        taken = []
        for place in range(size):
            other = place + self.integer(count - place)
            taken.append(moved.get(other, other))
            moved[other] = moved.get(place, place)
        return taken

    def shuffled(self, values: Sequence[Value]) -> list[Value]:
        """The values in a random order."""
        return [values[place] for place in self.sample(len(values), len(values))]
