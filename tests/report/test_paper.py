"""Plans on paper: the same words as in Word, tagged, with fonts that come along, and nothing that was pasted runs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from document_reading import page_version, word_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_reading import Text, everything, read_paper
from pypdf import PdfReader
from whole_plan import WHOLE

from accord.cli.plans import plan as plan_command
from accord.errors import InvalidInput
from accord.example import example_call
from accord.plan.load import SignedPlan, parse_plan
from accord.report.paper import PaperUnavailable, Sheet, compiled, press
from accord.report.paper.signs import clusters, rewritten, texts, undisplayable
from accord.report.plan_document import changed_document, docx_bytes, html_bytes, plan_document
from accord.report.plan_document.blocks import Block, Document, Heading, Listing, Run, Table, told
from accord.report.plan_document.paper_file import pdf_bytes
from calls import PLAN
from conftest import ROOT

NUMBERED = re.compile(r"\d+(\.\d+)?")
FONTS = re.compile(r"/[A-Z]{6}\+(LibertinusSerif|NotoSansCJKjp|DejaVuSansMono|NewCM)")
SHEET = Sheet(
    title="A title",
    subject="A subject",
    language="en",
    head=(Run("Head", "en"),),
    footer=(Run("Foot", "en"),),
    date=datetime(2026, 4, 15, 8, tzinfo=UTC),
)
SHOWN = '#let template(data) = { import "theme.typ": lines\nfor one in data.texts { par(lines(one)) } }'


def plans() -> list[tuple[str, SignedPlan]]:
    """The plans of this test by name: example calls of 2 and 36 Sides, the small plan, the whole one."""
    examples = {
        f"{sides} Sides": example_call(sides=sides, proposals=4, experts=20, seed=1, reviews=False)["plan.toml"]
        for sides in (2, 36)
    }
    return [
        (name, parse_plan(text))
        for name, text in (*examples.items(), ("small", PLAN.encode()), ("whole", WHOLE.encode()))
    ]


def bare(text: str) -> str:
    """A text without spaces and line ends."""
    return "".join(text.split())


def said(document: Document) -> Iterator[tuple[Block, str]]:
    """Every text of a document with its block, in reading order; one without signs is left out."""
    for block in (*document.front, *document.blocks):
        if isinstance(block, Table):
            lines = [block.caption, *block.head, *(cell for row in block.rows for cell in row.cells)]
        elif isinstance(block, Listing):
            lines = [item.line for item in block.items]
        else:
            lines = [block.line]
        for line in lines:
            if bare(told(line)):
                yield block, bare(told(line))


def without_numbers(paper: list[Text], document: Document) -> list[str]:
    """The texts on paper without the numbers of sections and pages, which Word adds by itself."""
    found = []
    for one, (block, text) in zip(paper, said(document), strict=True):
        added = one.bare
        if isinstance(block, Heading) and block.numbered and added != text:
            number = added.removesuffix(text)
            assert NUMBERED.fullmatch(number), (added, text)
            added = added[len(number) :]
        if isinstance(block, Listing) and block.kind == "contents":
            page = added.removeprefix(text)
            assert re.fullmatch(r"\d+", page), (added, text)
            added = added[: -len(page)]
        found.append(added)
    return found


@pytest.mark.parametrize(("name", "plan"), plans(), ids=lambda one: one if isinstance(one, str) else "")
def test_paper_word_and_page_say_the_same_block_by_block(name: str, plan: SignedPlan) -> None:
    document = plan_document(plan)
    paper = without_numbers(read_paper(pdf_bytes(document)), document)
    assert paper == word_texts(docx_bytes(document))
    assert paper == page_version(html_bytes(document))


def test_a_comparison_shows_what_came_and_what_went() -> None:
    old, new = (parse_plan(text.encode()) for text in (PLAN, PLAN.replace("max_load = 4", "max_load = 5")))
    document = changed_document(old, new)
    shown = [one.bare for one in read_paper(pdf_bytes(document))]
    expected = [text for block, text in said(document) if not (isinstance(block, Listing) and block.kind == "contents")]
    assert [text for text in expected if not any(one.endswith(text) for one in shown)] == []
    assert any("45proposals" in text for text in shown), "the old number struck out, the new one beside it"


def test_sections_are_counted_anew_in_each_language() -> None:
    paper = read_paper(pdf_bytes(plan_document(parse_plan(PLAN.encode()))))
    numbers = [found[0] for one in paper if one.role == "H2" and (found := NUMBERED.match(one.text))]
    half = numbers.index("1", 1)
    assert numbers == [str(number) for number in range(1, half + 1)] * 2
    assert half > 5


# ---- the file ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> bytes:
    return pdf_bytes(plan_document(parse_plan(WHOLE.encode())))


def test_it_is_tagged_titled_and_names_nobody(whole: bytes) -> None:
    reader = PdfReader(io.BytesIO(whole))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert set(reader.metadata or {}) == {"/Title", "/Subject", "/Creator", "/CreationDate", "/ModDate"}
    assert reader.metadata is not None
    assert reader.metadata.title == "Whole call / Appel entier [in fr]"
    assert reader.metadata.creation_date == datetime(2026, 1, 15, 1, tzinfo=UTC)
    assert reader.metadata.modification_date == datetime(2026, 1, 15, 1, tzinfo=UTC)
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    roles = {one.role for one in read_paper(whole)}
    assert {"Title", "H1", "H2", "H3", "P", "LBody", "Caption", "TH", "TD", "TOCI"} <= roles


def test_every_span_has_its_language(whole: bytes) -> None:
    pieces = [piece for one in read_paper(whole) for piece in one.languages]
    kana = [language for language, text in pieces if re.search("[\u3041-\u30ff]", text)]
    assert len(kana) > 100
    assert set(kana) == {"ja"}
    assert {language for language, text in pieces if "Appel" in text} == {"fr"}


def test_every_font_is_embedded_and_comes_along(whole: bytes) -> None:
    names = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(whole)).pages
        for font in page["/Resources"]["/Font"].values()
        for font in font.get_object()["/DescendantFonts"]
        if {"/FontFile2", "/FontFile3"} & font.get_object()["/FontDescriptor"].keys()
    }
    assert len(names) >= 4
    assert [name for name in names if not FONTS.match(name)] == []
    assert b"/FontFile" in whole
    assert whole.count(b"/FontDescriptor ") == len(names)


def test_every_page_has_the_digest_and_its_number(whole: bytes) -> None:
    digest = parse_plan(WHOLE.encode()).digest
    pages = PdfReader(io.BytesIO(whole)).pages
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        text = bare(page.extract_text())
        assert digest in text
        assert f"{number}/{len(pages)}" in text


def test_the_same_plan_gives_the_same_bytes_wherever_it_is_set_without_fonts_of_the_system(tmp_path: Path) -> None:
    code = (
        "import sys; from accord.plan.load import parse_plan\n"
        "from accord.report.plan_document import plan_document\n"
        "from accord.report.plan_document.paper_file import pdf_bytes\n"
        "sys.stdout.buffer.write(pdf_bytes(plan_document(parse_plan(sys.stdin.buffer.read()))))"
    )
    nowhere = {name: str(tmp_path) for name in ("HOME", "FONTCONFIG_PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS")}
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=PLAN.encode(),
            capture_output=True,
            check=True,
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, **more},
        ).stdout
        for seed, zone, folder, more in (("1", "UTC", ROOT, {}), ("2", "Asia/Tokyo", tmp_path, nowhere))
    ]
    assert printed[0] == printed[1] == pdf_bytes(plan_document(parse_plan(PLAN.encode())))
    assert str(ROOT).encode() not in everything(printed[0])


# ---- what people wrote is only shown ---------------------------------------------------------------------------------

HOSTILE = [
    '#read("/etc/passwd")',
    "$ x_1 / 0 $",
    "*bold* _emph_ `raw`",
    "@missing-label and <label>",
    r"\u{41} \\ \# \ ",
    "= no heading",
    "- no list\n+ nor this\n/ nor: that",
    '"); #panic("out") //',
    '#[ #import "@preview/cetz:0.3.0" ]',
    "/* not a comment */ // nor this ~ -- --- ...",
    "https://example.org/a_b#c?d=$e*f*",
    "'quotes' \"stay\" straight",
    "{{ 7 * 7 }} ${7*7} %s {0}",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_shown_as_it_stands(hostile: str) -> None:
    paper = read_paper(compiled(SHOWN, {"texts": [hostile, "end"]}, SHEET))
    assert [one.bare for one in paper] == [bare(hostile), "end"]


def test_a_hostile_title_is_shown_as_it_stands_all_over() -> None:
    hostile = '#read("/etc/passwd") $x$ *b* @ref \\\\ <l> "q"'
    plan = parse_plan(PLAN.replace("A small call", hostile.replace('"', '\\"')).encode())
    paper = read_paper(pdf_bytes(plan_document(plan)))
    assert bare(plan.plan.call.title["en"]) in paper[1].bare
    assert paper[1].role == "Title"


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1, max_size=8))
def test_any_text_can_be_set(text: str) -> None:
    assert read_paper(compiled(SHOWN, {"texts": [f"x{text}"]}, SHEET))[0].text.startswith("x")


@settings(deadline=None, max_examples=40)
@given(
    st.text(
        alphabet="#$*_`@<>[](){}\\\"'/=-+~&%^|;:,.!?azAZ09éßöΩж量子の研究カガ一、。「」（）", min_size=1, max_size=30
    )
)
def test_any_text_is_shown_sign_by_sign(text: str) -> None:
    assert [one.text for one in read_paper(compiled(SHOWN, {"texts": [text]}, SHEET))] == [text]


def test_signs_without_a_shape_are_replaced_and_turned_text_is_straightened() -> None:
    paper = read_paper(compiled(SHOWN, {"texts": ["a🙂b", "日本語 한국 中国 Ω Ж é", "a\u202egnp.exe"]}, SHEET))
    assert [one.text for one in paper] == ["a\ufffdb", "日本語 한국 中国 Ω Ж é", "agnp.exe"]


def test_a_long_text_without_spaces_stays_on_the_page_and_whole() -> None:
    digest = "0123456789abcdef" * 16
    content = compiled(SHOWN, {"texts": [digest]}, SHEET)
    (shown,) = read_paper(content)
    assert shown.text == digest
    lines = PdfReader(io.BytesIO(content)).pages[0].extract_text().splitlines()
    assert sum(1 for line in lines if line.strip() and line.strip() in digest) >= 2


@given(st.lists(st.text(min_size=1, max_size=1), max_size=30, unique=True), st.sets(st.text(min_size=1, max_size=1)))
def test_what_cannot_be_shown_is_found_by_halving(signs: list[str], refused: set[str]) -> None:
    found = undisplayable(signs, lambda some: not refused & set(some))
    assert found == refused & set(signs)


@given(st.text())
def test_a_text_is_cut_without_losing_a_sign(text: str) -> None:
    assert "".join(clusters(text)) == text


def test_marks_and_joiners_stay_with_their_base() -> None:
    assert clusters("e\u0301a👩\u200d🔬b") == ["e\u0301", "a", "👩\u200d🔬", "b"]
    value = {"a": ["b", {"c": "d"}], "e": 1, "f": None}
    assert list(texts(value)) == ["b", "d"]
    assert rewritten(value, str.upper) == {"a": ["B", {"c": "D"}], "e": 1, "f": None}


# ---- what cannot be done is said -------------------------------------------------------------------------------------


def test_nothing_outside_can_be_read_or_fetched() -> None:
    for path in ("/etc/passwd", "../../../../etc/passwd"):
        with pytest.raises(InvalidInput, match=r"^template\.typ:2: "):
            compiled(f'#let template(data) = [\n  #read("{path}") ]', {}, SHEET)
    with pytest.raises(InvalidInput, match=r"^template\.typ:2: found .* no package is fetched"):
        compiled('#let template(data) = []\n#import "@preview/cetz:0.3.0"', {}, SHEET)


def test_a_template_that_does_not_compile_is_named_with_its_line() -> None:
    with pytest.raises(InvalidInput, match=r"^own\.typ:2: .*titel"):
        compiled("#let template(data) = [\n  #data.titel\n]", {}, SHEET, name="own.typ")
    with pytest.raises(InvalidInput, match=r"^own\.typ:1: unclosed"):
        compiled("#let template(data) = (", {}, SHEET, name="own.typ")


@pytest.mark.parametrize("missing", ["typst", "noto_cjk_sans_jp_bold"])
def test_without_the_extra_it_says_what_to_install(
    missing: str, small_call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = press.import_module

    def absent(name: str) -> object:
        if name == missing:
            raise ModuleNotFoundError(name=name)
        return imported(name)

    monkeypatch.setattr(press, "import_module", absent)
    press._typst.cache_clear()
    try:
        done = CliRunner().invoke(plan_command, [str(small_call), "--docx", "--pdf"])
    finally:
        press._typst.cache_clear()
    assert isinstance(done.exception, PaperUnavailable)
    assert str(done.exception) == f"PDF files need {missing}: pip install 'accord[pdf]'"
    assert not list(small_call.glob("plan.docx"))
    assert not list(small_call.glob("plan.pdf"))


def test_the_command_writes_it_beside_the_plan(small_call: Path) -> None:
    done = CliRunner().invoke(plan_command, [str(small_call), "--pdf"])
    assert done.exit_code == 0, done.output
    expected = pdf_bytes(plan_document(parse_plan((small_call / "plan.toml").read_bytes())))
    assert (small_call / "plan.pdf").read_bytes() == expected
