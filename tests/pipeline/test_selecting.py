"""The plan's limits, topic budgets, reduced versions and top-ups, from the plan's text to the record."""

from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.errors import UnusableFolder
from accord.pipeline.steps import Reduction, SelectionResult, TopicRemaining, ToppedUp
from accord.pipeline.walk import run
from accord.plan.load import parse_plan
from accord.verify import verify
from accord.writing import write
from calls import PLAN, write_call

MATTER = 'id = "matter"\n'
JP = 'holidays = "JP"\n'
RESERVE = "reserve = 2\n"
EXCHANGE = '\n[exchange]\nreference = "EUR"\nas_of = 2026-01-05\nsource = "x"\nrates = { JPY = "160" }\n'


def selected(folder: Path, *changes: tuple[str, str]) -> SelectionResult:
    """The selection of the small call under a changed plan; its record verifies."""
    plan = PLAN
    for old, new in changes:
        assert old in plan
        plan = plan.replace(old, old + new, 1)
    walked = run(load_call(write_call(folder / "call", plan=plan)))
    write(walked, folder / "record")
    assert verify(folder / "record").holds
    assert walked.selection is not None
    assert walked.inputs.call.plan.plan.recorded_only == ()
    return walked.selection.result


def names(result: SelectionResult) -> set[str]:
    return {one.proposal for one in result.funded}


def test_a_least_number_of_a_topic(tmp_path: Path) -> None:
    result = selected(tmp_path, (MATTER, "min_funded = 1\n"))
    assert {"P3", "P2"} < names(result)
    (passed_over,) = {"P1", "P5"} - names(result)
    assert [one.reason for one in result.not_funded if one.proposal == passed_over] == ["limits"]
    assert result.unmet == ()


def test_a_greatest_number_of_a_topic(tmp_path: Path) -> None:
    result = selected(tmp_path, ('id = "light"\n', "max_funded = 2\n"))
    assert {"P3", "P2"} < names(result)
    assert [one.reason for one in result.not_funded][:1] == ["topic-full"]


def test_a_part_of_a_budget_is_one_topics(tmp_path: Path) -> None:
    result = selected(tmp_path, (JP, 'topic_budgets = [{ topic = "matter", amount = "60000000" }]\n'))
    assert names(result) == {"P3", "P2", "P6"}
    assert result.remaining == {"JP": 10_000_000, "EU": 15_000_000}
    assert result.topic_remaining == (TopicRemaining(side="JP", topic="matter", amount=0),)


def test_the_best_set_takes_a_cut_version_where_that_is_worth_it(tmp_path: Path) -> None:
    cut = 'reduced = { max_cut = "0.5", penalty = 0.25 }\n'
    plan = PLAN.replace('"list-with-skips"', '"max-merit"').replace(RESERVE, RESERVE + cut + EXCHANGE)
    walked = run(load_call(write_call(tmp_path / "call", plan=plan)))
    assert walked.selection is not None
    result = walked.selection.result
    # JP pays three and a third whole; of five proposals four are cut by half. Merit: means less the threshold of 5.
    assert names(result) == {"P3", "P1", "P5", "P2", "P6"}
    whole = [one.proposal for one in result.funded if one.reduced is None]
    assert len(whole) == 1
    assert {one.reduced for one in result.funded if one.proposal not in whole} == {Reduction(kind="cut-request")}
    assert result.value == 4_750_000 + 3_500_000 + 3_500_000 + 1_750_000 + 1_000_000 - 4 * 250_000
    assert result.optimal


def test_without_a_penalty_reduced_versions_are_the_meetings(tmp_path: Path) -> None:
    result = selected(tmp_path, (RESERVE, 'reduced = { max_cut = "0.5", drop_partner = true }\n' + EXCHANGE))
    assert names(result) == {"P3", "P1", "P5"}
    assert all(one.reduced is None for one in result.funded)


def test_a_dropped_partner_leaves_an_eligible_proposal(tmp_path: Path) -> None:
    plan = PLAN.replace(RESERVE, RESERVE + "reduced = { drop_partner = true, penalty = 0 }\n" + EXCHANGE)
    plan = plan.replace("partners = { min = 1, min_countries = 1 }", "partners = { min = 0 }")
    plan = plan.replace("partners = { min = 2, max = 4 }", "partners = { min = 1, max = 4 }")
    plan = plan.replace('budget = "900000.00"', 'budget = "500000.00"')
    walked = run(load_call(write_call(tmp_path / "call", plan=plan)))
    assert walked.selection is not None
    reduced = [(one.reduced, one.requested) for one in walked.selection.result.funded]
    assert reduced == [
        (None, {"JP": 30_000_000, "EU": 25_000_000}),
        (None, {"JP": 30_000_000, "EU": 25_000_000}),
        (Reduction(kind="drop-partner", partner=2), {"JP": 30_000_000, "EU": 0}),
    ]


def test_a_top_up_is_told_and_not_taken(tmp_path: Path) -> None:
    more = 'top_up = [{ side = "JP", max = "30000000" }, { side = "EU", max = "120000.00" }]\n'
    result = selected(tmp_path, (RESERVE, more))
    assert names(result) == {"P3", "P1", "P5"}
    assert result.top_up == ToppedUp(
        joins=("P2",), added={"JP": 20_000_000, "EU": 10_000_000}, value=1_750_000, bound=1_750_000
    )


def test_the_coordinators_balance(tmp_path: Path) -> None:
    result = selected(tmp_path, (RESERVE, "max_coordinator_imbalance = 1\n"))
    # JP coordinates all of them: there is no other Side to be behind.
    assert names(result) == {"P3", "P1", "P5"}


def test_limits_that_no_set_meets_are_told(tmp_path: Path) -> None:
    result = selected(tmp_path, (MATTER, "min_funded = 3\n"))
    assert names(result) == {"P3", "P1", "P5"}
    assert result.unmet == ("topic matter: at least 3 are asked for, fewer can be paid",)
    assert result.provisional is not None
    assert "made without the plan's limits: topic matter" in result.provisional


@pytest.mark.parametrize("rule", ["list-order", "ties-by-funds", "max-merit"])
def test_every_rule_keeps_every_limit(tmp_path: Path, rule: str) -> None:
    plan = PLAN.replace('"list-with-skips"', f'"{rule}"').replace(MATTER, MATTER + "min_funded = 2\n")
    walked = run(load_call(write_call(tmp_path / "call", plan=plan)))
    assert walked.selection is not None
    assert names(walked.selection.result) == {"P3", "P2", "P6"}


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (MATTER, "min_funded = 3\nmax_funded = 2\n", "topic[1].min_funded: min_funded is 3, max_funded 2"),
        (
            JP,
            'topic_budgets = [{ topic = "light", amount = "1" }, { topic = "light", amount = "2" }]\n',
            "side[0].topic_budgets[1].topic: 'light' stands twice",
        ),
        (
            JP,
            'topic_budgets = [{ topic = "light", amount = "100000001" }]\n',
            "side[0].topic_budgets: the parts add up to more than the budget of 100000000",
        ),
    ],
)
def test_limits_that_do_not_fit_are_found_in_the_plan(old: str, new: str, finding: str) -> None:
    with pytest.raises(UnusableFolder) as error:
        parse_plan(PLAN.replace(old, old + new, 1).encode())
    (problem,) = [one for one in error.value.problems if one.severity == "error"]
    assert f"{problem.field}: {problem.found}" == finding
