"""Which heads of a log every Side cosigned, and what that says of when an entry came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accord.acts.witnesses import Turn, keys_at
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.entry import Entry
from accord.record.log.notes import LARGEST_NOTE, BadSignature, VerifierKey
from accord.record.log.reader import CHECKPOINT, TamperedLog, folder
from accord.record.log.tiles import Hashes
from accord.record.log.tree import Frontier
from accord.record.log.writer import HEADS, signed_sizes

LATEST: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The first head at least as large as a size that every Side cosigned, and when the last of them did."""

    size: int
    root: bytes
    at: datetime
    since: datetime
    """When the first of them did."""


def heads_of(path: Path, newest: Checkpoint, host: VerifierKey) -> tuple[tuple[str, Checkpoint], ...]:
    """Every head that the log keeps, with its file, by size: the host's, no larger than the log, of the one history.

    Raises TamperedLog or BadSignature otherwise.
    """
    read = folder(path)
    hashes = Hashes(read, newest.size)
    found: list[tuple[str, Checkpoint]] = []
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
        found.append((name, one))
    return tuple(found)


def covers_of(heads: Iterable[tuple[str, Checkpoint]], turns: Sequence[Turn]) -> list[Cover]:
    """Every head that all Sides cosigned, by size, each Side by the key whose turn it was.

    Raises BadSignature where a cosignature is forged, or of a time that no calendar has.
    """
    found: list[Cover] = []
    for name, one in heads:
        made = {turn.key: _first_time(name, one, turn.key) for turn in turns}
        times = [made[key] for key in keys_at(turns, one.size).values()]
        told = [at for at in times if at is not None]
        seen = bool(found) and found[-1].size == one.size  # the newest head lies in two files
        if told and len(told) == len(times) and not seen:
            last, first = (datetime.fromtimestamp(at, UTC) for at in (max(told), min(told)))
            found.append(Cover(size=one.size, root=one.root, at=last, since=first))
    return found


def only_known(heads: Iterable[tuple[str, Checkpoint]], host: VerifierKey, turns: Sequence[Turn]) -> None:
    """Raise BadSignature where a head bears a signature by no key of the host, nor ever of a Side's witness."""
    known = {(key.name, key.key_id) for key in (host, *(turn.key.as_witness for turn in turns))}
    for name, one in heads:
        for line in one.note.signatures:
            if (line.name, line.key_id) not in known:
                raise BadSignature(f"{name}: the signature of {line.name} is by no key that the plan names")


def _first_time(name: str, head: Checkpoint, key: VerifierKey) -> int | None:
    """When a witness first cosigned a head, in seconds since 1970; None where it did not."""
    times = [one.at for one in head.cosigned([key])]
    if any(at > LATEST for at in times):
        raise BadSignature(f"{name}: a cosignature is of a time that no calendar has")
    return min(times, default=None)


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
