"""The site as a program: prepared, with gunicorn's threaded workers and the worker of background tasks beside them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from accord.errors import InvalidInput
from accord.record.log.keys import new_key, write_key
from accord_server.settings.environment import Environment

THREADS: Final = 8
WORKERS: Final = 2
SECONDS_TO_FINISH: Final = 20
ADDRESS: Final = "127.0.0.1"


def draw_host_key(environment: Environment) -> None:
    """Draw the key by which this host signs its logs, where there is none yet."""
    if not environment.host_key.exists():
        environment.host_key.parent.mkdir(parents=True, exist_ok=True)
        write_key(environment.host_key, new_key(f"{environment.hosts[0].strip('[].')}/host"))


def free(port: int) -> None:
    """Raise InvalidInput where something else listens on a port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((ADDRESS, port))
        except OSError as error:
            raise InvalidInput(f"--port: {port} cannot be used: {error.strerror}; give another") from error


class Program(BaseApplication):
    """gunicorn with the site in it. The worker of tasks is its child and ends with it."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application, in a worker."""
        from accord_server.serving.wsgi import application  # noqa: PLC0415  each worker opens its own database

        return application


def serve(port: int, *, tell: Callable[[str], None]) -> None:
    """Serve on one's own machine until SIGINT or SIGTERM; requests that run are finished."""
    free(port)
    tasks = subprocess.Popen([sys.executable, "-m", "accord_server", "work"], stdin=subprocess.DEVNULL)

    def ready(_server: Arbiter) -> None:
        tell(f"Accord is at http://localhost:{port}/  (Ctrl-C stops it)")

    def leaving(_server: Arbiter) -> None:
        if os.getpid() == first:
            tasks.terminate()
            tasks.wait(timeout=SECONDS_TO_FINISH)

    first = os.getpid()
    Program(
        {
            "bind": f"{ADDRESS}:{port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": SECONDS_TO_FINISH,
            "loglevel": "warning",
            "proc_name": "accord",
            "control_socket_disable": True,
            "when_ready": ready,
            "on_exit": leaving,
        }
    ).run()
