"""Commands for the lottery: a Side commits to a secret, the root is taken from the log, the Side reveals."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from accord.acts.lottery_order import Rows, lottery_order, root_head
from accord.acts.vouching import vouched, witnesses
from accord.call.folder import Call, load_call
from accord.call.lottery_root import ROOT_FILE
from accord.call.tables import as_rows, csv_text, jsonl
from accord.call.values import LotteryCommitment, LotteryReveal
from accord.errors import InvalidInput
from accord.methods.lottery import commitment
from accord.plan.types import Block
from accord.record.canonical import digest
from accord.record.folder import write_file
from accord.record.log.notes import LARGEST_NOTE
from accord.record.log.reader import folder as files_in
from accord.record.log.writer import HEADS

SECRET_BYTES = 32


@click.group()
def lottery() -> None:
    """Commit to a secret for a Side; take the root from the call's log; reveal the secret."""


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


@lottery.command("root")
@folder_argument
@click.option("--log", "log_folder", required=True, type=click.Path(path_type=Path), help="The call's log.")
def root_command(folder: Path, log_folder: Path) -> None:
    """Take the lottery's root from LOG into FOLDER: the last head that every Side cosigned with all commitments.

    Refused until the log has a signed commitment of every Side, and every Side has cosigned a head with them. A root
    is taken once: every reveal names it.
    """
    call = load_call(folder)
    plan = call.plan.plan
    found = root_head(plan, vouched(plan, log_folder), _committed(call))
    content = files_in(log_folder)(f"{HEADS}/{found.size}", LARGEST_NOTE)
    if call.lottery_root is not None and call.lottery_root.root != found.root:
        raise InvalidInput(
            f"{folder / ROOT_FILE} holds the head of size {call.lottery_root.size} already, and the log has a later one"
            f" of size {found.size}; a root is taken once: remove the file only if no Side has revealed under it"
        )
    write_file(folder / ROOT_FILE, content)
    click.echo(
        f"the root is the head of size {found.size} of {plan.log.origin if plan.log else ''}: {found.root.hex()}"
    )
    click.echo(f"written: {folder / ROOT_FILE}; now every Side can reveal")


@lottery.command()
@folder_argument
@side_option
@secret_option
@click.option("--log", "log_folder", type=click.Path(path_type=Path), help="The call's log, to see the root in it.")
def reveal(folder: Path, side: str, secret: Path, log_folder: Path | None) -> None:
    """Reveal in FOLDER the secret that the Side had committed to; refused until every Side has committed.

    Where the plan has a log, a reveal names the root, so that no later head can take its place: it is refused until
    `accord lottery root` has taken one that every Side cosigned.
    """
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
    root = _root(call, log_folder)
    others = [row for row in call.reveals if row.side != side]
    rows = (*others, LotteryReveal(side=side, secret=drawn.hex(), root=root))
    _write(folder, "lottery-reveals", rows, ("side", "secret", *(() if root is None else ("root",))))
    under = "" if root is None else f" under the root {root[:16]}…"
    click.echo(f"{side} revealed its secret{under}")


def _root(call: Call, log_folder: Path | None) -> str | None:
    """The root that a reveal names, None where the plan has no log; raises InvalidInput or BadRoot for a bad one."""
    plan, root = call.plan.plan, call.lottery_root
    if plan.log is None:
        return None
    if root is None:
        raise InvalidInput(f"{ROOT_FILE}: there is none; take the root from the log first (accord lottery root)")
    if log_folder is not None:
        lottery_order(plan, vouched(plan, log_folder), Rows(commitments=_committed(call), reveals={}), root)
        return root.root.hex()
    absent = [side for side, key in witnesses(plan).items() if not root.cosigned([key])]
    if absent:
        raise InvalidInput(
            f"{ROOT_FILE}: it is not cosigned by {', '.join(absent)}; a root that not every Side saw could be chosen"
            " (where a witness's key has rotated, say --log LOG)"
        )
    return root.root.hex()


def _committed(call: Call) -> dict[str, str]:
    """The digest of each Side's commitment, as the Side signs it."""
    return {row.side: digest(jsonl((row,))) for row in call.commitments}


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
