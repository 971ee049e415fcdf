"""The database under a site: its tables, its walls, its way of keeping what it acknowledged, its background work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from accord_server.access.policy import content_models
from accord_server.calls.models import Call
from accord_server.database.looking import unguarded, unsafe_pragmas, without_policy
from accord_server.database.preparing import weaknesses
from accord_server.database.sessions import reading
from accord_server.doctor.findings import Finding, Look, check
from accord_server.mail.machine import MACHINE
from accord_server.mail.queries import given_up
from accord_server.tasks.queries import failed, overdue, running, workers

SITE: Final = "default"
SEEN_WITHIN: Final = timedelta(minutes=2)
LATE: Final = timedelta(minutes=10)
LATELY: Final = timedelta(days=1)
PREPARE: Final = "run: python -m accord_server prepare"


@check("migrations")
def tables_up_to_date(_look: Look) -> Iterator[Finding]:
    """The tables are those of this version."""
    executor = MigrationExecutor(connections[SITE])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        told = ", ".join(f"{one.app_label}.{one.name}" for one, _ in plan[:3])
        yield Finding(fault="migrations", found=f"{len(plan)} steps are missing, from {told}", mend=PREPARE)


@check("role")
def site_has_its_own_role(_look: Look) -> Iterator[Finding]:
    """On PostgreSQL the site runs by a role that row-level security holds."""
    found = weaknesses(connections[SITE])
    if found:
        yield Finding(
            fault="role",
            found=f"the role of ACCORD_DATABASE {', '.join(found)}, so that row-level security does not hold it",
            mend="give the site a role of its own, as docs/operations.md says, and prepare again",
        )


@check("row-security")
def walls_stand(_look: Look) -> Iterator[Finding]:
    """On PostgreSQL row-level security is on for every table with content."""
    off = unguarded(connections[SITE])
    tables = frozenset(model._meta.db_table for model in content_models() - {Call})  # noqa: SLF001  the documented way
    bare = without_policy(connections[SITE], tables)
    if off or bare:
        yield Finding(
            fault="row-security",
            found=f"row-level security is off for {', '.join([*off, *bare])}",
            mend="as the owner: ALTER TABLE … ENABLE ROW LEVEL SECURITY, ALTER TABLE … FORCE ROW LEVEL SECURITY; and "
            "find out who switched it off",
        )


@check("sqlite")
def sqlite_keeps_what_it_acknowledged(_look: Look) -> Iterator[Finding]:
    """SQLite keeps a write-ahead log and flushes each commit."""
    for told in unsafe_pragmas(connections[SITE]):
        yield Finding(
            fault="sqlite",
            found=f"SQLite's {told}",
            mend="keep the database on a disk of this machine (not a network's), and start the site again",
        )


@check("worker")
def work_is_done(look: Look) -> Iterator[Finding]:
    """A worker runs, nothing waits too long, nothing has failed."""
    with reading(MACHINE):
        there = workers(look.at - SEEN_WITHIN).exists() or running(look.at).exists()
        late = overdue(look.at - LATE).count()
        broken = [one.name for one in failed(look.at - LATELY)]
        refused = given_up()
    if not there:
        yield Finding(
            fault="worker",
            found="no worker was seen in the last two minutes: no letter goes out, no log is published",
            mend="start one: python -m accord_server work",
        )
    if late:
        yield Finding(fault="worker", found=f"{late} jobs wait since more than ten minutes", mend="start more workers")
    if broken:
        yield Finding(
            fault="worker",
            found=f"{len(broken)} jobs failed for good since yesterday: {', '.join(sorted(set(broken)))}",
            mend="look in the worker's log for their identifiers",
        )
    if refused:
        yield Finding(
            fault="worker",
            found=f"{refused} letters were refused too often and given up",
            mend="look in the mail server's log; whom they were for has to be told otherwise",
        )
