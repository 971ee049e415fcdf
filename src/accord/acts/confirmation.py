"""When an act is confirmed: every Side that the plan names has signed the same digest."""

from __future__ import annotations

from dataclasses import dataclass

from accord.acts.standing import LoggedAct, Standing
from accord.acts.statement import KEYS_ONLY, Kind
from accord.plan.model import Plan

ONE_SIDES = frozenset({"award-decision", "lottery-commitment", "lottery-reveal"})
"""Kinds that each Side does for itself, about a digest of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who signed an act about one digest, and who is missing. `confirmed` where none is, and none signed two."""

    kind: Kind
    number: int
    subject: str
    signed: tuple[LoggedAct, ...]
    missing: tuple[str, ...]
    torn: tuple[str, ...]
    """Sides that signed another digest under the same act as well: both signatures are evidence."""
    attested: tuple[str, ...] = ()
    """Sides for which the host's word stands, and no signature that was checked."""

    @property
    def size(self) -> int:
        """How many entries a log has with the first signature of every Side that signed; 0 where no log holds them."""
        first: dict[str, int] = {}
        for one in self.signed:
            first.setdefault(one.act.statement.side, -1 if one.index is None else one.index)
        return max(first.values(), default=-1) + 1

    @property
    def confirmed(self) -> bool:
        """Whether every Side needed signed this digest, and this one only."""
        return not self.missing and not self.torn


@dataclass(frozen=True, slots=True)
class Evidence:
    """One Side's signatures of different digests under one act."""

    side: str
    kind: Kind
    number: int
    acts: tuple[LoggedAct, ...]


def confirmations(plan: Plan, standing: Standing) -> tuple[Confirmation, ...]:
    """Every act with every digest that was signed for it, in the order of the first signature."""
    torn = {(one.side, one.kind, one.number) for one in evidence(standing)}
    found: dict[tuple[Kind, int, str], list[LoggedAct]] = {}
    for one in standing.counted:
        told = one.act.statement
        if told.kind not in KEYS_ONLY:
            found.setdefault((*told.slot, told.subject), []).append(one)
    return tuple(
        Confirmation(
            kind=kind,
            number=number,
            subject=subject,
            signed=tuple(acts),
            missing=() if kind in ONE_SIDES else _missing(plan, acts),
            torn=tuple(sorted({side for side in _sides(acts) if (side, kind, number) in torn})),
            attested=tuple(sorted(_sides(acts) - _sides([one for one in acts if not _on_trust(standing, one)]))),
        )
        for (kind, number, subject), acts in found.items()
    )


def evidence(standing: Standing) -> tuple[Evidence, ...]:
    """Every Side that signed two different digests under one act, with all its signatures of it.

    What the host alone says that a Side did is no evidence against that Side.
    """
    found: dict[tuple[str, Kind, int], list[LoggedAct]] = {}
    for one in standing.counted:
        told = one.act.statement
        if told.kind not in KEYS_ONLY and not _on_trust(standing, one):
            found.setdefault((told.side, *told.slot), []).append(one)
    return tuple(
        Evidence(side, kind, number, tuple(acts))
        for (side, kind, number), acts in found.items()
        if len({one.act.statement.subject for one in acts}) > 1
    )


def _on_trust(standing: Standing, act: LoggedAct) -> bool:
    return any(one.logged is act for one in standing.attested)


def _sides(acts: list[LoggedAct]) -> set[str]:
    return {one.act.statement.side for one in acts}


def _missing(plan: Plan, acts: list[LoggedAct]) -> tuple[str, ...]:
    signed = _sides(acts)
    return tuple(side for side in plan.sides if side not in signed)
