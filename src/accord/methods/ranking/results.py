"""What a calibrated ranking says: rows, their uncertainty, and how they were computed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from accord.errors import InvalidInput
from accord.methods.ranking.quadrature import Vector
from accord.methods.ranking.summaries import RankDraws
from accord.methods.ranking.votes import Indices

METHOD: Final = "calibrated-rank"
GIBBS: Final = "calibrated-rank-gibbs"
VERSION: Final = "2"


@dataclass(slots=True, frozen=True, kw_only=True)
class RankedProposal:
    """One proposal of a calibrated ranking.

    `expected_rank` is from 1 (best), `percentile` is 100 * (expected_rank - 0.5) / proposals, `interval` the
    lower and upper end of the rank's credible interval, `posterior_mean` and `mean` (the plain one) are on the
    score's scale, `votes` counts, and proposals of one `tie_group` have the same expected rank as it is rounded.
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
    """What rests on chance, and how far chance may have moved it.

    `draws` counts those behind intervals and rank probabilities, `effective` how many independent ones they are
    worth at least. `probability_error` is the largest standard error that a rank probability can have;
    `rank_error` is how many ranks an interval's end moves at most, over all proposals, when the probability at
    which it stands is moved by two of its standard errors. `expected_rank_error` and `posterior_mean_error` are the
    largest standard errors over the proposals, 0 where these were not sampled.
    """

    draws: int
    effective: int
    probability_error: float
    rank_error: int
    expected_rank_error: float = 0.0
    posterior_mean_error: float = 0.0


@dataclass(slots=True, frozen=True, kw_only=True)
class ExpertLeniency:
    """An expert's tendency to score high (positive) or low, with its credible interval, on the score's scale."""

    expert: Hashable
    leniency: Spread
    interval: tuple[float, float]
    votes: int


@dataclass(slots=True, frozen=True, kw_only=True)
class Ranking:
    """The proposals, best first, with the uncertainty of their ranks.

    `method` and `version` name the computation. `interval` is the probability of the rows' credible intervals;
    `leniency` has one entry an expert, in the order of their ids, and is None unless it was asked for. Expected
    ranks are rounded to whole multiples of `rank_step`, posterior means to those of `mean_step`.
    """

    rows: tuple[RankedProposal, ...]
    hyper: Hyperparameters
    sampling: Sampling
    interval: float
    leniency: tuple[ExpertLeniency, ...] | None
    method: str
    version: str
    rank_step: float
    mean_step: float
    unrounded: Vector = field(repr=False, compare=False)  # n by 2: expected rank, posterior mean, not rounded
    _draws: RankDraws = field(repr=False, compare=False)
    _order: Indices = field(repr=False, compare=False)

    def probability_rank_at_most(self, k: int) -> tuple[float, ...]:
        """The probability that a proposal's rank is `k` or better, one entry a row; by sampling.

        Raises InvalidInput where `k` is not a rank of this ranking.
        """
        if not 1 <= k <= len(self.rows):
            raise InvalidInput(f"k: found {k!r}; give a rank from 1 to {len(self.rows)}")
        return tuple(rounded(self._draws.at_most(k)[self._order], 1e-6).tolist())


def rounded(values: Vector | float, step: float) -> Vector:
    """To whole multiples of a step that is 1, 2 or 5 times a power of ten; adding zero turns -0.0 into 0.0."""
    # Through whole millionths, so that a multiple of the step is the same float however it came about.
    millionths = max(round(step * 1e6), 1)
    return np.asarray(np.round(np.asarray(values) * (1e6 / millionths)) * millionths / 1e6 + 0.0)


def step_above(error: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is the error at least, and a millionth at least."""
    power = 1e-6
    while True:
        for digit in (1, 2, 5):
            if digit * power >= error:
                return float(round(digit * power, 6))
        power *= 10
