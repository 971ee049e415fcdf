"""Assignments beside a minimum-cost flow that is not ours, and far larger than an integer program would do."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from accord.methods.assignment import AssignmentInfeasible, assign

# OR-tools in a process of its own: it cannot be imported beside HiGHS.
FLOW = """
import json, sys
from ortools.graph.python import min_cost_flow
for line in sys.stdin:
    case = json.loads(line)
    flow = min_cost_flow.SimpleMinCostFlow()
    rows, columns = len(case["affinity"]), len(case["load"])
    sink = rows + 3 * rows + columns
    for row in range(rows):
        # A place for each Side takes the quota at least: so much is supplied there, the rest at the proposal.
        for side in range(2):
            flow.set_node_supply(rows + 2 * row + side, case["quota"])
            flow.add_arc_with_capacity_and_unit_cost(row, rows + 2 * row + side, columns, 0)
        flow.set_node_supply(row, case["demand"] - 2 * case["quota"])
        for column in range(columns):
            if not case["conflict"][row][column]:
                tail = rows + 2 * row + column % 2
                flow.add_arc_with_capacity_and_unit_cost(tail, 3 * rows + column, 1, -case["affinity"][row][column])
    for column, load in enumerate(case["load"]):
        flow.add_arc_with_capacity_and_unit_cost(3 * rows + column, sink, load, 0)
    flow.set_node_supply(sink, -rows * case["demand"])
    print(-flow.optimal_cost() if flow.solve() == flow.OPTIMAL else None)
"""


@pytest.mark.skipif(find_spec("ortools") is None, reason="OR-tools is not installed")
def test_totals_are_those_of_another_flow() -> None:
    generator = np.random.default_rng(11)
    cases: list[dict[str, Any]] = []
    for _ in range(200):
        rows, columns = (int(number) for number in generator.integers(2, 12, 2))
        cases.append(
            {
                "affinity": generator.integers(0, 10 ** int(generator.integers(1, 7)), (rows, columns)).tolist(),
                "conflict": (generator.random((rows, columns)) < 0.15).tolist(),
                "load": generator.integers(0, 5, columns).tolist(),
                "demand": int(generator.integers(2, 4)),
                "quota": int(generator.integers(0, 2)),
            }
        )
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([sys.executable, "-c", FLOW], input=lines, capture_output=True, text=True, check=True)
    totals = []
    for case in cases:
        try:
            totals.append(
                assign(
                    case["affinity"],
                    experts_per_proposal=case["demand"],
                    max_load=case["load"],
                    conflicts=case["conflict"],
                    expert_side=["even", "odd"] * (len(case["load"]) // 2) + ["even"] * (len(case["load"]) % 2),
                    min_per_side=case["quota"],
                ).total
            )
        except AssignmentInfeasible:
            totals.append(None)
    assert [str(total) for total in totals] == done.stdout.split()
    assert 40 < totals.count(None) < 160


def test_a_sparse_call_is_proven_without_a_dense_matrix() -> None:
    generator = np.random.default_rng(4)
    count = 3000
    rows = np.repeat(np.arange(count), 3)
    columns, values = generator.integers(0, count, rows.size), generator.integers(1, 10**6, rows.size)
    affinity = sparse.coo_array((values, (rows, columns)), (count, count)).tocsr()
    arguments: dict[str, Any] = {"experts_per_proposal": 3, "max_load": 3, "seed": b"sparse"}
    result = assign(affinity, **arguments)
    assert result.certificate.check(affinity, result.pairs, **arguments).holds
    # Every expert is needed, so pairs that are not stored are chosen too, and counted as nothing.
    assert result.worst == 0
    assert result.total == sum(affinity[row, column] for row, column in result.pairs.tolist())
