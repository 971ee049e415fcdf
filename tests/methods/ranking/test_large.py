"""Large calls: the rule about the peak against nested lattices, and the sampler against both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from accord.methods.ranking import GIBBS, METHOD, calibrated, rank
from accord.methods.ranking.gibbs import Sampled, _best_first, gibbs
from accord.methods.ranking.joint import Joint, around_the_peak
from accord.methods.ranking.results import rounded, step_above
from accord.methods.ranking.slices import nested_lattices
from accord.methods.ranking.summaries import (
    Normals,
    RankDraws,
    deviations,
    draw_effects,
    expectations,
    leniencies,
    ranks_of,
)
from accord.methods.ranking.votes import Votes, ballots
from ballots import SCALE, Array, Ballots, by_id, design, small_ballots


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1, user_api="blas"):
        yield


def made_up(
    proposals: int, experts: int, per: tuple[int, int], *, merit: float = 0.7, noise: float = 0.5, panels: int = 1
) -> Ballots:
    """Votes as the model has them, in halves; each expert serves one panel."""
    chance = np.random.Generator(np.random.PCG64(proposals + experts))
    panel_of = np.arange(proposals) % panels
    merits, strictness = chance.normal(3.0, merit, proposals), chance.normal(0.0, 0.4, experts)
    rows = [
        (i, int(j), 5.0 if score > 5 else 0.0 if score < 0 else round(2 * score) / 2, int(panel_of[i]))
        for i in range(proposals)
        for j in chance.choice(
            np.flatnonzero(np.arange(experts) % panels == panel_of[i]),
            chance.integers(per[0], per[1] + 1),
            replace=False,
        )
        for score in [merits[i] + strictness[j] + 0.3 * panel_of[i] + noise * chance.normal()]
    ]
    proposal, expert, score, panel = (list(column) for column in zip(*rows, strict=True))
    return Ballots(proposal, expert, score, panel if panels > 1 else None)


def votes_of(one: Ballots) -> Votes:
    return ballots(one.proposal, one.expert, one.score, SCALE, one.panel).votes


@settings(max_examples=25, deadline=None)
@given(small_ballots(), st.floats(0.1, 2.0), st.floats(0.1, 1.9), st.booleans())
def test_one_point_of_the_rule_against_plain_matrices(
    drawn: Ballots, residual: float, between: float, mirrored: bool
) -> None:
    # Mirrored, so that now the one and now the other side is the larger.
    one = Ballots(drawn.expert, drawn.proposal, drawn.score) if mirrored else drawn
    votes = votes_of(one)
    joint = Joint(votes, residual, between)
    z, w, _, _, _ = design(one)
    y, eye = votes.total, np.eye(votes.total.size)
    order = np.lexsort((one.expert, one.proposal))
    z, w = z[order], w[order]
    totals = between**2 * z @ z.T + 0.25 * w @ w.T + residual**2 * eye
    to_merit, to_leniency = between * z.T, 0.25 * w.T
    assert joint.level == pytest.approx(to_merit @ np.linalg.solve(totals, y), abs=1e-8)
    covariance = np.eye(z.shape[1]) - to_merit @ np.linalg.solve(totals, to_merit.T)
    assert joint.covariance() == pytest.approx(covariance, abs=1e-8)
    means, variances = joint.leniencies(0.0)
    assert means == pytest.approx(to_leniency @ np.linalg.solve(totals, y), abs=1e-8)
    spread = 0.25 * np.eye(w.shape[1]) - to_leniency @ np.linalg.solve(totals, to_leniency.T)
    assert variances == pytest.approx(spread.diagonal(), abs=1e-8)
    other = Joint(votes, 1.0, 1.0)
    plain = z @ z.T + 0.25 * w @ w.T + eye
    ratio = -0.5 * (
        np.linalg.slogdet(totals)[1]
        - np.linalg.slogdet(plain)[1]
        + y @ np.linalg.solve(totals, y)
        - y @ np.linalg.solve(plain, y)
    )
    assert joint.log_likelihood - other.log_likelihood == pytest.approx(ratio, abs=1e-6)
    root = joint.deviates(np.eye(joint.variates))
    assert root.T @ root == pytest.approx(covariance, abs=1e-8)


@pytest.mark.parametrize(
    "one",
    [
        made_up(200, 90, (3, 3)),
        made_up(210, 300, (2, 4)),
        made_up(220, 90, (1, 5)),
        made_up(200, 90, (2, 4), panels=3),
        made_up(200, 90, (3, 3), merit=0.5, noise=0.7),
    ],
    ids=["balanced", "more experts", "unbalanced", "panels", "noisy"],
)
def test_rule_about_the_peak_agrees_with_nested_lattices(one: Ballots) -> None:
    votes = votes_of(one)
    fast, slow = around_the_peak(votes), nested_lattices(votes)
    assert fast is not None
    ranks, effects = expectations(fast)
    slow_ranks, slow_effects = expectations(slow)
    assert ranks == pytest.approx(slow_ranks, abs=5e-4)
    assert effects == pytest.approx(slow_effects, abs=5e-5)
    experts = votes.sizes[1]
    assert np.concatenate(leniencies(fast, experts)) == pytest.approx(
        np.concatenate(leniencies(slow, experts)), abs=5e-5
    )
    assert np.concatenate(deviations(fast)) == pytest.approx(np.concatenate(deviations(slow)), abs=5e-5)
    # The draws have the same means, but for chance.
    sampled = ranks_of(draw_effects(fast, 2048, Normals(1)))
    assert abs(sampled.mean(axis=1) - ranks).max() < 5 * sampled.std(axis=1).max() / np.sqrt(2048)


@pytest.mark.parametrize(
    "one",
    [
        made_up(200, 90, (3, 3), merit=0.0),
        made_up(200, 90, (3, 3), noise=0.0, merit=5.0),
        Ballots([i for i in range(200) for _ in range(3)], [0, 1, 2] * 200, [2.5] * 600),
        Ballots(
            [i for i in range(200) for _ in range(3)], [0, 1, 2] * 200, [i % 5 for i in range(200) for _ in range(3)]
        ),
        Ballots(list(range(200)), [i // 4 for i in range(200)], [(i * i) % 11 / 2 for i in range(200)]),
    ],
    ids=["no merit", "at the scale's ends", "all equal", "all agree", "one vote each"],
)
def test_rule_about_the_peak_says_where_it_does_not_hold(one: Ballots) -> None:
    assert around_the_peak(votes_of(one)) is None


def within(found: Sampled, ranks: Array, effects: Array) -> bool:
    return bool(
        np.all(abs(found.ranks - ranks) <= 4.5 * found.rank_errors)
        and np.all(abs(found.effects - effects) <= 4.5 * found.effect_errors)
    )


@pytest.mark.parametrize(
    "one",
    [
        made_up(60, 30, (2, 4)),
        made_up(60, 30, (2, 4), panels=3),
        made_up(40, 60, (1, 3), merit=0.2, noise=0.9),
        made_up(210, 90, (1, 5)),
    ],
    ids=["one panel", "panels", "noisy", "larger"],
)
def test_sampler_agrees_with_quadrature(one: Ballots) -> None:
    votes = votes_of(one)
    groups = nested_lattices(votes)
    found = gibbs(votes, 3, kept=4096, saved=2048)
    assert within(found, *expectations(groups))
    z = (found.ranks - expectations(groups)[0]) / found.rank_errors
    assert 0.6 < np.sqrt((z**2).mean()) < 1.5  # the stated errors are neither too small nor too large
    means, spreads = leniencies(groups, votes.sizes[1])
    assert found.leniency_means == pytest.approx(means, abs=0.04)
    assert found.leniency_deviations == pytest.approx(spreads, abs=0.03)
    between, residual, panel = deviations(groups)
    assert found.between == pytest.approx(between, abs=0.02)
    assert found.residual == pytest.approx(residual, abs=0.02)
    if votes.sizes[2]:
        assert found.panel == pytest.approx(panel, abs=0.08)
    drawn = RankDraws.of(ranks_of(draw_effects(groups, 4096, Normals(5))), votes)
    for k in (1, votes.sizes[0] // 3):
        assert abs(found.draws.at_most(k) - drawn.at_most(k)).max() < 5 * 0.5 / np.sqrt(1000)


def test_sampler_is_seeded_and_shares_what_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrated, "SAMPLED_BEYOND", 10)
    monkeypatch.setattr(calibrated, "_SWEEPS", 1024)
    monkeypatch.setattr(calibrated, "_SAVED", 512)
    votes = made_up(24, 9, (3, 3))
    twins = [
        (24 + twin, expert, score)
        for twin in range(2)
        for one, expert, score in zip(votes.proposal, votes.expert, votes.score, strict=True)
        if one == 0
    ]
    more = Ballots(
        *(
            list(column) + list(extra)
            for column, extra in zip((votes.proposal, votes.expert, votes.score), zip(*twins, strict=True), strict=True)
        )
    )
    first, again, other = more.ranked(leniency=True), more.ranked(leniency=True), more.ranked(seed=b"x")
    assert first == again
    assert first.method == GIBBS
    assert first.rows != other.rows
    assert first.sampling.expected_rank_error > 0
    assert first.rank_step >= first.sampling.expected_rank_error
    for row in first.rows:
        assert row.expected_rank == float(rounded(row.expected_rank, first.rank_step))
        assert row.posterior_mean == float(rounded(row.posterior_mean, first.mean_step))
    alike = [row for row in first.rows if row.proposal in {0, 24, 25}]
    assert len({(row.expected_rank, row.interval, row.posterior_mean, row.tie_group) for row in alike}) == 1


def test_sampler_knows_that_equal_scores_rank_all_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrated, "SAMPLED_BEYOND", 3)
    ranking = rank([i for i in range(5) for _ in range(2)], [0, 1] * 5, [2.0] * 10, scale=SCALE)
    assert ranking.method == GIBBS
    assert {(row.expected_rank, row.posterior_mean, row.tie_group) for row in ranking.rows} == {(3.0, 2.0, 1)}


def test_sampler_separates_where_all_experts_agree_on_islands(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two islands without a common expert, no noise: within each the order is sure, between them leniency is open.
    one = Ballots(
        [i for i in range(8) for _ in range(2)],
        [2 * (i // 4) + j for i in range(8) for j in range(2)],
        [float(i % 4) for i in range(8) for _ in range(2)],
    )
    exact = by_id(one.ranked(), "expected_rank")
    monkeypatch.setattr(calibrated, "SAMPLED_BEYOND", 3)
    sampled = one.ranked()
    # The residual deviation goes to its floor, which plain alternation would take thousands of sweeps to cross.
    assert by_id(sampled, "expected_rank") == pytest.approx(
        exact, abs=5 * sampled.sampling.expected_rank_error + sampled.rank_step
    )


def test_a_large_call_takes_the_rule_about_the_peak_or_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    large = made_up(200, 90, (3, 3)).ranked()
    assert (large.method, large.rank_step) == (METHOD, 1e-3)
    assert all(row.expected_rank == round(row.expected_rank, 3) for row in large.rows)
    monkeypatch.setattr(calibrated, "SAMPLED_IF_IRREGULAR", 150)
    assert made_up(200, 90, (3, 3), merit=0.0).ranked().method == GIBBS


@given(st.lists(st.lists(st.integers(1, 9), min_size=7, max_size=7), min_size=3, max_size=3), st.integers(0, 20))
def test_sampled_ranks_against_counting(rows: list[list[int]], twentieths: int) -> None:
    alike = Ballots([0, 1, 2], [0, 0, 0], [1.0, 2.0, 2.0])  # the last two share their draws
    draws, chance = RankDraws.of(np.array(rows, dtype=np.int32), votes_of(alike)), twentieths / 20
    shared = sorted(rows[1] + rows[2])
    pools = [sorted(rows[0]), shared, shared]
    for k in range(1, 10):
        assert draws.at_most(k).tolist() == pytest.approx([sum(one <= k for one in pool) / len(pool) for pool in pools])
    expected = [
        next(k for k in range(pool[0], 10) if sum(one <= k for one in pool) / len(pool) >= chance) for pool in pools
    ]
    assert draws.quantile(chance).tolist() == expected


def test_steps_are_one_two_or_five_times_a_power_of_ten() -> None:
    errors = [0.0, 1e-6, 1.5e-6, 0.013, 0.2, 0.21, 9.99, 43.5]
    assert [step_above(error) for error in errors] == [1e-6, 1e-6, 2e-6, 0.02, 0.2, 0.5, 10.0, 50.0]
    assert rounded(np.array([123.4, 125.0, 0.4]), 50.0).tolist() == [100.0, 100.0, 0.0]
    assert rounded(0.12349, 0.02).tolist() == 0.12


def test_places_are_the_same_with_equals_and_without() -> None:
    chance = np.random.default_rng(8)
    for effects in (chance.normal(size=1000), chance.integers(0, 9, 1000).astype(float), np.zeros(5)):
        assert _best_first(effects).tolist() == sorted(range(effects.size), key=lambda p: (-effects[p], p))
