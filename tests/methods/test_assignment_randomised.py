"""Randomised assignments: marginals by counting every outcome, and by drawing; the expected total by a linear program."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from accord.errors import InvalidInput
from accord.methods.assignment import AssignmentInfeasible, randomised


def call(seed: int, proposals: int = 6, experts: int = 8) -> tuple[Any, dict[str, Any]]:
    generator = np.random.default_rng(seed)
    arguments: dict[str, Any] = {
        "experts_per_proposal": 2,
        "max_load": generator.integers(2, 5, experts),
        "min_load": generator.integers(0, 2, experts),
        "conflicts": generator.random((proposals, experts)) < 0.1,
        "expert_side": ["CH", "JP"] * (experts // 2),
        "min_per_side": {"CH": 1},
    }
    return generator.integers(0, 10**6, (proposals, experts)), arguments


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_every_outcome_meets_all_and_each_pair_is_in_one(seed: int, count: int) -> None:
    affinity, arguments = call(seed)
    try:
        result = randomised(affinity, **arguments, q=1 / count)
    except AssignmentInfeasible:
        return
    assert len(result.outcomes) == count
    assert result.probability == Fraction(1, count)
    times = Counter(tuple(pair) for outcome in result.outcomes for pair in outcome.tolist())
    assert set(times.values()) == {1}
    assert sorted(times) == [tuple(pair) for pair in result.marginals.tolist()]
    for outcome in result.outcomes:
        chosen = np.zeros(affinity.shape, dtype=bool)
        chosen[tuple(outcome.T)] = True
        load = chosen.sum(axis=0)
        assert (chosen.sum(axis=1) == 2).all()
        assert (load <= arguments["max_load"]).all()
        assert (load >= arguments["min_load"]).all()
        assert (chosen[:, ::2].sum(axis=1) >= 1).all()
        assert not (chosen & arguments["conflicts"]).any()
    assert result.pairs is result.outcomes[result.drawn]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_expected_total_is_that_of_the_linear_program(count: int) -> None:
    affinity, arguments = call(3)
    arguments["conflicts"] = np.zeros(affinity.shape, dtype=bool)
    proposals, experts = affinity.shape
    rows = np.kron(np.eye(proposals), np.ones(experts))
    loads = np.kron(np.ones(proposals), np.eye(experts))
    sides = np.kron(np.eye(proposals), np.tile([1.0, 0.0], experts // 2))
    solved = linprog(
        -affinity.ravel(),
        A_ub=np.vstack([loads, -loads, -sides]),
        b_ub=np.concatenate([arguments["max_load"], -arguments["min_load"], -np.ones(proposals)]),
        A_eq=rows,
        b_eq=np.full(proposals, 2),
        bounds=(0, 1 / count),
    )
    result = randomised(affinity, **arguments, q=Fraction(1, count))
    assert float(result.expected_total) == pytest.approx(-solved.fun, abs=1e-3)


def test_outcomes_are_drawn_as_often_as_is_said() -> None:
    affinity, arguments = call(1)
    arguments["min_load"] = 0
    drawn = Counter(
        randomised(affinity[:1], **{**arguments, "conflicts": None}, q=0.25, seed=number.to_bytes(2)).drawn
        for number in range(400)
    )
    assert sorted(drawn) == [0, 1, 2, 3]
    # Five standard deviations of a count with a mean of 100.
    assert all(abs(number - 100) < 45 for number in drawn.values())


def test_the_same_seed_draws_the_same() -> None:
    affinity, arguments = call(5)
    first, second = (randomised(affinity, **arguments, q=0.5, seed=b"one") for _ in range(2))
    assert np.array_equal(first.pairs, second.pairs)
    assert [part.tolist() for part in first.outcomes] == [part.tolist() for part in second.outcomes]


@pytest.mark.parametrize("q", [0, -0.5, 0.4, 2, 1e-9])
def test_other_probabilities_are_refused(q: float) -> None:
    with pytest.raises(InvalidInput, match=r"^q: "):
        randomised([[1, 2]], experts_per_proposal=1, max_load=1, q=q)


def test_too_few_experts_for_q_are_told() -> None:
    with pytest.raises(AssignmentInfeasible):
        randomised([[1, 2]], experts_per_proposal=2, max_load=1, q=0.5)
