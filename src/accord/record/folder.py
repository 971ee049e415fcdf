"""Folders written whole or not at all, and read without following a way out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from accord.errors import AccordError, InvalidInput

LARGEST_FILE: Final = 8 * 1024**3  # of a record or a call; a matrix of 30,000 by 30,000 takes 3.4 GiB


class FolderExists(AccordError):
    """A folder that would be written is there already, and nobody asked to replace it."""


def write_folder(target: Path, files: Mapping[str, bytes], *, replace: bool = False) -> None:
    """Write files (relative path to bytes) as one folder, whole or not at all; raises as `whole_folder` does."""
    with whole_folder(target, replace=replace) as beside:
        put_files(beside, files)


@contextmanager
def whole_folder(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder to fill, which stands beside the target and is renamed into its place once it is whole.

    Every folder is flushed to disk before the rename, as `put_files` flushes every file. Raises FolderExists where
    the target is there and `replace` is False; then, and after any failure, the target is as it was.
    """
    target = target.resolve() if target.is_symlink() else target
    if target.exists() and not replace:
        raise FolderExists(f"{target} is there already; choose another folder, or say --overwrite")
    if target.exists() and not _replaceable(target):
        raise FolderExists(f"{target} is not a record; only a record is overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield beside
        for folder, _, _ in os.walk(beside):
            _flush_folder(Path(folder))
        beside.chmod(0o777 & ~_umask())
        _put_in_place(beside, target)
        _flush_folder(target.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def put_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files (relative path to bytes) into a folder that is being made; a key is for its owner only."""
    for name, content in files.items():
        path = folder / inside(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_flushed(path, content)
        if path.suffix == ".key":
            path.chmod(0o600)


def _put_in_place(beside: Path, target: Path) -> None:
    """Rename a finished folder into place; what stood there comes back if that fails."""
    if not target.exists():
        beside.rename(target)
        return
    outgoing = beside.with_name(f"{beside.name}.old")
    target.rename(outgoing)
    try:
        beside.rename(target)
    except BaseException:
        outgoing.rename(target)
        raise
    shutil.rmtree(outgoing)


def _umask() -> int:
    """The permissions that new files go without; asking for it means setting it for a moment."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_file(path: Path, content: bytes) -> None:
    """Write one file beside its place, flushed, then renamed over it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_inside(folder: Path, name: str, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a file in a folder; refused where the name, or a link, leads out of it, or it is larger."""
    path = folder / inside(name)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidInput(f"{name} leads out of {folder}")
    with path.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size > most:
            raise InvalidInput(f"{name} is larger than {most:,} bytes")
        return stream.read(most)


def inside(name: str) -> PurePosixPath:
    """A relative path that stays inside its folder; refused otherwise."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise InvalidInput(f"{name!r} is not a path inside the folder")
    return path


def _replaceable(target: Path) -> bool:
    return target.is_dir() and ((target / "record.json").is_file() or not any(target.iterdir()))


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
