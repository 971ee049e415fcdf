"""The best set against all subsets, against dynamic programming, and where a float would overspend."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.methods import selection_optimum
from accord.methods.selection import Selection, select
from selection_by_subsets import RULES, UNLIMITED, cases, drawn_weights, expected


@given(cases(least=5, most=8), st.sampled_from(RULES[2:]))
@settings(max_examples=250, deadline=None)
def test_the_solver_finds_it_too(case: dict[str, Any], rule: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection_optimum, "FEW", 0)
        assert select(**case, rule=rule) == expected(case, rule)


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


def check_huge(kind: int, instance: int) -> Selection:
    merit, requests, budgets = huge(kind, np.random.default_rng(100 * kind + instance))
    payable = ((MASKS @ requests) <= budgets).all(axis=1)
    values = np.where(payable, MASKS @ merit, -1)
    weights = np.where(values == values.max(), MASKS @ np.array(drawn_weights(17, b"")), -1)
    result = select(merit, requests, budgets, rule="max-merit")
    assert min(result.remaining) >= 0
    if result.optimal:
        assert result.value == values.max()
    if result.canonical:
        assert sorted(result.funded) == np.flatnonzero(MASKS[weights.argmax()]).tolist()
    return result


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("instance", range(5))
def test_huge_amounts_are_exact_to_the_last_minor_unit(kind: int, instance: int) -> None:
    result = check_huge(kind, instance)
    assert result.optimal
    assert result.canonical


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


def test_a_set_that_the_solver_should_not_have_taken_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    covers: list[tuple[int, ...]] = []

    def counted(chosen: tuple[int, ...], purse: Any) -> Any:
        covers.append(chosen)
        return original(chosen, purse)

    original = selection_optimum._cover
    monkeypatch.setattr(selection_optimum, "_cover", counted)
    monkeypatch.setattr(selection_optimum, "LARGEST_ROW", UNLIMITED)
    assert [check_huge(1, instance).optimal for instance in range(3)] == [True, True, True]
    assert covers


def test_when_the_rounds_are_used_up_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection_optimum, "LARGEST_ROW", UNLIMITED)
    monkeypatch.setattr(selection_optimum, "MOST_ROUNDS", 1)
    results = [check_huge(1, instance) for instance in range(3)]
    assert not all(result.optimal for result in results)
    assert all(result.bound >= result.value for result in results)


def many(count: int, sides: int) -> dict[str, Any]:
    chance = np.random.default_rng(5)
    requests = chance.integers(10_000_000, 30_000_000, (count, sides)) * chance.integers(0, 2, (count, sides))
    return {
        "merit": chance.integers(1, 5_000_000, count),
        "requests": requests,
        "budgets": requests.sum(axis=0) // 3,
        "rule": "max-merit",
    }


def test_a_node_limit_gives_a_proven_bound_and_says_so() -> None:
    case = many(40, 8)
    full, limited = select(**case), select(**case, node_limit=1)
    assert (full.optimal, full.canonical, full.solver) == (True, True, None)
    assert limited.value <= full.value < limited.bound
    assert (limited.optimal, limited.canonical) == (False, False)
    assert limited.solver == f"HiGHS in SciPy {scipy.__version__}"
    assert limited == select(**case, node_limit=1)


def solver_says(monkeypatch: pytest.MonkeyPatch, *answers: dict[str, Any] | None) -> None:
    """Let the solver give these answers in turn; None is its own."""
    waiting, own = list(answers), selection_optimum.milp

    def answer(*arguments: Any, **options: Any) -> Any:
        said = waiting.pop(0)
        return own(*arguments, **options) if said is None else scipy.optimize.OptimizeResult(said)

    monkeypatch.setattr(selection_optimum, "milp", answer)


NOTHING = {"x": None, "status": 4, "mip_node_count": None, "mip_dual_bound": None}
# Seventeen proposals; the first four spend the budget to the last unit, and so do the last two with the first.
ASKS = [[3], [3], [2], [2], *[[9]] * 11, [4], [3]]


def test_a_solver_that_gives_up_leaves_the_list_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    solver_says(monkeypatch, NOTHING)
    result = select([1] * 17, ASKS, [10], rule="max-merit")
    assert (result.funded, result.value, result.bound, result.optimal) == ((0, 1, 2, 3), 4, 17, False)


@pytest.mark.parametrize(("dual", "bound"), [(-26.6, 27), (-26.4, 26), (-math.inf, 38), (-3.0, 24)])
def test_a_set_from_a_stopped_solver_is_filled_up_and_its_bound_kept(
    monkeypatch: pytest.MonkeyPatch, dual: float, bound: int
) -> None:
    last_two = np.zeros(17)
    last_two[15:] = 1
    stopped = {"x": last_two, "status": 4, "mip_node_count": 5, "mip_dual_bound": dual}
    solver_says(monkeypatch, stopped)
    result = select(
        [1] * 15 + [11, 12],
        ASKS,
        [10],
        rule="max-merit",
        order=range(17),
        node_limit=5,
    )
    assert (result.funded, result.value, result.remaining) == ((0, 15, 16), 24, (0,))
    assert (result.bound, result.optimal) == (bound, bound == 24)


def test_a_best_value_whose_set_is_not_decided_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    solver_says(monkeypatch, None, NOTHING)
    result = select([1] * 18, [[1]] * 18, [10], rule="ties-by-funds", tie_group=[0] * 17 + [1], order=range(18))
    assert (result.value, result.bound, result.optimal, result.canonical) == (10, 10, True, False)


def test_what_is_displaced_could_be_paid_alone_and_lacks_something_now() -> None:
    case = many(40, 8)
    for node_limit in (1, None):
        result = select(**case, node_limit=node_limit)
        assert {entry.reason for entry in result.not_funded} == {"displaced"}
        assert all(entry.blocking for entry in result.not_funded)


def test_ties_by_funds_with_many_tied_is_the_best_set_of_them() -> None:
    case = many(30, 2)
    tied = select(**(case | {"rule": "ties-by-funds"}), tie_group=[0] * 30)
    assert tied.funded == select(**case).funded
