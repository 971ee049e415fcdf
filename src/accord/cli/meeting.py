"""Commands on a meeting: export a record as its workbook, and take back what the meeting changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from accord.cli.output import amount, say_json, say_problems, solver_aside, table
from accord.errors import InvalidInput
from accord.pipeline.adjustments import ADJUSTMENTS_FILE, Adjusted, Adjustment
from accord.pipeline.adjustments import adjusted as adjusted_by
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.minutes import Minutes, read_minutes
from accord.pipeline.reading import Record, open_record
from accord.pipeline.steps import Funded
from accord.plan.model import Plan
from accord.plan.reading import read_bytes
from accord.record.folder import FolderExists, write_file
from accord.report.language import LANGUAGES
from accord.report.workbook.book import workbook_of
from accord.report.workbook.reading import read_meeting

FOR_HELP: Final = "For whom: sides (all together), a Side, public."

record_argument = click.argument("record", type=click.Path(path_type=Path))
adjustments_option = click.option(
    "--adjustments",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="What a meeting changed: adjustments.json, or its folder.",
)
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace a file that is there.")


@click.command()
@record_argument
@click.option("--xlsx", is_flag=False, flag_value="", metavar="[FILE]", help="The meeting's workbook.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its words.")
@click.option("--for", "readers", default="sides", show_default=True, metavar="READER", help=FOR_HELP)
@overwrite_option
def export(record: Path, xlsx: str | None, language: str, readers: str, *, overwrite: bool) -> None:
    """Write the selection in RECORD as a workbook for the meeting: switch proposals, see every budget move.

    Without a FILE it is called after the call. What the meeting changed comes back with `accord adjust`. For one
    Side it is a copy of what the plan lets that Side see; for the public, what the plan publishes.
    """
    if xlsx is None:
        raise click.UsageError("say what to write: accord export RECORD --xlsx [FILE]")
    opened = open_record(record)
    reader = Reader.named(readers, opened.walk.inputs.call.plan.plan)
    file = Path(xlsx or f"{opened.page.call}-{_called(reader)}.xlsx")
    _writable(file, record, overwrite=overwrite)
    write_file(file, workbook_of(opened, language=language, reader=reader))
    if reader.kind == "sides":
        click.echo(f"{file}: the meeting's workbook of the record {opened.root[:16]}…")
        click.echo(f"next: accord adjust {record} --from {file}")
    else:
        click.echo(f"{file}: what the plan lets {reader.name} read of the record {opened.root[:16]}…")


@click.command()
@record_argument
@click.option("--from", "workbook", required=True, type=click.Path(path_type=Path), help="The meeting's workbook.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write adjustments.json to this folder.")
@overwrite_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def adjust(record: Path, workbook: Path, out: Path | None, *, overwrite: bool, as_json: bool) -> None:
    """Take back what a meeting changed in the workbook of RECORD: each change, allowed by the plan and with a reason.

    Every problem is told at once, and nothing is written while there is one. The record stays as it is.
    """
    opened = open_record(record)
    file = None if out is None else out / ADJUSTMENTS_FILE
    if file is not None:
        _writable(file, record, overwrite=overwrite)
    meeting = read_meeting(read_bytes(workbook), workbook.name, opened)
    with solver_aside():
        found = adjusted_by(opened, meeting)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, found.content)
    if as_json:
        say_json(_for_machines(found))
        return
    say_problems(found.warnings)
    click.echo("\n".join(_told(found, opened)))
    if file is not None:
        click.echo(f"written: {file}, to be signed by the Sides")
    elif found.acts:
        click.echo(f"nothing is written: --out DIR writes {ADJUSTMENTS_FILE}")


def minutes_of(place: Path | None, opened: Record) -> Minutes | None:
    """What a meeting on this record changed, read from adjustments.json or its folder; None where no place is named."""
    if place is None:
        return None
    file = place / ADJUSTMENTS_FILE if place.is_dir() else place
    with solver_aside():
        return read_minutes(read_bytes(file), file.name, opened)


def say_unsigned(minutes: Minutes, opened: Record) -> None:
    """Who has to sign what a document was made from: whether they did, only a log tells."""
    sides = ", ".join(opened.walk.inputs.call.plan.plan.sides)
    count = len(minutes.adjusted.acts)
    told = f"under {count} adjustment{'' if count == 1 else 's'}, SHA-256 {minutes.digest}"
    click.echo(
        click.style(f"{told}: to be signed by {sides}; their signatures were not looked for", fg="yellow"), err=True
    )


def _called(reader: Reader) -> str:
    """What a workbook is called after its call."""
    if reader.kind in {"sides", "side"}:
        return "meeting" if reader.side is None else f"meeting-{reader.side}"
    return "results"


def _writable(file: Path, record: Path, *, overwrite: bool) -> None:
    if file.resolve().is_relative_to(record.resolve()):
        raise InvalidInput(f"{file} lies in the record, which stays as it is; choose another place")
    if file.exists() and not overwrite:
        raise FolderExists(f"{file} is there already; choose another name, or say --overwrite")


def _told(found: Adjusted, opened: Record) -> Iterator[str]:
    plan = opened.walk.inputs.call.plan.plan
    computed = opened.walk.selection
    before = {one.proposal for one in computed.result.funded} if computed is not None else set()
    count = len(found.acts)
    yield click.style(f"{count} adjustment{'' if count == 1 else 's'} of the record {found.record[:16]}…", bold=True)
    if found.acts:
        yield table((act.kind, act.proposal or "", act.side or "", _step(act, plan), act.reason) for act in found.acts)
    yield click.style(
        f"{len(found.funded)} proposals recommended under them, {len(found.reserve)} in reserve", bold=True
    )
    if found.provisional:
        yield click.style(f"provisional: {found.provisional}", fg="yellow")
    titles = {proposal.id: proposal.title for proposal in opened.walk.inputs.call.proposals}
    now = {one.proposal for one in found.funded}
    rows = [(str(one.place), one.proposal, _since(one, before), titles[one.proposal]) for one in found.funded]
    if rows:
        yield table(rows, right=frozenset({0}))
    if before - now:
        yield f"  no longer: {', '.join(sorted(before - now))}"
    yield f"  in reserve: {', '.join(found.reserve) or 'none'}"
    money = [(side, found.remaining[side.id], found.budgets[side.id]) for side in plan.side]
    yield table(
        (side.id, "left", amount(rest, side.unit), f"of {amount(budget, side.unit)}") for side, rest, budget in money
    )


def _since(one: Funded, before: set[str]) -> str:
    """What is to be noticed of a proposal that is funded: that it was not before, that it is a reduced version."""
    told = [] if one.proposal in before else ["new"]
    return ", ".join([*told, *([] if one.reduced is None else ["reduced"])])


def _step(act: Adjustment, plan: Plan) -> str:
    if act.side is None:
        return "funded" if act.after else "not funded"
    unit = plan.side_of(act.side).unit
    return f"{amount(act.before, unit)} → {amount(act.after, unit)}"


def _for_machines(found: Adjusted) -> dict[str, Any]:
    acts: dict[str, Any] = json.loads(found.content)
    return acts | {
        "funded": [one.proposal for one in found.funded],
        "reserve": list(found.reserve),
        "budgets": dict(found.budgets),
        "remaining": dict(found.remaining),
        "provisional": found.provisional,
    }
