"""Quadrature of peaks whose integral is known, and rules that keep the moments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gumbel_r, norm

from accord.errors import InvalidInput
from accord.methods.ranking.quadrature import gauss_rule, lattice


@pytest.mark.parametrize("width", [0.003, 0.4, 30.0])
def test_lattice_finds_a_narrow_peak_far_off(width: float) -> None:
    rule = lattice(lambda x: norm.logpdf(x, 7.3, width), start=-1.0, step=4.0, block=4)
    assert rule.log_total == pytest.approx(0.0, abs=1e-8)
    assert rule.weights @ rule.points == pytest.approx(7.3, abs=1e-6)


def test_lattice_takes_a_skewed_peak() -> None:
    rule = lattice(lambda x: gumbel_r.logpdf(x, 0.2), start=3.0, step=0.5, block=1)
    assert rule.log_total == pytest.approx(0.0, abs=1e-7)
    assert rule.weights @ rule.points == pytest.approx(0.2 + np.euler_gamma, abs=1e-6)


def test_lattice_refuses_a_density_without_ends() -> None:
    with pytest.raises(InvalidInput, match="log_density: still not negligible"):
        lattice(np.zeros_like, start=0.0, step=0.5, block=64)


@given(st.lists(st.floats(0.01, 1.0), min_size=12, max_size=40), st.integers(1, 6))
def test_gauss_rule_keeps_the_moments(masses: list[float], size: int) -> None:
    points = np.linspace(-1.0, 2.0, len(masses)) ** 3
    weights = np.array(masses) / sum(masses)
    nodes, kept = gauss_rule(points, weights, size)
    assert nodes.size == size
    for degree in range(2 * size):
        assert kept @ nodes**degree == pytest.approx(weights @ points**degree, rel=1e-9, abs=1e-9)


def test_gauss_rule_leaves_few_points_as_they_are() -> None:
    points, weights = gauss_rule(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.0, 0.5]), 6)
    assert (points.tolist(), weights.tolist()) == ([1.0, 3.0], [0.5, 0.5])
