"""`python -m accord_server COMMAND`: `serve` runs the site, `prepare` makes its database ready; Django's own follow."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from django.core.management import call_command, execute_from_command_line

from accord.errors import AccordError

PORT: Final = 8000
LOCAL: Final = "localhost,127.0.0.1,[::1]"


def main(arguments: list[str]) -> None:
    """Run one command; a bad setting is one line and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord_server.settings")
    try:
        if arguments == ["prepare"]:
            _set_up()
        elif arguments[:1] == ["serve"]:
            _serve(arguments[1:])
        elif arguments[:1] == ["administrator"]:
            _administrator(arguments[1:])
        else:
            execute_from_command_line(["accord_server", *arguments])
    except AccordError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error


def _set_up(*, only_where_possible: bool = False) -> None:
    """Make the database and the host's key ready; a site that may not own its tables leaves them as they are."""
    import django  # noqa: PLC0415  settings are read here, so that a bad one is told above

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from accord_server.database.preparing import prepare  # noqa: PLC0415  models need the set-up
    from accord_server.serving.program import draw_host_key  # noqa: PLC0415

    environment = settings.ENVIRONMENT
    if not only_where_possible or environment.database.engine == "sqlite" or environment.owner is not None:
        prepare(migrate=lambda alias: call_command("migrate", database=alias, verbosity=0, interactive=False))
    draw_host_key(environment)


def _serve(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m accord_server serve", description="Serve on this machine.")
    parser.add_argument("--port", type=int, default=PORT, help=f"the port ({PORT})")
    parser.add_argument("--folder", type=Path, help="where the site keeps its files (ACCORD_FOLDER)")
    parser.add_argument("--demo", action="store_true", help="one call open, one closed, an account a role")
    told = parser.parse_args(arguments)
    _local_settings(os.environ, folder=told.folder, demo=told.demo)
    _set_up(only_where_possible=True)
    if told.demo:
        from accord_server.web.demo.arranging import arrange  # noqa: PLC0415  models need the set-up

        arrange()
    from django.db import connections  # noqa: PLC0415

    from accord_server.serving.program import serve  # noqa: PLC0415  gunicorn for this command alone

    connections.close_all()  # what was opened here is no worker's
    serve(told.port, tell=_tell)


def _local_settings(variables: MutableMapping[str, str], *, folder: Path | None, demo: bool) -> None:
    """Fill in what a site on one's own machine needs, where the environment says nothing else."""
    if folder is not None:
        variables["ACCORD_FOLDER"] = str(folder)
    if demo:
        variables["ACCORD_DEMO"] = "yes"
    if "ACCORD_HOSTS" not in variables:
        variables["ACCORD_HOSTS"] = LOCAL
        variables.setdefault("ACCORD_HTTPS", "no")


def _administrator(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m accord_server administrator", description="Let an account open calls; it sees no content."
    )
    parser.add_argument("email", help="the confirmed address of the account")
    told = parser.parse_args(arguments)
    import django  # noqa: PLC0415  as above

    django.setup()
    from accord_server.web.accounts.administrators import appoint  # noqa: PLC0415  as above

    _tell(appoint(told.email))


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
