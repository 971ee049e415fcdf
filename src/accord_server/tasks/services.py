"""What people can do to background work."""

from __future__ import annotations

from uuid import UUID

from accord.errors import InvalidInput
from accord_server.access.needs import ANYBODY
from accord_server.log.actions import Where, action
from accord_server.log.happenings import Doing, Outcome
from accord_server.tasks.keeping import cancel
from accord_server.tasks.queries import job


@action("tasks.cancel", needs=ANYBODY, where=Where.ON_HOST, logs=False)
def cancel_job(doing: Doing, *, job_id: UUID) -> Outcome:
    """Cancel a job that one asked for oneself: a waiting one at once, a running one at its next step.

    Raises InvalidInput where there is none of this account, IllegalMove where it has ended.
    """
    found = job(job_id)
    if found is None or found.account_id != doing.by.id:
        raise InvalidInput("job_id: there is no such job of this account")
    cancel(found, doing.at)
    return Outcome(call=None, result={"job": str(job_id)})
