"""Commands that leave leaves of a record out: a copy for one reader, and what a rule or a person asks to be erased."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from accord.acts.checks import LOG_FOLDER
from accord.acts.erasures import ERASED
from accord.acts.vouching import ACT, CLOSING, DOCUMENT, EXTENSION, vouched
from accord.cli.logs import entered
from accord.cli.signing import now
from accord.errors import InvalidInput
from accord.pipeline.copies import Copy, is_copy, read_copy
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.leaves_read import given_in
from accord.pipeline.reading import open_record
from accord.pipeline.redacting import (
    ERASED_RECORD,
    checked_rule,
    complete,
    erased,
    erasures_in,
    matching,
    of_person,
    redacted,
)
from accord.plan.model import Plan
from accord.record.folder import put_files, whole_folder
from accord.record.log.contents import Happening
from accord.record.log.copying import copied
from accord.record.log.entry import Entry

FOR_EVERYBODY: Final = frozenset({ACT, CLOSING, EXTENSION, ERASED, ERASED_RECORD})
"""The kinds of a log's entries whose content every copy holds."""
FOR_SIDES: Final = FOR_EVERYBODY | {DOCUMENT}


@click.command()
@click.argument("folder", metavar="RECORD", type=click.Path(path_type=Path))
@click.option("--for", "reader_name", required=True, help="A Side, applicants:PROPOSAL, applicants, public.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The copy's folder.")
def redact(folder: Path, reader_name: str, out: Path) -> None:
    """Write a copy of RECORD that holds what one reader may see and still verifies.

    What the plan lets out is given leaf by leaf with its salt; of all else the copy has the bare commitment.
    """
    record = open_record(folder)
    plan = record.walk.inputs.call.plan.plan
    reader = Reader.named(reader_name, plan)
    copy = redacted(record, reader)
    kinds = FOR_SIDES if reader.kind == "side" else FOR_EVERYBODY
    _put(copy, out, plan, [folder / LOG_FOLDER], kinds, replace=False)
    click.echo(f"{out}: {len(copy.given)} of {record.page.commitments.leaves} leaves are for {reader.name}")
    click.echo(f"next: accord record verify {out}")


@click.command()
@click.argument("folder", metavar="RECORD", type=click.Path(path_type=Path))
@click.option("--rule", required=True, help="plan:KEY of the plan, or request:REFERENCE; it stays in the record.")
@click.option("--address", "patterns", multiple=True, help="Addresses of leaves; * stands for any text.")
@click.option("--person", help="The identifier of an expert or an investigator: all that speaks of them.")
@click.option("--log", "log_folder", type=click.Path(path_type=Path), help="The call's log, where an entry says it.")
@click.option("--key", "key_file", type=click.Path(path_type=Path), help="The host's key, with --log.")
def erase(
    folder: Path,
    *,
    rule: str,
    patterns: tuple[str, ...],
    person: str | None,
    log_folder: Path | None,
    key_file: Path | None,
) -> None:
    """Erase leaves of RECORD, in place: content and salts go, commitments stay, and the record still verifies.

    The record becomes a copy that gives all other leaves. The key of its salts goes too: whoever had it could try out
    what is erased. Copies that were given away before, and the call's own folder, are not touched.
    """
    if bool(patterns) == bool(person):
        raise InvalidInput("say what is erased: --address PATTERN, once or more, or --person ID")
    if (log_folder is None) != (key_file is None):
        raise InvalidInput("--log and --key go together: the host signs the entry")
    copy, plan = _opened(folder)
    addresses = of_person(copy, person) if person else matching(copy, patterns)
    kept = erased(copy, addresses, at=now(), rule=checked_rule(rule, plan))
    logs = [folder / LOG_FOLDER]
    if log_folder is not None and key_file is not None:
        vouched(plan, log_folder)
        entered(log_folder, key_file, [Happening(ERASED_RECORD, None, kept.erased or b"")])
        logs.append(log_folder)
    _put(kept, folder, plan, logs, FOR_SIDES, replace=True)
    told = erasures_in(kept.erased or b"").erasures[-1]
    click.echo(f"{folder}: {told.leaves} leaves are erased ({', '.join(told.kinds)})")
    click.echo("not touched: the call's folder, its log's other contents, copies that were given away", err=True)


def _opened(folder: Path) -> tuple[Copy, Plan]:
    """What a folder gives, whole record or copy, and its plan."""
    if is_copy(folder):
        copy = read_copy(folder)
        return copy, given_in(copy).inputs.call.plan.plan
    record = open_record(folder)
    return complete(record), record.walk.inputs.call.plan.plan


def _put(copy: Copy, target: Path, plan: Plan, logs: list[Path], kinds: frozenset[str], *, replace: bool) -> None:
    """Write a copy with the newest of some logs, each grown out of the one before, in whole or not at all."""

    def keep(entry: Entry) -> bool:
        return entry.kind in kinds

    with whole_folder(target, replace=replace) as beside:
        put_files(beside, copy.files())
        for log in logs:
            if log.exists():
                vouched(plan, log)
                copied(log, beside / LOG_FOLDER, keep)
