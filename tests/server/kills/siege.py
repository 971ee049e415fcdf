"""What a siege needs: an open call, gunicorn before it, clients that try again, and programs that are killed."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from accord.record.log.keys import write_key
from accord_server.log.happenings import Doing
from accord_server.people.models import Account
from accord_server.proposals.services.drafting import begin
from accord_server.settings.environment import Database

WORKERS, THREADS = 2, 8
PATIENCE = 120.0
HERE = Path(__file__).parent


@dataclass
class Wanted:
    """One proposal to submit, and the answer that acknowledged it."""

    account: Account
    proposal: UUID
    key: str
    fields: dict[str, str]
    body: bytes
    answer: dict[str, Any] | None = None
    seconds: float = 0.0
    tries: int = 0


@dataclass
class Server:
    """gunicorn with two workers over a database, in a process group of its own."""

    database: Database
    folder: Path
    port: int = 0
    receipts: bool = True
    """Whether an answer waits for its receipt: a signed head, and the proof of the entry under it."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
        told = {"ACCORD_FOLDER": str(self.folder), "DJANGO_SETTINGS_MODULE": "accord_server.settings"}
        if self.database.engine == "postgresql":
            host = self.database.host.replace("/", "%2F")
            told["ACCORD_DATABASE"] = f"postgresql://{self.database.user}@{host}/{self.database.name}"
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--chdir",
            HERE,
            "--bind",
            f"127.0.0.1:{self.port}",
            "-k",
            "gthread",
            "--preload",
        ]
        options = ["--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "error", "--timeout", "60"]
        log = (self.folder / "gunicorn.log").open("ab")
        self.process = subprocess.Popen(
            [*command, *options, "door:application"],
            env=kept | told,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._asked("GET", None, {})[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "gunicorn.log").read_text(encoding="utf-8")[-2000:])

    def kill(self) -> None:
        """SIGKILL the whole group: nobody gets a word out."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def submit(self, one: Wanted, call: UUID, stop: float) -> None:
        """Submit until it is acknowledged, with the same key each time."""
        begun = time.monotonic()
        headers = {
            "X-Account": str(one.account.id),
            "X-Call": str(call),
            "X-Proposal": str(one.proposal),
            "X-Key": one.key,
            "X-Receipt": "now" if self.receipts else "later",
            "X-Fields": base64.b64encode(json.dumps(one.fields).encode()).decode(),
        }
        while time.monotonic() < stop:
            one.tries += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, told = self._asked("POST", one.body, headers)
                if status == 200:
                    one.answer, one.seconds = json.loads(told), time.monotonic() - begun
                    return
            time.sleep(0.05)

    def _asked(self, method: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request over a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, "/", body, headers)
            with contextlib.closing(connection.getresponse()) as response:
                return response.status, response.read()


@dataclass
class Siege:
    """A call that is open now, its coordinators with a draft for each proposal, and a server."""

    world: Any
    server: Server
    call: UUID
    wanted: list[Wanted] = field(default_factory=list)

    def run(self, clients: int, patience: float = PATIENCE) -> list[threading.Thread]:
        """Start clients that submit everything, each its part."""
        stop = time.monotonic() + patience

        def client(part: Sequence[Wanted]) -> None:
            for one in part:
                self.server.submit(one, self.call, stop)

        threads = [threading.Thread(target=client, args=(self.wanted[at::clients],)) for at in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def acknowledged(self) -> int:
        """How many were acknowledged so far."""
        return sum(one.answer is not None for one in self.wanted)


def besieged(world: Any, database: Database, folder: Path, fields: dict[str, str], *, number: int, size: int) -> Siege:
    """A call open from yesterday on, `number` drafts by eight coordinators, each with a PDF of `size` bytes to come."""
    now = datetime.now(UTC).replace(microsecond=0)
    world.at = now - timedelta(days=2)
    opens, closes = (now + timedelta(days=days) for days in (-1, 30))
    text = world.plan(
        **{"2026-01-15T10:00:00+09:00": opens.isoformat(), "2026-04-15T10:00:00+02:00": closes.isoformat()}
    )
    world.plan = lambda: text
    call = world.opened()
    write_key(folder / "host.key", world.host)
    siege = Siege(world, Server(database, folder), call)
    accounts = [world.account(f"client{at}@x.example") for at in range(8)]
    for at in range(number):
        by = accounts[at % len(accounts)]
        done = begin(Doing(by=by, at=now, call=call))
        chance = os.urandom(size - 40) if size > 64 else b""
        body = b"%PDF-1.7\n" + at.to_bytes(8, "big") + chance + b"\n%%EOF\n"
        wanted = Wanted(by, UUID(str(done.result["proposal"])), f"key-{at}", fields | {"title": f"Proposal {at}"}, body)
        siege.wanted.append(wanted)
    return siege
