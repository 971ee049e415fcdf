"""Commands for the lottery: a Side commits to a secret, later it reveals it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from accord.call.folder import Call, load_call
from accord.call.tables import as_rows, csv_text, jsonl
from accord.call.values import LotteryCommitment, LotteryReveal
from accord.errors import InvalidInput
from accord.methods.lottery import commitment
from accord.plan.types import Block
from accord.record.folder import write_file

SECRET_BYTES = 32


@click.group()
def lottery() -> None:
    """Commit to a secret, and reveal it, for a Side."""


folder_argument = click.argument("folder", type=click.Path(path_type=Path))
side_option = click.option("--side", required=True, help="The Side that commits or reveals.")
secret_option = click.option(
    "--secret", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file that holds its secret."
)


@lottery.command()
@folder_argument
@side_option
@secret_option
def commit(folder: Path, side: str, secret: Path) -> None:
    """Draw a secret into a new file that only the Side keeps, and commit to it in FOLDER."""
    call = _call(folder, side)
    if any(row.side == side for row in call.commitments):
        raise InvalidInput(f"{side} has lodged a commitment already; a second commitment would let it choose")
    drawn = secrets.token_bytes(SECRET_BYTES)
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{drawn.hex()}\n")
    row = LotteryCommitment(side=side, commitment=commitment(call.plan.plan.call.id, side, drawn))
    _write(folder, "lottery-commitments", (*call.commitments, row), ("side", "commitment"))
    click.echo(f"{side} committed to {row.commitment}; keep {secret} until every Side has committed")


@lottery.command()
@folder_argument
@side_option
@secret_option
def reveal(folder: Path, side: str, secret: Path) -> None:
    """Reveal in FOLDER the secret that the Side had committed to; refused until every Side has committed."""
    call = _call(folder, side)
    try:
        drawn = bytes.fromhex(secret.read_text(encoding="ascii"))
    except ValueError as error:
        raise InvalidInput(f"{secret} holds no secret: hexadecimal digits are needed") from error
    committed = {row.side: row.commitment for row in call.commitments}
    absent = [name for name in call.plan.plan.sides if name not in committed]
    if absent:
        raise InvalidInput(f"{', '.join(absent)} has lodged no commitment yet; an earlier reveal would let it choose")
    if commitment(call.plan.plan.call.id, side, drawn) != committed[side]:
        raise InvalidInput(f"{secret} is not the secret that {side} committed to")
    others = [row for row in call.reveals if row.side != side]
    rows = (*others, LotteryReveal(side=side, secret=drawn.hex()))
    _write(folder, "lottery-reveals", rows, ("side", "secret"))
    click.echo(f"{side} revealed its secret")


def _write(folder: Path, table: str, rows: Sequence[Block], columns: Sequence[str]) -> None:
    """Write a table as the folder has it already: JSON lines where there are some, else CSV."""
    lines = folder / f"{table}.jsonl"
    if lines.exists():
        write_file(lines, jsonl(rows))
    else:
        write_file(folder / f"{table}.csv", csv_text(as_rows(rows), columns).encode())


def _call(folder: Path, side: str) -> Call:
    call = load_call(folder)
    if side not in call.plan.plan.sides:
        raise InvalidInput(f"side: found {side!r}; write one of {', '.join(call.plan.plan.sides)}")
    return call
