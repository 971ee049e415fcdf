"""Several processes publish one log while it grows: no leaf stands twice, and every head is of one history."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connections

from accord.record.log.reader import audit, folder, head
from accord_server.calls.services.inviting import invite
from accord_server.database.sessions import publishing
from accord_server.log.happenings import Doing
from accord_server.log.keeping import Keeper, receipt
from accord_server.log.publishing import publish
from accord_server.log.queries import entries

FORK = multiprocessing.get_context("fork")
PROCESSES, ACTIONS = 4, 12
ORIGIN = "example.org/small"


def act_and_publish(number: int, first: Doing, keeper: Keeper) -> None:
    for one in range(ACTIONS):
        doing = replace(first, key=f"{number}-{one}")
        expires = doing.at + timedelta(days=1)
        done = invite(doing, email=f"{number}.{one}@x.example", role="expert", side=None, expires_at=expires)
        told = receipt(keeper, doing.by, doing.in_call, done.entries[0], at=doing.at, origin=ORIGIN)
        assert b"@x.example" in told.content


def test_who_publishes_at_once_publishes_one_history(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    doing = Doing(by=world.officer(call, "JP"), at=world.at, call=call)
    keeper = Keeper(folder=tmp_path / "logs", key=world.host)
    connections.close_all()  # a connection cannot be shared over a fork
    processes = [FORK.Process(target=act_and_publish, args=(number, doing, keeper)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    path = keeper.path(call)
    published = publish(call, path, world.host, ORIGIN)
    found = [content for _, content in audit(folder(path), head(folder(path)))]
    with publishing(call):
        assert [bytes(row.leaf) for row in entries(call)] == found
    assert published.size == 4 + PROCESSES * ACTIONS


def test_whoever_needs_one_entry_waits_for_no_later_one(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    doing = Doing(by=world.officer(call, "JP"), at=world.at, call=call)
    keeper = Keeper(folder=tmp_path / "logs", key=world.host)
    assert keeper.published(call, ORIGIN).size == 4
    invite(doing, email="a@x.example", role="expert", side=None, expires_at=doing.at + timedelta(days=1))
    assert keeper.published(call, ORIGIN, least=4).size == 4
    assert keeper.published(call, ORIGIN, least=5).size == 5
