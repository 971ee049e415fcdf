"""The ranking model at one residual and one between-proposal standard deviation; the panels' is still open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from accord.methods.ranking.priors import LARGEST_DEVIATION, log_logistic
from accord.methods.ranking.quadrature import Lattice, Vector, gauss_rule, lattice

# Points kept of each inner rule.
NODES = 6


class PanelPart:
    """What is left to know of the panel effects once proposals and leniencies are integrated out.

    `information` is panels by panels and `pull` has one entry a panel: their precision from the votes, and that
    precision times their best values.
    """

    def __init__(self, information: Vector, pull: Vector) -> None:
        self.count = pull.size
        values, self.vectors = np.linalg.eigh(information)
        self.values = np.maximum(values, 0.0)
        self.pull = self.vectors.T @ pull

    @cached_property
    def rule(self) -> Lattice:
        """The lattice over the panels' standard deviation, in its logistic coordinate."""
        return lattice(self.log_density, start=0.0, step=0.5, block=96)

    def log_density(self, place: Vector) -> Vector:
        """Of the panels' standard deviation at places of its logistic coordinate, but for a constant."""
        gain = (LARGEST_DEVIATION * expit(place[:, None])) ** 2
        swollen = 1.0 + gain * self.values
        likelihood = -0.5 * (np.log(swollen) - gain * self.pull**2 / swollen).sum(axis=1)
        return np.asarray(likelihood + log_logistic(place))

    @property
    def log_total(self) -> float:
        """The logarithm of the density's integral; 0 without panels."""
        return self.rule.log_total if self.count else 0.0

    def deviations(self) -> tuple[Vector, Vector]:
        """The Gauss rule over the panels' standard deviation: its points and their shares."""
        if not self.count:
            return np.zeros(1), np.ones(1)
        # In the shrinkage itself: panel effects enter by their variance.
        noise = 1.0 / self.values.mean()
        variance = (LARGEST_DEVIATION * expit(self.rule.points)) ** 2
        shrunk, weights = gauss_rule(variance / (variance + noise), self.rule.weights, NODES)
        return np.sqrt(noise * shrunk / (1.0 - shrunk)), weights

    def moments(self) -> Vector:
        """First and second moment of the panels' standard deviation; zeros without panels."""
        return deviation_moments(self.rule) if self.count else np.zeros(2)

    def effects(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means of the panel effects, and the symmetric root of their covariance."""
        variance = panel**2 / (1.0 + panel**2 * self.values)
        means = self.vectors @ (variance * self.pull)
        return means, (self.vectors * np.sqrt(variance)) @ self.vectors.T


class Branch(ABC):
    """A point of the rule over residual and between-proposal standard deviation.

    Proposal effects are told in units of the between-proposal standard deviation, which stays sound as that
    goes to zero. `level` holds their conditional means were every panel effect zero, `slope` how those means
    move with each panel effect (a row a proposal, a column a panel). `variates` is how many independent
    normals a draw takes.
    """

    residual: float
    between: float
    panel: PanelPart
    level: Vector
    slope: Vector
    variates: int

    @abstractmethod
    def covariance(self) -> Vector:
        """Conditional covariance of the proposal effects, given the panel effects."""

    @abstractmethod
    def deviates(self, normals: Vector) -> Vector:
        """Draws of the proposal effects about their conditional means, given the panel effects: a row a draw."""

    @abstractmethod
    def leniencies(self, panel: float) -> tuple[Vector, Vector]:
        """Conditional means and variances of the experts' leniencies."""

    def effects(self, panels: Vector) -> Iterator[tuple[Vector, Vector]]:
        """Conditional means and covariance of the proposal effects at each panels' standard deviation."""
        own = self.covariance()
        for panel in panels:
            means, root = self.panel.effects(float(panel))
            tilt = self.slope @ root
            yield self.level + self.slope @ means, own + tilt @ tilt.T if tilt.size else own

    def draw(self, panel: float, normals: Vector) -> Vector:
        """Proposal effects made from independent normals, a row a draw of `variates` columns."""
        own = self.variates - self.panel.count
        means, root = self.panel.effects(panel)
        return np.asarray(
            self.level + self.slope @ means + self.deviates(normals[:, :own]) + normals[:, own:] @ (self.slope @ root).T
        )


@dataclass(slots=True, frozen=True, kw_only=True)
class Group:
    """The points of the posterior's rule that share a branch: panels' standard deviations and their weights.

    `between_moments` holds the first and second moment of the between-proposal standard deviation here.
    """

    branch: Branch
    panels: Vector
    weights: Vector
    between_moments: Vector


def deviation_moments(rule: Lattice) -> Vector:
    """First and second moment of a standard deviation from the lattice over its logistic coordinate."""
    # From the lattice, not the Gauss rule: that one is exact in the shrinkage, where a deviation is no polynomial.
    deviation = LARGEST_DEVIATION * expit(rule.points)
    return np.array([rule.weights @ deviation, rule.weights @ deviation**2])
