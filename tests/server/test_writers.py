"""Eight processes write to one call's log at once, and one is killed in the middle: nothing acknowledged is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from accord.record.log.entry import Entry as LoggedEntry
from accord.record.log.reader import audit, folder, head
from accord_server.calls.services.inviting import invite
from accord_server.database.sessions import publishing
from accord_server.log.happenings import Doing
from accord_server.log.publishing import publish
from accord_server.log.queries import entries

PROCESSES, ACTIONS, FEWER = 8, 50, 20
BEFORE = 4  # the plan, two acts, and the officer's joining
FORK = multiprocessing.get_context("fork")


def write(number: int, actions: int, first: Doing, acknowledged: Path) -> None:
    """Act again and again; each acknowledgement is written before the next action begins."""
    with acknowledged.open("a", encoding="utf-8") as stream:
        for one in range(actions):
            doing = replace(first, key=f"{number}-{one}")
            address = f"{number}.{one}@x.example"
            expires = doing.at + timedelta(days=1)
            done = invite(doing, email=address, role="expert", side=None, expires_at=expires)
            stream.write(f"{done.first} {done.entries[0].hex}\n")
            stream.flush()


def started(world: Any, tmp_path: Path, actions: int) -> tuple[UUID, list[Any], list[Path]]:
    call = world.opened()
    doing = Doing(by=world.officer(call, "JP"), at=world.at, call=call)
    files = [tmp_path / f"acknowledged-{number}" for number in range(PROCESSES)]
    connections.close_all()  # a connection cannot be shared over a fork
    for file in files:
        file.touch()
    processes = [FORK.Process(target=write, args=(number, actions, doing, file)) for number, file in enumerate(files)]
    for process in processes:
        process.start()
    return call, processes, files


def lines(file: Path) -> list[tuple[int, str]]:
    """Whole acknowledgements; a killed writer may leave half of one."""
    told = file.read_text(encoding="utf-8").split("\n")[:-1]
    return [(int(index), identifier) for index, identifier in (line.split() for line in told)]


def audited(call: UUID, world: Any, path: Path) -> dict[int, str]:
    """The log as another program reads it: index and identifier of every entry."""
    publish(call, path, world.host, "example.org/small")
    read = folder(path)
    found = {index: LoggedEntry.of(content).id for index, content in audit(read, head(read))}
    with publishing(call):
        assert [row.index for row in entries(call)] == list(range(len(found)))
    return found


def test_eight_writers_leave_no_gap_and_no_index_twice(world: Any, tmp_path: Path) -> None:
    call, processes, files = started(world, tmp_path, ACTIONS)
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    told = [line for file in files for line in lines(file)]
    assert sorted(index for index, _ in told) == list(range(BEFORE, BEFORE + PROCESSES * ACTIONS))
    found = audited(call, world, tmp_path / "log")
    assert len(found) == BEFORE + PROCESSES * ACTIONS
    assert {index: found[index] for index, _ in told} == dict(told)


def test_a_killed_writer_loses_nothing_that_was_acknowledged(world: Any, tmp_path: Path) -> None:
    call, processes, files = started(world, tmp_path, FEWER)
    deadline = time.monotonic() + 60
    while len(lines(files[0])) < FEWER // 5:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert processes[0].pid is not None
    os.kill(processes[0].pid, signal.SIGKILL)
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [-signal.SIGKILL, *[0] * (PROCESSES - 1)]
    told = [line for file in files for line in lines(file)]
    assert FEWER // 5 <= len(lines(files[0])) < FEWER
    found = audited(call, world, tmp_path / "log")
    assert {index: found.get(index) for index, _ in told} == dict(told)
    assert len(found) - BEFORE - len(told) in {0, 1}  # committed, and killed before it could be acknowledged
