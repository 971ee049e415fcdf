"""What `doctor` asks of a database: whether its walls stand, and which documents its rows speak of."""

from __future__ import annotations

import json
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

UNGUARDED: Final = """
SELECT DISTINCT t.relname FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid
WHERE NOT t.relrowsecurity OR NOT t.relforcerowsecurity ORDER BY t.relname
"""
GUARDED: Final = "SELECT DISTINCT t.relname FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid"
KEPT: Final = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
DOCUMENTS: Final = "SELECT subject_id, digest FROM proposals_document"
SUBMITTED: Final = "SELECT subject_id, content FROM proposals_submittedversion"


def unguarded(site: BaseDatabaseWrapper) -> tuple[str, ...]:
    """Tables that have policies by which row-level security is not held, or not for their owner."""
    if site.vendor != "postgresql":
        return ()
    with site.cursor() as cursor:
        cursor.execute(UNGUARDED)
        return tuple(name for (name,) in cursor.fetchall())


def without_policy(site: BaseDatabaseWrapper, tables: frozenset[str]) -> tuple[str, ...]:
    """Of some tables those that have no policy at all."""
    if site.vendor != "postgresql":
        return ()
    with site.cursor() as cursor:
        cursor.execute(GUARDED)
        found = {name for (name,) in cursor.fetchall()}
    return tuple(sorted(tables - found))


def unsafe_pragmas(site: BaseDatabaseWrapper) -> tuple[str, ...]:
    """What of SQLite could lose an acknowledged row, as `journal_mode is delete`."""
    if site.vendor != "sqlite":
        return ()
    told = []
    with site.cursor() as cursor:
        for name, expected in KEPT.items():
            cursor.execute(f"PRAGMA {name}")
            (found,) = cursor.fetchone()
            if found != expected:
                told.append(f"{name} is {found}, not {expected}")
    return tuple(told)


def documents_spoken_of(alias: str) -> frozenset[str]:
    """Every document of which a row speaks, as `<proposal>/<sha256>`, over a connection that sees every row."""
    found = set()
    with connections[alias].cursor() as cursor:
        cursor.execute(DOCUMENTS)
        pairs = [(str(subject), digest) for subject, digest in cursor.fetchall()]
        cursor.execute(SUBMITTED)
        for subject, content in cursor.fetchall():
            pairs += [(str(subject), one["sha256"]) for one in json.loads(bytes(content))["documents"]]
    for subject, digest in pairs:
        found.add(f"{subject.replace('-', '')}/{digest}")
    return frozenset(found)
