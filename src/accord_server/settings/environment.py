"""The site's configuration: every variable of the environment that counts, read once and refused at start."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar, cast, get_args
from urllib.parse import unquote, urlsplit

from accord.errors import AccordError
from accord.record.folder import write_file
from accord_server.settings.files import Bucket, bucket
from accord_server.settings.mail import MailServer, mail_from, mail_server

PREFIX: Final = "ACCORD_"
LIBRARYS: Final = frozenset({"ACCORD_PASSPHRASE", "ACCORD_WEIGHTS", "ACCORD_CACHE"})
"""Variables that the library and its command read; they are left alone."""
SHORTEST_SECRET: Final = 50
KEPT_HOST_KEY: Final = "host.key"
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
KEPT_SECRET: Final = "secret"  # noqa: S105  the name of its file
SQLITE_FILE: Final = "accord.sqlite3"
HOST_NAME: Final = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]")
PORT: Final = re.compile(r":[0-9]*$")
LogLevel = Literal["INFO", "WARNING", "ERROR"]
Value = TypeVar("Value")

VARIABLES: Final = {
    "ACCORD_FOLDER": "where the site keeps its files; `accord-site` in the working folder by default",
    "ACCORD_DATABASE": "`postgresql://role:password@host:port/name`; by default SQLite in the site's folder",
    "ACCORD_DATABASE_OWNER": "the same database by the role that owns its tables; `prepare` alone uses it",
    "ACCORD_SECRET": "at least 50 signs that nobody knows; by default drawn once and kept in the site's folder",
    "ACCORD_HOSTS": "the names by which the site is reached, with commas; `localhost` by default",
    "ACCORD_HTTPS": "`yes` (default) or `no`: whether cookies and addresses are for HTTPS only",
    "ACCORD_HOST_KEY": "the file of the key by which this host signs logs; by default drawn once in the site's folder",
    "ACCORD_FILES": (
        "`s3://bucket/prefix?endpoint=https://host&region=name` for a store that speaks S3 (`accord[s3]`); by default "
        "the folder `files` in the site's folder"
    ),
    "ACCORD_SMTP": (
        "`smtp://name:password@host:port` (STARTTLS) or `smtps://…`; by default letters are written to the worker's "
        "standard output"
    ),
    "ACCORD_MAIL_FROM": "the address from which the site writes; `accord@localhost` by default",
    "ACCORD_DEMO": "`yes` or `no` (default): demonstration accounts that anybody enters; on `localhost` only",
    "ACCORD_LOG_LEVEL": "`INFO` (default), `WARNING` or `ERROR`",
}
"""Every setting, and what it says; docs/site.md has the same table."""


class BadSetting(AccordError):
    """A variable of the environment that cannot be used; the text begins with its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where rows are kept: an SQLite file, or a PostgreSQL database and the role that enters it."""

    engine: Literal["sqlite", "postgresql"]
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The site's configuration, as the environment says it."""

    folder: Path
    database: Database
    owner: Database | None
    secret: str
    hosts: tuple[str, ...]
    https: bool
    host_key: Path
    bucket: Bucket | None
    smtp: MailServer | None
    mail_from: str
    demo: bool
    log_level: LogLevel

    @property
    def files(self) -> Path:
        """Where the documents of proposals are, by their digest."""
        return self.folder / "files"

    @property
    def logs(self) -> Path:
        """Where the logs' published folders are, one a call by its identifier."""
        return self.folder / "logs"


def read_environment(variables: Mapping[str, str]) -> Environment:
    """The configuration that the environment's variables give; an unknown one with our prefix is refused.

    Makes the site's folder and, where none is given, its secret. Raises BadSetting, which names the variable.
    """
    unknown = sorted(name for name in variables if name.startswith(PREFIX) and name not in {*VARIABLES, *LIBRARYS})
    if unknown:
        raise BadSetting(f"{unknown[0]}: there is no such setting; there are {', '.join(VARIABLES)}")
    folder = Path(variables.get("ACCORD_FOLDER", "accord-site")).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        database, owner = _databases(variables, folder)
        hosts = _hosts(variables.get("ACCORD_HOSTS", "localhost"))
        return Environment(
            folder=folder,
            database=database,
            owner=owner,
            secret=_secret(variables.get("ACCORD_SECRET"), folder),
            hosts=hosts,
            https=_one_of("ACCORD_HTTPS", variables.get("ACCORD_HTTPS", "yes"), ("yes", "no")) == "yes",
            host_key=Path(variables.get("ACCORD_HOST_KEY", folder / KEPT_HOST_KEY)).absolute(),
            bucket=_read("ACCORD_FILES", variables, bucket),
            smtp=_read("ACCORD_SMTP", variables, mail_server),
            mail_from=_read("ACCORD_MAIL_FROM", variables, mail_from) or "accord@localhost",
            demo=_demo(variables.get("ACCORD_DEMO", "no"), hosts),
            log_level=cast(
                "LogLevel",
                _one_of("ACCORD_LOG_LEVEL", variables.get("ACCORD_LOG_LEVEL", "INFO"), get_args(LogLevel)),
            ),
        )
    except OSError as error:
        raise BadSetting(f"ACCORD_FOLDER: {folder} cannot be used: {error.strerror}") from error


def _databases(variables: Mapping[str, str], folder: Path) -> tuple[Database, Database | None]:
    told, owner = variables.get("ACCORD_DATABASE"), variables.get("ACCORD_DATABASE_OWNER")
    if told is None:
        if owner is not None:
            raise BadSetting("ACCORD_DATABASE_OWNER: SQLite has no roles; leave it out, or set ACCORD_DATABASE")
        return Database(engine="sqlite", name=str(folder / SQLITE_FILE)), None
    database = _postgresql("ACCORD_DATABASE", told)
    if owner is None:
        return database, None
    owning = _postgresql("ACCORD_DATABASE_OWNER", owner)
    if owning.user == database.user:
        raise BadSetting(
            f"ACCORD_DATABASE_OWNER: found the role {owning.user!r} of ACCORD_DATABASE; the owner of the tables is "
            "another, for row-level security does not hold an owner"
        )
    return database, owning


def database_of(text: str) -> Database:
    """A database from its address; raises ValueError."""
    try:
        return _postgresql("address", text)
    except BadSetting as error:
        raise ValueError(str(error)) from error


def _postgresql(name: str, text: str) -> Database:
    expected = f"{name}: write postgresql://role:password@host:port/name"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadSetting(f"{expected}; found an address that cannot be read") from error
    if parts.scheme != "postgresql" or parts.query or parts.fragment:
        raise BadSetting(f"{expected}; found the scheme {parts.scheme!r}")
    if not parts.username or not parts.path.strip("/"):
        raise BadSetting(f"{expected}; found no {'database' if parts.username else 'role'}")
    return Database(
        engine="postgresql",
        name=unquote(parts.path.strip("/")),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        host=unquote(PORT.sub("", parts.netloc.rpartition("@")[2])),  # a socket's folder keeps its capitals
        port=port,
    )


def _secret(told: str | None, folder: Path) -> str:
    """The secret that signs sessions; drawn and kept where the environment names none."""
    if told is None:
        file = folder / KEPT_SECRET
        if not file.exists():
            write_file(file, secrets.token_urlsafe(SHORTEST_SECRET).encode())
            file.chmod(0o600)
        told = file.read_text(encoding="utf-8")
    if len(told) < SHORTEST_SECRET:
        raise BadSetting(f"ACCORD_SECRET: found {len(told)} signs, at least {SHORTEST_SECRET} are needed")
    return told


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip() for part in text.split(","))
    for host in hosts:
        if not HOST_NAME.fullmatch(host):
            raise BadSetting(f"ACCORD_HOSTS: found {host!r}; write names such as calls.example.org, with commas")
    return hosts


def _read(name: str, variables: Mapping[str, str], reads: Callable[[str], Value]) -> Value | None:
    """What a function reads from a variable, None where it is not set; its ValueError says what to write."""
    if name not in variables:
        return None
    try:
        return reads(variables[name])
    except ValueError as error:
        raise BadSetting(f"{name}: {error}") from error


def _demo(told: str, hosts: tuple[str, ...]) -> bool:
    demo = _one_of("ACCORD_DEMO", told, ("yes", "no")) == "yes"
    if demo and not LOCAL.issuperset(hosts):
        raise BadSetting(
            f"ACCORD_DEMO: found yes beside ACCORD_HOSTS={','.join(hosts)}; a demonstration is for localhost"
        )
    return demo


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadSetting(f"{name}: found {value!r}; write one of {', '.join(allowed)}")
    return value
