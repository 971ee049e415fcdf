"""The checks of a sealed record's log, a line a check, as the verification tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from accord.acts.confirmation import Confirmation, Evidence
from accord.acts.lottery_order import Rows, lottery_order
from accord.acts.timestamps import stamps_told, timestamps
from accord.acts.vouching import Vouching, host_of, vouched
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.checkpoint import Checkpoint
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


class NotSealed(AccordError):
    """A record without its log, where the plan names one."""


class SealedLog:
    """The log in a record, read once: the checks of it, and what it vouches for.

    `subjects` are the digests that this record is about, by the kind of act: `plan`, `recommendation`; `lottery` those
    of each Side's row, None where they are not for this reader; `root` is the head that the lottery was drawn with.
    """

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        subjects: Mapping[str, str],
        lottery: Rows | None = None,
        root: Checkpoint | None = None,
    ) -> None:
        self._plan = plan
        self._log = folder / LOG_FOLDER
        self._subjects = subjects
        self._lottery = lottery
        self._root = root

    @cached_property
    def vouched(self) -> Vouching:
        """What the log vouches for; raises as `vouching.vouched`."""
        return vouched(self._plan, self._log)

    @property
    def path(self) -> Path:
        """The folder of the log."""
        return self._log

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """A check each for files and heads, the acts, who cosigned and the closing, the lottery, time-stamps."""
        yield "log", self._files
        yield "signatures", self._signatures
        yield "witnesses", self._cosigned
        if self._root is not None or (self._lottery is not None and self._lottery.commitments):
            yield "lottery's order", lambda: lottery_order(self._plan, self.vouched, self._lottery, self._root)
        if (self._log / TIMESTAMPS).exists() or (self._plan.log is not None and self._plan.log.tsa):
            yield "time-stamps", self._stamps

    def _files(self) -> str:
        found = self.vouched
        _nothing_else(found, self._log)
        told = (
            f"{len(found.entries)} entries of {found.head.origin} under the head that {host_of(self._plan).name} signed"
        )
        if not found.unopened:
            return told
        why = "".join(f"; {_erased(found, one)}" for one in found.unopened if one in found.erased)
        return f"{told}{why}; {len(found.unopened)} of them erased or not for this reader"

    def _signatures(self) -> str:
        found = self.vouched
        torn = [(one, _settled_by(found, one)) for one in found.evidence]
        for one, settled in torn:
            if settled is None:
                raise TornAct(_torn(one))
        told = [_signed(found, kind, subject) for kind, subject in self._subjects.items()]
        evidence = [f"{_torn(one)}; settled by {one.kind} {settled}" for one, settled in torn]
        attested = [f"{one.logged.act.statement.side} by {one.why}" for one in found.attested]
        refused = [f"entry {one.logged.index} does not count: {one.why}" for one in found.refused]
        return "; ".join((*told, *evidence, *attested, *refused))

    def _cosigned(self) -> str:
        found = self.vouched
        told = []
        for kind, subject in self._subjects.items():
            confirmation = found.of(kind, subject)
            if confirmation is not None and confirmation.confirmed:
                told.append(f"{kind}: {_covered(found, confirmation)}")
        told += [*_extended(found), _closing(found)]
        return f"{', '.join(key.name for key in found.witnesses.values())}; " + "; ".join(told)

    def _stamps(self) -> str:
        return stamps_told(self._plan, *timestamps(self._plan, self._log, host_of(self._plan)))


def not_sealed(plan: Plan) -> str:
    """Raise NotSealed: the plan names a log, or the record was sealed with one, and it is not here."""
    named = f"the plan names the log {plan.log.origin}" if plan.log else "it was sealed with a log"
    raise NotSealed(
        f"not sealed: {named}, and this record does not hold it; who signed is not shown"
        " (accord record seal RECORD --log LOG)"
    )


def _torn(one: Evidence) -> str:
    places = ", ".join(str(act.index) for act in one.acts)
    return f"{one.side} signed different digests as {one.kind} {one.number}: entries {places}"


def _settled_by(found: Vouching, torn: Evidence) -> int | None:
    """The number of the act by which all Sides settled it: a later one of the kind, confirmed after both signatures."""
    last = max((act.index for act in torn.acts if act.index is not None), default=0)
    later = [
        one.number
        for one in found.confirmations
        if one.kind == torn.kind and one.confirmed and one.number > torn.number and one.size > last
    ]
    return min(later, default=None)


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


def _extended(found: Vouching) -> Iterator[str]:
    """What put the closing instant off, and what did not."""
    for one in found.closes.extended:
        yield f"closing-extension {one.number}: the call closes at {one.closes:%Y-%m-%d %H:%M:%S} UTC, {one.reason}"
    yield from found.closes.refused


def _closing(found: Vouching) -> str:
    if found.closing is None:
        return "the log has no closing yet"
    cover = found.covers.get(found.closing)
    if cover is None:
        return f"closed at size {found.closing}; {LATE}"
    window = (cover.at - found.closes.at).total_seconds()
    return f"closed at size {found.closing}, cosigned by every Side {_long(window)} after the closing instant"


def _long(seconds: float) -> str:
    """A length of time as people say it, in the largest unit of which there are two."""
    for unit, length in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
