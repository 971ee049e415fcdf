"""A host that is killed at a given moment of what it does: processes of their own.

    python stopping.py LOG KEY

Each line WHAT NUMBER on its input begins a process that enters two contents (`log`) or erases the content of the
newest entry but one (`erase`), and kills itself before the NUMBER-th time that a file gets its name or loses it. The
answer is `killed`, or `done` where there are fewer.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accord.record.canonical import canonical
from accord.record.log.contents import CHANCE_BYTES, Happening, log
from accord.record.log.entry import Entry
from accord.record.log.keys import read_key
from accord.record.log.reader import entries, folder, head

FOLDER, KEY = Path(sys.argv[1]), Path(sys.argv[2])


def main() -> None:
    """Wait for a line, begin a process, wait for its end, tell how it ended, and again."""
    for line in sys.stdin:
        what, number = line.split()
        child = os.fork()
        if child == 0:
            killed_before(int(number))
            {"log": entered, "erase": erased}[what]()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done", flush=True)


def killed_before(number: int) -> None:
    """Let nothing more happen to a name than so often."""
    left = number

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return changed

    for name in ("replace", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))


def entered() -> None:
    """Two contents in one batch."""
    happenings = [Happening("minutes", None, f"secret {at}".encode()) for at in range(2)]
    log(FOLDER, read_key(KEY), happenings, time=datetime.now(UTC), chance=secrets.token_bytes(2 * CHANCE_BYTES))


def erased() -> None:
    """The content of the newest entry but one, with an entry that says so."""
    size = head(folder(FOLDER)).size
    index, content = next(entries(folder(FOLDER), size, first=size - 2))
    gone = Entry.of(content)
    told = Happening("erased", None, canonical({"erased": gone.id, "index": index, "rule": "plan:retention"}))
    chance = secrets.token_bytes(CHANCE_BYTES)
    log(FOLDER, read_key(KEY), [told], time=datetime.now(UTC), chance=chance, erases=[gone])


if __name__ == "__main__":
    main()
