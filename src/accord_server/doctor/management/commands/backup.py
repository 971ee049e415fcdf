"""`python -m accord_server backup FOLDER`: a copy of the site, taken while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accord.errors import AccordError
from accord_server.doctor.copying import back_up
from accord_server.settings.environment import database_of


class Command(BaseCommand):
    """Copies the site."""

    help = "Copy database, documents and logs into a new folder, while the site runs; keys are no part of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and by which role."""
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument("--role", type=database_of, help="postgresql://role@host/name that sees every row")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Copy it."""
        try:
            number = back_up(settings.ENVIRONMENT, options["folder"], datetime.now(UTC), options["role"])
        except AccordError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['folder']}: {number} files; the host's key and the secret are kept elsewhere")
