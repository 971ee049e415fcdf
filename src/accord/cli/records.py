"""Commands on records: verify, and seal with the call's log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from accord.acts.checks import LOG_FOLDER
from accord.acts.vouching import vouched
from accord.cli.copies import erase, redact
from accord.cli.output import done, progress, say_json, solver_aside
from accord.pipeline.crate import crate_of
from accord.pipeline.reading import CRATE_FILE, open_record, read_files
from accord.record.folder import write_file
from accord.record.log.contents import settle
from accord.record.log.copying import copied
from accord.verify import verify as verify_record


@click.group()
def record() -> None:
    """Check a record; seal it with the log; make copies of it; erase what has to be."""


record.add_command(redact)
record.add_command(erase)


@record.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--log", "log_folder", required=True, type=click.Path(path_type=Path), help="The call's log.")
def seal(folder: Path, log_folder: Path) -> None:
    """Put a copy of the call's log into the record in FOLDER: signatures, cosignatures, the closing.

    Describe the folder as an RO-Crate (ro-crate-metadata.json), for archives.
    Whoever gets the folder can then check all of it offline. Seal again when the log has grown.
    """
    page = open_record(folder)
    plan = page.walk.inputs.call.plan.plan
    settle(log_folder)
    found = vouched(plan, log_folder)
    copied(log_folder, folder / LOG_FOLDER)
    _, content = read_files(folder)
    write_file(folder / CRATE_FILE, crate_of(folder, plan, page.page, content, found))
    click.echo(f"{folder} holds the log of {found.head.origin}, {len(found.entries)} entries")
    click.echo(f"next: accord record verify {folder}")


@record.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("-q", "--quiet", is_flag=True, help="Only what fails.")
def verify(folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Recompute every step of the record in FOLDER and check its certificates, a line a check.

    Exit 0 where the record holds, 1 where it does not. Nothing is written.
    """
    tell = progress(quiet=quiet or as_json)
    with solver_aside():
        verification = verify_record(folder, progress=None if tell is None else lambda name: tell(name, 1, 1))
    done(tell)
    if as_json:
        say_json({"holds": verification.holds, "checks": [asdict(check) for check in verification.checks]})
    else:
        for check in verification.checks:
            if not check.holds or not quiet:
                mark = click.style("✓", fg="green") if check.holds else click.style("✗", fg="red", bold=True)
                click.echo(f"{mark} {check.name:<18} {check.said}")
        if verification.holds and not quiet:
            click.echo(click.style("the record holds", fg="green", bold=True))
        elif not verification.holds:
            click.echo(click.style("the record does not hold", fg="red", bold=True))
    if not verification.holds:
        raise SystemExit(1)
