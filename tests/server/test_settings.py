"""The environment is read once; what is wrong in it is one line that names the variable."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from accord_server.database.preparing import UnsafeDatabase, prepare
from accord_server.settings.environment import VARIABLES, BadSetting, Database, read_environment
from accord_server.settings.logs import IdsOnly

ROOT = Path(__file__).resolve().parents[2]
SITE = "postgresql://site:p%40ss@db.example:5433/calls"
OWNER = "postgresql://owner@%2Frun%2FPostgres/calls"


def test_without_any_variable_the_site_is_an_sqlite_file_with_a_secret_of_its_own(tmp_path: Path) -> None:
    told = {"ACCORD_FOLDER": str(tmp_path / "site"), "ACCORD_PASSPHRASE": "for a key"}
    first = read_environment(told)
    assert (first.database, first.owner, first.hosts, first.https, first.log_level) == (
        Database(engine="sqlite", name=str(tmp_path / "site" / "accord.sqlite3")),
        None,
        ("localhost",),
        True,
        "INFO",
    )
    assert len(first.secret) >= 50
    assert read_environment(told) == first
    assert (tmp_path / "site").stat().st_mode & 0o077 == 0
    assert (tmp_path / "site" / "secret").stat().st_mode & 0o077 == 0


def test_a_postgresql_address_is_read_whole(tmp_path: Path) -> None:
    found = read_environment({"ACCORD_FOLDER": str(tmp_path), "ACCORD_DATABASE": SITE, "ACCORD_DATABASE_OWNER": OWNER})
    assert found.database == Database(
        engine="postgresql",
        name="calls",
        user="site",
        password="p@ss",  # noqa: S106  of no database
        host="db.example",
        port=5433,
    )
    assert found.owner == Database(engine="postgresql", name="calls", user="owner", host="/run/Postgres")


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ACCORD_DATABSE": SITE}, "ACCORD_DATABSE: there is no such setting"),
        ({"ACCORD_DATABASE": "mysql://a@b/c"}, "ACCORD_DATABASE: write postgresql://"),
        ({"ACCORD_DATABASE": "postgresql://db.example/calls"}, "found no role"),
        ({"ACCORD_DATABASE": "postgresql://a@db.example"}, "found no database"),
        ({"ACCORD_DATABASE": "postgresql://a@db:port/x"}, "cannot be read"),
        ({"ACCORD_DATABASE": SITE, "ACCORD_DATABASE_OWNER": SITE}, "ACCORD_DATABASE_OWNER: found the role 'site'"),
        ({"ACCORD_DATABASE_OWNER": OWNER}, "ACCORD_DATABASE_OWNER: SQLite has no roles"),
        ({"ACCORD_SECRET": "short"}, "ACCORD_SECRET: found 5 signs"),
        ({"ACCORD_HOSTS": "a.example,*"}, "ACCORD_HOSTS: found '*'"),
        ({"ACCORD_HTTPS": "true"}, "ACCORD_HTTPS: found 'true'; write one of yes, no"),
        ({"ACCORD_LOG_LEVEL": "DEBUG"}, "ACCORD_LOG_LEVEL: found 'DEBUG'"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    with pytest.raises(BadSetting) as error:
        read_environment({"ACCORD_FOLDER": str(tmp_path), **variables})
    assert told in str(error.value)
    assert "p%40ss" not in str(error.value)
    assert "p@ss" not in str(error.value)


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"ACCORD_FOLDER: .* cannot be used"):
        read_environment({"ACCORD_FOLDER": str(tmp_path / "file" / "site")})


def run(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ACCORD_FOLDER": str(tmp_path / "site"), **variables}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-m", "accord_server", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_site_is_prepared_in_an_empty_folder_and_fails_at_start_in_one_line(tmp_path: Path) -> None:
    assert run(tmp_path, "prepare").returncode == 0
    assert run(tmp_path, "makemigrations", "--check").stdout == "No changes detected\n"
    failed = run(tmp_path, "check", ACCORD_HTTPS="maybe")
    assert (failed.returncode, failed.stderr) == (2, "ACCORD_HTTPS: found 'maybe'; write one of yes, no\n")


def test_what_django_objects_to_in_production(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    other_sites_of_the_domain_are_not_ours = {"W005", "W021"}
    found = set(re.findall(r"security\.(W\d+)", done.stderr))
    assert found == other_sites_of_the_domain_are_not_ours


def test_every_setting_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "site.md").read_text(encoding="utf-8")
    assert [line for name, words in VARIABLES.items() if (line := f"| `{name}` | {words} |") not in text] == []


def test_a_password_is_kept_by_scrypt() -> None:
    kept = make_password("correct horse battery")
    assert kept.startswith("scrypt$")
    assert check_password("correct horse battery", kept)


def test_a_log_line_has_no_address_and_no_text_of_an_exception() -> None:
    try:
        raise ValueError("Key (email)=(a@b.example) of Hanako Yamada")  # noqa: TRY301  as a database would
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "by %s", ("a@b.example",), sys.exc_info())
    told = IdsOnly().format(record)
    assert told.startswith("by [address]\n")
    assert told.endswith("\nValueError")
    assert "Hanako" not in told


def test_postgresql_is_not_prepared_without_an_owner_nor_for_one_who_steps_over(database: Database) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            told = {}
            for name in ("journal_mode", "synchronous", "foreign_keys"):
                cursor.execute(f"PRAGMA {name}")
                told[name] = cursor.fetchone()[0]
        assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    with pytest.raises(UnsafeDatabase, match="ACCORD_DATABASE_OWNER: PostgreSQL needs it once"):
        prepare(migrate=lambda _alias: None)
