"""The charts: every mark stands where the walk says, told from the axes' own labels, and the words give its figures."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from chart_reading import Drawing, close, drawings, scale

from accord.call.folder import load_call
from accord.example import example_call
from accord.pipeline.compared import compared_rules
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from accord.report.charts import Chart, report_charts
from accord.report.language import Words
from calls import write_call
from conftest import DATA

MILLION = 1_000_000
KINDS = ("ranks", "budgets", "calibration", "loads", "rules")


@cache
def reference() -> Walk:
    return run(load_call(DATA / "quantum-call"))


@pytest.fixture
def walk(quantum_call: Path) -> Walk:
    return reference()


def charts(walk: Walk, language: str = "en") -> dict[str, Chart]:
    known = "ja" if language == "ja" else "en"
    return dict(report_charts(walk, Words(known, {})))


def example(folder: Path, *, sides: int, proposals: int, order: str = "calibrated", rule: str = "") -> Walk:
    """An example call, walked."""
    files = dict(example_call(sides=sides, proposals=proposals, experts=proposals * 2, seed=5))
    plan = files["plan.toml"].decode()
    if order != "calibrated":
        plan = plan.replace('order_by = "calibrated"', f'order_by = "{order}"')
        plan = plan.replace('ties_are = "not-separable"', 'ties_are = "equal"').replace('advice = ["mean"]', "")
    if rule:
        plan = re.sub(r'(?m)^rule = ".*?"', f'rule = "{rule}"', plan)
    write_folder(folder, {**files, "plan.toml": plan.encode()})
    return run(load_call(folder))


def across(drawing: Drawing, top: Fraction) -> dict[int, Fraction]:
    """The labels of an axis that runs across at a height, by their numbers."""
    return {int(one.text): one.x for one in drawing.texts if one.y == top and one.text.isdigit()}


def places_down(drawing: Drawing, left: Fraction) -> dict[int, Fraction]:
    return {int(one.text): one.y - Fraction("4.5") for one in drawing.texts if one.x == left and one.text.isdigit()}


def states(walk: Walk) -> dict[str, set[str]]:
    """The proposals of the list by what came of them."""
    assert walk.list is not None
    assert walk.selection is not None
    chosen = walk.selection.result
    funded, reserve = {one.proposal for one in chosen.funded}, set(chosen.reserve)
    rest = [place for place in walk.list.result.places if place.proposal not in funded | reserve]
    return {
        "funded": funded,
        "reserve": reserve,
        "not-funded": {place.proposal for place in rest if place.fundable},
        "below": {place.proposal for place in rest if not place.fundable},
    }


def check_ranks(walk: Walk, chart: Chart) -> None:
    """Every drawing has each proposal at its place and expected rank, with its whole interval."""
    assert walk.list is not None
    assert walk.ranking is not None
    places = {place.place: place.proposal for place in walk.list.result.places}
    ranked = {row.proposal: row for row in walk.ranking.result.calibrated}
    for drawing in (*drawings(chart.svg), *drawings(chart.svg_plain)):
        left = min(one.x for one in drawing.texts if one.text.isdigit())
        place_at = scale(places_down(drawing, left))
        rank_at = scale(across(drawing, drawing.text("expected rank, 50% interval").y + 18))
        seen = []
        for state, expected in states(walk).items():
            for x, y in drawing.points.get(state, []):
                place = round(place_at(y))
                assert abs(place_at(y) - place) < Fraction(1, 20)
                assert places[place] in expected
                assert close(rank_at(x), ranked[places[place]].expected_rank)
                seen.append(place)
        assert sorted(seen) == sorted(places)
        lines = [*drawing.paths.get("intervals", []), *drawing.paths.get("intervals-held", [])]
        assert len(lines) == len(places)
        for (low, y), (high, _) in lines:
            interval = ranked[places[round(place_at(y))]].interval
            assert (round(rank_at(low)) * MILLION, round(rank_at(high)) * MILLION) == interval
        line = walk.list.result.line
        if line is not None:
            (((x, _), _),) = [part[:2] for part in drawing.paths["funding-line"]]
            assert close(rank_at(x), line)
            held = {places[round(place_at(y))] for ((_, y), _) in drawing.paths.get("intervals-held", [])}
            assert held == {name for name, row in ranked.items() if row.interval[0] <= line <= row.interval[1]}


def check_budgets(walk: Walk, chart: Chart) -> None:
    """Each Side's line rises at each funded place to the part of its budget that is then spent."""
    assert walk.selection is not None
    chosen = walk.selection.result
    for drawing in (*drawings(chart.svg), *drawings(chart.svg_plain)):
        down = {int(one.text[:-1]): one.y - Fraction("4.5") for one in drawing.texts if re.fullmatch(r"\d+%", one.text)}
        share_at = scale(down)
        place_at = scale(across(drawing, drawing.text("0%").y - Fraction("4.5") + 18))
        for side, budget in chosen.budgets.items():
            (part,) = drawing.paths[f"spent-{side}"]
            expected = [(0, Fraction(0))] + [
                (one.place, Fraction(100 * (budget - one.remaining[side]), budget))
                for one in chosen.funded
                if one.requested[side]
            ]
            steps = [0, *(place for place, _ in expected[1:] for _ in range(2))]
            levels = [expected[0][1], *(level for step in pairwise(expected) for _, level in step), expected[-1][1]]
            assert [round(place_at(x)) for x, _ in part[: len(steps)]] == steps
            assert {x for x, _ in part[len(steps) :]} == {max(x for x, _ in part)}
            assert all(abs(share_at(y) - level) < Fraction(1, 20) for (_, y), level in zip(part, levels, strict=False))
            assert len(part) == len(steps) + 2
            first = first_short(walk, side)
            marks = drawing.points.get(f"stop-{side}", [])
            assert [round(place_at(x)) for x, _ in marks] == ([] if first is None else [first])


def first_short(walk: Walk, side: str) -> int | None:
    """The first place on the list that could be funded, is not, and asks a Side for more than it has left."""
    assert walk.list is not None
    assert walk.selection is not None
    plan, chosen = walk.inputs.call.plan.plan, walk.selection.result
    asked = {one.id: one.requested(plan.side_of(side)) for one in walk.inputs.call.proposals}
    funded = {one.proposal for one in chosen.funded}
    for place in walk.list.result.places:
        above = [one.proposal for one in chosen.funded if one.place < place.place]
        left = chosen.budgets[side] - sum(asked[name] for name in above)
        if place.fundable and place.proposal not in funded and asked[place.proposal] > max(left, 0):
            return place.place
    return None


def check_calibration(walk: Walk, chart: Chart) -> None:
    """Lines join each proposal's two places, and those that cross the funding line are told from the rest."""
    assert walk.ranking is not None
    assert walk.list is not None
    means = {one.proposal: one.mean_total or 0 for one in walk.ranking.result.assessments}
    after = [row.proposal for row in walk.ranking.result.calibrated]
    before = sorted(after, key=lambda name: (-means[name], name))
    line = walk.list.result.line
    above = [row.proposal for row in walk.ranking.result.calibrated if line is not None and row.expected_rank <= line]
    crossing = set(above) ^ set(before[: len(above)])
    for drawing in (*drawings(chart.svg), *drawings(chart.svg_plain)):
        names = [one for one in drawing.texts if one.text in means]
        left, right = min(one.x for one in names), max(one.x for one in names)
        at_left = {one.y - Fraction("4.5"): one.text for one in names if one.x == left}
        at_right = {one.y - Fraction("4.5"): one.text for one in names if one.x == right}
        for shown, order in ((at_left, before), (at_right, after)):
            read = [name for _, name in sorted(shown.items())]
            start = order.index(read[0])
            assert read == order[start : start + len(read)]
        assert min(30, len(means)) <= len(at_left) == len(at_right)
        both = set(at_left.values()) & set(at_right.values())
        joined = {}
        for kind in ("same", "crossing"):
            ends = [(at_left.get(y0), at_right.get(y1)) for (_, y0), (_, y1) in drawing.paths.get(kind, [])]
            joined[kind] = {start for start, end in ends if start is not None and start == end}
        assert joined["same"] | joined["crossing"] == both
        assert joined["crossing"] == both & crossing
        marks = sum(len(drawing.points.get(f"{kind}-{side}", [])) for kind in joined for side in (0, 1))
        assert marks == len(at_left) + len(at_right)


def check_loads(walk: Walk, chart: Chart) -> None:
    """A bar's height is the number of a Side's experts with so many reviews."""
    of_expert = Counter(pair.expert for pair in walk.assignment.result.pairs)
    wanted: dict[str | None, Counter[int]] = {}
    for expert in walk.inputs.call.experts:
        wanted.setdefault(expert.side, Counter())[of_expert[expert.id]] += 1
    most = max(max(counted.values()) for counted in wanted.values())
    for drawing in (*drawings(chart.svg), *drawings(chart.svg_plain)):
        load_at = scale(across(drawing, drawing.text("reviews an expert").y - 20))
        bars = {name: drawing.paths["loads" if name is None else f"loads-{name}"] for name in wanted}
        tallest = max(max(y for _, y in bar) - min(y for _, y in bar) for kind in bars.values() for bar in kind)
        for name, kind in bars.items():
            read = Counter[int]()
            for bar in kind:
                middle = sum(x for x, _ in bar) / len(bar)
                height = max(y for _, y in bar) - min(y for _, y in bar)
                read[round(load_at(middle))] = round(height * most / tallest)
            assert read == wanted[name]


def check_rules(walk: Walk, chart: Chart) -> None:
    """A filled mark where a rule funds a proposal, for each on which the rules differ."""
    rows = compared_rules(walk)
    alike = set.intersection(*(set(row.funded) for row in rows))
    some = set.union(*(set(row.funded) for row in rows)) - alike
    for drawing in (*drawings(chart.svg), *drawings(chart.svg_plain)):
        at = {one.y - Fraction("4.5"): one.text for one in drawing.texts if one.text in some}
        assert len(at) == min(len(some), 40)
        assert drawing.text(f"{len(alike)} by every rule")
        for row in rows:
            assert {at[y] for _, y in drawing.points.get(f"funded-{row.rule}", [])} == set(at.values()) & set(
                row.funded
            )
            assert {at[y] for _, y in drawing.points.get(f"not-{row.rule}", [])} == set(at.values()) - set(row.funded)
            columns = {x for kind in ("funded", "not") for x, _ in drawing.points.get(f"{kind}-{row.rule}", [])}
            counted = {one.x for one in drawing.texts if one.text == str(len(row.funded))}
            assert len(columns) == (len(at) > 0)
            assert columns <= counted != set()


def test_the_marks_of_the_reference_call_stand_where_the_walk_says(walk: Walk) -> None:
    found = charts(walk)
    assert tuple(found) == KINDS
    check_ranks(walk, found["ranks"])
    check_budgets(walk, found["budgets"])
    check_calibration(walk, found["calibration"])
    check_loads(walk, found["loads"])
    check_rules(walk, found["rules"])


@pytest.mark.parametrize(("sides", "proposals"), [(2, 12), (5, 50), (36, 30)])
def test_the_marks_of_other_sizes(tmp_path: Path, sides: int, proposals: int) -> None:
    walk = example(tmp_path / "call", sides=sides, proposals=proposals)
    found = charts(walk)
    check_ranks(walk, found["ranks"])
    if sides <= 5:  # of more Sides only the scarcest are marked
        check_budgets(walk, found["budgets"])
    check_calibration(walk, found["calibration"])
    check_loads(walk, found["loads"])
    check_rules(walk, found["rules"])


def test_the_words_give_the_figures_of_the_walk(walk: Walk) -> None:
    assert walk.list is not None
    assert walk.list.result.line is not None
    assert walk.ranking is not None
    assert walk.selection is not None
    found, number = charts(walk), {state: len(names) for state, names in states(walk).items()}
    line, ranked = walk.list.result.line, walk.ranking.result.calibrated
    held = sum(row.interval[0] <= line <= row.interval[1] for row in ranked)
    assert found["ranks"].description == (
        f"{len(ranked)} proposals in the order of the ranking list: {number['funded']} funded, "
        f"{number['reserve']} in reserve, {number['not-funded']} not funded, {number['below']} below a threshold. "
        f"The funding line stands at the expected rank {line / MILLION:.1f}. The 50% intervals of {held} proposals "
        "hold the line: the scores do not say on which side they belong."
    )
    chosen = walk.selection.result
    part = {side: 100 * (budget - chosen.remaining[side]) / budget for side, budget in chosen.budgets.items()}
    assert found["budgets"].description == (
        "The part of each Side's budget that the funded proposals take, place by place. At the end: "
        f"JP {part['JP']:.1f}%, EU {part['EU']:.1f}%. The first place that each cannot pay: EU {first_short(walk, 'EU')}."
    )
    of_expert = Counter(pair.expert for pair in walk.assignment.result.pairs)
    loads = [of_expert[expert.id] for expert in walk.inputs.call.experts]
    assert found["loads"].description.startswith(
        f"{len(loads)} experts with {min(loads)} to {max(loads)} reviews, {sum(loads) / len(loads):.1f} on average."
    )
    rows = compared_rules(walk)
    funded = [len(row.funded) for row in rows]
    alike = set.intersection(*(set(row.funded) for row in rows))
    some = set.union(*(set(row.funded) for row in rows)) - alike
    assert found["rules"].description == (
        f"Funded under each rule: list order {funded[0]}, list with skips {funded[1]} (the plan's rule), "
        f"ties by funds {funded[2]}, greatest merit {funded[3]}. {len(alike)} proposals are funded under every rule. "
        f"{len(some)} proposals are funded under some rules only."
    )
    assert found["calibration"].description.startswith(
        f"{len(ranked)} proposals by the mean of their experts' totals and after calibration. "
    )


def test_in_japanese_the_same_figures(walk: Walk) -> None:
    english, japanese = charts(walk), charts(walk, "ja")
    for name in KINDS:
        figures = [Counter(re.findall(r"QC-\d+|\d+(?:\.\d+)?", one[name].description)) for one in (english, japanese)]
        assert figures[0] == figures[1]
        assert not re.search(r"[a-z]{3}", japanese[name].description + japanese[name].title)
        drawn = drawings(japanese[name].svg)[0]
        assert not any(re.search(r"[a-z]{3}", one.text) for one in drawn.texts)


def test_a_long_list_is_drawn_around_its_line(tmp_path: Path) -> None:
    walk = example(tmp_path / "call", sides=2, proposals=132)
    assert walk.list is not None
    chart = charts(walk)["ranks"]
    number = len(walk.list.result.places)
    assert number > 120
    first, last = re.findall(r"Drawn are the places (\d+) to (\d+), around the line\.", chart.description)[0]
    assert int(last) - int(first) == 99
    funded = [place.place for place in walk.list.result.places if place.proposal in states(walk)["funded"]]
    for drawing in drawings(chart.svg):
        marks = sum(len(drawing.points.get(state, [])) for state in states(walk))
        assert marks == 100
        texts = [one.text for one in drawing.texts if one.text.startswith("places ")]
        wanted = [(1, int(first) - 1), (int(last) + 1, number)]
        assert texts == [
            f"places {low} to {high}: {sum(low <= place <= high for place in funded)} funded"
            for low, high in wanted
            if low <= high
        ]


def test_a_list_by_totals_has_no_intervals(tmp_path: Path) -> None:
    walk = example(tmp_path / "call", sides=3, proposals=24, order="mean")
    assert walk.ranking is not None
    assert walk.list is not None
    assert walk.selection is not None
    found = charts(walk)
    assert set(found) == {"ranks", "budgets", "loads", "rules"}
    totals = {one.proposal: one.mean_total or 0 for one in walk.ranking.result.assessments}
    unpaid = [one.place for one in walk.selection.result.not_funded if one.reason == "budget"]
    last = walk.list.result.places[min(unpaid) - 2].proposal
    for drawing in drawings(found["ranks"].svg):
        assert "intervals" not in drawing.paths
        total_at = scale(across(drawing, drawing.text("total").y + 18))
        at = {one.y - Fraction("4.5"): one.text for one in drawing.texts if one.text in totals}
        marks = [point for state in states(walk) for point in drawing.points.get(state, [])]
        assert len(marks) == len(walk.list.result.places)
        assert all(close(total_at(x), totals[at[y]]) for x, y in marks)
        assert close(total_at(drawing.paths["funding-line"][0][0][0]), totals[last])


def test_the_best_set_walks_no_list_and_has_no_line(tmp_path: Path) -> None:
    walk = example(tmp_path / "call", sides=3, proposals=24, order="mean", rule="max-merit")
    chart = charts(walk)["ranks"]
    assert "line" not in chart.description
    assert all("funding-line" not in drawing.paths for drawing in drawings(chart.svg))


def test_before_a_selection_only_the_loads_are_drawn(tmp_path: Path) -> None:
    assert tuple(charts(run(load_call(write_call(tmp_path / "call", reviews=None))))) == ("loads",)
