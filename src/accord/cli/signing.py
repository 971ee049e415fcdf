"""The command that signs: a plan, a record as recommendation, an adjustment, any act of a Side."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from accord.acts.paper import LARGEST_PAPER, pdf_tool
from accord.acts.standing import Office, offices_of
from accord.acts.statement import KINDS, Act, Kind, Statement, signed_act
from accord.acts.vouching import vouched
from accord.call.folder import load_call
from accord.call.tables import jsonl
from accord.cli.keys import PASSPHRASE, key_in
from accord.cli.places import bytes_in
from accord.errors import AccordError, InvalidInput
from accord.pipeline.bundle import RECORD_FILE
from accord.plan.load import PLAN_FILE, load_plan
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.folder import write_file
from accord.record.log.notes import LARGEST_NOTE, SignerKey

ADJUSTMENTS_FILE = "adjustments.json"
EXTENSION_FILE = "closing-extension.json"
LARGEST_SUBJECT = 1024 * 1024 * 1024
COMMITMENTS: Final = "lottery-commitments"
LOTTERY_TABLES: Final[dict[str, Kind]] = {COMMITMENTS: "lottery-commitment", "lottery-reveals": "lottery-reveal"}

plan_option = click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="The plan, where it is not SUBJECT nor in it."
)


log_option = click.option(
    "--log", "log_folder", type=click.Path(path_type=Path), help="The call's log, where keys have rotated."
)
number_option = click.option(
    "--number", default=1, show_default=True, type=click.IntRange(1, 99_999), help="Which act of its kind."
)


@click.command()
@click.argument("subject", type=click.Path(path_type=Path, exists=True))
@click.option("--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), help="Your key.")
@click.option(
    "--p12", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Key and certificate, for a PDF."
)
@click.option("--as", "kind", type=click.Choice(KINDS), help="What the act is; told from SUBJECT where it can be.")
@number_option
@plan_option
@log_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The note; beside SUBJECT by default.")
@click.option("--show", is_flag=True, help="Print what would be signed, and sign nothing.")
def sign(
    *,
    subject: Path,
    key_file: Path | None,
    p12: Path | None,
    kind: Kind | None,
    number: int,
    plan_file: Path | None,
    log_folder: Path | None,
    out: Path | None,
    show: bool,
) -> None:
    """Sign SUBJECT for a Side: a plan, a record (the recommendation), adjustments, any file.

    The plan says whose key this is. What is signed is a text that names the act and the SHA-256 of SUBJECT's bytes:
    of a record, the digest of its front page; of a lottery's table, the Side's own row. The note goes to whoever
    keeps the log: `accord log act`.

    With --p12 SUBJECT is a PDF that `accord act` wrote: it is signed itself, in the signatory's own field.
    """
    if (key_file is None) == (p12 is None):
        raise click.UsageError("sign with --key FILE, or a PDF with --p12 FILE")
    if p12 is not None:
        _sign_pdf(subject, p12, out, show=show)
        return
    assert key_file is not None  # noqa: S101  one of the two, as looked at above
    content, act_kind = subject_of(subject, kind)
    plan = plan_of(subject, plan_file)
    signer = key_in(key_file)
    office = office_of(offices_of(plan) if log_folder is None else vouched(plan, log_folder).offices, signer)
    if subject.stem in LOTTERY_TABLES:
        content = own_row(subject, office.side)
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


def _sign_pdf(pdf: Path, p12: Path, out: Path | None, *, show: bool) -> None:
    """Sign a PDF in the field of whose certificate it is; the file is replaced, or written beside."""
    if pdf.is_dir() or pdf.stat().st_size > LARGEST_PAPER:
        raise InvalidInput(f"{pdf} is no PDF that `accord act` wrote")
    content = pdf.read_bytes()
    if show:
        click.echo(pdf_tool().statement_in(content).text, nl=False)
        return
    written, signer = pdf_tool().signed_pdf(content, p12.read_bytes(), os.environ.get(PASSPHRASE), now())
    write_file(out or pdf, written)
    click.echo(f"{signer.signatory} signed {out or pdf} for {signer.side}")


def now() -> datetime:
    """The machine's clock, to the second. Only the command line looks at it."""
    return datetime.now(UTC).replace(microsecond=0)


def instant_in(option: str, text: str) -> datetime:
    """The instant that a person wrote, with its offset; raises InvalidInput otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{option}: found {text!r}; write an instant such as 2026-05-01T00:00:00+09:00") from error
    if found.tzinfo is None:
        raise InvalidInput(f"{option}: found {text!r}, which has no offset; write +09:00 or Z behind it")
    return found


def act_in(file: Path) -> Act:
    """The act in a note; the error names the file."""
    try:
        return Act.of(bytes_in(file, LARGEST_NOTE))
    except AccordError as error:
        raise AccordError(f"{file}: {error}") from error


def subject_of(subject: Path, kind: Kind | None) -> tuple[bytes, Kind]:
    """The bytes that are signed, and what the act is: as said, or as it can be told."""
    content, found = _subject(subject)
    act_kind = kind or found
    if act_kind is None:
        raise InvalidInput(f"--as: {subject} can be many things; write one of {', '.join(KINDS)}")
    return content, act_kind


def _subject(subject: Path) -> tuple[bytes, Kind | None]:
    """The bytes that are signed, and what the act then is, where it can be told."""
    if subject.is_dir():
        page = subject / RECORD_FILE
        if not page.is_file():
            raise InvalidInput(f"{subject} is a folder and no record: name a file, or a record")
        return page.read_bytes(), "recommendation"
    if subject.stat().st_size > LARGEST_SUBJECT:
        raise InvalidInput(f"{subject} is larger than one gibibyte")
    told: dict[str, Kind] = {PLAN_FILE: "plan", ADJUSTMENTS_FILE: "adjustment", EXTENSION_FILE: "closing-extension"}
    return subject.read_bytes(), told.get(subject.name, LOTTERY_TABLES.get(subject.stem))


def plan_of(subject: Path, plan_file: Path | None) -> Plan:
    """The plan that is named, or is in what is signed; of a lottery's table, the one beside it."""
    beside = subject.parent / PLAN_FILE if subject.stem in LOTTERY_TABLES else None
    for place in (plan_file, subject / "inputs" / PLAN_FILE, subject if subject.name == PLAN_FILE else None, beside):
        if place is not None and place.exists():
            return plan_at(place)
    raise InvalidInput("--plan: say by which plan this is signed")


def plan_at(place: Path) -> Plan:
    """The plan in a file, or in a call's folder."""
    return load_plan(place / PLAN_FILE if place.is_dir() else place).plan


def own_row(table: Path, side: str) -> bytes:
    """A Side's own row of a lottery's table, as a line of JSON: each signs its own and no other's."""
    call = load_call(table.parent)
    rows = call.commitments if table.stem == COMMITMENTS else call.reveals
    found = [row for row in rows if row.side == side]
    if not found:
        raise InvalidInput(f"{table} has no row of {side}")
    return jsonl(found)


def office_named(plan: Plan, side: str, signatory: str, way: str) -> Office:
    """The office that the plan names for a Side and a way to sign."""
    offices = [one for one in offices_of(plan) if one.way == way]
    found = next((one for one in offices if (one.side, one.signatory) == (side, signatory)), None)
    if found is None:
        named = ", ".join(f"{one.signatory} ({one.side})" for one in offices) or "nobody"
        raise InvalidInput(f"{signatory!r} does not sign for {side} by {way}; the plan names: {named}")
    return found


def office_of(offices: tuple[Office, ...], signer: SignerKey) -> Office:
    """The office that signs by a key."""
    mine = [one for one in offices if one.key == signer.verifier]
    if not mine:
        named = ", ".join(sorted({one.key.name for one in offices if one.key})) or "none"
        raise InvalidInput(f"the plan names no signatory with the key of {signer.name}; it names the keys of: {named}")
    standing = [one for one in mine if one.in_force(now())]
    if not standing:
        raise InvalidInput(f"the key of {signer.name} or its delegation does not stand at this time")
    return standing[-1]
