"""Each fault of an installation is planted, found, and told with what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from accord.plan.load import parse_plan
from accord.record.canonical import digest
from accord.record.log.keys import new_key, write_key
from accord_server.database.sessions import writing
from accord_server.doctor import machine
from accord_server.doctor.findings import Finding, Look, checks, findings
from accord_server.log.publishing import publish
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.mail.outbox import post
from accord_server.mail.states import LETTER
from accord_server.settings.databases import django_database
from accord_server.settings.environment import Database
from accord_server.settings.mail import mail_server
from accord_server.tasks import keeping
from accord_server.tasks.jobs import kinds
from accord_server.tasks.queue import schedule
from accord_server.tasks.states import JOB

ROOT = Path(__file__).resolve().parents[3]
DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ORIGIN = "example.org/small"


@dataclass
class Site:
    """A healthy site with an open call, and what a test needs to make it ill."""

    world: Any
    environment: Any
    at: datetime
    call: Any
    log: Path

    def look(self, **changed: Any) -> tuple[Finding, ...]:
        told = SimpleNamespace(**{**vars(self.environment), **changed})
        return tuple(findings(Look(environment=told, at=self.at)))

    def faults(self, **changed: Any) -> list[str]:
        return [one.fault for one in self.look(**changed)]


@pytest.fixture
def site(world: Any, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site in which nothing is wrong."""
    call = world.opened()
    opens = parse_plan(world.plan()).plan.timeline.opens
    folder = tmp_path / "site"
    environment = SimpleNamespace(
        folder=folder, files=folder / "files", logs=folder / "logs", host_key=folder / "host.key", bucket=None,
        hosts=("localhost",), https=False, smtp=None, database=database,
    )  # fmt: skip
    environment.files.mkdir(parents=True)
    write_key(environment.host_key, world.host)
    log = environment.logs / call.hex
    log.mkdir(parents=True)
    publish(call, log, world.host, ORIGIN)
    at = opens + timedelta(hours=1)
    with writing("test", MACHINE, None):
        keeping.seen(MACHINE, at)
    monkeypatch.setattr(machine, "LEAST_FREE", 1)  # this machine's own disk is no matter here
    monkeypatch.setattr(machine, "LEAST_SHARE", 0)
    return Site(world, environment, at, call, log)


def as_owner(site: Site, sql: str) -> None:
    """Do what only the tables' owner may."""
    import psycopg  # noqa: PLC0415  only where it is there

    told = connection.settings_dict
    with psycopg.connect(host=told["HOST"], dbname=told["NAME"], user="accord_owner", autocommit=True) as owner:
        owner.execute(sql)


def test_a_healthy_site_has_no_fault(site: Site) -> None:
    assert site.look() == ()


def folder_is_a_file(site: Site) -> None:
    site.environment.files.rmdir()
    site.environment.files.write_text("")


def secret_is_readable(site: Site) -> None:
    (site.environment.folder / "secret").write_text("x" * 60)
    (site.environment.folder / "secret").chmod(0o644)


def key_is_readable(site: Site) -> None:
    site.environment.host_key.chmod(0o640)


def http_in_public(site: Site) -> None:
    site.environment.hosts, site.environment.smtp = ("calls.example.org",), None


def no_key(site: Site) -> None:
    site.environment.host_key.unlink()


def another_key(site: Site) -> None:
    site.environment.host_key.unlink()
    write_key(site.environment.host_key, new_key("h.example/host"))


def garbage_for_a_key(site: Site) -> None:
    site.environment.host_key.write_text("garbage")


def clock_behind(site: Site) -> None:
    from accord_server.calls.services.inviting import invite  # noqa: PLC0415  far from here
    from accord_server.log.happenings import Doing  # noqa: PLC0415

    officer = site.world.officer(site.call, "JP")
    later = site.at + timedelta(hours=2)
    doing = Doing(by=officer, at=later, call=site.call)
    invite(doing, email="a@x.example", role="expert", side="JP", expires_at=later + timedelta(days=1))
    publish(site.call, site.log, site.world.host, ORIGIN)


def log_behind(site: Site) -> None:
    site.world.officer(site.call, "JP")  # an entry of months before


def log_ahead(site: Site) -> None:
    from accord.record.log.writer import append  # noqa: PLC0415  past the site

    append(site.log, site.world.host, [b"{}"])


def log_forked(site: Site) -> None:
    from accord.record.log.writer import append, begin_log  # noqa: PLC0415  past the site

    shutil.rmtree(site.log)
    site.log.mkdir()
    begin_log(site.log, site.world.host, ORIGIN)
    append(site.log, site.world.host, [b"{}", b"[]"])


def no_worker(site: Site) -> None:
    site.at += timedelta(minutes=3)


def jobs_wait(site: Site) -> None:
    with writing("test", MACHINE, None):
        schedule("log.publish", key="k", values={}, at=site.at - timedelta(minutes=11))


def job_failed(site: Site) -> None:
    with writing("test", MACHINE, None):
        job = schedule("log.publish", key="k", values={}, at=site.at)
        taken = keeping.take(job, site.at)
        assert taken is not None
        keeping.end(taken, keeping.JobState.FAILED, site.at, why="OSError", result={})


def letter_given_up(site: Site) -> None:
    values = {"call": "small", "reference": "A", "time": "noon"}
    with writing("test", MACHINE, None):
        (made,) = post(to=("a@x.example",), letter="withdrawn", values=values, language="en", at=site.at)
        Letter.objects.filter(id=made).update(state="given-up")


def document_changed(site: Site) -> None:
    place = site.environment.files / site.call.hex
    place.mkdir()
    (place / digest(b"as it was")).write_bytes(b"as it is")


def migration_missing(site: Site) -> None:
    connection.execute_wrappers.clear()
    if connection.vendor == "postgresql":
        as_owner(site, "DELETE FROM django_migrations WHERE app = 'tasks' AND name = '0002_row_security'")
        return
    MigrationRecorder(connection).migration_qs.filter(app="tasks", name="0002_row_security").delete()


PLANTED: dict[str, tuple[Callable[[Site], None], list[str], str]] = {
    "a folder that cannot be written": (folder_is_a_file, ["folder"], "cannot be written"),
    "a secret that others read": (secret_is_readable, ["secret"], "chmod 600"),
    "a host key that others read": (key_is_readable, ["secret"], "host.key can be read by others (mode 640)"),
    "a public site without HTTPS and mail": (http_in_public, ["https", "mail"], "reached as calls.example.org"),
    "no host key": (no_key, ["host-key"], "there is no host key at"),
    "the key of another host": (another_key, ["host-key"], "not the one that the plan of small names"),
    "a key that cannot be read": (garbage_for_a_key, ["host-key"], "cannot be read"),
    "a clock behind the log": (clock_behind, ["clock"], "small has an entry of"),
    "a log behind the rows": (log_behind, ["log"], "has 3 of 4 entries"),
    "a log ahead of the rows": (log_ahead, ["log"], "covers 4 entries, the database has 3"),
    "a log with another history": (log_forked, ["log"], "two histories within the first 2 entries"),
    "no worker": (no_worker, ["worker"], "no worker was seen"),
    "jobs that wait": (jobs_wait, ["worker"], "1 jobs wait since more than ten minutes"),
    "a job that failed": (job_failed, ["worker"], "1 jobs failed for good since yesterday: log.publish"),
    "a letter given up": (letter_given_up, ["worker"], "1 letters were refused too often"),
    "a document that was changed": (document_changed, ["documents"], "1 documents are not what was submitted"),
    "a migration that is missing": (migration_missing, ["migrations"], "1 steps are missing, from tasks.0002"),
}


ON_BOTH = {"no worker", "a letter given up", "a log ahead of the rows", "a migration that is missing"}
"""What the rows have a part in; the rest is the same on both databases."""


@pytest.mark.parametrize(
    ("database", "what"),
    [*(("sqlite", what) for what in PLANTED), *(("postgresql", what) for what in PLANTED if what in ON_BOTH)],
    indirect=["database"],
)
def test_a_planted_fault_is_found(site: Site, what: str) -> None:
    plant, expected, told = PLANTED[what]
    plant(site)
    found = site.look()
    assert [one.fault for one in found] == expected
    assert told in found[0].line
    assert all(". To mend: " in one.line and "\n" not in one.line for one in found)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_mail_server_that_is_not_there(site: Site, settings_of: Any) -> None:
    settings_of(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1,
        EMAIL_USE_TLS=False,
    )  # fmt: skip
    (found,) = site.look(smtp=mail_server("smtp://127.0.0.1:1"))
    assert found.line.startswith("mail: the mail server 127.0.0.1 does not answer (ConnectionRefusedError)")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1024**5)
    assert site.faults() == ["disk"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_missing_fonts_and_static_files(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FONTS", ("noto_cjk_sans_jp_regular", "no_such_font"))
    monkeypatch.setattr(machine.finders, "find", lambda name: None if name.endswith("site.css") else name)
    found = site.look()
    assert [one.fault for one in found] == ["static", "fonts"]
    assert "accord/site.css" in found[0].found
    assert "no_such_font" in found[1].found


def test_a_missing_document(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from accord_server.doctor import logs  # noqa: PLC0415  to plant what the rows say

    monkeypatch.setattr(logs, "_spoken_of", lambda _: frozenset({f"{site.call.hex}/{digest(b'x')}"}))
    assert site.faults() == ["documents"]
    place = site.environment.files / site.call.hex
    place.mkdir()
    (place / digest(b"x")).write_bytes(b"x")
    assert site.faults() == []


def test_walls_that_are_off_and_roles_that_step_over(site: Site) -> None:
    if connection.vendor == "sqlite":
        connections["default"].close()
        loose = django_database(site.environment.database)
        loose["OPTIONS"]["init_command"] = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON"
        old = connections.settings["default"]["OPTIONS"]
        connections["default"].settings_dict["OPTIONS"] = loose["OPTIONS"]
        found = site.look()
        connections["default"].settings_dict["OPTIONS"] = old
        assert [one.found for one in found] == [
            "SQLite's journal_mode is delete, not wal",
            "SQLite's synchronous is 0, not 2",
        ]
        return
    as_owner(site, "ALTER TABLE log_content DISABLE ROW LEVEL SECURITY")
    as_owner(site, "ALTER TABLE proposals_document NO FORCE ROW LEVEL SECURITY")
    (found,) = site.look()
    assert found.found == "row-level security is off for log_content, proposals_document"
    as_owner(site, "ALTER TABLE log_content ENABLE ROW LEVEL SECURITY")
    as_owner(site, "ALTER TABLE proposals_document FORCE ROW LEVEL SECURITY")
    for user, told in (("postgres", "is a superuser, bypasses row-level security"), ("accord_owner", "owns tables")):
        connections["default"].close()
        connections["default"].settings_dict["USER"] = user
        assert [one.fault for one in site.look()] == ["role"]
        assert told in site.look()[0].found
    connections["default"].close()
    connections["default"].settings_dict["USER"] = "accord_site"


def test_what_cannot_be_looked_at_is_told_and_the_rest_is_looked_at(site: Site) -> None:
    connection.execute_wrappers.clear()
    if connection.vendor == "postgresql":
        as_owner(site, "DROP TABLE tasks_workerseen")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE tasks_workerseen")
    found = site.look()
    assert [one.fault for one in found] == ["worker"]
    assert found[0].found.startswith("this could not be looked at (")


def test_the_command_exits_by_what_it_found(tmp_path: Path, prepared_file: Path) -> None:
    (tmp_path / "site").mkdir()
    shutil.copyfile(prepared_file, tmp_path / "site" / "accord.sqlite3")
    environment = {**os.environ, "ACCORD_FOLDER": str(tmp_path / "site"), "PYTHONPATH": str(ROOT / "src")}

    def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        told = {**environment, **changed}
        return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=60)

    done = run("-c", "from accord.cli.doctor import doctor; doctor()", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert "worker" in [one["fault"] for one in told["faults"]]
    assert told["looked_at"] == list(checks())
    short = run("-m", "accord_server", "doctor", ACCORD_SECRET="short")  # noqa: S106  that is the fault
    assert (short.returncode, short.stderr) == (2, "ACCORD_SECRET: found 5 signs, at least 50 are needed\n")


def test_everything_that_is_looked_at_is_in_the_docs() -> None:
    assert len(checks()) >= 15
    assert [row for name, words in checks().items() if (row := f"| `{name}` | {words} |") not in DOCS] == []
    assert settings.ENVIRONMENT.folder.is_dir()


def test_the_docs_are_drawn_from_the_tables() -> None:
    for moves in (JOB, LETTER):
        assert f"```mermaid\n{moves.diagram()}```\n" in DOCS
    rows = [f"| `{name}` | {(one.does.__doc__ or '').splitlines()[0]} |" for name, one in kinds().items()]
    assert [row for row in rows if row not in DOCS] == []
