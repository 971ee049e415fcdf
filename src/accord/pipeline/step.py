"""A step as records hold it: its method, its inputs' digests, its result, and arrays beside it."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from accord.call.folder import Call
from accord.call.tables import jsonl
from accord.call.values import Score
from accord.plan.types import Block
from accord.record.canonical import canonical, digest

LOTTERY_ROOT: Final = "lottery-root"  # as a step names it among its inputs
Value_co = TypeVar("Value_co", bound=Block, covariant=True)


@dataclass(frozen=True)
class Inputs:
    """A call with the digest of each of its tables, by which steps name what they were computed from.

    `simulated` is the seed of made-up scores, None for real ones.
    """

    call: Call
    simulated: int | None = None

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the exact bytes of the plan and the lottery's root, and of each table's canonical JSON lines."""
        tables = {name: digest(jsonl(rows)) for name, rows in self.call.tables()}
        root = self.call.lottery_root
        head = {} if root is None else {LOTTERY_ROOT: digest(root.content)}
        return {"plan": self.call.plan.digest, **tables, **head}

    def of(self, *names: str) -> dict[str, str]:
        """The digests of some tables; one that the call does not have is left out."""
        return {name: self.digests[name] for name in names if name in self.digests}

    def with_reviews(self, scores: tuple[Score, ...], seed: int) -> Inputs:
        """The same call with made-up scores."""
        return Inputs(replace(self.call, reviews=scores), simulated=seed)


@dataclass(frozen=True)
class Step(Generic[Value_co]):
    """One step's result, its method and version, and the digests of its inputs."""

    name: str
    method: str
    version: str
    inputs: Mapping[str, str]
    result: Value_co
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @cached_property
    def content(self) -> bytes:
        """The step's file: canonical JSON."""
        return canonical(self.plain)

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The step as plain JSON values."""
        return {
            "step": self.name,
            "method": self.method,
            "version": self.version,
            "inputs": dict(self.inputs),
            "result": self.result.model_dump(mode="json", exclude_defaults=True),
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the step's file."""
        return digest(self.content)


def seed_of(name: str, inputs: Inputs) -> bytes:
    """The seed of a step: SHA-256 of its name and the digests of plan and proposals, 32 bytes.

    Nobody chose it, and nothing that is computed or written after closing moves it.
    """
    return bytes.fromhex(digest(canonical({"step": name, "inputs": inputs.of("plan", "proposals")})))


def npy(array: NDArray[Any]) -> bytes:
    """An array as the bytes of an NPY file, version 1.0, little-endian, by rows."""
    out = io.BytesIO()
    ordered = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    np.lib.format.write_array(out, ordered, version=(1, 0), allow_pickle=False)
    return out.getvalue()


def from_npy(content: bytes) -> NDArray[Any]:
    """The array in the bytes of an NPY file; raises ValueError where they are none, before anything large is made."""
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("no NPY file of version 1.0")
    shape, _, kind = np.lib.format.read_array_header_1_0(stream)
    if kind.hasobject or math.prod(shape) * kind.itemsize != len(content) - stream.tell():
        raise ValueError(f"an NPY file of shape {shape} does not have {len(content)} bytes")
    stream.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array
