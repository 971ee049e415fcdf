"""What the log's entries speak of: each content beside its salt, by the entry's id, until it is erased.

The entries go to whoever may read the log; the contents stay with whoever may read them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from accord.errors import InvalidInput
from accord.record.canonical import canonical
from accord.record.folder import write_file
from accord.record.log.entry import HEX32, SALT_BYTES, Entry, new_entry
from accord.record.log.notes import SignerKey, UnreadableNote
from accord.record.log.reader import entries, folder, head
from accord.record.log.tiles import Read
from accord.record.log.writer import Appended, append_held, flush_folder, only_writer

CONTENTS: Final = "contents"
PENDING: Final = ".pending"
"""What is about to be logged or erased, by entries' ids: a crash leaves it, and it says what to settle."""
LARGEST_PENDING: Final = 64 * 1024 * 1024
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


def log(
    path: Path,
    key: SignerKey,
    happenings: Sequence[Happening],
    *,
    time: datetime,
    chance: bytes,
    erases: Sequence[Entry] = (),
) -> Appended:
    """Log happenings in the folder of a log: content and salt are on disk before the entry is signed.

    `time` is the host's, with its offset. `chance` are 48 fresh random bytes for each happening, passed in. `erases`
    are entries whose contents go once the happenings that say so are in the log. Raises InvalidInput for a content
    that no reader would take, and what `append` raises. A crash at any moment is settled by the next call: either the
    happenings are in the log with their contents, and what they erase is gone, or nothing of them is left.
    """
    if len(chance) != CHANCE_BYTES * len(happenings):
        raise ValueError(f"chance has {CHANCE_BYTES} bytes for each happening")
    for one in happenings:
        if len(one.content) > LARGEST_CONTENT:
            raise InvalidInput(f"content: found {len(one.content)} bytes, at most {LARGEST_CONTENT} can be logged")
    head(folder(path)).trusted(key.verifier)  # before anything is written: this is a log, and this host's
    new = [
        new_entry(
            one.kind, one.side, one.content, time=time, chance=chance[at * CHANCE_BYTES : (at + 1) * CHANCE_BYTES]
        )
        for at, one in enumerate(happenings)
    ]
    place = path / CONTENTS
    place.mkdir(exist_ok=True)
    with only_writer(path):
        settle_held(path)
        pending = _Pending(_size(path), tuple(entry.id for entry, _ in new), tuple(one.id for one in erases))
        write_file(place / PENDING, pending.content)
        flush_folder(place)
        for one, (entry, salt) in zip(happenings, new, strict=True):
            write_file(place / entry.id, one.content)
            write_file(place / f"{entry.id}.salt", salt.hex().encode() + b"\n")
        flush_folder(place)
        appended = append_held(path, key, [entry.content for entry, _ in new])
        settle_held(path)
    return appended


def settle(path: Path) -> None:
    """Finish, or undo, what a crash left half done in the folder of a log; nothing where there is nothing to do."""
    if (path / CONTENTS / PENDING).exists():
        with only_writer(path):
            settle_held(path)


def settle_held(path: Path) -> None:
    """As `settle`, by whoever holds the log's lock already.

    Where the entries that were to come are in the log, the contents that they erase go; where they are not, theirs go.
    """
    pending = _pending(path)
    if pending is None:
        return
    place = path / CONTENTS
    entered = {Entry.of(content).id for _, content in entries(folder(path), _size(path), first=pending.size)}
    if entered.issuperset(pending.new):
        for name in pending.erases:
            _remove(place, name)
    else:
        for name in pending.new:
            _remove(place, name)
            for half in place.glob(f".{name}*"):  # a file that had not got its name yet
                half.unlink()
    flush_folder(place)
    (place / PENDING).unlink()


@dataclass(frozen=True, slots=True)
class _Pending:
    """What was about to be done when the log had so many entries: ids of entries to come, and of those to be erased."""

    size: int
    new: tuple[str, ...]
    erases: tuple[str, ...]

    @property
    def content(self) -> bytes:
        new, erases = list(self.new), list(self.erases)
        return canonical({"accord_pending": 1, "size": self.size, "new": new, "erases": erases})


def _pending(path: Path) -> _Pending | None:
    """What a log's folder says is pending; raises UnreadableNote for what no log wrote: it names what is removed."""
    try:
        content = folder(path)(f"{CONTENTS}/{PENDING}", LARGEST_PENDING)
    except FileNotFoundError:
        return None
    try:
        told = json.loads(content)
        found = _Pending(told["size"], tuple(told["new"]), tuple(told["erases"]))
        named = all(HEX32.fullmatch(one) for one in (*found.new, *found.erases))
        if named and type(found.size) is int and found.size >= 0 and found.content == content:
            return found
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableNote(f"{CONTENTS}/{PENDING} is not what a log writes there") from error
    raise UnreadableNote(f"{CONTENTS}/{PENDING} is not what a log writes there")


def _size(path: Path) -> int:
    return head(folder(path)).size


def opened(path: Path, entry: Entry) -> bytes | None:
    """The content of an entry, or None where it was erased or never given to this reader.

    Raises UnreadableNote where what lies there is not what the entry speaks of, or only half of it is there.
    """
    read, name = folder(path), f"{CONTENTS}/{entry.id}"
    if not any(os.path.lexists(f"{path}/{name}{suffix}") for suffix in ("", ".salt")):
        return None  # of most entries nothing is here for most readers, and this is asked for each
    found, salt = _if_there(read, name, LARGEST_CONTENT), _if_there(read, f"{name}.salt", SALT_LINE)
    if found is None and salt is None:
        return None
    if found is None or salt is None:
        raise UnreadableNote(f"{name}: content and salt are two plain files, or neither is there")
    if not SALT.fullmatch(salt) or not entry.opened_by(bytes.fromhex(salt.decode()), found):
        raise UnreadableNote(f"{name} is not what the log's entry speaks of")
    return found


def erase(path: Path, entry: Entry) -> bool:
    """Remove the content of an entry and its salt; whether there was any. The entry stays, and tells nothing.

    That it was erased and why, an entry says: `log` with `erases` does both, whole or not at all.
    """
    there = _remove(path / CONTENTS, entry.id)
    if there:
        flush_folder(path / CONTENTS)
    return there


def _remove(place: Path, name: str) -> bool:
    """Remove a content, its salt first: without it even a guess at the content proves nothing."""
    there = False
    for file in (place / f"{name}.salt", place / name):
        there = there or file.exists()
        file.unlink(missing_ok=True)
    return there


def _if_there(read: Read, name: str, most: int) -> bytes | None:
    try:
        return read(name, most)
    except FileNotFoundError:
        return None
