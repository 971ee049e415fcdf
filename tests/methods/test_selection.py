"""The selection against all subsets, against dynamic programming, and where a float would overspend."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InvalidInput
from accord.methods import selection_optimum
from accord.methods.selection import NotFunded, Selection, select

DATA = Path(__file__).resolve().parents[2] / "../shared/data/quantum-call"
RULES = ("list-order", "list-with-skips", "ties-by-funds", "max-merit")
UNLIMITED = 10**30


def drawn_weights(count: int, seed: bytes) -> list[int]:
    stream = np.random.PCG64(int.from_bytes(hashlib.sha256(b"selection" + seed).digest(), "big"))
    return [int(stream.random_raw()) >> 40 for _ in range(count)]


def left_after(case: dict[str, Any], funded: Sequence[int]) -> tuple[int, ...]:
    return tuple(budget - sum(case["requests"][i][side] for i in funded) for side, budget in enumerate(case["budgets"]))


def short(case: dict[str, Any], proposal: int, left: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    asked = case["requests"][proposal]
    return tuple((side, asked[side] - left[side]) for side in range(len(left)) if asked[side] > left[side])


def groups_of(case: dict[str, Any], rule: str) -> list[list[int]]:
    """Whom the rule decides on together, in list order."""
    if rule == "max-merit":
        return [list(case["order"])]
    if rule == "ties-by-funds":
        return [list(group) for _, group in groupby(case["order"], lambda i: case["tie_group"][i])]
    return [[i] for i in case["order"]]


def best_of_all_subsets(case: dict[str, Any], rule: str) -> tuple[int, ...]:
    """Look at every subset, and keep the one the rule prefers, as the docs word it."""
    merit, weights = case["merit"], drawn_weights(len(case["merit"]), case["seed"])
    least = 0 if rule == "max-merit" else -UNLIMITED
    allowed = [i for i in case["order"] if case["fundable"][i] and merit[i] >= least]
    groups = groups_of(case, rule)

    def preference(chosen: tuple[int, ...]) -> tuple[Any, ...]:
        if rule == "list-with-skips":
            return tuple(i in chosen for i in case["order"])
        return tuple(
            (
                sum(merit[i] for i in group if i in chosen and merit[i] > 0),
                sum(weights[i] for i in group if i in chosen and merit[i] > 0),
                tuple(i in chosen for i in group if merit[i] <= 0),
            )
            for group in groups
        )

    subsets = (
        tuple(i for i, taken in zip(allowed, mask, strict=True) if taken)
        for mask in product([False, True], repeat=len(allowed))
    )
    payable = [chosen for chosen in subsets if min(left_after(case, chosen)) >= 0]
    if rule == "list-order":
        return max((s for s in payable if s == tuple(allowed[: len(s)])), key=len)
    return max(payable, key=preference)


def expected(case: dict[str, Any], rule: str) -> Selection:
    """Write the whole result down, slowly, from the best subset."""
    funded = best_of_all_subsets(case, rule)
    not_funded: list[NotFunded] = []
    stopped_at: int | None = None
    before: list[int] = []
    for group in groups_of(case, rule):
        after = [*before, *(i for i in group if i in funded)]
        for i in (i for i in group if i not in funded):
            blocking = short(case, i, left_after(case, after))
            if not case["fundable"][i] or (rule == "max-merit" and case["merit"][i] < 0):
                not_funded.append(NotFunded(proposal=i, reason="below-threshold"))
            elif stopped_at is not None:
                not_funded.append(
                    NotFunded(proposal=i, reason="list-stopped", blocking=blocking, stopped_at=stopped_at)
                )
            elif short(case, i, left_after(case, before)):
                not_funded.append(NotFunded(proposal=i, reason="budget", blocking=blocking))
                stopped_at = i if rule == "list-order" else None
            else:
                not_funded.append(NotFunded(proposal=i, reason="displaced", blocking=blocking))
        before = after
    waiting = [entry.proposal for entry in not_funded if entry.reason != "below-threshold"]
    waiting = waiting if case["reserve"] is None else waiting[: case["reserve"]]
    value = sum(case["merit"][i] for i in funded)
    return Selection(
        funded=funded,
        reserve=tuple(waiting),
        not_funded=tuple(
            NotFunded(
                proposal=entry.proposal,
                reason=entry.reason,
                blocking=entry.blocking,
                stopped_at=entry.stopped_at,
                reserve_place=waiting.index(entry.proposal) + 1 if entry.proposal in waiting else None,
            )
            for entry in not_funded
        ),
        remaining=left_after(case, funded),
        budget_after=tuple(left_after(case, funded[:count]) for count in range(1, len(funded) + 1)),
        value=value,
        bound=value,
        optimal=True,
        canonical=True,
        solver=None,
        rule=rule,
        method="selection",
        version="1",
    )


@st.composite
def cases(draw: st.DrawFn, least: int = 0, most: int = 9) -> dict[str, Any]:
    """Draw few distinct merits and amounts, so that ties are many, and budgets that some set spends exactly."""
    count, sides = draw(st.integers(least, most)), draw(st.integers(1, 4))
    unit = draw(st.sampled_from([1, 1000, 333_333_333_334]))
    merit = draw(st.lists(st.sampled_from([1, 2, 3, 3, 2, 1, 0, -1]), min_size=count, max_size=count))
    asks = st.lists(st.sampled_from([2, 1, 3, 4, 0]).map(lambda ask: ask * unit), min_size=sides, max_size=sides)
    requests = draw(st.lists(asks, min_size=count, max_size=count))
    paid = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    spare = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2 * unit]), min_size=sides, max_size=sides))
    order = draw(st.permutations(range(count)))
    joined = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=count, max_size=count))
    groups, label = [0] * count, 0
    for i, tied in zip(order, joined, strict=True):
        label += not tied
        groups[i] = label
    return {
        "merit": merit,
        "requests": requests,
        "budgets": [
            sum(row[side] for row, taken in zip(requests, paid, strict=True) if taken) + spare[side]
            for side in range(sides)
        ],
        "order": order,
        "tie_group": groups,
        "fundable": draw(st.lists(st.sampled_from([True] * 6 + [False]), min_size=count, max_size=count)),
        "reserve": draw(st.none() | st.integers(0, 4)),
        "seed": draw(st.binary(max_size=4)),
    }


@given(cases(), st.sampled_from(RULES))
@settings(max_examples=250, deadline=None)
def test_every_rule_finds_what_looking_at_all_subsets_finds(case: dict[str, Any], rule: str) -> None:
    assert select(**case, rule=rule) == expected(case, rule)


@given(cases(least=5, most=8), st.sampled_from(RULES[2:]))
@settings(max_examples=250, deadline=None)
def test_the_solver_finds_it_too(case: dict[str, Any], rule: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection_optimum, "FEW", 0)
        assert select(**case, rule=rule) == expected(case, rule)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_ties_by_funds_without_ties_walks_the_list(case: dict[str, Any]) -> None:
    arguments = case | {"tie_group": None}
    walked = select(**arguments, rule="list-with-skips")
    untied = select(**arguments, rule="ties-by-funds")
    assert (untied.funded, untied.not_funded) == (walked.funded, walked.not_funded)


@given(cases(most=12), st.lists(st.integers(0, 5), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_greatest_value_never_falls_when_budgets_rise(case: dict[str, Any], more: list[int]) -> None:
    raised = case | {"budgets": [a + b for a, b in zip(case["budgets"], more, strict=False)]}
    assert select(**raised, rule="max-merit").value >= select(**case, rule="max-merit").value


def test_a_raised_budget_may_drop_a_proposal() -> None:
    requests = [[5], [4]]
    assert select([2, 1], requests, [4], rule="list-with-skips").funded == (1,)
    assert select([2, 1], requests, [5], rule="list-with-skips").funded == (0,)


def test_a_whole_selection_with_skips() -> None:
    result = select(
        np.array([5, 9, 7, 1, 3]),
        np.array([[40, 0], [50, 20], [60, 10], [0, 0], [10, 30]]),
        np.array([100, 30]),
        rule="list-with-skips",
        fundable=np.array([True, True, True, False, True]),
        reserve=1,
    )
    assert result == Selection(
        funded=(1, 0),
        reserve=(2,),
        not_funded=(
            NotFunded(proposal=2, reason="budget", blocking=((0, 10),), reserve_place=1),
            NotFunded(proposal=4, reason="budget", blocking=((1, 20),)),
            NotFunded(proposal=3, reason="below-threshold"),
        ),
        remaining=(10, 10),
        budget_after=((50, 10), (10, 10)),
        value=14,
        bound=14,
        optimal=True,
        canonical=True,
        solver=None,
        rule="list-with-skips",
    )


def test_a_stopped_list_tells_where_and_what_each_lacked_then() -> None:
    result = select([3, 2, 1], [[5], [6], [2]], [10], rule="list-order")
    assert result.not_funded == (
        NotFunded(proposal=1, reason="budget", blocking=((0, 1),), reserve_place=1),
        NotFunded(proposal=2, reason="list-stopped", blocking=(), stopped_at=1, reserve_place=2),
    )


def test_nobody_asks_and_nobody_is_there() -> None:
    for rule in RULES:
        assert select([], [], [7], rule=rule).remaining == (7,)
        assert select([1, 0], [[0], [0]], [0], rule=rule).funded == (0, 1)


def test_the_seed_decides_among_equals_and_nothing_else() -> None:
    chosen = {select([1] * 20, [[1]] * 20, [10], rule="max-merit", seed=bytes([s])).funded for s in range(8)}
    assert len(chosen) == 8
    weights = drawn_weights(20, b"")
    heaviest = sorted(sorted(range(20), key=lambda i: -weights[i])[:10])
    assert select([1] * 20, [[1]] * 20, [10], rule="max-merit").funded == tuple(heaviest)


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


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"rule": "best"}, "rule"),
        ({"merit": [1.0, 2]}, "merit"),
        ({"merit": [True, 2]}, "merit"),
        ({"merit": np.array([1.0, 2.0])}, "merit"),
        ({"merit": "12"}, "merit"),
        ({"merit": np.int64(1)}, "merit"),
        ({"merit": [10**13, 10**13 + 1], "rule": "max-merit"}, "merit"),
        ({"requests": [[1, 2]]}, "requests"),
        ({"requests": [[1, 2], [3]]}, "requests"),
        ({"requests": [[1, 2], [3, -4]]}, "requests"),
        ({"requests": [[1, 2], [3, 4.0]]}, "requests"),
        ({"requests": [1, 2]}, "requests"),
        ({"budgets": []}, "budgets"),
        ({"budgets": [5, -1]}, "budgets"),
        ({"budgets": [5, None]}, "budgets"),
        ({"order": [0, 0]}, "order"),
        ({"order": [1, 2]}, "order"),
        ({"order": [0]}, "order"),
        ({"tie_group": [1]}, "tie_group"),
        (
            {"merit": [3, 2, 1], "requests": [[1, 1]] * 3, "tie_group": [1, 2, 1]},
            "tie_group",
        ),
        ({"fundable": [1, 0]}, "fundable"),
        ({"fundable": [True]}, "fundable"),
        ({"reserve": -1}, "reserve"),
        ({"reserve": 1.0}, "reserve"),
        ({"seed": "seed"}, "seed"),
        ({"node_limit": 0}, "node_limit"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], named: str) -> None:
    arguments: dict[str, Any] = {
        "merit": [2, 1],
        "requests": [[1, 2], [3, 4]],
        "budgets": [3, 4],
        "rule": "list-order",
    }
    with pytest.raises(InvalidInput, match=f"^{named}"):
        select(**(arguments | changed))


def quantum_call() -> dict[str, Any]:
    """Read the proposals' requests in yen and euro cents, and as merit their mean totals above 10."""
    proposals = [json.loads(line) for line in (DATA / "proposals.jsonl").read_text().splitlines()]
    exponent = {"JP": 0, "EU": 2}
    requests = [
        [
            sum(
                int(Decimal(partner["requested"]).scaleb(exponent[side]))
                for partner in proposal["partners"]
                if partner["side"] == side
            )
            for side in exponent
        ]
        for proposal in proposals
    ]
    totals: dict[str, list[Fraction]] = {proposal["id"]: [] for proposal in proposals}
    with (DATA / "reviews.csv").open() as file:
        for row in csv.DictReader(file):
            totals[row["proposal"]].append(Fraction(row["score"]))
    # Three experts give three scores each: a proposal's total is a third of their sum.
    merit = [round((sum(scores) / 3 - 10) * 1_000_000) for scores in totals.values()]
    return {
        "merit": merit,
        "requests": requests,
        "budgets": [700_000_000, 1_400_000_000],
        "fundable": [m >= 0 for m in merit],
        "seed": b"quantum-call",
        "reserve": 10,
    }


@pytest.mark.skipif(not DATA.exists(), reason="the quantum-call data are not beside the checkout")
def test_the_quantum_call_under_every_rule() -> None:
    case = quantum_call()
    # Totals are equal when their merit is.
    results = {rule: select(**case, rule=rule, tie_group=case["merit"]) for rule in RULES}
    values = [results[rule].value for rule in RULES]
    assert values == sorted(values)
    for result in results.values():
        assert min(result.remaining) >= 0
        assert result.canonical
        assert len(result.reserve) == 10
        assert len(result.funded) + len(result.not_funded) == len(case["merit"])
    listed = {**case, "order": sorted(range(len(case["merit"])), key=lambda i: (-case["merit"][i], i))}
    assert results["list-with-skips"].funded == walked(listed)


def walked(case: dict[str, Any]) -> tuple[int, ...]:
    funded: tuple[int, ...] = ()
    for i in case["order"]:
        if case["fundable"][i] and min(left_after(case, (*funded, i))) >= 0:
            funded = (*funded, i)
    return funded
