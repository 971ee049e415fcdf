"""Sentence models: where their weights are, what they are known by, how a text becomes a vector; never a network."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.record.canonical import canonical, digest

READ_FROM_WEIGHTS: Final = frozenset({".safetensors", ".json", ".txt", ".model"})
OTHER_BACKENDS: Final = frozenset({"onnx", "openvino"})
NEEDED: Final = "sentence_transformers"
TEXTS_A_BATCH: Final = 32


class WeightsAbsent(InvalidInput):
    """A sentence model cannot be used here: its weights or the extra that reads them are not on this machine."""


class Encoder(Protocol):
    """What turns texts into vectors whose cosine says how near they are in meaning."""

    @property
    def name(self) -> str:
        """What people call the weights."""

    @property
    def digest(self) -> str:
        """The SHA-256 by which the weights are known."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, texts x dimensions."""


@dataclass(slots=True, frozen=True, kw_only=True)
class SentenceEncoder:
    """A sentence-transformers model from a folder, on the processor; loaded when the first text is encoded.

    `digest` is the SHA-256 over the names and contents of the files that are read (weights in the safetensors
    form, which cannot run code; settings; vocabularies).
    """

    name: str
    folder: Path
    digest: str
    _loaded: list[Any] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def found(cls, weights: str | os.PathLike[str]) -> SentenceEncoder:
        """The encoder whose weights lie in a folder, or were downloaded before under that name.

        Raises WeightsAbsent where sentence-transformers is not installed and where no such weights are.
        """
        if find_spec(NEEDED) is None:
            raise WeightsAbsent(
                "model: 'semantic' needs sentence-transformers, which is not installed: pip install 'accord[semantic]'"
            )
        folder = Path(weights)
        if folder.is_dir():
            return cls(name=folder.resolve().name, folder=folder, digest=_digest(folder))
        name = os.fspath(weights)
        folder = _downloaded(name)
        return cls(name=name, folder=folder, digest=_digest(folder))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, texts x dimensions; a text longer than the model reads is cut."""
        if not self._loaded:
            self._loaded.append(_loaded(self.folder))
        vectors = self._loaded[0].encode(
            list(texts), batch_size=TEXTS_A_BATCH, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _offline(name: str) -> ModuleType:
    """A module of the extra, told before it is read that there is no network."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    return importlib.import_module(name)


def _downloaded(name: str) -> Path:
    hub = _offline("huggingface_hub")
    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(hub.snapshot_download(full, local_files_only=True))
    except (OSError, ValueError) as error:  # what the hub raises for a name that is none and for one not downloaded
        raise WeightsAbsent(
            f"weights: {name!r} is no folder here and was not downloaded before; give the folder of a model, "
            "nothing is downloaded"
        ) from error


def _digest(folder: Path) -> str:
    files = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix in READ_FROM_WEIGHTS and path.is_file() and not hidden and inside.parts[0] not in OTHER_BACKENDS:
            with path.open("rb") as content:
                files[inside.as_posix()] = hashlib.file_digest(content, "sha256").hexdigest()
    if not any(name.endswith(".safetensors") for name in files):
        raise WeightsAbsent(f"weights: {folder.name!r} holds no .safetensors file; give the folder of a model")
    return digest(canonical(files))


def _loaded(folder: Path) -> Any:
    sentence_transformers = _offline(NEEDED)
    importlib.import_module("transformers.utils.logging").disable_progress_bar()
    return sentence_transformers.SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
