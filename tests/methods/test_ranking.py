"""Calibrated ranks against a naive posterior, a Gibbs sampler, the reference package, and what must hold."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import gammaincc, gammainccinv, ndtr
from scipy.stats import gumbel_r, norm

from accord.errors import InvalidInput
from accord.methods.posterior import SMALLEST_RESIDUAL, _log_prior, expected_ranks
from accord.methods.quadrature import gauss_rule, lattice
from accord.methods.ranking import ExpertLeniency, RankedProposal, Ranking, rank

Array = NDArray[np.float64]
SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
SCALE = (0.0, 5.0)


@dataclass(frozen=True)
class Ballots:
    """Votes as plain columns; ids are whole numbers from 0."""

    proposal: list[int]
    expert: list[int]
    score: list[float]
    panel: list[int] | None = None

    def ranked(self, **options: object) -> Ranking:
        return rank(self.proposal, self.expert, self.score, scale=SCALE, panel=self.panel, **options)  # type: ignore[arg-type]


def by_id(ranking: Ranking, name: str) -> Array:
    return np.array([getattr(row, name) for row in sorted(ranking.rows, key=lambda row: str(row.proposal))])


def design(ballots: Ballots) -> tuple[Array, Array, Array, Array, float]:
    z = np.eye(max(ballots.proposal) + 1)[ballots.proposal]
    w = np.eye(max(ballots.expert) + 1)[ballots.expert]
    v = np.eye(max(ballots.panel) + 1)[ballots.panel] if ballots.panel else np.zeros((len(z), 0))
    y = np.array(ballots.score)
    centre = float((z.T @ y / z.sum(axis=0)).mean())
    return z, w, v, y - centre, centre


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


@st.composite
def small_ballots(draw: st.DrawFn, *, experts: int = 3) -> Ballots:
    proposals = draw(st.integers(2, 4))
    pairs = [(i, j) for i in range(proposals) for j in range(experts)]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=proposals, max_size=9))
    kept = sorted(
        set(kept) | {(i, i % experts) for i in range(proposals)} | {(j % proposals, j) for j in range(experts)}
    )
    scores = draw(st.lists(st.integers(0, 20), min_size=len(kept), max_size=len(kept)))
    return Ballots([i for i, _ in kept], [j for _, j in kept], [score / 4 for score in scores])


def resolved(ballots: Ballots) -> bool:
    """Whether the additive fit leaves enough over for a grid without a floor to see its peak."""
    z, w, v, y, _ = design(ballots)
    additive = np.hstack([z, w, v])
    left = y - additive @ np.linalg.lstsq(additive, y, rcond=None)[0]
    freedom = len(y) - np.linalg.matrix_rank(additive)
    return freedom == 0 or float(left @ left) > 0.3 * freedom


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


PANELS = Ballots(
    proposal=[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5],
    expert=[0, 1, 2, 0, 1, 3, 0, 2, 3, 4, 5, 2, 4, 5, 3, 4, 5, 0],
    score=[4.0, 3.5, 4.5, 3.0, 2.0, 3.5, 1.5, 2.5, 3.0, 4.5, 4.0, 3.0, 2.0, 3.0, 2.5, 1.0, 2.0, 0.5],
    panel=[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
)
NO_PANELS = replace(PANELS, panel=None)


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
    at_most = np.zeros((chains, z.shape[1], z.shape[1]))
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
            at_most += place[:, :, None] <= np.arange(z.shape[1])
    return at_most / kept


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


@pytest.mark.parametrize("votes", ["p1", "p2", "p3", "all"])
def test_agrees_with_the_reference_package(votes: str) -> None:
    if not (SHARED / "snsf-mock-votes.csv").exists():
        pytest.skip("the shared data of the mock call are not beside the checkout")
    with (SHARED / "snsf-mock-votes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if votes in {"all", row["panel"]}]
    with (SHARED / "snsf-mock-reference.csv").open() as file:
        reference = {row["proposal"]: row for row in csv.DictReader(file) if row["votes"] == votes}
    ranking = rank(
        [row["proposal"] for row in rows],
        [row["assessor"] for row in rows],
        [float(row["num_grade"]) for row in rows],
        scale=(1, 6),
        panel=[row["panel"] for row in rows],
    )
    difference = np.array(
        [row.expected_rank - float(reference[str(row.proposal)]["expected_rank"]) for row in ranking.rows]
    )
    error = np.array([float(reference[str(row.proposal)]["monte_carlo_error"]) for row in ranking.rows])
    assert np.sqrt(((difference / error) ** 2).mean()) <= 2.5
    # The panel effect mixes slowly in the reference's chains and moves all of a panel's proposals at once.
    assert abs(difference).max() <= (0.5 if votes == "all" else 0.2)


@settings(max_examples=10, deadline=None)
@given(small_ballots(), st.randoms(use_true_random=False))
def test_order_of_the_votes_does_not_matter(ballots: Ballots, random: object) -> None:
    order = list(range(len(ballots.score)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before = ballots.ranked(leniency=True)
    shuffled = Ballots(
        [ballots.proposal[k] for k in order], [ballots.expert[k] for k in order], [ballots.score[k] for k in order]
    )
    after = shuffled.ranked(leniency=True)
    assert after == before
    assert after.probability_rank_at_most(1) == before.probability_rank_at_most(1)


@settings(max_examples=10, deadline=None)
@given(small_ballots())
def test_ranks_add_up_and_mirror(ballots: Ballots) -> None:
    ranking = ballots.ranked()
    ranks = by_id(ranking, "expected_rank")
    count = len(ranks)
    assert ranks.sum() == pytest.approx(count * (count + 1) / 2, abs=1e-6 * count)
    mirrored = replace(ballots, score=[5.0 - score for score in ballots.score]).ranked()
    assert by_id(mirrored, "expected_rank") == pytest.approx(count + 1 - ranks, abs=2e-6)
    assert by_id(mirrored, "posterior_mean") == pytest.approx(5.0 - by_id(ranking, "posterior_mean"), abs=2e-6)
    assert [row.expected_rank for row in ranking.rows] == sorted(ranks)
    for row in ranking.rows:
        assert row.percentile == pytest.approx(100 * (row.expected_rank - 0.5) / count, abs=1e-6)
        assert 1 <= row.interval[0] <= row.interval[1] <= count
        own = [score for one, score in zip(ballots.proposal, ballots.score, strict=True) if one == row.proposal]
        assert (row.votes, row.mean) == (len(own), pytest.approx(sum(own) / len(own), abs=1e-6))
    for before, after in zip(ranking.rows, ranking.rows[1:], strict=False):
        assert after.tie_group - before.tie_group == int(after.expected_rank != before.expected_rank)


@settings(max_examples=10, deadline=None)
@given(small_ballots(), st.floats(0.1, 100.0), st.floats(-100.0, 100.0))
def test_units_of_the_score_do_not_matter(ballots: Ballots, unit: float, shift: float) -> None:
    ranking = ballots.ranked()
    low, high = shift, shift + 5 * unit
    scores = [min(max(shift + unit * score, low), high) for score in ballots.score]
    other = rank(ballots.proposal, ballots.expert, scores, scale=(low, high))
    assert by_id(other, "expected_rank") == pytest.approx(by_id(ranking, "expected_rank"), abs=2e-6)
    assert by_id(other, "posterior_mean") == pytest.approx(shift + unit * by_id(ranking, "posterior_mean"), abs=1e-3)


def test_identical_proposals_share_everything() -> None:
    votes = [("a", "x", 4.0), ("a", "y", 3.0), ("b", "x", 4.0), ("b", "y", 3.0), ("c", "x", 1.0), ("c", "z", 2.5)]
    ranking = rank(*zip(*votes, strict=True), scale=SCALE)
    first, second, third = ranking.rows
    assert replace(first, proposal="b") == second
    assert [first.proposal, second.proposal, third.proposal] == ["a", "b", "c"]
    assert [row.tie_group for row in ranking.rows] == [1, 1, 2]
    chances = ranking.probability_rank_at_most(1)
    assert chances[0] == chances[1]


def test_a_lenient_expert_changes_little() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    proposal, expert = [i for i in range(12) for _ in range(5)], [j for _ in range(12) for j in range(5)]
    merit = random.normal(2.0, 0.6, 12)[proposal] + random.normal(0.0, 0.4, 60)
    before = Ballots(proposal, expert, np.clip(merit, 0, 4).tolist())
    after = replace(before, score=[score + 0.5 * (j == 2) for j, score in zip(expert, before.score, strict=True)])
    assert by_id(after.ranked(), "expected_rank") == pytest.approx(by_id(before.ranked(), "expected_rank"), abs=0.05)
    told = after.ranked(leniency=True).leniency
    assert told is not None
    assert max(told, key=lambda one: one.leniency.mean).expert == 2


def test_leniency_is_told_only_when_asked() -> None:
    assert NO_PANELS.ranked().leniency is None
    told = NO_PANELS.ranked(leniency=True).leniency
    assert told is not None
    assert [(type(one), one.expert, one.votes) for one in told] == [
        (ExpertLeniency, expert, NO_PANELS.expert.count(expert)) for expert in range(6)
    ]


def test_seed_moves_only_what_is_sampled() -> None:
    one, other = NO_PANELS.ranked(seed=b"1"), NO_PANELS.ranked(seed=b"2")
    assert NO_PANELS.ranked(seed=b"1") == one
    bare = [[replace(row, interval=(1, 1)) for row in ranking.rows] for ranking in (one, other)]
    assert bare[0] == bare[1]
    assert one.hyper == other.hyper
    assert one.probability_rank_at_most(2) != other.probability_rank_at_most(2)


def test_intervals_follow_from_the_rank_probabilities() -> None:
    ranking = NO_PANELS.ranked(interval=0.8)
    table = np.array([ranking.probability_rank_at_most(k) for k in range(1, 7)]).T
    assert (table[:, -1] == 1.0).all()
    for row, chances in zip(ranking.rows, table, strict=True):
        lower = next(k for k, chance in enumerate(chances, 1) if chance >= 0.1)
        upper = next(k for k, chance in enumerate(chances, 1) if chance >= 0.9)
        assert row.interval == (lower, upper)
    # The mean of the sampled ranks is the expected rank, but for chance.
    assert 7 - table.sum(axis=1) == pytest.approx([row.expected_rank for row in ranking.rows], abs=0.1)


def test_one_vote() -> None:
    ranking = rank(["p"], ["e"], [3.0], scale=SCALE, leniency=True)
    assert ranking.rows == (
        RankedProposal(
            proposal="p",
            expected_rank=1.0,
            percentile=50.0,
            interval=(1, 1),
            posterior_mean=3.0,
            mean=3.0,
            votes=1,
            tie_group=1,
        ),
    )
    assert ranking.leniency is not None
    assert ranking.leniency[0].leniency.mean == 0.0
    assert ranking.probability_rank_at_most(1) == (1.0,)


def test_all_scores_equal_rank_all_proposals_equal() -> None:
    votes = [(f"p{i}", f"e{j}", 2.0) for i in range(5) for j in range(i + 1)]
    ranking = rank(*zip(*votes, strict=True), scale=SCALE)
    assert {(row.expected_rank, row.posterior_mean, row.tie_group) for row in ranking.rows} == {(3.0, 2.0, 1)}
    assert [row.proposal for row in ranking.rows] == ["p0", "p1", "p2", "p3", "p4"]


def test_full_agreement_separates_the_proposals() -> None:
    votes = [(f"p{i}", f"e{j}", float(4 - i // 2)) for i in range(6) for j in range(3)]
    ranking = rank(*zip(*votes, strict=True), scale=SCALE)
    assert [row.expected_rank for row in ranking.rows] == [1.5, 1.5, 3.5, 3.5, 5.5, 5.5]
    assert [row.interval for row in ranking.rows] == [(1, 2), (1, 2), (3, 4), (3, 4), (5, 6), (5, 6)]


def test_one_expert_keeps_the_order_of_the_scores() -> None:
    ranking = rank(["a", "b", "c"], ["e"] * 3, [1.0, 4.0, 2.5], scale=SCALE)
    assert [row.proposal for row in ranking.rows] == ["b", "c", "a"]
    assert [row.expected_rank for row in ranking.rows][1] == 2.0


def test_disjoint_experts_shrink_more_with_fewer_votes() -> None:
    proposal, expert = ["a", "b", "b", "b", "c"], ["1", "2", "3", "4", "5"]
    ranking = rank(proposal, expert, [5.0, 5.0, 5.0, 5.0, 2.0], scale=SCALE)
    assert [row.proposal for row in ranking.rows] == ["b", "a", "c"]


def test_panels_without_a_link_are_told_apart_by_the_panel_effect() -> None:
    proposal = [i for i in range(6) for _ in range(3)]
    expert = [3 * (i // 3) + j for i in range(6) for j in range(3)]
    score = [2.0 + (i % 3) + 1.0 * (i // 3) + 0.5 * (j == i % 2) - 1.0 for i in range(6) for j in range(3)]
    split = Ballots(proposal, expert, score, [i // 3 for i in proposal])
    ranking = split.ranked()
    with_panels = by_id(ranking, "expected_rank")
    without = by_id(replace(split, panel=None).ranked(), "expected_rank")
    gap = (with_panels[:3] - with_panels[3:]).sum()
    assert 0 < gap < (without[:3] - without[3:]).sum()
    assert ranking.hyper.panel is not None


def test_a_single_panel_is_no_panel_effect() -> None:
    single = replace(PANELS, panel=[9] * 18)
    assert single.ranked() == NO_PANELS.ranked()


THREADS = """
import numpy as np
from accord.methods.ranking import rank
random = np.random.Generator(np.random.PCG64(1))
pairs = [(i, j) for i in range(150) for j in random.choice(40, 3, replace=False).tolist()]
scores = random.integers(0, 11, len(pairs)) / 2
ranking = rank([i for i, _ in pairs], [j for _, j in pairs], scores.tolist(), scale=(0, 5))
for row in sorted(ranking.rows, key=lambda row: row.proposal):
    print(row.expected_rank, row.posterior_mean, *row.interval)
"""


def test_threads_do_not_change_the_result() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", THREADS],
            env={"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    one, two = (np.array([line.split() for line in output.splitlines()], dtype=float) for output in outputs)
    assert one.shape == (150, 4)
    assert one == pytest.approx(two, abs=1.001e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"proposal": ["a"]}, "proposal: found 1 entries for 2 scores"),
        ({"expert": ["x", "y", "z"]}, "expert: found 3 entries for 2 scores"),
        ({"panel": ["p"]}, "panel: found 1 entries for 2 scores"),
        ({"proposal": [], "expert": [], "score": []}, "score: found no votes"),
        ({"proposal": ["a", "a"], "expert": ["x", "x"]}, "expert: 'x' scored proposal 'a' twice"),
        ({"proposal": ["1", 1]}, "proposal: .* have the same text"),
        ({"proposal": [["a"], ["b"]]}, "proposal: found an id that cannot be hashed"),
        ({"score": [1.0, 5.5]}, r"score: entry 1 is 5\.5; give scores from 0 to 5 \(scale\)"),
        ({"score": [1.0, float("nan")]}, "score: entry 1 is nan; give a finite number"),
        ({"score": [1.0, "4"]}, "score: entry 1 is '4'; give a finite number"),
        ({"scale": (5.0, 5.0)}, "scale: found 5 to 5"),
        ({"scale": (0.0, float("inf"))}, "scale: entry 1 is inf"),
        ({"scale": 5.0}, "scale: found 5.0; give the least and the largest score"),
        ({"interval": 1.0}, "interval: found 1.0"),
        ({"interval": float("nan")}, "interval: found nan"),
        ({"seed": "text"}, "seed: found str; give bytes"),
    ],
)
def test_invalid_input_names_the_argument(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"proposal": ["a", "b"], "expert": ["x", "x"], "score": [1.0, 2.0], "scale": SCALE}
    with pytest.raises(InvalidInput, match=message):
        rank(**(arguments | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("k", [0, 7])
def test_rank_probability_refuses_what_is_no_rank(k: int) -> None:
    with pytest.raises(InvalidInput, match=f"k: found {k}; give a rank from 1 to 6"):
        NO_PANELS.ranked().probability_rank_at_most(k)


def test_residual_prior_is_that_of_two_uniforms() -> None:
    density = lambda s: np.exp(_log_prior(s))  # noqa: E731
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
