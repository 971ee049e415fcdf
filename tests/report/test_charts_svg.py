"""The charts as markup: safe beside each other in one page, in the page's colours, the same bytes anywhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from chart_reading import parsed
from hypothesis import given
from hypothesis import strategies as st

from accord.call.folder import load_call
from accord.errors import InvalidInput
from accord.pipeline.steps import CalibratedRank
from accord.pipeline.walk import run
from accord.report.charts import Chart, proposal_chart, report_charts
from accord.report.charts.canvas import Canvas, Frame, apart, settings
from accord.report.charts.palette import DASHES, LIGHT, SIDES
from accord.report.charts.svg import svg
from accord.report.charts.words import MESSAGES
from accord.report.language import LANGUAGES, Words
from accord.report.sides import COLOURS, PATTERNS
from calls import write_call
from conftest import ROOT

CHARTS = ROOT / "src" / "accord" / "report" / "charts"
EN = Words("en", {})


@pytest.fixture
def drawn(small_call: Path) -> dict[str, Chart]:
    return dict(report_charts(run(load_call(small_call)), EN))


def rank(**more: object) -> CalibratedRank:
    row = {
        "proposal": "P7",
        "expected_rank": 3_500_000,
        "percentile": 1,
        "interval": (2_000_000, 6_000_000),
        "posterior_mean": 1,
        "tie_group": 1,
    }
    return CalibratedRank.model_validate(row | more)


def test_nothing_in_it_loads_or_runs(drawn: dict[str, Chart]) -> None:
    for chart in (*drawn.values(), proposal_chart(rank(), number=9, line=None, credible="50", say=EN)):
        for markup in (chart.svg, chart.svg_plain):
            text = markup.replace('xmlns="http://www.w3.org/2000/svg"', "")
            assert not re.search(r"https?:|//|url\(|@import|<script|<image|<foreignObject|\son\w+=|data:|xlink", text)
            links = re.findall(r'href="(.*?)"', text)
            assert all(link.startswith("#chart-") and f'id="{link[1:]}"' in text for link in links)
        assert not re.search(r"var\(|<style", chart.svg_plain)


def test_all_charts_fit_in_one_page(drawn: dict[str, Chart]) -> None:
    strips = [
        proposal_chart(rank(proposal=name), number=9, line=None, credible="50", say=EN).svg for name in ("P1", "P2")
    ]
    page = "".join(chart.svg for chart in drawn.values()) + "".join(strips)
    ids = re.findall(r'\sid="(.*?)"', page)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("chart-") for name in ids)


def test_each_drawing_has_its_name_and_its_text(drawn: dict[str, Chart]) -> None:
    for name, chart in drawn.items():
        assert chart.name == name
        roots = [*parsed(chart.svg).findall("{*}svg"), parsed(chart.svg_plain)]
        assert [root.get("class") for root in roots] == ["wide", "narrow", None]
        for root in roots:
            assert root.get("role") == "img"
            named = [
                next(one for one in root if one.get("id") == part) for part in root.attrib["aria-labelledby"].split()
            ]
            assert [one.text for one in named] == [chart.title, chart.description]


def test_colours_are_the_pages_with_the_light_ones_to_fall_back_on(drawn: dict[str, Chart]) -> None:
    css = (ROOT / "src" / "accord" / "report" / "templates" / "report.css.jinja").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", css.split("@media")[0]))
    assert {tone: light[tone] for tone in LIGHT} == LIGHT
    for chart in (*drawn.values(), proposal_chart(rank(), number=9, line=4_000_000, credible="50", say=EN)):
        assert set(re.findall(r"var\(--([a-z0-9-]+),(#\w+)\)", chart.svg)) <= set(LIGHT.items())
        bare = re.sub(r"var\(--[a-z0-9-]+,#\w+\)", "", chart.svg)
        assert not re.search(r"#[0-9a-f]{6}|acc0", bare)
        assert set(re.findall(r"#[0-9a-f]{6}", chart.svg_plain)) <= set(LIGHT.values())


def test_a_side_has_a_colour_and_a_pattern_for_every_number() -> None:
    assert len(SIDES) == COLOURS
    assert len(DASHES) == PATTERNS


def test_one_canvas_to_the_byte() -> None:
    with settings():
        canvas = Canvas(Frame(width=100, height=50, left=10, right=10, top=10, bottom=10), (0, 10), (0, 4))
        canvas.segments("grid", [((0, 0), (10, 0)), ((0, 4), (10, 4))], tone="line", dashes=(4, 3), width=2)
        canvas.steps("steps", [(0, 0), (5, 2), (10, 3)], tone="side-2", opacity=0.5)
        canvas.marks("marks", [(1, 1), (2.5, 3)], shape="s", size=4, tone="ink", hollow=True, width=1)
        canvas.boxes("boxes", [(0, 0, 5, 4)], tone="wash")
        canvas.marks("none", [], shape="o", size=4, tone="ink")
        canvas.text(5, 4, "a < b & 日本", dy=-2, anchor="middle", tone="stop", bold=True, halo=True)
        written = svg(canvas, name="it", title="A & B", description='"C"', plain=True)
    head, body = written.split("</desc>")
    assert head == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50" role="img" '
        'aria-labelledby="it-title it-text"><title id="it-title">A &amp; B</title><desc id="it-text">&quot;C&quot;'
    )
    assert re.sub(r"<g font-family.*?>", "<g>", body) == (
        '<g id="it-grid" style="fill:none;stroke-dasharray:4,3;stroke:#e3dfd4;stroke-width:2">'
        '<path d="M10 40L90 40M10 10L90 10"/></g>'
        '<g id="it-steps" style="fill:none;stroke:#2b4c9b;stroke-opacity:0.5">'
        '<path d="M10 40L50 40L50 25L90 25L90 17.5"/></g>'
        '<g id="it-marks" style="fill:#fbfaf6;stroke:#1d1c19"><defs><path id="it-marks-mark" '
        'd="M-2 2L2 2L2-2L-2-2z"/></defs><use href="#it-marks-mark" x="18" y="32.5"/>'
        '<use href="#it-marks-mark" x="30" y="17.5"/></g>'
        '<g id="it-boxes" style="fill:#f3f0e8"><path d="M10 40L50 40L50 10L10 10z"/></g>'
        '<g><g font-weight="700" style="fill:#9b1c2e"><text x="50" y="8" text-anchor="middle" stroke-linejoin="round" '
        'style="stroke:#fbfaf6;stroke-width:3px;paint-order:stroke">a &lt; b &amp; 日本</text></g></g></svg>'
    )


def test_the_same_bytes_whatever_the_process_and_its_settings(small_call: Path, tmp_path: Path) -> None:
    program = (
        "import sys, hashlib, accord.report\n"
        "from accord.call.folder import load_call\n"
        "from accord.pipeline.walk import run\n"
        "from accord.report.charts import report_charts\n"
        "from accord.report.language import Words\n"
        "print('matplotlib' in sys.modules)\n"
        "found = report_charts(run(load_call(sys.argv[1])), Words('en', {}))\n"
        "print(hashlib.sha256(''.join(one.svg + one.svg_plain for one in found.values()).encode()).hexdigest())\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    (tmp_path / "matplotlibrc").write_text(
        "lines.scale_dashes: True\nlines.solid_capstyle: round\nfont.family: monospace\nsvg.fonttype: path\n"
        "path.simplify: True\nfigure.autolayout: True\nsavefig.bbox: tight\nsavefig.dpi: 300\nsvg.image_inline: False\n",
        encoding="utf-8",
    )
    found = report_charts(run(load_call(small_call)), EN)
    here = hashlib.sha256("".join(one.svg + one.svg_plain for one in found.values()).encode()).hexdigest()
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "MATPLOTLIBRC": str(tmp_path),
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    finished = subprocess.run(
        [sys.executable, "-c", program, str(small_call)], env=environment, capture_output=True, text=True, check=True
    )
    assert finished.stdout.split() == ["False", here, "False"]


def test_matplotlib_is_as_it_was_afterwards(drawn: dict[str, Chart]) -> None:
    before = dict(mpl.rcParams)
    with settings():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


def test_hostile_names_are_only_text(small_call: Path) -> None:
    chart = proposal_chart(rank(proposal='"><script>&'), number=9, line=None, credible="50", say=EN)
    root = parsed(chart.svg)
    assert [one.tag for one in root.iter() if "script" in one.tag] == []
    assert root[0].text == 'Expected rank of "><script>&'


@pytest.mark.parametrize(("place", "x"), [(1, 6.0), (5, 179.0), (9, 352.0)])
def test_a_strip_has_the_first_rank_at_the_left(place: int, x: float) -> None:
    row = rank(expected_rank=place * 1_000_000, interval=(1_000_000, 9_000_000))
    chart = proposal_chart(row, number=9, line=5_000_000, credible="90", say=EN)
    for markup in (chart.svg, chart.svg_plain):
        parts = {one.get("id", "").removeprefix("chart-rank-P7-"): one for one in parsed(markup).iter()}
        assert float(parts["rank"].attrib["cx"]) == x
        assert parts["interval"].attrib["d"] == "M6 14H352"
        assert parts["line"].attrib["d"] == "M179 2V26"
    assert chart.description == (
        f"Expected rank {place}.0 of 9, 90% interval 1 to 9. The interval holds the funding line 5.0."
    )


def test_a_strip_of_the_only_proposal() -> None:
    row = rank(expected_rank=1_000_000, interval=(1_000_000, 1_000_000))
    chart = proposal_chart(row, number=1, line=None, credible="50", say=Words("ja", {}))
    assert 'cx="179"' in chart.svg
    assert chart.description == "期待順位は1件中1.0、50％信用区間は1～1。"


@given(st.lists(st.integers(0, 100), min_size=1, max_size=10).map(sorted))
def test_labels_stand_apart_and_in_order(places: list[int]) -> None:
    moved = apart(places, 10, 0, 100)
    assert all(after - before >= 10 - 1e-9 for before, after in pairwise(moved))
    assert moved[0] >= 0
    assert moved[-1] <= 100
    if all(after - before >= 10 for before, after in pairwise(places)):
        assert moved == places


def test_labels_without_room_are_refused() -> None:
    with pytest.raises(InvalidInput, match="places: 12 need"):
        apart([0.0] * 12, 10, 0, 100)


def test_every_message_is_in_every_language_with_the_same_places_and_is_used() -> None:
    source = "".join(
        page.read_text(encoding="utf-8") for page in sorted(CHARTS.glob("*.py")) if page.name != "words.py"
    )
    for key, texts in MESSAGES.items():
        singular = key.removesuffix(".more")
        if key == singular:
            assert set(texts) == set(LANGUAGES)
        # A singular may say its number as a word.
        found = [*texts.values(), MESSAGES[singular]["ja"]]
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) - {"n"} for text in found}) == 1, key
        families = {singular, *(f"{singular[: m.start()]}.{{" for m in re.finditer(r"\.", singular))}
        assert any(f'"{one}' in source for one in families), key


def test_before_a_selection(tmp_path: Path) -> None:
    assert tuple(report_charts(run(load_call(write_call(tmp_path / "call", reviews=None))), EN)) == ("loads",)
