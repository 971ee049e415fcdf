"""The best set, proven in whole numbers: branch and bound on a program of yes-or-no columns.

Floating point (HiGHS' prices and its own integer search) only proposes: which sets to look at, which prices to
bound with, where to branch. Every set is checked and every bound computed in integers, so the answer is proven
whatever the solver does, and it is the same wherever the search ends.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.selection.annealing import annealed
from accord.methods.selection.hulls import cut_off, hull_of
from accord.methods.selection.lifted import lifted_cut
from accord.methods.selection.program import Columns, Fixed, Program, Row, implied, row_of
from accord.methods.selection.relaxation import Linear, Relaxation
from accord.methods.selection.solver import Matrix

ROOT_ROUNDS: Final = 40
NODE_ROUNDS: Final = 3
FEW: Final = 30
MANY: Final = 300
_FINDER_NODES: Final = 50
_MOVES_A_NODE: Final = 200_000
_MOST_MOVES: Final = 20_000_000
_WHOLE: Final = 1e-6
_PURGE: Final = 20
_ROOT_PURGE: Final = 4
_STEADY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The best set that was found, and what is proven of it."""

    chosen: Columns | None
    """None where no set was found."""
    bound: int
    """No set has a greater value; the value of `chosen` where that is proven."""
    closed: bool
    """Whether it is proven that no set has a greater value, nor an equal value and a greater weight.

    Where `chosen` is None, whether it is proven that there is no set.
    """
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    bound: int
    fixed: Fixed
    point: NDArray[np.float64] | None


def best_set(program: Program, *, node_limit: int, start: Columns = frozenset()) -> Optimum:
    """Find the set of the greatest value that keeps every row; among equals, of the greatest weight.

    `node_limit` bounds the nodes of the search. Where it is reached, `bound` is what is proven. `start` is a set
    to begin with; where it does not keep every row it counts for nothing.
    """
    return _Search(program, node_limit).optimum(start)


class _Search:
    def __init__(self, program: Program, node_limit: int) -> None:
        self._program = program
        self._node_limit = node_limit
        self._best: Columns | None = None
        self._best_gain = 0
        self._most = sum(max(gain, 0) for gain in program.gains)
        hulls = [hull_of(row) for row in program.rows]
        self._hulls = [hull for hull in hulls if hull is not None]
        self._long = [
            row
            for row, hull in zip(program.rows, hulls, strict=True)
            if hull is None and len({coefficient for _, coefficient in row.cells}) > 1
            if all(coefficient > 0 for _, coefficient in row.cells)
        ]
        self._cuts: list[Row] = []
        self._idle: list[int] = []  # of each cut: in how many relaxations since it last had a price
        self._linear = Linear(program.rows, len(program.values))
        self._tied: tuple[int, Linear, Linear] | None = None

    def optimum(self, start: Columns) -> Optimum:
        heap: list[tuple[int, int, _Node]] = []
        made = nodes = 0
        first = implied(self._program, Fixed())
        if first is not None:
            self._consider(self._program.filled(first.inside, range(len(self._program.values))))
            self._consider(self._program.filled(start, range(len(self._program.values))))
            if len(self._program.values) > MANY and self._program.monotone:
                self._consider(annealed(self._program, min(self._node_limit * _MOVES_A_NODE, _MOST_MOVES)))
            elif len(self._program.values) > FEW or (self._program.values and not self._program.monotone):
                self._ask_solver()
            root = self._evaluated(first, self._most, ROOT_ROUNDS)
            nodes = 1
            if root is not None:
                heap.append((-root.bound, 0, root))
        self._purge(0)
        while heap and nodes < self._node_limit:
            _, _, node = heapq.heappop(heap)
            if self._beaten(node.bound):
                heap.clear()
                break
            column = self._branching(node)
            for taken in (True, False):
                child = self._evaluated(node.fixed.with_column(column, taken=taken), node.bound, NODE_ROUNDS)
                nodes += 1
                if child is not None:
                    made += 1
                    heapq.heappush(heap, (-child.bound, made, child))
            if made % _PURGE == 0:
                self._purge(_PURGE)
        heap = [entry for entry in heap if not self._beaten(entry[2].bound)]
        gain = max([self._best_gain, *(entry[2].bound for entry in heap)]) if heap else self._best_gain
        bound = (gain >> self._program.shift) * self._program.divisor
        return Optimum(chosen=self._best, bound=bound, closed=not heap, nodes=nodes)

    def _beaten(self, bound: int) -> bool:
        return self._best is not None and bound <= self._best_gain

    def _consider(self, chosen: Columns) -> None:
        gain = self._program.gain(chosen)
        if (self._best is None or gain > self._best_gain) and self._program.holds(chosen):
            self._best, self._best_gain = chosen, gain

    def _ask_solver(self) -> None:
        """Take what HiGHS' own integer search finds in a few nodes, if the integers agree."""
        program = self._program
        largest = max(1, *(abs(gain) for gain in program.gains))
        gains = np.array([gain / largest for gain in program.gains])
        point = Matrix(program.rows, len(program.values)).whole_point(gains, _FINDER_NODES)
        if point is not None:
            self._round(point)

    def _round(self, point: NDArray[np.float64]) -> None:
        """Take the columns of a point, the greatest parts first, while every row holds."""
        order = [int(column) for column in np.lexsort((-np.array(self._program.gains, dtype=np.float64), -point))]
        whole = frozenset(int(column) for column in np.flatnonzero(point > 0.5))
        self._consider(self._program.filled(whole, order))
        if self._program.monotone:
            self._consider(self._program.filled((), order))

    def _evaluated(self, fixed: Fixed, above: int, rounds: int) -> _Node | None:
        """A node with its bound, tightened in rounds; None where nothing in it can be better than the best."""
        bound, bounds = above, list[int]()
        for left in range(rounds - 1, -1, -1):
            settled = self._settled(fixed)
            if settled is None:
                return None
            fixed = settled
            target = None if self._best is None else self._best_gain
            found = self._linear.relaxed(self._program.gains, fixed, target)
            self._priced(found)
            if found.impossible:
                return None
            if found.bound is None or found.point is None:
                return _Node(bound=bound, fixed=fixed, point=None)
            bound = min(bound, found.bound)
            self._round(found.point)
            if self._beaten(bound):
                return None
            fixed = _decided(fixed, found)
            if self._best is not None and bound >> self._program.shift == self._best_gain >> self._program.shift:
                return self._evaluated_tied(fixed, bound)
            bounds.append(bound)
            broken = left > 0 and not self._steady(bounds) and self._separated(found.point, root=rounds == ROOT_ROUNDS)
            if not left or not (broken or found.inside or found.outside):
                return self._node(bound, fixed, found.point)
        raise AssertionError(rounds)  # the last round returns

    def _steady(self, bounds: Sequence[int]) -> bool:
        """Whether the last rounds have taken next to nothing off what is left between the bound and the best."""
        if len(bounds) <= _STEADY or self._best is None:
            return False
        return (bounds[-1 - _STEADY] - bounds[-1]) * 20 < bounds[-1] - self._best_gain

    def _evaluated_tied(self, fixed: Fixed, bound: int) -> _Node | None:
        """A node in which no set has a greater value than the best: what its sets of equal value weigh at most."""
        program = self._program
        value, weight = self._best_gain >> program.shift, self._best_gain & ((1 << program.shift) - 1)
        settled = self._settled(fixed)
        if settled is None:
            return None
        if self._tied is None or self._tied[0] != value or self._tied[1] is not self._linear:
            floor = row_of(((c, -(own // program.divisor)) for c, own in enumerate(program.values)), -value)
            rows = [*self._linear.rows, floor] if floor.cells else self._linear.rows
            self._tied = value, self._linear, Linear(rows, len(program.values))
        found = self._tied[2].relaxed(program.weights, settled, weight)
        if found.impossible:
            return None
        if found.bound is None or found.point is None:
            return _Node(bound=bound, fixed=settled, point=None)
        bound = min(bound, (value << program.shift) + found.bound)
        self._round(found.point)
        if self._beaten(bound):
            return None
        return self._node(bound, _decided(settled, found), found.point)

    def _node(self, bound: int, fixed: Fixed, point: NDArray[np.float64]) -> _Node | None:
        settled = self._settled(fixed)
        return None if settled is None else _Node(bound=bound, fixed=settled, point=point)

    def _settled(self, fixed: Fixed) -> Fixed | None:
        """What is decided with all that it implies; None where no set keeps it, or one single set, now looked at."""
        settled = implied(self._program, fixed)
        if settled is not None and len(settled.inside) + len(settled.outside) == len(self._program.values):
            self._consider(settled.inside)
            return None
        return settled

    def _separated(self, point: NDArray[np.float64], *, root: bool) -> bool:
        """Add the rows that a point breaks; whether there are any."""
        found = [cut_off(hull, point) for hull in self._hulls]
        if root:
            self._purge(_ROOT_PURGE)
            found += [lifted_cut(row, point) for row in self._long]
        new = [row for row in found if row is not None]
        if new:
            self._cuts += new
            self._idle += [0] * len(new)
            self._linear = Linear([*self._program.rows, *self._cuts], len(self._program.values))
        return bool(new)

    def _priced(self, found: Relaxation) -> None:
        first = len(self._program.rows)
        for place in range(len(self._cuts)):
            self._idle[place] = 0 if first + place in found.tight else self._idle[place] + 1

    def _purge(self, longest: int) -> None:
        """Drop the cuts that have not had a price for longer than so many relaxations."""
        kept = [place for place, idle in enumerate(self._idle) if idle <= longest]
        if len(kept) < len(self._cuts):
            self._cuts = [self._cuts[place] for place in kept]
            self._idle = [self._idle[place] for place in kept]
            self._linear = Linear([*self._program.rows, *self._cuts], len(self._program.values))

    def _branching(self, node: _Node) -> int:
        """The column to decide next: far from whole, and worth much."""
        decided = node.fixed.inside | node.fixed.outside
        open_columns = [column for column in range(len(self._program.values)) if column not in decided]
        if node.point is None:
            return max(open_columns, key=lambda column: (self._program.gains[column], -column))
        parts = [min(float(node.point[column]), 1 - float(node.point[column])) for column in open_columns]
        if max(parts) < _WHOLE:
            return max(open_columns, key=lambda column: (abs(self._program.gains[column]), -column))
        scores = _scores(parts, [self._program.gains[column] for column in open_columns])
        return open_columns[scores.index(max(scores))]


def _scores(parts: Sequence[float], gains: Sequence[int]) -> list[float]:
    return [part * sqrt(max(gain, 1)) for part, gain in zip(parts, gains, strict=True)]


def _decided(fixed: Fixed, found: Relaxation) -> Fixed:
    return Fixed(inside=fixed.inside | found.inside, outside=fixed.outside | found.outside)
