"""A copy of the whole site in a folder, taken while it runs, and put back without forking a log.

The order is what matters. Logs first: their heads then cover no row that the database's copy lacks. The database
next. Documents last: they are only added to, so that none is missing of which a row speaks. A log is never put back
over a newer one: an older database beside it is then noticed, and nothing is signed.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accord.errors import AccordError
from accord.record.canonical import Json, canonical, digest
from accord.record.folder import read_inside, whole_folder
from accord.record.log.reader import CHECKPOINT, audit, folder, head
from accord_server.settings.environment import Database, Environment

MANIFEST: Final = "backup.json"
ROWS: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MINUTES: Final = 60
TRIES: Final = 5


class NoBackup(AccordError):
    """A copy that cannot be taken, or put back; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """What was put back: how many logs and documents; and the logs left as they were, being newer than the copy."""

    logs: int
    documents: int
    newer: tuple[str, ...]


def back_up(environment: Environment, target: Path, at: datetime, role: Database | None) -> int:
    """Copy the site into a new folder, whole or not at all; returns how many files.

    `role` enters PostgreSQL as one that row-level security does not hold. Keys and the secret are no part of the
    copy. Raises NoBackup and FolderExists.
    """
    with whole_folder(target) as made:
        _logs(environment.logs, made / "logs")
        _dumped(environment.database, made / ROWS[environment.database.engine], role)
        if environment.bucket is None:
            _copied(environment.files, made / "files")
        files = {path: digest(read_inside(made, path)) for path in _files(made)}
        told: dict[str, Json] = {
            "accord_backup": 1,
            "database": environment.database.engine,
            "files": dict(sorted(files.items())),
            "taken": at.isoformat(),
        }
        (made / MANIFEST).write_bytes(canonical(told))
    return len(files)


def put_back(environment: Environment, source: Path, role: Database | None) -> PutBack:
    """Put a copy back into a site that is stopped; every file is checked first.

    The database that stood there is kept beside (SQLite), or replaced in one transaction (PostgreSQL). Raises
    NoBackup for a copy that is damaged, or of another kind of database.
    """
    files = _checked(environment, source)
    _loaded(environment.database, source / ROWS[environment.database.engine], role)
    newer, logs = [], {path.split("/")[1] for path in files if path.startswith("logs/")}
    for name in sorted(logs):
        old, new = environment.logs / name, source / "logs" / name
        if _size(old) > _size(new):
            newer.append(name)
            continue
        shutil.copytree(new, old, dirs_exist_ok=True)
    documents = 0
    for path in files:
        place = environment.folder / path
        if path.startswith("files/") and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / path, place)
            documents += 1
    return PutBack(logs=len(logs) - len(newer), documents=documents, newer=tuple(newer))


def _checked(environment: Environment, source: Path) -> tuple[str, ...]:
    try:
        told: Any = json.loads(read_inside(source, MANIFEST))
        if told["accord_backup"] != 1 or told["database"] != environment.database.engine:
            raise NoBackup(
                f"{source}: it is a copy of a site on {told['database']}; this one is on {environment.database.engine}"
            )
        for path, expected in told["files"].items():
            if digest(read_inside(source, path)) != expected:
                raise NoBackup(f"{source / path}: it is not what was copied; take another copy")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(f"{source}: it is no whole copy of a site ({type(error).__name__}); take another") from error
    return tuple(told["files"])


def _dumped(database: Database, file: Path, role: Database | None) -> None:
    if database.engine == "sqlite":
        with (
            closing(sqlite3.connect(f"file:{database.name}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(file)) as new,
        ):
            old.backup(new)
        return
    _run("pg_dump", _entering(role), "--format=custom", f"--file={file}")


def _loaded(database: Database, file: Path, role: Database | None) -> None:
    if database.engine == "sqlite":
        place = Path(database.name)
        if place.exists():
            place.replace(place.with_name(f"{place.name}.before"))
        for rest in ("-wal", "-shm"):
            place.with_name(place.name + rest).unlink(missing_ok=True)
        shutil.copy2(file, place)
        return
    as_role = _entering(role)
    _run("pg_restore", as_role, "--clean", "--if-exists", "--single-transaction", str(file))


def _entering(role: Database | None) -> Database:
    if role is None:
        raise NoBackup(
            "--role: PostgreSQL needs it: postgresql://role@host/name of a superuser, for a copy of all rows"
        )
    return role


def _run(program: str, role: Database, *arguments: str) -> None:
    """Run a program of PostgreSQL's; a password goes by the environment, where no list of processes shows it."""
    place = shutil.which(program)
    if place is None:
        raise NoBackup(f"{program}: it is not on this machine; install PostgreSQL's client programs")
    command = [place, "--no-password", f"--username={role.user}", f"--dbname={role.name}", *arguments]
    command += [f"--host={role.host}"] if role.host else []
    command += [f"--port={role.port}"] if role.port else []
    environment = {"PGPASSWORD": role.password, "PATH": str(Path(place).parent), "LC_ALL": "C.UTF-8"}
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=MINUTES * 60)  # noqa: S603  no shell
    except subprocess.CalledProcessError as error:
        raise NoBackup(f"{program}: {error.stderr.decode(errors='replace').strip().splitlines()[-1:]}") from error


def _logs(source: Path, target: Path) -> None:
    """Copy every log, so that its copy is whole under its head; one that grows meanwhile is copied again."""
    for log in sorted(source.glob(f"*/{CHECKPOINT}")):
        for left in reversed(range(TRIES)):
            copy = target / log.parent.name
            shutil.rmtree(copy, ignore_errors=True)
            try:
                shutil.copytree(log.parent, copy, ignore=shutil.ignore_patterns(".*"))
                read = folder(copy)
                for _ in audit(read, head(read)):
                    pass
                break
            except (AccordError, OSError) as error:
                if not left:
                    raise NoBackup(f"{log.parent}: this log cannot be copied whole: {error}") from error


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))


def _files(place: Path) -> Iterator[str]:
    yield from sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def _size(log: Path) -> int:
    return head(folder(log)).size if (log / CHECKPOINT).exists() else -1
