"""`python -m accord_server doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accord_server.doctor.findings import Look, checks, findings
from accord_server.settings.environment import database_of


class Command(BaseCommand):
    """Looks at the installation."""

    help = "Say what is wrong with this installation and how to mend it, a line each; exit code 1 where something is."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As what it is told, and by which role."""
        parser.add_argument("--json", action="store_true", help="as JSON, for a program that watches")
        parser.add_argument(
            "--role", type=database_of, help="postgresql://role@host/name that sees every row: for missing documents"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look."""
        look = Look(environment=settings.ENVIRONMENT, at=datetime.now(UTC), role=options["role"])
        found = tuple(findings(look))
        if options["json"]:
            told = [{"fault": one.fault, "found": one.found, "mend": one.mend} for one in found]
            self.stdout.write(json.dumps({"faults": told, "looked_at": list(checks())}, ensure_ascii=False))
        else:
            for one in found:
                self.stdout.write(one.line)
            if not found:
                self.stdout.write(f"nothing is wrong: {', '.join(checks())}")
        if found:
            raise SystemExit(1)
