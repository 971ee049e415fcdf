"""The logs of a site: their folders beside the rows, the key that signs them, the clock; and the documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connections

from accord.errors import AccordError
from accord.plan.load import parse_plan
from accord.record.canonical import digest
from accord.record.log.entry import Entry as LoggedEntry
from accord.record.log.keys import read_key
from accord.record.log.reader import CHECKPOINT, folder, head
from accord.record.log.tree import Frontier
from accord_server.calls.queries import calls, plan_versions
from accord_server.database.looking import documents_spoken_of
from accord_server.database.sessions import publishing, reading
from accord_server.doctor.findings import Finding, Look, check
from accord_server.log.queries import entries
from accord_server.people.models import NOBODY
from accord_server.settings.databases import django_database

ALL_ROWS: Final = "doctor"
PATIENCE: Final = timedelta(minutes=5)
SKEW: Final = timedelta(seconds=1)
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A call that has opened: its identifier, its key in the plan, and the host's key that the plan names."""

    id: UUID
    key: str
    host: str | None


def opened(look: Look) -> tuple[Known, ...]:
    """Every call that has opened."""
    with reading(NOBODY.id):
        found = []
        for row in calls(NOBODY, look.at):
            version = plan_versions(NOBODY, row.access_id, look.at).first()
            log = parse_plan(bytes(version.content)).plan.log if version is not None else None
            found.append(Known(row.access_id, row.key, log.host if log is not None else None))
    return tuple(found)


@check("host-key")
def host_key(look: Look) -> Iterator[Finding]:
    """The host has its key, and it is the one that the plans name."""
    place = look.environment.host_key
    if not place.exists():
        yield Finding(
            fault="host-key",
            found=f"there is no host key at {place}: no log can be signed",
            mend="bring it back from where it is kept; only a host without calls draws a new one, by prepare",
        )
        return
    try:
        line = read_key(place, os.environ.get("ACCORD_PASSPHRASE")).verifier.text
    except AccordError as error:
        yield Finding(fault="host-key", found=f"{place} cannot be read: {error}", mend="mend ACCORD_PASSPHRASE, or it")
        return
    others = [one.key for one in opened(look) if one.host != line]
    if others:
        yield Finding(
            fault="host-key",
            found=f"the key at {place} is not the one that the plan of {', '.join(others)} names",
            mend="bring back the key of that host, or set ACCORD_HOST_KEY to its file",
        )


@check("log")
def logs_follow_rows(look: Look) -> Iterator[Finding]:
    """Each published log has what the rows have, and nothing else; its last entry is not of the future."""
    for call in opened(look):
        yield from _log(look, call)


def _log(look: Look, call: Known) -> Iterator[Finding]:
    place = look.environment.logs / call.id.hex
    with publishing(call.id):
        rows = list(entries(call.id).only("index", "leaf", "leaf_hash"))
    times = [LoggedEntry.of(bytes(row.leaf)).time for row in rows[-1:]]
    if times and times[0] > look.at + SKEW:
        yield Finding(
            fault="clock",
            found=f"{call.key} has an entry of {times[0].isoformat()}, and the clock says {look.at.isoformat()}",
            mend="set the machine's clock (timedatectl set-ntp true) before anything is submitted",
        )
    signed = head(folder(place)) if (place / CHECKPOINT).exists() else None
    size = 0 if signed is None else signed.size
    if size > len(rows):
        yield Finding(
            fault="log",
            found=f"the log of {call.key} covers {size} entries, the database has {len(rows)}: an older database",
            mend="bring back the database that has them; until then nothing is signed in this log",
        )
        return
    tree = Frontier()
    for row in rows[:size]:
        tree.append(bytes(row.leaf_hash))
    if signed is not None and tree.root != signed.root:
        yield Finding(
            fault="log",
            found=f"the log of {call.key} and the database tell two histories within the first {size} entries",
            mend="find out which one the Sides' witnesses cosigned, and bring back that; nothing is signed until then",
        )
    elif len(rows) > size and times and look.at - times[0] > PATIENCE:
        yield Finding(
            fault="log",
            found=f"the log of {call.key} has {size} of {len(rows)} entries, the last of {times[0].isoformat()}",
            mend="start the worker (python -m accord_server work), and look in its log",
        )


@check("documents")
def documents_are_there(look: Look) -> Iterator[Finding]:
    """Each document is what its digest says, and each of which a row speaks is there (a bucket is not read through)."""
    if look.environment.bucket is not None:
        return
    place: Path = look.environment.files
    found = {
        path.relative_to(place).as_posix(): path
        for path in sorted(place.glob("*/*"))
        if path.is_file() and not path.name.startswith(".")
    }
    changed = [name for name, path in found.items() if digest(path.read_bytes()) != path.name]
    if changed:
        yield Finding(
            fault="documents",
            found=f"{len(changed)} documents are not what was submitted: {', '.join(changed[:NAMED])}",
            mend="bring them back from a copy, and look at the disk",
        )
    spoken_of = _spoken_of(look)
    missing = sorted((spoken_of or frozenset()) - set(found))
    if missing:
        yield Finding(
            fault="documents",
            found=f"{len(missing)} documents are missing: {', '.join(missing[:NAMED])}",
            mend="bring them back from a copy",
        )


def _spoken_of(look: Look) -> frozenset[str] | None:
    """Every document of which a row speaks; None where the site's own role may not see them all."""
    if look.role is None:
        return documents_spoken_of("default") if connections["default"].vendor == "sqlite" else None
    told = {"default": {}, ALL_ROWS: django_database(look.role)}
    connections.settings[ALL_ROWS] = connections.configure_settings(told)[ALL_ROWS]
    try:
        return documents_spoken_of(ALL_ROWS)
    finally:
        connections[ALL_ROWS].close()
        del connections[ALL_ROWS]
        del connections.settings[ALL_ROWS]
