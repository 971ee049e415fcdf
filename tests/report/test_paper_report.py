"""The report on paper: every proposal with its figures and reason, the page's words, and charts with their texts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from page_reader import read_page
from paper_reading import Text, everything, read_paper

from accord.call.folder import load_call
from accord.cli.report import report as report_command
from accord.errors import InvalidInput
from accord.pipeline.reading import open_record
from accord.pipeline.walk import Walk, run
from accord.record.folder import FolderExists
from accord.report import report_html
from accord.report.charts import report_charts
from accord.report.language import report_words
from accord.report.paper.report import report_pdf
from accord.report.rows import lists
from accord.report.sides import side_views
from accord.writing import write
from calls import PLAN, tables, write_call
from conftest import ROOT

CALIBRATED = PLAN.replace('order_by = "mean"', 'order_by = "calibrated"')


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    rows = tables()
    rows["proposals"][5]["duration_months"] = 99
    return run(load_call(write_call(tmp_path_factory.mktemp("report") / "call", plan=CALIBRATED, rows=rows)))


@pytest.fixture(scope="module", params=["en", "ja"])
def paper(request: pytest.FixtureRequest, walk: Walk) -> tuple[str, list[Text]]:
    return request.param, read_paper(report_pdf(walk, request.param))


def test_every_proposal_has_its_section_with_scores_and_reason(walk: Walk, paper: tuple[str, list[Text]]) -> None:
    language, texts = paper
    say = report_words(language)
    every = lists(walk, side_views(walk, say), say)
    heads = [one.text for one in texts if one.role == "H2" and re.match(r"P\d  ?", one.text)]
    on_list = [*every.funded, *every.reserve, *every.not_funded]
    order = [row.id for row in sorted(on_list, key=lambda row: row.list_place or 0)]
    assert [one[:2] for one in heads] == [*order, *(row.id for row in every.not_eligible)]
    shown = "\n".join(one.text for one in texts)
    for row in (*on_list, *every.not_eligible):
        assert row.title.text in shown
        assert row.total is None or row.total in shown
        for reason in row.reasons:
            assert reason.text in shown
        for money in row.money:
            assert not money.asked or money.requested in shown
    for side in side_views(walk, say):
        assert side.left is not None
        assert side.left in shown


def test_its_figures_are_those_of_the_page(walk: Walk, paper: tuple[str, list[Text]]) -> None:
    language, texts = paper
    page = read_page(report_html(walk, language)).text
    bare = "".join(page.split())
    cells = [one.bare for one in texts if one.role == "TD"]
    figures = [one for one in cells if re.fullmatch(r"[\d.,%]+円?|[A-Z]{3}[\d.,]+", one)]
    assert len(figures) > 60
    assert [one for one in figures if one not in bare] == []


def test_charts_have_their_texts(walk: Walk) -> None:
    for language in ("en", "ja"):
        content = report_pdf(walk, language)
        drawn = report_charts(walk, report_words(language))
        assert len(drawn) > 3
        told = everything(content).decode("utf-8", errors="replace")
        for chart in drawn.values():
            assert chart.title in told
            assert chart.description in told


def test_the_japanese_report_says_nothing_in_english(walk: Walk) -> None:
    english = {text for text in report_words("en").messages.values() if "{" not in text and len(text) > 24}
    shown = "\n".join(one.text for one in read_paper(report_pdf(walk, "ja")))
    assert [text for text in english if text in shown] == []


def test_before_reviews_it_tells_who_is_eligible(tmp_path: Path) -> None:
    early = run(load_call(write_call(tmp_path, reviews=None)))
    for language in ("en", "ja"):
        texts = [one.text for one in read_paper(report_pdf(early, language))]
        say = report_words(language)
        assert say("list.eligible-lead") in texts
        assert say("list.heading") not in texts
        assert say("proposal.assigned") in texts


def test_made_up_scores_and_a_provisional_order_stand_out(tmp_path: Path) -> None:
    made_up = run(load_call(write_call(tmp_path, reviews=None)), simulate_reviews=5)
    texts = [one.text for one in read_paper(report_pdf(made_up))]
    say = report_words("en")
    assert f"{say('page.simulated')} {say('page.simulated-how', seed=5)}" in texts
    with pytest.raises(InvalidInput, match="language"):
        report_pdf(made_up, "de")


def test_the_same_record_gives_the_same_bytes_in_another_process(walk: Walk, tmp_path: Path) -> None:
    write(walk, tmp_path / "record")
    code = (
        "import sys; from accord.pipeline.reading import open_record\n"
        "from accord.report.paper.report import report_pdf\n"
        "sys.stdout.buffer.write(report_pdf(open_record(sys.argv[1]).walk, 'ja'))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "record"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    ).stdout
    assert printed == report_pdf(walk, "ja")


def accord_report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(report_command, [str(one) for one in arguments])


def test_the_command_writes_both_and_replaces_nothing(walk: Walk, tmp_path: Path) -> None:
    record = tmp_path / "record"
    write(walk, record)
    page, paper = tmp_path / "a.html", tmp_path / "a.pdf"
    done = accord_report(record, "--html", page, "--pdf", paper, "--language", "ja")
    root = open_record(record).root[:16]
    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [f"{one}: the report of the record {root}…" for one in (page, paper)],
    )
    assert page.read_bytes() == report_html(walk, "ja")
    assert paper.read_bytes() == report_pdf(walk, "ja")
    assert isinstance(accord_report(record, "--pdf", paper).exception, FolderExists)
    assert accord_report(record, "--pdf", paper, "--overwrite").exit_code == 0
    assert paper.read_bytes() == report_pdf(walk)
    assert accord_report(record).exit_code == 2
    for wrong in (record / "x.pdf", tmp_path / "x.txt"):
        assert isinstance(accord_report(record, "--pdf", wrong).exception, InvalidInput)
