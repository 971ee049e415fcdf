"""The page of a simulation: its figures in both languages, its charts read back, and that all can read it."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

import pytest
from chart_reading import drawings
from page_reader import Element
from report_checks import check_page

from accord.errors import InvalidInput
from accord.example import example_call
from accord.methods.simulation import Chance, Simulation, simulate
from accord.methods.simulation.simulate import distribution
from accord.plan.load import SignedPlan, parse_plan
from accord.report.language import LANGUAGES, words
from accord.report.simulation import simulation_html
from accord.report.simulation_charts import bars, funded_chart, used_chart
from accord.report.simulation_words import MESSAGES, chance_text, mean_text
from calls import PLAN

KANA_OR_HAN = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


@cache
def plan(sides: int) -> SignedPlan:
    if sides == 2:
        return parse_plan(PLAN.encode())
    return parse_plan(example_call(sides=sides, proposals=12, experts=30, seed=1)["plan.toml"])


@cache
def found(sides: int) -> Simulation:
    return simulate(plan(sides).plan, proposals=12, runs=60, seed=2)


def page(sides: int, language: str = "en") -> Element:
    return check_page(simulation_html(plan(sides), found(sides), language), language)


def cells(section: Element, table: int = 0) -> list[list[str]]:
    return [[one.text for one in row.all() if one.tag in {"th", "td"}] for row in section.all("table")[table].all("tr")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sides", [2, 12])
def test_every_figure_is_on_the_page(sides: int, language: str) -> None:
    shown, simulation = page(sides, language), found(sides)
    rows = cells(shown.by_id("sides"))
    assert [row[:3] for row in rows[1:-1]] == [
        [one.side, chance_text(one.first), chance_text(one.out)] for one in simulation.sides
    ]
    assert rows[-1][1] == chance_text(simulation.nobody_out)
    numbers = {row[0]: row[1:] for row in cells(shown.by_id("numbers"))}
    assert numbers[MESSAGES["funded"][language]] == [
        mean_text(simulation.funded),
        *(f"{one.value:,}" for one in simulation.funded.quantiles),
    ]
    assert len(cells(shown.by_id("topics"))) == 1 + len(simulation.topics)
    assert cells(shown.by_id("funded"))[1:] == [[str(number), str(runs)] for number, runs in simulation.funded_runs]
    named = [one.text for one in shown.by_id("model").all("li")]
    assert [MESSAGES[f"simplified.{key}"][language] in named for key in simulation.simplified] == [True] * len(
        simulation.simplified
    )
    for heading in shown.all("h2"):
        assert bool(KANA_OR_HAN.search(heading.text)) == (language == "ja")


def test_what_is_simplified_is_told_and_nothing_else() -> None:
    assert MESSAGES["simplified.none"]["en"] in page(2).by_id("model").text
    assert found(12).simplified == ("calibrated", "not-separable")


def test_runs_in_which_the_plan_cannot_be_kept_are_told_first() -> None:
    text = PLAN.replace('title = { en = "Light" }', 'title = { en = "Light" }\nmin_funded = 2').replace(
        'ties = ["score:excellence", "lottery"]', 'ties = ["refuse"]'
    )
    signed = parse_plan(text.encode())
    simulation = simulate(signed.plan, proposals=12, runs=20, seed=2)
    assert simulation.unmet.runs
    assert simulation.refused.runs
    banners = [one.text for one in check_page(simulation_html(signed, simulation)).all("p")]
    for key, one in (("unmet", simulation.unmet), ("refused", simulation.refused)):
        assert f"{MESSAGES[key]['en']}: {chance_text(one)}" in banners


def test_the_same_simulation_gives_the_same_bytes() -> None:
    assert simulation_html(plan(2), found(2)) == simulation_html(plan(2), found(2))


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(InvalidInput, match="language: found 'fr'"):
        simulation_html(plan(2), found(2), "fr")


def test_the_bars_stand_as_high_as_their_runs() -> None:
    simulation = found(12)
    for drawing in drawings(funded_chart(simulation, words("en", MESSAGES)).svg):
        scale = {text.text: text.y for text in drawing.texts if text.text.endswith("%")}
        zero, other = scale["0%"], max((text for text in scale if text != "0%"), key=lambda text: float(text[:-1]))
        pixels = (zero - scale[other]) / Fraction(other[:-1])
        tops = [max(y for _, y in part) - min(y for _, y in part) for part in drawing.paths["bars"]]
        runs = [Fraction(100 * count, simulation.runs) for _, _, count in bars(simulation) if count]
        assert len(tops) == len(runs)
        assert all(abs(top / pixels - share) < Fraction(1, 10) for top, share in zip(tops, runs, strict=True))


def test_many_numbers_share_a_bar() -> None:
    runs = tuple((number, 3) for number in range(10, 211))
    wide = found(2)
    many = Simulation(**{name: getattr(wide, name) for name in wide.__slots__} | {"funded_runs": runs, "runs": 603})
    assert len(bars(many)) <= 40
    assert sum(count for _, _, count in bars(many)) == 603
    assert bars(many)[0][0] == 10
    assert bars(many)[-1][1] >= 210


def test_each_sides_marks_stand_at_its_quantiles() -> None:
    simulation = found(12)
    for drawing in drawings(used_chart(simulation, words("ja", MESSAGES)).svg):
        labels = {int(text.text[:-1]): text.x for text in drawing.texts if re.fullmatch(r"\d+%", text.text)}
        per = (labels[100] - labels[0]) / 100
        for one in simulation.sides:
            ((x, _),) = drawing.points[f"middle-{one.side}"]
            assert abs((x - labels[0]) / per - Fraction(one.part.at(50), 10_000)) < Fraction(1, 10)


def test_figures_in_words() -> None:
    assert mean_text(distribution([7, 7])) == "7.00"
    assert mean_text(distribution([7, 8])) == "7.50 ± 0.50"
    assert mean_text(distribution([7] * 9999 + [8])) == "7.0001 ± 0.0001"
    assert chance_text(Chance(runs=0, share=0, error=0)) == "0.0%"
    assert chance_text(Chance(runs=64, share=320_000, error=32_984)) == "32.0 ± 3.3%"


def test_both_languages_say_the_same_with_the_same_values() -> None:
    for key, texts in MESSAGES.items():
        values = [set(re.findall(r"\{(\w+)", text)) for text in texts.values()]
        assert set(texts) == set(LANGUAGES), key
        assert values[0] == values[1], key
