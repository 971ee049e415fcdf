"""The command that signs: a plan, a record as recommendation, an adjustment, any act of a Side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from accord.acts.standing import Office, offices_of
from accord.acts.statement import KINDS, Act, Kind, Statement, signed_act
from accord.cli.keys import key_in
from accord.errors import AccordError, InvalidInput
from accord.pipeline.bundle import RECORD_FILE
from accord.plan.load import PLAN_FILE, load_plan
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.folder import write_file
from accord.record.log.notes import SignerKey

ADJUSTMENTS_FILE = "adjustments.json"
LARGEST_SUBJECT = 1024 * 1024 * 1024

plan_option = click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="The plan, where it is not SUBJECT nor in it."
)


@click.command()
@click.argument("subject", type=click.Path(path_type=Path, exists=True))
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Your key.")
@click.option("--as", "kind", type=click.Choice(KINDS), help="What the act is; told from SUBJECT where it can be.")
@click.option("--number", default=1, show_default=True, type=click.IntRange(1, 99_999), help="Which act of its kind.")
@plan_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The note; beside SUBJECT by default.")
@click.option("--show", is_flag=True, help="Print what would be signed, and sign nothing.")
def sign(
    *,
    subject: Path,
    key_file: Path,
    kind: Kind | None,
    number: int,
    plan_file: Path | None,
    out: Path | None,
    show: bool,
) -> None:
    """Sign SUBJECT for a Side: a plan, a record (the recommendation), adjustments, any file.

    The plan says whose key this is. What is signed is a text that names the act and the SHA-256 of SUBJECT's bytes:
    of a record, the digest of its front page. The note goes to whoever keeps the log: `accord log act`.
    """
    content, found = _subject(subject)
    act_kind = kind or found
    if act_kind is None:
        raise InvalidInput(f"--as: {subject} can be many things; write one of {', '.join(KINDS)}")
    plan = _plan(subject, plan_file)
    signer = key_in(key_file)
    office = _office(plan, signer)
    statement = Statement(
        kind=act_kind,
        number=number,
        call=plan.call.id,
        side=office.side,
        subject=digest(content),
        signatory=office.signatory,
        delegation=office.delegation,
        at=now(),
    )
    if show:
        click.echo(statement.text, nl=False)
        return
    act = signed_act(statement, signer)
    target = out or subject.with_name(f"{subject.name}.{act_kind}-{number}.{office.side}.note")
    write_file(target, act.content)
    click.echo(f"{office.signatory} signed {act_kind} {number} for {office.side}: sha256 {statement.subject}")
    click.echo(f"note  {target}")


def now() -> datetime:
    """The machine's clock, to the second. Only the command line looks at it."""
    return datetime.now(UTC).replace(microsecond=0)


def act_in(file: Path) -> Act:
    """The act in a note; the error names the file."""
    try:
        return Act.of(file.read_bytes())
    except AccordError as error:
        raise AccordError(f"{file}: {error}") from error


def _subject(subject: Path) -> tuple[bytes, Kind | None]:
    """The bytes that are signed, and what the act then is, where it can be told."""
    if subject.is_dir():
        page = subject / RECORD_FILE
        if not page.is_file():
            raise InvalidInput(f"{subject} is a folder and no record: name a file, or a record")
        return page.read_bytes(), "recommendation"
    if subject.stat().st_size > LARGEST_SUBJECT:
        raise InvalidInput(f"{subject} is larger than one gibibyte")
    told: dict[str, Kind] = {PLAN_FILE: "plan", ADJUSTMENTS_FILE: "adjustment"}
    return subject.read_bytes(), told.get(subject.name)


def _plan(subject: Path, plan_file: Path | None) -> Plan:
    for place in (plan_file, subject / "inputs" / PLAN_FILE, subject if subject.name == PLAN_FILE else None):
        if place is not None and place.exists():
            return plan_at(place)
    raise InvalidInput("--plan: say by which plan this is signed")


def plan_at(place: Path) -> Plan:
    """The plan in a file, or in a call's folder."""
    return load_plan(place / PLAN_FILE if place.is_dir() else place).plan


def _office(plan: Plan, signer: SignerKey) -> Office:
    mine = [one for one in offices_of(plan) if one.key == signer.verifier]
    if not mine:
        named = ", ".join(sorted({one.key.name for one in offices_of(plan) if one.key})) or "none"
        raise InvalidInput(f"the plan names no signatory with the key of {signer.name}; it names the keys of: {named}")
    return mine[0]
