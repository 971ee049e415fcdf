"""Letters: each says what became of its proposal and as much as the plan lets out, and nothing of any other."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paper_reading import everything, read_paper
from pypdf import PdfReader

from accord.call.folder import load_call
from accord.cli.letters import letters as letters_command
from accord.errors import AccordError, InvalidInput
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.reading import Record, open_record
from accord.pipeline.walk import run
from accord.record.folder import FolderExists
from accord.report.letters import Wording, letters, load_wording
from accord.report.letters.outcomes import outcomes
from accord.report.letters.voice import letter_messages
from accord.report.letters.wording import KINDS, PLACEHOLDERS
from accord.writing import write
from calls import PLAN, REVIEWS, tables, write_call
from conftest import ROOT

PROMISES = re.compile(r"\b(shall|obligat\w*|commit\w*|pledge\w*|guarantee\w*)\b", re.IGNORECASE)
SETTLED = REVIEWS.replace("P5,E5,impact,4\n", "P5,E5,impact,3.5\n")  # no tie that the lottery would have to break
REDRESS = '\n[results]\nredress = { JP = { days = 14, scope = "inquiry" }, EU = { days = 1, scope = "procedure" } }\n'
LETTER = """
[[letter]]
id = "welcome"
to = "funded"
text = { en = "Our agreed words on {title}.", ja = "合意した文面：{title}" }
scores = true
comments = true

[[letter]]
id = "sorry"
to = "not-funded"
text = { en = "Not this time, {organisation}." }
"""


def record_of(
    folder: Path, plan: str = PLAN, rows: dict[str, list[dict[str, Any]]] | None = None, **files: str | None
) -> Record:
    """The record of a small call: P1, P3 and P5 funded, P2 and P6 in reserve, P4 below a threshold."""
    files = {"reviews": SETTLED, **files}
    call = write_call(folder / "call", plan=plan, rows=rows, **files)  # type: ignore[arg-type]
    write(run(load_call(call)), folder / "record")
    return open_record(folder / "record")


def broken(number: int) -> dict[str, list[dict[str, Any]]]:
    """The tables with one proposal that asks too much of JP and runs too long."""
    rows = tables()
    rows["proposals"][number - 1]["duration_months"] = 99
    rows["proposals"][number - 1]["partners"][0]["requested"] = "61000000"
    return rows


def said(content: bytes) -> list[str]:
    """The texts of a letter, in reading order."""
    return [one.text for one in read_paper(content)]


def commented(reviews: str = SETTLED) -> str:
    """Reviews with a comment that names proposal, expert and criterion by signs of its own."""
    head, *rows = reviews.splitlines()
    return "\n".join([f"{head},comment", *(f"{row},Remark-{'-'.join(row.split(',')[:3])}" for row in rows), ""])


# ---- what each says --------------------------------------------------------------------------------------------------


def test_every_outcome_has_its_letter(tmp_path: Path) -> None:
    record = record_of(tmp_path, PLAN + REDRESS, broken(6))
    kinds = {one.proposal.id: one.kind for one in outcomes(record.walk)}
    assert kinds == {
        "P1": "funded",
        "P2": "reserve",
        "P3": "funded",
        "P4": "not-funded",
        "P5": "funded",
        "P6": "ineligible",
    }
    found = letters(record, language="en")
    assert list(found.files) == [f"P{number}.pdf" for number in range(1, 7)]
    assert found.counts == {"funded": 3, "reserve": 1, "not-funded": 1, "ineligible": 1}
    for name, content in found.files.items():
        texts = said(content)
        assert texts.count(letter_messages("en")[f"letter.{kinds[name[:2]]}"]) == 1
        assert "JP: within 14 days. What it looks at: inquiry." in texts
        assert "EU: within 1 day. What it looks at: procedure." in texts
        assert any("binds nobody" in text for text in texts)


def test_a_funded_letter_whole(tmp_path: Path) -> None:
    record = record_of(tmp_path)
    assert said(letters(record, language="en", day=date(2026, 10, 20)).files["P1.pdf"]) == [
        "A small call",
        "JP One Side · EU The other Side",
        "Institute 1 KyotoJP",
        "20 Oct 2026",
        "Proposal P1, call small",
        "Your proposal is recommended for funding",
        "Dear coordinator,",
        "In A small call, the Sides recommend your proposal “Proposal 1 on light” (P1) for funding.",
        "Each Side now takes its own award decision, by its own rules, for its own partners of your consortium. Please"
        " wait for the decisions of the Sides concerned before work begins or costs arise.",
        "Thank you for your proposal.",
        "Amounts are indicative: they depend on appropriations and on each Side's own award decision. Each Side pays"
        " its own partners. This letter is no award and binds nobody.",
        "What your proposal asks of each Side, and what is recommended",
        *("Side", "Requested", "Recommended, indicative"),
        *("JP One Side", "JPY 30,000,000", "JPY 30,000,000"),
        *("EU The other Side", "EUR 250,000.00", "EUR 250,000.00"),
        "If you want a Side to look again",
        "The plan names no redress for the Sides of this proposal; each Side's own rules hold.",
    ]


def test_an_ineligible_letter_names_every_rule_in_both_languages(tmp_path: Path) -> None:
    record = record_of(tmp_path, rows=broken(6))
    texts = said(letters(record).files["P6.pdf"])
    assert "duration_months: 99 months, the plan allows 12 to 48" in texts
    assert "JP, request.max_per_proposal: JPY 61,000,000 requested, at most JPY 60,000,000 may be" in texts
    (japanese,) = [text for text in texts if text.startswith("JP、request.max_per_proposal")]
    assert "61,000,000円" in japanese
    assert "requested" not in japanese


def test_the_plans_words_scores_and_comments(tmp_path: Path) -> None:
    consensus = "proposal,criterion,score,comment\nP1,excellence,4,The panel found it clear\n"
    for number in range(1, 7):
        consensus += f"P{number},impact,3.5,\n" + (f"P{number},excellence,3,\n" if number > 1 else "")
    record = record_of(tmp_path, PLAN + LETTER, reviews=commented(), consensus=consensus)
    found = letters(record, language="en").files
    told = said(found["P1.pdf"])
    assert "Our agreed words on Proposal 1 on light." in told
    at = told.index("The mean of the experts' scores")
    assert told[at + 1 : at + 20] == [
        *("Criterion", "Score", "Scale", "Weight", "Threshold"),
        *("excellence", "4.25", "0 to 5", "1", "2"),
        *("impact", "4.25", "0 to 5", "1", "none"),
        *("Total, by weight", "8.50", "2", "5"),
    ]
    assert told[told.index("Comments") + 2] == "The panel found it clear"
    remarks = [text for text in told if text.startswith("Remark-")]
    assert sorted(remarks) == [
        f"Remark-P1-{expert}-{criterion}" for expert in ("E1", "E2") for criterion in ("excellence", "impact")
    ]
    held_back = said(found["P4.pdf"])
    assert "Not this time, Institute 4 Kyoto." in held_back
    assert [text for text in held_back if "Remark" in text or "Score" in text or "1.5" in text] == []
    assert not any("total" in text.casefold() for text in said(found["P2.pdf"]))


def test_a_comment_that_does_not_count_is_not_passed_on(tmp_path: Path) -> None:
    declared = "proposal,expert,reason,declared_by\nP1,E2,former student,E2\n"
    record = record_of(tmp_path, PLAN + LETTER, reviews=commented(), conflicts=declared)
    told = "\n".join(said(letters(record, language="en").files["P1.pdf"]))
    assert "Remark-P1-E1-excellence" in told
    assert "Remark-P1-E2" not in told
    assert "student" not in told


def test_reasons_places_and_totals_only_where_the_plan_lets_them_out(tmp_path: Path) -> None:
    plan = PLAN + '\n[disclosure]\napplicants = ["totals", "list", "reasons"]\n'
    found = letters(record_of(tmp_path / "out", plan), language="en").files
    told = said(found["P4.pdf"])
    assert "Below threshold: excellence 1.50 of 2." in told
    assert "Below threshold: Total, by weight 3.25 of 5." in told
    assert "It stands at place 6 of the ranking list." in told
    assert "Its total is 3.25." in told
    reserve = said(found["P2.pdf"])
    assert "It stands at place 1 of the reserve list." in reserve
    assert "JP: the budget left is JPY 20,000,000 short." in reserve
    silent = letters(record_of(tmp_path / "in"), language="en").files
    for name in ("P2.pdf", "P4.pdf"):
        text = "\n".join(said(silent[name]))
        assert not re.search(r"threshold|place \d|short|[Tt]otal|\d\.\d\d\b(?!0)", text.replace("250,000.00", "")), text


def test_a_draft_says_that_it_is_one(tmp_path: Path) -> None:
    call = load_call(write_call(tmp_path / "call", reviews=None, rows=broken(6)))
    write(run(call, simulate_reviews=3), tmp_path / "record")
    found = letters(open_record(tmp_path / "record"), language="en")
    assert "simulated" in found.notes
    provisional = letters(record_of(tmp_path / "tied", reviews=REVIEWS), language="en")
    assert provisional.notes == ("provisional",)
    assert letter_messages("en")["letter.provisional"] in said(provisional.files["P1.pdf"])
    draft = letter_messages("en")["letter.simulated"]
    assert {name: draft in said(content) for name, content in found.files.items()} == {
        name: name != "P6.pdf" for name in found.files
    }


def test_before_a_selection_only_the_ineligible_hear(tmp_path: Path) -> None:
    record = record_of(tmp_path / "one", rows=broken(6), reviews=None)
    assert list(letters(record).files) == ["P6.pdf"]
    with pytest.raises(InvalidInput, match="no letter to write"):
        letters(record_of(tmp_path / "none", reviews=None))


# ---- nothing of another proposal -------------------------------------------------------------------------------------


def test_a_letter_holds_nothing_of_another_proposal_nor_of_experts(tmp_path: Path) -> None:
    rows = tables()
    for number, one in enumerate(rows["proposals"], start=1):
        one |= {"id": f"Ident{number}x", "title": f"Title{number}x", "abstract": f"{one['abstract']} Abstract{number}x"}
        for place, partner in enumerate(one["partners"]):
            partner |= {"organisation": f"Org{number}x{place}x", "city": f"City{number}x{place}x"}
            partner["investigators"] = [{"id": f"Inv{number}x{place}x", "name": f"Name{number}x{place}x", "lead": True}]
        one["partners"][0]["requested"] = str(30_000_017 + 1_001 * number)
    for number, one in enumerate(rows["experts"], start=1):
        one |= {"name": f"Expertname{number}x", "organisation": f"Expertorg{number}x"}
    reviews = commented(re.sub(r"^P(\d)", r"Ident\1x", SETTLED, flags=re.MULTILINE))
    reviews = re.sub(r"Remark-Ident(\d)x-E(\d)-(\w+)", r"Remark\1x of \2 on \3", reviews)
    plan = PLAN + LETTER + '\n[disclosure]\napplicants = ["totals", "ranks", "list", "reasons"]\n'
    found = letters(record_of(tmp_path, plan, rows, reviews=reviews)).files
    assert len(found) == 6
    for number in range(1, 7):
        told = everything(found[f"Ident{number}x.pdf"]).decode("utf-8", errors="replace")
        tokens = set(
            re.findall(r"(?:Ident|Title|Abstract|Org|City|Inv|Name|Remark|Expertname|Expertorg)\dx(?:\dx)?", told)
        )
        own = {
            f"{what}{number}x{place}" for what, place in (("Ident", ""), ("Org", "0x"), ("City", "0x"), ("Name", "0x"))
        }
        own |= {f"Title{number}x"} if number != 4 else set()  # the plan's words to it do not name the title
        assert tokens == own | ({f"Remark{number}x"} if number in {1, 3, 5} else set())
        amounts = {other for other in range(1, 7) if f"{30_000_017 + 1_001 * other:,}" in told}
        assert amounts == {number}
        assert not re.search(r"\bE[1-6]\b|\bW[1-6]\b", "\n".join(said(found[f"Ident{number}x.pdf"])))


def test_a_letter_is_for_its_applicants_and_for_a_side_that_may_read_it(tmp_path: Path) -> None:
    let_out = ["title", "topic", "partners", "amounts", "totals", "comments", "reasons"]
    plan = PLAN + LETTER + f"\n[disclosure]\nside = {json.dumps(let_out)}\napplicants = ['reasons']\n"
    rows = tables()
    rows["proposals"][1]["partners"].reverse()
    for place, one in enumerate(rows["proposals"][1]["partners"]):
        one["role"] = "partner" if place else "coordinator"
    call = write_call(tmp_path / "call", plan=plan, rows=rows, reviews=SETTLED)
    (call / "salt.key").write_text("5a" * 16 + "c3" * 16, encoding="ascii")
    write(run(load_call(call)), tmp_path / "record")
    record = open_record(tmp_path / "record")
    every = letters(record).files
    assert list(letters(record, reader=Reader("applicants", proposal="P2")).files) == ["P2.pdf"]
    europe = letters(record, reader=Reader("side", side="EU")).files
    assert europe == {"P2.pdf": every["P2.pdf"]}
    assert letters(record, reader=Reader("side", side="JP")).files == {
        name: content for name, content in every.items() if name != "P2.pdf"
    }
    for reader in (Reader("public"), Reader("applicants")):
        with pytest.raises(InvalidInput, match="have no letters"):
            letters(record, reader=reader)
    with pytest.raises(InvalidInput, match="no proposal 'P9'"):
        letters(record, reader=Reader("applicants", proposal="P9"))
    arguments = [str(tmp_path / "record"), "--out", str(tmp_path / "L"), "--for", "applicants:P3"]
    done = CliRunner().invoke(letters_command, arguments)
    assert (done.exit_code, [one.name for one in (tmp_path / "L").iterdir()]) == (0, ["P3.pdf"])


@pytest.mark.parametrize("held", ["title", "amounts", "reasons", "totals", "comments", "list"])
def test_a_side_has_no_letters_that_hold_what_it_may_not_read(held: str, tmp_path: Path) -> None:
    let_out = [one for one in ("title", "amounts", "reasons", "totals", "comments", "list") if one != held]
    plan = PLAN + LETTER + f"\n[disclosure]\nside = {json.dumps(let_out)}\napplicants = ['list']\n"
    call = write_call(tmp_path / "call", plan=plan, reviews=SETTLED)
    (call / "salt.key").write_text("5a" * 16 + "c3" * 16, encoding="ascii")
    write(run(load_call(call)), tmp_path / "record")
    with pytest.raises(InvalidInput, match=f"a letter needs {held}, which the plan does not let out to JP"):
        letters(open_record(tmp_path / "record"), reader=Reader("side", side="JP"))


def test_properties_name_the_proposal_and_nobody_else(tmp_path: Path) -> None:
    record = record_of(tmp_path)
    told = PdfReader(BytesIO(letters(record, day=date(2026, 10, 20)).files["P3.pdf"])).metadata
    assert told is not None
    assert told.title == "小さな公募：提案書 P3 に関する通知"
    assert told.subject == f"提案書 P3 の代表機関への通知、記録 SHA-256 {record.root}"
    assert told.creation_date == told.modification_date == datetime(2026, 10, 20, tzinfo=UTC)
    assert set(told) == {"/Title", "/Subject", "/Creator", "/CreationDate", "/ModDate"}
    closing = PdfReader(BytesIO(letters(record).files["P3.pdf"])).metadata
    assert closing is not None
    assert closing.creation_date == datetime(2026, 4, 15, 8, tzinfo=UTC)


# ---- languages and words ---------------------------------------------------------------------------------------------


def test_a_letter_speaks_its_coordinators_language_and_the_prevailing_one(tmp_path: Path) -> None:
    rows = tables()
    for partner, role in zip(rows["proposals"][0]["partners"], ("partner", "coordinator"), strict=True):
        partner["role"] = role
    record = record_of(tmp_path, rows=rows)
    subjects = {language: letter_messages(language)["letter.funded"] for language in ("en", "ja")}
    spoken = {
        name: [language for text in said(content) for language, subject in subjects.items() if text == subject]
        for name, content in letters(record).files.items()
        if name in {"P1.pdf", "P3.pdf"}
    }
    assert spoken == {"P1.pdf": ["en"], "P3.pdf": ["ja", "en"]}
    assert list(letters(record, side="EU").files) == ["P1.pdf"]
    only = said(letters(record, language="ja").files["P1.pdf"])
    assert subjects["ja"] in only
    assert subjects["en"] not in only
    with pytest.raises(InvalidInput, match="found 'US'; the plan has JP, EU"):
        letters(record, side="US")
    with pytest.raises(InvalidInput, match="found 'de'"):
        letters(record, language="de")


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    english, japanese = letter_messages("en"), letter_messages("ja")
    assert english.keys() == japanese.keys()
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", japanese[key])), key
    assert {key for key in english if key.startswith("text.")} == {f"text.{kind}" for kind in KINDS}
    assert [text for text in english.values() if PROMISES.search(text)] == []


def test_a_side_puts_its_own_words_template_and_picture(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "letter.toml").write_text(
        '[funded]\nen = "{{Own}} ' + " ".join(f"{{{name}}}" for name in PLACEHOLDERS) + '"\n', encoding="utf-8"
    )
    (own / "mark.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>', "utf-8"
    )
    (own / "letter.typ").write_text(
        '#import "theme.typ": *\n#let template(it) = {\n  image("mark.svg", alt: "Our mark", width: 9mm)\n'
        "  title(line-of(it.letters.first().subject))\n  par[Ours]\n  blocks(it.letters.first().body)\n}\n",
        encoding="utf-8",
    )
    record = record_of(tmp_path, PLAN + LETTER)
    found = letters(record, language="en", wording=load_wording(own)).files
    told = said(found["P1.pdf"])
    assert told[:3] == [
        "Your proposal is recommended for funding",
        "Ours",
        "{Own} A small call small P1 Proposal 1 on light Light Institute 1 Kyoto JP One Side  One",
    ]
    assert "Our mark" in everything(found["P1.pdf"]).decode("utf-8", errors="replace")
    assert "Scores" in told, "what is let out is the plan's"
    assert "Not this time, Institute 4 Kyoto." in said(found["P4.pdf"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[funded]\nen = "a"\nja = "{titel}"', r"letter\.toml:3: \{titel\} is no placeholder; there is \{call\}, "),
        ('[funded]\nen = "{title.__class__}"', r"letter\.toml:2: \{title\.__class__\} is no placeholder"),
        ('[funded]\nen = "{title!r}"', r"letter\.toml:2: \{title!r\} is no placeholder"),
        ('[funded]\nen = "{}"', r"letter\.toml:2: \{\} is no placeholder"),
        ('[funded]\nen = "open {"', r"letter\.toml:2: .*a brace of its own is written"),
        ('\n[found]\nen = "a"', r"letter\.toml:2: found 'found'; there is funded, reserve, not-funded, ineligible"),
        ('[funded]\nde = "a"', r"letter\.toml:2: found the language 'de'"),
        ("[funded]\nen = 1", r"letter\.toml:1: \[funded\] holds a text a language"),
        ("funded = ", r"letter\.toml: "),
    ],
)
def test_a_wrong_wording_is_told_with_its_line(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "letter.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=f"^{expected}"):
        load_wording(tmp_path)


def test_a_wrong_placeholder_in_the_plan_is_told_with_its_line(tmp_path: Path) -> None:
    plan = PLAN + LETTER.replace("{organisation}", "{name}")
    line = next(number for number, text in enumerate(plan.splitlines(), start=1) if "{name}" in text)
    with pytest.raises(InvalidInput, match=rf"^plan\.toml:{line}: \{{name\}} is no placeholder"):
        letters(record_of(tmp_path, plan))


def test_an_empty_folder_is_no_wording(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"found neither letter\.typ nor letter\.toml"):
        load_wording(tmp_path)
    (tmp_path / "letter.toml").write_bytes(b'[funded]\nen = "\xff"')
    with pytest.raises(InvalidInput, match=r"^letter\.toml: byte 15 is not UTF-8"):
        load_wording(tmp_path)


# ---- files -----------------------------------------------------------------------------------------------------------


def accord_letters(*arguments: str | Path) -> Result:
    return CliRunner().invoke(letters_command, [str(one) for one in arguments])


def test_the_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    record = record_of(tmp_path)
    out, own = tmp_path / "letters", tmp_path / "own"
    own.mkdir()
    (own / "letter.typ").write_text("#let template(it) = [\n  #it.titel\n]\n", encoding="utf-8")
    failed = accord_letters(tmp_path / "record", "--out", out, "--template", own)
    assert isinstance(failed.exception, InvalidInput)
    assert str(failed.exception).startswith("letter.typ:2: ")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["call", "own", "record"]
    done = accord_letters(tmp_path / "record", "--out", out, "--date", "2026-10-20")
    assert done.exit_code == 0, done.output
    assert (
        done.output.splitlines()[0]
        == f"{out}: letters of the record {record.root[:16]}…: 3 funded, 1 not-funded, 2 reserve"
    )
    expected = letters(record, day=date(2026, 10, 20)).files
    assert {one.name: one.read_bytes() for one in out.iterdir()} == dict(expected)
    assert isinstance(accord_letters(tmp_path / "record", "--out", out).exception, FolderExists)
    assert isinstance(accord_letters(tmp_path / "record", "--out", tmp_path / "record" / "x").exception, InvalidInput)
    assert isinstance(accord_letters(tmp_path / "call", "--out", tmp_path / "y").exception, AccordError)


def test_several_letters_to_one_outcome_are_files_of_their_own(tmp_path: Path) -> None:
    more = LETTER.replace('id = "sorry"\nto = "not-funded"', 'id = "second"\nto = "funded"')
    found = letters(record_of(tmp_path, PLAN + more), language="en").files
    assert {"P1-welcome.pdf", "P1-second.pdf", "P2.pdf"} <= set(found)


def test_names_are_told_apart_on_every_system(tmp_path: Path) -> None:
    rows = tables()
    for one, name in zip(rows["proposals"], ("A:1", "a:1", "B@2", "C", "c", "D.1"), strict=True):
        one["id"] = name
    names = dict(zip(("P1", "P2", "P3", "P4", "P5", "P6"), ("A:1", "a:1", "B@2", "C", "c", "D.1"), strict=True))
    reviews = re.sub(r"^(P\d)", lambda found: names[found[1]], SETTLED, flags=re.MULTILINE)
    found = letters(record_of(tmp_path, rows=rows, reviews=reviews), language="en").files
    assert list(found) == ["A%3A1.pdf", "B@2.pdf", "C.pdf", "D.1.pdf", "a%3A1-2.pdf", "c-2.pdf"]


def test_the_same_record_gives_the_same_letters_in_another_process(tmp_path: Path) -> None:
    record = record_of(tmp_path, PLAN + LETTER, reviews=commented())
    code = (
        "import hashlib, json, sys; from accord.pipeline.reading import open_record\n"
        "from accord.report.letters import letters\n"
        "files = letters(open_record(sys.argv[1])).files\n"
        "print(json.dumps({name: hashlib.sha256(content).hexdigest() for name, content in files.items()}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "record"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    ).stdout
    assert json.loads(printed) == {
        name: hashlib.sha256(content).hexdigest() for name, content in letters(record).files.items()
    }


def test_letters_of_the_reference_call(quantum_call: Path, tmp_path: Path) -> None:
    write(run(load_call(quantum_call)), tmp_path / "record")
    record = open_record(tmp_path / "record")
    found = letters(record, wording=Wording())
    assert len(found.files) == len(record.walk.inputs.call.proposals) == 117
    titles = {f"{one.id}.pdf": one.title for one in record.walk.inputs.call.proposals}
    some = list(found.files)[::50]
    for name in some:
        told = "\n".join(said(found.files[name]))
        assert [other for other, title in titles.items() if title in told] == [name]
