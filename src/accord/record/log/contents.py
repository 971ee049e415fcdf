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

from accord.record.folder import write_file
from accord.record.log.entry import SALT_BYTES, Entry, new_entry
from accord.record.log.notes import SignerKey, UnreadableNote
from accord.record.log.writer import Appended, append

CONTENTS: Final = "contents"
CHANCE_BYTES: Final = SALT_BYTES + 16
LARGEST_CONTENT: Final = 64 * 1024 * 1024
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
    as `append` does; a content whose entry never came to be is harmless and stays.
    """
    if len(chance) != CHANCE_BYTES * len(happenings):
        raise ValueError(f"chance has {CHANCE_BYTES} bytes for each happening")
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
    content, salt = path / CONTENTS / entry.id, path / CONTENTS / f"{entry.id}.salt"
    if not content.exists() and not salt.exists():
        return None
    if content.is_symlink() or salt.is_symlink() or not (content.is_file() and salt.is_file()):
        raise UnreadableNote(f"{CONTENTS}/{entry.id}: content and salt are two plain files, or neither is there")
    if content.stat().st_size > LARGEST_CONTENT or not SALT.fullmatch(_start(salt)):
        raise UnreadableNote(f"{CONTENTS}/{entry.id}: the content is too large, or the salt is none")
    found = content.read_bytes()
    if not entry.opened_by(bytes.fromhex(_start(salt).decode()), found):
        raise UnreadableNote(f"{CONTENTS}/{entry.id} is not what the log's entry speaks of")
    return found


def erase(path: Path, entry: Entry) -> bool:
    """Remove the content of an entry and its salt; whether there was any. The entry stays, and tells nothing."""
    there = False
    for name in (f"{entry.id}.salt", entry.id):  # without its salt even a guess at the content proves nothing
        file = path / CONTENTS / name
        there = there or file.exists()
        file.unlink(missing_ok=True)
    return there


def _start(salt: Path) -> bytes:
    with salt.open("rb") as stream:
        return stream.read(2 * SALT_BYTES + 2)
