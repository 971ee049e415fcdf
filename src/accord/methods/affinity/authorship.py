"""Who wrote what, as the affinity takes it, and the texts it is given: checked once, at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.errors import InvalidInput

Vectors: TypeAlias = sparse.csr_array[np.float64, tuple[int, int]]
Authorship: TypeAlias = (
    NDArray[Any]
    | sparse.csr_array[Any, tuple[int, int]]
    | sparse.csc_array[Any]
    | sparse.coo_array[Any, tuple[int, int]]
)


def check_texts(name: str, texts: Sequence[str]) -> None:
    """Raise InvalidInput unless `texts` is a sequence of strings."""
    if isinstance(texts, str):
        raise InvalidInput(f"{name}: found a single text; give a sequence of texts")
    if isinstance(texts, Mapping) or not (hasattr(texts, "__getitem__") and hasattr(texts, "__len__")):
        raise InvalidInput(f"{name}: found {type(texts).__name__}; give a sequence of texts")
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise InvalidInput(f"{name}[{place}]: found {type(text).__name__}; give a text")


def written_by(authorship: Authorship, publications: int) -> sparse.csr_array[np.int64, tuple[int, int]]:
    """Give experts x publications with a 1 where the expert wrote it; raise InvalidInput for anything else."""
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
    return wrote
