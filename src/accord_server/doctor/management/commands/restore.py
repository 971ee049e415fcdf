"""`python -m accord_server restore FOLDER`: a copy put back into a site that is stopped."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accord.errors import AccordError
from accord_server.doctor.copying import put_back
from accord_server.settings.environment import database_of


class Command(BaseCommand):
    """Puts a copy back."""

    help = "Put a copy of the site back, while it is stopped; a log that is newer than the copy stays."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, and by which role."""
        parser.add_argument("folder", type=Path, help="what `backup` wrote")
        parser.add_argument("--role", type=database_of, help="postgresql://role@host/name that may replace every table")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Put it back, and say what of it is older than what was signed."""
        connections.close_all()
        try:
            done = put_back(settings.ENVIRONMENT, options["folder"], options["role"])
        except AccordError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"put back: the database, {done.logs} logs, {done.documents} documents")
        for name in done.newer:
            self.stdout.write(
                f"{name}: this log is newer than the copy and stays; nothing more is signed in it until the rows that "
                "it covers are back"
            )
        self.stdout.write("now: python -m accord_server prepare, then python -m accord_server doctor")
