"""One-dimensional integration rules for smooth densities whose place and width are not known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

from accord.errors import InvalidInput

Vector = NDArray[np.float64]

# A point whose log density is this far below the highest ends the walk: what lies beyond weighs about 1e-9.
_DROP = 21.0
# Second difference of the log density at the peak: the step is then 0.87 of the peak's standard deviation at
# most, and the trapezoid's error exp(-2 (pi sd / step)^2) is far below what a skewed peak adds.
_STEEPEST = 0.75
# ... and half a unit at most, which resolves the exponential tails that a logistic coordinate leaves.
_WIDEST_STEP = 0.5
_MOST_POINTS = 4096


@dataclass(slots=True, frozen=True, kw_only=True)
class Lattice:
    """Equally spaced points that carry a density: the trapezoidal rule on the whole line.

    `points` and `log_density` have one entry a point, `step` is the spacing.
    """

    points: Vector
    log_density: Vector
    step: float

    @property
    def log_total(self) -> float:
        """The logarithm of the density's integral."""
        highest = float(self.log_density.max())
        return highest + float(np.log(self.step * np.exp(self.log_density - highest).sum()))

    @property
    def weights(self) -> Vector:
        """Each point's share of the mass; they sum to one."""
        share = np.exp(self.log_density - self.log_density.max())
        return np.asarray(share / share.sum())


def lattice(log_density: Callable[[Vector], Vector], *, start: float, step: float, block: int) -> Lattice:
    """Find the points of the line on which a smooth density of one peak has its mass.

    Points are whole multiples of a power of two (the same ones on any machine). From `start` the walk goes
    on, `block` points at a time, until both ends are negligible; the step is halved until it is fine enough
    for the peak. `log_density` takes and gives one-dimensional arrays, and must fall off at both ends.
    `step` is the first spacing, rounded down to a power of two.
    """
    spacing = float(2.0 ** np.floor(np.log2(min(step, _WIDEST_STEP))))
    first = int(np.round(start / spacing)) - block // 2
    values = _at(log_density, first, block, spacing)
    while True:
        if values.size > _MOST_POINTS:
            raise InvalidInput(
                f"log_density: still not negligible after {_MOST_POINTS} points; give one that falls off at both ends"
            )
        highest = int(values.argmax())
        floor = values[highest] - _DROP
        if values[0] > floor:
            first -= block
            values = np.concatenate([_at(log_density, first, block, spacing), values])
        elif values[-1] > floor:
            values = np.concatenate([values, _at(log_density, first + values.size, block, spacing)])
        elif 2 * values[highest] - values[highest - 1] - values[highest + 1] <= _STEEPEST:
            break
        else:
            kept = np.flatnonzero(values > floor)
            low, high = int(kept[0]) - 1, int(kept[-1]) + 1
            coarse = values[low : high + 1]
            first, spacing = 2 * (first + low), spacing / 2
            values = np.empty(2 * coarse.size - 1)
            values[::2] = coarse
            values[1::2] = log_density(spacing * (first + np.arange(1, values.size, 2, dtype=np.float64)))
    points = spacing * (first + np.arange(values.size, dtype=np.float64))
    return Lattice(points=points, log_density=values, step=spacing)


def _at(log_density: Callable[[Vector], Vector], first: int, count: int, spacing: float) -> Vector:
    return log_density(spacing * np.arange(first, first + count, dtype=np.float64))


def gauss_rule(points: Vector, weights: Vector, size: int) -> tuple[Vector, Vector]:
    """Replace a rule of many points by the Gauss rule of `size` points that shares its first moments.

    `points` and `weights` have one entry a point; the weights sum to one. The result integrates every
    polynomial of degree up to 2 * size - 1 as the given rule does. Lanczos process with full
    orthogonalisation, then the eigenvalues of the Jacobi matrix (Golub, Welsch 1969).
    """
    kept = weights > 0
    points, weights = points[kept], weights[kept]
    centre = float(weights @ points)
    width = float(np.sqrt(weights @ (points - centre) ** 2))
    if width == 0.0 or points.size <= size:
        return points, weights
    place = (points - centre) / width
    basis = np.zeros((size, points.size))
    basis[0] = np.sqrt(weights)
    diagonal, beside = np.zeros(size), np.zeros(size - 1)
    for row in range(size):
        following = place * basis[row]
        diagonal[row] = following @ basis[row]
        if row + 1 < size:
            # Twice is enough: the second pass removes what rounding left in the first.
            for _ in range(2):
                following = following - basis[: row + 1].T @ (basis[: row + 1] @ following)
            beside[row] = np.sqrt(following @ following)
            basis[row + 1] = following / beside[row]
    nodes, vectors = eigh_tridiagonal(diagonal, beside)
    return np.asarray(centre + width * nodes), np.asarray(vectors[0] ** 2)
