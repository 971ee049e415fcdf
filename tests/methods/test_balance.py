"""The balance: each measure against a second way of counting, and what it never says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InvalidInput
from accord.methods.balance import Balance, Flow, Opportunity, balance, together

REQUESTS = [[60, 10, 0], [50, 0, 30], [0, 40, 20], [20, 10, 10]]
FUNDED = [True, True, False, False]
LEADS = [0, 2, 1, 0]
BUDGETS = [200, 100, 0]


def small(**changed: Any) -> Balance:
    return balance(**{"requests": REQUESTS, "funded": FUNDED, "coordinator_side": LEADS, "budgets": BUDGETS} | changed)


def test_a_small_call_by_hand() -> None:
    found = small(
        eligible=[True, True, True, False],
        partners=[[2, 1, 0], [1, 0, 3], [0, 1, 1], [1, 1, 1]],
        reviewed=[0, 0, 1, 1, 2, 3],
        expert_side=[0, 1, 1, -1, 2, 1],
        may_coordinate=[True, True, False],
        rates=[10, Fraction(1, 2), 1],
        reference="EUR",
        stays=[[9, 2, 0], [3, 0, 0], [0, 0, 0]],
        sides=["JP", "EU", "DK"],
    )
    assert found == Balance(
        sides=("JP", "EU", "DK"),
        calls=1,
        opportunities=(
            Opportunity(calls=1, may_coordinate=1, proposals=2, coordinated=1, funded=2, funded_coordinated=1),
            Opportunity(calls=1, may_coordinate=1, proposals=2, coordinated=1, funded=1, funded_coordinated=0),
            Opportunity(calls=1, may_coordinate=0, proposals=2, coordinated=1, funded=1, funded_coordinated=1),
        ),
        parts=((550_000,), (100_000,), ()),
        value=(Fraction(11), Fraction(20), Fraction(30)),
        reference="EUR",
        flows=(
            Flow(kind="partners", counts=((2, 0, 1), (1, 0, 0), (0, 0, 3)), tolerance=100_000),
            Flow(kind="reviews", counts=((1, 0, 0), (1, 0, 1), (0, 1, 0)), tolerance=100_000),
            Flow(kind="stays", counts=((9, 2, 0), (3, 0, 0), (0, 0, 0)), tolerance=100_000),
        ),
        tolerance=100_000,
    )
    assert found.utilisation == (550_000, 100_000, None)
    assert found.utilisation_spread == 450_000
    # JP leads half of the funded with 11/61 of the money; EU leads none with 20/61; DK half with 30/61.
    assert found.return_coefficient == (2_772_727, 0, 1_016_667)
    assert [one.success for one in found.opportunities] == [1_000_000, 500_000, 500_000]
    assert [one.success_coordinated for one in found.opportunities] == [1_000_000, 0, 1_000_000]
    partners, reviews, stays = found.flows
    assert (partners.exported, partners.imported) == ((1, 1, 0), (1, 0, 1))
    assert (partners.difference, partners.within) == ((0, 1_000_000, -1_000_000), (True, False, False))
    assert (reviews.exported, reviews.imported) == ((0, 2, 1), (1, 1, 1))
    assert reviews.difference == (-1_000_000, 333_333, 0)
    assert (stays.difference, stays.within) == ((-200_000, 200_000, None), (False, False, None))


def test_the_tolerance_holds_its_own_bound() -> None:
    rows = [[0, 11], [9, 0]]
    arguments: dict[str, Any] = {"requests": [[1, 1]], "funded": [False], "coordinator_side": [0], "budgets": [1, 1]}
    assert balance(**arguments, access=rows).flows[1].within == (True, True)
    assert balance(**arguments, access=rows, tolerance=99_999).flows[1].within == (False, False)


def test_without_dated_rates_no_coefficient_is_made_up() -> None:
    assert small().return_coefficient is None
    assert small(rates=[1, 1, 1], funded=[False] * 4).return_coefficient == (None, None, None)


def test_several_calls_are_added_by_name() -> None:
    first = small(sides=["JP", "EU", "DK"], rates=[1, 1, 1], reference="EUR", stays=np.eye(3, dtype=int))
    second = balance(
        [[7, 5]], [True], [1], budgets=[10, 10], sides=["EU", "CH"], rates=[1, 1], reference="EUR", tolerance=100_000
    )
    both = together([first, second])
    assert (both.sides, both.calls) == (("JP", "EU", "DK", "CH"), 2)
    assert [one.calls for one in both.opportunities] == [1, 2, 1, 1]
    assert both.parts == ((550_000,), (100_000, 700_000), (), (500_000,))
    assert both.utilisation == (550_000, 400_000, None, 500_000)
    assert both.value == (110, 17, 30, 5)
    kinds = {flow.kind: flow.counts for flow in both.flows}
    assert kinds["partners"] == ((1, 0, 1, 0), (1, 0, 0, 1), (0, 0, 1, 0), (0, 0, 0, 1))
    assert kinds["stays"] == ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0))
    assert together([first]) == first
    other = balance([[7, 5]], [True], [1], budgets=[10, 10], sides=["EU", "CH"], rates=[1, 1], reference="JPY")
    assert together([first, other]).value is None
    assert together([first, other]).return_coefficient is None


calls = st.integers(2, 5).flatmap(
    lambda sides: st.tuples(
        st.just(sides),
        st.lists(
            st.tuples(
                st.lists(st.integers(0, 10**20), min_size=sides, max_size=sides),
                st.sampled_from(["funded", "eligible", "not"]),
                st.integers(0, sides - 1),
                st.lists(st.integers(-1, sides - 1), max_size=4),
            ),
            max_size=8,
        ),
    )
)


@given(calls, st.integers(0, 10**6))
@settings(deadline=None, max_examples=150)
def test_measures_against_a_second_way_of_counting(call: Any, tolerance: int) -> None:
    sides, rows = call
    budgets = [10**21] * sides
    found = balance(
        [row[0] for row in rows] if rows else np.empty((0, sides), dtype=int),
        [row[1] == "funded" for row in rows],
        [row[2] for row in rows],
        budgets=budgets,
        eligible=[row[1] != "not" for row in rows],
        reviewed=[number for number, row in enumerate(rows) for _ in row[3]],
        expert_side=[side for row in rows for side in row[3]],
        rates=[1] * sides,
        tolerance=tolerance,
    )
    partners, reviews = found.flows
    for a in range(sides):
        out = sum(1 for asked, state, lead, _ in rows if state == "funded" and asked[a] and lead != a)
        into = sum(
            1
            for asked, state, lead, _ in rows
            if state == "funded" and lead == a
            for b in range(sides)
            if b != a and asked[b]
        )
        assert (partners.exported[a], partners.imported[a]) == (out, into)
        judged = sum(given.count(a) for _, state, lead, given in rows if state != "not" and lead != a)
        assert reviews.exported[a] == judged
        difference = partners.difference[a]
        assert (difference is None) == (out + into == 0)
        if difference is not None:
            assert partners.within[a] == (abs(Fraction(out - into, out + into)) <= Fraction(tolerance, 10**6))
    assert sum(partners.exported) == sum(partners.imported)
    assert sum(reviews.exported) == sum(reviews.imported)
    assert sum(one.funded_coordinated for one in found.opportunities) == sum(row[1] == "funded" for row in rows)
    money = sum(sum(row[0]) for row in rows if row[1] == "funded")
    assert found.value is not None
    assert sum(found.value) == money
    coefficients = found.return_coefficient
    assert coefficients is not None
    if money and all(one is not None for one in coefficients):
        weighted = sum(
            Fraction(one or 0, 10**6) * value / money for one, value in zip(coefficients, found.value, strict=True)
        )
        assert abs(weighted - 1) < Fraction(1, 10**5)  # weighted by money, coefficients average one


@given(calls)
@settings(deadline=None, max_examples=50)
def test_the_order_of_calls_moves_no_measure(call: Any) -> None:
    sides, rows = call
    names = [f"S{number}" for number in range(sides)]
    one = balance(
        [row[0] for row in rows] if rows else np.empty((0, sides), dtype=int),
        [row[1] == "funded" for row in rows],
        [row[2] for row in rows],
        budgets=[10**21] * sides,
        eligible=[row[1] != "not" for row in rows],
        sides=names,
    )
    other = small(sides=["S1", "S0", "T"])
    there, back = together([one, other]), together([other, one])
    assert sorted(zip(there.sides, there.opportunities, there.utilisation, strict=True), key=lambda x: x[0]) == sorted(
        zip(back.sides, back.opportunities, back.utilisation, strict=True), key=lambda x: x[0]
    )


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"budgets": []}, "budgets: is empty"),
        ({"budgets": [1, 2]}, "requests: found 3 Sides; give 2"),
        ({"requests": [[1, 2, -3]] * 4}, "requests: holds -3"),
        ({"requests": [[1, 2, 0.5]] * 4}, "requests: holds 0.5"),
        ({"requests": "JP"}, "requests: found str"),
        ({"funded": [1, 0, 0, 0]}, "funded: give 4 times True or False"),
        ({"eligible": [False] * 4}, "funded: holds a proposal that is not eligible"),
        ({"coordinator_side": [0, 0, 0, 3]}, "coordinator_side: holds 3; give 0 to 2"),
        ({"coordinator_side": [0]}, "coordinator_side: has 1 entries; give 4"),
        ({"partners": [[1, 1]] * 4}, "partners: found 2 Sides"),
        ({"partners": [[1, 1, 1]] * 3}, "partners: has 3 rows"),
        ({"requests": [[1, 2, 3], [4]] * 2}, "requests: has 1 dimensions"),
        ({"reviewed": [0]}, "expert_side: goes with reviewed"),
        ({"reviewed": [4], "expert_side": [0]}, "reviewed: holds 4"),
        ({"reviewed": [0], "expert_side": [3]}, "expert_side: holds 3; give -1 to 2"),
        ({"reviewed": [0], "expert_side": [-2]}, "expert_side"),
        ({"rates": [1, 2]}, "rates: give 3"),
        ({"rates": [1, 2, 0]}, "rates: give 3"),
        ({"stays": [[1, 2], [3, 4]]}, "stays: found 2 Sides"),
        ({"stays": [[1, 2, 3]]}, "stays: has 1 rows"),
        ({"tolerance": -1}, "tolerance: found -1"),
        ({"sides": ["JP", "JP", "EU"]}, "sides: found 2 names"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        small(**changed)


def test_balances_of_different_tolerances_are_not_added() -> None:
    with pytest.raises(InvalidInput, match="balances"):
        together([small(), small(tolerance=5)])
    with pytest.raises(InvalidInput, match="balances"):
        together([])
