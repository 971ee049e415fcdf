"""Commands for acts that are not signed by key: a PDF that several sign in turn, a Side's own act."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from accord.acts.paper import LARGEST_PAPER, BadPaper, OnPaper, SignedPaper, paper_of, pdf_tool
from accord.acts.statement import KEYS_ONLY, KINDS, Kind, Statement, signed_act
from accord.acts.vouching import ACT, DOCUMENT, host_of
from accord.cli.keys import key_in
from accord.cli.logs import entered, key_option, log, log_argument, said
from accord.cli.signing import now, number_option, office_named, plan_at, plan_of, plan_option, subject_of
from accord.errors import InvalidInput
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.folder import FolderExists, write_file
from accord.record.log.contents import LARGEST_CONTENT, Happening
from accord.report.paper.act import act_pdf

JOINT: Final = tuple(kind for kind in KINDS if kind not in KEYS_ONLY)

kind_option = click.option(
    "--as", "kind", type=click.Choice(JOINT), help="What the act is; told from SUBJECT where it can be."
)
host_plan_option = click.option(
    "--plan", "plan_file", required=True, type=click.Path(path_type=Path), help="The plan, which names who signs."
)


@click.command()
@click.argument("subject", type=click.Path(path_type=Path, exists=True))
@click.option("--pdf", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The PDF to be signed.")
@kind_option
@number_option
@plan_option
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def act(*, subject: Path, pdf: Path, kind: Kind | None, number: int, plan_file: Path | None, overwrite: bool) -> None:
    """Write an act about SUBJECT (a plan, a record, adjustments, any file) as a PDF for those who sign by PDF.

    It has a field for each signatory whose certificate the plan names; they sign one after the other, with
    `accord sign PDF --p12 FILE` or a program of their own, and each Side keeps the file that all have signed.
    """
    if pdf.exists() and not overwrite:
        raise FolderExists(f"{pdf} is there already; choose another name, or say --overwrite")
    content, act_kind = subject_of(subject, kind)
    plan = plan_of(subject, plan_file)
    paper = paper_of(plan, act_kind, number, digest(content))
    page, boxes = act_pdf(plan, paper)
    write_file(pdf, pdf_tool().prepared(page, paper, boxes))
    click.echo(f"{pdf}: {paper.kind} {paper.number} of sha256 {paper.subject}, to be signed by:")
    for signer in paper.signers:
        click.echo(f"  {signer.side}  {signer.signatory}")


@log.command("pdf")
@log_argument
@click.argument("pdf", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@key_option
@host_plan_option
def log_pdf(log_folder: Path, pdf: Path, key_file: Path, plan_file: Path) -> None:
    """Enter a signed PDF into LOG, and for every Side that signed it the act that it shows."""
    plan, signer = plan_at(plan_file), key_in(key_file)
    _is_host(plan, key_file)
    content = _read(pdf, LARGEST_PAPER)
    found = pdf_tool().signatures_in(content)
    if not found.signatures:
        raise BadPaper(f"nobody has signed {pdf} yet")
    acts = [signed_act(one, signer) for one in _statements(plan, found, digest(content))]
    document = Happening(DOCUMENT, None, content)
    said(entered(log_folder, key_file, [document, *(Happening(ACT, one.statement.side, one.content) for one in acts)]))
    for one in acts:
        click.echo(f"  {one.statement.side}  {one.statement.signatory} signed {_named(found.paper)}")


@log.command("own-act")
@log_argument
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--about", required=True, type=click.Path(path_type=Path, exists=True), help="The record, plan or file.")
@kind_option
@number_option
@click.option("--side", required=True, help="Whose own act it is.")
@click.option("--signatory", required=True, help="Who signed it, as the plan names the person or office.")
@click.option("--reference", required=True, help="The Side's own number of its act.")
@key_option
@host_plan_option
def own_act(
    *,
    log_folder: Path,
    file: Path,
    about: Path,
    kind: Kind | None,
    number: int,
    side: str,
    signatory: str,
    reference: str,
    key_file: Path,
    plan_file: Path,
) -> None:
    """Enter FILE, a Side's own act in its own form, into LOG: recorded as such, on the host's word."""
    plan, signer = plan_at(plan_file), key_in(key_file)
    _is_host(plan, key_file)
    office = office_named(plan, side, signatory, "own-act")
    subject, act_kind = subject_of(about, kind)
    content = _read(file, LARGEST_CONTENT)
    told = Statement(
        kind=act_kind,
        number=number,
        call=plan.call.id,
        side=side,
        subject=digest(subject),
        signatory=signatory,
        way="own-act",
        at=now(),
        reference=reference,
        delegation=office.delegation,
        document=digest(content),
    )
    recorded = signed_act(told, signer)
    said(entered(log_folder, key_file, [Happening(DOCUMENT, side, content), Happening(ACT, side, recorded.content)]))
    click.echo(f"  {side}  {signatory}: {act_kind} {number} by its own act {reference}")


def _statements(plan: Plan, found: SignedPaper, document: str) -> list[Statement]:
    """What the host records of a signed PDF: an act for every signature in it."""
    return [
        Statement(
            kind=found.paper.kind,
            number=found.paper.number,
            call=found.paper.call,
            side=one.signer.side,
            subject=found.paper.subject,
            signatory=one.signer.signatory,
            way="pdf",
            at=one.at,
            delegation=office_named(plan, one.signer.side, one.signer.signatory, "pdf").delegation,
            document=document,
        )
        for one in found.signatures
    ]


def _is_host(plan: Plan, key_file: Path) -> None:
    """Refuse another key than the host's: what it records would not count."""
    found, host = key_in(key_file).verifier, host_of(plan)
    if found != host:
        raise InvalidInput(f"--key: found the key of {found.name}; the host that the plan names is {host.name}")


def _read(file: Path, most: int) -> bytes:
    if file.stat().st_size > most:
        raise InvalidInput(f"{file} is larger than {most} bytes")
    return file.read_bytes()


def _named(paper: OnPaper) -> str:
    return f"{paper.kind} {paper.number}"
