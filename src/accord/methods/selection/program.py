"""An integer program over yes-or-no columns: rows of whole numbers, and what fixing some columns implies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Columns: TypeAlias = frozenset[int]
Cells: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One condition: the coefficients of the chosen columns add up to no more than the limit."""

    cells: Cells
    """(column, coefficient) of each column that counts, by column; no coefficient is zero."""
    limit: int

    def room(self, chosen: Columns) -> int:
        """What is left of the limit; below zero where the condition is broken."""
        return self.limit - sum(coefficient for column, coefficient in self.cells if column in chosen)


def row_of(cells: Iterable[tuple[int, int]], limit: int) -> Row:
    """A row in its tightest whole numbers: divided by the greatest common divisor, the limit rounded down."""
    kept = tuple((column, coefficient) for column, coefficient in cells if coefficient)
    divisor = math.gcd(*(coefficient for _, coefficient in kept)) or 1
    return Row(
        cells=tuple((column, coefficient // divisor) for column, coefficient in kept),
        limit=limit // divisor if kept else limit,
    )


@dataclass(frozen=True, kw_only=True)
class Program:
    """Choose columns so that every row holds and the sum of values is greatest; among equals, of weights."""

    values: tuple[int, ...]
    weights: tuple[int, ...]
    """Not negative; what decides among sets of equal value."""
    rows: tuple[Row, ...]

    @cached_property
    def divisor(self) -> int:
        """The step between two possible values."""
        return math.gcd(*self.values) or 1

    @cached_property
    def shift(self) -> int:
        """So many bits hold any sum of weights."""
        return max(1, sum(self.weights).bit_length())

    @cached_property
    def gains(self) -> tuple[int, ...]:
        """Value and weight in one whole number, so that one bound proves both."""
        pairs = zip(self.values, self.weights, strict=True)
        return tuple((value // self.divisor << self.shift) + weight for value, weight in pairs)

    @cached_property
    def monotone(self) -> bool:
        """Whether leaving a column out can break no row."""
        return all(coefficient > 0 for row in self.rows for _, coefficient in row.cells)

    @cached_property
    def rows_at(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Of each column: (row, coefficient)."""
        return rows_at(self.rows, len(self.values))

    def holds(self, chosen: Columns) -> bool:
        """Whether every row holds, in whole numbers."""
        return all(row.room(chosen) >= 0 for row in self.rows)

    def gain(self, chosen: Iterable[int]) -> int:
        """Value and weight of a set, in one number."""
        return sum(self.gains[column] for column in chosen)

    def filled(self, chosen: Iterable[int], order: Iterable[int]) -> Columns:
        """Add, in that order, each gainful column with which every row still holds."""
        taken = set(chosen)
        room = [row.room(frozenset(taken)) for row in self.rows]
        for column in order:
            at = self.rows_at[column]
            if column in taken or self.gains[column] <= 0 or any(room[row] < needed for row, needed in at):
                continue
            taken.add(column)
            for row, needed in at:
                room[row] -= needed
        return frozenset(taken)


def rows_at(rows: Sequence[Row], columns: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Of each column: (row, coefficient) of each row that it counts in."""
    at: list[list[tuple[int, int]]] = [[] for _ in range(columns)]
    for number, row in enumerate(rows):
        for column, coefficient in row.cells:
            at[column].append((number, coefficient))
    return tuple(tuple(one) for one in at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What is decided about columns: those that are in, and those that are out."""

    inside: Columns = frozenset()
    outside: Columns = frozenset()

    def with_column(self, column: int, *, taken: bool) -> Fixed:
        """The same with one column more decided."""
        if taken:
            return Fixed(inside=self.inside | {column}, outside=self.outside)
        return Fixed(inside=self.inside, outside=self.outside | {column})


def implied(program: Program, fixed: Fixed) -> Fixed | None:
    """Decide every column that a single row decides, until none is left; None where a row cannot hold.

    A row cannot hold where even the least that it can add up to is above its limit.
    """
    inside, outside = set(fixed.inside), set(fixed.outside)
    waiting = set(range(len(program.rows)))
    while waiting:
        row = program.rows[waiting.pop()]
        room, open_cells = row.limit, []
        for column, coefficient in row.cells:
            if column in inside:
                room -= coefficient
            elif column not in outside:
                open_cells.append((column, coefficient))
                room -= min(coefficient, 0)
        if room < 0:
            return None
        for column, coefficient in open_cells:
            if abs(coefficient) > room:
                (outside if coefficient > 0 else inside).add(column)
                waiting.update(number for number, _ in program.rows_at[column])
    return Fixed(inside=frozenset(inside), outside=frozenset(outside))
