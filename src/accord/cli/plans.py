"""Commands on plans: the plan as a document, and what changed between two versions of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from accord.cli.output import cut, say_problems, table
from accord.errors import InvalidInput
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.record.folder import write_file
from accord.report.plan_document import changed_document, docx_bytes, html_bytes, plan_document
from accord.report.plan_document.blocks import Document
from accord.report.plan_document.keys import ChangedKey, Stated, changed_keys
from accord.report.plan_document.paper_file import pdf_bytes

BESIDE: Final = ""  # an option without a file: the document stands beside the plan
WRITERS: Final[dict[str, Callable[[Document], bytes]]] = {
    ".docx": docx_bytes,
    ".html": html_bytes,
    ".pdf": pdf_bytes,
}
LONGEST: Final = 60  # of a value in a terminal


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--docx", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a Word file.")
@click.option("--html", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As an HTML page.")
@click.option("--pdf", is_flag=False, flag_value=BESIDE, metavar="[FILE]", help="As a tagged PDF (needs accord[pdf]).")
@click.option("--diff", type=click.Path(path_type=Path), metavar="OLD", help="With every change from this plan marked.")
@click.option("--overwrite", is_flag=True, help="Replace a document that is there.")
def plan(
    plan: Path, docx: str | None, html: str | None, pdf: str | None, diff: Path | None, *, overwrite: bool
) -> None:
    """Write the Partnership Plan in PLAN, a file or a call's folder, as a document in English and Japanese.

    With --diff OLD the Word file has tracked changes, and the others mark them; without a format, the changed keys are
    printed. Without FILE a document stands beside the plan.
    """
    if docx is None and html is None and pdf is None and diff is None:
        raise click.UsageError("say what to write: --docx, --html or --pdf, or --diff OLD to see what changed")
    path, signed = _loaded(plan)
    old = None if diff is None else _loaded(diff)[1]
    ending = "" if old is None else "-changes"
    targets = [
        _target(path, given, ending, suffix, overwrite=overwrite)
        for given, suffix in ((docx, ".docx"), (html, ".html"), (pdf, ".pdf"))
        if given is not None
    ]
    document = plan_document(signed) if old is None else changed_document(old, signed)
    for target, content in [(target, WRITERS[target.suffix.lower()](document)) for target in targets]:
        write_file(target, content)
        click.echo(f"{target}: plan sha256 {signed.digest}")
    if old is not None:
        click.echo(_told(changed_keys(old.plan, signed.plan), same=old.digest == signed.digest))


def _loaded(path: Path) -> tuple[Path, SignedPlan]:
    """The plan in a file, or in the folder of a call; its warnings are told."""
    file = path / PLAN_FILE if path.is_dir() else path
    signed = load_plan(file)
    say_problems(signed.warnings)
    return file, signed


def _target(plan: Path, given: str, ending: str, suffix: str, *, overwrite: bool) -> Path:
    target = Path(given) if given != BESIDE else plan.with_name(f"{plan.stem}{ending}{suffix}")
    if target.suffix.lower() != suffix:
        raise InvalidInput(f"--{suffix[1:]}: found {given!r}; name a file that ends in {suffix}, after PLAN")
    if target.exists() and not overwrite:
        raise InvalidInput(f"{target} is there already; choose another file, or say --overwrite")
    return target


def _told(keys: tuple[ChangedKey, ...], *, same: bool) -> str:
    if same:
        return "the same plan, byte by byte"
    if not keys:
        return "no key's value changed: the bytes differ in comments, spaces or the order of keys only"
    rows = [(f"{one.path} (order)" if one.order else one.path, _stated(one.before), _stated(one.after)) for one in keys]
    return table([("key", "before", "after"), *rows])


def _stated(value: Stated) -> str:
    if value.text is None:
        return "not stated" if value.default is None else f"not stated, so {value.default}"
    return cut(" ".join(value.text.split()), LONGEST)
