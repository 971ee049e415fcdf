"""The queue: a job is a row, and beside it one of Django's tasks that has a worker try it; both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django_tasks import task

from accord.errors import InvalidInput
from accord_server.database.sessions import action_running
from accord_server.people.models import Account
from accord_server.tasks.jobs import kinds
from accord_server.tasks.keeping import keep
from accord_server.tasks.performing import perform
from accord_server.tasks.queries import job_of_key


@task()
def attempt(identifier: str) -> None:
    """Try a job; the worker calls it."""
    perform(UUID(identifier), _now, enqueue)


def enqueue(identifier: UUID, due: datetime) -> None:
    """Have a worker try a job once it is due, in the transaction that runs."""
    attempt.using(run_after=due).enqueue(str(identifier))


def schedule(
    name: str,
    *,
    key: str,
    values: Mapping[str, str],
    at: datetime,
    account: Account | None = None,
    due: datetime | None = None,
) -> UUID:
    """Have a job done, once under its key, in the transaction of the action that runs.

    `values` are identifiers, and no content. Raises InvalidInput for a kind that is not there, RuntimeError where no
    action runs.
    """
    if action_running() is None:
        raise RuntimeError("a job is scheduled by an action, in its transaction")
    if name not in kinds():
        raise InvalidInput(f"name: there is no job {name!r}; there are {', '.join(kinds())}")
    before = job_of_key(key)
    if before is not None:
        return before.id
    made = keep(name, values, key=key, account=account, at=at, due=due or at)
    enqueue(made.id, made.due_at)
    return made.id


def _now() -> datetime:
    return datetime.now(UTC)
