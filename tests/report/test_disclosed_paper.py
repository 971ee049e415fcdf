"""The report on paper for one reader: nothing that the plan's rules hold back is in the file or its properties."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_reading import everything, read_paper
from planted_tokens import LETTERS, SALT, Token, may_see, planted, rules, tokens
from pypdf import PdfReader
from test_disclosed_documents import NEEDED, SIDE_MATTERS, SIDES, in_report, page_tokens, record_under, whole

from accord.cli import commands
from accord.errors import InvalidInput
from accord.pipeline.bundle import record_files
from accord.pipeline.disclosure import outcomes
from accord.pipeline.disclosure_view import PUBLIC, Reader
from accord.pipeline.minutes import Minutes, read_minutes
from accord.pipeline.reading import Record, open_record
from accord.pipeline.walk import Walk
from accord.plan.practice import Disclosure
from accord.record.canonical import canonical
from accord.record.folder import write_folder
from accord.report import report_html
from accord.report.language import report_words
from accord.report.paper.report import report_pdf

BARE = [one for one in SIDE_MATTERS if one in NEEDED]


def text_of(content: bytes) -> str:
    return "\n".join(one.text for one in read_paper(content))


@cache
def full_paper(language: str) -> str:
    return text_of(report_pdf(whole(), language))


def planted_in(language: str) -> list[Token]:
    """The tokens that the report for all Sides has on paper."""
    full = full_paper(language)
    return [one for one in (*tokens(whole()), *page_tokens()) if one.text in full and not one.text.endswith("000")]


def hidden_in(content: bytes, allowed: set[str]) -> list[str]:
    """The planted names that stand anywhere in a file, streams and properties included, and may not."""
    told = everything(content).decode("utf-8", "replace")
    names = {one.text for one in tokens(whole()) if one.text.startswith("z")}
    return [name for name in sorted(names - allowed) if re.search(rf"{name}(?![0-9])", told)]


@pytest.mark.parametrize(
    ("side", "matters", "language"),
    [
        ("JP", BARE, "en"),
        ("EU", BARE, "ja"),
        ("JP", [*BARE, "reasons", "totals"], "ja"),
        ("EU", [*BARE, "scores", "totals", "assignment", "lottery"], "en"),
        ("JP", [one for one in SIDE_MATTERS if one != "conflicts"], "en"),
        ("EU", list(SIDE_MATTERS), "en"),
    ],
)
def test_a_side_reads_what_the_rules_let_out(side: str, matters: list[str], language: str) -> None:
    walk = record_under(rules(side=matters)).walk
    content = report_pdf(walk, language, reader=SIDES[side])
    shown, every = text_of(content), planted_in(language)
    assert len({one.text for one in every}) > 40
    allowed = {one.text for one in every if in_report(one, side, set(matters))}
    assert {one.text for one in every if one.text in shown} == allowed
    known = {one.text for one in tokens(whole()) if in_report(one, side, set(matters))}
    assert hidden_in(content, known) == []
    assert whole().inputs.call.salt_key.hex() not in everything(content).decode("utf-8", "replace")  # type: ignore[union-attr]
    say = report_words(language)
    assert say("page.for-reader", reader=side) in shown
    withheld = [one for one in SIDE_MATTERS if one not in matters]
    assert [one for one in withheld if say(f"matter.{one}") not in shown] == []
    assert [step.digest for step in walk.steps() if step.digest in shown] == []
    assert (say("rules.heading") in shown) is ("totals" in matters)


@pytest.mark.parametrize("proposal", ["P1", "P4", "P5", "P6", "P7"])
@pytest.mark.parametrize("matters", [(), ("totals", "ranks", "list", "reasons")])
def test_applicants_read_of_their_proposal_alone(proposal: str, matters: tuple[str, ...]) -> None:
    walk = record_under(rules(applicants=sorted(matters))).walk
    reader = Reader("applicants", proposal=proposal)
    content = report_pdf(walk, reader=reader)
    shown = text_of(content)
    outcome = outcomes(walk)[proposal]
    held = LETTERS[outcome] if outcome != "ineligible" else ()
    told = {*(matters if outcome != "ineligible" else ()), *held, *(["totals"] if "scores" in held else [])}
    allowed = {one.text for one in tokens(whole()) if may_see(one, proposal, told)}
    assert hidden_in(content, allowed) == []
    assert f"ztit{proposal} study" in shown
    assert f"zabs{proposal}" in shown
    assert (f"zpane{proposal}" in shown) is ("comments" in held)
    assert [name for name in (f"P{n}" for n in range(1, 8)) if re.search(rf"\b{name}\b", shown)] == [proposal]
    page = report_html(walk, reader=reader).decode()
    figures = [one.text for one in tokens(whole()) if {"scores", "totals"} & one.matters]
    assert [one for one in figures if one in shown] == [one for one in figures if f">{one}<" in page]
    assert "This page is no award" in shown


@pytest.mark.parametrize("publish", [("title",), PUBLIC])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_public_reads_what_is_published(publish: tuple[str, ...], language: str) -> None:
    walk = record_under(rules(publish=publish)).walk
    content = report_pdf(walk, language, reader=Reader("public"))
    shown = text_of(content)
    allowed = {one.text for one in tokens(whole()) if may_see(one, "public", set(publish))}
    assert hidden_in(content, allowed) == []
    assert re.search(r"\bP[1-7]\b", shown) is None
    assert {number for number in "1234567" if f"ztitP{number}" in shown} == set("123")
    assert (re.search(r"3,?000,?1717|30,001,717", shown) is not None) is ("amounts" in publish)
    assert ("zabsP1" in shown) is ("abstract" in publish)


def test_properties_say_what_and_for_whom_and_nothing_else() -> None:
    walk = record_under(rules(side=BARE)).walk
    title = walk.inputs.call.plan.plan.call.title["en"]
    for reader, told in (
        (Reader("sides"), f"Report · {title}"),
        (SIDES["JP"], f"Report for JP · {title}"),
        (Reader("public"), f"Results · {title}"),
        (Reader("applicants", proposal="P1"), f"Result of P1 · {title}"),
    ):
        properties = PdfReader(io.BytesIO(report_pdf(walk, reader=reader))).metadata
        assert properties is not None
        assert properties.title == told
        assert set(properties) == {"/Title", "/Subject", "/Creator", "/CreationDate", "/ModDate"}
        assert walk.inputs.call.plan.digest in str(properties.subject)


def test_a_hidden_value_changes_no_byte() -> None:
    walk = record_under(rules(side=BARE)).walk
    before = report_pdf(walk, reader=SIDES["JP"])
    call = walk.inputs.call
    reviews = tuple(one.model_copy(update={"comment": "x" * 300}) for one in call.reviews or ())
    experts = tuple(
        one if one.side == "JP" else one.model_copy(update={"name": "y" * 200, "max_load": 9}) for one in call.experts
    )
    proposals = tuple(one.model_copy(update={"abstract": "z" * 999}) for one in call.proposals)
    hidden = replace(call, reviews=reviews, experts=experts, proposals=proposals)
    assert report_pdf(replace(walk, inputs=replace(walk.inputs, call=hidden)), reader=SIDES["JP"]) == before


def test_what_cannot_be_told_without_what_is_held_back_is_refused() -> None:
    for matter in NEEDED:
        walk = record_under(rules(side=[one for one in SIDE_MATTERS if one != matter])).walk
        with pytest.raises(InvalidInput, match=f"the report needs {matter}"):
            report_pdf(walk, reader=SIDES["JP"])


# ---- under what a meeting changed ------------------------------------------------------------------------------------


def switched(walk: Walk, record: Record) -> Minutes:
    """The minutes of a meeting that left the last funded proposal off, and said why."""
    assert walk.selection is not None
    last = walk.selection.result.funded[-1].proposal
    act = {"kind": "order-change", "proposal": last, "from": 1, "to": 0, "reason": "zmeeting said so"}
    content = canonical(
        {
            "accord_adjustments": 1,
            "call": record.page.call,
            "plan": record.page.plan,
            "record": record.root,
            "adjustments": [act],
        }
    )
    return read_minutes(content + b"\n", "adjustments.json", record)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("record")
    plan = rules(applicants=["reasons"], publish=PUBLIC).replace(
        "reserve = 2", 'reserve = 2\nadjustments = ["order-change"]'
    )
    write_folder(folder / "record", record_files(planted(folder / "call", plan)))
    return open_record(folder / "record")


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_all_sides_read_every_change_and_others_that_there_was_one(record: Record, form: str) -> None:
    minutes = switched(record.walk, record)
    walk = record.walk
    assert walk.selection is not None
    last = walk.selection.result.funded[-1].proposal

    def told(reader: Reader) -> str:
        if form == "html":
            page = report_html(walk, reader=reader, minutes=minutes).decode()
            return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())
        content = report_pdf(walk, reader=reader, minutes=minutes)
        return " ".join((text_of(content) + everything(content).decode("utf-8", "replace")).split())

    whole_report = told(Reader("sides"))
    assert "zmeeting said so" in whole_report
    assert minutes.digest in whole_report
    assert "This report tells the selection under 1 change that the meeting agreed on" in whole_report
    assert "The meeting chose among the proposals itself" in whole_report
    assert "could be paid, and the meeting chose otherwise" in whole_report
    for reader in (SIDES["JP"], Reader("public"), Reader("applicants", proposal=last)):
        other = told(reader)
        assert "This is the result under what the Sides' meeting changed." in other
        assert "zmeeting" not in other
        assert minutes.digest not in other
    assert "On the reserve list" in told(Reader("applicants", proposal=last))
    assert f"ztit{last}" not in told(Reader("public"))


def test_the_rules_stand_beside_the_meetings_set_as_they_are(record: Record) -> None:
    """The plan's rule is told by what it gives, where the meeting chose another set."""
    page = report_html(record.walk, minutes=switched(record.walk, record)).decode()
    table = page[page.index('class="compact rules"') :]
    row = table[table.index('class="chosen"') :]
    assert re.findall(r'class="number">(\d+)<', row)[0] == "3"
    assert re.search(r'<a href="#funded"><b>2</b>', page)


def test_the_command_writes_either_form_for_every_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "record", record_files(planted(tmp_path / "call", rules())))
    for reader, name in (("JP", "report-JP"), ("public", "results"), ("applicants:P1", "report-P1")):
        done = CliRunner().invoke(
            commands, ["report", "record", "--pdf", "", "--html", "", "--for", reader], catch_exceptions=False
        )
        assert done.exit_code == 0
        assert done.output.count(f"what the plan lets {reader} read of the record ") == 2
        hidden = {"JP": "zinvEU1", "public": "zorgJP4", "applicants:P1": "ztitP2"}[reader]
        for suffix in ("html", "pdf"):
            content = (tmp_path / f"small-{name}.{suffix}").read_bytes()
            told = everything(content) if suffix == "pdf" else content
            assert hidden.encode() not in told
            assert SALT.encode() not in told
    assert "conflicts" not in Disclosure().side
