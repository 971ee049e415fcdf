"""Five Sides, five currencies: every amount stays in its own unit, and every record holds."""

import json
from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.example import example_call
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from accord.verify import verify
from accord.writing import write

UNITS = {"JP": "JPY", "EU": "EUR", "UK": "GBP", "DK": "DKK", "CH": "CHF"}


@pytest.fixture(scope="module")
def five_sides(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("five") / "call"
    write_folder(folder, example_call(sides=5, proposals=60, experts=90, seed=11))
    return run(load_call(folder))


def test_each_side_pays_its_own_in_its_own_unit(five_sides: Walk) -> None:
    call = five_sides.inputs.call
    assert {side.id: side.unit for side in call.plan.plan.side} == UNITS
    assert five_sides.selection is not None
    selected = five_sides.selection.result
    assert 3 <= len(selected.funded) < 60
    by_id = {proposal.id: proposal for proposal in call.proposals}
    for side in call.plan.plan.side:
        spent = 0
        for one in selected.funded:
            asked = [partner for partner in by_id[one.proposal].partners if partner.side == side.id]
            assert {partner.unit for partner in asked} <= {UNITS[side.id]}
            decimals = 0 if side.unit == "JPY" else 2
            minor = sum(round(float(partner.requested) * 10**decimals) for partner in asked)
            assert minor == one.requested[side.id]
            spent += minor
        assert spent == selected.budgets[side.id] - selected.remaining[side.id]
        assert spent <= selected.budgets[side.id]


def test_like_a_slow_walk_down_the_list(five_sides: Walk) -> None:
    assert five_sides.list is not None
    assert five_sides.selection is not None
    by_id = {proposal.id: proposal for proposal in five_sides.inputs.call.proposals}
    sides = five_sides.inputs.call.plan.plan.side
    left = {side.id: side.minor(side.budget) for side in sides}
    funded, short = [], {}
    for place in five_sides.list.result.places:
        if not place.fundable:
            continue
        asked = {side.id: by_id[place.proposal].requested(side) for side in sides}
        lacking = {side: minor - left[side] for side, minor in asked.items() if minor > left[side]}
        if lacking:
            short[place.proposal] = lacking
        else:
            funded.append(place.proposal)
            left = {side: left[side] - asked[side] for side in left}
    selected = five_sides.selection.result
    assert [one.proposal for one in selected.funded] == funded
    assert dict(selected.remaining) == left
    told = {
        one.proposal: {s.side: s.amount for s in one.short} for one in selected.not_funded if one.reason == "budget"
    }
    assert told == short
    assert list(selected.reserve) == list(short)[: five_sides.inputs.call.plan.plan.selection.reserve]


def test_the_record_holds_and_no_amount_is_pooled(five_sides: Walk, tmp_path: Path) -> None:
    write(five_sides, tmp_path / "record")
    assert verify(tmp_path / "record").holds
    step = json.loads((tmp_path / "record" / "steps" / "selection.json").read_bytes())["result"]
    assert set(step["budgets"]) == set(UNITS)
