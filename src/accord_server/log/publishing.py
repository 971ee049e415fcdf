"""A call's log as the folder that other programs read (C2SP tlog-tiles): derived from committed rows, signed here.

The rows are the truth. The folder keeps every head that was signed, so the two check each other: a database that was
restored from an older copy is noticed before the key signs a second history.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
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


def publish(call: UUID, path: Path, key: SignerKey, origin: str) -> Checkpoint:
    """Bring the folder of a call's log up to its committed rows; returns the head, newly signed where it has grown.

    Raises TamperedLog where the rows do not begin with what the folder's head covers, and signs nothing then.
    """
    if not (path / CHECKPOINT).exists():
        begin_log(path, key, origin)
    old = head(folder(path)).trusted(key.verifier, origin)
    with publishing(call):
        rows = list(entries(call).only("index", "leaf", "leaf_hash"))
    _leads_to(old, rows)
    for start in range(old.size, len(rows), AT_ONCE):
        append(path, key, [bytes(row.leaf) for row in rows[start : start + AT_ONCE]])
    return head(folder(path))


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


def _leads_to(old: Checkpoint, rows: list[Entry]) -> None:
    """Raise TamperedLog where rows have a gap, a hash that is not theirs, or another beginning than a signed head."""
    if len(rows) < old.size:
        raise TamperedLog(
            f"the database has {len(rows)} entries of {old.origin}, a signed head covers {old.size}: it was restored "
            "from an older copy; bring back the newer one before anything is published"
        )
    tree = Frontier()
    for place, row in enumerate(rows):
        hashed = leaf_hash(bytes(row.leaf))
        if row.index != place or bytes(row.leaf_hash) != hashed:
            raise TamperedLog(f"entry {place} of {old.origin} is missing in the database, or was changed")
        if place < old.size:
            tree.append(hashed)
    if tree.root != old.root:
        raise TamperedLog(f"the database's first {old.size} entries are not those under the signed head")
