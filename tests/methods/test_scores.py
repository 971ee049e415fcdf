from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.call.values import ConsensusScore, Score
from accord.methods.scores import (
    Assessment,
    MissedThreshold,
    Total,
    assessments,
    millionths,
    scale_of_totals,
    simulated_scores,
    totals,
)
from accord.plan.load import parse_plan
from calls import PLAN

REVIEW = parse_plan(PLAN.encode()).plan.review


def score(proposal: str, expert: str, excellence: str, impact: str) -> list[Score]:
    return [
        Score(proposal=proposal, expert=expert, criterion="excellence", score=Decimal(excellence)),
        Score(proposal=proposal, expert=expert, criterion="impact", score=Decimal(impact)),
    ]


SCORES = [*score("P1", "E2", "4", "4.5"), *score("P1", "E1", "1.5", "3"), *score("P2", "E1", "1.5", "2")]


def test_totals_are_weighted_and_exact() -> None:
    weights = PLAN.replace("weight = 1\nthreshold", "weight = 0.3\nthreshold")
    heavier = parse_plan(weights.encode()).plan.review
    assert totals(REVIEW, SCORES) == (
        Total(proposal="P1", expert="E1", total=4_500_000),
        Total(proposal="P1", expert="E2", total=8_500_000),
        Total(proposal="P2", expert="E1", total=3_500_000),
    )
    assert [one.total for one in totals(heavier, SCORES)] == [3_450_000, 5_700_000, 2_450_000]
    assert scale_of_totals(heavier) == (0.0, 6.5)


def test_thresholds_on_the_mean() -> None:
    assert assessments(REVIEW, ["P2", "P1", "P3"], SCORES) == (
        Assessment(
            proposal="P2",
            reviews=1,
            mean_total=3_500_000,
            criteria={"excellence": 1_500_000, "impact": 2_000_000},
            missed=(
                MissedThreshold(criterion="excellence", reached=1_500_000, needed=2_000_000),
                MissedThreshold(reached=3_500_000, needed=5_000_000),
            ),
        ),
        Assessment(
            proposal="P1",
            reviews=2,
            mean_total=6_500_000,
            criteria={"excellence": 2_750_000, "impact": 3_750_000},
        ),
        Assessment(proposal="P3", reviews=0, mean_total=None, criteria={}, judged=False),
    )


def test_thresholds_on_the_median_and_on_the_consensus() -> None:
    votes = [*score("P1", "E1", "0", "0"), *score("P1", "E2", "4", "5"), *score("P1", "E3", "5", "3")]
    by_median = parse_plan(PLAN.replace('thresholds_on = "mean"', 'thresholds_on = "median"').encode()).plan.review
    (told,) = assessments(by_median, ["P1"], votes)
    assert (told.criteria, told.missed, told.mean_total) == (
        {"excellence": 3_000_000, "impact": 2_666_667},
        (),
        5_666_667,
    )
    agreed = [
        ConsensusScore(proposal="P1", criterion="excellence", score=Decimal("1.5")),
        ConsensusScore(proposal="P1", criterion="impact", score=Decimal(5)),
    ]
    by_panel = parse_plan(PLAN.replace('thresholds_on = "mean"', 'thresholds_on = "consensus"').encode()).plan.review
    (told,) = assessments(by_panel, ["P1"], votes, agreed, order_by="consensus")
    assert told.criteria == {"excellence": 1_500_000, "impact": 5_000_000}
    (unscored,) = assessments(by_panel, ["P1"], votes)
    assert (unscored.judged, unscored.missed) == (False, ())
    assert told.consensus_total == 6_500_000
    assert told.missed == (MissedThreshold(criterion="excellence", reached=1_500_000, needed=2_000_000),)


@given(st.fractions(min_value=-10, max_value=10))
def test_millionths_are_the_nearest_ones(value: Fraction) -> None:
    assert abs(Fraction(millionths(value), 10**6) - value) <= Fraction(1, 2 * 10**6)


@pytest.mark.parametrize("seed", [0, 1])
def test_simulated_scores_depend_on_seed_and_names_alone(seed: int) -> None:
    pairs = [("P1", "E1"), ("P1", "E2"), ("P2", "E1")]
    told = simulated_scores(REVIEW, pairs, seed=seed)
    assert told == simulated_scores(REVIEW, pairs[::-1], seed=seed)
    assert told != simulated_scores(REVIEW, pairs, seed=seed + 1)
    assert [row for row in told if row.proposal == "P2"] == list(simulated_scores(REVIEW, pairs[2:], seed=seed))
    assert all(0 <= row.score <= 5 and row.score % Decimal("0.5") == 0 for row in told)


def test_simulated_scores_spread_over_the_scale() -> None:
    pairs = [(f"P{number}", f"E{number % 50}") for number in range(400)]
    values = [row.score for row in simulated_scores(REVIEW, pairs, seed=7)]
    mean = sum(values) / len(values)
    assert Decimal("3.2") < mean < Decimal("3.6")
    assert len(set(values)) >= 8
