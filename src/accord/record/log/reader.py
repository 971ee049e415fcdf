"""A log read and audited: nothing is trusted but what leads to a signed root.

From a folder here; over plain HTTP by whoever may use the network.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from accord.errors import AccordError
from accord.record.folder import inside
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import LARGEST_NOTE, UnreadableNote
from accord.record.log.tiles import (
    ENTRIES,
    HEIGHT,
    LARGEST_BUNDLE,
    LARGEST_TILE,
    WIDTH,
    Read,
    tile_path,
    unbundled,
    widths,
)
from accord.record.log.tree import HASH_BYTES, Frontier
from accord.record.merkle import leaf_hash

CHECKPOINT: Final = "checkpoint"


class TamperedLog(AccordError):
    """A log whose files do not lead to its signed head; the text names the first that does not."""


def folder(path: Path) -> Read:
    """Reads a log's files from a folder; a link is not followed, and no file larger than asked for is read."""

    def read(name: str, most: int) -> bytes:
        with os.fdopen(_opened(path, name), "rb") as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise UnreadableNote(f"{name} is larger than {most} bytes")
        return content

    return read


def _opened(path: Path, name: str) -> int:
    """A plain file's handle, each part of its path opened in the one before: no link put there meanwhile is followed.

    Raises UnreadableNote for a link and for what is no plain file: reading a pipe would wait for ever.
    """
    *around, last = inside(name).parts
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in around:
            within = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = within
        file = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}:
            raise UnreadableNote(f"{name} is a link, or no plain file") from error
        raise OSError(error.errno, error.strerror, str(path / name)) from error
    finally:
        os.close(handle)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise UnreadableNote(f"{name} is no plain file")
    return file


def head(read: Read) -> Checkpoint:
    """The log's newest checkpoint; its signatures are not looked at."""
    return Checkpoint.of(read(CHECKPOINT, LARGEST_NOTE))


def entries(read: Read, size: int, *, first: int = 0) -> Iterator[tuple[int, bytes]]:
    """Every entry from `first` to `size`, with its index, as the bundles have them; `audit` says whether to believe."""
    for number in range(first // WIDTH, -(-size // WIDTH)):
        for place, entry in enumerate(_bundle(read, size, number)):
            if number * WIDTH + place >= first:
                yield number * WIDTH + place, entry


def audit(read: Read, checkpoint: Checkpoint) -> Iterator[tuple[int, bytes]]:
    """Every entry, and at the end the certainty that they are just those under the checkpoint's root.

    Raises TamperedLog, naming the first file that does not lead there: an entry against its tile, a tile against
    the one above, all against the root. Memory is one bundle and the tree's edge, whatever the size.
    """
    size = checkpoint.size
    tree = Frontier()
    for number in range(-(-size // WIDTH)):
        bundle = _bundle(read, size, number)
        hashed = [leaf_hash(entry) for entry in bundle]
        if b"".join(hashed) != _tile(read, size, 0, number):
            raise TamperedLog(f"{tile_path(ENTRIES, number, len(bundle))} does not fit its tile of hashes")
        for place, entry in enumerate(bundle):
            tree.append(hashed[place])
            yield number * WIDTH + place, entry
        _check_above(read, size, number)
    if tree.root != checkpoint.root:
        raise TamperedLog(f"the entries give the root {tree.root.hex()}, the checkpoint names {checkpoint.root.hex()}")


def _check_above(read: Read, size: int, number: int) -> None:
    """Each tile that the full tile of that number completes, against the hash that the tile above holds for it."""
    level = 0
    while number < size >> (HEIGHT * (level + 1)):
        above, place = divmod(number, WIDTH)
        content = _tile(read, size, level + 1, above)
        told = content[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        made = Frontier()
        tile = _tile(read, size, level, number)
        for at in range(0, len(tile), HASH_BYTES):
            made.append(tile[at : at + HASH_BYTES])
        if made.root != told:
            raise TamperedLog(f"{tile_path(level, number)} does not fit the tile above it")
        if place != WIDTH - 1:
            return
        level, number = level + 1, above


def _bundle(read: Read, size: int, number: int) -> tuple[bytes, ...]:
    full, partial = widths(size, 0)
    width = WIDTH if number < full else partial
    path = tile_path(ENTRIES, number, width)
    try:
        return unbundled(read(path, LARGEST_BUNDLE), width, path)
    except FileNotFoundError:
        if width == WIDTH:
            raise
    path = tile_path(ENTRIES, number)  # the partial bundle may be gone once the full one is there
    return unbundled(read(path, LARGEST_BUNDLE), WIDTH, path)[:width]


def _tile(read: Read, size: int, level: int, number: int) -> bytes:
    full, partial = widths(size, level)
    width = WIDTH if number < full else partial
    path = tile_path(level, number, width)
    try:
        content = read(path, LARGEST_TILE)
    except FileNotFoundError:
        if width == WIDTH:
            raise
        content = read(tile_path(level, number), LARGEST_TILE)[: width * HASH_BYTES]
    if len(content) != width * HASH_BYTES:
        raise TamperedLog(f"{path} has {len(content)} bytes, not {width * HASH_BYTES}")
    return content
