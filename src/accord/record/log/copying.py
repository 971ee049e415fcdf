"""A log copied whole into another folder, beside which it can only grow."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from accord.record.log.contents import CONTENTS
from accord.record.log.entry import Entry
from accord.record.log.reader import CHECKPOINT, TamperedLog, entries, folder, head
from accord.record.log.tiles import Hashes, paths
from accord.record.log.timestamps import KINDS, TIMESTAMPS, timestamps_in
from accord.record.log.tree import consistent
from accord.record.log.writer import HEADS, signed_sizes


def copied(source: Path, target: Path, keep: Callable[[Entry], bool] = lambda _: True) -> None:
    """Copy a log's head, tiles, signed heads, contents, time-stamps; what stood there is replaced whole, or stays.

    Of the contents those of the entries that `keep` names. Nothing else is taken along: not what a crash left, nor
    what is entered meanwhile. Raises TamperedLog where the
    target holds a log that the source did not grow out of.
    """
    _grown(source, target)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        newest = head(folder(source))
        (beside / CHECKPOINT).write_bytes(newest.content)
        for name in _parts(source, newest.size, keep):
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, beside / name, follow_symlinks=False)
        beside.chmod(0o755)
        outgoing = beside.with_name(f"{beside.name}.old")
        if target.exists():
            target.rename(outgoing)
        beside.rename(target)
        handle = os.open(target.parent, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        shutil.rmtree(outgoing, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _parts(source: Path, size: int, keep: Callable[[Entry], bool]) -> Iterator[str]:
    """Every other file of a log up to a size; older partial tiles prove nothing that these do not."""
    yield from paths(size)
    for number in signed_sizes(source):
        if number <= size:
            yield f"{HEADS}/{number}"
    for _, content in entries(folder(source), size):
        entry = Entry.of(content)
        for name in (entry.id, f"{entry.id}.salt"):
            if keep(entry) and (source / CONTENTS / name).exists():
                yield f"{CONTENTS}/{name}"
    for side, number in timestamps_in(source):
        if number <= size:
            yield from (f"{TIMESTAMPS}/{side}-{number}.{kind}" for kind in KINDS)


def _grown(source: Path, target: Path) -> None:
    """Refuse to replace a log by one that it did not grow into."""
    if not (target / CHECKPOINT).exists():
        return
    old, new = head(folder(target)), head(folder(source))
    path = Hashes(folder(source), new.size).consistency(old.size, new.size) if old.size <= new.size else ()
    if old.origin != new.origin or not consistent(old.size, old.root, new.size, new.root, path):
        raise TamperedLog(f"{target} holds a log of {old.size} entries that {source} did not grow out of")
