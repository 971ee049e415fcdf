"""A log copied whole into another folder, beside which it can only grow."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from accord.record.log.contents import CONTENTS
from accord.record.log.reader import CHECKPOINT, TamperedLog, folder, head
from accord.record.log.tiles import Hashes, paths
from accord.record.log.tree import consistent
from accord.record.log.writer import HEADS


def copied(source: Path, target: Path) -> None:
    """Copy a log's head, tiles, signed heads and contents; what stood at the target is replaced whole, or stays.

    Raises TamperedLog where the target holds a log that the source did not grow out of.
    """
    _grown(source, target)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        shutil.copyfile(source / CHECKPOINT, beside / CHECKPOINT, follow_symlinks=False)
        for part in (HEADS, CONTENTS):
            if (source / part).is_dir():
                shutil.copytree(source / part, beside / part, symlinks=True)
        for path in paths(head(folder(source)).size):  # older partial tiles prove nothing that these do not
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, beside / path, follow_symlinks=False)
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


def _grown(source: Path, target: Path) -> None:
    """Refuse to replace a log by one that it did not grow into."""
    if not (target / CHECKPOINT).exists():
        return
    old, new = head(folder(target)), head(folder(source))
    path = Hashes(folder(source), new.size).consistency(old.size, new.size) if old.size <= new.size else ()
    if old.origin != new.origin or not consistent(old.size, old.root, new.size, new.root, path):
        raise TamperedLog(f"{target} holds a log of {old.size} entries that {source} did not grow out of")
