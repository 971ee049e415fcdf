"""All pairs looked at, in blocks of rows: which pay at given prices, and which are the best of their row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.methods.assignment.kernels import FAR, KERNELS, best_of_rows
from accord.methods.assignment.problem import AssignmentProblem, Integers, merged

# Numbers in a block: a few of them fit into a core's cache.
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelPrices:
    """The prices of one level: per proposal, per proposal and Side with a quota, per expert."""

    proposal: Integers
    side: Integers
    expert: Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """What every pair is worth on the first level: its affinity, or what `of` makes of it.

    Open are the pairs neither in conflict nor forced nor below the floor.
    """

    problem: AssignmentProblem
    floor: int | None = None
    of: Callable[[Any], Any] | None = None

    def of_keys(self, keys: Integers) -> Integers:
        """The values of the pairs with these keys."""
        affinity = self.problem.affinity_of(keys)
        return affinity if self.of is None else cast("Integers", self.of(affinity))

    def is_open(self, keys: Integers) -> NDArray[np.bool_]:
        """Which of the pairs with these keys are open."""
        mask = self.problem.is_open(keys)
        if self.floor is not None:
            mask &= self.problem.affinity_of(keys) >= self.floor
        return mask

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """The values of whole rows."""
        matrix = self.problem.affinity
        block = matrix[first:last] if isinstance(matrix, np.ndarray) else _dense(matrix, np.arange(first, last))
        return block if self.of is None else cast("Integers", self.of(block))


def _dense(matrix: sparse.csr_array, rows: Integers) -> NDArray[Any]:
    dense: NDArray[Any] = matrix[rows].toarray()
    return dense


def paying_pairs(
    values: Values, prices: LevelPrices, least: int, *, most: int | None = None
) -> Iterator[tuple[Integers, Integers]]:
    """Give, by blocks of rows, the open pairs worth `least` or more beyond their prices: keys, and how much.

    Of sparse affinities the pairs that are not stored are only looked at one by
    one where the row's prices do not show that none of them is worth as much. With `most`, of a row with
    more such pairs only so many of the best need be given.
    """
    problem = values.problem
    if not problem.proposals or not problem.experts:
        return
    bonus = prices.side.max(axis=1, initial=0)
    if problem.sides and (problem.side_of < 0).any():
        bonus = bonus.clip(0)
    bar = least + prices.proposal - bonus
    whole = np.arange(problem.proposals)
    if not isinstance(problem.affinity, np.ndarray):
        nothing = np.zeros(1, dtype=np.int64)
        absent = int((nothing if values.of is None else values.of(nothing))[0])
        closed = values.floor is not None and values.floor > 0
        whole = whole[(absent - prices.expert.min() >= bar) & (not closed)]
        alone = np.ones(problem.proposals, dtype=np.bool_)
        alone[whole] = False
        keys = problem.stored_keys()
        for first in range(0, keys.size, 1 << 22):
            part = keys[first : first + (1 << 22)]
            yield from _of_stored(values, prices, least, part[alone[part // problem.experts]])
    step = max(1, _BLOCK // problem.experts)
    buffer = np.empty((step, problem.experts), dtype=np.int64)
    for first in range(0, whole.size, step):
        rows = whole[first : first + step]
        if isinstance(problem.affinity, np.ndarray):
            block = values.rows(int(rows[0]), int(rows[-1]) + 1)
        else:
            block = _dense(problem.affinity, rows)
            block = block if values.of is None else values.of(block)
        ahead = np.subtract(block, prices.expert, out=buffer[: rows.size])
        enough = ahead >= bar[rows, None]
        if most is not None and most < problem.experts and np.count_nonzero(enough) > 2 * most * rows.size:
            enough &= ahead >= _row_bars(values, prices, rows, block, ahead, most=most)[:, None]
        row, column = np.divmod(np.flatnonzero(enough), problem.experts)
        yield from _kept(values, prices, least, rows[row] * problem.experts + column, ahead[row, column])


def _row_bars(
    values: Values, prices: LevelPrices, rows: Integers, block: NDArray[Any], ahead: Integers, *, most: int
) -> Integers:
    """Per row, what those of its `most` best open pairs are at least ahead of their expert's price."""
    problem = values.problem
    beyond = ahead.copy()
    first, last = int(rows[0]), int(rows[-1]) + 1
    for keys in (problem.conflict, problem.forced):
        low, high = np.searchsorted(keys, (first * problem.experts, last * problem.experts))
        row, column = problem.rows_and_columns(keys[low:high])
        place = np.searchsorted(rows, row)
        here = rows[place] == row
        beyond[place[here], column[here]] = -FAR
    if values.floor is not None:
        beyond[block < values.floor] = -FAR
    bonus = np.zeros((rows.size, 1 + len(problem.sides)), dtype=np.int64)
    bonus[:, 1:] = prices.side[rows]
    if problem.sides:
        beyond += bonus[:, problem.side_of + 1]
    least = np.partition(beyond, problem.experts - most, axis=1)[:, problem.experts - most]
    bars: Integers = least - bonus.max(axis=1)
    return bars


def _of_stored(values: Values, prices: LevelPrices, least: int, keys: Integers) -> Iterator[tuple[Integers, Integers]]:
    ahead = values.of_keys(keys) - prices.expert[keys % values.problem.experts]
    yield from _kept(values, prices, least, keys, ahead)


def _kept(
    values: Values, prices: LevelPrices, least: int, keys: Integers, ahead: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """Those of the candidates that are worth as much beyond all prices and are open."""
    rows, columns = values.problem.rows_and_columns(keys)
    beyond = ahead - prices.proposal[rows]
    side = values.problem.side_of[columns]
    of_side = np.flatnonzero(side >= 0)
    beyond[of_side] += prices.side[rows[of_side], side[of_side]]
    enough: Integers = np.flatnonzero(beyond >= least)
    enough = enough[values.is_open(keys[enough])]
    if enough.size:
        yield keys[enough], beyond[enough]


def most_of_rows(keys: Integers, worth: Integers, experts: int, count: int) -> Integers:
    """Keep of each row the `count` pairs worth most; equals are spread over the columns from row to row."""
    if not keys.size:
        return keys
    rows, columns = np.divmod(keys, experts)
    order = np.lexsort(((columns - rows * count) % experts, -worth, rows))
    sorted_rows = rows[order]
    rank = np.arange(keys.size) - np.searchsorted(sorted_rows, sorted_rows)
    return np.sort(keys[order[rank < count]])


def best_pairs(values: Values, count: int, columns: Integers | None = None, *, fast: bool) -> Integers:
    """Give the keys of each row's `count` open pairs of greatest value, among the columns given or all."""
    problem = values.problem
    width = problem.experts if columns is None else columns.size
    count = min(count, width)
    if not count or not problem.proposals:
        return np.zeros(0, dtype=np.int64)
    shut = merged(problem.conflict, problem.forced) if problem.forced.size else problem.conflict
    place = np.arange(problem.experts)
    if columns is not None:
        place = np.full(problem.experts, -1)
        place[columns] = np.arange(width)
    step = max(1, 4 * _BLOCK // problem.experts)
    found = []
    for first in range(0, problem.proposals, step):
        last = min(first + step, problem.proposals)
        block = values.rows(first, last)
        block = (block if columns is None else block[:, columns]).astype(np.int64)
        low, high = np.searchsorted(shut, (first * problem.experts, last * problem.experts))
        row, column = np.divmod(shut[low:high] - first * problem.experts, problem.experts)
        row, column = row[place[column] >= 0], place[column[place[column] >= 0]]
        best = np.empty((last - first, count), dtype=np.int64)
        if KERNELS.is_compiled(fast=fast):
            starts = np.searchsorted(row, np.arange(last - first + 1))
            heap = np.empty(count, dtype=np.int64)
            KERNELS.run(best_of_rows, first, block, (starts, column), best, heap, fast=True)
        else:
            best = _best_plain(first, block, row, column, count)
        rows, slots = np.nonzero(best >= 0)
        chosen = best[rows, slots]
        found.append((rows + first) * problem.experts + (chosen if columns is None else columns[chosen]))
    keys = np.sort(np.concatenate(found))
    return keys if values.floor is None else keys[values.is_open(keys)]


def _best_plain(first_row: int, block: Integers, row: Integers, column: Integers, count: int) -> Integers:
    """The same as the kernel `best_of_rows`, without prices, by sorting."""
    rows, width = block.shape
    offset = (np.arange(first_row, first_row + rows) * count) % width
    worth = block * width - (np.arange(width) - offset[:, None]) % width
    worth[row, column] = -FAR
    best: Integers = np.argpartition(worth, width - count, axis=1)[:, width - count :]
    return np.where(np.take_along_axis(worth, best, axis=1) == -FAR, -1, best)
