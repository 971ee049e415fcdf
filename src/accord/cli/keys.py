"""Commands for one's own key: make it, show its public line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from accord.errors import AccordError
from accord.record.log.keys import new_key, read_key, write_key
from accord.record.log.notes import SignerKey

PASSPHRASE = "ACCORD_PASSPHRASE"  # noqa: S105  the name of a variable, not what is in it


@click.group()
def key() -> None:
    """Make and show a key of one's own. A passphrase is taken from ACCORD_PASSPHRASE, if it is set."""


file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@key.command()
@file_argument
@click.option("--name", required=True, help="Whose it is, such as jst.example/director: no space, no plus sign.")
def new(file: Path, name: str) -> None:
    """Make a new key in FILE, which only its owner can read; print the line that goes into the plan."""
    made = new_key(name)
    try:
        write_key(file, made, os.environ.get(PASSPHRASE))
    except FileExistsError as error:
        raise AccordError(f"{file} is there already; a key is never replaced, choose another name") from error
    click.echo(made.verifier.text)


@key.command()
@file_argument
def show(file: Path) -> None:
    """Print the public line of the key in FILE."""
    click.echo(key_in(file).verifier.text)


def key_in(file: Path) -> SignerKey:
    """The key in a file, its passphrase from the environment."""
    return read_key(file, os.environ.get(PASSPHRASE))
