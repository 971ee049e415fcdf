"""Django's way of naming a database, with what keeps an acknowledged write."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

from accord_server.settings.environment import BadSetting, Database

SECONDS_TO_WAIT: Final = 30
PRAGMAS: Final = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"
"""Readers beside one writer; a commit is on disk before it is acknowledged (NORMAL can lose the last ones)."""

KEPT_OPEN: Final = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
"""A thread keeps its connection for the next request, after a look that it still answers."""


def django_database(database: Database) -> dict[str, Any]:
    """A database as Django's DATABASES has it; raises BadSetting where PostgreSQL's driver is not installed."""
    if database.engine == "sqlite":
        # a deferred transaction that reads first and writes then fails at once beside another writer
        options = {"timeout": SECONDS_TO_WAIT, "transaction_mode": "IMMEDIATE", "init_command": PRAGMAS}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": database.name, "OPTIONS": options, **KEPT_OPEN}
    if find_spec("psycopg") is None:
        raise BadSetting("ACCORD_DATABASE: PostgreSQL needs its driver: pip install 'psycopg[binary]'")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "USER": database.user,
        "PASSWORD": database.password,
        "HOST": database.host,
        "PORT": "" if database.port is None else str(database.port),
        "OPTIONS": {"connect_timeout": SECONDS_TO_WAIT, "application_name": "accord"},
        **KEPT_OPEN,
    }
