"""Letters are sent by jobs: the worker takes those that are due, some in a job."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.core.mail import get_connection

from accord.record.canonical import Json
from accord_server.database.sessions import reading, writing
from accord_server.mail.machine import MACHINE
from accord_server.mail.outbox import send, take
from accord_server.mail.queries import due
from accord_server.tasks.jobs import Working, job
from accord_server.tasks.performing import QUEUE
from accord_server.tasks.queue import schedule


@job("mail.send", attempts=1)
def send_letters(working: Working, values: Mapping[str, str]) -> Mapping[str, Json]:
    """Send some letters; the outbox itself knows when a refused one is due again."""
    identifiers = [UUID(one) for one in values["letters"].split()]
    server = get_connection()
    try:
        with suppress(OSError):  # then each letter tells it, and waits
            server.open()  # once, and not for each letter
        sent = sum(send(one, working.at, server) for one in identifiers)
    finally:
        server.close()
    return {"sent": sent, "of": len(identifiers)}


def relay(at: datetime) -> int:
    """Have the letters that are due sent; returns how many."""
    with reading(MACHINE):
        if not due(at).exists():
            return 0  # a look takes no lock
    with writing("mail.relay", MACHINE, None, alone_in=QUEUE):
        taken = take(at)
        if taken:
            letters = " ".join(str(one) for one in taken)
            schedule("mail.send", key=f"letters-{taken[0]}-{at.isoformat()}", values={"letters": letters}, at=at)
    return len(taken)
