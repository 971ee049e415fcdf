"""What stands side by side in the report: rules, calibration, budgets along the list, loads; each by hand."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from page_reader import Element
from report_checks import check_page

from accord.call.folder import load_call
from accord.call.values import Score
from accord.example import example_call
from accord.pipeline.compared import compared_rules
from accord.pipeline.kept_out import kept_out
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from accord.report import report_html
from accord.report.language import report_words
from accord.report.side_by_side import moves, rules_view
from accord.report.sides import side_views, spending


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("example") / "call"
    write_folder(folder, example_call(sides=3, proposals=30, experts=60, seed=11))
    return run(load_call(folder))


@pytest.fixture(scope="module")
def page(walk: Walk) -> Element:
    return check_page(report_html(walk))


def cells(row: Element) -> list[str]:
    return [child.text for child in row.children if isinstance(child, Element)]


def table(section: Element, caption: str) -> list[list[str]]:
    (found,) = (one for one in section.all("table") if one.all("caption")[0].text == caption)
    return [cells(row) for row in found.all("tr")][1:]


def test_where_each_budget_stops_is_found_by_walking_the_list(walk: Walk) -> None:
    assert walk.list is not None
    assert walk.selection is not None
    chosen = walk.selection.result
    asked = {one.id: one for one in walk.inputs.call.proposals}
    funded = [one.proposal for one in chosen.funded]
    expected = {}
    for side in walk.inputs.call.plan.plan.side:
        expected[side.id] = None
        for number, place in enumerate(walk.list.result.places):
            above = [one.proposal for one in walk.list.result.places[:number] if one.proposal in funded]
            left = side.minor(side.budget) - sum(asked[name].requested(side) for name in above)
            wants = asked[place.proposal].requested(side)
            if place.fundable and place.proposal not in funded and wants > left:
                expected[side.id] = (place.place, place.proposal)
                break
    found = spending(walk, side_views(walk))
    assert {one.side.id: one.stops and (one.stops, one.stops_at) for one in found} == expected
    places = [stop[0] for stop in expected.values() if stop is not None]
    assert places
    assert [one.side.id for one in found if one.first] == [
        name for name, stop in expected.items() if stop is not None and stop[0] == min(places)
    ]
    assert [one.pays for one in found] == [
        sum(asked[name].requested(side) > 0 for name in funded) for side in walk.inputs.call.plan.plan.side
    ]


def test_the_page_says_who_runs_out_first(walk: Walk, page: Element) -> None:
    first = [one for one in spending(walk, side_views(walk)) if one.first]
    names = ", ".join(one.side.id for one in first)
    runs = "runs out first: it cannot" if len(first) == 1 else "run out first: they cannot"
    assert f"{names} {runs} pay place {first[0].stops} of the list." in page.by_id("budgets").text


def test_the_rules_stand_beside_each_other(walk: Walk, page: Element) -> None:
    view = rules_view(walk, compared_rules(walk), side_views(walk))
    own = next(one for one in compared_rules(walk) if one.chosen)
    rows = table(
        page.by_id("rules"),
        "How many proposals each rule would fund, of what merit, and what each Side would have left",
    )
    for one, row, shown in zip(compared_rules(walk), view.rules, rows, strict=True):
        assert (row.more, row.fewer) == (len(set(one.funded) - set(own.funded)), len(set(own.funded) - set(one.funded)))
        assert shown[0].split()[0] == one.rule
        assert shown[1] == str(len(one.funded))
        assert (shown[3] == "the plan's rule") is one.chosen
        assert shown[4].startswith("carried out") is one.proven
    (chosen,) = (row for row in view.rules if row.chosen)
    assert walk.selection is not None
    assert [text for _, text in chosen.left] == [side.left for side in side_views(walk)]
    everywhere = [set(one.funded) for one in compared_rules(walk)]
    disputed = set.union(*everywhere) - set.intersection(*everywhere)
    assert {one.proposal for one in view.disputed} == disputed
    assert all(one.funded == tuple(one.proposal in funded for funded in everywhere) for one in view.disputed)
    shown = table(page.by_id("rules"), "Proposals that some rules would fund and others would not") if disputed else []
    assert [row[1] for row in shown] == [one.proposal for one in view.disputed]


def test_every_proposal_stands_before_and_after_calibration(walk: Walk, page: Element) -> None:
    assert walk.ranking is not None
    ranked = walk.ranking.result
    found = moves(ranked, report_words("en"))
    means = {one.proposal: one.mean_total or 0 for one in ranked.assessments}
    ranks = {one.proposal: one.expected_rank for one in ranked.calibrated}
    assert [one.proposal for one in found] == [one.proposal for one in ranked.calibrated]
    for one in found:
        assert one.mean_place == 1 + sum(means[other.proposal] > means[one.proposal] for other in found)
        assert one.place == 1 + sum(ranks[other.proposal] < ranks[one.proposal] for other in found)
        assert one.change == one.mean_place - one.place
    assert any(one.change for one in found)
    rows = table(
        page.by_id("calibration"),
        "Each proposal's place by the mean of the experts' totals, and what calibration says of it",
    )
    assert [row[0] for row in rows] == [one.proposal for one in found]
    signs = {True: "↑", False: "↓"}
    assert [row[7] for row in rows] == [
        f"{signs[one.change > 0]} {abs(one.change)}" if one.change else "0" for one in found
    ]


def test_the_experts_loads_are_counted(walk: Walk, page: Element) -> None:
    assigned = Counter(pair.expert for pair in walk.assignment.result.pairs)
    call = walk.inputs.call
    most = call.plan.plan.review.max_load
    given = Counter(expert for _, expert in {(one.proposal, one.expert) for one in call.reviews or ()})
    section = page.by_id("loads")
    rows = table(section, "Every expert's load, the greatest first")
    side_of = {one.id: one.side or "without a Side" for one in call.experts}
    can_take = {one.id: most if one.max_load is None else one.max_load for one in call.experts}
    assert {row[0]: row[1:] for row in rows} == {
        name: [side_of[name], str(can_take[name]), str(assigned[name]), str(given[name])] for name in side_of
    }
    assert [int(row[3]) for row in rows] == sorted((int(row[3]) for row in rows), reverse=True)
    caption = "The experts of each Side: how many, what they can take, and what the computed assignment gives them"
    for side, number, taken, reviews, _, greatest, without in table(section, caption):
        among = [name for name in side_of if side_of[name] == side]
        loads = [assigned[name] for name in among]
        assert [int(text.replace(",", "")) for text in (number, taken, reviews, greatest, without)] == [
            len(among), sum(can_take[name] for name in among), sum(loads), max(loads, default=0), loads.count(0),
        ]  # fmt: skip


def test_every_proposal_has_its_page(walk: Walk, page: Element) -> None:
    call = walk.inputs.call
    assert walk.list is not None
    ids = [one.attributes["id"].removeprefix("proposal-") for one in page.all("article")]
    listed = [one.proposal for one in walk.list.result.places]
    assert ids[: len(listed)] == listed
    assert sorted(ids) == sorted(one.id for one in call.proposals)
    for number, name in enumerate(ids):
        links = {one.attributes["href"] for one in page.by_id(f"proposal-{name}").all("a")}
        beside = ids[max(number - 1, 0) : number + 2]
        assert {f"#p-{name}", *(f"#proposal-{other}" for other in beside if other != name)} <= links
        assert f"#proposal-{name}" in {one.attributes["href"] for one in page.by_id(f"p-{name}").all("a")}


def test_a_page_has_consortium_scores_and_grounds(walk: Walk, page: Element) -> None:
    call, plan = walk.inputs.call, walk.inputs.call.plan.plan
    assert walk.selection is not None
    assert walk.ranking is not None
    omitted = {(one.proposal, one.expert) for one in walk.ranking.result.left_out}
    names = {one.name for one in call.experts if one.name}
    kept = kept_out(walk)
    for proposal in call.proposals:
        article = page.by_id(f"proposal-{proposal.id}")
        consortium = article.all("table")[0].text
        for partner in proposal.partners:
            assert partner.organisation in consortium
            assert partner.funded is False or f"{partner.unit} " in consortium
        reviews = [one for one in call.reviews or () if one.proposal == proposal.id]
        scores = [one for one in article.all("table") if one.attributes["class"] == "compact scores"]
        assert len(scores) == (1 if reviews else 0)
        counted = [one for one in reviews if (one.proposal, one.expert) not in omitted]
        for row in scores[0].all("tr")[1:] if scores else ():
            shown = counted if row.attributes.get("class") == "mean" else reviews
            assert ("not counted" in row.text) is (row.attributes.get("class") == "omitted")
            check_scores(cells(row), shown, [one.id for one in plan.review.criterion])
        assert not [name for name in names if name in article.text]
    for one in walk.selection.result.funded:
        text = page.by_id(f"proposal-{one.proposal}").text
        assert "Every Side that it asks can pay it." in text
        assert all(f"{other} (place " in text for other in kept[one.proposal][:5])
        assert ("its money would pay no other proposal" in text) is (not kept[one.proposal])


def check_scores(row: list[str], reviews: list[Score], criteria: list[str]) -> None:
    """A row of scores: an expert's, the mean over the experts, or the thresholds."""
    expert = row[0].split()[0]
    if expert == "Threshold":
        return
    given = [
        [Fraction(one.score) for one in reviews if one.criterion == name and expert in {one.expert, "Mean"}]
        for name in criteria
    ]
    assert all(given)
    for text, scores in zip(row[1:], given, strict=False):
        assert abs(Fraction(text) - sum(scores) / len(scores)) <= Fraction(1, 200)
