"""The best set against dynamic programming, all sets and CP-SAT, with huge amounts, and with a solver that lies."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.methods.selection import Selection, hulls, relaxation, select, solver
from accord.methods.selection.hulls import cut_off, hull_of
from accord.methods.selection.lifted import lifted_cut
from accord.methods.selection.program import Fixed, Program, Row, implied, row_of
from accord.methods.selection.search import best_set
from selection_by_subsets import RULES, drawn_weights, expected, limited_cases


def sparse(seed: int, proposals: int, sides: int) -> dict[str, Any]:
    """Draw proposals that ask two or three Sides, and budgets that pay a quarter of what is asked."""
    chance = np.random.default_rng(seed)
    requests = np.zeros((proposals, sides), dtype=np.int64)
    for row in requests:
        asked = chance.integers(2, 4)
        row[chance.choice(sides, asked, replace=False)] = chance.integers(100, 500, asked)
    return {
        "merit": chance.integers(1, 5_000_000, proposals),
        "requests": requests,
        "budgets": requests.sum(axis=0) // 4,
        "rule": "max-merit",
    }


@pytest.mark.parametrize("instance", range(8))
def test_one_side_against_dynamic_programming(instance: int) -> None:
    chance = np.random.default_rng(instance)
    count, budget = 40, 400
    asks = chance.integers(1, 60, count).tolist()
    merit = (asks if instance % 2 else chance.integers(1, 8, count).tolist())[:]
    weights = drawn_weights(count, b"")
    best: list[tuple[int, int, frozenset[int]]] = [(0, 0, frozenset())] * (budget + 1)
    for i in range(count):
        for left in range(budget, asks[i] - 1, -1):
            value, weight, chosen = best[left - asks[i]]
            best[left] = max(best[left], (value + merit[i], weight + weights[i], chosen | {i}), key=lambda b: b[:2])
    result = select(merit, [[ask] for ask in asks], [budget], rule="max-merit")
    assert (result.value, frozenset(result.funded)) == (best[budget][0], best[budget][2])
    assert result.optimal
    assert result.canonical


def huge(kind: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw amounts near 10^12, and budgets that a set spends to the last minor unit, or just cannot."""
    count, sides = 17, 2
    requests = {
        0: chance.integers(1, 10**12, (count, sides)),
        1: 10**12 - chance.integers(0, 4, (count, sides)),
        2: 5 * 10**11 + chance.integers(0, 1000, (count, sides)),
    }[kind]
    merit = 1000 + chance.integers(0, 2, count) if kind == 1 else chance.integers(1, 5_000_000, count)
    paid = chance.integers(0, 2, count)
    return merit, requests, (requests * paid[:, None]).sum(axis=0) - chance.integers(0, 2, sides)


MASKS = (np.arange(2**17)[:, None] >> np.arange(17)) & 1


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("instance", range(3))
def test_huge_amounts_are_exact_to_the_last_minor_unit(kind: int, instance: int) -> None:
    merit, requests, budgets = huge(kind, np.random.default_rng(100 * kind + instance))
    payable = ((MASKS @ requests) <= budgets).all(axis=1)
    values = np.where(payable, MASKS @ merit, -1)
    weights = np.where(values == values.max(), MASKS @ np.array(drawn_weights(17, b"")), -1)
    result = select(merit, requests, budgets, rule="max-merit")
    assert (result.value, result.bound, result.optimal, result.canonical) == (values.max(), values.max(), True, True)
    assert sorted(result.funded) == np.flatnonzero(MASKS[weights.argmax()]).tolist()


def test_a_float_would_overspend_by_two_minor_units() -> None:
    requests = np.array([[333_333_333_334]] * 17)
    naive = scipy.optimize.milp(
        -np.ones(17),
        integrality=np.ones(17),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(requests.T / 10**12, -np.inf, [1]),
    )
    assert round(-naive.fun) == 3
    result = select([1] * 17, requests, [10**12], rule="max-merit")
    assert (len(result.funded), result.remaining, result.bound) == (2, (333_333_333_332,), 2)


CP_SAT = """
import json, sys
from ortools.sat.python import cp_model
case = json.load(sys.stdin)
model = cp_model.CpModel()
taken = [model.new_bool_var(str(p)) for p in range(len(case["merit"]))]
for side, budget in enumerate(case["budgets"]):
    model.add(sum(row[side] * x for row, x in zip(case["requests"], taken)) <= budget)
for topic, least in case["least"].items():
    model.add(sum(x for t, x in zip(case["topic"], taken) if str(t) == topic) >= least)
model.maximize(sum(m * x for m, x in zip(case["merit"], taken)))
solver = cp_model.CpSolver()
solver.parameters.num_workers = 1
print(solver.status_name(solver.solve(model)), round(solver.objective_value))
"""


@pytest.mark.skipif(find_spec("ortools") is None, reason="OR-tools is not installed")
@pytest.mark.parametrize("seed", range(3))
def test_another_solver_finds_no_better_set(seed: int) -> None:
    case = sparse(seed, 36, 12)
    topic = [p % 3 for p in range(36)]
    given = {name: case[name].tolist() for name in ("merit", "requests", "budgets")}
    told = json.dumps(given | {"topic": topic, "least": {"1": 3, "2": 3}})
    done = subprocess.run([sys.executable, "-c", CP_SAT], input=told, capture_output=True, text=True, check=True)
    found = select(**case, topic=topic, topic_min={1: 3, 2: 3})
    assert found.optimal
    assert done.stdout.split() == ["OPTIMAL", str(found.value)]


def test_a_node_limit_gives_a_proven_bound_and_says_so() -> None:
    chance = np.random.default_rng(5)
    requests = chance.integers(10_000_000, 30_000_000, (70, 4))
    case: dict[str, Any] = {
        "merit": chance.integers(1, 5_000_000, 70),
        "requests": requests,
        "budgets": requests.sum(axis=0) // 3,
        "rule": "max-merit",
    }
    full, limited = select(**case), select(**case, node_limit=1)
    assert (full.optimal, full.canonical, full.solver) == (True, True, None)
    assert limited.value <= full.value < limited.bound
    assert (limited.optimal, limited.canonical) == (False, False)
    assert limited.solver == f"HiGHS in SciPy {scipy.__version__}"
    assert limited == select(**case, node_limit=1)
    assert {entry.reason for entry in limited.not_funded} == {"displaced"}
    assert all(entry.blocking for entry in limited.not_funded)


def test_ties_by_funds_with_many_tied_is_the_best_set_of_them() -> None:
    case = sparse(7, 30, 4)
    tied = select(**(case | {"rule": "ties-by-funds"}), tie_group=[0] * 30)
    assert tied.funded == select(**case).funded


LIES = ("nothing", "noise", "infeasible")


def lying(monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    """Let HiGHS give up, make prices and points up, or call everything infeasible."""
    chance = np.random.default_rng(3)

    def answer(gains: np.ndarray, cells: Any, limits: np.ndarray, boxes: Any) -> solver.Answer:
        if lie != "noise":
            return solver.Answer(none_feasible=lie == "infeasible")
        prices = tuple(float(price) for price in chance.normal(size=limits.size) * np.abs(gains).max(initial=1))
        return solver.Answer(point=chance.random(gains.size), gain=float(chance.normal() * 9), prices=prices)

    def whole(self: solver.Matrix, gains: np.ndarray, nodes: int) -> np.ndarray | None:
        return chance.random(gains.size) if lie == "noise" else None

    monkeypatch.setattr(solver, "best_point", answer)
    monkeypatch.setattr(hulls, "best_point", answer)
    monkeypatch.setattr(solver.Matrix, "whole_point", whole)


@given(limited_cases(most=5), st.sampled_from(RULES), st.sampled_from(LIES))
@settings(max_examples=100, deadline=None)
def test_whatever_the_solver_says_the_answer_is_the_same(case: dict[str, Any], rule: str, lie: str) -> None:
    slow = expected(case, rule)
    if slow is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        lying(patch, lie)
        assert select(**case, rule=rule) == slow  # type: ignore[arg-type]


def test_no_set_is_told_from_one_that_was_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    least = row_of([(0, -1), (1, -1)], -2)
    most = row_of([(0, 2), (1, 3)], 4)
    program = Program(values=(1, 1), weights=(0, 0), rows=(least, most))
    assert best_set(program, node_limit=10).chosen is None
    assert best_set(program, node_limit=10).closed
    many = Program(
        values=(0,) * 12,
        weights=(0,) * 12,
        rows=(row_of([(c, 2 * c + 3) for c in range(12)], 70), row_of([(c, -2 * c - 3) for c in range(12)], -70)),
    )
    lying(monkeypatch, "nothing")
    stopped = best_set(many, node_limit=1)
    assert (stopped.chosen, stopped.closed) == (None, False)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.data())
@settings(max_examples=150, deadline=None)
def test_a_cut_keeps_every_set_that_the_row_keeps(asks: list[int], data: st.DataObject) -> None:
    row = row_of(list(enumerate(asks)), data.draw(st.integers(0, sum(asks))))
    hull = hull_of(row)
    if hull is None:
        return
    point = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=len(asks), max_size=len(asks)))
    )
    cut = cut_off(hull, point)
    if cut is None:
        return
    assert sum(price * point[column] for column, price in cut.cells) > cut.limit
    for mask in range(2 ** len(asks)):
        chosen = frozenset(column for column in range(len(asks)) if mask >> column & 1)
        assert row.room(chosen) < 0 or cut.room(chosen) >= 0


@given(st.lists(st.integers(1, 9), min_size=2, max_size=9), st.data())
@settings(max_examples=200, deadline=None)
def test_a_lifted_cut_keeps_every_set_that_the_row_keeps(asks: list[int], data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([1, 1 << 61]))  # beyond what fits into 64 bits as well
    limit = data.draw(st.integers(0, sum(asks)))
    row = Row(cells=tuple((column, ask * scale) for column, ask in enumerate(asks)), limit=limit * scale)
    parts = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 1.0])
    point = np.array(data.draw(st.lists(parts, min_size=len(asks), max_size=len(asks))))
    cut = lifted_cut(row, point)
    if cut is None:
        return
    assert sum(price * point[column] for column, price in cut.cells) > cut.limit
    for mask in range(2 ** len(asks)):
        chosen = frozenset(column for column in range(len(asks)) if mask >> column & 1)
        assert row.room(chosen) < 0 or cut.room(chosen) >= 0


def test_what_one_row_decides() -> None:
    rows = (row_of([(0, 5), (1, 3), (2, 1)], 4), row_of([(1, -1), (2, -1)], -2))
    program = Program(values=(1, 1, 1), weights=(0, 0, 0), rows=rows)
    assert implied(program, Fixed()) == Fixed(inside=frozenset({1, 2}), outside=frozenset({0}))
    assert implied(program, Fixed(outside=frozenset({1}))) is None


def test_prices_of_the_root_bound_every_set() -> None:
    case = sparse(2, 12, 3)
    rows = tuple(row_of(list(enumerate(case["requests"][:, s].tolist())), int(case["budgets"][s])) for s in range(3))
    program = Program(values=tuple(case["merit"].tolist()), weights=(0,) * 12, rows=rows)
    found = relaxation.Linear(rows, 12).relaxed(program.gains, Fixed(), None)
    best = best_set(program, node_limit=1000)
    assert best.chosen is not None
    assert found.bound is not None
    assert program.gain(best.chosen) <= found.bound <= sum(program.gains)


def test_a_hundred_proposals_and_thirty_sides_are_proven() -> None:
    result: Selection = select(**sparse(0, 100, 30))
    assert (result.optimal, result.canonical, result.value) == (True, True, result.bound)
