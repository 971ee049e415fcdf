"""The checks of a sealed record's log, a line a check, as the verification tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from accord.acts.confirmation import Confirmation
from accord.acts.lottery_order import lottery_order
from accord.acts.timestamps import stamps_told, timestamps
from accord.acts.vouching import Vouching, host_of, vouched, witnesses
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.contents import CONTENTS
from accord.record.log.notes import UnreadableNote
from accord.record.log.reader import CHECKPOINT
from accord.record.log.tiles import paths
from accord.record.log.timestamps import KINDS, TIMESTAMPS, timestamps_in
from accord.record.log.writer import HEADS, signed_sizes

LOG_FOLDER: Final = "log"
LATE: Final = "no head that every Side cosigned covers it yet"


class TornAct(AccordError):
    """One Side signed two different digests under one act; both signatures are in the log."""


def log_checks(
    plan: Plan, folder: Path, subjects: Mapping[str, str], lottery: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[tuple[str, Callable[[], str]]]:
    """The checks of the log in a record: its files and heads, the acts in it, who cosigned, the closing.

    `subjects` are the digests that this record is about, by the kind of act: `plan`, `recommendation`; `lottery` those
    of each Side's row, by `lottery-commitment` and `lottery-reveal`.
    """
    read: list[Vouching] = []

    def log() -> str:
        found = vouched(plan, folder / LOG_FOLDER)
        _nothing_else(found, folder / LOG_FOLDER)
        read.append(found)
        told = f"{len(found.entries)} entries of {found.head.origin} under the head that {host_of(plan).name} signed"
        if not found.unopened:
            return told
        why = "".join(f"; {_erased(found, one)}" for one in found.unopened if one in found.erased)
        return f"{told}{why}; {len(found.unopened)} of them erased or not for this reader"

    def signatures() -> str:
        found = read[0]
        if found.evidence:
            torn = found.evidence[0]
            places = ", ".join(str(one.index) for one in torn.acts)
            raise TornAct(f"{torn.side} signed different digests as {torn.kind} {torn.number}: entries {places}")
        told = [_signed(found, kind, subject) for kind, subject in subjects.items()]
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
    if lottery is not None and lottery["lottery-commitment"]:
        yield "lottery's order", lambda: lottery_order(plan, read[0], lottery)
    if (folder / LOG_FOLDER / TIMESTAMPS).exists() or (plan.log is not None and plan.log.tsa):
        yield "time-stamps", lambda: stamps_told(plan, *timestamps(plan, folder / LOG_FOLDER, host_of(plan)))


def _nothing_else(found: Vouching, log: Path) -> None:
    """Refuse a file in a sealed log that no check has looked at."""
    ids = {name for entry in found.entries for name in (entry.id, f"{entry.id}.salt")}
    looked_at = {CHECKPOINT, *paths(found.head.size), *(f"{HEADS}/{size}" for size in signed_sizes(log))}
    looked_at |= {f"{TIMESTAMPS}/{side}-{size}.{kind}" for side, size in timestamps_in(log) for kind in KINDS}
    for file in log.rglob("*"):
        name = file.relative_to(log).as_posix()
        around, _, last = name.rpartition("/")
        known = name in looked_at or (around == CONTENTS and last in ids)
        if file.is_symlink() or (not known and not file.is_dir()):
            raise UnreadableNote(f"{LOG_FOLDER}/{name} is no part of a sealed log")


def _erased(found: Vouching, index: int) -> str:
    told = found.erased[index]
    return f"entry {index} ({found.entries[index].kind}) erased {told.at:%Y-%m-%d %H:%M:%S} UTC by {told.rule}"


def _signed(found: Vouching, kind: str, subject: str) -> str:
    """Who signed an act about a digest. What only the host says that a Side did is not called a signature."""
    act = found.of(kind, subject)
    if act is None:
        return f"{kind}: nobody has signed this one"
    sides = dict.fromkeys(one.act.statement.side for one in act.signed)
    signed = ", ".join(side for side in sides if side not in act.attested)
    by = [f"signed by {signed}"] if signed else []
    by += [f"recorded by the host for {', '.join(act.attested)}"] if act.attested else []
    if act.missing:
        return f"{kind} {act.number}: {', '.join(by)}, not by {', '.join(act.missing)}"
    return f"{kind} {act.number}: confirmed, {', '.join(by)}{_since(found, act)}"


def _since(found: Vouching, act: Confirmation) -> str:
    """That all Sides have confirmed another digest under a later number: what this record holds may be overtaken."""
    later = [one for one in found.confirmations if one.kind == act.kind and one.confirmed and one.number > act.number]
    other = next((one for one in reversed(later) if one.subject != act.subject), None)
    if other is None:
        return ""
    return f"; since then {other.kind} {other.number} of another digest is confirmed ({other.subject[:16]}…)"


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
    return f"closed at size {found.closing}, cosigned by every Side {_long(window)} after the closing instant"


def _long(seconds: float) -> str:
    """A length of time as people say it, in the largest unit of which there are two."""
    for unit, length in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
