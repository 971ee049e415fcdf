"""What an assignment that does not exist is said to lack."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import Infeasible, InvalidInput
from accord.methods.assignment import AssignmentInfeasible, assign
from accord.methods.assignment.prices import tie_weights


def refusal(affinity: Any, **arguments: Any) -> AssignmentInfeasible:
    with pytest.raises(AssignmentInfeasible) as caught:
        assign(affinity, **arguments)
    return caught.value


def test_too_few_places_in_all() -> None:
    error = refusal(np.ones((3, 2), dtype=int), experts_per_proposal=2, max_load=[1, 2])
    assert isinstance(error, Infeasible)
    assert (error.wanted, error.available, error.load_increase) == (6, 3, 2)
    assert sum(missing for _, side, missing in error.lacking if side is None) == 3
    assert error.shortfalls[0] == "6 pairs are wanted, the experts can take 3."
    assert error.shortfalls[-1] == "Every maximum load raised by 2 would do."
    assert str(error).startswith("No assignment exists: 3 expert(s) are lacking on ")


def test_the_increase_is_the_smallest() -> None:
    affinity, load = np.ones((5, 3), dtype=int), [1, 0, 1]
    error = refusal(affinity, experts_per_proposal=2, max_load=load)
    assert error.load_increase == 3
    assign(affinity, experts_per_proposal=2, max_load=[places + 3 for places in load])
    refusal(affinity, experts_per_proposal=2, max_load=[places + 2 for places in load])


def test_a_side_with_too_few_places() -> None:
    error = refusal(
        np.ones((2, 3), dtype=int),
        experts_per_proposal=2,
        max_load=[1, 2, 2],
        expert_side=["CH", "JP", None],
        min_per_side=1,
    )
    assert error.lacking in (((0, "CH", 1),), ((1, "CH", 1),))
    assert error.shortfalls[0] == "2 pairs are wanted of Side 'CH', its experts can take 1."
    assert error.load_increase == 1


def test_conflicts_that_no_load_helps() -> None:
    conflict = np.array([[True, True, False], [False, False, False]])
    error = refusal(
        np.ones((2, 3), dtype=int),
        experts_per_proposal=[2, 1],
        max_load=2,
        conflicts=conflict,
        expert_side=["CH", "JP", "JP"],
        min_per_side={"CH": 1},
    )
    assert error.lacking == ((0, "CH", 1),)
    assert error.load_increase is None
    assert error.shortfalls == (
        "2 pairs are wanted of Side 'CH', its experts can take 1.",
        "Row 0 lacks 1 expert(s) of Side 'CH'.",
        "No maximum load would do.",
    )


def test_more_experts_wanted_than_there_are() -> None:
    error = refusal([[1, 1]], experts_per_proposal=5, max_load=9)
    assert (error.lacking, error.wanted, error.available) == (((0, None, 3),), 5, 2)
    assert error.load_increase is None


def test_minimum_loads_that_cannot_be_met() -> None:
    error = refusal([[1, 1, 1]], experts_per_proposal=2, max_load=1, min_load=1)
    assert error.lacking == ()
    assert [missing for _, missing in error.underused] == [1]
    conflict = np.array([[True, False], [True, False]])
    error = refusal(np.ones((2, 2), dtype=int), experts_per_proposal=1, max_load=2, min_load=[1, 0], conflicts=conflict)
    assert error.underused == ((0, 1),)
    assert error.shortfalls == ("Column 0 stays 1 below its minimum load.", "No maximum load would do.")
    assert str(error).startswith("No assignment exists: the conditions contradict each other.")


def test_forced_pairs_beyond_a_demand_or_a_load() -> None:
    error = refusal([[1, 1, 1]], experts_per_proposal=1, max_load=1, forced=[(0, 0), (0, 2)])
    assert error.shortfalls == ("Row 0 has 2 forced pairs and a demand of 1.", "No maximum load would do.")
    error = refusal(np.ones((3, 2), dtype=int), experts_per_proposal=1, max_load=1, forced=[(0, 0), (1, 0), (2, 0)])
    assert "Column 0 has 3 forced pairs and a maximum load of 1." in error.shortfalls
    assert error.load_increase == 2


def test_quotas_beyond_a_demand() -> None:
    error = refusal(
        [[1, 1, 1]],
        experts_per_proposal=2,
        max_load=1,
        expert_side=["CH", "JP", "JP"],
        min_per_side={"CH": 1, "JP": 1},
        forced=[(0, 1), (0, 2)],
    )
    assert error.lacking == ((0, "CH", 1),)
    assert error.shortfalls[0] == "Row 0 has 0 free place(s), its Sides' quotas need 1."
    assert error.load_increase is None


def every_partial(affinity: Any, load_max: list[int], demand: int, quota: int) -> Any:
    """Every set of pairs within demands and loads that keeps the seats its quotas need, with what is missing."""
    proposals, experts = affinity.shape
    choices = []
    for _ in range(proposals):
        some = [set(part) for size in range(demand + 1) for part in itertools.combinations(range(experts), size)]
        choices.append([part for part in some if len(part) + max(0, quota - (0 in part)) <= demand])
    for rows in itertools.product(*choices):
        load = [sum(column in part for part in rows) for column in range(experts)]
        if all(is_ <= most for is_, most in zip(load, load_max, strict=True)):
            pairs = [(row, column) for row, part in enumerate(rows) for column in sorted(part)]
            yield proposals * demand - len(pairs), pairs


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 1), st.integers(0, 10**6))
def test_a_partial_answer_lacks_as_little_as_can_be(seed: int, quota: int, span: int) -> None:
    generator = np.random.default_rng(seed)
    affinity = generator.integers(0, span + 1, (3, 3))
    load_max = generator.integers(0, 3, 3).tolist()
    arguments: dict[str, Any] = {
        "experts_per_proposal": 2,
        "max_load": load_max,
        "expert_side": ["CH", "JP", "JP"],
        "min_per_side": {"CH": quota},
        "seed": b"partial",
        "partial": True,
    }
    weights = tie_weights(b"partial", np.arange(9)).reshape(3, 3)

    def worth(case: tuple[int, list[tuple[int, int]]]) -> tuple[int, int, int]:
        missing, pairs = case
        return -missing, sum(int(affinity[pair]) for pair in pairs), sum(int(weights[pair]) for pair in pairs)

    missing, best = max(every_partial(affinity, load_max, 2, quota), key=worth)
    result = assign(affinity, **arguments)
    assert [(row, column) for row, column in result.pairs.tolist()] == best
    assert sum(number for _, _, number in result.lacking) == missing
    assert result.certificate.check(affinity, result.pairs, **arguments).holds
    if missing:
        assert not result.certificate.check(affinity, result.pairs, **{**arguments, "partial": False}).feasible


def test_a_partial_answer_gives_as_many_reviews_as_can_be() -> None:
    conflict = np.array([[True, False], [True, False]])
    arguments: dict[str, Any] = {"experts_per_proposal": 1, "max_load": 2, "min_load": [1, 0], "conflicts": conflict}
    result = assign([[1, 1], [1, 1]], **arguments, partial=True)
    assert (result.pairs.tolist(), result.lacking, result.underused) == ([[0, 1], [1, 1]], (), ((0, 1),))
    assert {reason.cost for reason in result.reasons} == {None}


def test_a_partial_answer_is_for_the_total_only() -> None:
    with pytest.raises(InvalidInput, match=r"^partial: "):
        assign([[1]], experts_per_proposal=1, max_load=1, fairness="worst-pair", partial=True)
