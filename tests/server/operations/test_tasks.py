"""Background work is done once under its key, tried again where it fails, told, cancelled, and survives its worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django_tasks_db.models import DBTaskResult

from accord.errors import InvalidInput, Refused
from accord.record.log.keys import write_key
from accord.record.log.reader import audit, folder, head
from accord_server.database.sessions import reading, writing
from accord_server.log.happenings import Doing
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.mail.outbox import post
from accord_server.states import IllegalMove
from accord_server.tasks import jobs as kinds_of
from accord_server.tasks.jobs import BACK_OFF, Working, job
from accord_server.tasks.keeping import LEASE
from accord_server.tasks.models import Job, WorkerSeen
from accord_server.tasks.performing import perform
from accord_server.tasks.queue import enqueue, schedule
from accord_server.tasks.services import cancel_job
from accord_server.tasks.states import JOB, JobState
from accord_server.tasks.working import Worker, rescue

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def attempts() -> Iterator[list[Working]]:
    """A kind of job that keeps its attempts, and does what its values say."""
    kept: list[Working] = []
    before = dict(kinds_of._kinds)

    @job("test.work", attempts=3)
    def work(working: Working, values: Any) -> Any:
        kept.append(working)
        if values["how"] == "breaks":
            raise OSError("Hanako Yamada's row")
        if values["how"] == "refuses":
            raise Refused("no")
        if values["how"] == "is cancelled in between":
            working.tell(1, 3)
            cancel_job(Doing(by=working.account, at=working.at), job_id=UUID(working.key.removeprefix("job-")))
            working.tell(2, 3)
        working.tell(3, 3)
        return {"made": 3}

    yield kept
    kinds_of._kinds.clear()
    kinds_of._kinds.update(before)


def asked(how: str, account: Any = None, key: str = "k", at: datetime = NOON) -> UUID:
    with writing("test", account.id if account else MACHINE, None):
        return schedule("test.work", key=key, values={"how": how}, at=at, account=account)


def found(identifier: UUID) -> Job:
    with reading(MACHINE):
        return Job.objects.get(id=identifier)


def attempt(identifier: UUID, at: datetime) -> Job:
    perform(identifier, lambda: at, enqueue)
    return found(identifier)


def test_a_job_is_kept_once_under_its_key_and_done_once(world: Any, attempts: list[Working]) -> None:
    first, second = asked("works"), asked("works")
    assert first == second
    done = attempt(first, NOON)
    assert (done.state, done.result, done.done_steps, done.all_steps) == (JobState.DONE, {"made": 3}, 3, 3)
    attempt(first, NOON)
    assert [one.key for one in attempts] == [f"job-{first}"]
    assert asked("works") == first


def test_a_job_is_scheduled_with_its_action_or_not_at_all(world: Any, attempts: list[Working]) -> None:
    with pytest.raises(RuntimeError, match="scheduled by an action"):
        schedule("test.work", key="k", values={}, at=NOON)
    with pytest.raises(ZeroDivisionError), writing("test", MACHINE, None):  # noqa: PT012  posted, then broken
        schedule("test.work", key="k", values={"how": "works"}, at=NOON)
        _ = 1 / 0
    assert DBTaskResult.objects.count() == 0
    with reading(MACHINE):
        assert Job.objects.count() == 0
    with pytest.raises(InvalidInput, match=r"there is no job 'test\.other'"), writing("test", MACHINE, None):
        schedule("test.other", key="k", values={}, at=NOON)


def test_a_job_that_breaks_is_tried_again_later_and_fails_at_last(world: Any, attempts: list[Working]) -> None:
    one, at, waits = asked("breaks"), NOON, []
    for _ in range(2):
        again = attempt(one, at)
        assert (again.state, again.why) == (JobState.WAITING, "OSError")
        assert attempt(one, again.due_at - timedelta(seconds=1)).attempts == again.attempts
        waits.append(again.due_at - at)
        at = again.due_at
    failed = attempt(one, at)
    assert (failed.state, failed.why, failed.attempts) == (JobState.FAILED, "OSError", 3)
    assert tuple(waits) == BACK_OFF[:2]
    assert [row.run_after for row in DBTaskResult.objects.order_by("enqueued_at")] == [
        NOON,
        NOON + waits[0],
        NOON + sum(waits, timedelta()),
    ]


def test_what_is_refused_is_not_tried_again(world: Any, attempts: list[Working]) -> None:
    assert attempt(asked("refuses"), NOON).state == JobState.FAILED
    assert len(attempts) == 1


def test_who_asked_cancels_and_nobody_else(world: Any, attempts: list[Working]) -> None:
    owner, other = world.account("o@x.example"), world.account("p@x.example")
    one = asked("works", owner)
    with pytest.raises(InvalidInput, match="no such job of this account"):
        cancel_job(Doing(by=other, at=NOON), job_id=one)
    cancel_job(Doing(by=owner, at=NOON), job_id=one)
    assert attempt(one, NOON).state == JobState.CANCELLED
    assert attempts == []
    with pytest.raises(IllegalMove):
        cancel_job(Doing(by=owner, at=NOON), job_id=one)
    two = asked("is cancelled in between", owner, key="k2")
    cancelled = attempt(two, NOON)
    assert (cancelled.state, cancelled.done_steps, cancelled.all_steps) == (JobState.CANCELLED, 2, 3)
    with reading(other.id):
        assert Job.objects.count() == (0 if connection.vendor == "postgresql" else 2)


def test_the_job_of_a_dead_worker_is_done_by_the_next(world: Any, attempts: list[Working]) -> None:
    from accord_server.tasks import keeping  # noqa: PLC0415  a step of the machine itself

    one = asked("works")
    with writing("test", MACHINE, None):
        assert keeping.take(one, NOON) is not None
    assert rescue(NOON + LEASE - timedelta(seconds=1)) == 0
    assert rescue(NOON + LEASE) == 1
    again = found(one)
    assert (again.state, again.why) == (JobState.WAITING, "WorkerGone")
    assert attempt(one, again.due_at).state == JobState.DONE


def test_a_kind_that_is_gone_fails_and_stops_nobody(world: Any, attempts: list[Working]) -> None:
    one = asked("works")
    del kinds_of._kinds["test.work"]
    assert attempt(one, NOON).state == JobState.FAILED


def test_the_worker_sends_letters_and_publishes_logs(
    world: Any, settings_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings  # noqa: PLC0415  after its set-up

    environment = type("E", (), {"logs": tmp_path / "logs", "host_key": tmp_path / "host.key"})
    settings_of(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", ENVIRONMENT=environment)
    mail.outbox = []
    write_key(settings.ENVIRONMENT.host_key, world.host)
    call = world.opened()
    with writing("test", MACHINE, None):
        values = {"call": "small", "reference": "A-1", "time": "noon"}
        post(to=("a@x.example", "b@x.example"), letter="submitted", values=values, language="en", at=world.at)
    later = datetime(2026, 7, 1, tzinfo=UTC)  # the call is open
    moments = [later]
    worker = Worker(now=lambda: moments[-1])
    worker.once()
    assert sorted(one.to[0] for one in mail.outbox) == ["a@x.example", "b@x.example"]
    with reading(MACHINE):
        failed = [(one.name, one.why) for one in Job.objects.exclude(state=JobState.DONE)]
        assert failed == []
        assert {one.state for one in Letter.objects.all()} == {"sent"}
    read = folder(tmp_path / "logs" / call.hex)
    assert len(list(audit(read, head(read)))) == 4  # the plan, two acts, and that the call closed
    assert WorkerSeen.objects.get().seen_at == later
    moments.append(later + timedelta(minutes=1))
    worker.once()
    assert WorkerSeen.objects.get().seen_at == moments[-1]
    assert len(mail.outbox) == 2


def test_the_worker_is_a_process_that_stops_when_told(tmp_path: Path, prepared_file: Path) -> None:
    (tmp_path / "site").mkdir()
    shutil.copyfile(prepared_file, tmp_path / "site" / "accord.sqlite3")
    environment = {**os.environ, "ACCORD_FOLDER": str(tmp_path / "site"), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "accord_server"]
    with subprocess.Popen([*command, "work", "--interval", "0.05"], env=environment, stderr=subprocess.PIPE) as process:
        import sqlite3  # noqa: PLC0415  only here

        rows, deadline = 0, time.monotonic() + 30
        while not rows and time.monotonic() < deadline:
            time.sleep(0.1)
            with sqlite3.connect(tmp_path / "site" / "accord.sqlite3") as database:
                rows = database.execute("SELECT count(*) FROM tasks_workerseen").fetchone()[0]
        assert rows == 1
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
        assert process.returncode == 0, told
    with sqlite3.connect(tmp_path / "site" / "accord.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM tasks_workerseen").fetchone()[0] == 0


def test_the_states_of_a_job_are_a_table() -> None:
    assert set(JOB.table) == set(JobState)
    assert uuid4() != MACHINE
