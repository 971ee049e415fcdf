"""Canonical JSON (RFC 8785) and the digests that every other room speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import rfc8785

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

LARGEST_INTEGER: Final = 2**53 - 1


def canonical(value: Json) -> bytes:
    """The one way to write a value as bytes, by RFC 8785.

    Integers stay below 2^53 in size: a larger one is written as decimal text by `integer`. Raises
    `rfc8785.CanonicalizationError` on what JSON cannot say (NaN, a too large integer).
    """
    return rfc8785.dumps(value)


def integer(value: int) -> int | str:
    """An integer as canonical JSON can hold it: decimal text from 2^53 on, where JSON readers round."""
    return int(value) if abs(value) <= LARGEST_INTEGER else str(int(value))


def digest(content: bytes) -> str:
    """SHA-256 of bytes, in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of(value: Json) -> str:
    """SHA-256 of a value's canonical JSON, in lower-case hexadecimal."""
    return digest(canonical(value))
