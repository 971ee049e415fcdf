"""Commands on reports: the report of a record as a page and on paper, in English or Japanese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from accord.errors import InvalidInput
from accord.pipeline.reading import open_record
from accord.pipeline.walk import Walk
from accord.record.folder import FolderExists, write_file
from accord.report import report_html
from accord.report.language import LANGUAGES
from accord.report.paper.report import report_pdf

BESIDE: Final = ""  # an option without a file: the report is called after the call
WRITERS: Final[dict[str, Callable[[Walk, str], bytes]]] = {".html": report_html, ".pdf": report_pdf}


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--html", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a page that needs nothing else.")
@click.option("--pdf", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a tagged PDF (needs accord[pdf]).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its words.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def report(record: Path, *, html: str | None, pdf: str | None, language: str, overwrite: bool) -> None:
    """Write the report of RECORD: the list, budgets, reasons, rules side by side, a section a proposal.

    Without a FILE it is called after the call. What the page folds away is counted on paper.
    """
    if html is None and pdf is None:
        raise click.UsageError("say what to write: --html [FILE], --pdf [FILE], or both")
    opened = open_record(record)
    targets = [
        _target(record, given or f"{opened.page.call}-report{suffix}", suffix, overwrite=overwrite)
        for given, suffix in ((html, ".html"), (pdf, ".pdf"))
        if given is not None
    ]
    for target, content in [(one, WRITERS[one.suffix.lower()](opened.walk, language)) for one in targets]:
        write_file(target, content)
        click.echo(f"{target}: the report of the record {opened.root[:16]}…")


def _target(record: Path, given: str, suffix: str, *, overwrite: bool) -> Path:
    target = Path(given)
    if target.suffix.lower() != suffix:
        raise InvalidInput(f"--{suffix[1:]}: found {given!r}; name a file that ends in {suffix}, after RECORD")
    if target.resolve().is_relative_to(record.resolve()):
        raise InvalidInput(f"{target} lies in the record, which stays as it is; choose another place")
    if target.exists() and not overwrite:
        raise FolderExists(f"{target} is there already; choose another name, or say --overwrite")
    return target
