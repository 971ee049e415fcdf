"""The order of a lottery as the log has it: every commitment, then the root, then the reveals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accord.acts.covers import Cover
from accord.acts.vouching import Vouching
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.checkpoint import Checkpoint

COMMITMENT: Final = "lottery-commitment"
REVEAL: Final = "lottery-reveal"
Logged = Mapping[str, list[tuple[str, int]]]
"""By Side: subject and index of every act of a kind that counts."""


class LateCommitment(AccordError):
    """A Side's commitment came after a reveal, or is another than the one in the record: it could have chosen."""


class BadRoot(AccordError):
    """The root is no head that every Side cosigned between the commitments and the reveals; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The digest of each Side's row in a call, by Side."""

    commitments: Mapping[str, str]
    reveals: Mapping[str, str]


def lottery_order(plan: Plan, found: Vouching, rows: Rows | None, root: Checkpoint | None = None) -> str:
    """What the log says of the order, in a line; `root` is the head that the lottery was drawn with, if it was.

    Raises LateCommitment where a commitment came after the first reveal, or where the log knows another row of a Side
    than the record, or one that the record leaves out once somebody revealed; BadRoot where the root is no head that
    every Side cosigned between. Without a root, what no Side signed and the host entered is not known to the log, and
    the line says so. Where the rows are not for this reader (None), they are taken as the log has them.
    """
    commitments, reveals = _logged(found, COMMITMENT), _logged(found, REVEAL)
    if rows is None:
        told = lottery_order(plan, found, Rows(commitments=_subjects(commitments), reveals=_subjects(reveals)), root)
        return f"{told}; that these are the rows of the record is not shown here"
    _the_same(COMMITMENT, commitments, rows.commitments, whole=bool(rows.reveals) or root is not None)
    _the_same(REVEAL, reveals, rows.reveals, whole=bool(rows.reveals))
    first = min((index for one in reveals.values() for _, index in one), default=None)
    if first is not None:
        late = [side for side, one in commitments.items() if min(index for _, index in one) > first]
        if late:
            raise LateCommitment(f"the commitment of {', '.join(late)} came after the first reveal, entry {first}")
    if root is not None:
        return _under(plan, found, rows, root)
    absent = [side for side in plan.sides if side not in commitments]
    if absent:
        return f"not shown by the log: it has no signed commitment of {', '.join(absent)}"
    last = _last(commitments)
    if first is None:
        return f"every commitment is in the log, the last as entry {last}; no reveal is, and no root"
    return f"every commitment came before the first reveal, entry {first}; no root was taken, and nothing is drawn"


def root_head(plan: Plan, found: Vouching, commitments: Mapping[str, str]) -> Cover:
    """The head to be the lottery's root: the last that every Side cosigned with all commitments and before any reveal.

    `commitments` are the digests of the call's rows, by Side. Raises BadRoot, saying what is to be done first.
    """
    logged, reveals = _logged(found, COMMITMENT), _logged(found, REVEAL)
    _all_there(plan, logged, commitments)
    last = _last(logged)
    first = min((index for one in reveals.values() for _, index in one), default=len(found.entries))
    between = [one for one in found.cosigned if last < one.size <= first]
    if not between:
        until = f", and none can be any more: entry {first} is a reveal" if reveals else ": accord witness"
        raise BadRoot(f"no head that every Side cosigned has the commitments, the last of which is entry {last}{until}")
    return between[-1]


def _under(plan: Plan, found: Vouching, rows: Rows, root: Checkpoint) -> str:
    """What is shown of a lottery with a root of its log; raises BadRoot where one of its conditions does not hold."""
    commitments, reveals = _logged(found, COMMITMENT), _logged(found, REVEAL)
    _all_there(plan, commitments, rows.commitments)
    head = next((one for one in found.cosigned if one.size == root.size), None)
    if head is None:
        raise BadRoot(f"the root is a head of size {root.size}, which not every Side cosigned in this log")
    if head.root != root.root:
        raise BadRoot(f"the root is a head of size {root.size} of another history than this log")
    last = _last(commitments)
    if root.size <= last:
        raise BadRoot(f"the root is the head of size {root.size}, the last commitment is entry {last}: it came after")
    unsigned = [side for side in rows.reveals if side not in reveals]
    if unsigned:
        told = "the log has no signed reveal of"
        raise BadRoot(f"{told} {', '.join(unsigned)}: sign lottery-reveals and enter the note (accord log act)")
    first = min((index for one in reveals.values() for _, index in one), default=None)
    if first is not None and root.size > first:
        raise BadRoot(f"the root is the head of size {root.size}, and entry {first} is a reveal: it could be chosen")
    told = f"every commitment is below size {root.size}, the root, which all Sides cosigned"
    if first is None:
        return f"{told}; no reveal is in the log yet"
    withheld = [side for side in plan.sides if side not in reveals]
    rest = f"; {', '.join(withheld)} has not revealed" if withheld else ""
    return f"{told}; the first reveal is entry {first}{rest}"


def _logged(found: Vouching, kind: str) -> dict[str, list[tuple[str, int]]]:
    logged: dict[str, list[tuple[str, int]]] = {}
    for one in found.confirmations:
        for act in one.signed if one.kind == kind else ():
            if act.index is not None:
                logged.setdefault(act.act.statement.side, []).append((one.subject, act.index))
    return logged


def _subjects(logged: Logged) -> dict[str, str]:
    return {side: entries[0][0] for side, entries in logged.items()}


def _the_same(kind: str, logged: Logged, rows: Mapping[str, str], *, whole: bool) -> None:
    """Raise LateCommitment where the log knows another row of a Side, or, of a `whole` table, one that is left out."""
    for side, entries in logged.items():
        if side in rows and any(subject != rows[side] for subject, _ in entries):
            raise LateCommitment(f"{side} signed another {kind} than the one in this record")
        if side not in rows and whole:
            at = min(index for _, index in entries)
            raise LateCommitment(f"{side} signed a {kind}, entry {at}, that this record leaves out: run the call again")


def _all_there(plan: Plan, logged: Logged, rows: Mapping[str, str]) -> None:
    """Raise BadRoot where a Side has no commitment in the call, or none in the log under its signature."""
    for side in plan.sides:
        if side not in rows:
            raise BadRoot(f"{side} has lodged no commitment: accord lottery commit")
        if all(subject != rows[side] for subject, _ in logged.get(side, ())):
            told = "sign lottery-commitments and enter the note (accord log act)"
            raise BadRoot(f"the log has no signed commitment of {side} as the call has it: {told}")


def _last(commitments: Logged) -> int:
    return max(min(index for _, index in one) for one in commitments.values())
