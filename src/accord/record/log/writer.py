"""A log on disk that one host appends to: tiles first, then the signed head, each flushed and renamed into place."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from accord.errors import AccordError, InvalidInput
from accord.record.folder import write_file
from accord.record.log.checkpoint import DECIMAL, Checkpoint, signed_checkpoint
from accord.record.log.notes import COSIGNATURE_BYTES, LARGEST_NOTE, SignerKey, UnreadableNote, VerifierKey
from accord.record.log.reader import CHECKPOINT, TamperedLog, folder, head
from accord.record.log.tiles import (
    ENTRIES,
    HEIGHT,
    LARGEST_BUNDLE,
    LARGEST_ENTRY,
    LARGEST_TILE,
    WIDTH,
    Hashes,
    bundle,
    right_edge,
    tile_path,
    unbundled,
    widths,
)
from accord.record.log.tree import EMPTY, HASH_BYTES, Frontier
from accord.record.merkle import leaf_hash

HEADS: Final = "checkpoints"
"""Every signed head that was ever published, by its size: what a closing or a receipt rests on stays."""


class LogExists(AccordError):
    """A log would be begun where something is already."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the first of the appended entries stands, and the head that covers them."""

    first: int
    checkpoint: Checkpoint


def begin_log(path: Path, key: SignerKey, origin: str) -> Checkpoint:
    """Begin an empty log in a folder that is new or empty; its first head is of size 0."""
    if path.exists() and any(path.iterdir()):
        raise LogExists(f"{path} is not empty; a log begins in a folder of its own")
    path.mkdir(parents=True, exist_ok=True)
    checkpoint = signed_checkpoint(key, origin, 0, EMPTY)
    with only_writer(path):
        if (path / CHECKPOINT).exists():  # another process began it meanwhile
            raise LogExists(f"{path} holds a log already")
        _publish(path, checkpoint)
    return checkpoint


def append(path: Path, key: SignerKey, entries: Sequence[bytes]) -> Appended:
    """Append entries to the log in a folder and sign its new head; one writer at a time, the others wait.

    However many the entries, as many files are flushed as the tree's edge has tiles. A crash in the middle leaves
    the old head over the old tiles; what was written beyond it is overwritten by the next append. Raises
    TamperedLog where the folder does not lead to the head that this key signed, and where it holds another signed
    head of the size that this one would have: an older backup was put back; BadSignature where this key did not sign.
    """
    with only_writer(path):
        return append_held(path, key, entries)


def append_held(path: Path, key: SignerKey, entries: Sequence[bytes]) -> Appended:
    """As `append`, by whoever holds the log's lock already (`only_writer`)."""
    if not entries:
        raise InvalidInput("entries: found none; append at least one")
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise InvalidInput(f"entries: one has {len(entry)} bytes, at most {LARGEST_ENTRY} are allowed")
    old = _newest(path).trusted(key.verifier)
    tree = _tree(path, old)
    files = _tiles(path, old.size, tree, entries)
    checkpoint = signed_checkpoint(key, old.origin, tree.size, tree.root)
    _never_two(path, checkpoint)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        write_file(path / name, content)
    for place in sorted({above for name in files for above in PurePosixPath(name).parents}):
        flush_folder(path / place)
    _publish(path, checkpoint)
    _drop_completed(path, old.size, tree.size)
    return Appended(old.size, checkpoint)


def add_cosignatures(path: Path, cosigned: Checkpoint, witnesses: Iterable[VerifierKey] | None = None) -> Checkpoint:
    """Put the cosignatures of a head under the same head in the log; raises TamperedLog for another head.

    A key's first cosignature stays, its later ones are not added: a head that nothing follows is looked at again and
    again. Where the witnesses are named only theirs are taken; raises BadSignature where one is forged.
    """
    with only_writer(path):
        _newest(path)
        name = f"{HEADS}/{cosigned.size}"
        try:
            ours = Checkpoint.of(folder(path)(name, LARGEST_NOTE))
        except FileNotFoundError as error:
            raise TamperedLog(f"this log has signed no head of size {cosigned.size}") from error
        if ours.note.text != cosigned.note.text:
            raise TamperedLog(f"the cosigned head of size {cosigned.size} is another than the log's own")
        made = cosigned.note.signatures
        if witnesses is not None:
            made = tuple(one for key in witnesses for one in cosigned.note.by(key.as_witness))
        note = ours.note
        for one in made:
            known = {(line.name, line.key_id) for line in note.signatures}
            if len(one.content) == COSIGNATURE_BYTES and (one.name, one.key_id) not in known:
                note = note.signed(one)
        merged = Checkpoint(ours.origin, ours.size, ours.root, note)
        write_file(path / name, merged.content)
        flush_folder(path / HEADS)
        if head(folder(path)).size == merged.size:
            write_file(path / CHECKPOINT, merged.content)
            flush_folder(path)
    return merged


def signed_sizes(path: Path) -> tuple[int, ...]:
    """The sizes of the signed heads that a log keeps, in their order; a file of any other name is none."""
    return tuple(sorted(int(one.name) for one in (path / HEADS).glob("*") if DECIMAL.fullmatch(one.name)))


def _publish(path: Path, checkpoint: Checkpoint) -> None:
    """Put a new head in place: the log has it, and keeps it, or has the old one still.

    Both files are whole on disk before either gets its name, so that a full disk leaves the old head. The head comes
    first: no signed head is kept that the log does not have, which a crash could turn into two histories.
    """
    kept, newest = path / HEADS / ".next", path / ".next"
    kept.parent.mkdir(exist_ok=True)
    for file in (kept, newest):
        write_file(file, checkpoint.content)
    newest.replace(path / CHECKPOINT)
    flush_folder(path)
    kept.replace(path / HEADS / str(checkpoint.size))
    flush_folder(path / HEADS)


def _newest(path: Path) -> Checkpoint:
    """The log's head; where a crash has come before it was kept beside the others, it is now."""
    newest = head(folder(path))
    kept = path / HEADS / str(newest.size)
    if not kept.exists():
        write_file(kept, newest.content)
        flush_folder(path / HEADS)
    return newest


def _never_two(path: Path, checkpoint: Checkpoint) -> None:
    """Refuse to sign a second head of a size, whatever has become of the first."""
    name = f"{HEADS}/{checkpoint.size}"
    try:
        kept = Checkpoint.of(folder(path)(name, LARGEST_NOTE))
    except FileNotFoundError:
        return
    if kept.note.text != checkpoint.note.text:
        raise TamperedLog(f"{path} has signed another head of size {checkpoint.size}: an older backup was put back")


def _tree(path: Path, old: Checkpoint) -> Frontier:
    """The tree as its tiles have it; it must lead to the signed head."""
    try:
        found = Frontier(old.size, Hashes(folder(path), old.size).peaks(old.size))
    except (FileNotFoundError, UnreadableNote) as error:
        raise TamperedLog(f"{path}: a tile of the signed head is missing or broken: {error}") from error
    if found.root != old.root:
        raise TamperedLog(f"{path}: the tiles give the root {found.root.hex()}, the head names {old.root.hex()}")
    return found


def _tiles(path: Path, old: int, tree: Frontier, entries: Sequence[bytes]) -> dict[str, bytes]:
    """The files that change: the edge of every level, and each tile that is filled; the tree grows with them."""
    read = folder(path)
    full, width = widths(old, 0)
    before = unbundled(read(tile_path(ENTRIES, full, width), LARGEST_BUNDLE), width, ENTRIES) if width else ()
    pending = [*before, *entries]
    files = {}
    for at in range(0, len(pending), WIDTH):
        part = pending[at : at + WIDTH]
        files[tile_path(ENTRIES, full + at // WIDTH, len(part))] = bundle(part)
    hashed = [leaf_hash(entry) for entry in entries]
    for one in hashed:
        tree.append(one)
    level = 0
    while hashed:
        full, width = widths(old, level)
        row = (read(tile_path(level, full, width), LARGEST_TILE) if width else b"") + b"".join(hashed)
        tiles = [row[at : at + LARGEST_TILE] for at in range(0, len(row), LARGEST_TILE)]
        for number, tile in enumerate(tiles, start=full):
            files[tile_path(level, number, len(tile) // HASH_BYTES)] = tile
        hashed = [_root(tile) for tile in tiles if len(tile) == LARGEST_TILE]
        level += 1
    return files


def _root(tile: bytes) -> bytes:
    tree = Frontier()
    for at in range(0, len(tile), HASH_BYTES):
        tree.append(tile[at : at + HASH_BYTES])
    return tree.root


def _drop_completed(path: Path, old: int, size: int) -> None:
    """Remove the partial tiles of the old edge whose full tile is there now; tlog-tiles allows it."""
    for level, number, width in right_edge(old):
        if number < size >> (HEIGHT * (level + 1)):
            for kind in (level, ENTRIES) if level == 0 else (level,):
                (path / tile_path(kind, number, width)).unlink(missing_ok=True)


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the log's lock; the system lets go of it when the process ends, however it ends."""
    handle = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def flush_folder(path: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
