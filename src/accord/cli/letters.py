"""Commands on letters: a PDF to the coordinator of each proposal of a record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from accord.cli.meeting import adjustments_option, minutes_of, say_unsigned
from accord.errors import InvalidInput
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.reading import open_record
from accord.record.folder import write_folder
from accord.report.language import LANGUAGES
from accord.report.letters import Wording, load_wording
from accord.report.letters import letters as letters_of

FOR_HELP: Final = "Who is to have them: sides (all together), a Side, applicants:PROPOSAL."


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="A new folder.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Instead of the languages that fit each coordinator.")
@click.option("--template", type=click.Path(path_type=Path), help="A folder with letter.typ, letter.toml, or both.")
@click.option("--for", "readers", default="sides", show_default=True, metavar="READER", help=FOR_HELP)
@adjustments_option
@click.option("--side", help="Only coordinators on this Side.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The date that the letters bear; none without.")
def letters(
    record: Path,
    *,
    out: Path,
    language: str | None,
    template: Path | None,
    adjustments: Path | None,
    readers: str,
    side: str | None,
    day: datetime | None,
) -> None:
    """Write a letter to the coordinator of every proposal in RECORD to a new folder: whole, or not at all.

    The words are the plan's letters, else ours; scores and comments are in them where the plan lets them out. What a
    meeting changed afterwards is in them with --adjustments. With --for the applicants of a proposal have theirs
    alone, and a Side has those to its own coordinators, where the plan lets it read what is in them. Needs accord[pdf].
    """
    if out.resolve().is_relative_to(record.resolve()):
        raise InvalidInput(f"{out} lies in the record, which stays as it is; choose another place")
    wording = Wording() if template is None else load_wording(template)
    opened = open_record(record)
    minutes = minutes_of(adjustments, opened)
    date = None if day is None else day.date()
    reader = Reader.named(readers, opened.walk.inputs.call.plan.plan)
    written = letters_of(
        opened, language=language, wording=wording, side=side, day=date, minutes=minutes, reader=reader
    )
    write_folder(out, written.files)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(written.counts.items()))
    click.echo(f"{out}: letters of the record {opened.root[:16]}…: {told}")
    if minutes is not None:
        say_unsigned(minutes, opened)
    for note in written.notes:
        click.echo(click.style(f"{note}: each says that it is not to be sent", fg="yellow"), err=True)
