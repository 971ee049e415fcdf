"""Quotas of groupings that cut across each other, against every assignment there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import Infeasible, InvalidInput
from accord.methods.assignment import Grouping, assign, assign_grouped

SIDES, AGES = ["CH", "JP", "CH", "JP", None], ["senior", "senior", "young", "young", "young"]
QUOTAS = (Grouping(group_of=SIDES, least={"CH": 1}), Grouping(group_of=AGES, least={"young": 1, "senior": 1}))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_is_the_best_of_every_assignment(seed: int) -> None:
    generator = np.random.default_rng(seed)
    affinity, conflict = generator.integers(0, 100, (3, 5)), generator.random((3, 5)) < 0.15
    load = generator.integers(1, 3, 5)
    rows = [
        [
            some
            for some in itertools.combinations(range(5), 2)
            if any(SIDES[c] == "CH" for c in some)
            and len({AGES[c] for c in some}) == 2
            and not any(conflict[row, c] for c in some)
        ]
        for row in range(3)
    ]
    totals = [
        sum(int(affinity[row, c]) for row, some in enumerate(chosen) for c in some)
        for chosen in itertools.product(*rows)
        if all(sum(c in some for some in chosen) <= load[c] for c in range(5))
    ]
    arguments: dict[str, Any] = {"experts_per_proposal": 2, "max_load": load, "conflicts": conflict}
    if not totals:
        with pytest.raises(Infeasible):
            assign_grouped(affinity, groupings=QUOTAS, **arguments)
        return
    result = assign_grouped(affinity, groupings=QUOTAS, **arguments)
    assert (result.total, result.bound, result.proven) == (max(totals), max(totals), True)
    chosen = [tuple(result.pairs[result.pairs[:, 0] == row, 1].tolist()) for row in range(3)]
    assert all(some in of_row for some, of_row in zip(chosen, rows, strict=True))


def test_one_grouping_is_what_a_flow_finds() -> None:
    affinity = np.random.default_rng(3).integers(0, 10**6, (20, 10))
    arguments: dict[str, Any] = {"experts_per_proposal": 3, "max_load": 7, "min_load": 2, "forced": [(0, 4)]}
    flow = assign(affinity, expert_side=["CH", "JP"] * 5, min_per_side=1, **arguments)
    grouping = Grouping(group_of=["CH", "JP"] * 5, least={"CH": 1, "JP": 1})
    result = assign_grouped(affinity, groupings=[grouping], **arguments)
    assert (result.total, result.worst, result.proven) == (flow.total, flow.worst, True)


def test_nothing_to_choose() -> None:
    nothing = assign_grouped(np.zeros((0, 5), dtype=int), experts_per_proposal=1, max_load=1, groupings=QUOTAS)
    assert (nothing.pairs.shape, nothing.total, nothing.worst, nothing.proven) == ((0, 2), 0, None, True)
    with pytest.raises(Infeasible):
        assign_grouped([[1]], experts_per_proposal=1, max_load=1, conflicts=[[True]], groupings=())


@pytest.mark.parametrize(
    ("name", "grouping"),
    [
        (r"groupings\[0\].group_of", Grouping(group_of=["a"], least={"a": 1})),
        (r"groupings\[0\].least", Grouping(group_of=["a", "b"], least={"c": 1})),
        (r"groupings\[0\].least", Grouping(group_of=["a", "b"], least={"a": -1})),
    ],
)
def test_groupings_that_cannot_be_meant_are_refused(name: str, grouping: Grouping) -> None:
    with pytest.raises(InvalidInput, match=rf"^{name}"):
        assign_grouped([[1, 2]], experts_per_proposal=1, max_load=1, groupings=[grouping])
    with pytest.raises(InvalidInput, match=r"^affinity"):
        assign_grouped(np.ones((1001, 1000), dtype=int), experts_per_proposal=1, max_load=2, groupings=[])
