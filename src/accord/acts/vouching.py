"""What a call's log vouches for: its entries under a signed head, the acts in it, and who cosigned.

Read from the folder of a log, which is a part of a bundle; nothing is written, nothing is trusted but the keys
that the plan names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from accord.acts.confirmation import Confirmation, Evidence, confirmations, evidence
from accord.acts.covers import Cover, covers_of, first_of, heads_of, only_known, times_of
from accord.acts.erasures import ERASED, Erasure, erasure, told_why
from accord.acts.extensions import EXTENSION, Closes, closes_at
from accord.acts.standing import Attested, Documents, LoggedAct, Office, Refusal, RefusedAct, Standing, standing
from accord.acts.statement import Act, UnreadableAct
from accord.acts.witnesses import NoLog, Turn, first_turns, keys_at, witnesses
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import opened
from accord.record.log.entry import Entry
from accord.record.log.notes import VerifierKey
from accord.record.log.reader import TamperedLog, audit, folder, head

__all__ = ["ACT", "CLOSING", "DOCUMENT", "EXTENSION", "NoLog", "Vouching", "host_of", "vouched", "witnesses"]

ACT: Final = "act"
CLOSING: Final = "closing"
DOCUMENT: Final = "document"
"""What a Side signed as a PDF, or its own act: the act names its SHA-256."""


@dataclass(frozen=True, slots=True)
class Vouching:
    """What a log shows to whoever holds the plan."""

    head: Checkpoint
    entries: tuple[Entry, ...]
    unopened: tuple[int, ...]
    """The entries whose content is erased, or not for this reader."""
    erased: Mapping[int, Erasure]
    """By index: what an entry says was erased, and by which rule."""
    confirmations: tuple[Confirmation, ...]
    refused: tuple[Refusal, ...]
    attested: tuple[Attested, ...]
    evidence: tuple[Evidence, ...]
    offices: tuple[Office, ...]
    """Who signs for a Side after all acts in the log: keys rotated and revoked."""
    closing: int | None
    """The size of the closing checkpoint: what has an index at or past it is late."""
    covers: Mapping[int, Cover]
    """By size: where every Side had cosigned what is below it. A size that none covers is absent."""
    closes: Closes
    """When the call closes, extensions included."""
    turns: tuple[Turn, ...]
    """Which key witnesses for a Side from which size on, after all rotations."""
    cosigned: tuple[Cover, ...] = ()
    """All heads that every Side cosigned, by size."""

    def of(self, kind: str, subject: str) -> Confirmation | None:
        """The confirmation of an act about a digest, if anybody signed it: a confirmed one before any other."""
        about = [one for one in self.confirmations if (one.kind, one.subject) == (kind, subject)]
        return next((one for one in about if one.confirmed), about[0] if about else None)

    @property
    def witnesses(self) -> dict[str, VerifierKey]:
        """By Side: the key that cosigns the newest head."""
        return self.witnesses_at(self.head.size)

    def witnesses_at(self, size: int) -> dict[str, VerifierKey]:
        """By Side: the key that cosigns a head of that size."""
        return keys_at(self.turns, size)

    def covered(self, confirmation: Confirmation) -> Cover | None:
        """The cosigned head that contains a signature of every Side; None where the Sides have not cosigned one."""
        return self.covers.get(confirmation.size)


def host_of(plan: Plan) -> VerifierKey:
    """The host's key, as the plan names it."""
    if plan.log is None:
        raise NoLog("the plan has no [log]: it names no host")
    return VerifierKey.of(plan.log.host)


def vouched(plan: Plan, path: Path) -> Vouching:
    """Read a whole log and say what it vouches for.

    Raises TamperedLog, BadSignature, UnreadableNote or NoLog for the first thing that does not hold: a file that
    leads elsewhere, a head that the host did not sign, a content that is not what its entry speaks of.
    """
    read, host = folder(path), host_of(plan)
    origin = plan.log.origin if plan.log else ""
    newest = head(read).trusted(host, origin)
    entries: list[Entry] = []
    acts: dict[int, Act] = {}
    unopened: list[int] = []
    erasures: dict[int, bytes] = {}
    documents: dict[str, Entry | None] = {}
    extensions: dict[str, bytes] = {}
    for index, content in audit(read, newest):
        entry = Entry.of(content)
        entries.append(entry)
        found = opened(path, entry)
        if found is None:
            unopened.append(index)
            documents |= {"": None} if entry.kind == DOCUMENT else {}
        elif entry.kind == ACT:
            acts[index] = _act(found, index, entry)
        elif entry.kind == ERASED:
            erasures[index] = found
        elif entry.kind == EXTENSION:
            extensions[digest(found)] = found
        elif entry.kind == DOCUMENT:
            documents[digest(found)] = entry
    _none_twice(entries)
    heads = heads_of(path, newest, host)
    reader = _reader_of(path, documents)

    def take(times: Sequence[datetime]) -> Standing:
        return standing(plan, [LoggedAct(act, times[index], index) for index, act in acts.items()], host, reader)

    stood, covers, times = _stood(first_turns(plan), heads, entries, take)
    only_known(heads, host, stood.turns)
    erased = [erasure(content, by, entries, times[by]) for by, content in erasures.items()]
    told_why(unopened, entries, {one.index: one for one in erased})
    told = confirmations(plan, stood)
    closes = closes_at(plan, told, extensions, times)
    closing = next((at + 1 for at, time in enumerate(times) if _closes(closes, entries[at], time)), None)
    wanted = {one.size for one in told if one.confirmed} | ({closing} if closing else set())
    return Vouching(
        head=newest,
        entries=tuple(entries),
        unopened=tuple(unopened),
        erased={one.index: one for one in erased},
        confirmations=told,
        refused=stood.refused,
        attested=stood.attested,
        evidence=evidence(stood),
        offices=stood.offices,
        closing=closing,
        covers={size: cover for size in wanted if (cover := first_of(covers, size))},
        closes=closes,
        turns=stood.turns,
        cosigned=tuple(covers),
    )


def _stood(
    turns: tuple[Turn, ...],
    heads: Sequence[tuple[str, Checkpoint]],
    entries: Sequence[Entry],
    take: Callable[[Sequence[datetime]], Standing],
) -> tuple[Standing, list[Cover], list[datetime]]:
    """Which acts count, which heads every Side cosigned, when each entry came; `take` takes the acts by these times.

    When an act came rests on cosignatures, and whose cosignature counts on acts: so both are looked at again until
    no further rotation of a witness is found. Raises TamperedLog where one counts only as long as it is not known.
    """
    while True:
        covers = covers_of(heads, turns)
        times = times_of(entries, covers)
        stood = take(times)
        if stood.turns == turns:
            return stood, covers, times
        if lost := next((turn for turn in turns if turn not in stood.turns), None):
            raise TamperedLog(f"entry {lost.first - 1} gives {lost.side} another witness, by a key that had ended then")
        turns = stood.turns


def _none_twice(entries: Sequence[Entry]) -> None:
    """Raise TamperedLog where two entries have one identifier: the erasure of one would take the other's content."""
    ordered = sorted(one.id for one in entries)  # of a million far smaller than a set
    twice = next((one for one, after in pairwise(ordered) if one == after), None)
    if twice is not None:
        first, second, *_ = (index for index, one in enumerate(entries) if one.id == twice)
        raise TamperedLog(f"entry {second} has the identifier of entry {first}")


def _act(content: bytes, index: int, entry: Entry) -> Act:
    """The act in an entry; raises UnreadableAct, or TamperedLog where the entry puts it to another Side's name."""
    try:
        act = Act.of(content)
    except UnreadableAct as error:
        raise UnreadableAct(f"entry {index}: {error}") from error
    if act.statement.side != entry.side:
        named = entry.side or "the host"
        raise TamperedLog(f"entry {index} says that {named} acted; the act in it is {act.statement.side}'s")
    return act


def _closes(closes: Closes, entry: Entry, at: datetime) -> bool:
    """Whether an entry closes the call: none does before the closing instant."""
    return entry.kind == CLOSING and at >= closes.at


def _reader_of(path: Path, documents: Mapping[str, Entry | None]) -> Documents:
    """Reads the documents of a log again when an act names one; under "" stands that one of them is not here."""

    def read(named: str) -> bytes | None:
        entry = documents.get(named)
        if entry is None and "" not in documents:
            raise RefusedAct(f"the log holds no document sha256:{named}")
        return opened(path, entry) if entry is not None else None

    return read
