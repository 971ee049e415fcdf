"""Affinity by words: the mean cosine of TF-IDF vectors, computed with one vector an expert."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.methods.affinity.authorship import Authorship, Vectors, written_by
from accord.methods.affinity.blocks import blocks, in_order
from accord.methods.affinity.words import words

MILLIONTHS: Final = 1_000_000
_TEXTS_A_BLOCK = 8_192  # how many are counted at once; it changes no result
_Numbers: TypeAlias = NDArray[np.int32]


@dataclass(slots=True, frozen=True, kw_only=True, eq=False)
class WordAffinity:
    """Proposals' vectors, and the experts' as columns; their product is the affinity."""

    wanted: Vectors
    expertise: Vectors

    @property
    def shape(self) -> tuple[int, int]:
        """How many proposals and experts."""
        return self.wanted.shape[0], self.expertise.shape[1]

    @property
    def cells(self) -> int:
        """How many numbers a proposal's row takes while it is computed."""
        return self.shape[1]

    def millionths(self, start: int, stop: int) -> NDArray[np.float64]:
        """Affinities of some proposals, unrounded, proposals x experts.

        A cell is summed over its proposal's terms in their order, which is the same in any block.
        """
        product = (self.wanted[start:stop] @ self.expertise).toarray()
        product *= MILLIONTHS
        return product


def word_affinity(
    proposals: Sequence[str], publications: Sequence[str], authorship: Authorship, *, workers: int
) -> WordAffinity:
    """Weigh the terms of all texts; what is left is one sparse product."""
    wrote = written_by(authorship, len(publications))
    number = np.diff(wrote.indptr)
    shares = sparse.csr_array((1.0 / np.repeat(number, number), wrote.indices, wrote.indptr), wrote.shape)
    wanted, written = _unit_vectors(proposals, publications, workers)
    # A cosine is linear, so the mean over an expert's publications is one vector: terms x experts.
    return WordAffinity(wanted=wanted, expertise=sparse.csr_array((shares @ written).T))


@dataclass(slots=True, frozen=True, kw_only=True, eq=False)
class _Counts:
    """How often each term stands in each text of a block: one entry a text and term, by text, then term."""

    texts: int
    terms: NDArray[np.int64]  # the block's terms, sorted
    text: _Numbers  # an entry's text,
    term: _Numbers  # its place in `terms`,
    count: _Numbers  # and how often it stands there


def _numbered(
    texts: Sequence[str], vocabulary: dict[str, int]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The numbers of the words of each block's texts, and where each text ends."""
    for start, stop in blocks(len(texts), _TEXTS_A_BLOCK):
        numbers, ends = array("i"), array("q")
        for text in texts[start:stop]:
            numbers.extend(map(vocabulary.__getitem__, words(text)))
            ends.append(len(numbers))
        yield np.array(numbers, dtype=np.int64), np.array(ends, dtype=np.int64)


def _count(block: tuple[NDArray[np.int64], NDArray[np.int64]]) -> _Counts:
    """Count words and pairs of neighbouring words; a pair is one number that holds its two words' numbers."""
    word, ends = block
    of = np.repeat(np.arange(ends.size), np.diff(ends, prepend=0))
    inside = of[1:] == of[:-1]
    pair = ((word[:-1] + 1) << 32 | word[1:])[inside]
    terms, place = np.unique(np.concatenate((word, pair)), return_inverse=True)
    # One number for a text and a term, so that one sort counts.
    width = max(1, terms.size)
    entries, count = np.unique(np.concatenate((of, of[1:][inside])) * width + place, return_counts=True)
    return _Counts(
        texts=ends.size,
        terms=terms,
        text=(entries // width).astype(np.int32),
        term=(entries % width).astype(np.int32),
        count=count.astype(np.int32),
    )


def _unit_vectors(proposals: Sequence[str], publications: Sequence[str], workers: int) -> tuple[Vectors, Vectors]:
    """Give texts x terms for both, rows of length 1, with those terms only that both have.

    Any other term meets nothing across: it counts in its text's length and is left out after that, which
    changes no product. Most terms are of that kind.
    """
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    # Words are numbered by this thread, in the texts' order; what is counted of them, others may count.
    halves = [list(in_order(_count, _numbered(texts, vocabulary), workers)) for texts in (proposals, publications)]
    nothing = np.array([], dtype=np.int64)
    found = np.sort(np.concatenate([nothing, *(block.terms for half in halves for block in half)]))
    terms = found[np.diff(found, prepend=-1) > 0]
    wanting, having = (_texts_with(terms, half) for half in halves)
    texts = len(proposals) + len(publications)
    rarity = 1.0 + np.log((1 + texts) / (1 + wanting + having))
    shared = (wanting > 0) & (having > 0)
    column = np.where(shared, np.cumsum(shared) - 1, -1)
    width = int(shared.sum())
    wanted, written = (
        sparse.csr_array(
            sparse.vstack(
                [
                    sparse.csr_array((0, width)),
                    *in_order(lambda block: _unit_rows(block, terms, rarity, column, width), half, workers),
                ]
            )
        )
        for half in halves
    )
    return wanted, written


def _texts_with(terms: NDArray[np.int64], counted: Sequence[_Counts]) -> NDArray[np.int64]:
    """Count, for each of the sorted terms, the texts that have it."""
    having = np.zeros(terms.size, dtype=np.int64)
    for block in counted:
        having[np.searchsorted(terms, block.terms)] += np.bincount(block.term, minlength=block.terms.size)
    return having


def _unit_rows(
    block: _Counts,
    terms: NDArray[np.int64],
    rarity: NDArray[np.float64],
    column: NDArray[np.int64],
    width: int,
) -> Vectors:
    """Give a block's texts x columns; a term without a column counts in its text's length only."""
    place = np.searchsorted(terms, block.terms)
    # A table, because a logarithm of a whole array may differ in the last bit with a number's place in it.
    damped = np.array([1.0 + math.log(n) for n in range(1, int(block.count.max(initial=1)) + 1)])
    weight = damped[block.count - 1] * rarity[place][block.term]
    length = np.sqrt(np.bincount(block.text, weight * weight, minlength=block.texts))
    at = column[place][block.term]
    kept = at >= 0
    text = block.text[kept]
    rows = np.concatenate(([0], np.cumsum(np.bincount(text, minlength=block.texts))))
    return sparse.csr_array((weight[kept] / length[text], at[kept], rows), (block.texts, width))
