"""Whose signature counts: the keys and delegations that the plan names, as rotations and revocations changed them.

Acts are taken in the order in which they were logged. What was in force when an act was logged decides about it;
a later revocation does not unsign it, and a key that had ended cannot date an act back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from accord.acts.statement import Act, Statement
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.notes import BadSignature, UnreadableNote, VerifierKey

HOST: Final = "host"


class RefusedAct(AccordError):
    """An act that does not count; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A person or office that signs for a Side, by one key or in another way, for a time."""

    side: str
    signatory: str
    way: str
    key: VerifierKey | None
    since: datetime | None
    until: datetime | None
    delegation: str | None

    def in_force(self, at: datetime) -> bool:
        """Whether the delegation stands at an instant; its last instant is excluded."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """An act, and when the log says that it came; None where no log holds it."""

    act: Act
    logged: datetime | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that does not count, and why."""

    logged: LoggedAct
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Which acts count, which do not and why, and the offices as they stand after all of them."""

    counted: tuple[LoggedAct, ...]
    refused: tuple[Refusal, ...]
    offices: tuple[Office, ...]


def offices_of(plan: Plan) -> tuple[Office, ...]:
    """The offices that a plan names; a key that cannot be read raises UnreadableNote."""
    return tuple(
        Office(
            side=side.id,
            signatory=one.name,
            way=one.way,
            key=VerifierKey.of(one.public_key) if one.way == "key" and one.public_key else None,
            since=one.valid_from,
            until=one.valid_until,
            delegation=one.delegation,
        )
        for side in plan.side
        for one in side.signatories
    )


def standing(plan: Plan, acts: Iterable[LoggedAct], host: VerifierKey | None = None) -> Standing:
    """Take acts in their order and say of each whether it counts.

    `host` is the key that records what was signed in another way (a PDF, a Side's own act); without it these do
    not count.
    """
    offices = offices_of(plan)
    counted: list[LoggedAct] = []
    refused: list[Refusal] = []
    for one in acts:
        try:
            offices = _taken(plan, offices, one, host)
            counted.append(one)
        except (RefusedAct, BadSignature, UnreadableNote) as error:
            refused.append(Refusal(one, str(error)))
    return Standing(tuple(counted), tuple(refused), offices)


def _taken(plan: Plan, offices: tuple[Office, ...], one: LoggedAct, host: VerifierKey | None) -> tuple[Office, ...]:
    """The offices after an act; raises RefusedAct where it does not count."""
    told = one.act.statement
    if told.call != plan.call.id:
        raise RefusedAct(f"it is about the call {told.call}, not {plan.call.id}")
    if told.side not in plan.sides:
        raise RefusedAct(f"{told.side} is no Side of this plan")
    named = [office for office in offices if (office.side, office.way) == (told.side, told.way)]
    if told.way != "key":
        _recorded_by(host, one.act)
        _in_force(named, one, told.signatory)
        return offices
    signing = [office for office in named if office.key is not None and one.act.by(office.key)]
    if not signing:
        raise RefusedAct(f"no key that the plan names for {told.side} signed it")
    office = _in_force(signing, one, told.signatory)
    if told.kind == "key-rotation":
        return _rotated(offices, office, one.act)
    if told.kind == "key-revocation":
        return _revoked(offices, told)
    return offices


def _recorded_by(host: VerifierKey | None, act: Act) -> None:
    if host is None or not act.by(host):
        raise RefusedAct("the host did not record it")


def _in_force(offices: list[Office], one: LoggedAct, signatory: str) -> Office:
    """The office that acts, in force both when it says it signed and when the log took it."""
    mine = [office for office in offices if office.signatory == signatory]
    if not mine:
        raise RefusedAct(f"{signatory!r} is no signatory that the plan names for {one.act.statement.side}")
    times = [one.act.statement.at, *([one.logged] if one.logged else [])]
    for office in mine:
        if all(office.in_force(at) for at in times):
            return office
    ended = max((office.until for office in mine if office.until), default=None)
    when = f" since {ended.isoformat()}" if ended and any(ended <= at for at in times) else ""
    raise RefusedAct(f"the key or delegation of {signatory!r} does not stand{when}")


def _rotated(offices: tuple[Office, ...], office: Office, act: Act) -> tuple[Office, ...]:
    told = act.statement
    new = VerifierKey.of(told.key or "")
    if not act.by(new):
        raise RefusedAct("a rotation is signed by the new key too")
    ended = replace(office, until=told.since)
    return (*(ended if one == office else one for one in offices), replace(office, key=new, since=told.since))


def _revoked(offices: tuple[Office, ...], told: Statement) -> tuple[Office, ...]:
    key = VerifierKey.of(told.key or "")
    ended = [office for office in offices if office.side == told.side and office.key == key]
    if not ended:
        raise RefusedAct(f"{key.name} is no key of {told.side}")
    return tuple(replace(one, until=_earlier(one.until, told.since)) if one in ended else one for one in offices)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((one for one in (first, second) if one is not None), default=None)
