"""Chance: the same numbers on every machine, within their ranges, and fair."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy import stats

from accord.example.chance import Chance


def test_numbers_of_a_step_and_seed_never_change() -> None:
    chance = Chance("a step", 3)
    assert [chance.integer(1000) for _ in range(4)] == [536, 220, 546, 42]
    assert chance.uniform() == 0.28938820915785335
    assert round(chance.normal(), 9) == 0.19765027
    assert chance.sample(10, 4) == [4, 3, 9, 6]


def test_steps_and_seeds_have_streams_of_their_own() -> None:
    streams = {
        tuple(Chance(step, seed).integer(1 << 60) for _ in range(1)) for step in ("a", "b") for seed in (0, 1, 10)
    }
    assert len(streams) == 6


def test_integers_are_even() -> None:
    chance = Chance("even", 0)
    counts = Counter(chance.integer(7) for _ in range(70_000))
    assert sorted(counts) == list(range(7))
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_uniform_and_normal_follow_their_distributions() -> None:
    chance = Chance("shape", 0)
    uniform = np.array([chance.uniform() for _ in range(20_000)])
    assert 0 < uniform.min() < uniform.max() < 1
    assert stats.kstest(uniform, "uniform").pvalue > 0.001
    assert stats.kstest([chance.normal() for _ in range(20_000)], "norm").pvalue > 0.001


def test_samples_are_different_numbers_and_every_order_comes() -> None:
    chance = Chance("samples", 0)
    orders = Counter(tuple(chance.sample(4, 4)) for _ in range(24_000))
    assert len(orders) == 24
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert stats.chisquare(list(orders.values())).pvalue > 0.001
    assert all(len(set(chance.sample(30, 12))) == 12 for _ in range(50))
    assert sorted(chance.shuffled("example")) == sorted("example")


def test_weights_decide_how_often_a_place_is_chosen() -> None:
    chance = Chance("weights", 0)
    counts = Counter(chance.weighted([0, 1, 0, 3]) for _ in range(40_000))
    assert set(counts) == {1, 3}
    assert 0.73 < counts[3] / 40_000 < 0.77
    happened = sum(chance.happens(0.25) for _ in range(40_000))
    assert 0.23 < happened / 40_000 < 0.27
