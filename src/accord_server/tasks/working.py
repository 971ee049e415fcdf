"""The worker: a process beside the site that sends letters, publishes logs and does the jobs that were asked for.

A door like a page: it looks at the clock, and passes the time on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker as TasksWorker

from accord_server.database.sessions import reading, writing
from accord_server.mail.machine import MACHINE
from accord_server.tasks import keeping
from accord_server.tasks.jobs import kinds
from accord_server.tasks.log_jobs import due_closings, due_publications
from accord_server.tasks.mail_jobs import relay
from accord_server.tasks.performing import QUEUE
from accord_server.tasks.queries import left_behind, ready
from accord_server.tasks.queue import enqueue
from accord_server.tasks.states import JobState

SEEN_EVERY: Final = timedelta(seconds=20)
RARELY: Final = timedelta(seconds=5)
_log: Final = logging.getLogger(__name__)


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


class Worker:
    """Does background work until it is stopped; several can run beside each other."""

    def __init__(self, *, interval: float = 1.0, now: Callable[[], datetime] = clock) -> None:
        self.id: Final[UUID] = uuid4()
        self._interval = interval
        self._now = now
        self._stop = threading.Event()
        self._last: dict[str, datetime] = {}

    def stop(self) -> None:
        """Stop once the job at hand is done."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped; what fails is told to the log, and tried again."""
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)  # it tells of every look at an empty queue
        while not self._stop.is_set():
            try:
                self.once()
            except DatabaseError as error:  # a database that restarts stops nobody
                _log.warning("the worker could not work: %s", type(error).__qualname__)
            close_old_connections()
            self._stop.wait(self._interval)
        with writing("tasks.worker-gone", MACHINE, None, alone_in=QUEUE):
            keeping.gone(self.id)

    def once(self) -> None:
        """Everything that is due now."""
        at = self._now()
        if self._due("seen", at, SEEN_EVERY):
            with writing("tasks.worker-seen", MACHINE, None, alone_in=QUEUE):
                keeping.seen(self.id, at)
        if self._due("rarely", at, RARELY):
            rescue(at)
            due_closings(at)
            due_publications(at)
        relay(at)
        with reading(MACHINE):
            idle = not ready()
        if idle:
            return  # the other package locks SQLite for each look
        TasksWorker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=str(self.id),
            excluded_queue_names=[],
        ).run()

    def _due(self, what: str, at: datetime, every: timedelta) -> bool:
        last = self._last.get(what)
        if last is not None and timedelta() <= at - last < every:
            return False
        self._last[what] = at
        return True


def rescue(at: datetime) -> int:
    """Let the jobs of dead workers be tried again, or fail for good; returns how many."""
    with reading(MACHINE):
        if not left_behind(at).exists():
            return 0
    with writing("tasks.rescue", MACHINE, None, alone_in=QUEUE):
        found = list(left_behind(at))
        for one in found:
            kind = kinds().get(one.name)
            if kind is None or one.attempts >= kind.attempts:
                keeping.end(one, JobState.FAILED, at, why="WorkerGone", result={})
                continue
            due = keeping.again(one.id, one.attempts, at, "WorkerGone")
            if due is not None:
                enqueue(one.id, due)
    return len(found)
