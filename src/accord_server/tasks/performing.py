"""One attempt at one job: taken, done, and ended, or left to wait for the next attempt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from accord.errors import AccordError
from accord.record.canonical import Json
from accord_server.database.sessions import writing
from accord_server.mail.machine import MACHINE
from accord_server.tasks import keeping
from accord_server.tasks.jobs import Cancelled, Working, kinds
from accord_server.tasks.models import Job
from accord_server.tasks.states import JobState

Clock = Callable[[], datetime]
QUEUE: Final = b"accord/tasks"
"""What the machine is alone in while it changes a job: nobody waits for a log because of it."""
_log: Final = logging.getLogger(__name__)


def perform(identifier: UUID, clock: Clock, enqueue: Callable[[UUID, datetime], None]) -> None:
    """Try a job once, if it waits; `enqueue` has it tried again at an instant."""
    with writing("tasks.take", MACHINE, None, alone_in=QUEUE):
        taken = keeping.take(identifier, clock())
    if taken is None:
        return
    attempt = taken.attempts

    def tell(done: int, of: int) -> None:
        with writing("tasks.tell", MACHINE, None, alone_in=QUEUE):
            goes_on = keeping.tell(identifier, attempt, done, of, clock())
        if not goes_on:
            raise Cancelled("this job was cancelled")

    kind = kinds().get(taken.name)
    working = Working(account=taken.account, at=clock(), key=f"job-{identifier}", tell=tell)
    try:
        if kind is None:
            raise AccordError(f"there is no job {taken.name} in this version")  # noqa: TRY301  ends like any other
        result = kind.does(working, taken.values)
    except Cancelled:
        _end(taken, JobState.CANCELLED, clock())
    except AccordError as error:
        _log.warning("job %s %s failed: %s", taken.name, identifier, type(error).__qualname__)
        _end(taken, JobState.FAILED, clock(), why=type(error).__qualname__)
    except Exception as error:  # whatever it was, the job is tried again, and the worker goes on
        _log.warning("job %s %s, attempt %d: %s", taken.name, identifier, attempt, type(error).__qualname__)
        if kind is not None and attempt >= kind.attempts:
            _end(taken, JobState.FAILED, clock(), why=type(error).__qualname__)
            return
        with writing("tasks.again", MACHINE, None, alone_in=QUEUE):
            due = keeping.again(identifier, attempt, clock(), type(error).__qualname__)
            if due is not None:
                enqueue(identifier, due)
    else:
        _end(taken, JobState.DONE, clock(), result=result)


def _end(taken: Job, state: JobState, at: datetime, *, why: str = "", result: Mapping[str, Json] | None = None) -> None:
    with writing("tasks.end", MACHINE, None, alone_in=QUEUE):
        keeping.end(taken, state, at, why=why, result=result or {})
