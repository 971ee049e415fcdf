"""Adjustments read back: what a workbook gave is what its file gives, and nothing else is taken for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from meeting_books import edited, plan_allowing, small_record

from accord.errors import InvalidInput, UnusableFolder
from accord.pipeline.adjustments import Adjusted, adjusted
from accord.pipeline.minutes import read_minutes
from accord.pipeline.reading import Record
from accord.record.canonical import Json, canonical, digest
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting

# P3, P1, P5 are funded of P3, P1, P5, P2, P6, P4 (the last below its thresholds); JP has 10 million yen left then.

CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a raised budget": {"Budgets!E5": 130_000_000, "Budgets!F5": "one more"},
    "both budgets raised": {
        "Budgets!E5": 130_000_000,
        "Budgets!F5": "one more",
        "Budgets!E6": 1_000_000,
        "Budgets!F6": "日本側の増額に合わせる",
    },
    "a cut request": {"List!O5": 20_000_000, "List!L5": "the panel's advice"},
    "a switch": {"List!D7": 0, "List!L7": "a partner left", "List!D8": 1, "List!L8": "instead of it"},
    "left off under a raised budget": {
        "Budgets!E5": 130_000_000,
        "Budgets!F5": "one more",
        "Budgets!E6": 1_000_000,
        "Budgets!F6": "one more",
        "List!D8": 0,
        "List!L8": "not this one",
        "List!D9": 1,
        "List!L9": "but that one",
    },
}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return small_record(tmp_path_factory.mktemp("call") / "call")


def met(record: Record, changes: dict[str, Any]) -> Adjusted:
    return adjusted(record, read_meeting(edited(workbook_of(record), changes), "m.xlsx", record))


def refused(record: Record, content: bytes) -> list[str]:
    with pytest.raises(UnusableFolder) as raised:
        read_minutes(content, "adjustments.json", record)
    return [str(problem).removeprefix("adjustments.json: ") for problem in raised.value.problems]


def rewritten(found: Adjusted, change: Any) -> bytes:
    """The file with a change, in canonical form again."""
    value = json.loads(found.content)
    change(value)
    return canonical(value) + b"\n"


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_workbook_gave_its_file_gives(record: Record, name: str) -> None:
    found = met(record, CHANGES[name])
    read = read_minutes(found.content, "adjustments.json", record)
    assert read.adjusted == found
    assert read.digest == digest(found.content)
    assert read.walk.selection == read.under.selection == found.selection
    assert read.walk.inputs == record.walk.inputs
    assert read.under.inputs == found.inputs
    changed = {act.kind for act in found.acts}
    assert (
        changed
        == {
            "nothing": set(),
            "a raised budget": {"budget-raise"},
            "both budgets raised": {"budget-raise"},
            "a cut request": {"cut-request"},
            "a switch": {"order-change"},
            "left off under a raised budget": {"budget-raise", "order-change"},
        }[name]
    )


def test_every_proposal_on_the_list_has_one_outcome_with_its_reason(record: Record) -> None:
    assert record.walk.list is not None
    listed = record.walk.list.result.places
    for changes in CHANGES.values():
        chosen = met(record, changes).selection.result
        told = {one.proposal for one in chosen.funded} | {one.proposal for one in chosen.not_funded}
        assert told == {place.proposal for place in listed}
        assert len(listed) == len(chosen.funded) + len(chosen.not_funded)
        reserve = {one.reserve_place: one.proposal for one in chosen.not_funded if one.reserve_place}
        assert [reserve[number] for number in sorted(reserve)] == list(chosen.reserve)
        for one in chosen.not_funded:
            plan = record.walk.inputs.call.plan.plan
            proposal = next(known for known in record.walk.inputs.call.proposals if known.id == one.proposal)
            if one.reason == "meeting":
                assert all(proposal.requested(side) <= chosen.remaining[side.id] for side in plan.side)
            for lack in one.short:
                asked = proposal.requested(plan.side_of(lack.side))
                assert lack.amount == asked - chosen.remaining[lack.side] > 0
    switched = met(record, CHANGES["a switch"]).selection.result
    assert [(one.proposal, one.reason) for one in switched.not_funded] == [
        (listed[2].proposal, "budget"),
        (listed[4].proposal, "budget"),
        (listed[5].proposal, "below-threshold"),
    ]
    assert not switched.optimal


def test_another_record_is_refused_by_field(record: Record, tmp_path: Path) -> None:
    found = met(record, CHANGES["a raised budget"])
    other = small_record(tmp_path / "call", plan=plan_allowing().replace('budget = "100000000"', 'budget = "99000000"'))
    call = record.walk.inputs.call.plan
    assert refused(other, found.content) == [
        f"plan: found {call.digest}; this record has {other.walk.inputs.call.plan.digest}:"
        " name the record that was adjusted",
        f"record: found {record.root}; this record has {other.root}: name the record that was adjusted",
    ]


def test_what_does_not_fit_is_named_with_its_field(record: Record) -> None:
    found = met(record, CHANGES["a raised budget"])
    switch = met(record, CHANGES["a switch"])

    def first(field: str, value: Any) -> Any:
        return lambda file: file["adjustments"][0].__setitem__(field, value)

    told: dict[str, tuple[Adjusted, Any]] = {
        "version": (found, lambda file: file.__setitem__("accord_adjustments", 2)),
        "from": (found, first("from", 90_000_000)),
        "to": (found, first("to", 80_000_000)),
        "unit": (found, first("unit", "EUR")),
        "side": (found, first("side", "XX")),
        "reason": (found, first("reason", "")),
        "kind": (found, first("kind", "gift")),
        "proposal": (switch, first("proposal", "P99")),
        "twice": (switch, lambda file: file["adjustments"].append(file["adjustments"][0])),
        "order": (switch, lambda file: file["adjustments"].reverse()),
        "below": (switch, first("proposal", "P4")),
        "key": (found, first("note", "x")),
        "negative": (found, first("to", -1)),
    }
    problems = {name: refused(record, rewritten(*change))[0].partition(":")[0] for name, change in told.items()}
    assert problems == {
        "version": "accord_adjustments",
        "from": "adjustments[1].from",
        "to": "adjustments[1].to",
        "unit": "adjustments[1].unit",
        "side": "adjustments[1].side",
        "reason": "adjustments[1].reason",
        "kind": "adjustments[1].kind",
        "proposal": "adjustments[1].proposal",
        "twice": "adjustments[3]",
        "order": "adjustments[1].from",
        "below": "adjustments",  # its first place is empty, so the switch overdraws a budget
        "key": "adjustments[1].note",
        "negative": "adjustments[1].to",
    }


def test_a_request_that_nobody_made_cannot_be_cut(record: Record) -> None:
    found = met(record, CHANGES["a cut request"])

    def other(file: dict[str, Any]) -> None:
        file["adjustments"][0]["side"] = "XX"

    assert refused(record, rewritten(found, other)) == [
        "adjustments[1].side: XX is no Side of the plan; write it again with accord adjust"
    ]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"accord_adjustments":1}'])
def test_what_is_no_file_of_adjustments(record: Record, content: bytes) -> None:
    assert refused(record, content)


def test_another_form_of_the_same_is_refused(record: Record) -> None:
    found = met(record, CHANGES["a raised budget"])
    spaced = json.dumps(json.loads(found.content), ensure_ascii=False, indent=1).encode()
    assert refused(record, spaced) == ["it is not in canonical form; write it again with accord adjust"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_other_bytes_are_taken(record: Record, data: st.DataObject) -> None:
    content = bytearray(met(record, CHANGES["a switch"]).content)
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    try:
        read = read_minutes(bytes(content), "adjustments.json", record)
    except UnusableFolder:
        return
    # Only a reason may be another one, and then the file is another one too.
    acts = met(record, CHANGES["a switch"]).acts
    assert [(one.kind, one.proposal, one.after) for one in read.adjusted.acts] == [
        (one.kind, one.proposal, one.after) for one in acts
    ]
    assert read.digest != digest(met(record, CHANGES["a switch"]).content)


def test_a_record_without_a_selection_has_no_minutes(record: Record, tmp_path: Path) -> None:
    early = small_record(tmp_path / "call", reviews=None)
    empty: Json = {
        "accord_adjustments": 1,
        "adjustments": [],
        "call": "small",
        "plan": early.walk.inputs.call.plan.digest,
        "record": early.root,
    }
    content = canonical(empty) + b"\n"
    with pytest.raises(InvalidInput, match="no selection yet"):
        read_minutes(content, "adjustments.json", early)
