"""Affinity: how near every expert's publications are to every proposal, by words or by sentence models."""

from accord.methods.affinity.authorship import Authorship
from accord.methods.affinity.encoder import Encoder, SentenceEncoder, WeightsAbsent
from accord.methods.affinity.matrix import METHODS, VERSIONS, affinity, sparse_affinity, unrounded

__all__ = [
    "METHODS",
    "VERSIONS",
    "Authorship",
    "Encoder",
    "SentenceEncoder",
    "WeightsAbsent",
    "affinity",
    "sparse_affinity",
    "unrounded",
]
