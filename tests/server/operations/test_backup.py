"""A copy of the site is whole, is put back as it was, and never leads a log into a second history."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections

from accord.record.folder import FolderExists
from accord.record.log.reader import TamperedLog
from accord_server.calls.services.inviting import invite
from accord_server.database.sessions import publishing
from accord_server.doctor.copying import MANIFEST, NoBackup, back_up, put_back
from accord_server.log.happenings import Doing
from accord_server.log.publishing import publish
from accord_server.log.queries import size
from accord_server.settings.environment import Database

ORIGIN = "example.org/small"


@pytest.fixture
def site(world: Any, database: Database, tmp_path: Path) -> Any:
    """A call with a published log and a document."""
    if database.engine == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("PostgreSQL's client programs are not on this machine (apt-get install postgresql-client)")
    call = world.opened()
    officer = world.officer(call, "JP")
    folder = tmp_path / "site"
    environment = SimpleNamespace(
        folder=folder, logs=folder / "logs", files=folder / "files", database=database, bucket=None
    )
    (environment.files / "ab").mkdir(parents=True)
    (environment.files / "ab" / "document").write_bytes(b"%PDF-1.7")
    log = environment.logs / call.hex
    log.mkdir(parents=True)
    role = None
    if database.engine == "postgresql":
        role = Database(engine="postgresql", name=database.name, user="postgres", host=database.host)

    def grow(number: int) -> None:
        for one in range(number):
            address = f"{size_of()}-{one}@x.example"
            doing = Doing(by=officer, at=world.at, call=call)
            invite(doing, email=address, role="expert", side="JP", expires_at=world.at + timedelta(days=1))

    def size_of() -> int:
        with publishing(call):
            return size(call)

    def published() -> int:
        return publish(call, log, world.host, ORIGIN).size

    published()
    return SimpleNamespace(
        environment=environment, role=role, grow=grow, size=size_of, publish=published, at=world.at, log=log
    )


def restored(site: Any, copy: Path) -> Any:
    guards = list(connection.execute_wrappers)
    connections.close_all()
    done = put_back(site.environment, copy, site.role)
    connection.execute_wrappers[:] = guards
    return done


def test_a_copy_is_put_back_and_the_site_goes_on(site: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    site.grow(2)
    assert back_up(site.environment, copy, site.at, site.role) >= 5  # rows, a document, a head, a tile, entries
    before = site.size()
    assert not list(copy.rglob("*.key"))
    shutil.rmtree(site.environment.folder / "files")
    done = restored(site, copy)
    assert (done.documents, done.logs, done.newer) == (1, 1, ())
    assert (site.environment.files / "ab" / "document").read_bytes() == b"%PDF-1.7"
    assert site.size() == before
    site.grow(1)
    assert site.publish() == before + 1


def test_an_older_database_beside_a_newer_log_is_refused_before_anything_is_signed(site: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(site.environment, copy, site.at, site.role)
    old = site.size()
    site.grow(3)
    assert site.publish() == old + 3
    signed = (site.log / "checkpoint").read_bytes()
    done = restored(site, copy)
    assert (done.logs, done.newer) == (0, (site.log.name,))
    assert site.size() == old
    with pytest.raises(TamperedLog, match=f"has {old} entries of {ORIGIN}, a signed head covers {old + 3}"):
        site.publish()
    site.grow(5)  # the second history grows past the first
    with pytest.raises(TamperedLog, match="are not those under the signed head"):
        site.publish()
    assert (site.log / "checkpoint").read_bytes() == signed


def test_a_copy_that_is_taken_while_a_log_grows_fits_together(site: Any, tmp_path: Path) -> None:
    site.grow(2)
    site.publish()
    copy = tmp_path / "copy"
    back_up(site.environment, copy, site.at, site.role)  # rows and head of one size
    site.grow(1)  # rows ahead of the head
    later = tmp_path / "later"
    back_up(site.environment, later, site.at, site.role)
    shutil.rmtree(site.environment.logs)  # the machine was lost
    restored(site, later)
    assert site.publish() == site.size()


def test_a_damaged_copy_changes_nothing(site: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(site.environment, copy, site.at, site.role)
    site.grow(1)
    before = site.size()
    with pytest.raises(FolderExists):
        back_up(site.environment, copy, site.at, site.role)
    (copy / "files" / "ab" / "document").write_bytes(b"%PDF-1.6")
    with pytest.raises(NoBackup, match="it is not what was copied"):
        restored(site, copy)
    (copy / MANIFEST).unlink()
    with pytest.raises(NoBackup, match="no whole copy of a site"):
        restored(site, copy)
    assert site.size() == before
    if site.role is not None:
        with pytest.raises(NoBackup, match="--role"):
            back_up(site.environment, tmp_path / "other", site.at, None)
        assert not (tmp_path / "other").exists()
