"""`accord serve`: the site on one's own machine. The library never imports the site: another program is run."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from accord.errors import Refused

NEEDED: Final = ("accord_server", "django", "allauth", "gunicorn", "whitenoise", "csp", "django_htmx", "django_tasks")


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port on this machine."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the site keeps its files; made where it is not there.  [default: accord-site]",
)
@click.option("--demo", is_flag=True, help="One call open, one closed, and an account a role that anybody enters.")
def serve(*, port: int, folder: Path | None, demo: bool) -> None:
    """Serve the site on this machine, with no other service; Ctrl-C stops it.

    Its database is an SQLite file in the folder. docs/site.md says how a host of a call runs it.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Refused(f"the site is not installed ({missing[0]} is missing): pip install 'accord[site]'")
    told = ["serve", "--port", str(port), *(["--folder", str(folder)] if folder else []), *(["--demo"] if demo else [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "accord_server", *told])  # noqa: S606  signals are the site's own
