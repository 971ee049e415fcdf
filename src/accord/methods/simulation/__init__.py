"""What a plan would do before anyone signs it: synthetic calls under its rules, many times over."""

from accord.methods.simulation.simulate import simulate
from accord.methods.simulation.values import (
    Chance,
    Distribution,
    Model,
    Quantile,
    SideOutcome,
    Simulation,
    TopicOutcome,
)

__all__ = [
    "Chance",
    "Distribution",
    "Model",
    "Quantile",
    "SideOutcome",
    "Simulation",
    "TopicOutcome",
    "simulate",
]
