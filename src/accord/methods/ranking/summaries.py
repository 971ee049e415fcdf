"""What the ranking says of the posterior's rule: expected ranks, sampled ranks, standard deviations, leniencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from accord.methods.ranking.branch import Group
from accord.methods.ranking.quadrature import Vector
from accord.methods.ranking.votes import Indices, Votes

_ROWS_AT_ONCE = 128


def expected_ranks(means: Vector, covariance: Vector) -> Vector:
    """Expected rank of each of several joint Gaussians, the largest being first: 1 + sum of P(another is larger)."""
    variance = covariance.diagonal()
    ranks = np.ones(means.size)
    for low in range(0, means.size, _ROWS_AT_ONCE):
        high = min(low + _ROWS_AT_ONCE, means.size)
        spread = variance[low:high, None] + variance[:high] - 2 * covariance[low:high, :high]
        gap = means[:high] - means[low:high, None]
        larger = ndtr(gap / np.sqrt(np.maximum(spread, np.finfo(float).tiny)))
        # Each pair counts once: below the diagonal; its other half is the complement.
        larger[:, low:] = np.tril(larger[:, low:], -1)
        ranks[low:high] += larger.sum(axis=1)
        ranks[:high] += np.minimum(high - low, high - 1 - np.arange(high)) - larger.sum(axis=0)
    return ranks


def expectations(groups: Sequence[Group]) -> tuple[Vector, Vector]:
    """Expected ranks and expected proposal effects, in the model's units: one entry a proposal."""
    proposals = groups[0].branch.level.size
    ranks, effects = np.zeros(proposals), np.zeros(proposals)
    for group in groups:
        for weight, (means, covariance) in zip(group.weights, group.branch.effects(group.panels), strict=True):
            ranks += weight * expected_ranks(means, covariance)
            effects += weight * group.branch.between * means
    return ranks, effects


def leniencies(groups: Sequence[Group], experts: int) -> tuple[Vector, Vector]:
    """Means and standard deviations of the experts' leniencies, in the model's units."""
    means, squares = np.zeros(experts), np.zeros(experts)
    for group in groups:
        for weight, panel in zip(group.weights, group.panels, strict=True):
            mean, variance = group.branch.leniencies(float(panel))
            means += weight * mean
            squares += weight * (variance + mean**2)
    return means, np.sqrt(np.maximum(squares - means**2, 0.0))


def deviations(groups: Sequence[Group]) -> tuple[Vector, Vector, Vector]:
    """First and second moment of the standard deviations: between proposals, left over, and between panels."""
    between, residual, panel = np.zeros(2), np.zeros(2), np.zeros(2)
    for group in groups:
        weight = float(group.weights.sum())
        between += weight * group.between_moments
        residual += weight * np.array([group.branch.residual, group.branch.residual**2])
        panel += weight * group.branch.panel.moments()
    return between, residual, panel


class Normals:
    """Independent normals: the inverse distribution function of a generator's raw bits.

    Raw bits stay the same over versions of NumPy, which its own normals need not.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniforms(self, count: int) -> Vector:
        """Independent uniforms strictly between 0 and 1."""
        raw = self._bits.random_raw(count) >> np.uint64(11)
        return (raw.astype(np.float64) + 0.5) * 2.0**-53

    def take(self, count: int) -> Vector:
        """Independent standard normals."""
        return np.asarray(ndtri(self.uniforms(count)))


def draw_effects(groups: Sequence[Group], draws: int, normals: Normals) -> Vector:
    """Proposal effects drawn from the posterior, a row a draw, in units of each draw's own spread.

    Every point of the rule gets its share of the draws by systematic allocation.
    """
    shares = np.cumsum(np.concatenate([group.weights for group in groups]))
    places = np.searchsorted(shares[:-1], (np.arange(draws) + 0.5) / draws)
    counts = iter(np.bincount(places, minlength=shares.size))
    drawn = []
    for group in groups:
        for panel in group.panels:
            count = int(next(counts))
            if count:
                branch = group.branch
                drawn.append(branch.draw(float(panel), normals.take(count * branch.variates).reshape(count, -1)))
    return np.concatenate(drawn)


@dataclass(frozen=True, slots=True)
class RankDraws:
    """Sampled ranks: a row a proposal, its draws in ascending order; and which proposals share their draws."""

    ranks: NDArray[np.int32]
    alike: list[list[int]]

    @classmethod
    def of(cls, ranks: NDArray[np.int32], votes: Votes) -> RankDraws:
        """From ranks, a row a proposal and a column a draw; proposals of the same votes share theirs."""
        return cls(np.sort(ranks, axis=1), votes.alike())

    def at_most(self, k: int) -> Vector:
        """P(rank <= k), one entry a proposal."""
        chances = (self.ranks <= k).mean(axis=1)
        for rows in self.alike:
            chances[rows] = chances[rows].mean()
        return np.asarray(chances)

    def quantile(self, chance: float) -> Indices:
        """The smallest rank whose probability of that or better is `chance` at least, one entry a proposal."""
        ends = self.ranks[:, _place(chance, self.ranks.shape[1])].astype(np.intp)
        for rows in self.alike:
            pooled = np.sort(self.ranks[rows], axis=None)
            ends[rows] = pooled[_place(chance, pooled.size)]
        return ends


def ranks_of(effects: Vector) -> NDArray[np.int32]:
    """The ranks of each draw's effects, the largest being 1: a row a proposal, a column a draw."""
    draws, size = effects.shape
    order = np.argsort(-effects, axis=1, kind="stable")
    ranks = np.empty((draws, size), dtype=np.int32)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1, size + 1, dtype=np.int32), (draws, size)), axis=1)
    return np.ascontiguousarray(ranks.T)


def _place(chance: float, size: int) -> int:
    """Where the first of `size` ascending draws stands of which a share of `chance` at least is no larger."""
    count = max(int(np.ceil(chance * size)), 1)
    # Rounding of the product may have gone past a share that is exact.
    return min(count - 1 if (count - 1) / size >= chance and count > 1 else count, size) - 1
