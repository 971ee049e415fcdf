"""Reduced versions, limits that no set meets and top-ups: told in every document, and counted by what is paid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from meeting_books import ALL, edited, opened, plan_allowing, recomputed, record_of, rows_of
from page_reader import read_page
from paper_reading import read_paper

from accord.call.folder import load_call
from accord.cli import commands
from accord.errors import UnusableFolder
from accord.pipeline.adjustments import adjusted
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.minutes import read_minutes
from accord.pipeline.reading import Record
from accord.pipeline.walk import run
from accord.report import report_html
from accord.report.letters import letters
from accord.report.paper.report import report_pdf
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting
from accord.writing import write
from calls import REVIEWS, write_call

RATES = '\n[exchange]\nreference = "EUR"\nas_of = 2026-01-05\nsource = "x"\nrates = { JPY = "160" }\n'
CUT = (
    ('"list-with-skips"', '"max-merit"'),
    ("reserve = 2\n", 'reserve = 2\nreduced = { max_cut = "0.5", penalty = 0.25 }\n'),
)
DROP = (
    ("reserve = 2\n", "reserve = 2\nreduced = { drop_partner = true, penalty = 0 }\n"),
    ("partners = { min = 1, min_countries = 1 }", "partners = { min = 0 }"),
    ("partners = { min = 2, max = 4 }", "partners = { min = 1, max = 4 }"),
    ('budget = "900000.00"', 'budget = "500000.00"'),
)
UNMET = (('id = "matter"\n', 'id = "matter"\nmin_funded = 3\n'),)
TOP_UP = (
    (
        "reserve = 2\n",
        'reserve = 2\ntop_up = [{ side = "JP", max = "30000000" }, { side = "EU", max = "120000.00" }]\n',
    ),
)
NO_TOP_UP = (("reserve = 2\n", 'reserve = 2\ntop_up = [{ side = "JP", max = "1" }]\n'),)


def made(folder: Path, *changes: tuple[str, str], reviews: str = REVIEWS) -> Record:
    """The record of the small call under a changed plan that lets the meeting change everything."""
    plan = plan_allowing(ALL)
    for old, new in changes:
        assert old in plan
        plan = plan.replace(old, new, 1)
    return record_of(run(load_call(write_call(folder / "call", plan=plan + RATES, reviews=reviews))))


def paper(content: bytes) -> str:
    """The text of a PDF file, with one space between words."""
    return " ".join(" ".join(one.text for one in read_paper(content)).split())


def row_of(sheet: Any, proposal: str) -> int:
    return next(row for row in range(5, 12) if sheet.cell(row, 2).value == proposal)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Of five proposals that are funded, four with their requests cut by half."""
    return made(tmp_path_factory.mktemp("cut"), *CUT)


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Three are funded, the last of them without its partner in Europe."""
    return made(tmp_path_factory.mktemp("drop"), *DROP)


def reduced_and_whole(record: Record) -> tuple[list[str], str]:
    assert record.walk.selection is not None
    funded = record.walk.selection.result.funded
    reduced = [one.proposal for one in funded if one.reduced is not None]
    (whole,) = [one.proposal for one in funded if one.reduced is None]
    assert len(reduced) == 4
    return reduced, whole


def test_a_row_counts_what_is_paid_and_says_of_what(cut: Record) -> None:
    reduced, whole = reduced_and_whole(cut)
    page = read_page(report_html(cut.walk))
    for name in reduced:
        told = "in a reduced version: its requests are cut JP JPY 15,000,000 of the JPY 30,000,000 requested"
        told += " EU EUR 125,000.00 of the EUR 250,000.00 requested"
        row = page.by_id(f"p-{name}").text
        assert told in row
        assert " JPY 15,000,000 left " in row
        assert told in page.by_id(f"proposal-{name}").text
    assert "reduced" not in page.by_id(f"p-{whole}").text
    assert "JPY 30,000,000 left " in page.by_id(f"p-{whole}").text
    assert "All funded JPY 90,000,000 of JPY 100,000,000 EUR 750,000.00 of" in page.by_id("funded").text
    japanese = read_page(report_html(cut.walk, "ja")).by_id(f"p-{reduced[0]}").text
    assert "縮小した内容による（申請額を減額） JP 15,000,000円（申請額30,000,000円）" in japanese


def test_paper_and_letters_say_it_too(cut: Record) -> None:
    reduced, _ = reduced_and_whole(cut)
    told = paper(report_pdf(cut.walk))
    assert told.count("in a reduced version: its requests are cut") == 2 * len(reduced)
    assert told.count("JP JPY 15,000,000 of the JPY 30,000,000 requested") == 2 * len(reduced)
    written = letters(cut, language="en").files
    for name, content in written.items():
        letter = paper(content)
        assert ("in a reduced version: its requests are cut" in letter) is (name.removesuffix(".pdf") in reduced)
        if name.removesuffix(".pdf") in reduced:
            assert "JPY 30,000,000 JPY 15,000,000" in letter
    assert "縮小した内容で採択候補としました" in paper(letters(cut, language="ja").files[f"{reduced[0]}.pdf"])


def test_a_dropped_partner_is_named(drop: Record) -> None:
    assert drop.walk.selection is not None
    *_, last = drop.walk.selection.result.funded
    name = f"Institut {last.proposal[1:]} Jena"
    told = f"in a reduced version: without {name} EU EUR 0.00 of the EUR 250,000.00 requested"
    assert told in read_page(report_html(drop.walk)).by_id(f"p-{last.proposal}").text
    assert f"in a reduced version: without {name}" in paper(report_pdf(drop.walk))
    assert f"in a reduced version: without {name}" in paper(letters(drop, language="en").files[f"{last.proposal}.pdf"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_spreadsheet_counts_what_is_paid(cut: Record, tmp_path: Path, language: str) -> None:
    assert cut.walk.selection is not None
    chosen = cut.walk.selection.result
    book = recomputed(workbook_of(cut, language=language), tmp_path)
    sheet, budgets = book.worksheets[0], book.worksheets[1]
    for one in chosen.funded:
        row = row_of(sheet, one.proposal)
        assert [sheet.cell(row, column).value for column in (15, 16)] == [
            one.requested["JP"],
            one.requested["EU"] / 100,
        ]
        assert sheet.cell(row, 5).value == {
            ("en", True): "funded", ("en", False): "funded, reduced",
            ("ja", True): "採択候補", ("ja", False): "採択候補（縮小）",
        }[language, one.reduced is None]  # fmt: skip
        assert [sheet.cell(row, column).value for column in (17, 18)] == [
            one.remaining["JP"],
            one.remaining["EU"] / 100,
        ]
        assert sheet.cell(row, 11).value in {None, ""}
        assert sheet.cell(row, 13).value in {None, ""}
    assert [row[7] for row in rows_of(budgets, 5)[:2]] == [chosen.remaining["JP"], chosen.remaining["EU"] / 100]
    reasons = {row[1]: row[4] for row in rows_of(book.worksheets[3], 5)}
    reduced, whole = reduced_and_whole(cut)
    if language == "en":
        assert reasons[reduced[0]] == (
            "every Side that it asks can pay it; in a reduced version: its requests are cut;"
            " JP: JPY 15,000,000 of the JPY 30,000,000 requested; EU: EUR 125,000.00 of the EUR 250,000.00 requested"
        )
        assert reasons[whole] == "every Side that it asks can pay it"


@pytest.mark.parametrize("name", ["cut", "drop"])
def test_a_workbook_that_nobody_changed_changes_nothing(name: str, request: pytest.FixtureRequest) -> None:
    record: Record = request.getfixturevalue(name)
    assert record.walk.selection is not None
    found = adjusted(record, read_meeting(workbook_of(record), "m.xlsx", record))
    assert (found.acts, found.warnings) == ((), ())
    assert found.selection.result == record.walk.selection.result


def test_a_switched_set_counts_reduced_versions_by_what_they_take(cut: Record, tmp_path: Path) -> None:
    assert cut.walk.selection is not None
    before = cut.walk.selection.result
    reduced, _ = reduced_and_whole(cut)
    content = workbook_of(cut)
    sheet = opened(content)["List"]
    row = row_of(sheet, reduced[-1])
    content = edited(content, {f"List!D{row}": 0, f"List!L{row}": "not this one"})
    found = adjusted(cut, read_meeting(content, "m.xlsx", cut))
    assert [(act.kind, act.proposal, act.after) for act in found.acts] == [("order-change", reduced[-1], 0)]
    assert found.funded == tuple(
        one.model_copy(update={"remaining": now.remaining})
        for one, now in zip((one for one in before.funded if one.proposal != reduced[-1]), found.funded, strict=True)
    )
    assert found.remaining == {
        "JP": before.remaining["JP"] + 15_000_000,
        "EU": before.remaining["EU"] + 12_500_000,
    }
    left = recomputed(content, tmp_path)["Budgets"]
    assert [left.cell(5, 8).value, left.cell(6, 8).value] == [found.remaining["JP"], found.remaining["EU"] / 100]
    worth = {one.proposal: one.mean_total or 0 for one in cut.walk.ranking.result.assessments}  # type: ignore[union-attr]
    assert found.selection.result.value == before.value - (worth[reduced[-1]] - 5_000_000 - 250_000)
    assert read_minutes(found.content, "adjustments.json", cut).adjusted.selection.result == found.selection.result


def test_what_a_reduced_version_takes_is_not_raised_by_hand(cut: Record) -> None:
    reduced, _ = reduced_and_whole(cut)
    content = workbook_of(cut)
    row = row_of(opened(content)["List"], reduced[0])
    with pytest.raises(UnusableFolder) as raised:
        read_meeting(edited(content, {f"List!O{row}": 20_000_000}), "m.xlsx", cut)
    assert [str(one) for one in raised.value.problems] == [
        f"m.xlsx: List!O{row}: found 20000000; write 15000000 or less: {reduced[0]} is funded in a reduced version,"
        " and whether whole the plan's rule tells"
    ]
    less = read_meeting(edited(content, {f"List!O{row}": 14_000_000}), "m.xlsx", cut)
    assert less.requests[reduced[0], "JP"] == 14_000_000
    assert less.requests[reduced[0], "EU"] == 25_000_000


def test_limits_that_no_set_meets_stand_out_everywhere(tmp_path: Path) -> None:
    record = made(tmp_path, *UNMET, reviews=REVIEWS.replace("P5,E5,impact,4\n", "P5,E5,impact,3.5\n"))  # no tie
    limits = "topic matter: at least 3 are asked for, fewer can be paid"
    told = f"Provisional. No set meets the plan's limits; the selection is made without them: {limits}."
    assert told in read_page(report_html(record.walk)).text
    assert told in paper(report_pdf(record.walk))
    assert opened(workbook_of(record))["List"]["A2"].value == told
    japanese = "暫定。計画の制限をすべて満たす組はなく、それらを除いて選定した：課題領域matter：3件以上を求めるが"
    assert japanese in read_page(report_html(record.walk, "ja")).text
    assert opened(workbook_of(record, language="ja")).worksheets[0]["A2"].value.startswith(japanese)
    assert "抽選" not in opened(workbook_of(record, language="ja")).worksheets[0]["A2"].value


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_top_up_would_bring_is_told(tmp_path: Path, language: str) -> None:
    told = {
        "en": "If Sides added what the plan says they may, P2 would be funded besides, and none would leave. It would take"
        " JPY 20,000,000 more of JP, EUR 100,000.00 more of EU, subject to appropriations.",
        "ja": "さらにP2が採択候補となり、外れるものはない。必要な追加額はJPが20,000,000円、EUがEUR 100,000.00",
    }[language]
    record = made(tmp_path, *TOP_UP)
    assert told in read_page(report_html(record.walk, language)).by_id("budgets").text
    assert told.replace(" ", "") in paper(report_pdf(record.walk, language)).replace(" ", "")
    assert told in opened(workbook_of(record, language=language)).worksheets[1]["A3"].value


def test_a_top_up_that_brings_nothing_says_so(tmp_path: Path) -> None:
    page = read_page(report_html(made(tmp_path, *NO_TOP_UP).walk)).by_id("budgets").text
    assert "If Sides added what the plan says they may, no other proposal would be funded." in page
    assert re.search(r"would take", page) is None


def test_the_command_says_which_versions_are_reduced(cut: Record, tmp_path: Path) -> None:
    write(cut.walk, tmp_path / "record")
    (tmp_path / "m.xlsx").write_bytes(workbook_of(cut))
    arguments = ["adjust", str(tmp_path / "record"), "--from", str(tmp_path / "m.xlsx")]
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    reduced, whole = reduced_and_whole(cut)
    lines = {line.split()[1]: line for line in done.output.splitlines() if re.match(r"\s+\d+ +P\d ", line)}
    assert {name for name, line in lines.items() if " reduced " in line} == set(reduced)
    assert whole in lines


def test_a_reader_is_told_of_a_reduced_version_what_the_plan_lets_out(tmp_path: Path) -> None:
    plan = plan_allowing(ALL)
    for old, new in CUT:
        plan = plan.replace(old, new, 1)
    rules = '\n[results]\npublish = ["title", "amounts"]\n\n[disclosure]\nside = ["list"]\n'
    reviews = REVIEWS.replace("P5,E5,impact,4\n", "P5,E5,impact,3.5\n")  # no tie that the lottery would have to break
    call = write_call(tmp_path / "call", plan=plan + RATES + rules, reviews=reviews)
    (call / "salt.key").write_text("5a" * 16 + "c3" * 16, encoding="ascii")
    record = record_of(run(load_call(call)))
    book = opened(workbook_of(record, reader=Reader("side", side="JP")))
    reasons = [one.value for one in book["Reasons"]["E"] if one.value and "reduced" in one.value]
    ours = "in a reduced version; JP: JPY 15,000,000 of the JPY 30,000,000 requested"
    assert reasons == [f"every Side that it asks can pay it; {ours}"] * 4
    assert "125,000" not in str([list(sheet.values) for sheet in book])
    public = read_page(report_html(record.walk, reader=Reader("public"))).by_id("results").text
    assert public.count("in a reduced version JP JPY 15,000,000 of the JPY 30,000,000 requested EU EUR 125,000.00") == 4
    assert "its requests are cut" not in public
    own = report_html(record.walk, reader=Reader("applicants", proposal=reduced_and_whole(record)[0][0])).decode()
    assert "in a reduced version" in own
    assert "JPY 15,000,000 of the JPY 30,000,000 requested" in own
