"""The site on both of its databases: a fresh one a test, a PostgreSQL cluster of our own, and a call to begin with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django
import pytest

FOLDER = Path(tempfile.mkdtemp(prefix="accord-site-"))
for _name in [name for name in os.environ if name.startswith("ACCORD_")]:
    del os.environ[_name]
os.environ |= {"DJANGO_SETTINGS_MODULE": "accord_server.settings", "ACCORD_FOLDER": str(FOLDER)}
django.setup()

from django.core.management import call_command  # noqa: E402  models need the set-up above
from django.db import connection, connections  # noqa: E402

from accord.acts.statement import Statement, signed_act  # noqa: E402
from accord.record.canonical import digest  # noqa: E402
from accord.record.log.keys import new_key  # noqa: E402
from accord.record.log.notes import SignerKey  # noqa: E402
from accord_server.access.models import Invitation, Membership  # noqa: E402
from accord_server.access.states import Role  # noqa: E402
from accord_server.calls.services.inviting import join  # noqa: E402
from accord_server.calls.services.opening import open_call  # noqa: E402
from accord_server.database.preparing import prepare  # noqa: E402
from accord_server.database.sessions import action_running, writing  # noqa: E402
from accord_server.log.happenings import Doing  # noqa: E402
from accord_server.people.models import Account, Side  # noqa: E402
from accord_server.settings.databases import django_database  # noqa: E402
from accord_server.settings.environment import Database  # noqa: E402
from calls import PLAN  # noqa: E402

ORIGIN = "example.org/small"
AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE)\b", re.IGNORECASE)

THEIRS = (
    "django_tasks_database_dbtaskresult",
    "django_session",
    "account_emailaddress",
    "mfa_authenticator",
)
"""Tables of packages that write them themselves, outside our actions: the queue of django-tasks, Django's sessions,
allauth's addresses and second factors. No other table is written by allauth; accounts are ours."""


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    shutil.rmtree(FOLDER, ignore_errors=True)


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Refuse a write while no action runs."""
    if WRITES.match(sql) and action_running() is None and not any(f'"{table}"' in sql for table in THEIRS):
        raise AssertionError(f"a write outside an action: {sql[:80]}")
    return execute(sql, params, many, context)


def connect(alias: str, database: Database | None) -> None:
    """Make an alias lead to another database, or nowhere."""
    if alias in connections.settings:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
    if database is not None:
        told = {"default": {}, alias: django_database(database)}
        connections.settings[alias] = connections.configure_settings(told)[alias]


def migrated(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0, interactive=False)


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server of the tests' own."""

    socket: Path
    run: Callable[[str, str], None]
    """Runs SQL in a database as the superuser."""

    def database(self, name: str, role: str) -> Database:
        return Database(engine="postgresql", name=name, user=role, host=str(self.socket))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private server, begun once; it refuses root, so that root starts it as the user postgres."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    if not places:
        pytest.skip("PostgreSQL's programs are not on this machine (apt-get install postgresql)")
    programs, user = places[0], "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="accord-pg-"))
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(
            command, user=user, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60
        )

    run(programs / "initdb", "-D", folder / "rows", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
    run(programs / "pg_ctl", "-D", folder / "rows", "-w", "-l", folder / "server.log", "-o", options, "start")

    def sql(database: str, text: str) -> None:
        run(
            programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "postgres", "-d", database, "-c", text
        )

    try:
        made = Cluster(folder, sql)
        sql("postgres", "CREATE ROLE accord_owner LOGIN")
        sql("postgres", "CREATE ROLE accord_site LOGIN")
        sql("postgres", "CREATE DATABASE prepared OWNER accord_owner")
        sql("prepared", "ALTER SCHEMA public OWNER TO accord_owner")
        connect("owner", made.database("prepared", "accord_owner"))
        connect("default", made.database("prepared", "accord_site"))
        prepare(migrate=migrated)
        connect("owner", None)
        connect("default", None)
        yield made
    finally:
        run(programs / "pg_ctl", "-D", folder / "rows", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared_file() -> Path:
    """An SQLite database with its tables, to be copied."""
    file = FOLDER / "prepared.sqlite3"
    connect("default", Database(engine="sqlite", name=str(file)))
    prepare(migrate=migrated)
    connect("default", None)
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database of either kind, which refuses a write outside an action."""
    if request.param == "sqlite":
        file = tmp_path / "accord.sqlite3"
        shutil.copyfile(request.getfixturevalue("prepared_file"), file)
        made = Database(engine="sqlite", name=str(file))
    else:
        server = request.getfixturevalue("cluster")
        name = f"test_{uuid4().hex}"
        server.run("postgres", f"CREATE DATABASE {name} TEMPLATE prepared OWNER accord_owner")
        made = server.database(name, "accord_site")
    connect("default", made)
    connection.execute_wrappers.append(guard)
    yield made
    connect("default", None)
    if made.engine == "postgresql":
        server.run("postgres", f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def arranging(call: UUID | None = None) -> Iterator[None]:
    """Write rows that a test begins with."""
    with writing("test", uuid4(), call):
        yield


@dataclass
class World:
    """A host with its key, two Sides with theirs, and what a test asks for."""

    host: SignerKey = field(default_factory=lambda: new_key("h.example/host"))
    keys: dict[str, SignerKey] = field(
        default_factory=lambda: {side: new_key(f"{side.lower()}.example/a") for side in ("JP", "EU")}
    )
    at: datetime = AT

    def plan(self, **changed: str) -> bytes:
        """A plan with signatories, contacts and a log; texts can be changed: `plan(**{"light": "dark"})`."""
        text = PLAN
        for side, key in self.keys.items():
            told = (
                f'contact = {{ name = "Desk", email = "Desk@{side.lower()}.example" }}\n'
                f'signatories = [ {{ name = "Director, {side}", public_key = "{key.verifier.text}" }} ]\n'
            )
            text = text.replace(f'id = "{side}"\n', f'id = "{side}"\n{told}', 1)
        witness = ", ".join(f'{side} = "{key.verifier.text}"' for side, key in self.keys.items())
        text += f'\n[log]\norigin = "{ORIGIN}"\nhost = "{self.host.verifier.text}"\nwitness = {{ {witness} }}\n'
        for old, new in changed.items():
            assert old in text
            text = text.replace(old, new)
        return text.encode()

    def acts(self, plan: bytes, *sides: str, number: int = 1) -> tuple[bytes, ...]:
        """The signed notes of some Sides (all by default) about a plan."""
        return tuple(
            signed_act(
                Statement(
                    kind="plan",
                    number=number,
                    call="small",
                    side=side,
                    subject=digest(plan),
                    signatory=f"Director, {side}",
                    at=self.at,
                ),
                self.keys[side],
            ).content
            for side in sides or self.keys
        )

    def account(self, email: str, **changed: Any) -> Account:
        """A person with a confirmed address."""
        made = Account(email=email, name=email, **{"email_confirmed_at": self.at, **changed})
        made.set_unusable_password()
        with arranging():
            made.save(force_insert=True)
        return made

    def opened(self) -> UUID:
        """A call, opened by the host's administrator from a plan that both Sides signed."""
        plan = self.plan()
        administrator = self.account("root@h.example", is_administrator=True)
        done = open_call(
            Doing(by=administrator, at=self.at), plan=plan, acts=self.acts(plan), host=self.host.verifier.text
        )
        return done.call

    def officer(self, call: UUID, side: str) -> Account:
        """The officer of a Side, who came in by the plan's invitation."""
        account = self.account(f"desk@{side.lower()}.example")
        asked = Invitation.objects.get(call_id=call, side__key=side, role=Role.SIDE_OFFICER)
        join(Doing(by=account, at=self.at, call=call), invitation_id=asked.id)
        return account

    def member(self, call: UUID, email: str, role: Role, side: str | None = None, **changed: Any) -> Account:
        """Somebody with a role, written straight into the rows."""
        account = self.account(email)
        self.joined(call, account, role, side, **changed)
        return account

    def joined(self, call: UUID, account: Account, role: Role, side: str | None = None, **changed: Any) -> None:
        of = Side.objects.get(key=side) if side else None
        with arranging(call):
            told = {"since": self.at - timedelta(days=1), **changed}
            Membership(call_id=call, account=account, role=role, side=of, **told).save(force_insert=True)


@pytest.fixture
def world(database: Database) -> World:
    """A host and two Sides, on a fresh database."""
    return World()
