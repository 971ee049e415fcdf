"""The rows of jobs and workers, changed by the machine: each function is one step, in the transaction that runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accord.record.canonical import Json
from accord_server.people.models import Account
from accord_server.tasks.jobs import BACK_OFF
from accord_server.tasks.models import Job, WorkerSeen
from accord_server.tasks.queries import ended, job, worker_row, workers_gone
from accord_server.tasks.states import JOB, JobState

LEASE: Final = timedelta(minutes=10)
KEPT: Final = timedelta(days=30)


def keep(
    name: str, values: Mapping[str, str], *, key: str, account: Account | None, at: datetime, due: datetime
) -> Job:
    """A new job."""
    made = Job(name=name, key=key, account=account, values=dict(values), asked_at=at, due_at=due)
    made.save(force_insert=True)
    return made


def take(identifier: UUID, at: datetime) -> Job | None:
    """Take a job that waits and is due; None where another has it, or it has ended."""
    found = job(identifier)
    if found is None or found.state != JobState.WAITING or found.due_at > at:
        return None
    found.attempts += 1
    found.leased_until = at + LEASE
    _move(found, JobState.RUNNING)
    return found


def tell(identifier: UUID, attempt: int, done: int, of: int, at: datetime) -> bool:
    """Keep how far a job is and that its worker lives; False where it has to stop."""
    found = job(identifier)
    if found is None or found.state != JobState.RUNNING or found.attempts != attempt:
        return False
    found.done_steps, found.all_steps, found.leased_until = min(done, of), of, at + LEASE
    found.save(update_fields=["done_steps", "all_steps", "leased_until"])
    return not found.cancel_asked


def end(taken: Job, state: JobState, at: datetime, *, why: str, result: Mapping[str, Json]) -> None:
    """End a job, unless another attempt has it by now."""
    found = job(taken.id)
    if found is None or found.state != JobState.RUNNING or found.attempts != taken.attempts:
        return
    found.leased_until, found.ended_at, found.why, found.result = None, at, why, dict(result)
    _move(found, state)


def again(identifier: UUID, attempt: int, at: datetime, why: str) -> datetime | None:
    """Let a job that failed wait, longer each time; returns when it is due, None where another attempt has it."""
    found = job(identifier)
    if found is None or found.state != JobState.RUNNING or found.attempts != attempt:
        return None
    found.leased_until, found.why = None, why
    found.due_at = at + BACK_OFF[min(found.attempts, len(BACK_OFF)) - 1]
    _move(found, JobState.WAITING)
    return found.due_at


def cancel(found: Job, at: datetime) -> None:
    """Cancel a job: a waiting one at once, a running one at its next step."""
    if found.state == JobState.RUNNING:
        found.cancel_asked = True
        found.save(update_fields=["cancel_asked"])
        return
    found.ended_at = at
    _move(found, JobState.CANCELLED)


def seen(worker: UUID, at: datetime) -> None:
    """Keep that a worker is there; what ended a month ago, and workers gone for a day, are forgotten."""
    if not worker_row(worker).update(seen_at=at):
        WorkerSeen(id=worker, seen_at=at).save(force_insert=True)  # a key with a default is always inserted
    ended(at - KEPT).delete()
    workers_gone(at - timedelta(days=1)).delete()


def gone(worker: UUID) -> None:
    """Keep that a worker stopped."""
    WorkerSeen(id=worker).delete()


def _move(found: Job, new: JobState) -> None:
    JOB.check(JobState(found.state), new)
    found.state = new
    found.save(
        update_fields=["state", "attempts", "leased_until", "due_at", "ended_at", "why", "result", "cancel_asked"]
    )
