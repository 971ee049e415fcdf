"""`python -m accord_server COMMAND`: `prepare` makes the database ready, `check` looks at it; Django's own follow."""

from __future__ import annotations

import os
import sys

from django.core.management import call_command, execute_from_command_line

from accord.errors import AccordError


def main(arguments: list[str]) -> None:
    """Run one command; a bad setting is one line and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord_server.settings")
    try:
        if arguments == ["prepare"]:
            import django  # noqa: PLC0415  settings are read here, so that a bad one is told below

            django.setup()
            from accord_server.database.preparing import prepare  # noqa: PLC0415  models need the set-up

            prepare(migrate=lambda alias: call_command("migrate", database=alias, verbosity=0, interactive=False))
            return
        execute_from_command_line(["accord_server", *arguments])
    except AccordError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main(sys.argv[1:])
