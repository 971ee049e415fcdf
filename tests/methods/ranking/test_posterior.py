"""The posterior against a naive one, a Gibbs sampler, the reference package, and pair by pair."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.integrate import quad
from scipy.special import gammaincc, gammainccinv, ndtr

from accord.methods.ranking import Ranking
from accord.methods.ranking.priors import SMALLEST_RESIDUAL, log_residual_prior
from accord.methods.ranking.summaries import expected_ranks
from ballots import PANELS, Array, Ballots, by_id, design, small_ballots

SHARED = Path(__file__).resolve().parents[3] / "../shared/data"


@dataclass(frozen=True)
class Naive:
    """What the naive posterior says, proposals and experts by id."""

    ranks: Array
    means: Array
    leniency: Array
    leniency_deviation: Array
    between: float
    residual: float


def naive_posterior(ballots: Ballots, size: int) -> Naive:
    """Every standard deviation on its own dense grid, nothing marginalised by hand: joint Gaussian of all."""
    z, w, v, y, centre = design(ballots)
    nodes, node_weights = np.polynomial.legendre.leggauss(size)
    # Squared, so that the grid is denser where deviations are small: d(2 u^2) = 4 u du.
    u, du = (nodes + 1) / 2, node_weights / 2
    deviations, shares = 2 * u**2, 4 * u * du
    panel_grid = range(size) if v.shape[1] else range(1)
    grid = np.array([(a, b, c, d) for a in range(size) for b in range(size) for c in range(b + 1) for d in panel_grid])
    tau, tau_lambda, sigma, pi = (deviations[grid[:, k]][:, None, None] for k in range(4))
    prior = shares[grid[:, 0]] * shares[grid[:, 1]] * shares[grid[:, 2]] * shares[grid[:, 3]]
    prior *= np.where(grid[:, 1] == grid[:, 2], 1.0, 2.0)
    eye = np.eye(len(y))
    covariance = tau**2 * (z @ z.T) + 0.25 * (w @ w.T) + pi**2 * (v @ v.T) + (tau_lambda**2 + sigma**2) * eye
    with_votes = np.concatenate([tau**2 * z.T, np.broadcast_to(0.25 * w.T, (len(grid), *w.T.shape))], axis=1)
    solved = np.linalg.solve(covariance, np.broadcast_to(y[:, None], (len(grid), len(y), 1)))
    log_posterior = np.log(prior) - 0.5 * (np.linalg.slogdet(covariance)[1] + (y @ solved)[:, 0])
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    latent_means = (with_votes @ solved)[:, :, 0]
    inner = with_votes @ np.linalg.solve(covariance, with_votes.transpose(0, 2, 1))
    proposals = z.shape[1]
    theta, theta_covariance = latent_means[:, :proposals], tau**2 * np.eye(proposals) - inner[:, :proposals, :proposals]
    ranks = np.ones((len(grid), proposals))
    for i in range(proposals):
        for k in set(range(proposals)) - {i}:
            variance = theta_covariance[:, i, i] + theta_covariance[:, k, k] - 2 * theta_covariance[:, i, k]
            ranks[:, i] += ndtr((theta[:, k] - theta[:, i]) / np.sqrt(variance))
    nu = latent_means[:, proposals:]
    nu_variance = 0.25 - np.diagonal(inner, axis1=1, axis2=2)[:, proposals:]
    leniency = weight @ nu
    return Naive(
        ranks=weight @ ranks,
        means=centre + weight @ theta,
        leniency=leniency,
        leniency_deviation=np.sqrt(weight @ (nu_variance + nu**2) - leniency**2),
        between=float(weight @ tau[:, 0, 0]),
        residual=float(weight @ np.sqrt(tau_lambda**2 + sigma**2)[:, 0, 0]),
    )


def resolved(ballots: Ballots) -> bool:
    """Whether the additive fit leaves enough over for a grid without a floor to see its peak."""
    z, w, v, y, _ = design(ballots)

    def leaves_enough(columns: Array, *, least: int) -> bool:
        left = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
        freedom = len(y) - np.linalg.matrix_rank(columns)
        return bool(freedom < least or left @ left > 0.3 * freedom)

    # Without the proposals too: where three votes more than that needs fit it, the posterior is endless at zero.
    return leaves_enough(np.hstack([z, w, v]), least=1) and leaves_enough(np.hstack([w, v]), least=3)


@settings(max_examples=12, deadline=None)
@given(small_ballots())
def test_agrees_with_a_naive_posterior(ballots: Ballots) -> None:
    assume(resolved(ballots))
    slow, fast = naive_posterior(ballots, 20), ballots.ranked(leniency=True)
    assert by_id(fast, "expected_rank") == pytest.approx(slow.ranks, abs=2e-3)
    assert by_id(fast, "posterior_mean") == pytest.approx(slow.means, abs=2e-3)
    assert fast.hyper.between.mean == pytest.approx(slow.between, abs=4e-3)
    assert fast.hyper.residual.mean == pytest.approx(slow.residual, abs=4e-3)
    assert fast.leniency is not None
    assert [one.leniency.mean for one in fast.leniency] == pytest.approx(slow.leniency, abs=2e-3)
    assert [one.leniency.deviation for one in fast.leniency] == pytest.approx(slow.leniency_deviation, abs=2e-3)


def test_panels_agree_with_a_naive_posterior() -> None:
    slow, fast = naive_posterior(PANELS, 14), PANELS.ranked(leniency=True)
    assert by_id(fast, "expected_rank") == pytest.approx(slow.ranks, abs=2e-3)
    assert by_id(fast, "posterior_mean") == pytest.approx(slow.means, abs=2e-3)
    assert fast.leniency is not None
    assert [one.leniency.mean for one in fast.leniency] == pytest.approx(slow.leniency, abs=2e-3)
    assert [one.leniency.deviation for one in fast.leniency] == pytest.approx(slow.leniency_deviation, abs=2e-3)


def gibbs_rank_probabilities(ballots: Ballots, *, chains: int, burn: int, kept: int) -> Array:
    """P(rank <= k) in each chain of a Gibbs sampler of the whole model: chains x proposals x k."""
    z, w, v, y, _ = design(ballots)
    random = np.random.Generator(np.random.PCG64(7))

    def deviation(effects: Array) -> Array:
        # Uniform prior on (0, 2): the precision is gamma, cut off below 1/4.
        shape, rate = (effects.shape[1] - 1) / 2, (effects**2).sum(axis=1) / 2
        above = gammaincc(shape, rate / 4) * random.uniform(size=chains)
        return np.asarray(np.sqrt(rate / gammainccinv(shape, above))[:, None])

    def effects(precision: Array, pull: Array) -> Array:
        return np.asarray(pull / precision + random.normal(size=pull.shape) / np.sqrt(precision))

    tau, tau_lambda, sigma, pi = (random.uniform(0.2, 1.8, (chains, 1)) for _ in range(4))
    pair, nu, panel = np.zeros((chains, len(y))), np.zeros((chains, w.shape[1])), np.zeros((chains, v.shape[1]))
    at = np.zeros((chains, z.shape[1], z.shape[1]))
    rows, columns = np.arange(chains)[:, None], np.arange(z.shape[1])
    for step in range(burn + kept):
        theta = effects(z.sum(axis=0) / sigma**2 + 1 / tau**2, ((y - pair - panel @ v.T) @ z) / sigma**2)
        pull = (y - theta @ z.T - panel @ v.T) / sigma**2 + (nu @ w.T) / tau_lambda**2
        pair = effects(1 / sigma**2 + 1 / tau_lambda**2, pull)
        nu = effects(w.sum(axis=0) / tau_lambda**2 + 4, (pair @ w) / tau_lambda**2)
        panel = effects(v.sum(axis=0) / sigma**2 + 1 / pi**2, ((y - pair - theta @ z.T) @ v) / sigma**2)
        tau, tau_lambda, pi = deviation(theta), deviation(pair - nu @ w.T), deviation(panel)
        sigma = deviation(y - theta @ z.T - pair - panel @ v.T)
        if step >= burn:
            place = (-theta).argsort(axis=1).argsort(axis=1)
            np.add.at(at, (rows, columns, place), 1.0)
    return np.asarray(at.cumsum(axis=2) / kept)


def test_agrees_with_a_gibbs_sampler() -> None:
    chains = 120
    probabilities = gibbs_rank_probabilities(PANELS, chains=chains, burn=500, kept=3000)
    # Chains are independent, so the spread of their means gives the effective sample size with it.
    ranks = probabilities.shape[1] + 1 - probabilities.sum(axis=2)
    error = ranks.std(axis=0, ddof=1) / np.sqrt(chains)
    assert error.max() < 0.02
    fast = PANELS.ranked()
    assert np.all(abs(by_id(fast, "expected_rank") - ranks.mean(axis=0)) <= 4 * error)
    sampled = np.array([fast.probability_rank_at_most(k) for k in range(1, 7)]).T
    order = [int(str(row.proposal)) for row in fast.rows]
    errors = np.hypot(probabilities.std(axis=0, ddof=1) / np.sqrt(chains), fast.sampling.probability_error)
    assert np.all(abs(sampled - probabilities.mean(axis=0)[order]) <= 4 * errors[order])


@dataclass(frozen=True)
class Reference:
    """The mock call's votes of one panel or all, and what the reference chains say of them, by proposal."""

    ballots: Ballots
    ranks: Array
    errors: Array


def reference(votes: str) -> Reference:
    if not (SHARED / "snsf-mock-votes.csv").exists():
        pytest.skip("the shared data of the mock call are not beside the checkout")
    with (SHARED / "snsf-mock-votes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if votes in {"all", row["panel"]}]
    with (SHARED / "snsf-mock-reference.csv").open() as file:
        told = {row["proposal"]: row for row in csv.DictReader(file) if row["votes"] == votes}
    numbers: dict[str, dict[str, int]] = {"proposal": {}, "assessor": {}, "panel": {}}
    for row in rows:
        for name, found in numbers.items():
            found.setdefault(row[name], len(found))
    columns = {name: [found[row[name]] for row in rows] for name, found in numbers.items()}
    return Reference(
        # Grades from 1 to 6, moved to the scale of the other ballots, from 0 to 5.
        Ballots(
            columns["proposal"], columns["assessor"], [float(row["num_grade"]) - 1 for row in rows], columns["panel"]
        ),
        np.array([float(told[one]["expected_rank"]) for one in numbers["proposal"]]),
        np.array([float(told[one]["monte_carlo_error"]) for one in numbers["proposal"]]),
    )


def by_number(ranking: Ranking) -> Array:
    return np.array([row.expected_rank for row in sorted(ranking.rows, key=lambda row: int(str(row.proposal)))])


@pytest.mark.parametrize("votes", ["p1", "p2", "p3", "all"])
def test_agrees_with_the_reference_package(votes: str) -> None:
    told = reference(votes)
    difference = by_number(told.ballots.ranked()) - told.ranks
    assert np.sqrt(((difference / told.errors) ** 2).mean()) <= 2.5
    # Of all votes together every chain of that length misses a whole panel by more, as the next test shows.
    assert abs(difference).max() <= (0.5 if votes == "all" else 0.2)
    if votes == "all":
        panels = np.array([difference[15 * number : 15 * number + 15] for number in range(3)])
        assert abs(panels - panels.mean(axis=1, keepdims=True)).max() <= 0.35


def test_plain_chains_of_the_references_length_miss_by_more_than_asked() -> None:
    told, sets = reference("all"), 5
    probabilities = gibbs_rank_probabilities(told.ballots, chains=4 * sets, burn=1000, kept=14_000)
    ranks = probabilities.shape[1] + 1 - probabilities.sum(axis=2)
    exact = by_number(told.ballots.ranked())
    error = ranks.std(axis=0, ddof=1) / np.sqrt(4 * sets)
    assert np.all(abs(ranks.mean(axis=0) - exact) <= 4 * error)
    # What the reference is: four chains and their mean.
    misses = abs(ranks.reshape(sets, 4, -1).mean(axis=1) - exact).max(axis=1)
    assert np.median(misses) > 0.2


def test_residual_prior_is_that_of_two_uniforms() -> None:
    density = lambda s: np.exp(log_residual_prior(s))  # noqa: E731
    random = np.random.Generator(np.random.PCG64(2)).uniform(0, 2, (2, 400_000))
    drawn = np.hypot(*random)
    for low, high in [(0, 0.5), (0.5, 1), (1, 2), (2, 2.3), (2.3, np.sqrt(8))]:
        share = float(((drawn >= low) & (drawn < high)).mean())
        assert quad(density, max(low, 1e-12), high)[0] == pytest.approx(share, abs=4 * 0.5 / np.sqrt(400_000))
    assert quad(density, 1e-12, SMALLEST_RESIDUAL)[0] < 1e-6


def test_expected_ranks_against_pair_by_pair() -> None:
    random = np.random.Generator(np.random.PCG64(4))
    size = 300
    root = random.normal(size=(size, size))
    means, covariance = random.normal(size=size), root @ root.T / size
    slow = [
        1
        + sum(
            ndtr((means[k] - means[i]) / np.sqrt(covariance[i, i] + covariance[k, k] - 2 * covariance[i, k]))
            for k in range(size)
            if k != i
        )
        for i in range(0, size, 23)
    ]
    assert expected_ranks(means, covariance)[::23] == pytest.approx(slow, abs=1e-10)
