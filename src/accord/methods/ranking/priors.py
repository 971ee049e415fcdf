"""The priors of the ranking model, for a score of range 5: Heyard, Ott, Salanti and Egger (2022)."""

from __future__ import annotations

import numpy as np
from scipy.special import log_expit

from accord.methods.ranking.quadrature import Vector

PRIOR_RANGE = 5.0
LENIENCY_VARIANCE = 0.5**2
LARGEST_DEVIATION = 2.0
# Without a floor the posterior is improper when every expert agrees; the prior gives less than 1e-6 to below.
SMALLEST_RESIDUAL = 0.002
LARGEST_RESIDUAL = float(LARGEST_DEVIATION * np.sqrt(2.0))


def log_residual_prior(residual: float) -> float:
    """Log density of sqrt(a^2 + b^2) for a and b uniform from 0 to 2: the arc inside the square."""
    arc = np.pi / 2 - 2 * np.arccos(min(LARGEST_DEVIATION / residual, 1.0))
    return float(np.log(residual * max(arc, np.finfo(float).tiny) / LARGEST_DEVIATION**2))


def log_logistic(place: Vector) -> Vector:
    """Logarithm of the density that a uniform variable has in its logistic coordinate."""
    return np.asarray(log_expit(place) + log_expit(-place))
