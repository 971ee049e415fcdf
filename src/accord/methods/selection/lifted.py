"""Cuts for a row with many columns: a facet of what the point leaves open, priced for every other column.

Columns that a point takes whole are taken for granted and those that it leaves out are forgotten; what is left of
the row has few columns, and a facet of its hull that cuts the point off is found as in `hulls`. The others then get
their prices one after the other, as high as the limit bears, from a table of the least that each worth costs
(Balas 1975, 'Facets of the knapsack polytope'; Gu, Nemhauser and Savelsbergh 1998, 'Lifted cover inequalities for
0-1 integer programs'). The point chooses the facet and the order; the prices are exact.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.hulls import facet, maximal_sets
from accord.methods.selection.program import Row, row_of

_FRACTION: Final = 1e-6
_VIOLATION: Final = 1e-4
_LARGEST_DENOMINATOR: Final = 24
_UNIT: Final = 48
_LARGEST: Final = 1 << 62


def lifted_cut(row: Row, point: NDArray[np.float64]) -> Row | None:
    """A row that holds wherever this one does, and that a point breaks; None where none was found.

    No coefficient of the row may be negative.
    """
    asks = dict(row.cells)
    order = sorted(asks, key=lambda column: (-float(point[column]), -asks[column], column))
    whole = [column for column in order if point[column] > 1 - _FRACTION]
    split = [column for column in order if _FRACTION < point[column] <= 1 - _FRACTION]
    absent = sorted((column for column in order if point[column] <= _FRACTION), key=lambda c: (-asks[c], c))
    room = row.limit - sum(asks[column] for column in whole)
    if not split or room < 0:
        return None
    sets = maximal_sets([asks[column] for column in split], room)
    found = None if sets is None else facet(sets, point[split])
    if found is None:
        return None
    table = _Table(room, row.limit + sum(asks.values()))
    for column, price in zip(split, _in_whole_numbers(found), strict=True):
        table.add(column, asks[column], price)
    table.limit = table.worth(room)
    for column in sorted(whole):
        table.give_back(column, asks[column])
    for column in absent:
        table.lift(column, asks[column])
    worth = sum(price * float(point[column]) for column, price in table.prices.items())
    if worth < table.limit + _VIOLATION * max(table.limit, 1):
        return None
    return row_of(sorted(table.prices.items()), table.limit)


def _in_whole_numbers(prices: NDArray[np.float64]) -> list[int]:
    """Prices as multiples of their smallest common fraction, so that the numbers stay small."""
    for denominator in range(1, _LARGEST_DENOMINATOR + 1):
        multiples = np.rint(prices * denominator)
        if np.abs(prices * denominator - multiples).max() < _FRACTION:
            return [int(price) for price in multiples]
    return [int(price) for price in np.rint(prices * _UNIT)]


class _Table:
    """The least that each worth costs, over the columns priced so far."""

    def __init__(self, room: int, largest: int) -> None:
        self.prices: dict[int, int] = {}
        self.limit = 0
        self._room = room
        # Of each worth: the least that columns worth as much, or more, ask for.
        self._least: NDArray[Any] = np.zeros(1, dtype=np.int64 if largest < _LARGEST else object)

    def add(self, column: int, ask: int, price: int) -> None:
        """Take a column at a price."""
        self.prices[column] = price
        if price <= 0:
            return
        known = self._least
        beside = np.concatenate([np.full(price, ask, dtype=known.dtype), known + ask])
        beside[: known.size] = np.minimum(known, beside[: known.size])
        self._least = beside

    def worth(self, room: int) -> int:
        """The most that columns which fit are worth."""
        return int(np.searchsorted(self._least, room, side="right")) - 1

    def lift(self, column: int, ask: int) -> None:
        """Price a column that is out as high as the limit bears."""
        self.add(column, ask, self.limit - self.worth(self._room - ask) if ask <= self._room else self.limit)

    def give_back(self, column: int, ask: int) -> None:
        """Price a column that was taken for granted: the limit and the room grow by what it is."""
        price = self.worth(self._room + ask) - self.limit
        self.limit += price
        self._room += ask
        self.add(column, ask, price)
