"""What more places bring, against every assignment there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from accord.errors import InvalidInput
from accord.methods.assignment import Gain, SideWorth, side_worth

SIDES = ["JP", "CH", "JP", None]


def best(affinity: Any, loads: list[int], demand: int, *, worst_first: bool) -> tuple[int, int]:
    """The greatest total, or the greatest worst pair and then total, over all assignments: (total, worst)."""
    rows, columns = affinity.shape
    found = []
    for sets in itertools.product(itertools.combinations(range(columns), demand), repeat=rows):
        if all(sum(column in chosen for chosen in sets) <= load for column, load in enumerate(loads)):
            cells = [int(affinity[row, column]) for row, chosen in enumerate(sets) for column in chosen]
            found.append((sum(cells), min(cells)))
    return max(found, key=lambda one: (one[1], one[0]) if worst_first else (one[0],))


@pytest.mark.parametrize("fairness", ["total", "worst-pair"])
def test_more_places_against_every_assignment(fairness: str) -> None:
    chance = np.random.default_rng(3)
    fair = fairness == "worst-pair"
    gains = set[Gain]()
    for _ in range(25):
        affinity = chance.integers(0, 40, (3, 4))
        demand = int(chance.integers(1, 3))
        loads = [int(load) for load in chance.integers(1, 3, 4)]
        while sum(loads) < 3 * demand:
            loads[int(chance.integers(4))] += 1
        call = {"experts_per_proposal": demand, "max_load": loads, "expert_side": SIDES, "fairness": fairness}
        base = best(affinity, loads, demand, worst_first=fair)

        def gain(more: list[int]) -> tuple[int, int | None]:
            raised = [load + (column in more) for column, load in enumerate(loads)]  # noqa: B023 - called at once
            total, worst = best(affinity, raised, demand, worst_first=fair)  # noqa: B023
            return total - base[0], worst - base[1] if fair else None  # noqa: B023

        told = side_worth(affinity, **call)
        assert [(one.side, one.experts) for one in told] == [("JP", 2), ("CH", 1)]
        for one, members in zip(told, ([0, 2], [1]), strict=True):
            each = gain(members)
            assert (one.one_place_each.total, one.one_place_each.worst if fair else None) == each
            if one.sought is not None:
                assert one.sought in members
                place = gain([one.sought])
                assert (one.one_place.total, one.one_place.worst if fair else None) == place
            gains.add(one.one_place)
    assert len(gains) > 3


def test_a_side_that_is_not_full_gains_nothing() -> None:
    affinity = np.array([[9, 0], [8, 0]])
    told = side_worth(affinity, experts_per_proposal=1, max_load=[1, 2], expert_side=["JP", "CH"])
    assert told == (
        SideWorth(side="JP", experts=1, full=1, sought=0, one_place=Gain(8, 8), one_place_each=Gain(8, 8)),
        SideWorth(side="CH", experts=1, full=0, sought=None, one_place=Gain(0, 0), one_place_each=Gain(0, 0)),
    )


def test_partial_assignments_are_refused() -> None:
    with pytest.raises(InvalidInput, match="partial: found True"):
        side_worth([[1]], experts_per_proposal=1, max_load=1, expert_side=["JP"], partial=True)
