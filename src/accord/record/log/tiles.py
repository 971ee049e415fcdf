"""The log's files (C2SP tlog-tiles): hashes in tiles of 256, entries in bundles of 256, by documented paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from accord.record.log.notes import UnreadableNote
from accord.record.log.tree import HASH_BYTES
from accord.record.merkle import node_hash

HEIGHT: Final = 8
WIDTH: Final = 256
LARGEST_ENTRY: Final = 65_535
LARGEST_TILE: Final = WIDTH * HASH_BYTES
LARGEST_BUNDLE: Final = WIDTH * (2 + LARGEST_ENTRY)
ENTRIES: Final = "entries"
TILES_KEPT: Final = 64

Read = Callable[[str, int], bytes]
"""Gives the bytes of a file of the log by its path; it reads at most so many."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile: `tile_path(0, 1234067, 5)` is `tile/0/x001/x234/067.p/5`."""
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


def widths(size: int, level: int) -> tuple[int, int]:
    """How many full tiles a level of a tree has, and how wide its partial tile is (0 where it has none)."""
    return divmod(size >> (HEIGHT * level), WIDTH)


def right_edge(size: int) -> list[tuple[int, int, int]]:
    """The partial tiles of a tree, as level, number and width."""
    found, level = [], 0
    while size >> (HEIGHT * level):
        full, width = widths(size, level)
        if width:
            found.append((level, full, width))
        level += 1
    return found


def paths(size: int) -> Iterator[str]:
    """Every tile and bundle of a tree: what it takes to read and prove all of it."""
    level = 0
    while size >> (HEIGHT * level):
        full, width = widths(size, level)
        for kind in (level, ENTRIES) if level == 0 else (level,):
            yield from (tile_path(kind, number) for number in range(full))
            if width:
                yield tile_path(kind, full, width)
        level += 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as one bundle: each after its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundled(content: bytes, width: int, path: str) -> tuple[bytes, ...]:
    """The entries of a bundle; raises UnreadableNote where they are not as many as its path says."""
    entries: list[bytes] = []
    place = 0
    while place + 2 <= len(content) and len(entries) < width:
        length = int.from_bytes(content[place : place + 2], "big")
        entries.append(content[place + 2 : place + 2 + length])
        place += 2 + length
    if place != len(content) or len(entries) != width:
        raise UnreadableNote(f"{path} does not hold {width} whole entries")
    return tuple(entries)


class Hashes:
    """The hashes of a tree of a given size, read from its tiles as they are needed.

    What it gives is as true as the tiles: a proof made of it is checked against a signed root by whoever uses it.
    """

    def __init__(self, read: Read, size: int) -> None:
        self._size = size
        self._read = read
        self._tile = lru_cache(maxsize=TILES_KEPT)(self._read_tile)

    def _read_tile(self, level: int, number: int) -> bytes:
        full, partial = widths(self._size, level)
        width = WIDTH if number < full else partial
        path = tile_path(level, number, width)
        try:
            content = self._read(path, LARGEST_TILE)
        except FileNotFoundError:
            if width == WIDTH:
                raise
            path = tile_path(level, number)  # a log may drop a partial tile once the full one is there
            content = self._read(path, LARGEST_TILE)[: width * HASH_BYTES]
        if len(content) != width * HASH_BYTES:
            raise UnreadableNote(f"{path} has {len(content)} bytes, not {width * HASH_BYTES}")
        return content

    def node(self, height: int, place: int) -> bytes:
        """The root of the complete subtree of 2^height entries that begins at entry place * 2^height."""
        level, above = divmod(height, HEIGHT)
        first = place << above
        tile = self._tile(level, first // WIDTH)
        start = first % WIDTH
        return _folded([tile[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(start, start + (1 << above))])

    def peaks(self, size: int) -> list[bytes]:
        """The roots of the complete subtrees of the first `size` entries, largest first."""
        found, begin = [], 0
        for height in range(size.bit_length() - 1, -1, -1):
            if size >> height & 1:
                found.append(self.node(height, begin >> height))
                begin += 1 << height
        return found

    def root(self, begin: int, end: int) -> bytes:
        """The root over entries begin to end, where begin is a multiple of the largest power of 2 below the length."""
        length = end - begin
        if length & (length - 1) == 0:
            height = length.bit_length() - 1
            return self.node(height, begin >> height)
        split = begin + (1 << (length - 1).bit_length() - 1)
        return node_hash(self.root(begin, split), self.root(split, end))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The path from an entry to the root of the first `size` entries (RFC 6962, 2.1.1)."""
        begin, end, path = 0, size, []
        while end - begin > 1:
            split = begin + (1 << (end - begin - 1).bit_length() - 1)
            if index < split:
                path.append(self.root(split, end))
                end = split
            else:
                path.append(self.root(begin, split))
                begin = split
        return tuple(reversed(path))

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """The proof that the first `size` entries begin with the first `old` ones (RFC 6962, 2.1.2)."""
        if old in {0, size}:
            return ()
        begin, end, path, whole = 0, size, [], True
        while old != end - begin:
            split = 1 << (end - begin - 1).bit_length() - 1
            if old <= split:
                path.append(self.root(begin + split, end))
                end = begin + split
            else:
                path.append(self.root(begin, begin + split))
                begin, old, whole = begin + split, old - split, False
        return tuple(reversed(path if whole else [*path, self.root(begin, end)]))


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes whose number is a power of 2."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
