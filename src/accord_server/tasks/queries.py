"""What is read of background work: by the machine all of it, by a person what they asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from accord_server.people.models import Account
from accord_server.tasks.models import Job, WorkerSeen
from accord_server.tasks.states import JobState

ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def jobs_of(account: Account) -> QuerySet[Job]:
    """The jobs that an account asked for, the latest first."""
    return Job.objects.filter(account=account).order_by("-asked_at", "id")


def job(identifier: UUID) -> Job | None:
    """One job, locked until the transaction ends."""
    return Job.objects.select_for_update(of=("self",)).select_related("account").filter(id=identifier).first()


def job_of_key(key: str) -> Job | None:
    """The job that is known by a key."""
    return Job.objects.filter(key=key).first()


def left_behind(at: datetime) -> QuerySet[Job]:
    """Jobs whose worker is believed dead: they run, and their lease is over."""
    return Job.objects.filter(state=JobState.RUNNING, leased_until__lte=at).order_by("id")


def overdue(before: datetime) -> QuerySet[Job]:
    """Jobs that wait since they were due before an instant."""
    return Job.objects.filter(state=JobState.WAITING, due_at__lt=before)


def failed(since: datetime) -> QuerySet[Job]:
    """Jobs that failed for good since an instant."""
    return Job.objects.filter(state=JobState.FAILED, ended_at__gte=since)


def ended(before: datetime) -> QuerySet[Job]:
    """Jobs that ended before an instant."""
    return Job.objects.filter(state__in=ENDED, ended_at__lt=before)


def workers(since: datetime) -> QuerySet[WorkerSeen]:
    """The workers that were seen since an instant."""
    return WorkerSeen.objects.filter(seen_at__gte=since)


def worker_row(worker: UUID) -> QuerySet[WorkerSeen]:
    """What is kept of one worker: one row, or none."""
    return WorkerSeen.objects.filter(id=worker)


def workers_gone(before: datetime) -> QuerySet[WorkerSeen]:
    """The workers that were not seen since an instant: killed ones leave their row."""
    return WorkerSeen.objects.filter(seen_at__lt=before)


def running(at: datetime) -> QuerySet[Job]:
    """The jobs that a worker has at an instant."""
    return Job.objects.filter(state=JobState.RUNNING, leased_until__gt=at)


def ready() -> bool:
    """Whether the queue holds something to try now."""
    return DBTaskResult.objects.ready().exists()
