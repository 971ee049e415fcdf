"""Texts as a sentence model's vectors: each text encoded once, and kept by its digest in a folder if one is named."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.methods.affinity.blocks import blocks
from accord.methods.affinity.encoder import Encoder

TEXTS_A_FILE: Final = 128
DIGEST_BYTES: Final = 32


def embeddings(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    cache: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """The vectors of some texts, texts x dimensions, taken from the cache where they are in it.

    The cache is a folder; in it, a folder named by the weights' digest holds NPY files, each with some texts'
    SHA-256 and vectors and named by the SHA-256 of its content. One whose name does not fit is thrown away and
    its texts are encoded again. What is encoded is kept at once, so that a run that was stopped goes on.
    `progress` is called as (texts encoded, texts to encode). Raises InvalidInput where the encoder gives
    anything but one finite vector a text.
    """
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    wanted = dict(zip(keys, texts, strict=True))
    kept = None if cache is None else Path(cache) / encoder.digest
    known = {} if kept is None else {key: vector for key, vector in _kept(kept).items() if key in wanted}
    missing = [key for key in wanted if key not in known]
    for start, stop in blocks(len(missing), TEXTS_A_FILE):
        chosen = missing[start:stop]
        vectors = _checked(encoder, [wanted[key] for key in chosen])
        known.update(zip(chosen, vectors, strict=True))
        if kept is not None:
            _keep(kept, chosen, vectors)
        if progress is not None:
            progress(stop, len(missing))
    if len({vector.size for vector in known.values()}) > 1:
        raise InvalidInput(f"weights: {encoder.name} gives vectors of several lengths; give a model that gives one")
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, 1), dtype=np.float32)


def _checked(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    vectors = encoder.encode(texts)
    if vectors.ndim != 2 or len(vectors) != len(texts) or vectors.shape[1] == 0 or not np.isfinite(vectors).all():
        raise InvalidInput(f"weights: {encoder.name} gives no finite vector for each text; give another model")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _kept(folder: Path) -> dict[bytes, NDArray[np.float32]]:
    found: dict[bytes, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("*.npy")):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != path.stem:
            path.unlink(missing_ok=True)  # half written or damaged; its texts are encoded again
            continue
        rows = np.load(io.BytesIO(content), allow_pickle=False)
        found.update((key.tobytes(), vector) for key, vector in zip(rows["text"], rows["vector"], strict=True))
    return found


def _keep(folder: Path, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
    kind: Any = [("text", "u1", (DIGEST_BYTES,)), ("vector", "<f4", (vectors.shape[1],))]
    rows = np.zeros(len(keys), dtype=kind)
    rows["text"] = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    rows["vector"] = vectors
    out = io.BytesIO()
    np.save(out, rows, allow_pickle=False)
    name = hashlib.sha256(out.getvalue()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.{os.getpid()}.part"
    part.write_bytes(out.getvalue())
    part.replace(folder / f"{name}.npy")
