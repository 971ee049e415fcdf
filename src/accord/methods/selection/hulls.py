"""Cuts from what one Side can pay: every facet of a row's own hull, in whole numbers.

A row with few columns has few sets that are maximal, that is, to which nothing can be added. Whatever prices the
columns get, no set that the row allows is worth more than the best maximal one: that is a row too, and a tight
one. The prices that cut off a fractional point are found by a small linear program over the maximal sets
(Boyd 1994, 'Fenchel cutting planes for integer programs'); its answer is rounded to whole numbers and the limit
computed from them, so that floating point chooses which rows are added and never whether they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.program import Row, row_of
from accord.methods.selection.solver import best_point

MOST_SETS: Final = 3000
MOST_COLUMNS: Final = 64
_UNIT: Final = 1 << 16
_FRACTION: Final = 1e-6
_VIOLATION: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hull:
    """The maximal sets of one row: sets by columns, 1 where the column is in."""

    columns: tuple[int, ...]
    sets: NDArray[np.int64]


def hull_of(row: Row) -> Hull | None:
    """The maximal sets of a row; None where there are too many, or where a bound needs none."""
    columns = tuple(column for column, coefficient in row.cells if 0 < coefficient <= row.limit)
    asks = [coefficient for _, coefficient in row.cells if 0 < coefficient <= row.limit]
    if any(coefficient < 0 for _, coefficient in row.cells) or len(columns) > MOST_COLUMNS:
        return None
    if sum(asks) <= row.limit or len(set(asks)) == 1:
        return None
    sets = maximal_sets(asks, row.limit)
    return None if sets is None else Hull(columns=columns, sets=sets)


def maximal_sets(asks: Sequence[int], limit: int) -> NDArray[np.int64] | None:
    """Every set that fits and to which nothing can be added, sets by columns; None where there are too many."""
    order = sorted(range(len(asks)), key=lambda place: -asks[place])
    found: list[tuple[int, ...]] = []
    smallest_left_out = limit + 1
    # Of each visit: how many are decided, what is left, who is in, the least of those that were left out.
    waiting: list[tuple[int, int, tuple[int, ...], int]] = [(0, limit, (), smallest_left_out)]
    visits = 0
    while waiting:
        depth, left, members, least = waiting.pop()
        visits += 1
        if len(found) > MOST_SETS or visits > 20 * MOST_SETS:
            return None
        if depth == len(order):
            if least > left:
                found.append(members)
            continue
        place = order[depth]
        if asks[place] <= left:
            waiting.append((depth + 1, left, members, min(least, asks[place])))
            waiting.append((depth + 1, left - asks[place], (*members, place), least))
        else:
            waiting.append((depth + 1, left, members, least))
    matrix = np.zeros((len(found), len(asks)), dtype=np.int64)
    for number, members in enumerate(found):
        matrix[number, list(members)] = 1
    return matrix


def facet(sets: NDArray[np.int64], here: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Prices at which no set is worth more than one and a point is worth the most; None where that is not above one.

    No price is above one.
    """
    different = np.unique(sets, axis=0)
    priced = best_point(here, different, np.ones(len(different)), (0, 1))
    return None if priced.point is None or priced.gain < 1 + _VIOLATION else priced.point


def cut_off(hull: Hull, point: NDArray[np.float64]) -> Row | None:
    """The row of a hull that a point breaks the most; None where the point lies in the hull."""
    here = point[list(hull.columns)]
    if np.minimum(here, 1 - here).max() < _FRACTION:
        return None
    active = here > _FRACTION
    found = facet(hull.sets[:, active], here[active])
    if found is None:
        return None
    prices = np.zeros(len(hull.columns), dtype=np.int64)
    prices[active] = np.rint(found * _UNIT)
    return _lifted(hull, prices, active)


def _lifted(hull: Hull, prices: NDArray[np.int64], active: NDArray[np.bool_]) -> Row:
    """Price the columns that the point leaves out as high as the limit bears, one after the other."""
    worth = hull.sets @ prices
    limit = int(worth.max())
    for place in np.flatnonzero(~active):
        spare = limit - int(worth[hull.sets[:, place] == 1].max(initial=0))
        prices[place] = spare
        worth = worth + hull.sets[:, place] * spare
    cells = ((column, int(price)) for column, price in zip(hull.columns, prices, strict=True))
    return row_of(cells, limit)
