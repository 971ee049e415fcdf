"""The command by which a Side watches a log, by hand or as a small daemon."""

from __future__ import annotations

import time
from pathlib import Path

import click

from accord.cli.keys import key_in
from accord.cli.places import read_of
from accord.cli.signing import now
from accord.errors import AccordError
from accord.record.folder import write_file
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import VerifierKey
from accord.record.log.witness import NotCosigned, cosign
from accord.record.log.writer import add_cosignatures


@click.command()
@click.argument("place", metavar="LOG")
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The Side's key."
)
@click.option("--host", required=True, help="The host's key, the line that the plan has.")
@click.option("--origin", required=True, help="The log's origin, as the plan has it.")
@click.option(
    "--memory", required=True, type=click.Path(path_type=Path), help="The Side's own folder: what it saw last."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the cosigned head here.")
@click.option("--daemon", is_flag=True, help="Look again and again.")
@click.option("--every", default=60, show_default=True, type=click.IntRange(1), help="Seconds between two looks.")
def witness(
    *, place: str, key_file: Path, host: str, origin: str, memory: Path, out: Path | None, daemon: bool, every: int
) -> None:
    """Check that LOG, a folder or an address, has only grown since the last look, and cosign its head.

    A rollback, a split view or a bad signature is refused, both signed heads are kept as evidence, and the exit
    code is 1. Without --out the cosignature goes into LOG itself, where that is a folder.
    """
    read, signer, trusted = read_of(place), key_in(key_file), VerifierKey.of(host)
    while True:
        try:
            found = cosign(read, memory, signer, trusted, origin, at=int(now().timestamp()))
            _given(place, found, out)
            click.echo(f"{signer.name} cosigned the head of size {found.size}")
        except (AccordError, OSError) as error:
            click.echo(f"accord: not cosigned: {error}", err=True)
            for kept in error.evidence if isinstance(error, NotCosigned) else ():
                click.echo(f"  evidence  {kept}", err=True)
            if not daemon:
                raise SystemExit(1) from error
        if not daemon:
            return
        time.sleep(every)


def _given(place: str, found: Checkpoint, out: Path | None) -> None:
    """Hand the cosignature over: to a file, or into the log's folder."""
    if out is not None:
        write_file(out, found.content)
    elif place.startswith(("https://", "http://")):
        raise AccordError(
            "a log that is read over HTTP takes no cosignature: write it with --out, and send it to the host"
        )
    else:
        add_cosignatures(Path(place), found)
