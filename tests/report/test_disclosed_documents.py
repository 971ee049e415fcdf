"""The bytes of every document for one reader: exactly the tokens that the plan's rules let out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting_books import opened, recomputed, record_of, rows_of
from page_reader import Element
from planted_tokens import FUNDED, LETTERS, SALT, Token, may_see, planted, rules, tokens
from report_checks import check_page

from accord.call.folder import Call
from accord.cli import commands
from accord.errors import InvalidInput, UnusableFolder
from accord.pipeline.bundle import record_files
from accord.pipeline.disclosure import disclosed, outcomes
from accord.pipeline.disclosure_status import disclosed_status
from accord.pipeline.disclosure_view import PUBLIC, Reader
from accord.pipeline.reading import Record
from accord.pipeline.status import status
from accord.pipeline.walk import Walk, run
from accord.plan.load import parse_plan
from accord.plan.practice import ApplicantMatter, Disclosure, SideMatter
from accord.record.folder import write_folder
from accord.report.language import report_words
from accord.report.page import report_html
from accord.report.status import status_html
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting

SIDE_MATTERS = get_args(SideMatter)
SIDES = {"JP": Reader("side", side="JP"), "EU": Reader("side", side="EU")}
FAILED = {"zorgEU6", "600063.39"}  # what stands in the words of a rule that P6 fails
MINOR = {"JP": 1, "EU": 100}


@cache
def whole() -> Walk:
    with TemporaryDirectory() as folder:
        return planted(Path(folder) / "call", rules())


def record_under(plan: str, walk: Walk | None = None) -> Record:
    """The record of the call under other rules of disclosure."""
    walk = whole() if walk is None else walk
    call = replace(walk.inputs.call, plan=parse_plan(plan.encode()))
    return Record(page=_page(), walk=replace(walk, inputs=replace(walk.inputs, call=call)))


@cache
def _page() -> object:
    return record_of(whole()).page


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every part of a workbook, unzipped."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.comment == b""
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(content: bytes) -> str:
    """All that a workbook holds: its parts unzipped, and its bytes as they are."""
    return b"\n".join([*parts_of(content).values(), content]).decode("utf-8", "replace")


@cache
def full_text(language: str) -> str:
    """All that the workbook for all Sides holds."""
    return text_of(workbook_of(record_under(rules()), language=language))


def figures() -> list[Token]:
    """Figures as a workbook writes them."""
    ranking, selection = whole().ranking, whole().selection
    assert ranking is not None
    assert selection is not None
    found = [
        Token(f"<v>{(one.mean_total or 0) / 10**6}</v>", frozenset({"totals"}), proposal=one.proposal)
        for one in ranking.result.assessments
    ]
    found += [
        Token(f"<v>{row.expected_rank / 10**6}</v>", frozenset({"ranks"}), proposal=row.proposal)
        for row in ranking.result.calibrated
    ]
    for lacking in selection.result.not_funded:
        for short in lacking.short:
            told = f"{short.amount:,}" if short.side == "JP" else f"{short.amount / 100:,.2f}"
            matters = frozenset({"reasons", "amounts"})
            found.append(Token(told, matters, proposal=lacking.proposal, side=short.side))
    return found


def in_document(token: Token, side: str, matters: set[str]) -> bool:
    """Whether a Side's document may hold a token that the whole one holds."""
    if token.text in FAILED and side != token.side and "reasons" not in matters:
        return False
    if "reasons" in token.matters and "reasons" not in matters:
        return False
    return may_see(token, side, matters)


@settings(max_examples=20, deadline=None)
@given(
    side=st.sampled_from(["JP", "EU"]),
    matters=st.sets(st.sampled_from(SIDE_MATTERS)),
    language=st.sampled_from(["en", "ja"]),
)
def test_a_sides_workbook_holds_exactly_what_the_rules_let_out(side: str, matters: set[str], language: str) -> None:
    record = record_under(rules(side=sorted(matters)))
    if "list" not in matters:
        with pytest.raises(
            InvalidInput, match=f"the meeting's workbook needs list, which the plan does not let out to {side}"
        ):
            workbook_of(record, reader=SIDES[side])
        return
    every = [*tokens(whole()), *figures()]
    full = full_text(language)
    shown = text_of(workbook_of(record, language=language, reader=SIDES[side]))
    in_full = [token for token in every if token.text in full]
    assert len({token.text for token in in_full}) > 30
    allowed = {token.text for token in in_full if in_document(token, side, matters)}
    assert {token.text for token in every if token.text in shown} == allowed


@settings(max_examples=15, deadline=None)
@given(publish=st.sets(st.sampled_from(PUBLIC), min_size=1), language=st.sampled_from(["en", "ja"]))
def test_the_publics_workbook_holds_what_is_published_and_no_more(publish: set[str], language: str) -> None:
    record = record_under(rules(publish=sorted(publish)))
    content = workbook_of(record, language=language, reader=Reader("public"))
    shown = text_of(content)
    every = [*tokens(whole()), *figures()]
    never = ("zcit", "zdep")  # an organisation stands with its country alone
    allowed = {one.text for one in every if may_see(one, "public", publish) and not one.text.startswith(never)}
    assert {token.text for token in every if token.text in shown} == allowed
    assert record.root not in shown
    assert [name for name, part in parts_of(content).items() if re.search(rb"\bP[1-7]\b", part)] == []
    assert [row[0] for row in rows_of(opened(content).worksheets[0], 5)] == ["project-1", "project-2", "project-3"]


def test_the_publics_rows_are_in_no_order_of_merit() -> None:
    """Over many keys every order of the three funded proposals comes, so that an order tells nothing."""
    orders = set()
    for number in range(40):
        walk = whole()
        key = bytes([number, *range(31)])
        walk = replace(walk, inputs=replace(walk.inputs, call=replace(walk.inputs.call, salt_key=key)))
        proposals = disclosed(walk, Reader("public")).walk.inputs.call.proposals
        orders.add(tuple(proposal.title[4:6] for proposal in proposals))
    assert orders >= {(a, b, c) for a in FUNDED for b in FUNDED for c in FUNDED if len({a, b, c}) == 3}


def test_a_hidden_value_changes_no_byte_of_a_workbook() -> None:
    """Nothing is told by a width, a height, an order or a length either: but for the record's root, all is the same."""
    matters = ["title", "topic", "partners", "list", "not-funded"]
    record = record_under(rules(side=matters))
    before = parts_of(workbook_of(record, reader=SIDES["JP"]))
    changes: dict[str, Callable[[Call], Call]] = {
        "scores": lambda call: replace(call, reviews=None),
        "people": lambda call: replace(
            call, experts=tuple(one.model_copy(update={"name": "x" * 300}) for one in call.experts)
        ),
        "amounts": lambda call: replace(call, proposals=tuple(_asking_more(one) for one in call.proposals)),
        "abstracts": lambda call: replace(
            call, proposals=tuple(one.model_copy(update={"abstract": "y" * 999}) for one in call.proposals)
        ),
    }
    for name, change in changes.items():
        other = replace(record.walk, inputs=replace(record.walk.inputs, call=change(record.walk.inputs.call)))
        assert parts_of(workbook_of(Record(page=record.page, walk=other), reader=SIDES["JP"])) == before, name
    assert record.walk.ranking is not None
    ranking = record.walk.ranking
    lower = tuple(
        one.model_copy(update={"mean_total": 10**9 + n, "missed": ()})
        for n, one in enumerate(ranking.result.assessments)
    )
    other = replace(
        record.walk, ranking=replace(ranking, result=ranking.result.model_copy(update={"assessments": lower}))
    )
    assert parts_of(workbook_of(Record(page=record.page, walk=other), reader=SIDES["JP"])) == before


def _asking_more(proposal: object) -> object:
    partners = tuple(
        one.model_copy(update={"requested": "999999999.00"}) if one.side == "EU" else one for one in proposal.partners
    )
    return proposal.model_copy(update={"partners": partners})


def test_a_copy_for_one_side_is_not_given_back() -> None:
    record = record_under(rules())
    with pytest.raises(UnusableFolder) as caught:
        read_meeting(workbook_of(record, reader=SIDES["JP"]), "meeting.xlsx", record)
    assert [(one.found, one.expected) for one in caught.value.problems] == [
        ("it is a copy to read (JP)", "take the workbook that all Sides share")
    ]
    with pytest.raises(InvalidInput, match="the applicants of one proposal have their letter"):
        workbook_of(record, reader=Reader("applicants", proposal="P1"))


def test_a_spreadsheet_computes_a_copy_without_the_other_sides_money(tmp_path: Path) -> None:
    record = record_under(rules(side=["title", "list", "not-funded"]))
    book = recomputed(workbook_of(record, reader=SIDES["EU"]), tmp_path)
    budgets = rows_of(book["Budgets"])
    assert [row[0] for row in budgets[1:]] == ["EU"]
    assert budgets[1][6:8] == [750070.17, 149929.83]
    assert [row[5:9] for row in rows_of(book["List"])[1:4]] == [[None] * 4] * 3  # totals and ranks
    told = {row[0]: row[1] for row in rows_of(book["About"])}
    assert told["Record, root"] == f"{record.root} (EU)"
    assert (
        "Held back by the plan: abstracts and durations, topics, partners, investigators, amounts, "
        in told["For one reader"]
    )
    assert "To give it back" not in told


# ---- the report ------------------------------------------------------------------------------------------------

NEEDED = ("title", "topic", "partners", "amounts", "list", "not-funded")
OWN_EXPERTS = {"JP": {"zexp1", "zexp3", "zexp5"}, "EU": {"zexp2", "zexp4"}}


def page_tokens() -> list[Token]:
    """Figures as a page writes them."""
    found = []
    for proposal in whole().inputs.call.proposals:
        for side in whole().inputs.call.plan.plan.side:
            minor = proposal.requested(side)
            of = {"proposal": proposal.id, "side": side.id, "published": True, "own": True}
            if minor:
                found.append(Token(written(minor, side.id), frozenset({"amounts"}), **of))
    selection = whole().selection
    assert selection is not None
    for lacking in selection.result.not_funded:
        for short in lacking.short:
            matters = frozenset({"reasons", "amounts"})
            told = f"{written(short.amount, short.side)} short"
            found.append(Token(told, matters, proposal=lacking.proposal, side=short.side))
    return found


def written(minor: int, side: str) -> str:
    return f"JPY {minor:,}" if side == "JP" else f"EUR {minor / 100:,.2f}"


@cache
def full_report(language: str) -> str:
    return report_html(whole(), language).decode()


def in_page(token: Token, full: str) -> bool:
    return token.text in full and not token.text.endswith(("0.00", "000"))


def in_report(token: Token, side: str, matters: set[str]) -> bool:
    """Whether a Side's report may hold a token: as a workbook, but it shows the partners of all whom it lists."""
    return may_see(token, side, matters) if token.text == "zorgEU6" else in_document(token, side, matters)


def bare_amount(text: str) -> bool:
    """An amount as the call has it, which pages write otherwise."""
    return re.fullmatch(r"\d+(\.\d\d)?", text) is not None


@settings(max_examples=12, deadline=None)
@given(
    side=st.sampled_from(["JP", "EU"]),
    more=st.sets(st.sampled_from([one for one in SIDE_MATTERS if one not in NEEDED])),
    language=st.sampled_from(["en", "ja"]),
)
def test_a_sides_report_holds_exactly_what_the_rules_let_out(side: str, more: set[str], language: str) -> None:
    matters = {*NEEDED, *more}
    walk = record_under(rules(side=sorted(matters))).walk
    content = report_html(walk, language, reader=SIDES[side])
    shown, full = content.decode(), full_report(language)
    every = [one for one in [*tokens(whole()), *page_tokens()] if in_page(one, full)]
    assert len({one.text for one in every}) > 75
    assert {one.text for one in every if one.text in shown} == {
        one.text for one in every if in_report(one, side, matters)
    }
    assert whole().inputs.call.salt_key.hex() not in shown
    page, titles = check_page(content, language), walk.inputs.call.plan.plan.call.title
    banner = next(one.text for one in page.all("p") if "reader" in one.attributes.get("class", "").split())
    say = report_words(language)
    assert banner.startswith(say("page.for-reader", reader=side))
    withheld = [one for one in SIDE_MATTERS if one not in matters]
    assert {one for one in SIDE_MATTERS if say(f"matter.{one}") in banner} >= set(withheld)
    assert say("page.copy-whole") in banner or withheld
    assert ("rules" in {one.attributes["id"] for one in page.all("section")}) is ("totals" in matters)
    assert page.all("title")[0].children == [say("page.title-for", reader=side, title=titles[language])]


@pytest.mark.parametrize("matter", NEEDED)
def test_a_report_that_the_rules_do_not_let_out_is_refused(matter: str) -> None:
    walk = record_under(rules(side=[one for one in SIDE_MATTERS if one != matter])).walk
    told = f"the report needs {matter}, which the plan does not let out to JP"
    with pytest.raises(InvalidInput, match=told):
        report_html(walk, reader=SIDES["JP"])


def test_the_report_for_all_sides_is_the_report() -> None:
    assert report_html(whole(), reader=Reader("sides")) == report_html(whole())
    assert "page.copy" not in report_html(whole()).decode()


def loads_of(page: Element) -> dict[str, list[str]]:
    """The figures of the loads by Side."""
    table = page.by_id("loads").all("table")[0]
    return {row.all("th")[0].text: [one.text for one in row.all("td")] for row in table.all("tr")[1:]}


def test_what_is_held_back_is_called_so_and_is_no_number() -> None:
    def page(matters: list[str]) -> Element:
        walk = record_under(rules(side=[*NEEDED, *matters])).walk
        return check_page(report_html(walk, reader=SIDES["JP"]))

    bare = page([])
    assert loads_of(bare)["EU"] == ["2", *["held back"] * 5]
    assert "held back" not in loads_of(bare)["JP"]
    assert "why is held back" in bare.by_id("not-funded").text
    assert "below the threshold" not in bare.by_id("not-funded").text
    assert "Which reviews do not count for a conflict of interest is told of this Side's experts only." in bare.text
    assert not [one for one in bare.all("svg") if "chart-loads" in one.attributes.get("aria-labelledby", "")]
    by_pseudonym = page(["assignment"])
    assert [one != "held back" for one in loads_of(by_pseudonym)["EU"]] == [True, False, True, True, True, True]
    pairs = [row.text for row in by_pseudonym.by_id("assignment").all("tr")]
    assert any(row.endswith("EU held back") and "expert-" in row for row in pairs)
    assert any("zexp1 JP 0." in row for row in pairs)


def test_a_hidden_value_changes_no_byte_of_a_report() -> None:
    """Neither scores, people, comments nor papers of others, nor totals and ranks, where they are held back."""
    walk = record_under(rules(side=list(NEEDED))).walk
    before = report_html(walk, reader=SIDES["JP"])
    call, ranking = walk.inputs.call, walk.ranking
    assert ranking is not None
    panel = {one.id for one in call.experts if one.side == "JP"}
    reviews = tuple(
        one if one.expert in panel else one.model_copy(update={"score": "0.001", "comment": "x" * 300})
        for one in call.reviews or ()
    )
    experts = tuple(
        one if one.side == "JP" else one.model_copy(update={"name": "y" * 200, "max_load": 9}) for one in call.experts
    )
    proposals = tuple(one.model_copy(update={"abstract": "z" * 999, "duration_months": 37}) for one in call.proposals)
    hidden = replace(call, reviews=reviews, experts=experts, proposals=proposals)
    assessments = tuple(
        one.model_copy(update={"mean_total": 10**9 + n, "missed": ()})
        for n, one in enumerate(ranking.result.assessments)
    )
    calibrated = tuple(one.model_copy(update={"posterior_mean": 3}) for one in ranking.result.calibrated)
    result = ranking.result.model_copy(update={"assessments": assessments, "calibrated": calibrated})
    others = replace(walk, inputs=replace(walk.inputs, call=hidden), ranking=replace(ranking, result=result))
    assert report_html(others, reader=SIDES["JP"]) == before


@settings(max_examples=15, deadline=None)
@given(
    proposal=st.sampled_from([f"P{n}" for n in range(1, 8)]),
    matters=st.sets(st.sampled_from(get_args(ApplicantMatter))),
    language=st.sampled_from(["en", "ja"]),
)
def test_applicants_read_of_their_proposal_what_the_rules_let_out(
    proposal: str, matters: set[str], language: str
) -> None:
    walk = record_under(rules(applicants=sorted(matters))).walk
    content = report_html(walk, language, reader=Reader("applicants", proposal=proposal))
    shown = content.decode()
    check_page(content, language)
    outcome = outcomes(walk)[proposal]
    held = LETTERS[outcome] if outcome != "ineligible" else ()
    told = {*(matters if outcome != "ineligible" else ()), *held, *(["totals"] if "scores" in held else [])}
    every = [*tokens(whole()), *(one for one in page_tokens() if in_page(one, full_report(language)))]
    # Names, cities and departments of their own people stand in their proposal and on no page of ours.
    never = ("zcit", "zdep", "zinv", "zper", '"')
    allowed = {
        one.text
        for one in every
        if may_see(one, proposal, told) and not one.text.startswith(never) and not bare_amount(one.text)
    }
    assert allowed
    assert {one.text for one in every if one.text in shown} == allowed
    assert [name for name in (f"P{n}" for n in range(1, 8)) if re.search(rf"\b{name}\b", shown)] == [proposal]
    place = report_words(language)("page.list-place", place=r"\d")
    assert (re.search(place, shown) is not None) is ("list" in told)


@settings(max_examples=8, deadline=None)
@given(publish=st.sets(st.sampled_from(PUBLIC), min_size=1), language=st.sampled_from(["en", "ja"]))
def test_the_public_reads_what_is_published_and_no_more(publish: set[str], language: str) -> None:
    walk = record_under(rules(publish=sorted(publish))).walk
    content = report_html(walk, language, reader=Reader("public"))
    shown = content.decode()
    page = check_page(content, language)
    every = [*tokens(whole()), *(one for one in page_tokens() if in_page(one, full_report(language)))]
    never = ("zcit", "zdep")  # an organisation stands with its country alone
    allowed = {
        one.text
        for one in every
        if may_see(one, "public", publish) and not one.text.startswith(never) and not bare_amount(one.text)
    }
    assert {one.text for one in every if one.text in shown} == allowed
    assert re.search(r"\bP[1-7]\b", shown) is None
    assert len(page.all("article")) == 3
    assert report_html(walk, language, reader=Reader("applicants")).decode().count("project-") == shown.count(
        "project-"
    )


# ---- the status ------------------------------------------------------------------------------------------------


def status_call() -> Call:
    """The call with what its status names: people in several proposals, experts in conflict, one without a paper."""
    call = whole().inputs.call
    proposals = []
    for proposal in call.proposals:
        partners = []
        for one in proposal.partners:
            who = one.investigators[0].model_copy(update={"id": f"zshare{one.side}", "name": f"zsharename{one.side}"})
            partners.append(one.model_copy(update={"organisation": f"zbig{one.side}", "investigators": (who,)}))
        proposals.append(proposal.model_copy(update={"partners": tuple(partners)}))
    bare = tuple(one.model_copy(update={"publications": ()}) for one in call.experts)
    row = call.declared[0]
    declared = tuple(
        row.model_copy(
            update={"proposal": f"P{n}", "expert": f"zexp{e}", "reason": f"zreason{e}", "declared_by": f"zsayer{e}"}
        )
        for e in (5, 6, 4)
        for n in (1, 2)
    )
    return replace(call, proposals=tuple(proposals), experts=bare, declared=declared)


STATUS_TOKENS = [
    *(f"zexp{n}" for n in range(1, 7)),
    *(f"{kind}{side}" for kind in ("zshare", "zsharename", "zbig") for side in ("JP", "EU")),
    *(f"{kind}{n}" for kind in ("zreason", "zsayer") for n in (4, 5, 6)),
]
OWN = {
    "JP": {"zexp1", "zexp3", "zexp5", "zshareJP", "zsharenameJP", "zbigJP", "zbigEU"},
    "EU": {"zexp2", "zexp4", "zshareEU", "zsharenameEU", "zbigJP", "zbigEU"},
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("side", ["JP", "EU"])
def test_a_sides_status_page_by_default(side: str, language: str) -> None:
    call = status_call()
    shown = disclosed_status(call, SIDES[side])
    page = status_html(call.plan, shown.status, language, view=shown.view)
    assert {one for one in STATUS_TOKENS if re.search(rf"\b{one}\b", page.decode())} == OWN[side]
    full = status_html(call.plan, status(call), language).decode()
    assert [one for one in STATUS_TOKENS if one not in full] == []
    check_page(page.replace(f'<html lang="{language}">'.encode(), b'<html lang="en">'))


def test_a_hidden_value_changes_no_byte_of_a_status_page() -> None:
    call = status_call()

    def page(of: Call) -> bytes:
        shown = disclosed_status(of, SIDES["JP"])
        return status_html(of.plan, shown.status, view=shown.view)

    others = tuple(
        one if one.side == "JP" else one.model_copy(update={"name": "x" * 200, "department": "y" * 99})
        for one in call.experts
    )
    declared = tuple(
        one if one.expert == "zexp5" else one.model_copy(update={"reason": "z" * 300}) for one in call.declared
    )
    assert page(replace(call, experts=others, declared=declared)) == page(call)


def test_a_status_page_with_more_let_out() -> None:
    every = [one for one in SIDE_MATTERS if one != "experts"]
    call = replace(status_call(), plan=parse_plan(rules(side=every).encode()))
    shown = disclosed_status(call, SIDES["JP"])
    page = status_html(call.plan, shown.status, view=shown.view).decode()
    found = {one for one in STATUS_TOKENS if re.search(rf"\b{one}\b", page)}
    assert found == OWN["JP"] | {"zshareEU", "zsharenameEU", "zreason5", "zsayer5"}
    assert len(shown.status.declared) == 6
    assert {one.expert for one in shown.status.declared if one.expert != "zexp5"} <= {
        "expert-1",
        "expert-2",
        "expert-3",
    }


@settings(max_examples=20, deadline=None)
@given(matters=st.sets(st.sampled_from(SIDE_MATTERS)))
def test_a_status_that_the_rules_do_not_let_out_is_refused(matters: set[str]) -> None:
    call = replace(status_call(), plan=parse_plan(rules(side=sorted(matters)).encode()))
    lacking = [one for one in ("topic", "partners", "amounts", "not-funded") if one not in matters]
    if lacking:
        with pytest.raises(InvalidInput, match=f"needs {', '.join(lacking)}, which the plan does not let out to EU"):
            disclosed_status(call, SIDES["EU"])
    else:
        assert disclosed_status(call, SIDES["EU"]).status.proposals == 7


def test_the_status_is_for_sides() -> None:
    for reader in (Reader("public"), Reader("applicants"), Reader("applicants", proposal="P1")):
        with pytest.raises(InvalidInput, match="has no status of the call; it is for the Sides"):
            disclosed_status(status_call(), reader)


# ---- the command line ------------------------------------------------------------------------------------------


def test_the_commands_write_for_one_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    walk = planted(tmp_path / "call", rules())
    write_folder(tmp_path / "record", record_files(walk))
    runner = CliRunner()
    for reader, name in (("JP", "small-meeting-JP.xlsx"), ("public", "small-results.xlsx")):
        done = runner.invoke(commands, ["export", "record", "--xlsx", "", "--for", reader], catch_exceptions=False)
        assert done.exit_code == 0
        assert done.output.startswith(f"{name}: what the plan lets {reader} read of the record ")
        text = text_of((tmp_path / name).read_bytes())
        assert "zinvEU1" not in text
        assert SALT not in text
    done = runner.invoke(commands, ["status", "call", "--for", "EU", "--html", "status.html"], catch_exceptions=False)
    assert done.exit_code == 0
    withheld = [one for one in SIDE_MATTERS if one not in Disclosure().side]
    assert f"For EU. Held back by the plan: {', '.join(withheld)}." in done.output
    machines = runner.invoke(commands, ["status", "call", "--for", "EU", "--json"], catch_exceptions=False)
    page = (tmp_path / "status.html").read_text(encoding="utf-8")
    for text in (done.output, machines.output, page):
        assert [token for token in ("zexp1", "zexp6", "zinvJP1", "zreason5", "zreason6") if token in text] == []


def test_a_record_before_review_has_no_workbook_for_anyone(tmp_path: Path) -> None:
    call = replace(whole().inputs.call, reviews=None, consensus=None)
    record = record_of(run(call))
    for reader, told in (
        (SIDES["JP"], "the record has no selection yet"),
        (Reader("public"), "nothing is selected yet"),
    ):
        with pytest.raises(InvalidInput, match=told):
            workbook_of(record, reader=reader)
