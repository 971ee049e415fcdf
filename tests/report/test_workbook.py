import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from meeting_books import edited, opened, plan_allowing, recomputed, record_of, rows_of, small_record

from accord.call.folder import load_call
from accord.errors import InvalidInput, UnusableFolder
from accord.example import example_call
from accord.pipeline.after_review import list_step, ranking_step
from accord.pipeline.before_review import conflicts_step, eligibility_step
from accord.pipeline.reading import Record
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs
from accord.pipeline.walk import Walk, run
from accord.plan.money import amount_text
from accord.record.folder import write_folder
from accord.report.workbook import look
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting
from calls import PLAN, REVIEWS, tables, write_call
from conftest import ROOT

HOSTILE = [
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "#REF!",
    "_x003D_1+1 \x07 bell",
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return small_record(tmp_path_factory.mktemp("call") / "call")


def listed(record: Record) -> list[str]:
    assert record.walk.list is not None
    return [place.proposal for place in record.walk.list.result.places]


def problems(content: bytes, record: Record) -> list[str]:
    with pytest.raises(UnusableFolder) as raised:
        read_meeting(content, "m.xlsx", record)
    return [str(problem) for problem in raised.value.problems]


def test_every_sheet_by_value(record: Record, tmp_path: Path) -> None:
    book = recomputed(workbook_of(record), tmp_path)
    names = listed(record)
    assert [sheet.title for sheet in book] == ["List", "Budgets", "Changes", "Reasons", "About", "Computed"]
    titles = {f"P{number}": f"Proposal {number} on {'light' if number % 2 else 'matter'}" for number in range(1, 7)}
    topics = {f"P{number}": book["List"].cell(5 + names.index(f"P{number}"), 14).value for number in range(1, 7)}
    head, *rows = rows_of(book["List"])
    assert head == [
        "Place", "Proposal", "Title", "Fund", "Computed", "Total", "Expected rank", "Rank from", "Rank to", "Tie group",
        "Change", "Reason for the change", "Over budget", "Topic",
        "JP request (JPY)", "EU request (EUR)", "JP left (JPY)", "EU left (EUR)",
    ]  # fmt: skip
    states = ["funded", "funded", "funded", "reserve 1", "reserve 2", "below threshold"]
    totals = [9.75, 8.5, 8.5, 6.75, 6, 3.25]
    lefts = [(70_000_000, 650_000), (40_000_000, 400_000), *[(10_000_000, 150_000)] * 4]
    assert rows == [
        [
            place, name, titles[name], int(place <= 3), states[place - 1], totals[place - 1], None, None, None, tie,
            None, None, None, topics[name], 30_000_000, 250_000, *lefts[place - 1],
        ]
        for place, (name, tie) in enumerate(zip(names, [1, 2, 2, 3, 4, 5], strict=True), 1)
    ]  # fmt: skip
    assert (
        book["List"]["A3"].value
        == "3 switched on · every budget holds · JP left 10,000,000 JPY · EU left 150,000.00 EUR"
    )
    assert rows_of(book["Budgets"]) == [
        ["Side", "Signatory", "Unit", "Budget in the plan", "Budget", "Reason for the change", "Spent", "Left",
         "Spent, part", "Proposals it pays", "Cannot pay from place", "Proposal there", "Runs out", "Change"],
        ["JP", "One Side", "JPY", 100_000_000, 100_000_000, None, 90_000_000, 10_000_000, 0.9, 3, 4, "P2", "first", None],
        ["EU", "The other Side", "EUR", 900_000, 900_000, None, 750_000, 150_000, pytest.approx(5 / 6), 3, 4, "P2", "first", None],
    ]  # fmt: skip
    assert book["Changes"]["A3"].value == "0 changes · 0 without a reason"
    short = "JP: JPY 20,000,000 short; EU: EUR 100,000.00 short"
    below = next(row[4] for row in rows_of(book["Reasons"], 5) if row[1] == "P4")
    assert below.startswith("below threshold: excellence 1.50 of 2, 0.50 short")
    assert [row[4] for row in rows_of(book["Reasons"], 5)] == [
        *["every Side that it asks can pay it"] * 3,
        short,
        short,
        below,
    ]
    about = {row[0]: row[1] for row in rows_of(book["About"], 5)}
    assert about["Record, root"] == record.root
    assert about["Plan, SHA-256"] == record.walk.inputs.call.plan.digest
    assert about["The plan allows"] == ("budget raised, request cut, a Side's partners dropped, order changed")
    assert "indicative" in about["What it is"]
    assert book["Computed"].sheet_state == "hidden"


def test_a_switched_proposal_moves_every_budget(record: Record, tmp_path: Path) -> None:
    names = listed(record)
    changes = {"List!D8": 1, "List!L8": "the chair's word", "List!O5": 25_000_000, "Budgets!E5": 110_000_000}
    book = recomputed(edited(workbook_of(record), changes), tmp_path)
    rows = rows_of(book["List"], 5)
    assert [row[16:18] for row in rows] == [
        [85_000_000, 650_000], [55_000_000, 400_000], [25_000_000, 150_000], *[[-5_000_000, -100_000]] * 3,
    ]  # fmt: skip
    assert book["List"]["A3"].value == "4 switched on · OVER BUDGET: JP 5,000,000 JPY; EU 100,000.00 EUR"
    assert [row[12] for row in rows] == [None] * 3 + ["over budget: JP 5,000,000 JPY; EU 100,000.00 EUR"] + [None] * 2
    assert [row[10] for row in rows] == ["JP request cut to 25,000,000", None, None, "switched on", None, None]
    assert [row[6:8] + row[9:13] for row in rows_of(book["Budgets"], 5)] == [
        [115_000_000, -5_000_000, 4, 4, names[3], "first"],
        [1_000_000, -100_000, 4, 4, names[3], "first"],
    ]
    assert book["Changes"]["A3"].value == "3 changes · 2 without a reason"
    assert [[row[0], *row[2:]] for row in rows_of(book["Changes"], 5)[:4]] == [
        ["JP", "budget now 110,000,000", None, "a reason is missing"],
        [names[0], "JP request cut to 25,000,000", None, "a reason is missing"],
        [names[3], "switched on", "the chair's word", None],
        [None, None, None, None],
    ]


def test_five_sides_of_other_units_are_the_integers_of_the_selection(tmp_path: Path) -> None:
    write_folder(tmp_path / "call", example_call(sides=5, proposals=60, experts=100, seed=3))
    record = record_of(run(load_call(tmp_path / "call")))
    plan, selection = record.walk.inputs.call.plan.plan, record.walk.selection
    assert selection is not None
    content = workbook_of(record)
    funded = {one.proposal: one for one in selection.result.funded}
    names = listed(record)
    switch = next(name for name in names if name not in funded)
    rows = rows_of(recomputed(content, tmp_path / "as-computed")["List"], 5)
    for row in rows:
        if row[1] in funded:
            expected = [Decimal(amount_text(funded[row[1]].remaining[side.id], side.unit)) for side in plan.side]
            assert [Decimal(f"{value:.15g}") for value in row[19:24]] == expected
    rows = rows_of(
        recomputed(edited(content, {f"List!D{5 + names.index(switch)}": 1}), tmp_path / "switched")["List"], 5
    )
    asked = next(one for one in record.walk.inputs.call.proposals if one.id == switch)
    expected = [
        Decimal(amount_text(selection.result.remaining[side.id] - asked.requested(side), side.unit))
        for side in plan.side
    ]
    assert [Decimal(f"{value:.15g}") for value in rows[-1][19:24]] == expected


def test_japanese(record: Record, tmp_path: Path) -> None:
    book = recomputed(edited(workbook_of(record, language="ja"), {"順位表!D8": 1}), tmp_path)
    assert [sheet.title for sheet in book] == ["順位表", "予算", "変更", "理由", "説明", "計算結果"]
    head, *rows = rows_of(book["順位表"])
    assert head[:5] == ["順位", "提案書", "課題名", "採択", "計算結果"]
    assert [row[4] for row in rows] == ["採択候補"] * 3 + ["補欠 1", "補欠 2", "基準点未満"]
    assert rows[3][10] == "採択に変更"
    assert rows[3][12] == "予算超過：JP 20,000,000 JPY; EU 100,000.00 EUR"
    reasons = [row[4] for row in rows_of(book["理由"], 5)]
    assert reasons[3] == "JP：20,000,000円不足；EU：EUR 100,000.00不足"
    assert reasons[5].startswith("基準点未満：excellence 1.50（基準2、0.50不足）")
    with pytest.raises(InvalidInput, match="language"):
        workbook_of(record, language="fr")


NAMES_OF_THE_PLAN = re.compile(
    r"excellence|impact|request\.max_per_proposal|duration_months|countries|small"  # its keys
    r"|accord (run|adjust)|RECORD|meeting\.xlsx|--\w+|XLSX|selection\.adjustments|SHA-256|[0-9a-f]{16,}"
)


def test_the_japanese_workbook_says_nothing_in_english(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][4]["duration_months"] = 99
    rows["proposals"][5]["partners"][0]["requested"] = "70000000"
    rows["proposals"][0]["partners"][1]["country"] = "CH"
    for row in rows["proposals"]:
        row["title"] = "課題"
        for partner in row["partners"]:
            partner["organisation"] = "機関"
    plan = re.sub(r'\{ en = "[^"]*"[^}]*\}', '{ en = "of the plan", ja = "計画の語" }', plan_allowing())
    record = small_record(tmp_path / "call", plan=plan, rows=rows)
    failed = [rule for verdict in record.walk.eligibility.result.verdicts for rule in verdict.failed]
    assert {one.rule for one in failed} >= {"duration_months", "request.max_per_proposal", "countries"}
    book = opened(workbook_of(record, language="ja"))
    texts = [sheet.oddFooter.left.text or "" for sheet in book] + [sheet.title for sheet in book]
    for sheet in book:
        texts += [one.error for one in sheet.data_validations.dataValidation if one.error]
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, str):  # of a formula, what it says
                    texts += re.findall(r'"([^"]*)"', value) if cell.data_type == "f" else [value]
    assert len(texts) > 200
    english = {text for text in texts if re.search("[A-Za-z]{4}", NAMES_OF_THE_PLAN.sub("", text))}
    assert english == {"accord meeting workbook 1"}  # the format, which a program reads


def test_hostile_titles_stay_texts(tmp_path: Path) -> None:
    rows = tables()
    for row, title in zip(rows["proposals"], HOSTILE, strict=False):
        row["title"] = title
    plan = plan_allowing().replace("One Side", HOSTILE[6]).replace('"The other Side"', '"=1+1"')
    plan = plan.replace("\x07", "")
    record = small_record(tmp_path / "call", plan=plan, rows=rows)
    book = opened(workbook_of(record))
    titles = {row[1].value: row[2] for row in book["List"].iter_rows(min_row=5)}
    assert {name: cell.data_type for name, cell in titles.items()} == dict.fromkeys(titles, "s")
    assert [titles[f"P{number}"].value for number in range(1, 5)] == HOSTILE[:4]
    assert all(titles[f"P{number}"].quotePrefix for number in range(1, 6))
    assert book["Budgets"]["B6"].data_type == "s"
    assert book["Budgets"]["B6"].value == "=1+1"
    seen = recomputed(workbook_of(record), tmp_path / "out")
    shown = {row[1]: row[2] for row in rows_of(seen["List"], 5)}
    assert [shown[f"P{number}"] for number in range(1, 5)] == HOSTILE[:4]


def test_only_inputs_are_open_and_nothing_runs(record: Record) -> None:
    content = workbook_of(record)
    book = opened(content)
    open_cells = {
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    expected = {f"List!{column}{row}" for column in "DLOP" for row in range(5, 10)}
    assert open_cells == expected | {"List!L10"} | {f"Budgets!{column}{row}" for column in "EF" for row in (5, 6)}
    assert all(sheet.protection.sheet and sheet.protection.password is None for sheet in book)
    assert book.security.lockStructure
    assert book["List"].freeze_panes == "E5"
    assert (book["List"].page_setup.orientation, book["List"].print_title_rows) == ("landscape", "$4:$4")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [
            name for name in archive.namelist() if re.search("vba|macro|external|connection", name, re.IGNORECASE)
        ]


def test_what_the_plan_does_not_allow_is_locked(tmp_path: Path) -> None:
    book = opened(workbook_of(small_record(tmp_path / "call", plan=PLAN)))
    assert [book["List"]["O5"].protection.locked, book["Budgets"]["E5"].protection.locked] == [True, True]
    assert not book["List"]["D5"].protection.locked


def test_the_same_record_gives_the_same_bytes(record: Record) -> None:
    assert workbook_of(record) == workbook_of(record)


def test_the_colours_are_the_reports() -> None:
    css = (ROOT / "src/accord/report/templates/report.css.jinja").read_text(encoding="utf-8").split("}")[0]
    tokens = {name: value.upper() for name, value in re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6})", css)}
    assert tuple(tokens[f"side-{number}"] for number in range(1, 6)) == look.SIDES
    names = {"ink": look.INK, "quiet": look.QUIET, "line": look.LINE, "wash": look.WASH, "stop": look.STOP, "warn": look.WARN, "good": look.GOOD}  # fmt: skip
    assert {name: tokens[name] for name in names} == names


def test_a_record_without_a_selection_has_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no selection yet"):
        workbook_of(small_record(tmp_path / "call", reviews=None))


def test_amounts_that_a_spreadsheet_would_round_are_refused(tmp_path: Path) -> None:
    plan = plan_allowing().replace('budget = "100000000"', 'budget = "1000000000000000"')
    with pytest.raises(InvalidInput, match="JP: an amount"):
        workbook_of(small_record(tmp_path / "call", plan=plan))


def test_forty_sides(tmp_path: Path) -> None:
    write_folder(tmp_path / "call", example_call(sides=40, proposals=60, experts=100, seed=1))
    record = record_of(run(load_call(tmp_path / "call")))
    content = workbook_of(record)
    formulas = [c.value for s in opened(content) for r in s.iter_rows() for c in r if c.data_type == "f"]
    assert max(map(len, formulas)) < 8192
    selection = record.walk.selection
    assert selection is not None
    meeting = read_meeting(content, "m.xlsx", record)
    assert {name for name, on in meeting.funded.items() if on} == {one.proposal for one in selection.result.funded}
    budgets = recomputed(content, tmp_path / "out")["Budgets"]
    sides = record.walk.inputs.call.plan.plan.side
    assert {row[0]: Decimal(f"{row[7]:.15g}") for row in rows_of(budgets, 5)} == {
        side.id: Decimal(amount_text(selection.result.remaining[side.id], side.unit)) for side in sides
    }


def test_a_thousand_proposals(tmp_path: Path) -> None:
    rows = tables()
    first = rows["proposals"][0]
    rows["proposals"] = [{**first, "id": f"P{number}", "title": f"課題 {number}"} for number in range(1, 1001)]
    reviews = REVIEWS.splitlines()[0] + "".join(
        f"\nP{number},E{expert},{criterion},4" for number in range(1, 1001) for expert in (1, 2) for criterion in ("excellence", "impact")
    )  # fmt: skip
    small = run(load_call(write_call(tmp_path / "small")))
    inputs = Inputs(load_call(write_call(tmp_path / "call", plan=plan_allowing(), rows=rows, reviews=reviews)))
    eligibility, conflicts = eligibility_step(inputs), conflicts_step(inputs)
    ranking = ranking_step(inputs, eligibility, conflicts)
    listing = list_step(inputs, ranking)
    walk = Walk(
        inputs=inputs, eligibility=eligibility, conflicts=conflicts, affinity=small.affinity, assignment=small.assignment,
        ranking=ranking, list=listing, selection=selection_step(inputs, ranking, listing),
    )  # fmt: skip
    record = record_of(walk)
    content = workbook_of(record)
    assert opened(content)["List"].max_row == 1004
    assert len(read_meeting(content, "m.xlsx", record).funded) == 1000


def test_the_meeting_reads_what_was_written(record: Record) -> None:
    meeting = read_meeting(workbook_of(record), "m.xlsx", record)
    names = listed(record)
    assert meeting.funded == {name: place <= 3 for place, name in enumerate(names, 1)}
    assert meeting.requests == {
        (name, side): amount for name in names for side, amount in (("JP", 30_000_000), ("EU", 25_000_000))
    }
    assert meeting.budgets == {"JP": 100_000_000, "EU": 90_000_000}
    assert set(meeting.reasons.values()) == {""}
    assert read_meeting(workbook_of(record, language="ja"), "m.xlsx", record) != meeting  # its cells have other names


def test_every_cell_that_cannot_be_taken_is_told(record: Record) -> None:
    changes = {
        "List!D5": None,
        "List!D6": "yes",
        "List!O5": "a lot",
        "List!P6": 0.001,
        "Budgets!E5": -1,
        "Budgets!E6": True,
    }
    assert problems(edited(workbook_of(record), changes), record) == [
        "m.xlsx: Budgets!E5: found -1; write an amount of JPY, 0 or more, with no decimals",
        "m.xlsx: Budgets!E6: found 'True'; write an amount in EUR as a number",
        "m.xlsx: List!D5: found an empty cell; write 1 (funded) or 0 (not)",
        "m.xlsx: List!O5: found 'a lot'; write an amount in JPY as a number",
        "m.xlsx: List!D6: found 'yes'; write 1 (funded) or 0 (not)",
        "m.xlsx: List!P6: found 0.001; write an amount of EUR, 0 or more, with at most 2 decimals",
    ]


def test_another_record_is_refused(record: Record, tmp_path: Path) -> None:
    other = small_record(tmp_path / "call", plan=plan_allowing('"budget-raise"'))
    assert problems(workbook_of(other), record) == [
        f"m.xlsx: About!B8: it is of the record '{other.root[:40]}…'; this record is {record.root}"
    ]


def test_rows_and_columns_stay_where_they_were(record: Record) -> None:
    names = listed(record)
    content = workbook_of(record)
    assert problems(edited(content, {"List!O4": "EU request (EUR)"}), record) == [
        "m.xlsx: List!O4: found 'EU request (EUR)'; leave the columns as they were: here stood 'JP request (JPY)'"
    ]
    assert problems(edited(content, {"List!B5": "P9", "List!B6": names[2]}), record) == [
        "m.xlsx: List!B5: found 'P9'; leave the rows as they were",
        f"m.xlsx: List!B7: {names[2]} is there twice, also in row 6; leave one row",
    ]


def test_what_is_no_workbook_or_a_bomb_is_refused(record: Record) -> None:
    assert problems(b"no zip", record) == [
        "m.xlsx: it is no readable workbook (BadZipFile); save it as XLSX, without a password"
    ]
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 * 1024 * 1024))
    assert "would unpack to" in problems(bomb.getvalue(), record)[0]
    other = opened(workbook_of(record))
    other["List"].title = "Sheet1"
    out = io.BytesIO()
    other.save(out)
    assert "its sheets are" in problems(out.getvalue(), record)[0]
