"""Secrets of tokens: drawn at the door, shown once, and known afterwards by their digest alone."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Final

PREFIX: Final = "accord_"
"""So that whoever finds one in a file knows what it is."""


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    WRITE = "write"


def drawn() -> str:
    """A fresh secret."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """By which a secret is known again."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
