"""In which order a lottery's commitments and reveals came, as the log has it: no commitment after a reveal."""

from __future__ import annotations

from collections.abc import Mapping

from accord.acts.vouching import Vouching
from accord.errors import AccordError
from accord.plan.model import Plan


class LateCommitment(AccordError):
    """A Side's commitment came after a reveal, or is another than the one in the record: it could have chosen."""


def lottery_order(plan: Plan, found: Vouching, rows: Mapping[str, Mapping[str, str]]) -> str:
    """What the log says of the order, in a line.

    `rows` are the digests of each Side's row in the record, by `lottery-commitment` and `lottery-reveal`. Raises
    LateCommitment where a commitment in the record came after the first reveal, or a Side signed another one. What
    no Side signed and the host entered is not known to the log, and the line says so.
    """
    logged = {kind: _logged(found, kind) for kind in rows}
    for kind, digests in rows.items():
        for side, entries in logged[kind].items():
            if side in digests and any(subject != digests[side] for subject, _ in entries):
                raise LateCommitment(f"{side} signed another {kind} than the one in this record")
    absent = [side for side in plan.sides if side not in logged["lottery-commitment"]]
    reveals = [index for entries in logged["lottery-reveal"].values() for _, index in entries]
    first = min(reveals, default=None)
    last = max((min(index for _, index in one) for one in logged["lottery-commitment"].values()), default=-1)
    if absent:
        return f"not shown by the log: it has no signed commitment of {', '.join(absent)}"
    if first is None:
        return f"every commitment is in the log, the last as entry {last}; no reveal is"
    if last > first:
        late = [side for side, one in logged["lottery-commitment"].items() if min(index for _, index in one) > first]
        raise LateCommitment(f"the commitment of {', '.join(late)} came after the first reveal, entry {first}")
    between = [size for size in found.cosigned if last < size <= first]
    if not between:
        return f"every commitment came before the first reveal, entry {first}; no head between that all Sides cosigned"
    return f"every commitment is below size {between[-1]}, which all Sides cosigned; the first reveal is entry {first}"


def _logged(found: Vouching, kind: str) -> dict[str, list[tuple[str, int]]]:
    """By Side: subject and index of every act of a kind that counts."""
    logged: dict[str, list[tuple[str, int]]] = {}
    for one in found.confirmations:
        for act in one.signed if one.kind == kind else ():
            if act.index is not None:
                logged.setdefault(act.act.statement.side, []).append((one.subject, act.index))
    return logged
