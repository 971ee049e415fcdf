"""The checks of a sealed record's log, a line a check, as the verification tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from accord.acts.confirmation import Confirmation
from accord.acts.vouching import Vouching, host_of, vouched, witnesses
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.contents import CONTENTS
from accord.record.log.notes import UnreadableNote
from accord.record.log.reader import CHECKPOINT
from accord.record.log.tiles import paths
from accord.record.log.writer import HEADS

LOG_FOLDER: Final = "log"
LATE: Final = "no head that every Side cosigned covers it yet"


class TornAct(AccordError):
    """One Side signed two different digests under one act; both signatures are in the log."""


def log_checks(plan: Plan, folder: Path, subjects: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], str]]]:
    """The checks of the log in a record: its files and heads, the acts in it, who cosigned, the closing.

    `subjects` are the digests that this record is about, by the kind of act: `plan`, `recommendation`.
    """
    read: list[Vouching] = []

    def log() -> str:
        found = vouched(plan, folder / LOG_FOLDER)
        _nothing_else(found, folder / LOG_FOLDER)
        read.append(found)
        told = f"{len(found.entries)} entries of {found.head.origin} under the head that {host_of(plan).name} signed"
        return f"{told}; {len(found.unopened)} of them erased or not for this reader" if found.unopened else told

    def signatures() -> str:
        found = read[0]
        if found.evidence:
            torn = found.evidence[0]
            places = ", ".join(str(one.index) for one in torn.acts)
            raise TornAct(f"{torn.side} signed different digests as {torn.kind} {torn.number}: entries {places}")
        told = [_signed(kind, found.of(kind, subject)) for kind, subject in subjects.items()]
        attested = [f"{one.logged.act.statement.side} by {one.why}" for one in found.attested]
        refused = [f"entry {one.logged.index} does not count: {one.why}" for one in found.refused]
        return "; ".join((*told, *attested, *refused))

    def cosigned() -> str:
        found = read[0]
        told = []
        for kind, subject in subjects.items():
            confirmation = found.of(kind, subject)
            if confirmation is not None and confirmation.confirmed:
                told.append(f"{kind}: {_covered(found, confirmation)}")
        told.append(_closing(plan, found))
        return f"{', '.join(key.name for key in witnesses(plan).values())}; " + "; ".join(told)

    yield "log", log
    yield "signatures", signatures
    yield "witnesses", cosigned


def _nothing_else(found: Vouching, log: Path) -> None:
    """Refuse a file in a sealed log that no check has looked at."""
    ids = {name for entry in found.entries for name in (entry.id, f"{entry.id}.salt")}
    looked_at = {CHECKPOINT, *paths(found.head.size)}
    for file in sorted(log.rglob("*")):
        name = file.relative_to(log).as_posix()
        around, _, last = name.rpartition("/")
        known = name in looked_at or (around == CONTENTS and last in ids) or (around == HEADS and last.isdecimal())
        if file.is_symlink() or (not known and not file.is_dir()):
            raise UnreadableNote(f"{LOG_FOLDER}/{name} is no part of a sealed log")


def _signed(kind: str, found: Confirmation | None) -> str:
    if found is None:
        return f"{kind}: nobody has signed this one"
    signed = ", ".join(dict.fromkeys(one.act.statement.side for one in found.signed))
    if found.missing:
        return f"{kind} {found.number}: signed by {signed}, not by {', '.join(found.missing)}"
    return f"{kind} {found.number}: confirmed, signed by {signed}"


def _covered(found: Vouching, confirmation: Confirmation) -> str:
    cover = found.covered(confirmation)
    return LATE if cover is None else f"cosigned by every Side at size {cover.size} by {cover.at:%Y-%m-%d %H:%M:%S} UTC"


def _closing(plan: Plan, found: Vouching) -> str:
    if found.closing is None:
        return "the log has no closing yet"
    cover = found.covers.get(found.closing)
    if cover is None:
        return f"closed at size {found.closing}; {LATE}"
    window = (cover.at - plan.timeline.closes).total_seconds()
    return f"closed at size {found.closing}, cosigned by every Side {window / 60:.0f} minutes after the closing instant"
