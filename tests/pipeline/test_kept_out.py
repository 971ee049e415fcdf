"""What a funded proposal keeps out, against walking the rest of the list by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.example import example_call
from accord.pipeline.kept_out import kept_out
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from calls import write_call


def example(folder: Path, rule: str) -> Walk:
    files = example_call(sides=3, proposals=30, experts=60, seed=4)
    plan = files["plan.toml"].decode()
    start = plan.index('rule = "')
    files["plan.toml"] = (plan[:start] + f'rule = "{rule}"' + plan[plan.index("\n", start) :]).encode()
    write_folder(folder, files)
    return run(load_call(folder))


@pytest.mark.parametrize("rule", ["list-order", "list-with-skips", "max-merit"])
def test_its_money_pays_what_it_keeps_out_and_not_one_more(rule: str, tmp_path: Path) -> None:
    walk = example(tmp_path / "call", rule)
    assert walk.selection is not None
    chosen, plan = walk.selection.result, walk.inputs.call.plan.plan
    asked = {one.id: {side.id: one.requested(side) for side in plan.side} for one in walk.inputs.call.proposals}
    waiting = [one.proposal for one in chosen.not_funded if one.reason != "below-threshold"]
    found = kept_out(walk)
    assert list(found) == [one.proposal for one in chosen.funded]
    assert any(found.values())
    for name, paid in found.items():
        room = {side: chosen.remaining[side] + asked[name][side] for side in plan.sides}
        expected: list[str] = []
        for other in waiting:
            spent = {side: sum(asked[one][side] for one in expected) for side in plan.sides}
            if all(spent[side] + asked[other][side] <= room[side] for side in plan.sides):
                expected.append(other)
            elif rule == "list-order":
                break
        assert paid == tuple(expected)


def test_before_a_selection_nothing_is_kept_out(tmp_path: Path) -> None:
    assert kept_out(run(load_call(write_call(tmp_path / "call", reviews=None)))) == {}
