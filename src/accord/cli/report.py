"""Commands on reports: the report of a record as a page and on paper, in English or Japanese."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from accord.cli.meeting import adjustments_option, minutes_of, say_unsigned
from accord.errors import InvalidInput
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.reading import open_record
from accord.record.folder import FolderExists, write_file
from accord.report import report_html
from accord.report.language import LANGUAGES
from accord.report.paper.report import report_pdf

BESIDE: Final = ""  # an option without a file: the report is called after the call
FOR_HELP: Final = "Whom it is for: sides, one Side, applicants:PROPOSAL, applicants, public."
IN_FILE_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")  # what does not do there, as in applicants:P1


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--html", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a page that needs nothing else.")
@click.option("--pdf", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a tagged PDF (needs accord[pdf]).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its words.")
@click.option("--for", "readers", default="sides", show_default=True, metavar="READER", help=FOR_HELP)
@adjustments_option
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def report(
    record: Path,
    *,
    html: str | None,
    pdf: str | None,
    language: str,
    readers: str,
    adjustments: Path | None,
    overwrite: bool,
) -> None:
    """Write the report of RECORD: the list, budgets, reasons, rules side by side, a section a proposal.

    Without a FILE it is called after the call. What the page folds away is counted on paper. For one Side it is
    what the plan lets that Side see; applicants of one proposal have its result, applicants in general and the
    public what the plan publishes. With --adjustments it tells the selection under what a meeting changed.
    """
    if html is None and pdf is None:
        raise click.UsageError("say what to write: --html [FILE], --pdf [FILE], or both")
    opened = open_record(record)
    reader = Reader.named(readers, opened.walk.inputs.call.plan.plan)
    minutes = minutes_of(adjustments, opened)
    name = f"{opened.page.call}-{_called(reader)}"
    targets = [
        _target(record, given or f"{name}{suffix}", suffix, overwrite=overwrite)
        for given, suffix in ((html, ".html"), (pdf, ".pdf"))
        if given is not None
    ]
    written = [
        (report_pdf if target.suffix.lower() == ".pdf" else report_html)(
            opened.walk, language, reader=reader, minutes=minutes
        )
        for target in targets
    ]
    for target, content in zip(targets, written, strict=True):
        write_file(target, content)
        told = "the report" if reader.kind == "sides" else f"what the plan lets {reader.name} read"
        click.echo(f"{target}: {told} of the record {opened.root[:16]}…")
    if minutes is not None:
        say_unsigned(minutes, opened)


def _called(reader: Reader) -> str:
    """What a report is called after its call."""
    if reader.kind == "sides":
        return "report"
    if reader.kind == "side" or reader.proposal is not None:
        return f"report-{IN_FILE_NAMES.sub('-', reader.side or reader.proposal or '')}"
    return "results"


def _target(record: Path, given: str, suffix: str, *, overwrite: bool) -> Path:
    target = Path(given)
    if target.suffix.lower() != suffix:
        raise InvalidInput(f"--{suffix[1:]}: found {given!r}; name a file that ends in {suffix}, after RECORD")
    if target.resolve().is_relative_to(record.resolve()):
        raise InvalidInput(f"{target} lies in the record, which stays as it is; choose another place")
    if target.exists() and not overwrite:
        raise FolderExists(f"{target} is there already; choose another name, or say --overwrite")
    return target
