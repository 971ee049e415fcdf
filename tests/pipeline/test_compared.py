"""The rules side by side: each row is what the walk would select if the plan named that rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from accord.call.folder import load_call
from accord.example import example_call
from accord.methods.selection import Rule
from accord.pipeline.compared import ComparedRule, compared_rules
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from calls import write_call


def under(walk: Walk, rule: str) -> ComparedRule:
    """What the step of the walk selects under another rule of the plan; the seed stays that of the plan as signed."""
    assert walk.ranking is not None
    assert walk.list is not None
    call = walk.inputs.call
    plan = call.plan.plan
    named = plan.model_copy(update={"selection": plan.selection.model_copy(update={"rule": rule})})
    inputs = Inputs(replace(call, plan=replace(call.plan, plan=named)))
    found = selection_step(inputs, walk.ranking, walk.list).result
    return ComparedRule(
        rule=next(one for one in get_args(Rule) if one == rule),
        funded=tuple(one.proposal for one in found.funded),
        remaining=found.remaining,
        value=found.value,
        bound=found.bound,
        proven=found.optimal,
        chosen=rule == plan.selection.rule,
    )


def check(walk: Walk) -> None:
    rows = compared_rules(walk, node_limit=10_000)
    assert rows == tuple(under(walk, rule) for rule in get_args(Rule))
    assert all(row.proven for row in rows)


def test_the_reference_call(quantum_call: Path) -> None:
    walk = run(load_call(quantum_call))
    check(walk)
    assert [(row.rule, len(row.funded), row.chosen) for row in compared_rules(walk)] == [
        ("list-order", 10, False),
        ("list-with-skips", 10, True),
        ("ties-by-funds", 12, False),
        ("max-merit", 14, False),
    ]


@pytest.mark.parametrize("order", ["mean", "calibrated"])
def test_an_example_of_four_sides(tmp_path: Path, order: str) -> None:
    files = dict(example_call(sides=4, proposals=24, experts=48, seed=3))
    plan = files["plan.toml"].decode().replace('order_by = "calibrated"', f'order_by = "{order}"')
    if order == "mean":
        plan = plan.replace('ties_are = "not-separable"', 'ties_are = "equal"').replace('advice = ["mean"]', "")
    write_folder(tmp_path / "call", {**files, "plan.toml": plan.encode()})
    walk = run(load_call(tmp_path / "call"))
    assert walk.ranking is not None
    assert walk.ranking.result.order_by == order
    check(walk)


@pytest.mark.parametrize("limit", ["max_funded = 1", "min_funded = 3", "min_funded = 24"])
def test_the_limits_of_the_plan_hold_for_every_rule(tmp_path: Path, limit: str) -> None:
    files = dict(example_call(sides=2, proposals=24, experts=48, seed=3))
    plan = files["plan.toml"].decode().replace("[[topic]]\n", f"[[topic]]\n{limit}\n", 1)
    write_folder(tmp_path / "call", {**files, "plan.toml": plan.encode()})
    walk = run(load_call(tmp_path / "call"))
    assert walk.selection is not None
    assert bool(walk.selection.result.unmet) == (limit == "min_funded = 24")
    check(walk)
    topic = {proposal.id: proposal.topic for proposal in walk.inputs.call.proposals}
    first = walk.inputs.call.plan.plan.topic[0].id
    counts = [sum(topic[name] == first for name in row.funded) for row in compared_rules(walk)]
    if limit == "max_funded = 1":
        assert max(counts) == 1
    if limit == "min_funded = 3":
        assert min(counts) == 3


def test_where_the_solver_stops_early_the_row_says_so(quantum_call: Path) -> None:
    best = compared_rules(run(load_call(quantum_call)), node_limit=1)[3]
    assert best.rule == "max-merit"
    assert not best.proven
    assert best.value < best.bound


def test_nothing_to_compare_before_a_selection(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call")
    (folder / "reviews.csv").unlink()
    assert compared_rules(run(load_call(folder))) == ()
