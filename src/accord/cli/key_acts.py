"""Commands by which a Side changes its keys: a rotation, which both keys sign, and a revocation."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from accord.acts.standing import Office, offices_of
from accord.acts.statement import Kind, Statement, signed_act
from accord.acts.vouching import vouched, witnesses
from accord.cli.keys import file_argument, key, key_in
from accord.cli.signing import instant_in, log_option, now, office_of, plan_at
from accord.errors import InvalidInput
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.folder import write_file
from accord.record.log.notes import SignerKey

WITNESS: Final = "witness"
since_option = click.option(
    "--from", "since", metavar="INSTANT", help="From when it counts, such as 2026-05-01T00:00:00+09:00; now by default."
)
signing_plan_option = click.option(
    "--plan", "plan_file", required=True, type=click.Path(path_type=Path), help="The plan, which names the keys."
)
out_option = click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The note, for `accord log act`."
)


@key.command()
@file_argument
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@signing_plan_option
@log_option
@since_option
@click.option("--witness", metavar="SIDE", help="NEW witnesses for this Side; FILE is its witness's or a signatory's.")
@out_option
def rotate(
    *,
    file: Path,
    new: Path,
    plan_file: Path,
    log_folder: Path | None,
    since: str | None,
    witness: str | None,
    out: Path,
) -> None:
    """Put the key in NEW in the place of the key in FILE: both sign, and the host enters the note.

    What the old key signed before stays signed. Afterwards `accord sign --log LOG` knows the new key. With --witness
    the Side's witness changes: NEW cosigns every head that holds the note, the old key the smaller ones.
    """
    plan, old, fresh = plan_at(plan_file), key_in(file), key_in(new)
    if witness is not None:
        office = _watching(plan, witness, log_folder, old, fresh)
        _written(_statement(plan, office, "witness-rotation", fresh.verifier.text, None), out, old, fresh)
        click.echo(f"{fresh.name} witnesses for {witness} from this note on; the host enters it (accord log act)")
        return
    offices = _offices(plan, log_folder)
    if any(one.key == fresh.verifier for one in offices):
        raise InvalidInput(f"NEW: the key of {fresh.name} is one of this call's already; make a fresh one")
    told = _statement(plan, office_of(offices, old), "key-rotation", fresh.verifier.text, since)
    _written(told, out, old, fresh)
    click.echo(f"{told.signatory} ({told.side}): {fresh.name} signs from {_said(told)} on, {old.name} no longer")


@key.command()
@file_argument
@click.option("--ended", help="The line of the key that ends, or sha256:… of a certificate; the key in FILE itself.")
@signing_plan_option
@log_option
@since_option
@out_option
def revoke(
    *, file: Path, ended: str | None, plan_file: Path, log_folder: Path | None, since: str | None, out: Path
) -> None:
    """End a key of one's own Side, signed by the key in FILE: itself, or another of the same Side.

    It counts from when the log has it. What was signed and entered before stays signed.
    """
    plan, signer = plan_at(plan_file), key_in(file)
    offices = _offices(plan, log_folder)
    office = office_of(offices, signer)
    line = signer.verifier.text if ended is None else ended.strip()
    mine = [one for one in offices if one.side == office.side]
    keys = {one.key.text for one in mine if one.key} | {f"sha256:{one.certificate}" for one in mine if one.certificate}
    if line not in keys:
        raise InvalidInput(f"--ended: {line[:80]!r} is no key and no certificate of {office.side}")
    told = _statement(plan, office, "key-revocation", line, since)
    _written(told, out, signer)
    click.echo(f"{told.signatory} ({told.side}): {line[:40]}… ends from {_said(told)} on")


def _watching(plan: Plan, side: str, log_folder: Path | None, old: SignerKey, fresh: SignerKey) -> Office:
    """Who puts a fresh witness key in place for a Side: the witness that is to go, or a signatory by the key."""
    found = None if log_folder is None else vouched(plan, log_folder)
    keys = witnesses(plan) if found is None else found.witnesses
    if side not in keys:
        raise InvalidInput(f"--witness: found {side!r}; write one of {', '.join(keys)}")
    taken = {key.public: name for name, key in keys.items()}
    if fresh.verifier.public in taken:
        watches = taken[fresh.verifier.public]
        raise InvalidInput(f"NEW: the key of {fresh.name} witnesses for {watches} already; make a fresh one")
    if keys[side].public == old.verifier.public:
        return Office(
            side=side, signatory=WITNESS, way="key", key=old.verifier, since=None, until=None, delegation=None
        )
    office = office_of(offices_of(plan) if found is None else found.offices, old)
    if office.side != side:
        raise InvalidInput(f"FILE: the key of {old.name} is of {office.side}, not of {side}")
    return office


def _offices(plan: Plan, log_folder: Path | None) -> tuple[Office, ...]:
    return offices_of(plan) if log_folder is None else vouched(plan, log_folder).offices


def _statement(plan: Plan, office: Office, kind: Kind, line: str, since: str | None) -> Statement:
    """A change of keys as text; its subject is the line that names the key."""
    at = now()
    begins = at if since is None else instant_in("--from", since)
    return Statement(
        kind=kind,
        call=plan.call.id,
        side=office.side,
        subject=digest(line.encode()),
        signatory=office.signatory,
        delegation=office.delegation,
        at=at,
        key=line,
        since=begins,
    )


def _written(told: Statement, out: Path, *keys: SignerKey) -> None:
    write_file(out, signed_act(told, *keys).content)
    click.echo(f"note  {out}")


def _said(told: Statement) -> str:
    return told.since.isoformat() if told.since else "now"
