"""A call's log as the folder that other programs read (C2SP tlog-tiles): derived from committed rows, signed here.

The rows are the truth. The folder keeps every head that was signed, so the two check each other: a database that was
restored from an older copy is noticed before the key signs a second history. A process looks at every row once, and
afterwards at the last of them and those that came since: it remembers the tree up to the last head that it found to
fit. Where that last row is gone, or is another, it looks at every row again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from accord.record.folder import write_file
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import CONTENTS
from accord.record.log.notes import SignerKey
from accord.record.log.reader import CHECKPOINT, TamperedLog, folder, head
from accord.record.log.tree import Frontier
from accord.record.log.writer import append, begin_log
from accord.record.merkle import leaf_hash
from accord_server.database.sessions import publishing, reading
from accord_server.log.models import Entry
from accord_server.log.queries import contents, entries
from accord_server.people.models import Account

AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class _Checked:
    """A tree of rows up to a head that was found, or signed, over them; and its last leaf's hash."""

    tree: Frontier
    last: bytes


_checked: Final[dict[tuple[Path, UUID], _Checked]] = {}
_checking: Final = Lock()


def publish(call: UUID, path: Path, key: SignerKey, origin: str, *, least: int = 0) -> Checkpoint:
    """Bring the folder of a call's log up to its committed rows; returns the head, newly signed where it has grown.

    Where `least` entries suffice and the head covers them, nothing is done. One publishes at a time, for all that
    wait. Raises TamperedLog where the rows do not begin with what the folder's head covers, and signs nothing then.
    """
    with _alone(path):
        if not (path / CHECKPOINT).exists():
            begin_log(path, key, origin)
        old = head(folder(path)).trusted(key.verifier, origin)
        known = _known(path, call)
        if 0 < least <= old.size and known is not None and known.tree.root == old.root:
            return old
        with publishing(call):
            tree, rows = _rows(call, old, known)
        _leads_to(old, tree, rows)
        late = [row for row in rows if row.index >= old.size]
        for place in range(0, len(late), AT_ONCE):
            append(path, key, [bytes(row.leaf) for row in late[place : place + AT_ONCE]])
        new = head(folder(path))
        _remember(path, call, new, tree, rows)
        return new


def export_contents(account: Account, call: UUID, path: Path, at: datetime) -> int:
    """Write beside a published log what an account may open of it; returns how many contents that are."""
    place = path / CONTENTS
    place.mkdir(exist_ok=True)
    with reading(account.id):
        found = list(contents(account, call, at))
    for one in found:
        write_file(place / one.entry_id.hex, bytes(one.content))
        write_file(place / f"{one.entry_id.hex}.salt", bytes(one.salt).hex().encode() + b"\n")
    return len(found)


def forget() -> None:
    """Look at every row again when a log is published next."""
    _checked.clear()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Publish one log at a time, over threads and processes: reading its head and signing the next is one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.parent / f".{path.name}.publishing", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _known(path: Path, call: UUID) -> _Checked | None:
    with _checking:
        return _checked.get((path.resolve(), call))


def _rows(call: UUID, old: Checkpoint, known: _Checked | None) -> tuple[Frontier, list[Entry]]:
    """A tree of rows that were looked at before, and those after it; all rows, where the last of those is another."""
    found = entries(call).only("index", "leaf", "leaf_hash")
    if known is not None and 0 < known.tree.size <= old.size:
        rows = list(found.filter(index__gte=known.tree.size - 1))
        if rows and rows[0].index == known.tree.size - 1 and bytes(rows[0].leaf_hash) == known.last:
            return deepcopy(known.tree), rows[1:]
    return Frontier(), list(found)


def _remember(path: Path, call: UUID, new: Checkpoint, tree: Frontier, rows: list[Entry]) -> None:
    for row in rows:
        if row.index >= tree.size:
            tree.append(bytes(row.leaf_hash))
    if tree.root != new.root:
        raise TamperedLog(f"the head of size {new.size} that was signed now is not over the database's rows")
    if rows:
        with _checking:
            _checked[path.resolve(), call] = _Checked(tree, bytes(rows[-1].leaf_hash))


def _leads_to(old: Checkpoint, tree: Frontier, rows: list[Entry]) -> None:
    """Raise TamperedLog where rows have a gap, a hash that is not theirs, or another beginning than a signed head.

    The tree of rows that were looked at before grows up to the head's size.
    """
    there = tree.size + len(rows)
    if there < old.size:
        raise TamperedLog(
            f"the database has {there} entries of {old.origin}, a signed head covers {old.size}: it was restored "
            "from an older copy; bring back the newer one before anything is published"
        )
    for place, row in enumerate(rows, start=tree.size):
        hashed = leaf_hash(bytes(row.leaf))
        if row.index != place or bytes(row.leaf_hash) != hashed:
            raise TamperedLog(f"entry {place} of {old.origin} is missing in the database, or was changed")
    for row in rows:
        if row.index < old.size:
            tree.append(bytes(row.leaf_hash))
    if tree.size != old.size or tree.root != old.root:
        raise TamperedLog(f"the database's first {old.size} entries are not those under the signed head")
