"""Columns of figures are wide enough for what stands in them: no amount and no word of a head is broken."""

from __future__ import annotations

import io

import noto_cjk_sans_jp_regular
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from accord.call.folder import load_call
from accord.pipeline.walk import run
from accord.report.language import report_words
from accord.report.paper.measure import CELL, HEAD, INSET, ems, width_of
from accord.report.paper.report import report_pdf
from accord.report.plan_document.blocks import Line, Run
from calls import PLAN, write_call


def line(text: str) -> Line:
    return (Run(text, "en"),)


def test_a_column_holds_its_longest_line_and_the_longest_word_of_its_head() -> None:
    cells = ["JPY 700,000,000", "EUR 1,250,000.00\nleft EUR 12,750,000.00", "–"]
    assert width_of(line("x"), map(line, cells)) >= ems("left EUR 12,750,000.00") * CELL + INSET
    assert width_of(line("Expected rank"), [line("1")]) >= ems("Expected") * HEAD + INSET
    assert width_of(line("Expected rank"), [line("1")]) < ems("Expected rank") * HEAD + INSET
    assert width_of(line("平均合計点（15点満点）"), [line("1")]) >= len("（15点満点）") * 0.8 * HEAD
    assert width_of(line(""), []) == INSET


@pytest.mark.parametrize("text", ["0123456789", "EUR 999,999,999.99", "JPY", "700,000,000円", "残額 12,750,000.00"])
def test_a_text_takes_no_less_than_the_font_says(text: str) -> None:
    font = TTFont(noto_cjk_sans_jp_regular.FONT_PATH)
    signs, widths = font.getBestCmap(), font["hmtx"]
    real = sum(widths[signs[ord(sign)]][0] for sign in text) / font["head"].unitsPerEm
    assert real <= ems(text) < real * 1.2 + 0.3


@pytest.mark.parametrize("language", ["en", "ja"])
def test_amounts_stand_on_one_line(tmp_path_factory: pytest.TempPathFactory, language: str) -> None:
    plan = PLAN.replace('budget = "100000000"', 'budget = "999999999999"')
    walk = run(load_call(write_call(tmp_path_factory.mktemp("measure") / "call", plan=plan)))
    content = report_pdf(walk, language)
    lines = [
        "".join(line.split())
        for page in PdfReader(io.BytesIO(content)).pages
        for line in (page.extract_text(extraction_mode="layout") or "").splitlines()
    ]
    say = report_words(language)
    assert any("".join(say.amount(999_999_999_999, "JPY").split()) in one for one in lines)
    assert any("".join(say.amount(900_000_00, "EUR").split()) in one for one in lines)
