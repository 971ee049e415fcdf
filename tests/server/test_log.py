"""A call's log as a folder: programs that know nothing of the site read it, and it never shrinks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from accord.cli import commands
from accord.record.log.keys import new_key
from accord.record.log.notes import BadSignature
from accord.record.log.reader import TamperedLog, audit, folder, head
from accord_server.calls.services.inviting import invite
from accord_server.database.sessions import publishing, reading
from accord_server.log.happenings import Doing
from accord_server.log.publishing import export_contents, publish
from accord_server.log.queries import contents, entries

ORIGIN = "example.org/small"


def accord(*arguments: object) -> str:
    done = CliRunner().invoke(commands, [str(one) for one in arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def asked(world: Any, call: Any, officer: Any, number: int, first: int = 0) -> None:
    for one in range(first, first + number):
        doing = Doing(by=officer, at=world.at, call=call)
        expires = world.at + timedelta(days=7)
        invite(doing, email=f"{one}@x.example", role="expert", side="JP", expires_at=expires)


def test_the_command_line_reads_and_proves_what_the_site_exported(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    log = tmp_path / "log"
    publish(call, log, world.host, ORIGIN)
    assert accord("log", "show", log).splitlines()[0].startswith(f"{ORIGIN}: 4 entries under root ")
    accord("log", "prove", log, 0, "--out", tmp_path / "receipt")
    with reading(officer.id):
        plan = contents(officer, call, world.at)[0]
        salt = bytes(plan.salt).hex()
    (tmp_path / "plan.toml").write_bytes(world.plan())
    content = ("--content", tmp_path / "plan.toml", "--salt", salt)
    told = accord("receipt", "verify", tmp_path / "receipt", "--host", world.host.verifier.text, *content)
    assert "is what was logged" in told
    assert "index 0 under the head of size 4" in told


def test_a_log_grows_over_the_width_of_a_tile(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    sizes = []
    for number in (0, 40, 230):
        asked(world, call, officer, number, first=sum(sizes))
        found = publish(call, tmp_path / "log", world.host, ORIGIN)
        sizes.append(found.size)
    assert sizes == [4, 44, 274]
    read = folder(tmp_path / "log")
    assert [index for index, _ in audit(read, head(read))] == list(range(274))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "log").rglob("*")}
    assert publish(call, tmp_path / "log", world.host, ORIGIN) == found
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "log").rglob("*")} == before


def test_a_database_from_an_older_copy_is_noticed_and_nothing_is_signed(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    asked(world, call, officer, 2)
    publish(call, tmp_path / "log", world.host, ORIGIN)
    before = (tmp_path / "log" / "checkpoint").read_bytes()
    connection.execute_wrappers.clear()  # past the tests' own guard, and past what the database refuses
    lost = "DELETE FROM log_content WHERE entry_id IN (SELECT id FROM log_entry WHERE index = 5)"
    forget(world, lost, "DELETE FROM log_entry WHERE index = 5", call=call)
    with pytest.raises(TamperedLog, match=r"has 5 entries of example.org/small, a signed head covers 6"):
        publish(call, tmp_path / "log", world.host, ORIGIN)
    asked(world, call, officer, 3, first=10)  # the second history grows past the first
    with pytest.raises(TamperedLog, match="first 6 entries are not those under the signed head"):
        publish(call, tmp_path / "log", world.host, ORIGIN)
    assert (tmp_path / "log" / "checkpoint").read_bytes() == before


def test_a_changed_leaf_is_noticed(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    connection.execute_wrappers.clear()
    forget(world, "UPDATE log_entry SET leaf_hash = leaf WHERE index = 1", call=call)
    with pytest.raises(TamperedLog, match=r"entry 1 of example.org/small is missing in the database, or was changed"):
        publish(call, tmp_path / "log", world.host, ORIGIN)


def forget(world: Any, *statements: str, call: Any) -> None:
    """Do what no role of the site may: as whoever holds the disk."""
    if connection.vendor == "postgresql":
        import psycopg  # noqa: PLC0415  only where it is there

        told = connection.settings_dict
        with psycopg.connect(host=told["HOST"], dbname=told["NAME"], user="postgres", autocommit=True) as superuser:
            superuser.execute("SET session_replication_role = replica")  # no trigger
            for one in statements:
                superuser.execute(one)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        for one in statements:
            cursor.execute(one.replace(" index ", ' "index" '))
        for _, sql in triggers:
            cursor.execute(sql)


def test_only_committed_rows_are_published(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    with transaction.atomic(), pytest.raises(RuntimeError, match="committed rows"):
        publish(call, tmp_path / "log", world.host, ORIGIN)


def test_another_key_and_another_log_are_refused(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    publish(call, tmp_path / "log", world.host, ORIGIN)
    for key, origin in ((new_key("h.example/host"), ORIGIN), (world.host, "example.org/other")):
        with pytest.raises(BadSignature):
            publish(call, tmp_path / "log", key, origin)


def test_contents_are_exported_for_one_reader(world: Any, tmp_path: Path) -> None:
    call = world.opened()
    officer, other = world.officer(call, "JP"), world.officer(call, "EU")
    asked(world, call, officer, 1)
    for account, expected in ((officer, 5), (other, 4), (world.account("s@x.example"), 0)):
        log = tmp_path / str(account.id)
        publish(call, log, world.host, ORIGIN)
        assert export_contents(account, call, log, world.at) == expected
        assert len(list((log / "contents").iterdir())) == 2 * expected
    with publishing(call):
        assert entries(call).count() == 6
