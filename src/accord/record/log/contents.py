"""What the log's entries speak of: each content beside its salt, by the entry's id, until it is erased.

The entries go to whoever may read the log; the contents stay with whoever may read them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from accord.errors import InvalidInput
from accord.record.folder import write_file
from accord.record.log.entry import SALT_BYTES, Entry, new_entry
from accord.record.log.notes import SignerKey, UnreadableNote
from accord.record.log.reader import folder, head
from accord.record.log.tiles import Read
from accord.record.log.writer import Appended, append

CONTENTS: Final = "contents"
CHANCE_BYTES: Final = SALT_BYTES + 16
LARGEST_CONTENT: Final = 32 * 1024 * 1024
SALT_LINE: Final = 2 * SALT_BYTES + 1
SALT: Final = re.compile(rb"[0-9a-f]{64}\n")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to log: its kind, the Side that acted (None for the host), and its content."""

    kind: str
    side: str | None
    content: bytes


def log(path: Path, key: SignerKey, happenings: Sequence[Happening], *, time: datetime, chance: bytes) -> Appended:
    """Log happenings in the folder of a log: content and salt are on disk before the entry is signed.

    `time` is the host's, with its offset. `chance` are 48 fresh random bytes for each happening, passed in. Raises
    InvalidInput for a content that no reader would take, and what `append` raises; a content whose entry never came
    to be is harmless and stays, and no sealed record takes it along.
    """
    if len(chance) != CHANCE_BYTES * len(happenings):
        raise ValueError(f"chance has {CHANCE_BYTES} bytes for each happening")
    for one in happenings:
        if len(one.content) > LARGEST_CONTENT:
            raise InvalidInput(f"content: found {len(one.content)} bytes, at most {LARGEST_CONTENT} can be logged")
    head(folder(path)).trusted(key.verifier)  # before anything is written: this is a log, and this host's
    entries = []
    (path / CONTENTS).mkdir(exist_ok=True)
    for place, one in enumerate(happenings):
        drawn = chance[place * CHANCE_BYTES : (place + 1) * CHANCE_BYTES]
        entry, salt = new_entry(one.kind, one.side, one.content, time=time, chance=drawn)
        write_file(path / CONTENTS / entry.id, one.content)
        write_file(path / CONTENTS / f"{entry.id}.salt", salt.hex().encode() + b"\n")
        entries.append(entry.content)
    return append(path, key, entries)


def opened(path: Path, entry: Entry) -> bytes | None:
    """The content of an entry, or None where it was erased or never given to this reader.

    Raises UnreadableNote where what lies there is not what the entry speaks of, or only half of it is there.
    """
    read, name = folder(path), f"{CONTENTS}/{entry.id}"
    found, salt = _if_there(read, name, LARGEST_CONTENT), _if_there(read, f"{name}.salt", SALT_LINE)
    if found is None and salt is None:
        return None
    if found is None or salt is None:
        raise UnreadableNote(f"{name}: content and salt are two plain files, or neither is there")
    if not SALT.fullmatch(salt) or not entry.opened_by(bytes.fromhex(salt.decode()), found):
        raise UnreadableNote(f"{name} is not what the log's entry speaks of")
    return found


def erase(path: Path, entry: Entry) -> bool:
    """Remove the content of an entry and its salt; whether there was any. The entry stays, and tells nothing."""
    there = False
    for name in (f"{entry.id}.salt", entry.id):  # without its salt even a guess at the content proves nothing
        file = path / CONTENTS / name
        there = there or file.exists()
        file.unlink(missing_ok=True)
    return there


def _if_there(read: Read, name: str, most: int) -> bytes | None:
    try:
        return read(name, most)
    except FileNotFoundError:
        return None
