"""Commands for whoever hosts a call's log: begin it, enter what happened, close, show, prove."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from accord.acts.erasures import ERASED
from accord.acts.extensions import ACT as EXTENDS
from accord.acts.extensions import Extension
from accord.acts.vouching import ACT, CLOSING, DOCUMENT, EXTENSION, vouched
from accord.cli.keys import key_in
from accord.cli.output import say_json
from accord.cli.places import bytes_in, read_of
from accord.cli.signing import act_in, instant_in, now, plan_at
from accord.errors import AccordError, InvalidInput
from accord.record.canonical import canonical
from accord.record.folder import write_file
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import CHANCE_BYTES, LARGEST_CONTENT, Happening
from accord.record.log.contents import log as enter
from accord.record.log.entry import KIND, Entry
from accord.record.log.notes import LARGEST_NOTE, VerifierKey
from accord.record.log.proof import LARGEST_PROOF, LogProof, prove
from accord.record.log.reader import audit, entries, folder, head
from accord.record.log.writer import HEADS, Appended, add_cosignatures, begin_log


@click.group()
def log() -> None:
    """Keep a call's log: append-only, signed by its host, cosigned by every Side."""


log_argument = click.argument("log_folder", metavar="LOG", type=click.Path(path_type=Path))
key_option = click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The host's key."
)


@log.command()
@log_argument
@key_option
@click.option("--origin", required=True, help="Host and call in one line, such as example.org/quantum-2026.")
def begin(log_folder: Path, key_file: Path, origin: str) -> None:
    """Begin an empty log in the folder LOG."""
    signer = key_in(key_file)
    begin_log(log_folder, signer, origin)
    click.echo(f"{log_folder} is the log of {origin}, kept by {signer.name}")


@log.command()
@log_argument
@click.argument("notes", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@key_option
def act(log_folder: Path, notes: tuple[Path, ...], key_file: Path) -> None:
    """Enter signed acts, the NOTES that `accord sign` writes, into LOG."""
    acts = [act_in(note) for note in notes]
    happenings = [Happening(ACT, one.statement.side, one.content) for one in acts]
    said(entered(log_folder, key_file, happenings))


@log.command()
@log_argument
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@key_option
@click.option("--kind", required=True, help="What it is, in lower-case letters and hyphens: proposals, minutes.")
@click.option("--side", help="The Side that acted; the host itself by default.")
def add(log_folder: Path, file: Path, key_file: Path, kind: str, side: str | None) -> None:
    """Enter any FILE into LOG: its salted digest is in the log, its content beside it."""
    if not KIND.fullmatch(kind) or kind in {ACT, CLOSING, DOCUMENT}:
        raise InvalidInput(
            f"--kind: found {kind!r}; write lower-case letters and hyphens; act, closing and document are taken"
        )
    said(entered(log_folder, key_file, [Happening(kind, side, bytes_in(file, LARGEST_CONTENT))]))


@log.command()
@log_argument
@key_option
@click.option("--plan", "plan_file", required=True, type=click.Path(path_type=Path), help="The plan, for its closing.")
def close(log_folder: Path, key_file: Path, plan_file: Path) -> None:
    """Enter the closing: what has a later index is late. Refused before the closing instant.

    That is the plan's, or that of the last extension which every Side signed before the call had closed.
    """
    plan = plan_at(plan_file)
    found, at = vouched(plan, log_folder), now()
    closes = found.closes.at
    if at < closes:
        by = f", by closing-extension {found.closes.extended[-1].number}" if found.closes.extended else ""
        raise InvalidInput(f"the call closes at {closes.isoformat()}{by}; now it is {at.isoformat()}")
    if found.closing is not None:
        raise InvalidInput(f"this log has its closing already, entry {found.closing - 1}")
    content = canonical({"call": plan.call.id, "closes": closes.isoformat(), "closed": at.isoformat()})
    said(entered(log_folder, key_file, [Happening(CLOSING, None, content)]))


@log.command()
@click.option("--plan", "plan_file", required=True, type=click.Path(path_type=Path), help="The plan.")
@click.option("--closes", required=True, metavar="INSTANT", help="When it closes: 2026-04-16T17:00:00+02:00.")
@click.option("--reason", required=True, help="Why, in a line; whoever reads the record reads it.")
@click.option("--number", default=1, show_default=True, type=click.IntRange(1, 99_999), help="Which extension it is.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The text, to be signed.")
def extension(plan_file: Path, closes: str, reason: str, number: int, out: Path) -> None:
    """Write the text by which the Sides put the closing instant off: each signs it, the host enters text and notes.

    It counts where the log has every Side's signature before the call had closed.
    """
    plan = plan_at(plan_file)
    at = instant_in("--closes", closes)
    if at <= plan.timeline.closes:
        raise InvalidInput(
            f"--closes: found {closes}; the plan's closing is {plan.timeline.closes.isoformat()}, name a later one"
        )
    content = Extension(number=number, call=plan.call.id, closes=at, reason=reason).content
    Extension.of(content)
    write_file(out, content)
    click.echo(f"{out}: the call {plan.call.id} closes at {at.isoformat()}")
    click.echo(f"next: accord sign {out} --as {EXTENDS} --number {number} --plan {plan_file} --key FILE, each Side")
    click.echo(f"then: accord log add LOG {out} --kind {EXTENSION} --key FILE, and the notes with accord log act")


@log.command()
@log_argument
@click.argument("note", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--plan", "plan_file", required=True, type=click.Path(path_type=Path), help="The plan, for its witnesses."
)
def cosign(log_folder: Path, note: Path, plan_file: Path) -> None:
    """Put a witness's cosignature, the NOTE that `accord witness` writes, under the log's head.

    Only the witnesses count that the plan names, or that took their place in this log.
    """
    plan, given = plan_at(plan_file), Checkpoint.of(bytes_in(note, LARGEST_NOTE))
    keys = vouched(plan, log_folder).witnesses_at(given.size)
    told = given.cosigned(keys.values())
    if not told:
        names = ", ".join(key.name for key in keys.values())
        raise InvalidInput(f"{note}: no cosignature by a witness of this call; its witnesses are {names}")
    merged = add_cosignatures(log_folder, given, keys.values())
    click.echo(f"the head of size {merged.size} is cosigned by {', '.join(one.witness for one in told)}")


@log.command()
@click.argument("place", metavar="LOG")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(place: str, *, as_json: bool) -> None:
    """Print every entry of LOG, a folder or an address, once it is found to be under the log's root."""
    read = read_of(place)
    newest = head(read)
    found = [(index, Entry.of(content)) for index, content in audit(read, newest)]
    if as_json:
        rows = [
            {"index": index, "kind": one.kind, "side": one.side, "time": one.time.isoformat()} for index, one in found
        ]
        say_json({"origin": newest.origin, "size": newest.size, "root": newest.root.hex(), "entries": rows})
        return
    click.echo(f"{newest.origin}: {newest.size} entries under root {newest.root.hex()}")
    for index, one in found:
        click.echo(
            f"{index:>6}  {one.time:%Y-%m-%d %H:%M:%S}Z  {one.side or 'host':<8} {one.kind:<12} {one.digest[:16]}…"
        )


@log.command("prove")
@click.argument("place", metavar="LOG")
@click.argument("index", type=click.IntRange(0))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The proof.")
@click.option("--size", type=click.IntRange(1), help="Under the head of this size; the newest by default.")
def prove_command(place: str, index: int, out: Path, size: int | None) -> None:
    """Write the proof that the entry INDEX is in LOG, with the entry itself: `accord receipt verify` reads it."""
    read = read_of(place)
    under = Checkpoint.of(read(f"{HEADS}/{size}", LARGEST_NOTE)) if size else head(read)
    found = next((content for _, content in entries(read, under.size, first=index)), None)
    if found is None:
        raise InvalidInput(f"INDEX: the head of size {under.size} has no entry {index}")
    proof = prove(read, index, under, extra=found)
    write_file(out, proof.content)
    click.echo(f"{out} proves entry {index} under the head of size {under.size}")


@log.command("erase")
@log_argument
@click.argument("index", type=click.IntRange(0))
@key_option
@click.option("--rule", required=True, help="By which rule, or on whose request: plan:retention.personal.")
def erase_command(log_folder: Path, index: int, key_file: Path, rule: str) -> None:
    """Erase the content and salt of the entry INDEX of LOG; an entry says that it was done, when and by which rule."""
    there = next((content for _, content in entries(folder(log_folder), _size(log_folder), first=index)), None)
    if there is None:
        raise InvalidInput(f"INDEX: this log has no entry {index}")
    found = Entry.of(there)
    content = canonical({"erased": found.id, "index": index, "rule": rule})
    told = entered(log_folder, key_file, [Happening(ERASED, None, content)], erases=[found])
    click.echo(f"entry {index} ({found.kind}) is erased; entry {told.first} says so")


@click.group()
def receipt() -> None:
    """Check what a call's log gave you."""


@receipt.command()
@click.argument("proof", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--host", required=True, help="The host's key, the line that the plan has.")
@click.option("--witness", "witness_keys", multiple=True, help="A Side's witness key, the line that the plan has.")
@click.option("--content", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="What was logged.")
@click.option("--salt", help="The salt that came with it, in hexadecimal.")
def verify(proof: Path, host: str, witness_keys: tuple[str, ...], content: Path | None, salt: str | None) -> None:
    """Check PROOF offline: the entry is in the log under a head that host and witnesses signed."""
    found = LogProof.of(bytes_in(proof, LARGEST_PROOF))
    if found.extra is None:
        raise AccordError(f"{proof} holds no entry: it proves an index and not what stands there")
    entry = Entry.of(found.extra)
    told = found.verified(found.extra, VerifierKey.of(host), [VerifierKey.of(one) for one in witness_keys])
    if content is not None:
        if salt is None or not entry.opened_by(_salt(salt), bytes_in(content, LARGEST_CONTENT)):
            raise AccordError(f"{content} is not what the entry speaks of under this salt")
        click.echo(f"✓ content      {content} is what was logged")
    click.echo(f"✓ entry        {entry.kind} by {entry.side or 'the host'}, {entry.time:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(
        f"✓ log          index {found.index} under the head of size {found.checkpoint.size}, {found.checkpoint.origin}"
    )
    for one in told:
        click.echo(f"✓ witness      {one.witness}")
    missing = {VerifierKey.of(one).name for one in witness_keys} - {one.witness for one in told}
    for name in sorted(missing):
        click.echo(f"✗ witness      {name} has not cosigned this head")
    if missing:
        raise SystemExit(1)


def _salt(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInput("--salt: a salt is 64 hexadecimal digits") from error


def entered(log_folder: Path, key_file: Path, happenings: list[Happening], *, erases: Sequence[Entry] = ()) -> Appended:
    """Enter happenings with the machine's time and chance, signed by the host's key."""
    chance = secrets.token_bytes(CHANCE_BYTES * len(happenings))
    return enter(log_folder, key_in(key_file), happenings, time=now(), chance=chance, erases=erases)


def said(appended: Appended) -> None:
    """Tell which entries these are, and the root over them."""
    last = appended.checkpoint.size - 1
    which = f"entry {last}" if last == appended.first else f"entries {appended.first} to {last}"
    click.echo(f"{which}; root {appended.checkpoint.root.hex()}")


def _size(log_folder: Path) -> int:
    return head(folder(log_folder)).size
