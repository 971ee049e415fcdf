"""Calibrated ranks: from votes to rows, by quadrature, or by sampling where a call is very large."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from numbers import Real

import numpy as np
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from accord.errors import InvalidInput
from accord.methods.ranking.branch import Group
from accord.methods.ranking.gibbs import gibbs
from accord.methods.ranking.joint import around_the_peak
from accord.methods.ranking.quadrature import Vector
from accord.methods.ranking.results import (
    GIBBS,
    METHOD,
    VERSION,
    ExpertLeniency,
    Hyperparameters,
    RankedProposal,
    Ranking,
    Sampling,
    Spread,
    rounded,
    step_above,
)
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
from accord.methods.ranking.votes import Ballots, Indices, Votes, ballots

# From so many proposals the rule about the peak is tried first; beyond so many a call is sampled where that rule does
# not hold, and beyond so many in any case.
LARGE = 200
SAMPLED_IF_IRREGULAR = 500
SAMPLED_BEYOND = 2000
_DRAWS = 4096
_SWEEPS = 4096
_SAVED = 2048
_STEP = b"accord.methods.ranking"
_MILLIONTH = 1e-6
# The rule about the peak was found exact to a fifth of this many ranks.
_PEAK_STEP = 1e-3
# Values that symmetry makes equal differ by rounding, about 1e-13; they are made one before rounding.
_SAME = 1e-9


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
    inputs' digest) only moves what is sampled: intervals and rank probabilities, and beyond 2,000 proposals
    everything, whose error the result then states. `leniency` returns each expert's leniency, which profiles a
    person. Every float of the result is in whole millionths.

    Raises InvalidInput, which names the argument. Model and priors: Heyard, Ott, Salanti, Egger (2022),
    Rethinking the Funding Line at the Swiss National Science Foundation: Bayesian Ranking and Lottery.
    """
    if not _is_chance(interval):
        raise InvalidInput(f"interval: found {interval!r}; give a probability between 0 and 1")
    if not isinstance(seed, bytes):
        raise InvalidInput(f"seed: found {type(seed).__name__}; give bytes")
    if not isinstance(leniency, bool):
        raise InvalidInput(f"leniency: found {leniency!r}; give True or False")
    cast = ballots(proposal, expert, score, scale, panel)
    # Small matrices, or work that is bound by memory: more threads cost more than they bring, and move last bits.
    with threadpool_limits(1, user_api="blas"):
        rule = _posterior(cast.votes)
        if rule is None:
            found = _sampled(cast.votes, seed, with_leniencies=leniency)
        else:
            found = _integrated(cast.votes, *rule, seed, with_leniencies=leniency)
        return _ranking(cast, found, interval)


def _is_chance(value: object) -> bool:
    return isinstance(value, Real) and bool(0 < float(value) < 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What quadrature or sampling found, in the model's units; proposals and experts by number."""

    method: str
    ranks: Vector
    effects: Vector
    moments: tuple[Vector, Vector, Vector]
    leniencies: tuple[Vector, Vector] | None
    draws: RankDraws
    effective: int
    rank_step: float
    rank_error: float = 0.0
    effect_error: float = 0.0


def _posterior(votes: Votes) -> tuple[tuple[Group, ...], float] | None:
    """The rule over the hyperparameters and the step to which ranks by it are exact; None where it is to be sampled."""
    proposals = votes.sizes[0]
    if proposals > SAMPLED_BEYOND:
        return None
    groups = around_the_peak(votes) if proposals >= LARGE else None
    if groups is not None:
        return groups, _PEAK_STEP
    return None if proposals > SAMPLED_IF_IRREGULAR else (nested_lattices(votes), _MILLIONTH)


def _integrated(votes: Votes, groups: tuple[Group, ...], step: float, seed: bytes, *, with_leniencies: bool) -> _Found:
    ranks, effects = expectations(groups)
    drawn = ranks_of(draw_effects(groups, _DRAWS, Normals(_seed(seed))))
    return _Found(
        method=METHOD,
        ranks=ranks,
        effects=effects,
        moments=deviations(groups),
        leniencies=leniencies(groups, votes.sizes[1]) if with_leniencies else None,
        draws=RankDraws.of(drawn, votes),
        effective=_DRAWS,
        rank_step=step,
    )


def _sampled(votes: Votes, seed: bytes, *, with_leniencies: bool) -> _Found:
    found = gibbs(votes, _seed(seed), kept=_SWEEPS, saved=_SAVED)
    error = float(found.rank_errors.max())
    return _Found(
        method=GIBBS,
        ranks=found.ranks,
        effects=found.effects,
        moments=(found.between, found.residual, found.panel),
        leniencies=(found.leniency_means, found.leniency_deviations) if with_leniencies else None,
        draws=found.draws,
        effective=found.effective,
        rank_step=step_above(error),
        rank_error=error,
        effect_error=float(found.effect_errors.max()),
    )


def _seed(seed: bytes) -> int:
    return int.from_bytes(sha256(_STEP + seed).digest())


def _ranking(cast: Ballots, found: _Found, interval: float) -> Ranking:
    """Rows in order, everything on the score's scale and rounded no finer than it is known."""
    votes, unit = cast.votes, cast.unit
    ends, rank_error = _interval_ends(found.draws, found.effective, interval)
    mean_step = step_above(unit * found.effect_error)
    ranks, means = _settled(found.ranks), _settled(cast.centre + unit * found.effects)
    told_ranks, told_means = rounded(ranks, found.rank_step), rounded(means, mean_step)
    percentiles = rounded(100 * (told_ranks - 0.5) / ranks.size, _MILLIONTH)
    plain_means = rounded(cast.means, _MILLIONTH)
    best_first = np.argsort(told_ranks, kind="stable")
    ties = 1 + np.searchsorted(np.unique(told_ranks), told_ranks)
    rows = tuple(
        RankedProposal(
            proposal=cast.proposals[row],
            expected_rank=float(told_ranks[row]),
            percentile=float(percentiles[row]),
            interval=(int(ends[0][row]), int(ends[1][row])),
            posterior_mean=float(told_means[row]),
            mean=float(plain_means[row]),
            votes=int(votes.per_proposal[row]),
            tie_group=int(ties[row]),
        )
        for row in best_first
    )
    unrounded = np.column_stack([ranks, means])[best_first]
    unrounded.setflags(write=False)
    between, residual, panel = (_spread_of(moments, unit) for moments in found.moments)
    return Ranking(
        rows=rows,
        hyper=Hyperparameters(between=between, residual=residual, panel=panel if votes.sizes[2] else None),
        sampling=Sampling(
            draws=found.draws.ranks.shape[1],
            effective=found.effective,
            probability_error=float(rounded(0.5 / np.sqrt(found.effective), _MILLIONTH)),
            rank_error=rank_error,
            expected_rank_error=float(rounded(found.rank_error, _MILLIONTH)),
            posterior_mean_error=float(rounded(unit * found.effect_error, _MILLIONTH)),
        ),
        interval=interval,
        leniency=None if found.leniencies is None else _leniencies(cast, *found.leniencies, interval),
        method=found.method,
        version=VERSION,
        rank_step=found.rank_step,
        mean_step=mean_step,
        unrounded=unrounded,
        _draws=found.draws,
        _order=best_first,
    )


def _interval_ends(draws: RankDraws, effective: int, interval: float) -> tuple[tuple[Indices, Indices], int]:
    """Lower and upper rank of each proposal's interval, and how far two standard errors move an end."""
    ends, moved = [], 0
    for chance in ((1 - interval) / 2, (1 + interval) / 2):
        error = float(np.sqrt(chance * (1 - chance) / effective))
        sooner, end, later = (draws.quantile(min(max(chance + way * 2 * error, 0.0), 1.0)) for way in (-1, 0, 1))
        ends.append(end)
        moved = max(moved, int((later - end).max()), int((end - sooner).max()))
    return (ends[0], ends[1]), moved


def _leniencies(cast: Ballots, means: Vector, spreads: Vector, interval: float) -> tuple[ExpertLeniency, ...]:
    """Each with the interval of the Gaussian of its mean and standard deviation."""
    reach = float(ndtri((1 + interval) / 2))
    return tuple(
        ExpertLeniency(
            expert=one,
            leniency=_spread(mean, deviation),
            interval=(
                float(rounded(mean - reach * deviation, _MILLIONTH)),
                float(rounded(mean + reach * deviation, _MILLIONTH)),
            ),
            votes=int(count),
        )
        for one, mean, deviation, count in zip(
            cast.experts,
            (cast.unit * means).tolist(),
            (cast.unit * spreads).tolist(),
            cast.votes.per_expert,
            strict=True,
        )
    )


def _spread_of(moments: Vector, unit: float) -> Spread:
    return _spread(unit * moments[0], unit * np.sqrt(max(moments[1] - moments[0] ** 2, 0.0)))


def _spread(mean: float, deviation: float) -> Spread:
    return Spread(mean=float(rounded(mean, _MILLIONTH)), deviation=float(rounded(deviation, _MILLIONTH)))


def _settled(values: Vector) -> Vector:
    """Values that differ by no more than rounding, made equal."""
    order = np.argsort(values, kind="stable")
    cluster = np.concatenate([[0], np.cumsum(np.diff(values[order]) > _SAME)])
    settled = np.empty_like(values)
    settled[order] = (np.bincount(cluster, values[order]) / np.bincount(cluster))[cluster]
    return settled
