"""The command by which a Side's time-stamping authority stamps a head of the log (RFC 3161)."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

import click

from accord.acts.timestamps import LARGEST_TOKEN, authority_of, stamped_text, token_tool
from accord.acts.vouching import CLOSING, host_of
from accord.cli.logs import log, log_argument
from accord.cli.papers import host_plan_option
from accord.cli.places import posted
from accord.cli.signing import plan_at
from accord.record.log.entry import Entry
from accord.record.log.reader import entries, folder, head
from accord.record.log.timestamps import TIMESTAMPS, TimeStampThere, keep_timestamp

QUERY: Final = "application/timestamp-query"
NONCE_BITS: Final = 64


@log.command()
@log_argument
@click.option("--tsa", required=True, help="The address of the authority, which answers RFC 3161 requests over HTTP.")
@click.option("--side", required=True, help="Whose authority it is.")
@click.option("--size", type=click.IntRange(0), help="Of the head; the closing's by default, else the newest.")
@host_plan_option
def timestamp(log_folder: Path, tsa: str, side: str, size: int | None, plan_file: Path) -> None:
    """Have a Side's authority stamp a head of LOG: only its digest is sent. The answer is checked, then kept.

    It says that the head, and with it every entry below, existed at an instant; `openssl ts -verify` reads it too.
    """
    plan = plan_at(plan_file)
    certificate, host = authority_of(plan, side), host_of(plan)
    of = _closing_or_newest(log_folder) if size is None else size
    text = stamped_text(log_folder, of, host)
    if (log_folder / TIMESTAMPS / f"{side}-{of}.tsr").exists():
        raise TimeStampThere(f"{side} has a time-stamp of the head of size {of} already")
    tool = token_tool()
    request = tool.request(text, secrets.randbits(NONCE_BITS))
    response = posted(tsa, request, QUERY, LARGEST_TOKEN)
    at = tool.stamped_at(request, response, text, certificate)
    kept = keep_timestamp(log_folder, side, of, request, response)
    click.echo(f"{side}'s authority: the head of size {of} existed at {at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"kept  {kept}")


def _closing_or_newest(log_folder: Path) -> int:
    """The size of the closing head, where the log has one; else of its newest head."""
    read = folder(log_folder)
    newest = head(read).size
    found = (index + 1 for index, content in entries(read, newest) if Entry.of(content).kind == CLOSING)
    return next(found, newest)
