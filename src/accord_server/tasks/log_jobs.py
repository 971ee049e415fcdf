"""Logs are published, and closings entered in them, by jobs: the worker looks which are due."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings

from accord.record.canonical import Json
from accord.record.log.keys import read_key
from accord.record.log.reader import CHECKPOINT, folder, head
from accord_server.calls.queries import calls, closings_due
from accord_server.calls.services.closing import AlreadyClosed, close_call
from accord_server.database.sessions import publishing, reading, writing
from accord_server.log.happenings import Doing
from accord_server.log.keeping import Keeper
from accord_server.log.queries import size
from accord_server.mail.machine import MACHINE
from accord_server.people.models import NOBODY
from accord_server.tasks.jobs import Working, job
from accord_server.tasks.performing import QUEUE
from accord_server.tasks.queue import schedule


def keeper() -> Keeper:
    """Where this host publishes its logs, with its key; raises FileNotFoundError where there is none."""
    environment = settings.ENVIRONMENT
    key = read_key(environment.host_key, os.environ.get("ACCORD_PASSPHRASE"))
    return Keeper(folder=environment.logs, key=key)


@job("log.publish")
def publish_log(_working: Working, values: Mapping[str, str]) -> Mapping[str, Json]:
    """Publish the log of one call with this host's key."""
    return {"size": keeper().published(UUID(values["call"]), values["origin"]).size}


@job("calls.close")
def close(working: Working, values: Mapping[str, str]) -> Mapping[str, Json]:
    """Enter in the log that a call closed, for the host's administrator."""
    if working.account is None:
        return {"closed": False}
    try:
        close_call(Doing(by=working.account, at=working.at, call=UUID(values["call"]), key=working.key))
    except AlreadyClosed:
        return {"closed": False}
    return {"closed": True}


def due_closings(at: datetime) -> int:
    """Have the closings entered that are due; returns how many."""
    found = closings_due(at)
    for call, administrator in found:
        with writing("calls.closing-due", administrator.id, None, alone_in=QUEUE):
            values = {"call": str(call)}
            schedule("calls.close", key=f"close-{call}-{at:%Y%m%d%H}", values=values, at=at, account=administrator)
    return len(found)


def due_publications(at: datetime) -> int:
    """Have the logs of open calls published that have grown since they were; returns how many."""
    if not settings.ENVIRONMENT.host_key.exists():
        return 0
    with reading(NOBODY.id):
        known = [(one.access_id, one.origin) for one in calls(NOBODY, at)]
    grown = [(call, origin, rows) for call, origin in known if (rows := _grown(call))]
    if grown:
        with writing("log.due", MACHINE, None, alone_in=QUEUE):
            for call, origin, rows in grown:
                values = {"call": str(call), "origin": origin}
                schedule("log.publish", key=f"publish-{call}-{rows}-{at:%Y%m%d%H}", values=values, at=at)
    return len(grown)


def _grown(call: UUID) -> int:
    """How many entries a log has, if its folder has fewer; 0 otherwise."""
    place = settings.ENVIRONMENT.logs / call.hex
    with publishing(call):
        rows = size(call)
    published = head(folder(place)).size if (place / CHECKPOINT).exists() else 0
    return rows if rows > published else 0
