"""The real program in a real browser: `serve --demo`, English on SQLite and Japanese on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Served:
    """The program as it runs: where, in which language it is visited, and its process."""

    address: str
    language: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def started(folder: Path, language: str, *options: str, **variables: str) -> Served:
    port = free_port()
    told = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_", "COV_"))}
    command = [sys.executable, "-m", "accord_server", "serve", *options, "--port", str(port)]
    command += ["--folder", str(folder)]
    log = (folder.parent / f"{folder.name}.log").open("wb")
    process = subprocess.Popen(command, env={**told, **variables}, stdout=log, stderr=log, start_new_session=True)
    log.close()
    made = Served(f"http://localhost:{port}", language, process)
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            with urlopen(f"{made.address}/{language}/", timeout=5):  # noqa: S310  our own
                return made
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        if process.poll() is not None:
            break
    text = Path(log.name).read_text(encoding="utf-8")
    ended(made)
    raise AssertionError(f"the program did not start: {text}")


def ended(served: Served) -> int:
    """Stop the program as its user would, and say how it ended."""
    served.process.send_signal(signal.SIGTERM)
    try:
        return served.process.wait(timeout=30)
    finally:
        if served.process.poll() is None:
            os.killpg(served.process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration on SQLite, with no other service, in an empty folder."""
    made = started(tmp_path_factory.mktemp("journey") / "site", "en", "--demo")
    yield made
    if made.process.poll() is None:
        ended(made)


@pytest.fixture(scope="session")
def japanese(tmp_path_factory: pytest.TempPathFactory, cluster: Any) -> Iterator[Served]:
    """The demonstration on PostgreSQL, by the two roles."""
    name = f"journey_{uuid4().hex}"
    cluster.run("postgres", f"CREATE DATABASE {name} OWNER accord_owner")
    cluster.run(name, "ALTER SCHEMA public OWNER TO accord_owner")
    host = str(cluster.socket).replace("/", "%2F")
    made = started(
        tmp_path_factory.mktemp("journey") / "site",
        "ja",
        "--demo",
        ACCORD_DATABASE=f"postgresql://accord_site@{host}/{name}",
        ACCORD_DATABASE_OWNER=f"postgresql://accord_owner@{host}/{name}",
    )
    yield made
    if made.process.poll() is None:
        ended(made)
    cluster.run("postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. Playwright's loop runs in this thread while it is there, and Django would refuse its database."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not on this machine (apt-get install chromium)")
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        made = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield made
        made.close()


@dataclass(frozen=True)
class Serving:
    """Starts and stops the program in one folder."""

    folder: Path

    def started(self) -> Served:
        return started(self.folder, "en")

    def ended(self, served: Served) -> int:
        return ended(served)


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    return Serving(tmp_path / "site")
