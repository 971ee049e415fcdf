"""The selection against all subsets, by hand, and on the reference call."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import Infeasible, InvalidInput
from accord.methods.selection import Change, NotFunded, Selection, Version, budget_worth, change, select
from selection_by_subsets import RULES, cases, drawn_weights, expected, left_after, limited_cases

DATA = Path(__file__).resolve().parents[2] / "../shared/data/quantum-call"


@given(cases(), st.sampled_from(RULES))
@settings(max_examples=250, deadline=None)
def test_every_rule_finds_what_looking_at_all_subsets_finds(case: dict[str, Any], rule: str) -> None:
    assert select(**case, rule=rule) == expected(case, rule)


@given(limited_cases(), st.sampled_from(RULES))
@settings(max_examples=250, deadline=None)
def test_every_limit_version_and_top_up_together(case: dict[str, Any], rule: str) -> None:
    slow = expected(case, rule)
    if slow is None:
        with pytest.raises(Infeasible):
            select(**case, rule=rule)
    else:
        assert select(**case, rule=rule) == slow


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
        versions=(None, None),
        reserve=(2,),
        not_funded=(
            NotFunded(proposal=2, reason="budget", blocking=((0, 10),), reserve_place=1),
            NotFunded(proposal=4, reason="budget", blocking=((1, 20),)),
            NotFunded(proposal=3, reason="below-threshold"),
        ),
        remaining=(10, 10),
        topic_remaining=(),
        budget_after=((50, 10), (10, 10)),
        value=14,
        bound=14,
        optimal=True,
        canonical=True,
        solver=None,
        top_up=None,
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


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"rule": "best"}, "rule"),
        ({"merit": [1.0, 2]}, "merit"),
        ({"merit": [True, 2]}, "merit"),
        ({"merit": np.array([1.0, 2.0])}, "merit"),
        ({"merit": "12"}, "merit"),
        ({"merit": np.int64(1)}, "merit"),
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
        ({"topic_min": {0: 1}}, "topic"),
        ({"topic": [0]}, "topic"),
        ({"topic": [0, 1], "topic_min": [1]}, "topic_min"),
        ({"topic": [0, 1], "topic_max": {0: -1}}, "topic_max"),
        ({"topic": [0, 1], "topic_budgets": {0: 1}}, "topic_budgets"),
        ({"topic": [0, 1], "topic_budgets": {(2, 0): 1}}, "topic_budgets"),
        ({"topic": [0, 1], "topic_budgets": {(0, 0): 4}}, "topic_budgets: Side 0's parts are 1 above its budget"),
        ({"max_imbalance": 1}, "max_imbalance"),
        ({"max_imbalance": -1, "coordinator_side": [0, 1]}, "max_imbalance"),
        ({"coordinator_side": [0, 2]}, "coordinator_side"),
        ({"versions": [(0, 1)]}, r"versions\[0\]"),
        ({"versions": [(2, 1, [0, 0])]}, r"versions\[0\]"),
        ({"versions": [(0, 3, [0, 0])]}, r"versions\[0\]"),
        ({"versions": [(0, 1, [2, 0])]}, r"versions\[0\]"),
        ({"force": [2]}, "force"),
        ({"force": [1], "fundable": [True, False]}, "force"),
        ({"top_up": [1]}, "top_up"),
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


def test_a_topic_budget_is_that_topics_alone() -> None:
    case: dict[str, Any] = {"merit": [5, 4, 3], "requests": [[6], [5], [4]], "budgets": [12], "topic": [1, 0, 0]}
    result = select(**case, rule="list-with-skips", topic_budgets={(0, 1): 5})
    assert (result.funded, result.remaining, result.topic_remaining) == ((1,), (7,), ((0, 1, 5),))
    assert [(one.proposal, one.reason, one.blocking) for one in result.not_funded] == [
        (0, "budget", ((0, 1),)),
        (2, "budget", ((0, 2),)),
    ]


def test_a_minimum_is_kept_by_passing_over_what_would_make_it_impossible() -> None:
    case: dict[str, Any] = {"merit": [5, 4, 3], "requests": [[6], [5], [5]], "budgets": [10], "topic": [0, 1, 1]}
    walked = select(**case, rule="list-with-skips", topic_min={1: 2})
    assert walked.funded == (1, 2)
    assert [(one.proposal, one.reason) for one in walked.not_funded] == [(0, "limits")]


def test_after_the_stop_the_list_goes_on_only_for_what_a_minimum_needs() -> None:
    case: dict[str, Any] = {"merit": [5, 4, 3, 2, 1], "requests": [[6], [9], [1], [2], [2]], "budgets": [10]}
    walked = select(**case, rule="list-order", topic=[0, 0, 0, 1, 1], topic_min={1: 1})
    assert walked.funded == (0, 3)
    assert [(one.proposal, one.reason, one.stopped_at) for one in walked.not_funded] == [
        (1, "budget", None),
        (2, "list-stopped", 1),
        (4, "list-stopped", 1),
    ]


def test_what_no_set_can_meet_is_said() -> None:
    case: dict[str, Any] = {"merit": [5, 4], "requests": [[6], [5]], "budgets": [10], "topic": [0, 0]}
    with pytest.raises(Infeasible, match="topic 0: at least 2 are asked for, 1 can be paid") as error:
        select(**case, rule="max-merit", topic_min={0: 2})
    assert error.value.shortfalls == ("topic 0: at least 2 are asked for, 1 can be paid",)
    with pytest.raises(Infeasible, match="proposal 0 cannot be paid: Side 0 is short of 1"):
        select([5, 4], [[11], [5]], [10], rule="max-merit", force=[0])
    with pytest.raises(Infeasible, match="each limit can be met alone, not all together"):
        select(**case, rule="max-merit", force=[0, 1])


def test_nobody_coordinates_too_many_more_than_another() -> None:
    case: dict[str, Any] = {"merit": [5, 4, 3, 1], "requests": [[1]] * 4, "budgets": [3], "rule": "max-merit"}
    assert select(**case, coordinator_side=[0, 0, 0, 0], max_imbalance=0).funded == (0, 1, 2)
    case["budgets"], case["requests"] = [3, 0], [[1, 0]] * 4
    assert select(**case, coordinator_side=[0, 0, 0, 1], max_imbalance=1).funded == (0, 1, 3)


def test_a_reduced_version_is_funded_where_the_whole_one_is_not() -> None:
    reduced = Version(proposal=1, merit=3, requests=(4,))
    for rule in ("list-with-skips", "max-merit"):
        result = select([5, 4], [[6], [5]], [10], rule=rule, versions=[reduced])  # type: ignore[arg-type]
        assert (result.funded, result.versions, result.value, result.remaining) == ((0, 1), (None, 0), 8, (0,))


def test_what_a_change_would_do() -> None:
    merit, requests = [5, 4, 3], [[10], [6], [4]]
    before = select(merit, requests, [10], rule="max-merit")
    assert before.funded == (1, 2)
    forced = change(before, select(merit, requests, [10], rule="max-merit", force=[0]))
    assert forced == Change(joins=(0,), leaves=(1, 2), other_version=(), value=-2, proven=True)
    (worth,) = budget_worth(merit, requests, [10], more=[4], rule="max-merit")
    assert worth.change == Change(joins=(0,), leaves=(1,), other_version=(), value=1, proven=True)
    assert worth.binds
    (idle,) = budget_worth(merit, requests, [10], more=[3], rule="max-merit")
    assert not idle.binds


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
