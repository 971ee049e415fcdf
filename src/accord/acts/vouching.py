"""What a call's log vouches for: its entries under a signed head, the acts in it, and who cosigned.

Read from the folder of a log, which is a part of a bundle; nothing is written, nothing is trusted but the keys
that the plan names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accord.acts.confirmation import Confirmation, Evidence, confirmations, evidence
from accord.acts.standing import Attested, Documents, LoggedAct, Office, Refusal, RefusedAct, standing
from accord.acts.statement import Act
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import opened
from accord.record.log.entry import Entry
from accord.record.log.notes import LARGEST_NOTE, BadSignature, VerifierKey
from accord.record.log.reader import CHECKPOINT, TamperedLog, audit, folder, head
from accord.record.log.tiles import Hashes
from accord.record.log.tree import Frontier
from accord.record.log.writer import HEADS

ACT: Final = "act"
CLOSING: Final = "closing"
DOCUMENT: Final = "document"
"""What a Side signed as a PDF, or its own act: the act names its SHA-256."""
ERASED: Final = "erased"
MOST_HEADS: Final = 100_000


class NoLog(AccordError):
    """The plan names no log, or a key in it is none."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The first head at least as large as a size that every Side cosigned, and when the last of them did."""

    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Vouching:
    """What a log shows to whoever holds the plan."""

    head: Checkpoint
    entries: tuple[Entry, ...]
    unopened: tuple[int, ...]
    """The entries whose content is erased, or not for this reader."""
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

    def of(self, kind: str, subject: str) -> Confirmation | None:
        """The confirmation of an act about a digest, if anybody signed it."""
        return next((one for one in self.confirmations if (one.kind, one.subject) == (kind, subject)), None)

    def covered(self, confirmation: Confirmation) -> Cover | None:
        """The cosigned head that contains every signature of an act; None where the Sides have not cosigned one."""
        indices = [one.index for one in confirmation.signed if one.index is not None]
        return self.covers.get(max(indices) + 1) if indices else None


def witnesses(plan: Plan) -> dict[str, VerifierKey]:
    """Every Side's witness key, as the plan names it."""
    rule = plan.log
    if rule is None:
        raise NoLog("the plan has no [log]: it names no host and no witness")
    return {side: VerifierKey.of(text) for side, text in rule.witness.items()}


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
    acts: list[LoggedAct] = []
    unopened: list[int] = []
    documents: dict[str, Entry | None] = {}
    closing = None
    for index, content in audit(read, newest):
        entry = Entry.of(content)
        entries.append(entry)
        found = opened(path, entry)
        if found is None:
            unopened.append(index)
            documents |= {"": None} if entry.kind == DOCUMENT else {}
        elif entry.kind == ACT:
            acts.append(LoggedAct(Act.of(found), entry.time, index))
        elif entry.kind == DOCUMENT:
            documents[digest(found)] = entry
        if entry.kind == CLOSING and closing is None:
            closing = index + 1
    stood = standing(plan, acts, host, _reader_of(path, documents))
    told = confirmations(plan, stood)
    wanted = {max(one.index or 0 for one in each.signed) + 1 for each in told if each.confirmed}
    covers = _covers(plan, path, newest, entries_of=len(entries))
    return Vouching(
        head=newest,
        entries=tuple(entries),
        unopened=tuple(unopened),
        confirmations=told,
        refused=stood.refused,
        attested=stood.attested,
        evidence=evidence(stood),
        offices=stood.offices,
        closing=closing,
        covers={size: cover for size in {*wanted, *([closing] if closing else [])} if (cover := _first(covers, size))},
    )


def _reader_of(path: Path, documents: Mapping[str, Entry | None]) -> Documents:
    """Reads the documents of a log again when an act names one; under "" stands that one of them is not here."""

    def read(named: str) -> bytes | None:
        entry = documents.get(named)
        if entry is None and "" not in documents:
            raise RefusedAct(f"the log holds no document sha256:{named}")
        return opened(path, entry) if entry is not None else None

    return read


def _covers(plan: Plan, path: Path, newest: Checkpoint, *, entries_of: int) -> list[Cover]:
    """Every head that all Sides cosigned, by size. Each is the host's, and no larger than the log."""
    read, host, keys = folder(path), host_of(plan), witnesses(plan)
    hashes = Hashes(read, newest.size)
    known = {(key.name, key.key_id) for key in (host, *(key.as_witness for key in keys.values()))}
    if read(CHECKPOINT, LARGEST_NOTE) != read(f"{HEADS}/{newest.size}", LARGEST_NOTE):
        raise TamperedLog(f"{CHECKPOINT} is not {HEADS}/{newest.size}")
    sizes = sorted(int(one.name) for one in (path / HEADS).glob("*") if one.name.isdecimal())[:MOST_HEADS]
    found = []
    for size in sizes:
        one = Checkpoint.of(read(f"{HEADS}/{size}", LARGEST_NOTE)).trusted(host, newest.origin)
        if one.size != size or size > entries_of:
            raise BadSignature(f"{HEADS}/{size} is a head of size {one.size}")
        if Frontier(size, hashes.peaks(size)).root != one.root:
            raise TamperedLog(f"{HEADS}/{size} is the head of another history, signed by the same host")
        for line in one.note.signatures:
            if (line.name, line.key_id) not in known:
                raise BadSignature(f"{HEADS}/{size}: the signature of {line.name} is by no key that the plan names")
        times = [min(made) for key in keys.values() if (made := [told.at for told in one.cosigned([key])])]
        if len(times) == len(plan.sides):
            found.append(Cover(size, datetime.fromtimestamp(max(times), UTC)))
    return found


def _first(covers: list[Cover], size: int) -> Cover | None:
    return next((one for one in covers if one.size >= size), None)
