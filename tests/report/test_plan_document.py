"""The plan as a document: what it says is what the plan says, in both languages and both formats."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from document_reading import W, page_version, part, word_texts, word_version
from page_reader import read_page
from whole_plan import DIGEST_OF, WHOLE, changed, keys, leaves, raw, signed, without

from accord.example import example_call
from accord.plan.load import SignedPlan, load_plan, parse_plan
from accord.report.plan_document import docx_bytes, html_bytes, plan_document
from accord.report.plan_document.blocks import Block, Document, Heading, Listing, Paragraph, Table, told
from accord.report.plan_document.voice import messages
from accord.report.reasons import RULES
from calls import PLAN
from conftest import ROOT

LANGUAGES = ("en", "ja")
ONLY_VALUE = {("accord",), ("affinity", "model"), ("ranking", "order_by")}  # the format has no other, in this plan
PROMISES = re.compile(r"\b(shall|obligat\w+|commit\w*|pledge\w*|guarantee\w*)\b", re.IGNORECASE)


def lines(block: Block) -> list[str]:
    """Every text of a block."""
    if isinstance(block, Table):
        return [
            told(line) for line in (block.caption, *block.head, *(cell for row in block.rows for cell in row.cells))
        ]
    return [told(item.line) for item in block.items] if isinstance(block, Listing) else [told(block.line)]


def visible(document: Document, language: str) -> list[str]:
    """What a reader of one language sees: its half and what stands for both, but for the list of recorded keys."""
    other = next(one for one in LANGUAGES if one != language)
    return [
        text
        for block in document.blocks
        if not block.key.startswith((f"{other}/", f"{language}/recorded")) and block.key != "contents/list"
        for text in lines(block)
    ]


def of_language(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The languages whose readers see a leaf: one for a text of that language, else both."""
    return (str(path[-1]),) if path[-1] in LANGUAGES else LANGUAGES


@pytest.fixture(scope="module")
def whole() -> Document:
    return plan_document(signed(raw()))


def test_the_plan_of_this_test_uses_every_key_of_the_format() -> None:
    plan = parse_plan(WHOLE.encode()).plan
    unused: set[str] = set()
    used: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, tuple):
            for entry in value:
                walk(entry)
        elif isinstance(value, dict):
            for entry in value.values():
                walk(entry)
        elif hasattr(value, "model_fields_set"):
            for name in type(value).model_fields:
                place = f"{type(value).__name__}.{name}"
                (used if name in value.model_fields_set else unused).add(place)
                walk(getattr(value, name))

    walk(plan)
    assert unused - used == set()
    assert len(used) > 130


@pytest.mark.parametrize(("path", "old"), list(leaves(raw())), ids=str)
def test_every_value_of_a_plan_shows(path: tuple[str | int, ...], old: object, whole: Document) -> None:
    values = changed(path, old)
    if path in ONLY_VALUE:
        assert values is None
        return
    assert values is not None, "no other value found"
    document = plan_document(signed(values))
    for language in of_language(path):
        assert visible(document, language) != visible(whole, language)


@pytest.mark.parametrize("path", [path for path in keys(raw()) if without(path) is not None], ids=str)
def test_every_key_that_may_be_left_out_shows(path: tuple[str | int, ...], whole: Document) -> None:
    values = without(path)
    assert values is not None
    document = plan_document(signed(values))
    for language in of_language(path):
        assert visible(document, language) != visible(whole, language)


def test_departments_and_a_sentence_model_of_any_digest_are_told() -> None:
    values = raw()
    values["conflicts"]["same_organisation"] = "department"
    del values["affinity"]["weights_sha256"]
    shown = visible(plan_document(signed(values)), "en")
    assert "The sentence model is all-MiniLM-L6-v2." in shown
    (told_of,) = (text for text in shown if "nor from that organisation where either names no department" in text)
    assert told_of.startswith("An expert does not judge a proposal with a partner from the same department")


def test_texts_names_amounts_and_instants_stand_as_people_write_them(whole: Document) -> None:
    seen = {language: "\n".join(visible(whole, language)) for language in LANGUAGES}
    for path, value in leaves(raw()):
        if isinstance(value, datetime):
            zone = "Asia/Tokyo" if "signatories" in path or "prechecks" in path else "Europe/Brussels"
            at = value.astimezone(ZoneInfo(zone))
            if "gate" not in path or zone != "Europe/Brussels":
                assert f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}" in seen["ja"], path
                assert f"{at.day} {at:%b} {at.year}, {at:%H:%M} " in seen["en"], path
        elif isinstance(value, str) and path[-1] in (*LANGUAGES, "fr", "name", "email", "url", "scope", "source", "id"):
            for language in of_language(path):
                for line in value.split("\n\n"):
                    assert line in seen[language], path
    for amount in ("700,000,000", "210,000,000", "310,000,000", "390,000,000", "110,000,000", "7,000,000"):
        assert f"JPY {amount}" in seen["en"]
        assert f"{amount}円" in seen["ja"]
    for text in ("EUR 14,000,000.00", "EUR 1,500,000.00", "1,200,000 node-hours", "90,000 node-hours", "160.25 JPY"):
        assert text in seen["en"]
        assert text in seen["ja"]
    for english, japanese in (("10 years 6 months", "10年6か月"), ("90 days", "90日"), ("5 years", "5年")):
        assert english in seen["en"]
        assert japanese in seen["ja"]


def test_a_text_that_a_language_lacks_stands_in_the_prevailing_one_and_is_marked() -> None:
    document = plan_document(parse_plan(PLAN.encode()))
    (topics,) = (one for one in document.blocks if one.key == "ja/topics/list")
    assert lines(topics) == ["Light［英語］（light）", "Matter［英語］（matter）"]
    assert {(run.text, run.language) for run in topics.items[0].line} >= {
        ("Light", "en"),
        ("英語", "ja"),
        ("light", "ja"),
    }
    only_french = PLAN.replace('{ en = "Light" }', '{ fr = "Lumière" }').replace(
        'language = "en"', 'language = "fr"', 1
    )
    only_french = only_french.replace('en = "A small call"', 'en = "A small call", fr = "Un petit appel"')
    document = plan_document(parse_plan(only_french.encode()))
    (topics,) = (one for one in document.blocks if one.key == "en/topics/list")
    assert lines(topics)[0] == "Lumière [in fr] (light)"
    (note,) = (one for one in document.blocks if one.key == "en/prevails")
    assert "the plan's own texts in fr prevail" in lines(note)[0]


def test_the_prevailing_language_stands_first_and_is_marked() -> None:
    for prevailing, first, second in (
        ("en", "English text (prevailing)", "日本語版"),
        ("ja", "日本語版（正文）", "English text"),
    ):
        plan = PLAN.replace('prevailing_language = "en"', f'prevailing_language = "{prevailing}"')
        halves = [
            one
            for one in plan_document(parse_plan(plan.encode())).blocks
            if isinstance(one, Heading) and one.level == 1
        ]
        assert [told(one.line) for one in halves][1:3] == [first, second]


def test_the_small_plan_sentence_by_sentence() -> None:
    document = plan_document(parse_plan(PLAN.encode()))
    by_key = {block.key: block for block in document.blocks}
    assert lines(by_key["en/applying/rules"]) == [
        "A consortium has 2 to 4 partners.",
        "A partner may take part without a request; it does not count towards the least number of partners.",
        "The coordinator belongs to one of these Sides: JP, EU.",
        "A project takes 12 to 48 months, both allowed.",
    ]
    assert lines(by_key["ja/annex/JP/requests/list"]) == [
        "一つの提案書がJPに申請できる額は60,000,000円までとする。",
        "申請額は全経費を含む。",
        "JPは間接経費の上限を定めていない。",
        "JPは申請総額に占める割合の上限を定めていない。",
    ]
    assert [[told(cell) for cell in row.cells] for row in by_key["ja/timeline/table"].rows] == [
        ["受付開始", "2026年1月15日 10:00（JP、Asia/Tokyo）\n2026年1月15日 02:00（EU、Europe/Brussels）"],
        ["受付締切", "2026年4月15日 17:00（JP、Asia/Tokyo）\n2026年4月15日 10:00（EU、Europe/Brussels）"],
    ]
    assert lines(by_key["en/ranking/tie-breaks"]) == [
        "the greater score on excellence",
        "the lottery of all Sides together",
    ]
    assert lines(by_key["en/recorded/nothing"]) == ["The software executes every key that this plan uses."]


def test_each_order_of_the_list_has_its_sentence() -> None:
    said = set()
    for order in ("mean", "consensus", "calibrated"):
        plan = parse_plan(PLAN.replace('order_by = "mean"', f'order_by = "{order}"').encode())
        by_key = {block.key: block for block in plan_document(plan).blocks}
        said |= {lines(by_key[f"{language}/ranking/order"])[0] for language in LANGUAGES}
    assert len(said) == 6


def documents() -> list[tuple[str, SignedPlan]]:
    """The plans of this test by name: example calls of 2, 5 and 36 Sides, the small plan, the whole one."""
    examples = {
        f"{sides} Sides": example_call(sides=sides, proposals=4, experts=20, seed=1, reviews=False)["plan.toml"]
        for sides in (2, 5, 36)
    }
    return [
        (name, parse_plan(text))
        for name, text in (*examples.items(), ("small", PLAN.encode()), ("whole", WHOLE.encode()))
    ]


@pytest.mark.parametrize(("name", "plan"), documents(), ids=lambda one: one if isinstance(one, str) else "")
def test_word_and_page_say_the_same_and_lead_somewhere(name: str, plan: SignedPlan) -> None:
    document = plan_document(plan)
    keys_of = [block.key for block in document.blocks]
    assert len(set(keys_of)) == len(keys_of)
    for block in document.blocks:
        entries = block.rows if isinstance(block, Table) else block.items if isinstance(block, Listing) else ()
        assert len({entry.key for entry in entries}) == len(entries)
        if isinstance(block, Table):
            assert {len(row.cells) for row in block.rows} == {len(block.head)} == {len(block.shares)}
    word, page = docx_bytes(document), html_bytes(document)
    said = ["".join(text.split()) for block in document.blocks for text in lines(block)]
    assert word_texts(word) == [text for text in said if text]
    assert page_version(page) == [text for text in said if text]
    read = read_page(page)
    places = [one.attributes["id"] for one in read.all() if "id" in one.attributes]
    assert len(places) == len(set(places))
    assert {one.attributes["href"][1:] for one in read.all("a")} <= set(places)
    assert plan.digest in read.text


def test_the_reference_plan(quantum_call: Path) -> None:
    plan = load_plan(quantum_call / "plan.toml")
    document = plan_document(plan)
    text = {language: "\n".join(visible(document, language)) for language in LANGUAGES}
    for told_there in ("JPY 700,000,000", "EUR 14,000,000.00", "15 Apr 2026, 17:00 JST", "10 years", "30 days"):
        assert told_there in text["en"]
    for told_there in ("700,000,000円", "EUR 14,000,000.00", "2026年4月15日 17:00", "内閣府", "委託研究", "10年"):
        assert told_there in text["ja"]
    assert word_texts(docx_bytes(document)) == page_version(html_bytes(document))


def test_no_output_promises_money_or_performance(whole: Document) -> None:
    assert [text for text in visible(whole, "en") if PROMISES.search(text)] == []
    for block in whole.blocks:
        if block.key.endswith("/call/indicative"):
            assert isinstance(block, Paragraph)
            assert block.style == "note"
    assert any("subject to appropriations" in text for text in visible(whole, "en"))
    assert any("予算措置を条件とする" in text for text in visible(whole, "ja"))


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    english, japanese = messages("en"), messages("ja")
    assert english.keys() == japanese.keys()
    for key, text in english.items():
        forms, other = ([one] if isinstance(one, str) else one for one in (text, japanese[key]))
        assert {frozenset(re.findall(r"{\w+}", one)) for one in forms} == {
            frozenset(re.findall(r"{\w+}", one)) for one in other
        }, key
    assert {rule: english[f"ranking.rule_{rule}"] for rule in RULES} == RULES


# ---- the Word file -----------------------------------------------------------------------------------------------


def test_word_knows_styles_header_rows_languages_and_titles(whole: Document) -> None:
    content = docx_bytes(whole)
    read = docx.Document(io.BytesIO(content))
    used = {paragraph.style.name for paragraph in read.paragraphs}
    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "List Bullet", "List Number"} <= used
    assert read.core_properties.title == "Whole call / Appel entier [in fr]"
    assert (read.core_properties.author, read.core_properties.last_modified_by) == ("", "")
    assert read.core_properties.created == read.core_properties.modified == datetime(2026, 1, 15, 1, tzinfo=UTC)
    body = part(content, "word/document.xml")
    for table in body.iter(f"{W}tbl"):
        assert table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
        heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.iter(f"{W}tr")]
        assert heads == [True] + [False] * (len(heads) - 1)
    tags = {"en": "en-GB", "ja": "ja-JP", "fr": "fr"}
    runs = [run for run in body.iter(f"{W}r") if run.find(f"{W}t") is not None]
    assert len(runs) > 500
    for run in runs:
        language = run.find(f"{W}rPr/{W}lang")
        assert language.get(f"{W}val") in tags.values()
        assert language.get(f"{W}eastAsia") == "ja-JP"
        if re.search(r"[\u3041-\u30ff]", "".join(run.itertext())):
            assert language.get(f"{W}val") == "ja-JP"
    fonts = {font.get(f"{W}name"): font.find(f"{W}altName") for font in part(content, "word/fontTable.xml")}
    assert fonts["Noto Serif JP"].get(f"{W}val") == "MS Mincho"


def test_word_names_nobody_and_carries_no_time_but_the_openings(whole: Document) -> None:
    content = docx_bytes(whole)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_STORED}
        assert {name for name in file.namelist() if name.startswith("docProps")} == {"docProps/core.xml"}
        everything = b"".join(file.read(name) for name in file.namelist())
    assert b"python-docx" not in everything
    assert b"creator" not in everything
    assert set(re.findall(rb"20\d\d-\d\d-\d\dT[\d:]+Z", everything)) == {b"2026-01-15T01:00:00Z"}


def test_the_same_plan_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, sys; from accord.plan.load import parse_plan\n"
        "from accord.report.plan_document import docx_bytes, html_bytes, plan_document\n"
        "document = plan_document(parse_plan(sys.stdin.buffer.read()))\n"
        "print(hashlib.sha256(docx_bytes(document) + html_bytes(document)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=WHOLE.encode(),
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(digests) == 1


def test_a_hostile_text_stays_text() -> None:
    hostile = r"<script>alert(1)</script> ]]> & \" </w:t> \u0007 {{ 7 * 7 }}"
    plan = parse_plan(PLAN.replace('en = "The other Side"', f'en = "{hostile}"').encode())
    document = plan_document(plan)
    page = read_page(html_bytes(document))
    assert page.all("script") == []
    expected = '<script>alert(1)</script> ]]> & " </w:t> \ufffd {{ 7 * 7 }}'
    assert expected in page.text
    assert any("".join(expected.split()) in text for text in word_texts(docx_bytes(document)))


def test_libreoffice_opens_it_with_the_digest_on_every_page(tmp_path: Path) -> None:
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice and pdftotext are not on this machine")
    plan = parse_plan(WHOLE.encode())
    (tmp_path / "plan.docx").write_bytes(docx_bytes(plan_document(plan)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "plan.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "plan.pdf", "-"], check=True, capture_output=True).stdout
    *pages, last = text.decode().split("\f")
    assert last == ""
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        assert plan.digest in page
        assert f"{number} / {len(pages)}" in page


def test_the_fixed_digest_of_these_tests_is_the_one_in_the_footer(whole: Document) -> None:
    assert SignedPlan(parse_plan(WHOLE.encode()).plan, DIGEST_OF, ()).digest in told(whole.footer)
    assert word_version(docx_bytes(whole), "new")[-1][1].startswith("Accord · whole · SHA-256 ")
