"""A good set of many columns, by simulated annealing over those that prices leave in doubt.

Moves take a column in, leave one out or exchange two that share a row; a broken row costs its price and a fixed
sum, so that the walk may pass through sets that do not fit (Kirkpatrick, Gelatt and Vecchi 1983, 'Optimization by
simulated annealing'). What a set uses is counted in whole numbers, and only sets that keep every row are kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.kernels import KERNELS, anneal
from accord.methods.selection.program import Columns, Program
from accord.methods.selection.solver import Matrix

NEAR: Final = 150
_LARGEST: Final = 1 << 62
_FRACTION: Final = 1e-6
# In parts of the mean value of the columns in doubt; found by trying on calls of 1,000 proposals and 30 Sides.
_HOT: Final = 0.06
_COLD: Final = 0.04
_BROKEN: Final = 0.27
_AT_LAST: Final = 8  # so that the walk ends among sets that fit
_STAGES: Final = 1000
_CHANCES: Final = 4096


def annealed(program: Program, moves: int) -> Columns:
    """A set that keeps every row, found in so many moves; the same for the same prices. Every row is monotone."""
    relaxed = _relaxed(program)
    if relaxed is None:
        return frozenset()
    point, prices = relaxed
    taken = (point > 0.5).astype(np.int64)
    split = (point > _FRACTION) & (point < 1 - _FRACTION)
    largest = max((row.limit + sum(ask for _, ask in row.cells) for row in program.rows), default=0)
    if not split.any() or largest >= _LARGEST:
        return frozenset(np.flatnonzero(taken).tolist())
    values = np.array(program.values, dtype=np.float64)
    surplus = values - _worth(program, prices)
    near = np.sort(np.argsort(np.abs(surplus), kind="stable")[:NEAR])
    taken = np.where(split, 0, surplus > 0).astype(np.int64)
    best = np.zeros(values.size, dtype=np.int64)
    unit = float(values[near].mean())
    fines = np.full(_STAGES, unit * _BROKEN)
    fines[-_STAGES // 10 :] *= _AT_LAST
    columns, members = _cells(program, near)
    KERNELS.run(
        anneal,
        columns,
        members,
        (values, prices, -np.log((np.arange(_CHANCES) + 0.5) / _CHANCES)),
        (np.array([row.limit for row in program.rows], dtype=np.int64), taken, best),
        (unit * _HOT * (_COLD / _HOT) ** (np.arange(_STAGES) / _STAGES), fines, np.array([max(1, moves // _STAGES)])),
        fast=True,
    )
    return frozenset(np.flatnonzero(best).tolist())


def _relaxed(program: Program) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """HiGHS' point, and its price of each unit of each row, in the program's values; None where it has none."""
    if not program.rows:
        return None
    matrix = Matrix(program.rows, len(program.values))
    unit = max(1, *program.values)
    boxes = np.tile([0.0, 1.0], (len(program.values), 1))
    found = matrix.best_point(np.array(program.values, dtype=np.float64) / unit, boxes)
    if found.point is None or len(found.prices) != len(program.rows):
        return None
    return found.point, np.maximum(np.array(found.prices) * unit / np.array(matrix.scales, dtype=np.float64), 0.0)


def _worth(program: Program, prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each column's asks cost at these prices."""
    cost = np.zeros(len(program.values))
    for row, price in zip(program.rows, prices, strict=True):
        for column, ask in row.cells:
            cost[column] += price * ask
    return cost


def _cells(
    program: Program, near: NDArray[np.intp]
) -> tuple[tuple[NDArray[np.int64], ...], tuple[NDArray[np.int64], ...]]:
    """The rows by column (starts, rows, asks), and the columns in doubt: which, and by row (starts, columns)."""
    at = program.rows_at
    in_doubt = set(near.tolist())
    members = [[column for column, _ in row.cells if column in in_doubt] for row in program.rows]
    return (
        (
            np.cumsum([0, *(len(cells) for cells in at)], dtype=np.int64),
            np.array([row for cells in at for row, _ in cells], dtype=np.int64),
            np.array([ask for cells in at for _, ask in cells], dtype=np.int64),
        ),
        (
            near.astype(np.int64),
            np.cumsum([0, *(len(columns) for columns in members)], dtype=np.int64),
            np.array([column for columns in members for column in columns], dtype=np.int64),
        ),
    )
