"""A counter-example that was hunted for in the ranking: votes so alike that only the floor of s decides."""

from __future__ import annotations

import numpy as np
import pytest

from accord.methods.ranking import rank
from accord.methods.ranking.priors import SMALLEST_RESIDUAL


def test_where_nothing_differs_the_floor_decides() -> None:
    """Equal scores would make the posterior endless at zero; a dense logarithmic grid with the page's density of s."""
    proposal, expert = [0, 0, 0, 1, 2, 3], [0, 1, 2, 1, 2, 0]
    of_proposal, of_expert = np.eye(4)[proposal], np.eye(3)[expert]
    between = np.geomspace(1e-6, 2.0, 240)
    shares, means = [], []
    for residual in np.geomspace(SMALLEST_RESIDUAL, 2 * np.sqrt(2), 240):
        covariance = (
            between[:, None, None] ** 2 * (of_proposal @ of_proposal.T)
            + 0.25 * (of_expert @ of_expert.T)
            + residual**2 * np.eye(6)
        )
        prior = residual * (np.pi / 2 - 2 * np.arccos(min(1.0, 2 / residual))) / 4
        density = np.exp(-0.5 * np.linalg.slogdet(covariance)[1]) * prior * residual * between
        shares.append(density.sum())
        means.append((density @ between, density.sum() * residual))
    expected = np.sum(means, axis=0) / np.sum(shares)
    found = rank(proposal, expert, [0.0] * 6, scale=(0, 5))
    assert [found.hyper.between.mean, found.hyper.residual.mean] == pytest.approx(expected, abs=2e-3)
    assert [(row.expected_rank, row.tie_group) for row in found.rows] == [(2.5, 1)] * 4
