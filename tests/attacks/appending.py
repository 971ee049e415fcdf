"""A host that appends and tells of each entry when it is in the log, until it is killed: processes of their own.

    python appending.py LOG KEY

Each line NAME BATCH on its input begins a process that appends for ever; when that has been killed, it says so.
"""

from __future__ import annotations

import itertools
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from accord.record.log.contents import CHANCE_BYTES, Happening, log
from accord.record.log.keys import read_key

DEAD = "†\n"


def main() -> None:
    """Wait for a line, begin a process, wait for its end, and again."""
    for line in sys.stdin:
        name, batch = line.split()
        child = os.fork()
        if child == 0:
            appended(name, int(batch))
        os.waitpid(child, 0)
        print(DEAD, end="", flush=True)


def appended(name: str, batch: int) -> None:
    """Append batches for ever; a line for each entry that was acknowledged."""
    folder, key = Path(sys.argv[1]), read_key(Path(sys.argv[2]))
    print(os.getpid(), flush=True)
    for number in itertools.count():
        contents = [f"{name} {number} {place}" for place in range(batch)]
        happenings = [Happening("minutes", None, content.encode()) for content in contents]
        log(folder, key, happenings, time=datetime.now(UTC), chance=secrets.token_bytes(CHANCE_BYTES * batch))
        print("\n".join(contents), flush=True)


if __name__ == "__main__":
    main()
