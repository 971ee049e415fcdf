"""Cuts for a row with many columns: lifted covers, in whole numbers.

Columns that a row cannot take together are a cover: at least one of them stays out (Balas 1975, 'Facets of the
knapsack polytope'). Every other column is priced as high as the limit bears, one after the other, by a table of the
least that each worth costs (Gu, Nemhauser and Savelsbergh 1998, 'Lifted cover inequalities for 0-1 integer
programs'). The point chooses the cover and the order; the prices are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.program import Row, row_of

_FRACTION: Final = 1e-6
_VIOLATION: Final = 1e-3


def cover_of(row: Row, point: NDArray[np.float64]) -> Row | None:
    """A lifted cover of a row that a point breaks; None where none was found. No coefficient may be negative."""
    asks = dict(row.cells)
    parts = {column: float(point[column]) for column in asks}
    order = sorted(asks, key=lambda column: (-parts[column], -asks[column]))
    cover = _cover(asks, order, row.limit)
    whole = [column for column in cover if parts[column] > 1 - _FRACTION]
    first = [column for column in cover if column not in set(whole)]
    if not first:
        return None
    table = _Table(first, [asks[column] for column in first], row.limit - sum(asks[column] for column in whole))
    open_columns = [column for column in order if column not in set(cover)]
    fractional = [column for column in open_columns if _FRACTION < parts[column] <= 1 - _FRACTION]
    for column in fractional:
        table.lift(column, asks[column])
    for column in whole:
        table.give_back(column, asks[column])
    for column in open_columns:
        if column not in table.prices:
            table.lift(column, asks[column])
    worth = sum(price * parts[column] for column, price in table.prices.items())
    if worth < table.limit + _VIOLATION:
        return None
    return row_of(sorted(table.prices.items()), table.limit)


def _cover(asks: dict[int, int], order: Sequence[int], limit: int) -> list[int]:
    """The likeliest columns that do not fit together, none of them to spare; empty where all fit."""
    cover: list[int] = []
    for column in order:
        cover.append(column)
        if sum(asks[one] for one in cover) > limit:
            break
    else:
        return []
    for column in reversed(cover[:-1]):
        if sum(asks[one] for one in cover) - asks[column] > limit:
            cover.remove(column)
    return cover


class _Table:
    """The least that each worth costs, over the columns priced so far."""

    def __init__(self, cover: Sequence[int], asks: Sequence[int], room: int) -> None:
        self.prices: dict[int, int] = {}
        self.limit = len(cover) - 1
        self._room = room
        self._least = [0]  # of each worth: the least that columns worth as much, or more, ask for
        for column, ask in zip(cover, asks, strict=True):
            self._add(column, ask, 1)

    def lift(self, column: int, ask: int) -> None:
        """Price a column that is out as high as the limit bears."""
        self._add(column, ask, self.limit - self._worth(self._room - ask) if ask <= self._room else self.limit)

    def give_back(self, column: int, ask: int) -> None:
        """Price a column that was taken for granted: the limit and the room grow by what it is."""
        price = self._worth(self._room + ask) - self.limit
        self.limit += price
        self._room += ask
        self._add(column, ask, price)

    def _worth(self, room: int) -> int:
        return max((worth for worth, cost in enumerate(self._least) if cost <= room), default=0)

    def _add(self, column: int, ask: int, price: int) -> None:
        self.prices[column] = price
        if price <= 0:
            return
        known = self._least
        beside = [known[max(worth - price, 0)] + ask for worth in range(len(known) + price)]
        self._least = [min(pair) for pair in zip(known, beside, strict=False)] + beside[len(known) :]
