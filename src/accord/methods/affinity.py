"""Tells how near every expert's publications are to every proposal, in millionths."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.errors import InvalidInput
from accord.methods.words import words

_Vectors: TypeAlias = sparse.csr_array[np.float64, tuple[int, int]]
Authorship: TypeAlias = (
    NDArray[Any]
    | sparse.csr_array[Any, tuple[int, int]]
    | sparse.csc_array[Any]
    | sparse.coo_array[Any, tuple[int, int]]
)

METHOD = "affinity-tfidf"
VERSION = "1"
_MILLIONTHS = 1_000_000

# How much is worked on at once; neither changes a result.
_TEXTS_A_BLOCK = 8_192
_CELLS_A_BLOCK = 2_000_000


def affinity(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    *,
    model: str = "tfidf",
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int32]:
    """Give the affinity of every proposal and expert: how much the expert's publications share its words.

    `proposals` and `publications` are texts (title and abstract). `authorship` is experts x publications, of
    booleans or whole numbers, 1 where the expert wrote the publication; a NumPy array or a SciPy sparse one.
    `model` is "tfidf", the only one there is. `progress` is called as (proposals done, proposals in all).

    The result is proposals x experts, read-only, in millionths (0 to 1,000,000): the mean, over the expert's
    publications, of the cosine of two TF-IDF vectors. It is 0 for an expert without publications and for a
    text without words. Terms are words and pairs of neighbouring words; a term that a text has n times weighs
    (1 + ln n) x (1 + ln((1 + texts) / (1 + texts with the term))), counted over proposals and publications.

    Raises InvalidInput for an unknown model, for texts that are not strings, and for an authorship of another
    shape or with other values.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), sections 6.2 to 6.4.
    """
    if model != "tfidf":
        raise InvalidInput(f"model: {model!r} is not known; give 'tfidf' ('semantic' models come later, as an extra)")
    wanted, expertise = _compared(proposals, publications, authorship)
    experts = expertise.shape[1]
    result = np.zeros((len(proposals), experts), dtype=np.int32)
    for start, stop in _blocks(len(proposals), max(1, _CELLS_A_BLOCK // max(1, experts))):
        # A cell is summed over its proposal's terms in their order, which is the same in any block.
        cosines = (wanted[start:stop] @ expertise).toarray()
        result[start:stop] = np.rint(cosines * _MILLIONTHS)
        if progress is not None:
            progress(stop, len(proposals))
    result.setflags(write=False)
    return result


def unrounded(
    proposals: Sequence[str], publications: Sequence[str], authorship: Authorship, rows: Sequence[int]
) -> dict[int, NDArray[np.float64]]:
    """Give the affinities of some proposals before they are rounded, in millionths, one value an expert.

    What a recorded number is held against: it has to be the nearest one, or either of two on the edge.
    """
    wanted, expertise = _compared(proposals, publications, authorship)
    return {row: (wanted[row : row + 1] @ expertise).toarray()[0] * _MILLIONTHS for row in rows}


def _compared(
    proposals: Sequence[str], publications: Sequence[str], authorship: Authorship
) -> tuple[_Vectors, _Vectors]:
    """Give the proposals' vectors, and the experts' as columns; their product is the affinity."""
    _check_texts("proposals", proposals)
    _check_texts("publications", publications)
    shares = _shares(authorship, len(publications))
    wanted, written = _unit_vectors(proposals, publications)
    # A cosine is linear, so the mean over an expert's publications is one vector: terms x experts.
    return wanted, sparse.csr_array((shares @ written).T)


def _check_texts(name: str, texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise InvalidInput(f"{name}: found a single text; give a sequence of texts")
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise InvalidInput(f"{name}[{place}]: found {type(text).__name__}; give a text")


def _shares(authorship: Authorship, publications: int) -> _Vectors:
    """Give experts x publications, where an expert's publications have equal shares that add up to 1."""
    if not (isinstance(authorship, np.ndarray) or sparse.issparse(authorship)):
        raise InvalidInput(f"authorship: found {type(authorship).__name__}; give a NumPy array or a SciPy sparse one")
    if authorship.ndim != 2 or authorship.shape[1] != publications:
        raise InvalidInput(
            f"authorship: found the shape {authorship.shape}; give experts x {publications} publications"
        )
    if authorship.dtype.kind not in "biu":
        raise InvalidInput(f"authorship: found values of {authorship.dtype}; give booleans or whole numbers")
    # By way of the form that keeps what is entered twice, so that it shows as a 2.
    wrote = sparse.coo_array(authorship).astype(np.int64).tocsr()
    wrote.eliminate_zeros()
    strange = wrote.data[wrote.data != 1]
    if strange.size:
        raise InvalidInput(
            f"authorship: found the value {strange[0]}; give 1 where the expert wrote the publication, else 0"
        )
    written = np.diff(wrote.indptr)
    return sparse.csr_array((1.0 / np.repeat(written, written), wrote.indices, wrote.indptr), wrote.shape)


def _blocks(length: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, length, size):
        yield start, min(start + size, length)


@dataclass(slots=True, frozen=True, kw_only=True)
class _Counts:
    """How often each term stands in each text of a block: one entry a text and term, by text, then term."""

    texts: int
    terms: NDArray[np.int64]  # the block's terms, sorted
    text: NDArray[np.int32]  # an entry's text,
    term: NDArray[np.int32]  # its place in `terms`,
    count: NDArray[np.int32]  # and how often it stands there


def _count(texts: Sequence[str], vocabulary: dict[str, int]) -> _Counts:
    """Count words and pairs of neighbouring words; a pair is one number that holds its two words' numbers."""
    numbers, ends = array("i"), array("q")
    for text in texts:
        numbers.extend(map(vocabulary.__getitem__, words(text)))
        ends.append(len(numbers))
    word = np.array(numbers, dtype=np.int64)
    of = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
    inside = of[1:] == of[:-1]
    pair = ((word[:-1] + 1) << 32 | word[1:])[inside]
    terms, place = np.unique(np.concatenate((word, pair)), return_inverse=True)
    # One number for a text and a term, so that one sort counts.
    width = max(1, terms.size)
    entries, count = np.unique(np.concatenate((of, of[1:][inside])) * width + place, return_counts=True)
    return _Counts(
        texts=len(texts),
        terms=terms,
        text=(entries // width).astype(np.int32),
        term=(entries % width).astype(np.int32),
        count=count.astype(np.int32),
    )


def _unit_vectors(proposals: Sequence[str], publications: Sequence[str]) -> tuple[_Vectors, _Vectors]:
    """Give texts x terms for both, rows of length 1, with those terms only that both have.

    Any other term meets nothing across: it counts in its text's length and is left out after that, which
    changes no product. Most terms are of that kind.
    """
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    halves = [
        [_count(texts[start:stop], vocabulary) for start, stop in _blocks(len(texts), _TEXTS_A_BLOCK)]
        for texts in (proposals, publications)
    ]
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
                    *(_unit_rows(block, terms, rarity, column, width) for block in half),
                ]
            )
        )
        for half in halves
    )
    return wanted, written


def _texts_with(terms: NDArray[np.int64], blocks: Sequence[_Counts]) -> NDArray[np.int64]:
    """Count, for each of the sorted terms, the texts that have it."""
    having = np.zeros(terms.size, dtype=np.int64)
    for block in blocks:
        having[np.searchsorted(terms, block.terms)] += np.bincount(block.term, minlength=block.terms.size)
    return having


def _unit_rows(
    block: _Counts,
    terms: NDArray[np.int64],
    rarity: NDArray[np.float64],
    column: NDArray[np.int64],
    width: int,
) -> _Vectors:
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
