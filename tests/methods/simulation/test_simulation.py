"""The simulation: each run is what the pipeline's own steps make of it, and no worker, chunk or map moves it."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import groupby
from math import sqrt
from random import Random
from statistics import mean, stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import Infeasible, InvalidInput
from accord.methods.simulation import Chance, Model, Simulation, simulate
from accord.methods.simulation.judging import judged
from accord.methods.simulation.outcome import listed, run_of, selected
from accord.methods.simulation.setting import setting
from accord.methods.simulation.simulate import CHUNK, chance, distribution, outcomes
from accord.methods.simulation.synthetic import synthetic
from accord.methods.simulation.values import Run
from accord.plan.load import SignedPlan, parse_plan
from calls import PLAN
from simulated_calls import selection, walked

SEED = 20261121
THREE_SIDES = """
[[side]]
id = "DK"
signatory = { en = "A third Side" }
programme = "Three"
countries = ["DK", "SE"]
unit = "DKK"
budget = "3000000"
request = { max_per_proposal = "2500000", min_per_proposal = "1500000", basis = "total" }
partners = { min = 0 }
language = "da"
timezone = "Europe/Copenhagen"
award_form = "grant"

[timeline]"""


ROOMY = PLAN.replace('budget = "100000000"', 'budget = "300000000"').replace('"900000.00"', '"2400000.00"')


def plan(*changes: tuple[str, str], text: str = ROOMY) -> SignedPlan:
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return parse_plan(text.encode())


def three_sides(*changes: tuple[str, str]) -> SignedPlan:
    fewer = ('countries = ["DE", "FR", "DK"]', 'countries = ["DE", "FR"]')
    joint = ("min_experts_per_side = 1", "min_experts_per_side = 0")
    return plan(("\n[timeline]", THREE_SIDES), fewer, joint, *changes)


RATES = """
[exchange]
reference = "EUR"
as_of = 2026-01-05
source = "a bank"
rates = { JPY = "160", DKK = "7" }
"""
RULE = 'rule = "list-with-skips"'
TIES = 'ties = ["score:excellence", "lottery"]'
PLANS: dict[str, SignedPlan] = {
    "list-with-skips": plan(),
    "list-order": plan((RULE, 'rule = "list-order"')),
    "median": plan(('thresholds_on = "mean"', 'thresholds_on = "median"')),
    "consensus": plan(
        ('thresholds_on = "mean"', 'thresholds_on = "consensus"'), ('order_by = "mean"', 'order_by = "consensus"')
    ),
    "geography": three_sides((TIES, 'ties = ["topic-coverage", "geography", "lottery"]')),
    "funds, no lottery": three_sides((TIES, 'ties = ["funds", "score:impact"]')),
    "refuse": plan((TIES, 'ties = ["score:excellence", "refuse"]')),
    "topics": plan(
        ('title = { en = "Light" }', 'title = { en = "Light" }\nmin_funded = 2'),
        ('title = { en = "Matter" }', 'title = { en = "Matter" }\nmax_funded = 1'),
    ),
    "topic budgets": plan(
        ('award_form = "grant"', 'award_form = "grant"\ntopic_budgets = [{ topic = "matter", amount = "1100000" }]')
    ),
    "imbalance": plan((RULE, f"{RULE}\nmax_coordinator_imbalance = 0")),
    "unmet": plan(('title = { en = "Light" }', 'title = { en = "Light" }\nmin_funded = 12')),
    "weights": plan(("weight = 1\nthreshold = 2", "weight = 0.37\nthreshold = 2.25")),
    "three experts": plan(("experts_per_proposal = 2", "experts_per_proposal = 3"), ("step = 0.5", "step = 0.1")),
}


def reached(signed: SignedPlan, proposals: int, run: int) -> Run:
    return run_of(setting(signed.plan, proposals, Model()), SEED, run)


@pytest.mark.parametrize("name", PLANS)
def test_a_run_is_what_the_pipelines_own_steps_make_of_it(name: str) -> None:
    signed = PLANS[name]
    runs = range(12 if name in {"topics", "imbalance", "unmet"} else 50)
    slow = [walked(signed, proposals=14, seed=SEED, run=run) for run in runs]
    assert [reached(signed, 14, run) for run in runs] == slow
    assert len({run.funded for run in slow}) > 1
    assert any(run.unmet for run in slow) == (name == "unmet")
    assert any(run.refused for run in slow) == (name in {"refuse", "funds, no lottery"})


def test_ties_by_funds_gives_the_best_set_of_the_first_equals_that_cannot_all_be_paid() -> None:
    """Of sets of one value another may be chosen, and what follows differs then: so far both have to be worth as much."""
    signed = plan((RULE, 'rule = "ties-by-funds"'), ("step = 0.5", "step = 2.5"), (TIES, 'ties = ["lottery"]'))
    plain = plan(("step = 0.5", "step = 2.5"), (TIES, 'ties = ["lottery"]'))
    better = 0
    for run in range(50):
        one = setting(signed.plan, 14, Model())
        drawn = synthetic(one, SEED, run)
        verdict = judged(one, drawn.marks)
        places, _ = listed(one, drawn, verdict)
        mine, unmet = selected(one, drawn, verdict, places)
        slow = selection(signed, proposals=14, seed=SEED, run=run)
        merit = dict(zip(slow.asked.names, slow.asked.merit, strict=True))
        for _, group in groupby((place for place in slow.places if place.fundable), lambda place: place.tie_group):
            names = [place.proposal for place in group]
            worth = [sum(merit[name] for name in names if name in found) for found in (_named(mine), slow.funded)]
            assert worth[0] == worth[1]
            if not set(names) <= set(slow.funded):
                break
        assert not unmet
        better += len(mine) > reached(plain, 14, run).funded
    assert better >= 4


def _named(rows: list[int]) -> list[str]:
    return [f"{row:06d}" for row in rows]


def test_ties_by_funds_keeps_the_plans_limits() -> None:
    signed = plan((RULE, 'rule = "ties-by-funds"\nmax_coordinator_imbalance = 1'), ("step = 0.5", "step = 2.5"))
    runs = [reached(signed, 8, run) for run in range(5)]
    assert all(abs(one.coordinated[0] - one.coordinated[1]) <= 1 and one.funded > 1 for one in runs)


def test_the_greedy_stand_in_for_the_best_set_pays_within_every_budget() -> None:
    signed = plan((RULE, 'rule = "max-merit"'))
    skips, best = [], []
    for run in range(20):
        greedy = reached(signed, 14, run)
        budgets = [side.minor(side.budget) for side in signed.plan.side]
        assert all(used <= budget for used, budget in zip(greedy.used, budgets, strict=True))
        skips.append(greedy.funded)
        best.append(walked(signed, proposals=14, seed=SEED, run=run).funded)
    assert abs(sum(skips) - sum(best)) <= 3


def small(**changed: Any) -> Simulation:
    return simulate(PLANS["list-with-skips"].plan, **{"proposals": 10, "runs": 2 * CHUNK + 7, "seed": 3} | changed)


def test_no_map_moves_the_answer() -> None:
    here = small()
    with ThreadPoolExecutor(3) as pool:
        assert small(map=pool.map) == here

    def elsewhere(function: Any, tasks: Any) -> Any:
        packed = [pickle.dumps((function, task)) for task in tasks]
        return [pickle.loads(pickle.dumps(work(task))) for work, task in map(pickle.loads, packed)]  # noqa: S301

    assert small(map=elsewhere) == here
    assert small(seed=4) != here


def test_further_runs_leave_the_first_ones_as_they_are() -> None:
    """Each run has a stream of its own: what the others are does not matter."""
    one = setting(PLANS["geography"].plan, 9, Model())
    alone = [run_of(one, SEED, run) for run in (4, 2)]
    assert alone == [run_of(one, SEED, run) for run in range(6)][4:1:-2]


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    small(progress=lambda *one: told.append(one))
    assert told == [("simulation", 50, 107), ("simulation", 100, 107), ("simulation", 107, 107)]


@given(st.lists(st.integers(-(10**24), 10**24), min_size=2, max_size=60))
@settings(deadline=None, max_examples=200)
def test_a_distribution_is_what_its_definitions_say(values: list[int]) -> None:
    found = distribution(values)
    ordered = sorted(values)
    assert (found.least, found.greatest) == (ordered[0], ordered[-1])
    assert abs(Fraction(found.mean, 10**6) - Fraction(sum(values), len(values))) <= Fraction(1, 2 * 10**6)
    exact = stdev(map(Fraction, values)) / sqrt(len(values)) * 1e6
    assert found.error == pytest.approx(exact, rel=1e-9, abs=1.01)
    for one in found.quantiles:
        below = [value for value in ordered if value <= one.value]
        assert len(below) * 100 >= one.percent * len(ordered)
        less = [value for value in ordered if value < one.value]
        assert len(less) * 100 < one.percent * len(ordered)
        assert one.low <= one.value <= one.high
    assert found.at(50) == found.quantiles[2].value


def test_the_interval_of_a_quantile_holds_it_in_ninety_five_of_a_hundred() -> None:
    chances, held = Random(5), 0
    for _ in range(300):
        found = distribution(chances.randrange(10**6) for _ in range(400))
        held += found.quantiles[1].low <= 250_000 <= found.quantiles[1].high
    assert 276 <= held <= 298


def test_a_chance_has_the_binomials_error() -> None:
    assert chance([True] * 30 + [False] * 70) == Chance(runs=30, share=300_000, error=45_825)
    assert chance([False] * 9) == Chance(runs=0, share=0, error=0)


def test_the_mean_of_many_runs_is_what_can_be_worked_out() -> None:
    """Budgets for three of the greatest requests of one Side, all requests the same: always exactly three funded."""
    signed = plan(('budget = "300000000"', 'budget = "190000000"'), ('budget = "2400000.00"', 'budget = "99000000"'))
    same = Model(least_request=1, most_request=1, level=1, merit=0, leniency=0, noise=0)
    found = simulate(signed.plan, proposals=8, runs=60, seed=1, model=same)
    assert found.funded_runs == ((3, 60),)
    assert found.funded.mean == 3_000_000
    assert found.funded.error == 0
    assert (found.sides[0].first.runs, found.sides[1].first.runs, found.nobody_out.runs) == (60, 0, 0)
    assert found.sides[0].used.mean == 180_000_000 * 10**6
    assert found.sides[0].part.mean == round(Fraction(18, 19) * 10**6) * 10**6
    assert abs(found.eligible.mean - 7_600_000) < 4 * found.eligible.error
    assert found.tied.mean == found.eligible.mean
    assert found.by_lot.mean == found.eligible.mean - 1_000_000  # the last of a group follows from the others


def test_loads_are_whole_experts_at_the_plans_most() -> None:
    found = small(model=Model(eligible=1))
    assert (found.eligible.least, found.reviews.least, found.experts.least) == (10, 20, 5)
    assert found.side_experts.greatest == 3
    light, matter = found.topics
    assert light.eligible.mean + matter.eligible.mean == 10_000_000
    assert light.experts.greatest == -(-2 * light.eligible.greatest // 4)


def test_what_is_drawn_keeps_the_plans_rules() -> None:
    signed = three_sides(('coordinator_sides = ["JP", "EU"]', 'coordinator_sides = ["DK"]'))
    one = setting(signed.plan, 400, Model())
    drawn = synthetic(one, SEED, 0)
    assert drawn.member.all(axis=0).tolist() == [True, True, True]  # DK coordinates, the others are asked for
    free = setting(three_sides(("partners = { min = 1 }", "partners = { min = 0 }")).plan, 400, Model())
    drawn = synthetic(free, SEED, 0)
    assert set(drawn.coordinator.tolist()) == {0, 1}
    assert drawn.member[np.arange(400), drawn.coordinator].all()
    assert drawn.member[:, 1].all()
    assert set(drawn.member.sum(axis=1).tolist()) == {2, 3}
    requests = np.array(drawn.requests)
    assert (requests[~drawn.member] == 0).all()
    inside = requests[drawn.member[:, 2], 2]
    assert (inside >= 150_000_000).all()
    assert (inside <= 245_000_000).all()
    assert 0.35 < drawn.member[:, 2].mean() < 0.95
    assert np.array(drawn.marks).min() >= 0
    assert np.array(drawn.marks).max() <= 10


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"runs": 1}, "runs: found 1; give a whole number from 2 to 1000000"),
        ({"runs": 2.0}, "runs: found 2.0"),
        ({"proposals": 0}, "proposals: found 0"),
        ({"seed": True}, "seed: found True"),
        ({"model": Model(eligible=1.5)}, "model.eligible: found 1.5"),
        ({"model": Model(least_request=0.9, most_request=0.5)}, "model.least_request"),
        ({"model": Model(noise=float("nan"))}, "model.noise: found nan"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        small(**changed)


def test_a_plan_that_no_proposal_can_meet_is_infeasible() -> None:
    text = plan(("partners = { min = 2, max = 4 }", "partners = { min = 2, max = 2 }"))
    third = three_sides(
        ("partners = { min = 2, max = 4 }", "partners = { min = 2, max = 2 }"),
        ('coordinator_sides = ["JP", "EU"]', 'coordinator_sides = ["DK"]'),
    )
    assert simulate(text.plan, proposals=3, runs=2).eligible.greatest <= 3
    with pytest.raises(Infeasible, match="at most 2 partners, and each of JP, EU and a coordinator are asked for"):
        simulate(third.plan, proposals=3, runs=2)


def test_every_rule_that_is_carried_out_in_a_simpler_way_is_named() -> None:
    signed = three_sides(
        ('order_by = "mean"', 'order_by = "calibrated"'),
        ('ties_are = "equal"', 'ties_are = "not-separable"'),
        ('thresholds_on = "mean"', 'thresholds_on = "consensus"'),
        (RULE, 'rule = "max-merit"\nreduced = { max_cut = "0.2", penalty = 1 }\ntop_up = [{ side = "JP", max = "1" }]'),
        ('programme = "Three"', 'programme = "Three"\nmax_share = "0.9"'),
        ("reserve = 2", f"reserve = 2\n{RATES}"),
    )
    expected = ("calibrated", "not-separable", "consensus", "max-merit", "reduced", "top-up", "max-share")
    assert simulate(signed.plan, proposals=4, runs=2).simplified == expected
    assert small().simplified == ()


def test_the_answer_stays_the_same_for_ever() -> None:
    found = small()
    assert found.funded_runs == ((5, 9), (6, 79), (7, 19))
    assert (found.sides[0].used.mean, found.sides[1].first.runs) == (262_222_429_906_542, 77)


def test_a_side_without_a_greatest_request_or_budget() -> None:
    signed = plan(('request = { max_per_proposal = "60000000", basis = "total" }', 'request = { basis = "total" }'))
    assert simulate(signed.plan, proposals=30, runs=4).sides[0].used.greatest <= 300_000_000
    broke = plan(('budget = "300000000"', 'budget = "0"'))
    found = simulate(broke.plan, proposals=30, runs=4)
    assert (found.funded.greatest, found.sides[0].part.greatest, found.sides[0].out.runs) == (0, 0, 4)


def test_the_reference_plan(quantum_call: Any) -> None:
    signed = parse_plan((quantum_call / "plan.toml").read_bytes())
    found = simulate(signed.plan, proposals=100, runs=40)
    assert found.simplified == ("calibrated", "not-separable")
    assert 5 <= found.funded.at(50) <= 12
    assert found.experts.greatest <= 50
    assert mean(value for value, _ in found.funded_runs) > 5
    assert outcomes.__module__ == "accord.methods.simulation.simulate"
