"""The log's signed head (C2SP tlog-checkpoint): whose log, how many entries, under which root."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accord.record.log.notes import (
    BadSignature,
    SignedNote,
    SignerKey,
    UnreadableNote,
    VerifierKey,
    cosigned_at,
    decoded,
)
from accord.record.log.tree import HASH_BYTES, MOST_ENTRIES

DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
LEAST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness that cosigned a checkpoint, and when it says it did (seconds since 1970)."""

    witness: str
    at: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of the log: its origin names host and call."""

    origin: str
    size: int
    root: bytes
    note: SignedNote

    @classmethod
    def of(cls, content: bytes) -> Checkpoint:
        """The checkpoint that a note holds; its signatures are not looked at. Raises UnreadableNote."""
        note = SignedNote.of(content)
        lines = note.text[:-1].split("\n")
        if len(lines) < LEAST_LINES or not all(lines):
            raise UnreadableNote("no checkpoint: origin, size and root are three lines")
        origin, size, root = lines[:LEAST_LINES]
        if not DECIMAL.fullmatch(size) or int(size) > MOST_ENTRIES:
            raise UnreadableNote(f"no checkpoint: its size is {size[:40]!r}")
        hashed = decoded(root, "a checkpoint's root")
        if len(hashed) != HASH_BYTES:
            raise UnreadableNote(f"no checkpoint: its root has {len(hashed)} bytes")
        return cls(origin, int(size), hashed, note)

    @property
    def content(self) -> bytes:
        """The signed note, as bytes."""
        return self.note.content

    def trusted(self, host: VerifierKey, origin: str | None = None) -> Checkpoint:
        """The same checkpoint, where the host signed it (and it is that origin's); raises BadSignature otherwise."""
        if origin is not None and self.origin != origin:
            raise BadSignature(f"the checkpoint is of {self.origin}, not of {origin}")
        if not self.note.by(host):
            raise BadSignature(f"the checkpoint of {self.origin} bears no signature by {host.name}")
        return self

    def cosigned(self, witnesses: Iterable[VerifierKey]) -> tuple[Cosigned, ...]:
        """Which witnesses cosigned, each with its first time; raises BadSignature where one is forged."""
        found = []
        for key in witnesses:
            made = self.note.by(key.as_witness)
            if made:
                found.append(Cosigned(key.name, min(cosigned_at(one) for one in made)))
        return tuple(found)


def head_text(origin: str, size: int, root: bytes) -> str:
    """A checkpoint's text, which host and witnesses sign."""
    if not origin or "\n" in origin:
        raise UnreadableNote("an origin is one line, such as example.org/quantum-2026")
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed_checkpoint(key: SignerKey, origin: str, size: int, root: bytes) -> Checkpoint:
    """A head signed by the host's key."""
    text = head_text(origin, size, root)
    return Checkpoint(origin, size, root, SignedNote(text, (key.sign(text),)))
