"""Where a log keeps time-stamps of its heads (RFC 3161): request and answer, side by side."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from accord.errors import AccordError
from accord.record.folder import write_file

TIMESTAMPS: Final = "timestamps"
KINDS: Final = ("tsq", "tsr")
"""Request and answer, as OpenSSL calls their files."""
MOST: Final = 1_000
NAME: Final = re.compile(r"(.+)-(0|[1-9][0-9]{0,18})\.(tsq|tsr)")


class BadTimeStamp(AccordError):
    """A time-stamp that is none, is over another head, or is by another authority than the plan names."""


class TimeStampThere(AccordError):
    """A Side has a time-stamp of this head already; it is never replaced."""


def keep_timestamp(path: Path, side: str, size: int, request: bytes, response: bytes) -> Path:
    """Write a request and its answer beside the log's heads, flushed; the answer's file. Raises TimeStampThere."""
    around = path / TIMESTAMPS
    around.mkdir(exist_ok=True)
    answer = around / f"{side}-{size}.tsr"
    if answer.exists():
        raise TimeStampThere(f"{TIMESTAMPS}/{answer.name} is there already: a time-stamp is never replaced")
    write_file(answer.with_suffix(".tsq"), request)
    write_file(answer, response)
    handle = os.open(around, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return answer


def timestamps_in(path: Path) -> Iterator[tuple[str, int]]:
    """Side and size of every time-stamp in a log's folder; raises BadTimeStamp for a file that is none."""
    files: dict[tuple[str, int], set[str]] = {}
    for number, one in enumerate(sorted((path / TIMESTAMPS).glob("*"))):
        told = NAME.fullmatch(one.name)
        if told is None or one.is_symlink() or not one.is_file() or number >= MOST * len(KINDS):
            raise BadTimeStamp(f"{TIMESTAMPS}/{one.name} is no time-stamp")
        files.setdefault((told[1], int(told[2])), set()).add(told[3])
    for (side, size), kinds in sorted(files.items()):
        if kinds != set(KINDS):
            raise BadTimeStamp(f"{TIMESTAMPS}/{side}-{size}: request and answer are two files, one is missing")
        yield side, size
