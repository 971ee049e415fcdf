"""The posterior of a large call: proposals and leniencies jointly, the larger side eliminated by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.lapack import dpotri
from scipy.sparse import csr_array, diags_array

from accord.methods.ranking.branch import Branch, Group, PanelPart
from accord.methods.ranking.priors import LARGEST_DEVIATION, LENIENCY_VARIANCE, SMALLEST_RESIDUAL, log_residual_prior
from accord.methods.ranking.quadrature import Vector
from accord.methods.ranking.votes import Indices, Votes

# Nodes of the rule along each of two axes.
_NODES = 5
# Steps to the peak, how near it they have to end (in its own standard deviations), and the longest of them.
_MOST_STEPS = 12
_NEAR = 0.2
_LONGEST_MOVE = 0.5
# The share of the mass that may lie elsewhere than a Gaussian has it, and how small the between-proposal variance may
# be at a node beside the middle one: ranks stay all but polynomials then.
_IRREGULAR = 0.02
_SMALLEST_PART = 0.2


class Joint(Branch):
    """The model at one residual and one between-proposal standard deviation.

    Given both, proposal effects u (in units of the latter) and leniencies have a precision that is diagonal but
    for the votes that tie a proposal to an expert. The side with more members is eliminated, which leaves a dense
    matrix of the smaller side's size to factor.
    """

    def __init__(self, votes: Votes, residual: float, between: float) -> None:
        self.votes, self.residual, self.between = votes, residual, between
        proposals, experts, panels = votes.sizes
        noise = residual**2
        sides: list[tuple[Vector, float, Indices, Vector]] = [
            (1.0 + between**2 * votes.per_proposal / noise, between / noise, votes.proposal, votes.proposal_panels),
            (1.0 / LENIENCY_VARIANCE + votes.per_expert / noise, 1.0 / noise, votes.expert, votes.expert_panels),
        ]
        self.keeps_proposals = proposals <= experts
        if not self.keeps_proposals:
            sides.reverse()
        (kept, kept_unit, kept_index, kept_panels), (gone, gone_unit, gone_index, gone_panels) = sides
        cross = votes.incidence.T if self.keeps_proposals else votes.incidence
        self.gone = gone
        self.ties: csr_array = csr_array(cross * (between / noise))
        # What of a kept one reaches a gone one.
        self.carried: csr_array = csr_array(diags_array(1.0 / gone) @ self.ties)
        complement = np.asfortranarray(-(self.ties.T @ self.carried).toarray())
        complement[np.diag_indices(kept.size)] += kept
        self.factor = cholesky(complement, lower=True, overwrite_a=True, check_finite=False)
        kept_pull = np.asarray(kept_unit * np.bincount(kept_index, votes.total, minlength=kept.size), dtype=np.float64)
        gone_pull = np.asarray(gone_unit * np.bincount(gone_index, votes.total, minlength=gone.size), dtype=np.float64)
        kept_level, gone_level = self._solved(kept_pull, gone_pull)
        explained = float(kept_pull @ kept_level + gone_pull @ gone_level)
        self.log_likelihood = -0.5 * (
            votes.total.size * np.log(noise)
            + float(np.log(gone).sum())
            + 2.0 * float(np.log(self.factor.diagonal()).sum())
            + float(votes.total @ votes.total) / noise
            - explained
        )
        kept_cross, gone_cross = kept_unit * kept_panels, gone_unit * gone_panels
        kept_slope, gone_slope = self._solved(kept_cross, gone_cross)
        per_panel = np.bincount(votes.panel, minlength=panels)[:panels].astype(np.float64)
        pull = np.bincount(votes.panel, votes.total, minlength=panels)[:panels]
        self.panel = PanelPart(
            (np.diag(per_panel) / noise) - kept_cross.T @ kept_slope - gone_cross.T @ gone_slope,
            pull / noise - kept_cross.T @ kept_level - gone_cross.T @ gone_level,
        )
        levels, slopes = (kept_level, gone_level), (-kept_slope, -gone_slope)
        mine, other = (0, 1) if self.keeps_proposals else (1, 0)
        self.level, self.leniency_level = levels[mine], levels[other]
        self.slope, self.leniency_slope = slopes[mine], slopes[other]
        self.variates = (proposals if self.keeps_proposals else proposals + experts) + self.panel.count

    def _solved(self, kept: Vector, gone: Vector) -> tuple[Vector, Vector]:
        """The joint precision's inverse times right-hand sides, by the two sides."""
        reduced = kept - self.carried.T @ gone
        half = solve_triangular(self.factor, reduced, lower=True, check_finite=False)
        solution = solve_triangular(self.factor, half, lower=True, trans="T", check_finite=False)
        scale = self.gone if gone.ndim == 1 else self.gone[:, None]
        return solution, gone / scale - self.carried @ solution

    def _inverse(self) -> Vector:
        """Conditional covariance of the kept side."""
        inverse, _ = dpotri(self.factor, lower=1)
        lower = np.tril(inverse)
        return np.asarray(lower + np.tril(lower, -1).T)

    def covariance(self) -> Vector:
        """Conditional covariance of the proposal effects, given the panel effects."""
        if self.keeps_proposals:
            return self._inverse()
        covariance = self.carried @ np.ascontiguousarray((self.carried @ self._inverse()).T)
        covariance[np.diag_indices(self.gone.size)] += 1.0 / self.gone
        return np.asarray(covariance)

    def deviates(self, normals: Vector) -> Vector:
        """Draws about the conditional means; the triangular root makes them unique."""
        size = self.factor.shape[0]
        kept = solve_triangular(self.factor, normals[:, :size].T, lower=True, trans="T", check_finite=False)
        if self.keeps_proposals:
            return np.asarray(kept.T)
        return np.asarray(normals[:, size:] / np.sqrt(self.gone) - (self.carried @ kept).T)

    def leniencies(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means and variances of the experts' leniencies."""
        means, root = self.panel.effects(panel)
        if self.keeps_proposals:
            reach = self.carried @ self._inverse()
            own = 1.0 / self.gone + np.asarray(self.carried.multiply(reach).sum(axis=1)).ravel()
        else:
            own = self._inverse().diagonal()
        tilt = self.leniency_slope @ root
        return self.leniency_level + self.leniency_slope @ means, own + (tilt**2).sum(axis=1)


def around_the_peak(votes: Votes) -> tuple[Group, ...] | None:
    """Integrate the posterior of the hyperparameters by a Gauss-Hermite rule about its peak.

    A large call says so much about the residual variance, and about that of a proposal's mean, that their
    logarithms are all but Gaussian. None where they are not: the peak is near an end of a prior, or the density
    at the rule's nodes is not a Gaussian's.
    """
    found = _peak(votes)
    if found is None:
        return None
    centre, root = found
    points, shares = np.polynomial.hermite_e.hermegauss(_NODES)
    nodes = list(product(range(_NODES), repeat=2))
    gauss = np.array([shares[row] * shares[column] for row, column in nodes]) / shares.sum() ** 2
    joints, excess = [], []
    for row, column in nodes:
        place = centre + root @ points[[row, column]]
        joint = _joint(votes, place)
        if joint is None:
            return None
        joints.append(joint)
        excess.append(_log_density(joint, place) + 0.5 * float(points[row] ** 2 + points[column] ** 2))
    weights = gauss * np.exp(np.array(excess) - max(excess))
    weights /= weights.sum()
    between = np.array([joint.between for joint in joints])
    if (
        0.5 * abs(weights - gauss).sum() > _IRREGULAR
        or between.min() ** 2 < _SMALLEST_PART * between[gauss.argmax()] ** 2
    ):
        return None
    return tuple(
        Group(
            branch=joint,
            panels=panels,
            weights=weight * inner,
            between_moments=np.array([joint.between, joint.between**2]),
        )
        for weight, joint in zip(weights, joints, strict=True)
        for panels, inner in [joint.panel.deviations()]
    )


def _joint(votes: Votes, place: Vector) -> Joint | None:
    """The model at logarithms of the residual variance and of that of a proposal's mean; None off the priors."""
    noise, spread = (float(one) for one in np.exp(place))
    between = spread - noise * votes.sizes[0] / votes.total.size
    least, most = SMALLEST_RESIDUAL**2, LARGEST_DEVIATION**2
    if not (least < noise < most and least < between < most):
        return None
    return Joint(votes, float(np.sqrt(noise)), float(np.sqrt(between)))


def _log_density(joint: Joint, place: Vector) -> float:
    """Of the two logarithms, but for a constant: the last terms are what the uniform priors become in them."""
    jacobian = np.log(joint.residual) + float(place[1]) - np.log(joint.between)
    return float(log_residual_prior(joint.residual) + joint.log_likelihood + joint.panel.log_total + jacobian)


def _peak(votes: Votes) -> tuple[Vector, Vector] | None:
    """The peak in the two logarithms and a root of the covariance there; None where it is not well inside."""
    proposals = votes.sizes[0]
    freedom = votes.total.size - proposals
    if freedom < proposals / 4 or votes.spread_within < 10 * SMALLEST_RESIDUAL:
        return None
    noise = max(votes.spread_within**2 - LENIENCY_VARIANCE, votes.spread_within**2 / 4)
    means = np.bincount(votes.proposal, votes.total) / votes.per_proposal
    centre = np.log([noise, max(float(means.var()), 1.1 * noise * proposals / votes.total.size)])
    step = np.sqrt(2.0 / np.array([freedom, proposals]))
    for _ in range(_MOST_STEPS):
        found = _parabola(votes, centre, step)
        if found is None:
            return None
        slope, curvature = found
        values, vectors = np.linalg.eigh(-curvature)
        if values[0] <= 0.0:
            return None
        move = vectors @ ((vectors.T @ slope) / values)
        # Far from the peak a parabola misleads.
        centre = centre + move * min(1.0, _LONGEST_MOVE / max(float(abs(move).max()), _LONGEST_MOVE))
        if float(move @ -curvature @ move) < _NEAR**2:
            return centre, (vectors / np.sqrt(values)) @ vectors.T
    return None


def _parabola(votes: Votes, centre: Vector, step: Vector) -> tuple[Vector, Vector] | None:
    """Slope and curvature of the log density by differences; None where a point is off the priors."""
    heights = []
    for ways in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1)):
        place = centre + step * np.array(ways)
        joint = _joint(votes, place)
        if joint is None:
            return None
        heights.append(_log_density(joint, place))
    middle, right, left, up, down, corner = heights
    slope = np.array([right - left, up - down]) / (2 * step)
    mixed = (corner - right - up + middle) / (step[0] * step[1])
    first, second = (right - 2 * middle + left) / step[0] ** 2, (up - 2 * middle + down) / step[1] ** 2
    return slope, np.array([[first, mixed], [mixed, second]])
