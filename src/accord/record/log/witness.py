"""A Side as witness: it remembers the last head that it saw and cosigns only what that head grew into.

Its key and its memory are the Side's own; the host never holds them. What it refuses it keeps: two signed heads
that cannot both be true are evidence against whoever signed them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from accord.errors import AccordError
from accord.record.folder import write_file
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import SignedNote, SignerKey, UnreadableNote, VerifierKey
from accord.record.log.reader import head
from accord.record.log.tiles import Hashes, Read
from accord.record.log.tree import EMPTY, Frontier, consistent

EVIDENCE: Final = "evidence"


class NotCosigned(AccordError):
    """A head that a witness refuses; `evidence` are the two signed heads that it kept, where there are two."""

    def __init__(self, message: str, evidence: tuple[Path, ...] = ()) -> None:
        super().__init__(message)
        self.evidence = evidence


def cosign(read: Read, memory: Path, key: SignerKey, host: VerifierKey, origin: str, *, at: int) -> Checkpoint:
    """Look at a log's head and cosign it, if it is all that was seen before and more.

    `memory` is the witness's own folder: the last head of each log is there, and what it refused. `at` is the
    instant in seconds since 1970, passed in. The head is remembered on disk before the cosignature is given
    away, so that no crash makes a witness forget what it vouched for. Raises NotCosigned for a rollback, a split
    view and a head that the tiles do not lead to; BadSignature where the host did not sign; UnreadableNote.
    """
    with _alone(memory, origin) as own:
        seen = head(read).trusted(host, origin)
        last = _last(own)
        if last is not None:
            _grown(read, own, last, seen)
        _led_to(read, seen)
        note = SignedNote(seen.note.text, (*seen.note.by(host)[:1], key.cosign(seen.note.text, at)))
        found = Checkpoint(seen.origin, seen.size, seen.root, note)  # without what others put under it: it is ours
        write_file(own / "checkpoint", found.content)
        _flush(own)
    return found


def _grown(read: Read, own: Path, last: Checkpoint, seen: Checkpoint) -> None:
    """Refuse a head that is no growth of the last one."""
    if seen.size < last.size:
        kept = _kept(own, last, seen)
        raise NotCosigned(f"rollback: the host shows a head of size {seen.size}, it signed one of {last.size}", kept)
    if seen.size == last.size and seen.root != last.root:
        kept = _kept(own, last, seen)
        raise NotCosigned(f"split view: the host signed two heads of size {seen.size} with different roots", kept)
    try:
        path = Hashes(read, seen.size).consistency(last.size, seen.size)
    except (FileNotFoundError, UnreadableNote) as error:
        raise NotCosigned(f"the log does not show how it grew from {last.size} to {seen.size}: {error}") from error
    root = EMPTY if last.size == 0 else last.root
    if not consistent(last.size, root, seen.size, seen.root, path):
        kept = _kept(own, last, seen)
        raise NotCosigned(f"split view: the head of size {seen.size} does not begin with that of {last.size}", kept)


def _led_to(read: Read, seen: Checkpoint) -> None:
    """Refuse a head whose tiles give another root, or are not there for anybody to see."""
    try:
        found = Frontier(seen.size, Hashes(read, seen.size).peaks(seen.size)).root
    except (FileNotFoundError, UnreadableNote) as error:
        raise NotCosigned(f"the log does not show what its head of size {seen.size} is made of: {error}") from error
    if found != seen.root:
        raise NotCosigned(f"the tiles of the log do not lead to its head of size {seen.size}")


def _last(own: Path) -> Checkpoint | None:
    try:
        return Checkpoint.of((own / "checkpoint").read_bytes())
    except FileNotFoundError:
        return None


def _kept(own: Path, *heads: Checkpoint) -> tuple[Path, ...]:
    """Write signed heads as evidence, each under its own digest, so that nothing is overwritten."""
    (own / EVIDENCE).mkdir(exist_ok=True)
    paths = []
    for one in heads:
        path = own / EVIDENCE / f"{one.size}-{hashlib.sha256(one.content).hexdigest()[:16]}.note"
        write_file(path, one.content)
        paths.append(path)
    _flush(own / EVIDENCE)
    return tuple(paths)


@contextmanager
def _alone(memory: Path, origin: str) -> Iterator[Path]:
    """The folder of one log in a witness's memory, locked: two daemons never vouch for two histories."""
    own = memory / hashlib.sha256(origin.encode()).hexdigest()[:32]
    own.mkdir(parents=True, exist_ok=True)
    write_file(own / "origin", origin.encode() + b"\n")
    handle = os.open(own / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield own
    finally:
        os.close(handle)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
