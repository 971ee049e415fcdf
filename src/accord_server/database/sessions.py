"""For whom the database is asked: set for one transaction, so that no connection carries it to the next person.

On PostgreSQL row-level security reads it (`row_security`); on SQLite the policy in `access` alone decides.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from django.db import connection, transaction

_reader: Final[ContextVar[UUID | None]] = ContextVar("reader", default=None)
_action: Final[ContextVar[str | None]] = ContextVar("action", default=None)
HOST_LOCK: Final = b"accord/host"


def reader() -> UUID | None:
    """The account for which content is being read now."""
    return _reader.get()


def action_running() -> str | None:
    """The name of the action that may write now."""
    return _action.get()


@contextmanager
def reading(account: UUID) -> Iterator[None]:
    """Read content for an account, within the block. It is no part of another block: raises RuntimeError there."""
    with _transaction(writes=False), _set(_reader, account):
        _tell(account=account)
        yield


@contextmanager
def writing(action: str, account: UUID, call: UUID | None, *, alone_in: bytes | None = None) -> Iterator[None]:
    """Write for an account within one transaction, alone in the log of the call; None is for the host as a whole.

    Who comes second waits until the first has committed, and then sees what it wrote. A locked last row would not
    do: it lets the second go on with the size that it had read before. What logs nothing says in what else it is
    `alone_in`, so that no autosave waits for a log.
    """
    with _transaction(writes=True), _set(_reader, account), _set(_action, action):
        _lock(alone_in or (HOST_LOCK if call is None else call.bytes))
        _tell(account=account)
        if call is not None:
            enter_call(call)
        yield


@contextmanager
def publishing(call: UUID) -> Iterator[None]:
    """Read the entries of a call's log for its host, committed ones only: refused inside a transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("a log is published from committed rows: not inside a transaction")
    with _transaction(writes=False):
        enter_call(call)
        yield


def enter_call(call: UUID) -> None:
    """Let this transaction write rows of a call; an action that makes a call says which."""
    _tell(call=call)


def _tell(**names: UUID) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name, value in names.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [f"accord.{name}", str(value)])


def _lock(subject: bytes) -> None:
    """Wait for the lock of a log until the transaction ends; SQLite's BEGIN IMMEDIATE has locked all of it."""
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(subject).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


@contextmanager
def _transaction(*, writes: bool) -> Iterator[None]:
    if _reader.get() is not None:
        raise RuntimeError("who reads is decided once: blocks of reading and writing do not nest")
    if not writes and connection.vendor == "sqlite":  # a transaction would be IMMEDIATE and lock writers out
        yield
        return
    with _in_turn() if writes else nullcontext(), transaction.atomic(durable=True):
        yield


@contextmanager
def _in_turn() -> Iterator[None]:
    """Wait for one's turn to write to SQLite, first come, first served.

    Its own lock decides who writes; but whoever waits for that sleeps and tries again, and under load some never win.
    """
    if connection.vendor != "sqlite":
        yield
        return
    handle = os.open(f"{connection.settings_dict['NAME']}-turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _set(variable: ContextVar[UUID | None] | ContextVar[str | None], value: UUID | str) -> Iterator[None]:
    token = variable.set(value)  # type: ignore[arg-type]  # each caller pairs a variable with its own type
    try:
        yield
    finally:
        variable.reset(token)  # type: ignore[arg-type]  # the token of the line above
