"""The affinity of proposals and experts as a matrix: whole in memory, whole in a file, or its greater values only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.errors import InvalidInput
from accord.methods.affinity.authorship import Authorship, check_texts
from accord.methods.affinity.blocks import blocks, in_order, threads
from accord.methods.affinity.encoder import Encoder, SentenceEncoder
from accord.methods.affinity.sentences import sentence_affinity
from accord.methods.affinity.tfidf import word_affinity

METHODS: Final = {"tfidf": "affinity-tfidf", "semantic": "affinity-semantic"}
VERSIONS: Final = {"tfidf": "2", "semantic": "1"}
CELLS_A_BLOCK = 2_000_000  # how many a thread works on at once; it changes no result

Weights: TypeAlias = str | os.PathLike[str] | Encoder
Progress: TypeAlias = Callable[[int, int], None]
SparseAffinity: TypeAlias = sparse.csr_array[np.int32, tuple[int, int]]


class _Compared(Protocol):
    """Texts made comparable: gives any rows of the matrix, alike whatever the rows around them."""

    @property
    def shape(self) -> tuple[int, int]: ...

    @property
    def cells(self) -> int: ...

    def millionths(self, start: int, stop: int) -> NDArray[np.float64]: ...


def affinity(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    *,
    model: str = "tfidf",
    weights: Weights | None = None,
    cache: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int32]:
    """Give the affinity of every proposal and expert: how near the expert's publications are to it.

    `proposals` and `publications` are texts (title and abstract). `authorship` is experts x publications, of
    booleans or whole numbers, 1 where the expert wrote the publication; a NumPy array or a SciPy sparse one.

    The result is proposals x experts, read-only, in millionths (0 to 1,000,000). With `model` "tfidf" it is the
    mean, over the expert's publications, of the cosine of two TF-IDF vectors. Terms are words and pairs of
    neighbouring words; a term that a text has n times weighs (1 + ln n) x (1 + ln((1 + texts) / (1 + texts with
    the term))), counted over proposals and publications. With "semantic" it is the mean, over the expert's
    three nearest publications, of the cosine of a sentence model's vectors, and 0 where that is negative;
    `weights` is the model's folder, the name under which it was downloaded before, or an Encoder; `cache` is a
    folder that keeps vectors. It is 0 for an expert without publications and for a text without words.

    With `out` the result is a map of that NPY file (version 1.0), written block by block; the file appears once
    it is whole. `workers` is the number of threads, by default one a core; no number depends on it.
    `progress` is called as (proposals done, proposals in all); with "semantic" as (texts encoded, texts to
    encode) before that.

    Raises InvalidInput for an unknown model, for texts that are not strings, for an authorship of another
    shape or with other values, and for weights that are missing or not wanted; WeightsAbsent, one of its
    children, where the weights or the extra that reads them are not on this machine.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), sections 6.2 to 6.4.
    """
    workers = threads(workers)
    compared = _compared(
        proposals,
        publications,
        authorship,
        model=model,
        weights=weights,
        cache=cache,
        workers=workers,
        progress=progress,
    )
    if out is not None and compared.shape[0] * compared.shape[1]:
        return _in_file(Path(out), compared, workers, progress)
    result = np.zeros(compared.shape, dtype=np.int32)
    _fill(result, compared, workers, progress)
    result.setflags(write=False)
    if out is not None:  # there is nothing to map
        with Path(out).open("wb") as file:
            np.lib.format.write_array(file, result.astype("<i4"), version=(1, 0))
    return result


def _in_file(path: Path, compared: _Compared, workers: int, progress: Progress | None) -> NDArray[np.int32]:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        mapped = np.lib.format.open_memmap(part, mode="w+", dtype="<i4", shape=compared.shape, version=(1, 0))
        _fill(mapped, compared, workers, progress)
        mapped.flush()
        del mapped
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return np.lib.format.open_memmap(path, mode="r")


def sparse_affinity(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    *,
    floor: int,
    model: str = "tfidf",
    weights: Weights | None = None,
    cache: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> SparseAffinity:
    """Give the affinities of at least `floor` millionths, the others left out: a matrix that need not fit whole.

    Shapes, units, the other arguments and errors are those of `affinity`, whose values these are. The result is
    a SciPy array by rows, columns in order, proposals x experts. Raises InvalidInput for a floor below 1 too.
    """
    if type(floor) is not int or floor < 1:
        raise InvalidInput(f"floor: found {floor!r}; give a whole number of millionths, at least 1")
    workers = threads(workers)
    compared = _compared(
        proposals,
        publications,
        authorship,
        model=model,
        weights=weights,
        cache=cache,
        workers=workers,
        progress=progress,
    )

    def kept(block: tuple[int, int]) -> SparseAffinity:
        values = np.rint(compared.millionths(*block)).astype(np.int32)
        values[values < floor] = 0
        return sparse.csr_array(values)

    parts = [sparse.csr_array(np.zeros((0, compared.shape[1]), dtype=np.int32))]
    for part, (_, stop) in zip(in_order(kept, _blocks(compared), workers), _blocks(compared), strict=True):
        parts.append(part)
        if progress is not None:
            progress(stop, compared.shape[0])
    return sparse.csr_array(sparse.vstack(parts, format="csr", dtype=np.int32))


def unrounded(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    rows: Sequence[int],
) -> dict[int, NDArray[np.float64]]:
    """Give the affinities of some proposals by TF-IDF before they are rounded, in millionths, one an expert.

    What a recorded number is held against: it has to be the nearest one, or either of two on the edge.
    """
    compared = _compared(proposals, publications, authorship, model="tfidf")
    return {row: compared.millionths(row, row + 1)[0] for row in rows}


def _compared(
    proposals: Sequence[str],
    publications: Sequence[str],
    authorship: Authorship,
    *,
    model: str,
    weights: Weights | None = None,
    cache: str | os.PathLike[str] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> _Compared:
    if model not in METHODS:
        raise InvalidInput(f"model: {model!r} is not known; give 'tfidf' or 'semantic'")
    check_texts("proposals", proposals)
    check_texts("publications", publications)
    if model == "tfidf":
        for name, found in (("weights", weights), ("cache", cache)):
            if found is not None:
                raise InvalidInput(f"{name}: found {found!r}, and 'tfidf' takes none; leave it out")
        return word_affinity(proposals, publications, authorship, workers=workers)
    if weights is None:
        raise InvalidInput("weights: there are none; give a sentence model's folder or name")
    encoder = SentenceEncoder.found(weights) if isinstance(weights, str | os.PathLike) else weights
    return sentence_affinity(proposals, publications, authorship, encoder=encoder, cache=cache, progress=progress)


def _blocks(compared: _Compared) -> Iterator[tuple[int, int]]:
    return blocks(compared.shape[0], max(1, CELLS_A_BLOCK // max(1, compared.cells)))


def _fill(matrix: NDArray[np.int32], compared: _Compared, workers: int, progress: Progress | None) -> None:
    def fill(block: tuple[int, int]) -> int:
        start, stop = block
        matrix[start:stop] = np.rint(compared.millionths(start, stop))
        return stop

    for done in in_order(fill, _blocks(compared), workers):
        if progress is not None:
            progress(done, compared.shape[0])
