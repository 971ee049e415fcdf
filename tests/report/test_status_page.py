"""The status and timeline pages: what they say, in both languages, and that all can read them."""

import re
from pathlib import Path
from typing import get_args

import pytest
from page_reader import Element
from report_checks import check_page

from accord.call.folder import load_call
from accord.errors import InvalidInput
from accord.example import example_call
from accord.methods import eligibility
from accord.methods.conflicts import Kind
from accord.pipeline.status import status
from accord.plan.load import load_plan, parse_plan
from accord.report.calendar_words import MESSAGES as CALENDAR
from accord.report.language import LANGUAGES
from accord.report.status import status_html, timeline_html
from accord.report.status_words import MESSAGES
from accord.report.tracks import MESSAGES as TRACKS
from accord.report.tracks import shortened
from calls import PLAN, partner, tables, write_call

HOSTILE = '<script>alert("1")</script>\' onload="x" &amp; \u202eevil </table></style><!-- \x0c'
KANA_OR_HAN = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
GATES = """
[lottery]
commit_by = 2026-08-15T17:00:00+02:00
reveal_by = 2026-10-20T17:00:00+02:00

[[stage]]
id = "pre"
title = { en = "Pre-proposals", ja = "予備提案" }
opens = 2025-12-01T10:00:00+09:00
closes = 2026-02-02T10:00:00+01:00

[[gate]]
id = "evaluated"
title = { en = "Every Side has its evaluation, and none has seen another's", ja = "各側の評価が終了" }
at = 2026-07-20T10:00:00+02:00

[[gate]]
id = "council"
title = { en = "A council meets" }
at = 2026-12-25T10:00:00+01:00
sides = ["EU"]
"""


def page(folder: Path, language: str = "en") -> Element:
    call = load_call(folder)
    return check(status_html(call.plan, status(call), language), language)


def check(content: bytes, language: str = "en") -> Element:
    assert content.count(f'<html lang="{language}">'.encode()) == 1
    return check_page(content.replace(f'<html lang="{language}">'.encode(), b'<html lang="en">'))


def cells(section: Element, table: int) -> list[list[str]]:
    return [
        [cell.text for cell in row.children if isinstance(cell, Element)]
        for row in section.all("table")[table].all("tr")
    ]


def test_the_small_call_in_english(small_call: Path) -> None:
    shown = page(small_call)
    assert [item.text for item in shown.by_id("demand").all("li")] == [
        "JP 1.8 times its budget budget JPY 100,000,000 requested JPY 180,000,000 in 6 eligible proposals",
        "EU 1.7 times its budget budget EUR 900,000.00 requested EUR 1,500,000.00 in 6 eligible proposals",
    ]
    bars = [bar.attributes["style"] for bar in shown.by_id("demand").all("i") if "style" in bar.attributes]
    assert bars == ["width:55.6%", "width:60.0%"]
    assert cells(shown.by_id("demand"), 0) == [
        ["Side", "Light", "Matter"],
        ["JP", "0.9× JPY 90,000,000", "0.9× JPY 90,000,000"],
        ["EU", "0.8× EUR 750,000.00", "0.8× EUR 750,000.00"],
    ]
    assert cells(shown.by_id("demand"), 1) == [
        ["Side", "Light", "Matter", "All"],
        ["JP", "3", "3", "6"],
        ["EU", "0", "0", "0"],
        ["All", "3", "3", "6"],
        ["Eligible", "3", "3", "6"],
    ]
    assert "Every proposal is eligible." in shown.by_id("eligibility").text
    assert "6 experts can take 24 reviews; 6 eligible proposals need 12." in shown.by_id("experts").text
    assert "Tables that are not there yet 3" in shown.by_id("missing").text
    assert "P1 EU Institut 1 Jena" in shown.by_id("missing").text
    assert "12 of 12 reviews" in shown.all("nav")[0].text
    assert not KANA_OR_HAN.search(shown.all("main")[0].text)


def test_the_small_call_in_japanese(small_call: Path) -> None:
    shown = page(small_call, "ja")
    assert [item.text for item in shown.by_id("demand").all("li")] == [
        "JP 予算の1.8倍 予算 100,000,000円 申請額 180,000,000円 適格な提案書6件",
        "EU 予算の1.7倍 予算 EUR 900,000.00 申請額 EUR 1,500,000.00 適格な提案書6件",
    ]
    assert shown.all("h1")[0].text == "小さな公募"
    assert "2026年4月15日（水）17:00 JST" in shown.by_id("timeline").text
    assert "受付締切" in shown.by_id("timeline").text
    for heading in (*shown.all("h2"), *shown.all("th"), *shown.all("caption")):
        if heading.text not in {"JP", "EU", "DE", "Light", "Matter", "E1"}:
            assert KANA_OR_HAN.search(heading.text), heading.text


@pytest.mark.parametrize("messages", [MESSAGES, CALENDAR, TRACKS])
def test_both_languages_say_the_same_with_the_same_values(messages: dict[str, dict[str, str]]) -> None:
    for key, texts in messages.items():
        plural = key.endswith(".more")
        assert set(texts) == ({"en"} if plural else set(LANGUAGES)), key
        values = {language: set(re.findall(r"\{(\w+)", text)) for language, text in texts.items()}
        if plural:
            values["ja"] = set(re.findall(r"\{(\w+)", messages[key.removesuffix(".more")]["ja"]))
        assert values["en"] == values["ja"], key


def test_a_language_that_is_not_spoken_is_refused(small_call: Path) -> None:
    call = load_call(small_call)
    with pytest.raises(InvalidInput, match="language: found 'fr'; write one of en, ja"):
        status_html(call.plan, status(call), "fr")


def test_every_rule_and_every_kind_of_conflict_has_its_words() -> None:
    source = Path(eligibility.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'rule="([a-z_.]+)"', source))
    assert len(rules) > 10
    assert {f"rule.{rule}" for rule in rules} == {key for key in MESSAGES if key.startswith("rule.")}
    assert {f"conflict.{kind}" for kind in get_args(Kind)} == {key for key in MESSAGES if key.startswith("conflict.")}


def test_what_fails_what_lacks_and_who_declared(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0] |= {"duration_months": 60, "abstract": ""}
    rows["proposals"][3]["partners"].append(partner("EU", "Institute 1 Kyoto", "0"))
    rows["experts"][0]["publications"] = []
    declared = "proposal,expert,reason,declared_by\nP3,E1,supervised,JP\nP5,E1,supervised,\n"
    shown = page(write_call(tmp_path / "call", rows=rows, conflicts=declared))
    assert cells(shown.by_id("eligibility"), 0)[1:] == [["length duration_months", "joint rule", "1", "P1"]]
    missing = shown.by_id("missing").text
    assert "Proposals with an empty abstract 1 P1" in missing
    assert "Eligible proposals with fewer reviews that count than the plan asks for 1" in missing
    assert "P3: 1 of 2, 1 more by an expert in conflict" in missing
    assert cells(shown.by_id("partners"), 1)[1:] == [["Institute 1 Kyoto", "JP EU", "2", "1"]]
    experts = shown.by_id("experts").text
    assert "2 pairs of expert and eligible proposal must not meet: declared 2" in experts
    assert "Experts without a publication here 1" in experts
    assert cells(shown.by_id("experts"), 1)[1:] == [["P3", "E1", "supervised", "JP"], ["P5", "E1", "supervised", "–"]]


def test_a_call_before_review_with_many_of_everything(tmp_path: Path) -> None:
    folder = tmp_path / "call"
    folder.mkdir()
    for name, content in example_call(sides=12, proposals=40, experts=60, seed=4, reviews=False).items():
        (folder / name).write_bytes(content)
    for language in LANGUAGES:
        shown = page(folder, language)
        call = load_call(folder)
        assert len(shown.by_id("demand").all("li")) == 12
        assert len(cells(shown.by_id("demand"), 0)) == 13
        (drawing,) = shown.all("svg")
        assert len([one for one in drawing.all("line") if one.attributes["class"] == "track"]) == 12
        names = [one.text for one in drawing.all("text") if one.attributes["class"] == "name"]
        assert names == list(call.plan.plan.sides)


def test_gates_stages_and_lottery_stand_on_the_tracks(tmp_path: Path) -> None:
    text = PLAN.replace("10:00:00+02:00\n", "10:00:00+02:00\nreviews_by = 2026-07-10T10:00:00+02:00\n", 1) + GATES
    shown = check(timeline_html(parse_plan(text.encode())))
    first, second = shown.all("svg")
    assert [len([one for one in band.all("g") if one.all("title")]) for band in (first, second)] == [7, 2]
    labels = [
        one.text for band in (first, second) for one in band.all("text") if one.attributes["class"] == "gate-name"
    ]
    assert labels == [
        "Pre-proposals opens",
        "Opens",
        "Pre-proposals closes",
        "Closes",
        "Reviews by",
        "Every Side has its e…",
        "Lottery: commit by",
        "Lottery: reveal by",
        "A council meets",
    ]
    assert len(second.all("circle")) == 1  # the council concerns one Side alone
    assert "Every Side has its evaluation, and none has seen another's" in shown.by_id("timeline").text
    assert [row[1:] for row in cells(shown.by_id("timeline"), 1) if row[0] == "A council meets"] == [
        ["holiday", "EU Fri 25 Dec 2026, 10:00 CET (Christmas Day)"],
        ["out of order", "comes after “Reviews by”"],
    ]
    japanese = check(timeline_html(parse_plan(text.encode()), "ja"), "ja").by_id("timeline").text
    assert "予備提案：締切" in japanese
    assert "2026年7月20日（月）17:00 JST（海の日）" in japanese


def test_text_of_people_stays_text(tmp_path: Path) -> None:
    rows = tables()
    for number in (0, 1):
        rows["proposals"][number]["partners"][1] |= {
            "organisation": HOSTILE,
            "investigators": [{"id": "X", "name": HOSTILE}],
        }
    folder = write_call(tmp_path / "call", rows=rows)
    shown = page(folder)
    assert "<script>" in shown.by_id("partners").text
    assert "\x0c" not in shown.text


def test_the_same_status_gives_the_same_bytes(small_call: Path) -> None:
    first, second = load_call(small_call), load_call(small_call)
    assert status_html(first.plan, status(first)) == status_html(second.plan, status(second))


def test_a_name_is_cut_by_the_columns_that_it_takes() -> None:
    assert shortened("Reviews by", 10) == "Reviews by"
    assert shortened("Reviews by then", 10) == "Reviews b…"
    assert shortened("共同採択案の期限", 16) == "共同採択案の期限"
    assert shortened("共同採択案の期限日", 16) == "共同採択案の期…"


def test_the_reference_call(quantum_call: Path) -> None:
    for language in LANGUAGES:
        shown = page(quantum_call, language)
        assert ("9.1 times its budget" if language == "en" else "予算の9.1倍") in shown.by_id("demand").text
        check(timeline_html(load_plan(quantum_call / "plan.toml"), language), language)
