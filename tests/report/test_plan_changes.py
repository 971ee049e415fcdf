"""What changed between two plans: accepted, a diff is the new document; rejected, the old one; and every key is listed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from document_reading import W, page_version, part, word_version
from hypothesis import given
from hypothesis import strategies as st
from page_reader import read_page
from whole_plan import WHOLE, changed, keys, leaves, raw, signed, without

from accord.example import example_call
from accord.plan.load import SignedPlan, load_plan, parse_plan
from accord.report.plan_document import changed_document, docx_bytes, html_bytes, plan_document
from accord.report.plan_document.blocks import Line, Run, Table, told
from accord.report.plan_document.changes import line_changes
from accord.report.plan_document.keys import ChangedKey, Stated, changed_keys
from calls import PLAN


def check(old: SignedPlan, new: SignedPlan) -> bytes:
    """Accepting every change gives the new document, rejecting the old one, in Word and in the page; the Word file."""
    diff = changed_document(old, new)
    word, page = docx_bytes(diff), html_bytes(diff)
    for version, plan in (("new", new), ("old", old)):
        document = plan_document(plan)
        assert word_version(word, version) == word_version(docx_bytes(document), "new")
        assert page_version(page, version) == page_version(html_bytes(document))
    read_page(page)
    return word


def edited(*changes: tuple[str, str], plan: str = PLAN) -> SignedPlan:
    """A plan with some of its text replaced, each once."""
    for before, after in changes:
        assert plan.count(before) == 1, before
        plan = plan.replace(before, after)
    return parse_plan(plan.encode())


SMALL = parse_plan(PLAN.encode())
EXAMPLES = [
    parse_plan(example_call(sides=sides, proposals=4, experts=20, seed=1, reviews=False)["plan.toml"])
    for sides in (2, 5, 36)
]
OTHERS = [path for path in keys(raw()) if without(path) is not None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SMALL, SMALL),
        (SMALL, parse_plan(WHOLE.encode())),
        (parse_plan(WHOLE.encode()), SMALL),
        (EXAMPLES[0], EXAMPLES[1]),
        (EXAMPLES[1], EXAMPLES[2]),
        (EXAMPLES[2], EXAMPLES[0]),
    ],
    ids=["same", "to whole", "to small", "2 to 5 Sides", "5 to 36 Sides", "36 to 2 Sides"],
)
def test_accepted_it_is_the_new_document_and_rejected_the_old_one(old: SignedPlan, new: SignedPlan) -> None:
    check(old, new)


def test_the_same_for_values_and_keys_all_over_the_whole_plan() -> None:
    whole = signed(raw())
    values = [changed(path, old) for path, old in list(leaves(raw()))[5::41]]
    values += [without(path) for path in OTHERS[3::41]]
    usable = [signed(one) for one in values if one is not None]
    assert len(usable) > 7
    for one in usable:
        check(whole, one)


def test_every_key_that_is_left_out_is_listed() -> None:
    whole = signed(raw()).plan
    for path in OTHERS:
        values = without(path)
        assert values is not None
        assert changed_keys(whole, signed(values).plan), path


def test_every_changed_value_is_listed_with_its_path() -> None:
    whole = signed(raw()).plan
    for path, old in leaves(raw()):
        values = changed(path, old)
        if values is not None:
            found = changed_keys(whole, signed(values).plan)
            last = next(str(part) for part in reversed(path) if isinstance(part, str))
            assert any(last in one.path for one in found), path


def test_a_change_is_marked_by_words_rows_and_paragraphs() -> None:
    new = edited(
        ('budget = "100000000"', 'budget = "90000000"'),
        ("max_load = 4", "max_load = 5"),
        ('id = "small"', 'id = "small"\ntext = { en = "A new text." }'),
        ('ties = ["score:excellence", "lottery"]', 'ties = ["score:impact", "score:excellence", "refuse"]'),
        (
            '[[topic]]\nid = "matter"\ntitle = { en = "Matter" }\n',
            '[[topic]]\nid = "sound"\ntitle = { en = "Sound" }\n',
        ),
        ("closes = 2026-04-15T10:00:00+02:00", "closes = 2026-04-22T10:00:00+02:00"),
    )
    word = check(SMALL, new)
    body = part(word, "word/document.xml")
    words = {kind: ["".join(one.itertext()) for one in body.iter(f"{W}{kind}") if len(one)] for kind in ("ins", "del")}
    assert "90,000,000" in words["ins"]
    assert "100,000,000" in words["del"]
    assert [text for text in words["ins"] if "April" in text or "Apr" in text] == []  # only the day within the date
    assert words["del"].count("15") == words["ins"].count("22") > 2
    assert "A new text." in words["ins"]
    rows = [row for row in body.iter(f"{W}tr") if row.find(f"{W}trPr/{W}ins") is not None]
    assert rows == []  # no table has another row
    marks = [one for kind in ("ins", "del") for one in body.iter(f"{W}{kind}")]
    assert {one.get(f"{W}author") for one in marks} == {"Accord"}
    assert {one.get(f"{W}date") for one in marks} == {"2026-01-15T01:00:00Z"}
    identifiers = [one.get(f"{W}id") for one in marks]
    assert len(identifiers) == len(set(identifiers)) > 20
    assert docx.Document(io.BytesIO(word)).core_properties.author == ""


def test_rows_that_come_go_and_move_are_whole_rows() -> None:
    head, first, second = re.split(r"(?=\[\[review\.criterion\]\])", PLAN)
    second, rest = second.split("[conflicts]")
    third = '[[review.criterion]]\nid = "team"\nscale = { min = 0, max = 5, step = 0.5 }\nweight = 1\n\n'
    new = parse_plan(f"{head}{third}{second}{first}[conflicts]{rest}".encode())
    body = part(check(SMALL, new), "word/document.xml")
    tracked = {
        kind: [
            "".join(row.find(f"{W}tc").itertext()).strip()
            for row in body.iter(f"{W}tr")
            if row.find(f"{W}trPr/{W}{kind}") is not None
        ]
        for kind in ("ins", "del")
    }
    assert tracked == {"ins": ["team", "impact"] * 2, "del": ["impact"] * 2}


def test_the_keys_that_changed() -> None:
    new = edited(
        ('budget = "100000000"', 'budget = "90000000"'),
        ('holidays = "BE"\n', ""),
        ("experts_per_proposal = 2", 'experts_per_proposal = 2\nfairness = "total"'),
        ('title = { en = "Light" }', 'title = { en = "Light", ja = "光" }'),
        ("opens = 2026-01-15T10:00:00+09:00", "opens = 2026-01-15T02:00:00+01:00"),
        ("reserve = 2", 'reserve = 2\nadjustments = ["cut-request"]\ntop_up = [{ side = "EU", max = "5.00" }]'),
    )
    assert changed_keys(SMALL.plan, new.plan) == (
        ChangedKey(path="topic[light].title.ja", before=Stated(text=None), after=Stated(text="光", default="光")),
        ChangedKey(
            path="side[JP].budget",
            before=Stated(text="100000000", default="100000000"),
            after=Stated(text="90000000", default="90000000"),
        ),
        ChangedKey(path="side[EU].holidays", before=Stated(text="BE", default="BE"), after=Stated(text=None)),
        ChangedKey(
            path="timeline.opens",  # the same instant, so the document does not show it
            before=Stated(text="2026-01-15T10:00:00+09:00", default="2026-01-15T10:00:00+09:00"),
            after=Stated(text="2026-01-15T02:00:00+01:00", default="2026-01-15T02:00:00+01:00"),
        ),
        ChangedKey(
            path="review.fairness",
            before=Stated(text=None, default="total"),
            after=Stated(text="total", default="total"),
        ),
        ChangedKey(
            path="selection.adjustments",
            before=Stated(text=None, default="[]"),
            after=Stated(text="[cut-request]", default="[cut-request]"),
        ),
        ChangedKey(path="selection.top_up[EU].side", before=Stated(text=None), after=Stated(text="EU", default="EU")),
        ChangedKey(
            path="selection.top_up[EU].max", before=Stated(text=None), after=Stated(text="5.00", default="5.00")
        ),
    )


def test_entries_that_changed_places_are_told() -> None:
    head, first, second, rest = re.split(r"(?=\[\[side\]\]|\[timeline\])", PLAN)
    new = parse_plan(f"{head}{second}{first}{rest}".encode())
    check(SMALL, new)
    assert changed_keys(SMALL.plan, new.plan) == (
        ChangedKey(path="side", before=Stated(text="JP, EU"), after=Stated(text="EU, JP"), order=True),
    )


def test_the_list_of_keys_stands_before_the_document_and_in_neither_version() -> None:
    diff = changed_document(SMALL, edited(("max_load = 4", "max_load = 5"), ("reserve = 2", "reserve = 0")))
    (table,) = (block for block in diff.front if isinstance(block, Table))
    assert [[told(cell) for cell in row.cells] for row in table.rows] == [
        ["review.max_load", "4", "5"],
        ["selection.reserve", "2", "0"],
    ]
    body = part(docx_bytes(diff), "word/document.xml")
    (control,) = body.iter(f"{W}sdt")
    assert control.find(f"{W}sdtPr/{W}tag").get(f"{W}val") == "accord-changes"
    assert [*control.iter(f"{W}ins"), *control.iter(f"{W}del")] == []
    assert "review.max_load" in "".join(control.itertext())
    assert "review.max_load45" in "".join(read_page(html_bytes(diff)).by_id("accord-changes").text.split())


def test_bytes_that_differ_in_no_value_are_said_to() -> None:
    comment = parse_plan(f"{PLAN}# a comment\n".encode())
    diff = changed_document(SMALL, comment)
    assert any(
        "the bytes differ in comments" in told(block.line) for block in diff.front if not isinstance(block, Table)
    )
    assert SMALL.digest in told(diff.footer)
    assert comment.digest in told(diff.footer)
    check(SMALL, comment)


line_of_words = st.lists(
    st.builds(
        Run,
        st.sampled_from(["the ", "budget", " ", "700,000", "予算は", "審査員", "、", "a\nb", "x"]),
        st.sampled_from(["en", "ja"]),
        st.sampled_from(["plain", "strong", "code"]),
    ),
    max_size=8,
).map(tuple)


@given(line_of_words, line_of_words)
def test_a_lines_changes_hold_both_lines(old: Line, new: Line) -> None:
    marked = line_changes(old, new)
    for left_out, line in (("deleted", new), ("inserted", old)):
        kept = [(sign, run.language, run.style) for run in marked if run.change != left_out for sign in run.text]
        assert kept == [(sign, run.language, run.style) for run in line for sign in run.text]


def test_words_are_compared_as_words() -> None:
    def said(text: str) -> Line:
        return (Run(text, "en"),)

    marked = line_changes(
        said("at most 6 proposals of JPY 700,000,000"), said("at most 5 proposals of JPY 650,000,000")
    )
    assert [(run.change, run.text) for run in marked] == [
        ("same", "at most "),
        ("deleted", "6"),
        ("inserted", "5"),
        ("same", " proposals of JPY "),
        ("deleted", "700,000,000"),
        ("inserted", "650,000,000"),
    ]
    marked = line_changes((Run("審査員は3名とする", "ja"),), (Run("審査員は5名とする", "ja"),))
    assert [run.text for run in marked] == ["審査員は", "3", "5", "名とする"]
    assert [run.change for run in line_changes(said("One thing"), said("Quite different words"))] == [
        "deleted",
        "inserted",
    ]


def test_the_reference_plan_changed(quantum_call: Path) -> None:
    old = load_plan(quantum_call / "plan.toml")
    text = old.content.decode()
    check(old, parse_plan(text.replace('"700000000"', '"650000000"').replace("days = 30", "days = 60").encode()))


def test_libreoffice_shows_the_changes(tmp_path: Path) -> None:
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice and pdftotext are not on this machine")
    new = edited(("max_load = 4", "max_load = 5"))
    (tmp_path / "diff.docx").write_bytes(check(SMALL, new))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "diff.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", tmp_path / "diff.pdf", "-"], check=True, capture_output=True).stdout.decode()
    assert "One expert judges at most 45 proposals" in text  # both, the first struck through
    assert "What changed" in text
