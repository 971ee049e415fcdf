"""Annealing gives sets that keep every row, good ones, the same compiled or not; a search that starts from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from accord.methods import compiled
from accord.methods.selection import kernels, search, select, solver
from accord.methods.selection.annealing import annealed
from accord.methods.selection.program import Program, row_of
from accord.methods.selection.solver import Answer

MOVES = 20_000


def program(seed: int, columns: int = 14, scale: int = 1) -> Program:
    chance = np.random.default_rng(seed)
    asks = chance.integers(1, 100, (4, columns)) * (chance.random((4, columns)) < 0.6)
    return Program(
        values=tuple(chance.integers(1, 1000, columns).tolist()),
        weights=(0,) * columns,
        rows=tuple(
            row_of([(c, int(ask) * scale) for c, ask in enumerate(row)], int(row.sum()) * scale // 3) for row in asks
        ),
    )


def best_value(of: Program) -> int:
    taken = (np.arange(2 ** len(of.values))[:, None] >> np.arange(len(of.values))) & 1
    fits = np.ones(len(taken), dtype=bool)
    for row in of.rows:
        fits &= taken[:, [c for c, _ in row.cells]] @ np.array([ask for _, ask in row.cells]) <= row.limit
    return int((taken[fits] @ np.array(of.values)).max())


def test_what_is_found_comes_near_the_best() -> None:
    for seed in range(10):
        one = program(seed)
        found = annealed(one, MOVES)
        assert one.holds(found)
        assert 0.9 * best_value(one) <= sum(one.values[column] for column in found) <= best_value(one)


@pytest.mark.skipif(not compiled.compiler_is_installed(), reason="Numba (accord[fast]) is not installed")
def test_compiled_and_plain_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [annealed(program(seed, 200), MOVES) for seed in range(3)]
    monkeypatch.setattr(compiled, "compiler_is_installed", lambda: False)
    assert [annealed(program(seed, 200), MOVES) for seed in range(3)] == found


@pytest.mark.parametrize("kind", ["nothing", "no prices", "noise"])
def test_whatever_the_solver_says_the_set_fits(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)

    def lie(gains: Any, cells: Any, limits: Any, boxes: Any) -> Answer:
        del limits, boxes
        prices = tuple(chance.random(cells.shape[0])) if kind == "noise" else ()
        return Answer() if kind == "nothing" else Answer(point=chance.random(len(gains)), gain=9.0, prices=prices)

    monkeypatch.setattr(solver, "best_point", lie)
    for seed in range(5):
        one = program(seed)
        assert one.holds(annealed(one, MOVES))


def test_amounts_beyond_64_bits_are_left_to_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MANY", 0)
    monkeypatch.setattr(search, "_MOST_MOVES", MOVES)
    one = program(1, scale=1 << 61)
    found = search.best_set(one, node_limit=1000)
    assert (found.bound, found.closed) == (best_value(one), True)


def test_a_search_that_starts_from_it_proves_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(5)
    cases = []
    for _ in range(4):
        requests = chance.integers(0, 50, (40, 3)) * (chance.random((40, 3)) < 0.7)
        cases.append((chance.integers(1, 10**6, 40), requests, requests.sum(axis=0) // 4))
    asked = [select(*case, rule="max-merit") for case in cases]
    monkeypatch.setattr(search, "MANY", 0)
    monkeypatch.setattr(search, "_MOST_MOVES", MOVES)
    told = [select(*case, rule="max-merit") for case in cases]
    assert [one.funded for one in told] == [one.funded for one in asked]
    assert all(one.optimal and one.canonical for one in told)


def test_the_stream_is_marsaglias() -> None:
    assert kernels.drawn(2463534242) == 723471715  # the first number that his paper's generator gives
