"""Ranking: calibrated ranks, what the experts' totals say once leniency and noise are allowed for."""

from accord.methods.ranking.calibrated import rank
from accord.methods.ranking.results import (
    GIBBS,
    METHOD,
    VERSION,
    ExpertLeniency,
    Hyperparameters,
    RankedProposal,
    Ranking,
    Sampling,
    Spread,
)

__all__ = [
    "GIBBS",
    "METHOD",
    "VERSION",
    "ExpertLeniency",
    "Hyperparameters",
    "RankedProposal",
    "Ranking",
    "Sampling",
    "Spread",
    "rank",
]
