"""Calibrated ranks: what must hold of all, what a few votes come to, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from accord.errors import InvalidInput
from accord.methods.ranking import ExpertLeniency, RankedProposal, rank
from ballots import NO_PANELS, PANELS, SCALE, Ballots, by_id, small_ballots


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
    for one in told:
        reach = float(norm.ppf(0.75)) * one.leniency.deviation
        assert one.interval == pytest.approx((one.leniency.mean - reach, one.leniency.mean + reach), abs=3e-6)


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


def test_one_vote_each_keeps_the_order_of_the_scores() -> None:
    ranking = rank(["a", "b", "c", "d"], ["1", "2", "3", "4"], [1.0, 4.0, 2.5, 4.0], scale=SCALE)
    assert [row.proposal for row in ranking.rows] == ["b", "d", "c", "a"]
    assert [row.tie_group for row in ranking.rows] == [1, 1, 2, 3]
    # Leniency and noise may be all there is, so nothing is sure.
    assert 1.5 < ranking.rows[0].expected_rank < 2.5 < ranking.rows[-1].expected_rank < 4.0


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
        ({"score": [1.0, float("-inf")]}, "score: entry 1 is -inf; give a finite number"),
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
