"""`python -m accord_server work`: the worker, until SIGINT or SIGTERM."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accord_server.tasks.working import Worker


class Command(BaseCommand):
    """Runs the worker."""

    help = "Send letters, publish logs and do the jobs that were asked for, until SIGINT or SIGTERM."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often it looks."""
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks at an empty queue")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work; the job at hand is finished first."""
        worker = Worker(interval=options["interval"])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
