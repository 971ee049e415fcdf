"""Calibrated ranks: what the experts' totals say about the proposals once leniency and noise are allowed for."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from numbers import Real

import numpy as np
from threadpoolctl import threadpool_limits

from accord.errors import InvalidInput
from accord.methods.posterior import Group, Indices, Votes, draw_effects, expected_ranks, posterior
from accord.methods.quadrature import Vector

METHOD = "calibrated-rank"
VERSION = "1"
_PRIOR_RANGE = 5.0
_DRAWS = 4096
_STEP = b"accord.methods.ranking"
# Values that symmetry makes equal differ by rounding, about 1e-13; they are made one before quantising.
_SAME = 1e-9


@dataclass(slots=True, frozen=True, kw_only=True)
class RankedProposal:
    """One proposal of a calibrated ranking.

    `expected_rank` is from 1 (best), `percentile` is 100 * (expected_rank - 0.5) / proposals, `interval` the
    lower and upper end of the rank's credible interval, `posterior_mean` and `mean` (the plain one) are on the
    score's scale, `votes` counts, and proposals of one `tie_group` have the same expected rank in millionths.
    """

    proposal: Hashable
    expected_rank: float
    percentile: float
    interval: tuple[int, int]
    posterior_mean: float
    mean: float
    votes: int
    tie_group: int


@dataclass(slots=True, frozen=True, kw_only=True)
class Spread:
    """A quantity's posterior mean and standard deviation, on the score's scale."""

    mean: float
    deviation: float


@dataclass(slots=True, frozen=True, kw_only=True)
class Hyperparameters:
    """Standard deviations between proposals, of what is left over, and between panels (None without panels)."""

    between: Spread
    residual: Spread
    panel: Spread | None


@dataclass(slots=True, frozen=True, kw_only=True)
class Sampling:
    """What the intervals and rank probabilities rest on, and how far chance may have moved them.

    `probability_error` is the largest standard error that a rank probability can have; `rank_error` is how
    many ranks an interval's end moves at most, over all proposals, when the probability at which it stands
    is moved by two of its standard errors.
    """

    draws: int
    probability_error: float
    rank_error: int


@dataclass(slots=True, frozen=True, kw_only=True)
class ExpertLeniency:
    """An expert's tendency to score high (positive) or low, on the score's scale."""

    expert: Hashable
    leniency: Spread
    votes: int


@dataclass(slots=True, frozen=True, kw_only=True)
class Ranking:
    """The proposals, best first, with the uncertainty of their ranks.

    `interval` is the probability of the rows' credible intervals; `leniency` has one entry an expert, in the
    order of their ids, and is None unless it was asked for.
    """

    rows: tuple[RankedProposal, ...]
    hyper: Hyperparameters
    sampling: Sampling
    interval: float
    leniency: tuple[ExpertLeniency, ...] | None
    unrounded: Vector = field(repr=False, compare=False)  # n by 2: expected rank, posterior mean, not quantised
    _at_most: Vector = field(repr=False, compare=False)

    def probability_rank_at_most(self, k: int) -> tuple[float, ...]:
        """The probability that a proposal's rank is `k` or better, one entry a row; by sampling.

        Raises InvalidInput where `k` is not a rank of this ranking.
        """
        if not 1 <= k <= len(self.rows):
            raise InvalidInput(f"k: found {k!r}; give a rank from 1 to {len(self.rows)}")
        return tuple(_quantised(self._at_most[:, k - 1]).tolist())


def rank(
    proposal: Sequence[Hashable],
    expert: Sequence[Hashable],
    score: Sequence[float],
    *,
    scale: tuple[float, float],
    panel: Sequence[Hashable] | None = None,
    interval: float = 0.5,
    seed: bytes = b"",
    leniency: bool = False,
) -> Ranking:
    """Rank proposals by their expected rank under a model of merit, leniency and noise.

    `proposal`, `expert`, `score` and, where given, `panel` have one entry a vote, one vote a pair of proposal
    and expert; a larger score is better, `scale` is the least and the largest that can be given. Ids are
    taken in the order of their text, so that the order of the votes does not matter. A panel effect enters
    where two panels or more are named. `interval` is the probability of the credible intervals, `seed` (an
    inputs' digest) only moves what is sampled: intervals and rank probabilities. `leniency` returns each
    expert's leniency, which profiles a person. Every float of the result is in whole millionths.

    Raises InvalidInput, which names the argument. Model and priors: Heyard, Ott, Salanti, Egger (2022),
    Rethinking the Funding Line at the Swiss National Science Foundation: Bayesian Ranking and Lottery.
    """
    low, high = _checked_scale(scale)
    if not 0 < interval < 1:
        raise InvalidInput(f"interval: found {interval!r}; give a probability between 0 and 1")
    _check_bytes(seed)
    totals = _checked_scores(score, low, high)
    columns = {"proposal": proposal, "expert": expert} | ({} if panel is None else {"panel": panel})
    for name, column in columns.items():
        if len(column) != len(totals):
            raise InvalidInput(f"{name}: found {len(column)} entries for {len(totals)} scores; give one a vote")
    proposals, proposal_index = _indexed("proposal", proposal)
    experts, expert_index = _indexed("expert", expert)
    panels, panel_index = _indexed("panel", [0] * len(totals) if panel is None else panel)
    order = np.lexsort((expert_index, proposal_index))
    pairs = proposal_index[order] * len(experts) + expert_index[order]
    for twice in order[1:][pairs[1:] == pairs[:-1]]:
        raise InvalidInput(
            f"expert: {expert[twice]!r} scored proposal {proposal[twice]!r} twice; give one total a pair"
        )
    proposal_index, sorted_totals = proposal_index[order], totals[order]
    count = np.bincount(proposal_index)
    means = np.array([math.fsum(one) / one.size for one in np.split(sorted_totals, np.cumsum(count)[:-1])])
    centre, unit = math.fsum(means) / means.size, (high - low) / _PRIOR_RANGE
    votes = Votes(
        proposal=proposal_index,
        expert=expert_index[order],
        panel=panel_index[order],
        total=(sorted_totals - centre) / unit,
        sizes=(len(proposals), len(experts), len(panels) if len(panels) > 1 else 0),
    )
    with threadpool_limits(1, user_api="blas"):  # small matrices: more threads cost more than they bring
        groups = posterior(votes)
        ranks, effects = _expectations(groups)
        at_most = _rank_probabilities(votes, groups, seed)
    ends, rank_error = _interval_ends(at_most, interval)

    quantised_ranks = _quantised(_settled(ranks))
    best_first = np.argsort(quantised_ranks, kind="stable")
    ties = 1 + np.searchsorted(np.unique(quantised_ranks), quantised_ranks)
    percentiles = _quantised(100 * (quantised_ranks - 0.5) / len(proposals))
    posterior_means, plain_means = _quantised(_settled(centre + unit * effects)), _quantised(means)
    rows = tuple(
        RankedProposal(
            proposal=proposals[row],
            expected_rank=float(quantised_ranks[row]),
            percentile=float(percentiles[row]),
            interval=(int(ends[row, 0]), int(ends[row, 1])),
            posterior_mean=float(posterior_means[row]),
            mean=float(plain_means[row]),
            votes=int(count[row]),
            tie_group=int(ties[row]),
        )
        for row in best_first
    )
    unrounded = np.column_stack([_settled(ranks), _settled(centre + unit * effects)])[best_first]
    unrounded.setflags(write=False)
    at_most = at_most[best_first]
    at_most.setflags(write=False)
    return Ranking(
        rows=rows,
        hyper=_hyperparameters(groups, unit, panels=votes.sizes[2] > 0),
        sampling=Sampling(
            draws=_DRAWS, probability_error=float(_quantised(0.5 / np.sqrt(_DRAWS))), rank_error=rank_error
        ),
        interval=interval,
        leniency=_leniencies(experts, votes, groups, unit) if leniency else None,
        unrounded=unrounded,
        _at_most=at_most,
    )


def _checked_scale(scale: object) -> tuple[float, float]:
    if not isinstance(scale, Sequence) or len(scale) != 2:
        raise InvalidInput(f"scale: found {scale!r}; give the least and the largest score, as two numbers")
    low, high = _numbers("scale", scale)
    if not low < high:
        raise InvalidInput(f"scale: found {low:g} to {high:g}; give the least score first, then a larger one")
    return low, high


def _check_bytes(seed: object) -> None:
    if not isinstance(seed, bytes):
        raise InvalidInput(f"seed: found {type(seed).__name__}; give bytes")


def _checked_scores(score: Sequence[float], low: float, high: float) -> Vector:
    if len(score) == 0:
        raise InvalidInput("score: found no votes; give at least one")
    totals = np.array(_numbers("score", score))
    for off in np.flatnonzero((totals < low) | (totals > high)):
        raise InvalidInput(f"score: entry {off} is {totals[off]:g}; give scores from {low:g} to {high:g} (scale)")
    return totals


def _numbers(name: str, values: Iterable[object]) -> list[float]:
    numbers = []
    for place, value in enumerate(values):
        if not isinstance(value, Real) or not abs(float(value)) < math.inf:
            raise InvalidInput(f"{name}: entry {place} is {value!r}; give a finite number")
        numbers.append(float(value))
    return numbers


def _indexed(name: str, column: Sequence[Hashable]) -> tuple[list[Hashable], Indices]:
    """The distinct ids in the order of their text, and each entry's place among them."""
    if len(column) == 0:
        raise InvalidInput(f"{name}: found no votes; give at least one")
    try:
        distinct = sorted(set(column), key=str)
    except TypeError:
        raise InvalidInput(f"{name}: found an id that cannot be hashed; give texts or numbers") from None
    for one, following in pairwise(distinct):
        if str(one) == str(following):
            raise InvalidInput(f"{name}: {one!r} and {following!r} have the same text; give ids of different text")
    place = {one: index for index, one in enumerate(distinct)}
    return distinct, np.array([place[one] for one in column], dtype=np.intp)


def _expectations(groups: tuple[Group, ...]) -> tuple[Vector, Vector]:
    """Expected ranks and expected proposal effects, in the model's units: one entry a proposal."""
    proposals = groups[0].branch.part.votes.sizes[0]
    ranks, effects = np.zeros(proposals), np.zeros(proposals)
    for group in groups:
        branch = group.branch
        for weight, (means, covariance) in zip(group.weights, branch.effects(group.panels), strict=True):
            ranks += weight * expected_ranks(means, covariance)
            effects += weight * branch.between * means
    return ranks, effects


def _rank_probabilities(votes: Votes, groups: tuple[Group, ...], seed: bytes) -> Vector:
    """P(rank <= k): a row a proposal, a column a k, by sampling; proposals of the same votes share a row's value."""
    bits = np.random.PCG64(int.from_bytes(sha256(_STEP + seed).digest()))
    order = np.argsort(-draw_effects(groups, _DRAWS, bits), axis=1, kind="stable")
    size = votes.sizes[0]
    cells = np.bincount((order * size + np.arange(size)).ravel(), minlength=size * size)
    at_most = cells.reshape(size, size).cumsum(axis=1) / _DRAWS
    alike: dict[tuple[tuple[int, int, float], ...], list[int]] = {}
    ballots = list(zip(votes.expert.tolist(), votes.panel.tolist(), votes.total.tolist(), strict=True))
    firsts = np.searchsorted(votes.proposal, np.arange(size + 1))
    for row in range(size):
        alike.setdefault(tuple(ballots[firsts[row] : firsts[row + 1]]), []).append(row)
    for rows in alike.values():
        if len(rows) > 1:
            at_most[rows] = at_most[rows].mean(axis=0)
    return np.asarray(at_most)


def _interval_ends(at_most: Vector, interval: float) -> tuple[Indices, int]:
    """Lower and upper rank of each proposal's interval, and how far two standard errors move an end."""
    chance = np.array([(1 - interval) / 2, (1 + interval) / 2])
    error = np.sqrt(chance * (1 - chance) / _DRAWS)
    above, below = (np.minimum(chance + 2 * error, 1.0), np.maximum(chance - 2 * error, 0.0))
    ends, later, sooner = (1 + np.argmax(at_most[:, :, None] >= levels, axis=1) for levels in (chance, above, below))
    return ends, int(max((later - ends).max(), (ends - sooner).max()))


def _hyperparameters(groups: tuple[Group, ...], unit: float, *, panels: bool) -> Hyperparameters:
    between, residual, panel = np.zeros(2), np.zeros(2), np.zeros(2)
    for group in groups:
        weight, part = group.weights.sum(), group.branch.part
        between += weight * part.between_moments()
        residual += weight * np.array([part.residual, part.residual**2])
        panel += weight * group.branch.panel_moments()
    spreads = [
        _spread(unit * mean, unit * np.sqrt(max(square - mean**2, 0.0))) for mean, square in (between, residual, panel)
    ]
    return Hyperparameters(between=spreads[0], residual=spreads[1], panel=spreads[2] if panels else None)


def _leniencies(
    experts: list[Hashable], votes: Votes, groups: tuple[Group, ...], unit: float
) -> tuple[ExpertLeniency, ...]:
    means, squares = np.zeros(len(experts)), np.zeros(len(experts))
    for group in groups:
        for weight, panel in zip(group.weights, group.panels, strict=True):
            mean, variance = group.branch.leniencies(float(panel))
            means += weight * mean
            squares += weight * (variance + mean**2)
    deviations = np.sqrt(np.maximum(squares - means**2, 0.0))
    counts = np.bincount(votes.expert)
    return tuple(
        ExpertLeniency(expert=one, leniency=_spread(unit * mean, unit * deviation), votes=int(count))
        for one, mean, deviation, count in zip(experts, means, deviations, counts, strict=True)
    )


def _spread(mean: Vector | float, deviation: Vector | float) -> Spread:
    return Spread(mean=float(_quantised(mean)), deviation=float(_quantised(deviation)))


def _settled(values: Vector) -> Vector:
    """Values that differ by no more than rounding, made equal."""
    order = np.argsort(values, kind="stable")
    cluster = np.concatenate([[0], np.cumsum(np.diff(values[order]) > _SAME)])
    settled = np.empty_like(values)
    settled[order] = (np.bincount(cluster, values[order]) / np.bincount(cluster))[cluster]
    return settled


def _quantised(values: Vector | float) -> Vector:
    """In whole millionths; adding zero turns -0.0 into 0.0."""
    return np.asarray(np.round(np.asarray(values) * 1e6) / 1e6 + 0.0)
