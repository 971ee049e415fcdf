"""Which heads of a log every Side cosigned, and what that says of when an entry came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accord.record.log.checkpoint import Checkpoint
from accord.record.log.entry import Entry
from accord.record.log.notes import LARGEST_NOTE, BadSignature, VerifierKey
from accord.record.log.reader import CHECKPOINT, TamperedLog, folder
from accord.record.log.tiles import Hashes
from accord.record.log.tree import Frontier
from accord.record.log.writer import HEADS, signed_sizes

LATEST: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Cover:
    """The first head at least as large as a size that every Side cosigned, and when the last of them did."""

    size: int
    at: datetime
    since: datetime
    """When the first of them did."""


def covers_of(path: Path, newest: Checkpoint, host: VerifierKey, witnesses: Sequence[VerifierKey]) -> list[Cover]:
    """Every head that all Sides cosigned, by size.

    Each head that the log keeps is the host's, no larger than the log, and of the one history; raises TamperedLog or
    BadSignature otherwise, and for a signature that is forged, or by no key of host or Sides.
    """
    read = folder(path)
    hashes = Hashes(read, newest.size)
    known = {(key.name, key.key_id) for key in (host, *(key.as_witness for key in witnesses))}
    found: list[Cover] = []
    texts: dict[int, str] = {}
    for size in (*signed_sizes(path), None):
        name = CHECKPOINT if size is None else f"{HEADS}/{size}"
        one = Checkpoint.of(read(name, LARGEST_NOTE)).trusted(host, newest.origin)
        if one.size > newest.size or one.size != (newest.size if size is None else size):
            raise BadSignature(f"{name} is a head of size {one.size}")
        if texts.setdefault(one.size, one.note.text) != one.note.text:
            raise TamperedLog(f"{name} is another head than {HEADS}/{one.size}")
        if Frontier(one.size, hashes.peaks(one.size)).root != one.root:
            raise TamperedLog(f"{name} is the head of another history, signed by the same host")
        for line in one.note.signatures:
            if (line.name, line.key_id) not in known:
                raise BadSignature(f"{name}: the signature of {line.name} is by no key that the plan names")
        times = [min(told.at for told in made) for key in witnesses if (made := one.cosigned([key]))]
        if any(at > LATEST for at in times):
            raise BadSignature(f"{name}: a cosignature is of a time that no calendar has")
        if len(times) == len(witnesses):
            last, first = (datetime.fromtimestamp(at, UTC) for at in (max(times), min(times)))
            found.append(Cover(one.size, last, first))
    return found


def first_of(covers: Sequence[Cover], size: int) -> Cover | None:
    """The smallest cosigned head that has the first `size` entries; None where there is none yet."""
    return next((one for one in covers if one.size >= size), None)


def times_of(entries: Sequence[Entry], covers: Sequence[Cover]) -> list[datetime]:
    """When each entry came: its host's word, as far as the order and the Sides' cosignatures bear it out.

    An entry came no later than every Side had cosigned a head with it, no earlier than any Side had cosigned a head
    without it that all of them did, and no earlier than the entries before it.
    """
    latest = [one.at for one in covers]
    for place in range(len(latest) - 2, -1, -1):
        latest[place] = min(latest[place], latest[place + 1])
    found, at, beyond = [], datetime.min.replace(tzinfo=UTC), 0
    for index, entry in enumerate(entries):
        while beyond < len(covers) and covers[beyond].size <= index:
            at = max(at, covers[beyond].since)
            beyond += 1
        told = min(entry.time, latest[beyond]) if beyond < len(covers) else entry.time
        at = max(at, told)
        found.append(at)
    return found
