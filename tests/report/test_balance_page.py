"""The page of a balance, and a record read as one: what it says in both languages, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from chart_reading import drawings
from page_reader import Element
from report_checks import check_page

from accord.call.folder import load_call
from accord.errors import InvalidInput, UnusableFolder
from accord.example import example_call
from accord.methods.balance import together
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from accord.report.balance import balance_html, difference_text
from accord.report.balance_chart import balance_chart
from accord.report.balance_records import CallBalance, Exchange, balance_of, read_exchanges, unknown_calls
from accord.report.balance_words import MESSAGES
from accord.report.language import LANGUAGES, words
from calls import tables, write_call

NEVER = re.compile(r"\bow(e|es|ed|ing)\b|\bdebts?\b|\bdeficits?\b|\bmust\b|赤字|債務|負債|借り", re.IGNORECASE)
TOLERANCE = 100_000


@cache
def walk(folder: Path) -> Walk:
    return run(load_call(folder))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small call by hand, and a fictional one of four Sides; the small one's Sides are among its."""
    around = tmp_path_factory.mktemp("balance")
    write_folder(around / "four", example_call(sides=4, proposals=30, experts=60, seed=3))
    return write_call(around / "small"), around / "four"


def both(folders: tuple[Path, Path]) -> list[CallBalance]:
    small, four = folders
    moved = [
        Exchange(call="small", host="JP", home="EU", stays=4, hours=30),
        Exchange(call="small", host="EU", home="JP", stays=4),
    ]
    return [balance_of(walk(small), moved, tolerance=TOLERANCE), balance_of(walk(four), tolerance=TOLERANCE)]


def cells(section: Element, table: int = 0) -> list[list[str]]:
    return [[one.text for one in row.all() if one.tag in {"th", "td"}] for row in section.all("table")[table].all("tr")]


def test_a_small_call_counted_by_hand(folders: tuple[Path, Path]) -> None:
    found = balance_of(walk(folders[0]), tolerance=TOLERANCE).balance
    small = walk(folders[0])
    assert small.selection is not None
    assert {one.proposal for one in small.selection.result.funded} == {"P3", "P1", "P5"}
    assert [(one.proposals, one.coordinated, one.funded, one.funded_coordinated) for one in found.opportunities] == [
        (6, 6, 3, 3),
        (6, 0, 3, 0),
    ]
    assert found.utilisation == (900_000, 833_333)
    partners, reviews = found.flows
    assert partners.counts == ((3, 0), (3, 0))
    # E1, E3, E5 are JP's, E2, E4 are EU's; each reviews with one of the other Side.
    assert reviews.counts == ((6, 0), (6, 0))
    assert found.return_coefficient is None


def test_reviews_that_do_not_count_and_experts_of_no_side_are_left_out(tmp_path: Path) -> None:
    rows = tables()
    rows["experts"][4] = {**rows["experts"][4], "side": None}
    del rows["experts"][4]["side"]
    declared = "proposal,expert,reason,declared_by\nP3,E1,supervised,JP\n"
    found = balance_of(run(load_call(write_call(tmp_path / "c", rows=rows, conflicts=declared))), tolerance=TOLERANCE)
    assert found.balance.flows[1].counts == ((3, 0), (6, 0))


def test_every_figure_is_on_the_page_in_both_languages(folders: tuple[Path, Path]) -> None:
    every = both(folders)
    found = together([one.balance for one in every])
    for language in LANGUAGES:
        shown = check_page(balance_html(every, language), language)
        rows = cells(shown.by_id("opportunities"))[1:]
        assert [[int(cell) for cell in row[1:]] for row in rows] == [
            [one.calls, one.may_coordinate, one.proposals, one.funded, one.coordinated, one.funded_coordinated]
            for one in found.opportunities
        ]
        for number, flow in enumerate(found.flows):
            for side, row in enumerate(cells(shown.by_id("flows"), number)[1:]):
                assert row[0] == found.sides[side]
                assert [int(cell) for cell in row[1:-2]] == [
                    *flow.counts[side],
                    flow.exported[side],
                    flow.imported[side],
                ]
                assert row[-2] == difference_text(flow.difference[side])
        assert len(cells(shown.by_id("per-call"))) == 3
        assert not NEVER.search(shown.all("body")[0].text)
        assert MESSAGES["coefficient.none"][language] in shown.by_id("money").text
    assert [flow.kind for flow in found.flows] == ["partners", "reviews", "stays", "access"]


def test_one_call_has_no_table_of_calls_and_its_own_coefficient(folders: tuple[Path, Path]) -> None:
    one = both(folders)[1]
    shown = check_page(balance_html([one]))
    assert "per-call" not in [element.attributes.get("id") for element in shown.all("section")]
    coefficients = one.balance.return_coefficient
    assert coefficients is not None
    money = [item.text for item in shown.by_id("money").all("li")]
    for text, coefficient in zip(money, coefficients, strict=True):
        assert f"Return coefficient {(coefficient or 0) / 1e6:.2f}" in text


def test_no_word_of_it_asks_anything_of_a_side() -> None:
    for texts in MESSAGES.values():
        for text in texts.values():
            assert not NEVER.search(text)


def test_the_bars_are_as_long_as_their_numbers(folders: tuple[Path, Path]) -> None:
    found = both(folders)[1].balance
    flow = found.flows[1]
    for drawing in drawings(balance_chart(flow, found.sides, words("en", MESSAGES)).svg):
        per = set()
        for side, name in enumerate(found.sides):
            for kind, number in (("gave", flow.exported[side]), ("received", flow.imported[side])):
                if number:
                    (part,) = drawing.paths[f"{kind}-{name}"]
                    length = max(x for x, _ in part) - min(x for x, _ in part)
                    per.add(round(float(length / number), 1))
        assert max(per) - min(per) <= 0.11


def test_a_walk_without_a_selection_is_refused(folders: tuple[Path, Path]) -> None:
    early = replace(walk(folders[0]), ranking=None, list=None, selection=None)
    with pytest.raises(InvalidInput, match="small has no selection yet"):
        balance_of(early, tolerance=TOLERANCE)


def test_exchanges_are_read_and_their_names_checked(folders: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "exchanges.csv"
    file.write_text("call,host,home,stays,hours\nsmall,JP,EU,4,30\nsmall,EU,JP,-1,12\n")
    with pytest.raises(UnusableFolder, match=r"exchanges\.csv:3: stays"):
        read_exchanges(file)
    file.write_text("call,host,home,stays,hours\nsmall,JP,EU,4,30\nsmall,EU,JP,0,12\nelsewhere,EU,JP,1,1\n")
    rows = read_exchanges(file)
    assert rows[0] == Exchange(call="small", host="JP", home="EU", stays=4, hours=30)
    one = balance_of(walk(folders[0]), rows, tolerance=TOLERANCE)
    assert [flow.counts for flow in one.balance.flows[2:]] == [((0, 4), (0, 0)), ((0, 30), (12, 0))]
    with pytest.raises(UnusableFolder, match="found 'elsewhere'; write one of small"):
        unknown_calls(rows, [one], file)
    with pytest.raises(InvalidInput, match="UK is no Side of its plan"):
        balance_of(walk(folders[0]), [Exchange(call="small", host="UK", home="JP", stays=1)], tolerance=TOLERANCE)


def test_both_languages_say_the_same_with_the_same_values() -> None:
    for key, texts in MESSAGES.items():
        plural = key.endswith(".more")
        assert set(texts) == ({"en"} if plural else set(LANGUAGES)), key
        values = {language: set(re.findall(r"\{(\w+)", text)) for language, text in texts.items()}
        if plural:
            values["ja"] = set(re.findall(r"\{(\w+)", MESSAGES[key.removesuffix(".more")]["ja"]))
        assert values["en"] == values["ja"], key
