"""`accord doctor`: what is wrong with a site. The library never imports the site: another program is run."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import click

from accord.errors import Refused


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program that watches.")
@click.option("--role", help="postgresql://role@host/name that sees every row: for missing documents.")
def doctor(*, as_json: bool, role: str | None) -> None:
    """Say what is wrong with this installation of the site and how to mend it, a line each.

    Exit code 1 where something is wrong. docs/operations.md lists everything that it looks at.
    """
    if find_spec("accord_server") is None or find_spec("django") is None:
        raise Refused("the site is not installed: pip install 'accord[site]'")
    told = ["doctor", *(["--json"] if as_json else []), *(["--role", role] if role else [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "accord_server", *told])  # noqa: S606  its exit code is ours
