"""The walk of the annealing, as plain functions over arrays, to be compiled.

A state is (what each row has left, whether each column is taken, whether it is in the best set so far).
"""

from __future__ import annotations

from typing import Any

from accord.methods.compiled import Kernels

_TRIES = 8


def drawn(state: int) -> int:
    """The next of a stream of 32-bit numbers (Marsaglia 2003, 'Xorshift RNGs')."""
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    return state ^ ((state << 5) & 0xFFFFFFFF)


def partner(column: int, state: int, columns: Any, members: Any, taken: Any) -> tuple[int, int]:
    """A column of a row of this one that is taken where this is not, or the reverse (-1: none); the stream's state."""
    starts, rows, _ = columns
    _, row_starts, of_row = members
    state = drawn(state)
    # One move in four is of one column.
    if state & 3 and starts[column] < starts[column + 1]:
        row = rows[starts[column] + (state >> 2) % (starts[column + 1] - starts[column])]
        for _ in range(_TRIES):
            state = drawn(state)
            other = of_row[row_starts[row] + state % (row_starts[row + 1] - row_starts[row])]
            if taken[other] != taken[column]:
                return other, state
    return -1, state


def flip(column: int, columns: Any, state: Any, prices: Any, broken: float) -> float:
    """Take a column in or out; what the rows say to that, without the column's own value."""
    starts, rows, asks = columns
    left, taken, _ = state
    sign = 1 - 2 * taken[column]
    taken[column] += sign
    gain = 0.0
    for place in range(starts[column], starts[column + 1]):
        row = rows[place]
        was = left[row]
        now = was - sign * asks[place]
        left[row] = now
        gain -= prices[row] * (max(0, -now) - max(0, -was))
        if now < 0 <= was:
            gain -= broken
        elif was < 0 <= now:
            gain += broken
    return gain


def keep(state: Any) -> bool:
    """Remember the set that is taken, if it keeps every row; whether it does."""
    left, taken, best = state
    for row in range(len(left)):
        if left[row] < 0:
            return False
    for column in range(len(taken)):
        best[column] = taken[column]
    return True


def anneal(columns: Any, members: Any, worths: Any, state: Any, schedule: Any) -> None:
    """Walk, cooling down; the best becomes the set of the greatest value among those met that keep every row."""
    values, prices, chances = worths
    temperatures, fines, moves = schedule
    near, _, _ = members
    _, taken, _ = state
    value, most, stream = 0.0, 0.0, 2463534242
    for column in range(len(values)):
        if taken[column]:
            value += values[column]
            taken[column] = 0
            flip(column, columns, state, prices, 0.0)
    for stage in range(len(temperatures)):
        temperature, broken = temperatures[stage], fines[stage]
        for _ in range(moves[0]):
            stream = drawn(stream)
            first = near[stream % len(near)]
            second, stream = partner(first, stream, columns, members, taken)
            change = -values[first] if taken[first] else values[first]
            gain = flip(first, columns, state, prices, broken)
            if second >= 0:
                change += -values[second] if taken[second] else values[second]
                gain += flip(second, columns, state, prices, broken)
            stream = drawn(stream)
            if change + gain < -temperature * chances[(stream >> 4) % len(chances)]:
                flip(first, columns, state, prices, broken)
                if second >= 0:
                    flip(second, columns, state, prices, broken)
                continue
            value += change
            if value > most and keep(state):
                most = value


KERNELS = Kernels(drawn, partner, flip, keep, anneal)
