"""Affinity by meaning: the mean cosine of a proposal and an expert's three nearest publications."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accord.methods.affinity.authorship import Authorship, written_by
from accord.methods.affinity.embeddings import embeddings
from accord.methods.affinity.encoder import Encoder
from accord.methods.affinity.tfidf import MILLIONTHS
from accord.methods.affinity.words import words

NEAREST: Final = 3
# Vectors of this length, in whole numbers: a product of two, and every part of one, is a whole number below
# 2^51, which a double holds exactly. So the sums are the same in any order, on any machine.
LENGTH: Final = 2**25


@dataclass(slots=True, frozen=True, kw_only=True, eq=False)
class SentenceAffinity:
    """Proposals' and publications' vectors in whole numbers, and the experts by how much they wrote."""

    wanted: NDArray[np.float64]
    written: NDArray[np.float64]
    experts: int
    groups: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]  # experts; their publications, one row each

    @property
    def shape(self) -> tuple[int, int]:
        """How many proposals and experts."""
        return len(self.wanted), self.experts

    @property
    def cells(self) -> int:
        """How many numbers a proposal's row takes while it is computed."""
        return max(self.experts, len(self.written))

    def millionths(self, start: int, stop: int) -> NDArray[np.float64]:
        """Affinities of some proposals, unrounded, proposals x experts."""
        products = self.wanted[start:stop] @ self.written.T
        result = np.zeros((stop - start, self.experts))
        for experts, papers in self.groups:
            number = papers.shape[1]
            found = products[:, papers]
            if number > NEAREST:
                found = np.partition(found, number - NEAREST, axis=2)[:, :, number - NEAREST :]
            result[:, experts] = found.sum(axis=2) * (MILLIONTHS / (min(number, NEAREST) * LENGTH**2))
        return np.clip(result, 0, MILLIONTHS)


def sentence_affinity(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    *,
    encoder: Encoder,
    cache: str | os.PathLike[str] | None,
    progress: Callable[[int, int], None] | None,
) -> SentenceAffinity:
    """Encode all texts; what is left is exact arithmetic."""
    wrote = written_by(authorship, len(publications))
    vectors = _whole([*proposals, *publications], encoder, cache, progress)
    number = np.diff(wrote.indptr)
    groups = []
    for size in np.unique(number[number > 0]):
        experts = np.flatnonzero(number == size)
        groups.append((experts, wrote.indices[wrote.indptr[experts][:, None] + np.arange(size)].astype(np.int64)))
    return SentenceAffinity(
        wanted=vectors[: len(proposals)],
        written=vectors[len(proposals) :],
        experts=wrote.shape[0],
        groups=tuple(groups),
    )


def _whole(
    texts: Sequence[str],
    encoder: Encoder,
    cache: str | os.PathLike[str] | None,
    progress: Callable[[int, int], None] | None,
) -> NDArray[np.float64]:
    """The texts' vectors, each of one length, rounded to whole numbers; zero for a text without words."""
    telling = [place for place, text in enumerate(texts) if words(text)]
    found = embeddings(encoder, [texts[place] for place in telling], cache=cache, progress=progress)
    result = np.zeros((len(texts), found.shape[1]))
    result[telling] = found
    length = np.sqrt(np.einsum("ij,ij->i", result, result))[:, None]
    np.divide(result, length, out=result, where=length > 0)
    result *= LENGTH
    return np.rint(result, out=result)
