"""The posterior of the ranking model: hyperparameters by quadrature, everything else Gaussian given them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from scipy.special import expit, log_expit, logit, ndtr, ndtri

from accord.methods.quadrature import Lattice, Vector, gauss_rule, lattice

Indices = NDArray[np.intp]

# The priors of Heyard, Ott, Salanti and Egger (2022), for a score of range 5.
LENIENCY_VARIANCE = 0.5**2
LARGEST_DEVIATION = 2.0
# Without a floor the posterior is improper when every expert agrees; the prior gives less than 1e-6 to below.
SMALLEST_RESIDUAL = 0.002
_LARGEST_RESIDUAL = LARGEST_DEVIATION * np.sqrt(2.0)
# Points kept of each inner rule, and the share of the mass below which a point is left out.
_NODES = 6
_NEGLIGIBLE = 1e-8
_ROWS_AT_ONCE = 128


@dataclass(slots=True, frozen=True, kw_only=True)
class Votes:
    """Who scored what, as whole numbers from 0, with totals centred and brought to a range of 5.

    `proposal`, `expert`, `panel` and `total` have one entry a vote; `sizes` counts proposals, experts and
    panels (0 panels: the model has no panel effect, and `panel` is not read).
    """

    proposal: Indices
    expert: Indices
    panel: Indices
    total: Vector
    sizes: tuple[int, int, int]

    def incidence(self) -> csr_array:
        """A row a proposal, a column an expert, 1 where the expert scored the proposal."""
        proposals, experts, _ = self.sizes
        ones = np.ones(self.total.size)
        return csr_array((ones, (self.proposal, self.expert)), shape=(proposals, experts))

    def panel_counts(self, rows: Indices, size: int) -> Vector:
        """Votes of each row (proposals or experts) in each panel: an array of `size` rows."""
        panels = self.sizes[2]
        counts = np.zeros((size, panels))
        if panels:
            np.add.at(counts, (rows, self.panel), 1.0)
        return counts


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
        per_expert = np.bincount(votes.expert, minlength=experts).astype(np.float64)
        # 1 / (residual^2 + leniency variance * votes): what is left of an expert's votes once centred.
        self.damping = 1.0 / (noise + LENIENCY_VARIANCE * per_expert)
        shrink = LENIENCY_VARIANCE * self.damping
        expert_sum = np.bincount(votes.expert, votes.total, minlength=experts)
        centred = (votes.total - (shrink * expert_sum)[votes.expert]) / noise
        incidence = votes.incidence()
        shared = ((incidence * shrink[None, :]) @ incidence.T).toarray()
        information = (np.diag(incidence.sum(axis=1)) - shared) / noise
        values, self.vectors = eigh(information, driver="evd")
        self.values = np.maximum(values, 0.0)
        self.pull = self.vectors.T @ np.bincount(votes.proposal, centred, minlength=proposals)
        self.log_constant = -0.5 * (
            (votes.total.size - experts) * np.log(noise)
            - float(np.log(self.damping).sum())
            + float(votes.total @ centred)
        )
        by_expert = votes.panel_counts(votes.expert, experts)
        by_proposal = votes.panel_counts(votes.proposal, proposals)
        self.panel_information = (np.diag(by_expert.sum(axis=0)) - by_expert.T @ (by_expert * shrink[:, None])) / noise
        self.panel_cross = self.vectors.T @ ((by_proposal - incidence @ (by_expert * shrink[:, None])) / noise)
        self.panel_pull = np.bincount(votes.panel, centred, minlength=panels)[:panels]
        self.expert_panels = by_expert

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
        density = self.log_likelihood(between) + _log_logistic(place)
        if self.votes.sizes[2]:
            density += [Branch(self, float(one)).panel_rule.log_total for one in between]
        return density

    def between_moments(self) -> Vector:
        """First and second moment of the between-proposal standard deviation, in this slice."""
        return _moments(self.proposals_rule)

    def branches(self) -> Iterator[tuple[float, Branch]]:
        """The Gauss rule over the between-proposal standard deviation: share of the slice, and branch."""
        rule = self.proposals_rule
        # In the root of the usual shrinkage, tau / sqrt(tau^2 + 1 / information), ranks are all but polynomials.
        noise = 1.0 / self.values.mean()
        between = LARGEST_DEVIATION * expit(rule.points)
        shrunk, weights = gauss_rule(between / np.sqrt(between**2 + noise), rule.weights, _NODES)
        for weight, one in zip(weights, np.sqrt(noise) * shrunk / np.sqrt(1.0 - shrunk**2), strict=True):
            yield float(weight), Branch(self, float(one))


class Branch:
    """The model at one residual and one between-proposal standard deviation; the panels' is still open.

    Proposal effects are told in units of the between-proposal standard deviation, which stays sound as that
    goes to zero.
    """

    def __init__(self, part: Slice, between: float) -> None:
        self.part, self.between = part, between
        self.left = 1.0 / (1.0 + between**2 * part.values)
        explained = between**2 * self.left[:, None] * part.panel_cross
        information = part.panel_information - part.panel_cross.T @ explained
        values, self.panel_vectors = np.linalg.eigh(information)
        self.panel_values = np.maximum(values, 0.0)
        self.panel_pull = self.panel_vectors.T @ (part.panel_pull - explained.T @ part.pull)

    @cached_property
    def panel_rule(self) -> Lattice:
        """The lattice over the panels' standard deviation, in its logistic coordinate."""
        return lattice(self._log_density, start=0.0, step=0.5, block=96)

    def _log_density(self, place: Vector) -> Vector:
        gain = (LARGEST_DEVIATION * expit(place[:, None])) ** 2
        swollen = 1.0 + gain * self.panel_values
        likelihood = -0.5 * (np.log(swollen) - gain * self.panel_pull**2 / swollen).sum(axis=1)
        return np.asarray(likelihood + _log_logistic(place))

    def panel_deviations(self) -> tuple[Vector, Vector]:
        """The Gauss rule over the panels' standard deviation: its points and their shares of the branch."""
        if not self.part.votes.sizes[2]:
            return np.zeros(1), np.ones(1)
        # In the shrinkage itself: panel effects enter by their variance.
        rule, noise = self.panel_rule, 1.0 / self.panel_values.mean()
        variance = (LARGEST_DEVIATION * expit(rule.points)) ** 2
        shrunk, weights = gauss_rule(variance / (variance + noise), rule.weights, _NODES)
        return np.sqrt(noise * shrunk / (1.0 - shrunk)), weights

    def panel_moments(self) -> Vector:
        """First and second moment of the panels' standard deviation, in this branch; zeros without panels."""
        return _moments(self.panel_rule) if self.part.votes.sizes[2] else np.zeros(2)

    @cached_property
    def level(self) -> Vector:
        """Conditional means of the proposal effects were every panel effect zero."""
        return np.asarray(self.between * (self.part.vectors @ (self.left * self.part.pull)))

    @cached_property
    def slope(self) -> Vector:
        """How those means move with each panel effect: a row a proposal, a column a panel."""
        return np.asarray(-self.between * (self.part.vectors @ (self.left[:, None] * self.part.panel_cross)))

    def panel_effects(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means of the panel effects, and the symmetric root of their covariance."""
        variance = panel**2 / (1.0 + panel**2 * self.panel_values)
        means = self.panel_vectors @ (variance * self.panel_pull)
        return means, (self.panel_vectors * np.sqrt(variance)) @ self.panel_vectors.T

    def effects(self, panels: Vector) -> Iterator[tuple[Vector, Vector]]:
        """Conditional means and covariance of the proposal effects at each panels' standard deviation."""
        half = self.part.vectors * np.sqrt(self.left)
        own = half @ half.T
        for panel in panels:
            means, root = self.panel_effects(float(panel))
            tilt = self.slope @ root
            yield self.level + self.slope @ means, own + tilt @ tilt.T

    def draw(self, panel: float, normals: Vector) -> Vector:
        """Proposal effects made from independent normals, a row a draw; symmetric roots make them unique."""
        proposals = self.part.values.size
        means, root = self.panel_effects(panel)
        own = ((normals[:, :proposals] @ self.part.vectors) * np.sqrt(self.left)) @ self.part.vectors.T
        return np.asarray(self.level + self.slope @ means + own + normals[:, proposals:] @ (self.slope @ root).T)

    def leniencies(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means and variances of the experts' leniencies."""
        part = self.part
        incidence = part.votes.incidence()
        means, root = self.panel_effects(panel)
        effects = self.between * (self.level + self.slope @ means)
        totals = np.bincount(part.votes.expert, part.votes.total, minlength=part.damping.size)
        left_over = totals - incidence.T @ effects - part.expert_panels @ means
        weight = LENIENCY_VARIANCE * part.damping
        spread = incidence.T @ (part.vectors * (self.between * np.sqrt(self.left)))
        tilt = (self.between * (incidence.T @ self.slope) + part.expert_panels) @ root
        uncertain = (spread**2).sum(axis=1) + (tilt**2).sum(axis=1)
        return weight * left_over, weight * part.residual**2 + weight**2 * uncertain


@dataclass(slots=True, frozen=True, kw_only=True)
class Group:
    """The points of the posterior's rule that share a branch: panels' standard deviations and their weights."""

    branch: Branch
    panels: Vector
    weights: Vector


def posterior(votes: Votes) -> tuple[Group, ...]:
    """Integrate the posterior of the hyperparameters to a rule whose weights sum to one."""
    pieces = [_residual_piece(votes, SMALLEST_RESIDUAL, LARGEST_DEVIATION, _moment_start(votes))]
    # The prior's density has a kink where one of its two uniforms ends, so that what lies above is apart.
    found, _ = pieces[0]
    edge = Slice(votes, LARGEST_DEVIATION)
    if _log_prior(LARGEST_DEVIATION) + edge.proposals_rule.log_total > found.log_total + np.log(_NEGLIGIBLE):
        pieces.append(_residual_piece(votes, LARGEST_DEVIATION, _LARGEST_RESIDUAL, 0.0))
    top = max(rule.log_total for rule, _ in pieces)
    mass = sum(float(np.exp(rule.log_total - top)) for rule, _ in pieces)
    groups = [
        Group(branch=branch, panels=panels, weights=share * within * weights)
        for rule, slices in pieces
        for share, part in zip(rule.weights * np.exp(rule.log_total - top) / mass, slices, strict=True)
        if share > _NEGLIGIBLE
        for within, branch in part.branches()
        if share * within > _NEGLIGIBLE
        for panels, weights in [branch.panel_deviations()]
    ]
    total = sum(float(group.weights.sum()) for group in groups)
    return tuple(Group(branch=one.branch, panels=one.panels, weights=one.weights / total) for one in groups)


def _residual_piece(votes: Votes, low: float, high: float, start: float) -> tuple[Lattice, list[Slice]]:
    """The lattice over one smooth piece of the residual standard deviation's prior, with its slices."""
    slices: dict[float, Slice] = {}

    def log_density(places: Vector) -> Vector:
        density = np.empty(places.size)
        for row, place in enumerate(places):
            part = slices[float(place)] = Slice(votes, low + (high - low) * float(expit(place)))
            density[row] = _log_prior(part.residual) + part.proposals_rule.log_total
        return np.asarray(density + np.log(high - low) + _log_logistic(places))

    freedom = max(votes.total.size - votes.sizes[0], 1)
    rule = lattice(log_density, start=start, step=2.0 / np.sqrt(freedom), block=1)
    return rule, [slices[float(place)] for place in rule.points]


def _moment_start(votes: Votes) -> float:
    """Where to begin: the spread of the votes within proposals, in the logistic coordinate."""
    proposals = votes.sizes[0]
    count = np.bincount(votes.proposal, minlength=proposals)
    mean = np.bincount(votes.proposal, votes.total, minlength=proposals) / count
    within = float(((votes.total - mean[votes.proposal]) ** 2).sum())
    spread = np.sqrt(within / max(votes.total.size - proposals, 1))
    return float(logit(np.clip(spread / LARGEST_DEVIATION, 0.05, 0.95)))


def _log_logistic(place: Vector) -> Vector:
    """Logarithm of the density that a uniform variable has in its logistic coordinate."""
    return np.asarray(log_expit(place) + log_expit(-place))


def _moments(rule: Lattice) -> Vector:
    # From the lattice, not the Gauss rule: that one is exact in the shrinkage, where a deviation is no polynomial.
    deviation = LARGEST_DEVIATION * expit(rule.points)
    return np.array([rule.weights @ deviation, rule.weights @ deviation**2])


def _log_prior(residual: float) -> float:
    """Log density of sqrt(a^2 + b^2) for a and b uniform from 0 to 2: the arc inside the square."""
    arc = np.pi / 2 - 2 * np.arccos(min(LARGEST_DEVIATION / residual, 1.0))
    return float(np.log(residual * max(arc, np.finfo(float).tiny) / LARGEST_DEVIATION**2))


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


def draw_effects(groups: tuple[Group, ...], draws: int, bits: np.random.PCG64) -> Vector:
    """Proposal effects drawn from the posterior, a row a draw, in units of each draw's own spread.

    Every point of the rule gets its share of the draws by systematic allocation. The normals are the inverse
    distribution function of the generator's raw bits, which stay the same over versions of NumPy.
    """
    shares = np.cumsum(np.concatenate([group.weights for group in groups]))
    places = np.searchsorted(shares[:-1], (np.arange(draws) + 0.5) / draws)
    counts = iter(np.bincount(places, minlength=shares.size))
    proposals, _, panels = groups[0].branch.part.votes.sizes
    drawn = []
    for group in groups:
        for panel in group.panels:
            count = int(next(counts))
            if count:
                raw = bits.random_raw(count * (proposals + panels)) >> np.uint64(11)
                normals = ndtri((raw.astype(np.float64) + 0.5) * 2.0**-53)
                drawn.append(group.branch.draw(float(panel), normals.reshape(count, -1)))
    return np.concatenate(drawn)
