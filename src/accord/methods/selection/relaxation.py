"""The bound of a node: HiGHS' prices in floating point, rounded, and what they prove in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.program import Fixed, Row, rows_at
from accord.methods.selection.solver import Matrix

_MANTISSA: Final = 52
_FARKAS_BITS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What prices prove of a node. `bound` is in whole units; `point` is HiGHS' own, and only guides."""

    bound: int | None
    """No set of the node is worth more; None where nothing is proven."""
    impossible: bool
    """Whether it is proven that the node has no set."""
    point: NDArray[np.float64] | None
    inside: frozenset[int] = frozenset()
    """Columns without which nothing in the node beats `target`."""
    outside: frozenset[int] = frozenset()
    """Columns with which nothing in the node beats `target`."""
    tight: frozenset[int] = frozenset()
    """The rows that have a price."""


class Linear:
    """Rows as HiGHS takes them, and as whole numbers."""

    def __init__(self, rows: Sequence[Row], columns: int) -> None:
        self.rows = tuple(rows)
        self.columns = columns
        self._at = rows_at(self.rows, columns)
        self._matrix = Matrix(self.rows, columns)
        largest = max((abs(row.limit) + max(abs(c) for _, c in row.cells) for row in self.rows), default=1)
        self._bits = largest.bit_length() + 8  # prices are whole multiples of 2^-bits: rounding them costs little

    def relaxed(self, gains: Sequence[int], fixed: Fixed, target: int | None) -> Relaxation:
        """The bound of a node for these gains, and which columns it decides if `target` is to be beaten."""
        if not self.rows:
            free = frozenset(column for column, gain in enumerate(gains) if gain > 0)
            point = np.zeros(self.columns)
            point[sorted((free - fixed.outside) | fixed.inside)] = 1
            return self._proven(gains, [], fixed, target, point)
        boxes = np.zeros((self.columns, 2))
        boxes[:, 1] = 1
        boxes[list(fixed.inside), 0] = 1
        boxes[list(fixed.outside), 1] = 0
        largest = max(1, *(abs(gain) for gain in gains))
        found = self._matrix.best_point(np.array([gain / largest for gain in gains]), boxes)
        if found.none_feasible:
            return Relaxation(bound=None, impossible=self._impossible(boxes, fixed), point=None)
        if found.point is None:
            return Relaxation(bound=None, impossible=False, point=None)
        return self._proven(gains, self._whole(found.prices, largest), fixed, target, found.point)

    def _whole(self, prices: Sequence[float], unit: int) -> list[int]:
        """Prices, told in so many units a scaled row, as whole multiples of 2^-bits a row; none below zero."""
        return [
            max(0, (int(price * (1 << _MANTISSA)) * unit << self._bits) // (scale << _MANTISSA))
            for price, scale in zip(prices, self._matrix.scales, strict=True)
        ]

    def _proven(
        self,
        gains: Sequence[int],
        prices: Sequence[int],
        fixed: Fixed,
        target: int | None,
        point: NDArray[np.float64] | None,
    ) -> Relaxation:
        """The bound that prices give, by weak duality: the rows' worth and each open column's own surplus."""
        total = sum(price * row.limit for price, row in zip(prices, self.rows, strict=True) if price)
        surplus = []
        for column, gain in enumerate(gains):
            own = (gain << self._bits) - sum(prices[row] * needed for row, needed in self._at[column] if prices[row])
            surplus.append(own)
            if column in fixed.inside or (own > 0 and column not in fixed.outside):
                total += own
        inside, outside = set[int](), set[int]()
        if target is not None:
            # A set that beats the target is worth at least one more: a column that costs more than the bound has
            # to spare above that is decided.
            spare = total - ((target + 1) << self._bits)
            inside = {column for column, own in enumerate(surplus) if own > max(spare, 0)}
            outside = {column for column, own in enumerate(surplus) if -own > max(spare, 0)}
        return Relaxation(
            bound=total >> self._bits,
            impossible=False,
            point=point,
            inside=frozenset(inside) - fixed.outside - fixed.inside,
            outside=frozenset(outside) - fixed.inside - fixed.outside,
            tight=frozenset(number for number, price in enumerate(prices) if price),
        )

    def _impossible(self, boxes: NDArray[np.float64], fixed: Fixed) -> bool:
        """Whether prices prove that no set of the node keeps every row (Farkas): they come from the least excess."""
        found = self._matrix.least_excess(boxes)
        prices = self._whole(found.prices or [0.0] * len(self.rows), 1 << _FARKAS_BITS)
        proven = self._proven([0] * self.columns, prices, fixed, None, None)
        return proven.bound is not None and proven.bound < 0
