"""One entry proven to be in the log, in one file that verifies offline (C2SP tlog-proof)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accord.record.log.checkpoint import DECIMAL, Checkpoint, Cosigned
from accord.record.log.notes import LARGEST_NOTE, BadSignature, UnreadableNote, VerifierKey, decoded
from accord.record.log.tiles import Hashes, Read
from accord.record.log.tree import HASH_BYTES, included
from accord.record.merkle import leaf_hash

FIRST: Final = "c2sp.org/tlog-proof@v1"
LONGEST_PATH: Final = 64
LARGEST_PROOF: Final = 2 * LARGEST_NOTE
EXTRA: Final = re.compile(r"extra ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class LogProof:
    """That the entry at an index is under a checkpoint; `extra` is carried and not proven."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    extra: bytes | None = None

    @property
    def content(self) -> bytes:
        """The file."""
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        hashes = [base64.b64encode(one).decode() for one in self.path]
        return "\n".join([FIRST, *extra, f"index {self.index}", *hashes, "", ""]).encode() + self.checkpoint.content

    @classmethod
    def of(cls, content: bytes) -> LogProof:
        """The proof that a file holds; nothing of it is verified. Raises UnreadableNote."""
        if len(content) > LARGEST_PROOF:
            raise UnreadableNote(f"a proof has at most {LARGEST_PROOF} bytes, found {len(content)}")
        above, blank, note = content.partition(b"\n\n")
        try:
            lines = above.decode().split("\n")
        except UnicodeDecodeError as error:
            raise UnreadableNote(f"no proof: byte {error.start} is no UTF-8") from error
        if not blank or lines.pop(0) != FIRST:
            raise UnreadableNote(f"no proof: the first line is not {FIRST}")
        extra = None
        if lines and (found := EXTRA.fullmatch(lines[0])):
            extra = decoded(found[1], "the extra data")
            lines.pop(0)
        index = lines.pop(0) if lines else ""
        if not index.startswith("index ") or not DECIMAL.fullmatch(index.removeprefix("index ")):
            raise UnreadableNote(f"no proof: the index is missing, found {index[:40]!r}")
        if len(lines) > LONGEST_PATH:
            raise UnreadableNote(f"no proof: {len(lines)} hashes, no tree is as high")
        path = tuple(decoded(line, "a hash of the proof") for line in lines)
        if any(len(one) != HASH_BYTES for one in path):
            raise UnreadableNote(f"no proof: a hash has {HASH_BYTES} bytes")
        return cls(int(index.removeprefix("index ")), path, Checkpoint.of(note), extra)

    def verified(self, entry: bytes, host: VerifierKey, witnesses: Iterable[VerifierKey] = ()) -> tuple[Cosigned, ...]:
        """Who cosigned the head that this entry is under; raises BadSignature where host or path do not hold."""
        checkpoint = self.checkpoint.trusted(host)
        if not included(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root):
            raise BadSignature(f"the entry is not at index {self.index} under the head of size {checkpoint.size}")
        return checkpoint.cosigned(witnesses)


def prove(read: Read, index: int, checkpoint: Checkpoint, extra: bytes | None = None) -> LogProof:
    """The proof of one entry under a head that covers it."""
    if not 0 <= index < checkpoint.size:
        raise UnreadableNote(f"the head of size {checkpoint.size} has no entry {index}")
    path = Hashes(read, checkpoint.size).inclusion(index, checkpoint.size)
    return LogProof(index, path, checkpoint, extra)
