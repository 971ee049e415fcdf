"""What one entry of the log says: that something happened, when, by whom; never what it held.

The content lives elsewhere under its salt. Erasing both erases it, and the entry stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Final

from accord.record.canonical import Json, canonical
from accord.record.log.notes import HIDDEN, UnreadableNote
from accord.record.log.tiles import LARGEST_ENTRY

SALT_BYTES: Final = 32
HEX32: Final = re.compile(r"[0-9a-f]{32}")
HEX64: Final = re.compile(r"[0-9a-f]{64}")
KIND: Final = re.compile(r"[a-z][a-z-]{0,62}")
LONGEST_SIDE: Final = 64
KEYS: Final = {"accord_entry", "digest", "id", "kind", "side", "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its kind (`plan-signed`), the Side that acted (None for the host), a random id, the time, a digest."""

    kind: str
    side: str | None
    id: str
    """32 hexadecimal digits, random."""
    time: datetime
    digest: str
    """SHA-256 over 32 bytes of salt and the content, in hexadecimal."""

    @property
    def content(self) -> bytes:
        """The entry's bytes in the log: canonical JSON."""
        time = self.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        value: dict[str, Json] = {"accord_entry": 1, "digest": self.digest, "id": self.id, "kind": self.kind}
        return canonical({**value, "side": self.side, "time": time})

    @classmethod
    def of(cls, content: bytes) -> Entry:
        """The entry that bytes hold; raises UnreadableNote where they are not just one of ours."""
        try:
            value = json.loads(content)
            if not isinstance(value, dict) or set(value) != KEYS or value["accord_entry"] != 1:
                raise UnreadableNote("an entry has other keys than version 1 has")
            time = _instant(value["time"])
            kind, side = intern(value["kind"]), value["side"]  # a log has few of these and many entries
            side = side if side is None else intern(side)
            found = cls(kind=kind, side=side, id=value["id"], time=time, digest=value["digest"])
            if len(content) <= LARGEST_ENTRY and found._well_formed() and found.content == content:
                return found
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise UnreadableNote(f"an entry is not canonical JSON of version 1: {content[:80]!r}") from error
        raise UnreadableNote(f"an entry is not written as version 1 is: {content[:80]!r}")

    def _well_formed(self) -> bool:
        side = self.side is None or (0 < len(self.side) <= LONGEST_SIDE and not HIDDEN.search(self.side))
        named = bool(KIND.fullmatch(self.kind) and HEX32.fullmatch(self.id) and HEX64.fullmatch(self.digest))
        return side and named and self.time.tzinfo is not None

    def opened_by(self, salt: bytes, content: bytes) -> bool:
        """Whether this content under this salt is what the entry speaks of."""
        return len(salt) == SALT_BYTES and salted(salt, content) == self.digest


@lru_cache(maxsize=256)
def _instant(text: str) -> datetime:
    """The instant in a text; entries of one batch have one, and it is kept once."""
    return datetime.fromisoformat(text)


def salted(salt: bytes, content: bytes) -> str:
    """The digest that an entry holds: SHA-256 over salt and content, in hexadecimal."""
    hashed = hashlib.sha256(salt)
    hashed.update(content)  # a content is large: it is not copied to be put behind its salt
    return hashed.hexdigest()


def new_entry(kind: str, side: str | None, content: bytes, *, time: datetime, chance: bytes) -> tuple[Entry, bytes]:
    """An entry of some content, and the salt that opens it.

    `chance` is 48 fresh random bytes, passed in: 32 become the salt, 16 the id. `time` carries its offset.
    """
    if len(chance) != SALT_BYTES + 16:
        raise ValueError("chance has 48 bytes")
    salt = chance[:SALT_BYTES]
    entry = Entry(kind=kind, side=side, id=chance[SALT_BYTES:].hex(), time=time, digest=salted(salt, content))
    return Entry.of(entry.content), salt
