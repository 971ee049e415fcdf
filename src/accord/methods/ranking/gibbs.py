"""The posterior of a very large call by a collapsed Gibbs sampler: seeded, with its error from its own batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from accord.methods.ranking.branch import PanelPart
from accord.methods.ranking.priors import (
    LARGEST_DEVIATION,
    LARGEST_RESIDUAL,
    LENIENCY_VARIANCE,
    SMALLEST_RESIDUAL,
    log_residual_prior,
)
from accord.methods.ranking.quadrature import Vector
from accord.methods.ranking.summaries import Normals, RankDraws
from accord.methods.ranking.votes import Votes

BURN = 256
_BATCHES = 32
_SMALLEST_BETWEEN = 1e-6
_WIDEST_STEPS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Means over the kept sweeps, with their standard errors; proposals and experts have one entry each.

    Moments are the first and second of each standard deviation. `effective` is how many independent draws the
    `saved` ones are worth at least. In the model's units.
    """

    ranks: Vector
    rank_errors: Vector
    effects: Vector
    effect_errors: Vector
    leniency_means: Vector
    leniency_deviations: Vector
    between: Vector
    residual: Vector
    panel: Vector
    draws: RankDraws
    saved: int
    effective: int


class _Side:
    """Proposals, or experts, grouped by how many votes they have: members of a group shrink alike.

    `shared` has panels by panels a group: the members' votes in two panels, multiplied and summed.
    """

    def __init__(self, index: NDArray[np.intp], count: Vector, by_panel: Vector) -> None:
        self.index = index
        self.by_panel: csr_array = csr_array(by_panel)
        self.counts, self.group = np.unique(count, return_inverse=True)
        self.total = np.diag(by_panel.sum(axis=0))
        members = [by_panel[self.group == group] for group in range(self.counts.size)]
        self.shared = np.array([one.T @ one for one in members])


class _Chain:
    """Where the sampler stands, and its moves.

    Each standard deviation is drawn with the proposal effects integrated out, panel effects with proposals or
    leniencies integrated out, so that no effect has to wait for another to let it go.
    """

    def __init__(self, votes: Votes, normals: Normals) -> None:
        self.votes, self.normals = votes, normals
        proposals, experts, panels = votes.sizes
        self.nu, self.beta, self.panel_deviation = np.zeros(experts), np.zeros(panels), LARGEST_DEVIATION / 4
        self.residual = float(np.clip(votes.spread_within, 0.05, 1.9))
        self.between = float(np.clip(votes.total.std(), 0.05, 1.9))
        self.theta, self.expected = np.zeros(proposals), np.zeros(proposals)
        ends = (votes.proposal, proposals + votes.expert)
        graph: csr_array[np.float64] = csr_array((np.ones(votes.total.size), ends), shape=(proposals + experts,) * 2)
        self._islands, parts = connected_components(graph, directed=False)
        self._proposal_island, self._expert_island = parts[:proposals], parts[proposals:]
        self._of_proposals = _Side(votes.proposal, votes.per_proposal, votes.proposal_panels)
        self._of_experts = _Side(votes.expert, votes.per_expert, votes.expert_panels)
        self._members = np.bincount(self._of_proposals.group).astype(np.float64)
        self._widths = 2.0 / np.sqrt(2.0 * np.array([max(votes.total.size - proposals, 1), proposals]))

    def sweep(self) -> None:
        """Every unknown once."""
        votes, panels = self.votes, self.votes.sizes[2]
        without_leniency = votes.total - self.nu[votes.expert]
        self._deviations(self._less_panels(without_leniency))
        noise = self.residual**2
        if panels:
            part = self._panel_part(self._of_proposals, without_leniency, self.between**2)
            self._panel_deviation(part)
            self._panel_effects(part)
        self.expected, self.theta = self._effects(
            votes.proposal, self._less_panels(without_leniency), 1.0 / self.between**2 + votes.per_proposal / noise
        )
        self._shift_islands()
        without_merit = votes.total - self.theta[votes.proposal]
        if panels:
            self._panel_effects(self._panel_part(self._of_experts, without_merit, LENIENCY_VARIANCE))
        _, self.nu = self._effects(
            votes.expert, self._less_panels(without_merit), 1.0 / LENIENCY_VARIANCE + votes.per_expert / noise
        )

    def _less_panels(self, left: Vector) -> Vector:
        return left - self.beta[self.votes.panel] if self.beta.size else left

    def _effects(self, index: NDArray[np.intp], left: Vector, precision: Vector) -> tuple[Vector, Vector]:
        """Independent effects given the rest: their means, and a draw."""
        means = np.bincount(index, left, minlength=precision.size) / (self.residual**2 * precision)
        return means, means + self.normals.take(precision.size) / np.sqrt(precision)

    def _shift_islands(self) -> None:
        """Move what votes cannot tell: the merit of all proposals that experts link, against the leniency of those."""
        size, between = self._islands, self.between**2
        pull = np.bincount(self._expert_island, self.nu, minlength=size) / LENIENCY_VARIANCE
        pull -= np.bincount(self._proposal_island, self.theta, minlength=size) / between
        precision = np.bincount(self._proposal_island, minlength=size) / between
        precision += np.bincount(self._expert_island, minlength=size) / LENIENCY_VARIANCE
        shift = pull / precision + self.normals.take(size) / np.sqrt(precision)
        self.theta += shift[self._proposal_island]
        self.nu -= shift[self._expert_island]

    def _deviations(self, left: Vector) -> None:
        """Residual and between-proposal standard deviation, one after the other, in their logarithms."""
        votes, counts = self.votes, self._of_proposals.counts
        sums = np.bincount(votes.proposal, left, minlength=votes.sizes[0])
        squares = sums**2 / votes.per_proposal
        within = max(float(left @ left - squares.sum()), 0.0)
        spread = np.bincount(self._of_proposals.group, squares)
        freedom = votes.total.size - votes.sizes[0]

        def log_density(log_residual: float, log_between: float) -> float:
            residual = float(np.exp(log_residual))
            noise = residual**2
            swollen = noise + counts * float(np.exp(2.0 * log_between))
            return float(
                log_residual_prior(residual)
                + log_residual
                + log_between
                - freedom * log_residual
                - 0.5 * within / noise
                - 0.5 * (self._members @ np.log(swollen) + (spread / swollen).sum())
            )

        at = np.log([self.residual, self.between])
        at[0] = self._slice(
            lambda x: log_density(x, at[1]), at[0], self._widths[0], SMALLEST_RESIDUAL, LARGEST_RESIDUAL
        )
        at[1] = self._slice(
            lambda x: log_density(at[0], x), at[1], self._widths[1], _SMALLEST_BETWEEN, LARGEST_DEVIATION
        )
        self.residual, self.between = (float(one) for one in np.exp(at))

    def _slice(self, density: Callable[[float], float], at: float, width: float, least: float, most: float) -> float:
        """One move of a slice sampler with stepping out and shrinkage (Neal 2003), from log least to log most."""
        least, most = float(np.log(least)), float(np.log(most))
        drawn = self.normals.uniforms(2)
        floor = density(at) + float(np.log(drawn[0]))
        low = max(at - width * float(drawn[1]), least)
        high = min(low + width, most)
        for _ in range(_WIDEST_STEPS):
            if low <= least or density(low) <= floor:
                break
            low = max(low - width, least)
        for _ in range(_WIDEST_STEPS):
            if high >= most or density(high) <= floor:
                break
            high = min(high + width, most)
        while True:
            place = low + (high - low) * float(self.normals.uniforms(1)[0])
            if density(place) > floor or high - low < 1e-12:
                return place
            if place < at:
                low = place
            else:
                high = place

    def _panel_part(self, side: _Side, left: Vector, variance: float) -> PanelPart:
        """What is left to know of the panel effects with proposals, or leniencies, integrated out."""
        noise, panels = self.residual**2, self.votes.sizes[2]
        shrink = variance / (noise + variance * side.counts)
        sums = shrink[side.group] * np.bincount(side.index, left, minlength=side.group.size)
        information = side.total - np.tensordot(shrink, side.shared, axes=1)
        pull = np.bincount(self.votes.panel, left, minlength=panels) - side.by_panel.T @ sums
        return PanelPart(information / noise, pull / noise)

    def _panel_deviation(self, part: PanelPart) -> None:
        at = float(np.log(self.panel_deviation / (LARGEST_DEVIATION - self.panel_deviation)))
        # In the logistic coordinate, whose ends are so far out that the density is nil there.
        place = self._slice(
            lambda x: float(part.log_density(np.array([x]))[0]), at, 2.0, float(np.exp(-36.0)), float(np.exp(36.0))
        )
        self.panel_deviation = LARGEST_DEVIATION * float(expit(place))

    def _panel_effects(self, part: PanelPart) -> None:
        means, root = part.effects(self.panel_deviation)
        self.beta = means + root @ self.normals.take(means.size)


def gibbs(votes: Votes, seed: int, *, kept: int, saved: int) -> Sampled:
    """Sample the posterior: `kept` sweeps after burning in, a multiple of 32 and of `saved`, the ranks that are stored.

    Errors come from the spread of 32 batches' means, which is what the effective sample size says.
    """
    chain = _Chain(votes, Normals(seed))
    for _ in range(BURN):
        chain.sweep()
    proposals, experts, _ = votes.sizes
    in_batch, every = kept // _BATCHES, kept // saved
    ranks, stored = np.empty(proposals), np.empty((saved, proposals), dtype=np.int32)
    places = np.arange(1.0, proposals + 1)
    rank_sums, effect_sums = np.zeros((_BATCHES, proposals)), np.zeros((_BATCHES, proposals))
    squares = np.zeros(proposals)
    nu, nu_squares, moments = np.zeros(experts), np.zeros(experts), np.zeros((3, 2))
    for step in range(kept):
        chain.sweep()
        ranks[_best_first(chain.theta)] = places
        batch = step // in_batch
        rank_sums[batch] += ranks
        effect_sums[batch] += chain.expected
        squares += ranks**2
        nu += chain.nu
        nu_squares += chain.nu**2
        deviations = np.array([chain.between, chain.residual, chain.panel_deviation])
        moments += np.column_stack([deviations, deviations**2])
        if step % every == 0:
            stored[step // every] = ranks
    rank_means = rank_sums.sum(axis=0) / kept
    variance = np.maximum(squares / kept - rank_means**2, 0.0)
    rank_errors = _error_of_batches(rank_sums / in_batch)
    worth = variance[rank_errors > 0] / rank_errors[rank_errors > 0] ** 2
    moments /= kept
    for rows in votes.alike():  # only chance tells them apart
        rank_means[rows] = rank_means[rows].mean()
        effect_sums[:, rows] = effect_sums[:, rows].mean(axis=1, keepdims=True)
    if np.ptp(votes.total) == 0.0:  # better and worse are mirror images: the means are known
        rank_means[:], rank_errors[:], effect_sums[:] = (proposals + 1) / 2, 0.0, 0.0
    return Sampled(
        ranks=rank_means,
        rank_errors=rank_errors,
        effects=effect_sums.sum(axis=0) / kept,
        effect_errors=_error_of_batches(effect_sums / in_batch),
        leniency_means=nu / kept,
        leniency_deviations=np.sqrt(np.maximum(nu_squares / kept - (nu / kept) ** 2, 0.0)),
        between=moments[0],
        residual=moments[1],
        panel=moments[2],
        draws=RankDraws.of(np.ascontiguousarray(stored.T), votes),
        saved=saved,
        effective=int(min(worth.min(initial=float(saved)), saved)),
    )


def _best_first(effects: Vector) -> NDArray[np.intp]:
    """Places of the effects, the greatest first, equals in their order."""
    order = np.argsort(-effects)  # quicker than a stable sort, and the same where no two are equal
    sorted_effects = effects[order]
    if (sorted_effects[1:] == sorted_effects[:-1]).any():
        return np.argsort(-effects, kind="stable")
    return order


def _error_of_batches(means: Vector) -> Vector:
    return np.asarray(means.std(axis=0, ddof=1) / np.sqrt(means.shape[0]))
