import json
from pathlib import Path
from typing import Any

import pytest
from meeting_books import edited, plan_allowing, small_record

from accord.errors import InvalidInput, UnusableFolder
from accord.pipeline.adjustments import Adjusted, Adjustment, adjusted
from accord.pipeline.reading import Record
from accord.record.canonical import canonical
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting

# On the small call JP has 100 million yen and EU 900,000 euros; each proposal asks 30 million and 250,000.00, and
# the first three of P3, P1 and P5 (tied), P2, P6, P4 (below its thresholds) are funded.


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return small_record(tmp_path_factory.mktemp("call") / "call")


def met(record: Record, changes: dict[str, Any], language: str = "en") -> Adjusted:
    content = edited(workbook_of(record, language=language), changes)
    return adjusted(record, read_meeting(content, "m.xlsx", record))


def refused(record: Record, changes: dict[str, Any]) -> list[str]:
    with pytest.raises(UnusableFolder) as raised:
        met(record, changes)
    return [str(problem) for problem in raised.value.problems]


def funded(found: Adjusted) -> list[str]:
    return [one.proposal for one in found.funded]


def names(record: Record) -> list[str]:
    assert record.walk.list is not None
    return [place.proposal for place in record.walk.list.result.places]


def test_a_workbook_that_comes_back_unchanged_adjusts_nothing(record: Record) -> None:
    for language in ("en", "ja"):
        found = met(record, {}, language)
        selection = record.walk.selection
        assert selection is not None
        assert (found.acts, found.warnings) == ((), ())
        assert (found.funded, found.reserve) == (selection.result.funded, selection.result.reserve)
        assert found.remaining == selection.result.remaining


def test_a_raised_budget_goes_through_the_plans_rule(record: Record) -> None:
    changes = {
        "Budgets!E5": 120_000_000, "Budgets!F5": "the ministry adds 20 million", "Budgets!E6": 1_000_000.00, "Budgets!F6": "so too",
    }  # fmt: skip
    found = met(record, changes)
    assert found.acts == (
        Adjustment(kind="budget-raise", side="JP", unit="JPY", before=100_000_000, after=120_000_000, reason="the ministry adds 20 million"),
        Adjustment(kind="budget-raise", side="EU", unit="EUR", before=90_000_000, after=100_000_000, reason="so too"),
    )  # fmt: skip
    assert funded(found) == names(record)[:4]
    assert (found.reserve, found.remaining) == (("P6",), {"JP": 0, "EU": 0})
    assert json.loads(found.content) == {
        "accord_adjustments": 1,
        "call": "small",
        "plan": record.walk.inputs.call.plan.digest,
        "record": record.root,
        "adjustments": [
            {"kind": "budget-raise", "side": "JP", "unit": "JPY", "from": 100000000, "to": 120000000, "reason": "the ministry adds 20 million"},
            {"kind": "budget-raise", "side": "EU", "unit": "EUR", "from": 90000000, "to": 100000000, "reason": "so too"},
        ],
    }  # fmt: skip
    assert found.content == canonical(json.loads(found.content)) + b"\n"


def test_switching_on_what_the_rule_then_funds_is_no_changed_order(record: Record) -> None:
    raised = {"Budgets!E5": 120_000_000, "Budgets!F5": "a", "Budgets!E6": 1_000_000, "Budgets!F6": "b", "List!D8": 1}
    assert [act.kind for act in met(record, raised).acts] == ["budget-raise", "budget-raise"]


def test_a_cut_request(record: Record) -> None:
    first, second = names(record)[:2]
    changes = {
        "List!O5": 20_000_000,
        "List!L5": "shorter",
        "List!O6": 20_000_000,
        "List!P6": 100_000.5,
        "List!L6": "less",
    }
    found = met(record, changes)
    assert found.acts == (
        Adjustment(kind="cut-request", proposal=first, side="JP", unit="JPY", before=30_000_000, after=20_000_000, reason="shorter"),
        Adjustment(kind="cut-request", proposal=second, side="JP", unit="JPY", before=30_000_000, after=20_000_000, reason="less"),
        Adjustment(kind="cut-request", proposal=second, side="EU", unit="EUR", before=25_000_000, after=10_000_050, reason="less"),
    )  # fmt: skip
    # EU has 900,000 - 250,000 - 100,000.50 - 250,000 = 299,999.50 for P2's 250,000; JP 30 million for its 30.
    assert funded(found) == names(record)[:4]
    assert found.remaining == {"JP": 0, "EU": 4_999_950}
    assert found.funded[1].requested == {"JP": 20_000_000, "EU": 10_000_050}


def test_a_dropped_side_is_told_as_such_and_has_to_leave_the_proposal_eligible(record: Record) -> None:
    first = names(record)[0]
    assert refused(record, {"List!P5": 0, "List!L5": "they left"}) == [
        f"m.xlsx: List!P5: {first} is not eligible with it (partners.min: 1 partners count, at least 2 "
        "are needed; partners.min: 0 partners count, at least 1 are needed; "
        "partners.min_countries: partners in no country, 1 are needed); cut it by less"
    ]


def test_a_dropped_side_where_the_plan_can_do_without(tmp_path: Path) -> None:
    plan = plan_allowing().replace("partners = { min = 1, min_countries = 1 }", "partners = { min = 0 }")
    record = small_record(tmp_path / "call", plan=plan.replace("partners = { min = 2,", "partners = { min = 1,"))
    first = names(record)[0]
    found = met(record, {"List!P5": 0, "List!L5": "they left"})
    assert found.acts == (
        Adjustment(
            kind="drop-partner", proposal=first, side="EU", unit="EUR", before=25_000_000, after=0, reason="they left"
        ),
    )
    assert found.remaining == {"JP": 10_000_000, "EU": 40_000_000}


def test_a_switch_against_the_rule_is_a_changed_order(record: Record) -> None:
    third, fourth = names(record)[2:4]
    changes = {"List!D7": 0, "List!L7": "withdrawn", "List!D8": 1, "List!L8": "its topic has none"}
    found = met(record, changes)
    assert found.acts == (
        Adjustment(kind="order-change", proposal=third, before=1, after=0, reason="withdrawn"),
        Adjustment(kind="order-change", proposal=fourth, before=0, after=1, reason="its topic has none"),
    )
    assert funded(found) == [*names(record)[:2], fourth]
    assert found.reserve == (third, "P6")
    assert found.remaining == {"JP": 10_000_000, "EU": 15_000_000}
    assert found.funded[-1].remaining == {"JP": 10_000_000, "EU": 15_000_000}


def test_every_problem_at_once(record: Record) -> None:
    first, _, _, fourth, fifth, last = names(record)
    changes = {
        "Budgets!E5": 99_000_000,
        "Budgets!E6": 950_000,
        "List!O5": 31_000_000,
        "List!D8": 1,
        "List!D9": 1,
        "List!L9": "why not",
        "List!D10": 1,
    }
    rule = "list-with-skips does not fund it under these budgets and requests"
    assert refused(record, changes) == [
        "m.xlsx: Budgets!E5: JP's budget is JPY 99,000,000, JPY 100,000,000 in the plan; a budget may be raised, not lowered: write the plan's",
        "m.xlsx: Budgets!F6: a reason is missing: EU's budget is EUR 950,000.00, EUR 900,000.00 in the plan; write in a sentence why",
        f"m.xlsx: List!O5: {first} asks JP for JPY 31,000,000, JPY 30,000,000 in the proposal; a request may be cut, not raised: write what the proposal asks, or less",
        f"m.xlsx: List!L8: a reason is missing: {fourth} is switched on, and {rule}; write in a sentence why",
        f"m.xlsx: List!D10: {last} is switched on, and it is below a threshold of the plan; write 0",
        "m.xlsx: Budgets!E5: JP is over its budget by JPY 82,000,000; switch a proposal off, cut a request, or raise the budget",
        "m.xlsx: Budgets!E6: EU is over its budget by EUR 550,000.00; switch a proposal off, cut a request, or raise the budget",
    ]
    assert fifth == "P6"


def test_what_the_plan_does_not_allow(tmp_path: Path) -> None:
    record = small_record(tmp_path / "call", plan=plan_allowing('"budget-raise"'))
    first, _, third = names(record)[:3]
    changes = {"List!O5": 29_000_000, "List!L5": "a", "List!D7": 0, "List!L7": "b"}
    allows = "(it allows: budget-raise)"
    assert refused(record, changes) == [
        f"m.xlsx: List!O5: {first} asks JP for JPY 29,000,000, JPY 30,000,000 in the proposal; "
        f'change it back: selection.adjustments of the plan has no "cut-request" {allows}',
        f"m.xlsx: List!D7: {third} is switched off, and list-with-skips funds it under these budgets and requests; "
        f'change it back: selection.adjustments of the plan has no "order-change" {allows}',
    ]


def test_a_proposal_left_off_that_the_rule_now_funds(record: Record) -> None:
    third, fourth = names(record)[2:4]
    changes = {
        "Budgets!E5": 120_000_000, "Budgets!F5": "a", "Budgets!E6": 1_000_000, "Budgets!F6": "b", "List!D7": 0, "List!L7": "out",
    }  # fmt: skip
    assert refused(record, changes) == [
        f"m.xlsx: List!L8: a reason is missing: {fourth} is left off, and list-with-skips funds it under these budgets "
        "and requests; write in a sentence why"
    ]
    found = met(record, {**changes, "List!D8": 1, "List!D7": 1, "List!L7": None})
    assert funded(found) == names(record)[:4]
    assert third in funded(found)


def test_the_plans_limits_of_a_raise_and_a_cut(tmp_path: Path) -> None:
    plan = plan_allowing().replace(
        "reserve = 2", 'reserve = 2\ntop_up = [{ side = "JP", max = "5000000" }]\nreduced = { max_cut = "0.1" }'
    )
    plan += '\n[exchange]\nreference = "EUR"\nas_of = 2026-01-05\nsource = "made up"\nrates = { JPY = "160" }\n'
    record = small_record(tmp_path / "call", plan=plan)
    first = names(record)[0]
    at_most = {"Budgets!E5": 105_000_000, "Budgets!F5": "a", "List!O5": 27_000_000, "List!L5": "b"}
    assert [act.kind for act in met(record, at_most).acts] == ["budget-raise", "cut-request"]
    assert refused(record, {**at_most, "Budgets!E5": 105_000_001, "List!O5": 26_999_999}) == [
        "m.xlsx: Budgets!E5: JP's budget is JPY 105,000,001, JPY 100,000,000 in the plan; selection.top_up of the plan allows JPY 105,000,000 at most",
        f"m.xlsx: List!O5: {first} asks JP for JPY 26,999,999, JPY 30,000,000 in the proposal; selection.reduced.max_cut of the plan is 0.1 of the request",
    ]


def test_a_reason_without_a_change_is_told(record: Record) -> None:
    found = met(record, {"List!L6": "?"})
    name = names(record)[1]
    assert [str(problem) for problem in found.warnings] == [
        f"m.xlsx: List!L6: a reason stands for {name}, and nothing is changed; it is not taken over"
    ]
    assert found.acts == ()


def test_a_record_without_a_selection_has_nothing_to_adjust(record: Record, tmp_path: Path) -> None:
    meeting = read_meeting(workbook_of(record), "m.xlsx", record)
    with pytest.raises(InvalidInput, match="nothing to adjust"):
        adjusted(small_record(tmp_path / "call", reviews=None), meeting)
