"""The posterior by nested lattices, for any call that is not large: one eigendecomposition a residual deviation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from scipy.linalg import eigh
from scipy.special import expit, logit

from accord.methods.ranking.branch import NODES, Branch, Group, PanelPart, deviation_moments
from accord.methods.ranking.priors import (
    LARGEST_DEVIATION,
    LARGEST_RESIDUAL,
    LENIENCY_VARIANCE,
    SMALLEST_RESIDUAL,
    log_logistic,
    log_residual_prior,
)
from accord.methods.ranking.quadrature import Lattice, Vector, gauss_rule, lattice
from accord.methods.ranking.votes import Votes

# The share of the mass below which a point is left out.
_NEGLIGIBLE = 1e-8


class Slice:
    """The model at one residual standard deviation: one eigendecomposition serves all the rest.

    With the leniencies integrated out the totals have covariance A + tau^2 Z Z' + pi^2 V V', where Z and V
    say which vote is about which proposal and in which panel. The precision that the votes give to the
    proposals, Z' A^-1 Z, is decomposed; it depends on neither tau nor pi.
    """

    def __init__(self, votes: Votes, residual: float) -> None:
        proposals, experts, panels = votes.sizes
        self.votes, self.residual = votes, residual
        noise = residual**2
        # 1 / (residual^2 + leniency variance * votes): what is left of an expert's votes once centred.
        self.damping = 1.0 / (noise + LENIENCY_VARIANCE * votes.per_expert)
        shrink = LENIENCY_VARIANCE * self.damping
        expert_sum = np.bincount(votes.expert, votes.total, minlength=experts)
        centred = (votes.total - (shrink * expert_sum)[votes.expert]) / noise
        incidence = votes.incidence
        shared = ((incidence * shrink[None, :]) @ incidence.T).toarray()
        information = (np.diag(votes.per_proposal) - shared) / noise
        values, self.vectors = eigh(information, driver="evd")
        self.values = np.maximum(values, 0.0)
        self.pull = self.vectors.T @ np.bincount(votes.proposal, centred, minlength=proposals)
        self.log_constant = -0.5 * (
            (votes.total.size - experts) * np.log(noise)
            - float(np.log(self.damping).sum())
            + float(votes.total @ centred)
        )
        by_expert = votes.expert_panels
        self.panel_information = (np.diag(by_expert.sum(axis=0)) - by_expert.T @ (by_expert * shrink[:, None])) / noise
        self.panel_cross = self.vectors.T @ (
            (votes.proposal_panels - incidence @ (by_expert * shrink[:, None])) / noise
        )
        self.panel_pull = np.bincount(votes.panel, centred, minlength=panels)[:panels]

    def log_likelihood(self, between: Vector) -> Vector:
        """Of the totals, at each between-proposal standard deviation, before any panel effect."""
        gain = between[:, None] ** 2
        swollen = 1.0 + gain * self.values
        return np.asarray(self.log_constant - 0.5 * (np.log(swollen) - gain * self.pull**2 / swollen).sum(axis=1))

    @cached_property
    def proposals_rule(self) -> Lattice:
        """The lattice over the between-proposal standard deviation, in its logistic coordinate."""
        return lattice(self._log_density, start=0.0, step=0.5, block=16)

    def _log_density(self, place: Vector) -> Vector:
        between = LARGEST_DEVIATION * expit(place)
        density = self.log_likelihood(between) + log_logistic(place)
        if self.votes.sizes[2]:
            density += [self.panel_part(float(one)).log_total for one in between]
        return density

    def panel_part(self, between: float) -> PanelPart:
        """What is left to know of the panel effects at a between-proposal standard deviation."""
        explained = (between**2 / (1.0 + between**2 * self.values))[:, None] * self.panel_cross
        return PanelPart(
            self.panel_information - self.panel_cross.T @ explained, self.panel_pull - explained.T @ self.pull
        )

    def branches(self) -> Iterator[tuple[float, SliceBranch]]:
        """The Gauss rule over the between-proposal standard deviation: share of the slice, and branch."""
        rule = self.proposals_rule
        # In the root of the usual shrinkage, tau / sqrt(tau^2 + 1 / information), ranks are all but polynomials.
        noise = 1.0 / self.values.mean()
        between = LARGEST_DEVIATION * expit(rule.points)
        shrunk, weights = gauss_rule(between / np.sqrt(between**2 + noise), rule.weights, NODES)
        for weight, one in zip(weights, np.sqrt(noise) * shrunk / np.sqrt(1.0 - shrunk**2), strict=True):
            yield float(weight), SliceBranch(self, float(one))


class SliceBranch(Branch):
    """A branch of a slice: everything is diagonal in the slice's eigenvectors."""

    def __init__(self, part: Slice, between: float) -> None:
        self.part, self.residual, self.between = part, part.residual, between
        self.left = 1.0 / (1.0 + between**2 * part.values)
        self.panel = part.panel_part(between)
        self.variates = part.values.size + self.panel.count
        self.level = between * (part.vectors @ (self.left * part.pull))
        self.slope = -between * (part.vectors @ (self.left[:, None] * part.panel_cross))

    def covariance(self) -> Vector:
        """Conditional covariance of the proposal effects, given the panel effects."""
        half = self.part.vectors * np.sqrt(self.left)
        return np.asarray(half @ half.T)

    def deviates(self, normals: Vector) -> Vector:
        """Draws about the conditional means; the symmetric root makes them unique."""
        return np.asarray(((normals @ self.part.vectors) * np.sqrt(self.left)) @ self.part.vectors.T)

    def leniencies(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means and variances of the experts' leniencies."""
        part, votes = self.part, self.part.votes
        means, root = self.panel.effects(panel)
        effects = self.between * (self.level + self.slope @ means)
        totals = np.bincount(votes.expert, votes.total, minlength=part.damping.size)
        left_over = totals - votes.incidence.T @ effects - votes.expert_panels @ means
        weight = LENIENCY_VARIANCE * part.damping
        spread = votes.incidence.T @ (part.vectors * (self.between * np.sqrt(self.left)))
        tilt = (self.between * (votes.incidence.T @ self.slope) + votes.expert_panels) @ root
        uncertain = (spread**2).sum(axis=1) + (tilt**2).sum(axis=1)
        return weight * left_over, weight * part.residual**2 + weight**2 * uncertain


def nested_lattices(votes: Votes) -> tuple[Group, ...]:
    """Integrate the posterior of the hyperparameters to a rule whose weights sum to one, whatever its shape."""
    start = float(logit(np.clip(votes.spread_within / LARGEST_DEVIATION, 0.05, 0.95)))
    pieces = [_residual_piece(votes, SMALLEST_RESIDUAL, LARGEST_DEVIATION, start)]
    # The prior's density has a kink where one of its two uniforms ends, so that what lies above is apart.
    found, _ = pieces[0]
    edge = Slice(votes, LARGEST_DEVIATION)
    if log_residual_prior(LARGEST_DEVIATION) + edge.proposals_rule.log_total > found.log_total + np.log(_NEGLIGIBLE):
        pieces.append(_residual_piece(votes, LARGEST_DEVIATION, LARGEST_RESIDUAL, 0.0))
    top = max(rule.log_total for rule, _ in pieces)
    mass = sum(float(np.exp(rule.log_total - top)) for rule, _ in pieces)
    groups = [
        (branch, panels, share * within * weights, moments)
        for rule, slices in pieces
        for share, part in zip(rule.weights * np.exp(rule.log_total - top) / mass, slices, strict=True)
        if share > _NEGLIGIBLE
        for moments in [deviation_moments(part.proposals_rule)]
        for within, branch in part.branches()
        if share * within > _NEGLIGIBLE
        for panels, weights in [branch.panel.deviations()]
    ]
    total = sum(float(weights.sum()) for _, _, weights, _ in groups)
    return tuple(
        Group(branch=branch, panels=panels, weights=weights / total, between_moments=moments)
        for branch, panels, weights, moments in groups
    )


def _residual_piece(votes: Votes, low: float, high: float, start: float) -> tuple[Lattice, list[Slice]]:
    """The lattice over one smooth piece of the residual standard deviation's prior, with its slices."""
    slices: dict[float, Slice] = {}

    def log_density(places: Vector) -> Vector:
        density = np.empty(places.size)
        for row, place in enumerate(places):
            part = slices[float(place)] = Slice(votes, low + (high - low) * float(expit(place)))
            density[row] = log_residual_prior(part.residual) + part.proposals_rule.log_total
        return np.asarray(density + np.log(high - low) + log_logistic(places))

    freedom = max(votes.total.size - votes.sizes[0], 1)
    rule = lattice(log_density, start=start, step=2.0 / np.sqrt(freedom), block=1)
    return rule, [slices[float(place)] for place in rule.points]
