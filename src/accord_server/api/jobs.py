"""Background work that one asked for, for programs."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router

from accord_server.api.doors import Who, caller, route
from accord_server.api.shapes import REFUSALS, JobOut, JobsOut
from accord_server.database.sessions import reading
from accord_server.tasks.models import Job
from accord_server.tasks.queries import jobs_of
from accord_server.tasks.services import cancel_job

router: Final = Router(tags=["jobs"])
MOST: Final = 100


@route(router, "GET", "/jobs", who=Who.READ, answers={200: JobsOut, **REFUSALS}, name="jobs")
def list_jobs(request: HttpRequest) -> dict[str, Any]:
    """The latest hundred pieces of background work that the caller asked for."""
    by = caller(request)
    with reading(by.account.id):
        return {"jobs": [_told(one) for one in jobs_of(by.account)[:MOST]]}


@route(router, "GET", "/jobs/{identifier}", who=Who.READ, answers={200: JobOut, **REFUSALS}, name="job")
def one_job(request: HttpRequest, identifier: UUID) -> dict[str, Any]:
    """How far a piece of background work is."""
    by = caller(request)
    with reading(by.account.id):
        found = jobs_of(by.account).filter(id=identifier).first()
    if found is None:
        raise Http404
    return _told(found)


@route(
    router,
    "POST",
    "/jobs/{identifier}/cancellation",
    who=Who.WRITE,
    answers={200: JobOut, **REFUSALS},
    name="cancel-job",
)
def cancel(request: HttpRequest, identifier: UUID) -> dict[str, Any]:
    """Cancel a piece of background work: a waiting one at once, a running one at its next step."""
    by = caller(request)
    cancel_job(by.doing(None), job_id=identifier)
    with reading(by.account.id):
        return _told(jobs_of(by.account).get(id=identifier))


def _told(row: Job) -> dict[str, Any]:
    return {
        "job": row.id,
        "name": row.name,
        "state": row.state,
        "attempts": row.attempts,
        "done_steps": row.done_steps,
        "all_steps": row.all_steps,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
    }
