"""Whose signature counts: the keys and delegations that the plan names, as rotations and revocations changed them.

Acts are taken in the order in which they were logged. What was in force when an act was logged decides about it;
a later revocation does not unsign it, and a key that had ended cannot date an act back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from accord.acts.paper import BadPaper, SignedPaper, SigningUnavailable, certificate_of, pdf_tool
from accord.acts.statement import Act, Statement
from accord.acts.witnesses import Turn, first_turns, keys_at
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.notes import ED25519, BadSignature, UnreadableNote, VerifierKey
from accord.record.log.tree import MOST_ENTRIES

HOST: Final = "host"
Documents = Callable[[str], bytes | None]
"""The signed PDF or own act of a SHA-256; None where it was erased, or is not for this reader.

Raises RefusedAct where no log holds it."""


class RefusedAct(AccordError):
    """An act that does not count; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A person or office that signs for a Side, by one key or in another way, for a time.

    Who signs by PDF is known by a certificate, the SHA-256 of its DER in hexadecimal.
    """

    side: str
    signatory: str
    way: str
    key: VerifierKey | None
    certificate: str | None = None
    since: datetime | None
    until: datetime | None
    delegation: str | None
    ended: bool = False
    """Whether it was revoked or rotated out at once: no later entry counts, whatever time its host gives it."""

    def in_force(self, at: datetime) -> bool:
        """Whether the delegation stands at an instant; its last instant is excluded."""
        if self.ended:
            return False
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
class Attested:
    """An act that counts on the host's word, and what was not checked here."""

    logged: LoggedAct
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Which acts count, which do not and why; the offices and the witnesses' turns as they stand after all of them."""

    counted: tuple[LoggedAct, ...]
    refused: tuple[Refusal, ...]
    offices: tuple[Office, ...]
    attested: tuple[Attested, ...] = ()
    """Those of the counted acts that rest on the host's word."""
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """Whose keys count at a place of the log."""

    offices: tuple[Office, ...]
    turns: tuple[Turn, ...]


def offices_of(plan: Plan) -> tuple[Office, ...]:
    """The offices that a plan names; a key that cannot be read raises UnreadableNote."""
    return tuple(
        Office(
            side=side.id,
            signatory=one.name,
            way=one.way,
            key=VerifierKey.of(one.public_key) if one.way == "key" and one.public_key else None,
            certificate=certificate_of(one.public_key) if one.way == "pdf" else None,
            since=one.valid_from,
            until=one.valid_until,
            delegation=one.delegation,
        )
        for side in plan.side
        for one in side.signatories
    )


def _absent(_document: str) -> None:
    return None


def standing(
    plan: Plan, acts: Iterable[LoggedAct], host: VerifierKey | None = None, documents: Documents = _absent
) -> Standing:
    """Take acts in their order and say of each whether it counts.

    `host` is the key that records what was signed in another way (a PDF, a Side's own act); without it these do
    not count. `documents` gives what was signed in such a way: a PDF is opened and its signature checked.
    """
    held = _Held(offices_of(plan), first_turns(plan))
    counted: list[LoggedAct] = []
    refused: list[Refusal] = []
    attested: list[Attested] = []
    places: dict[str, int | None] = {}
    for one in acts:
        text = one.act.statement.text
        try:
            found, unchecked = _taken(plan, held, one, host, documents)
        except (RefusedAct, BadSignature, UnreadableNote, BadPaper) as error:
            refused.append(Refusal(one, str(error)))
            continue
        if text in places:  # replayed, an old rotation or revocation would count anew
            refused.append(Refusal(one, f"it is entry {places[text]} once more"))
            continue
        held, places[text] = found, one.index
        counted.append(one)
        attested += [Attested(one, unchecked)] if unchecked else []
    return Standing(tuple(counted), tuple(refused), held.offices, tuple(attested), held.turns)


def _taken(
    plan: Plan, held: _Held, one: LoggedAct, host: VerifierKey | None, documents: Documents
) -> tuple[_Held, str | None]:
    """Whose keys count after an act, and what was not checked; raises RefusedAct where it does not count."""
    offices, turns = held.offices, held.turns
    told = one.act.statement
    if told.call != plan.call.id:
        raise RefusedAct(f"it is about the call {told.call}, not {plan.call.id}")
    if told.side not in plan.sides:
        raise RefusedAct(f"{told.side} is no Side of this plan")
    named = [office for office in offices if (office.side, office.way) == (told.side, told.way)]
    unchecked = None
    if told.kind == "witness-rotation" and _by_its_witness(offices, turns, one):
        return _Held(offices, _turned(offices, turns, one)), None
    if told.way == "key":
        named = [office for office in named if office.key is not None and one.act.by(office.key)]
        if not named:
            raise RefusedAct(f"no key that the plan names for {told.side} signed it")
    else:
        _recorded_by(host, one.act)
    office = _in_force(named, one, told.signatory)
    if told.way != "key":
        unchecked = _on_paper(office, one, documents)
    if told.kind == "key-rotation":
        offices = _rotated(offices, turns, office, one.act)
    if told.kind == "key-revocation":
        offices = _revoked(offices, told)
    if told.kind == "witness-rotation":
        turns = _turned(offices, turns, one)
    return _Held(offices, turns), unchecked


def _on_paper(office: Office, one: LoggedAct, documents: Documents) -> str | None:
    """What of a PDF or an own act was not checked; raises RefusedAct or BadPaper where a PDF does not show it."""
    told = one.act.statement
    content = documents(told.document or "")
    if told.way == "own-act":
        return f"its own act {told.reference}, as the host recorded it"
    if office.certificate is None:
        raise RefusedAct(f"the plan names no certificate of {office.signatory!r}")
    if content is None:
        return "a signed PDF that is not here: attested by the host, not checked"
    try:
        found = pdf_tool().signatures_in(content)
    except SigningUnavailable as error:
        return f"a signed PDF: attested by the host, not checked here: {error}"
    _shows(found, office, one)
    return None


def _shows(found: SignedPaper, office: Office, one: LoggedAct) -> None:
    """Raise BadPaper where a PDF is no signature of that office of that act at that instant."""
    paper, told = found.paper, one.act.statement
    if (*told.slot, told.call, told.subject) != (paper.kind, paper.number, paper.call, paper.subject):
        raise BadPaper(f"its PDF is about {paper.kind} {paper.number} of sha256:{paper.subject}")
    mine = next((made for made in found.signatures if made.signer.certificate == office.certificate), None)
    if mine is None or (mine.signer.side, mine.signer.signatory) != (office.side, office.signatory):
        raise BadPaper(f"its PDF is not signed by the certificate that the plan names for {office.signatory!r}")
    if mine.at != told.at:
        raise BadPaper(f"its PDF was signed at {mine.at.isoformat()}, the act says {told.at.isoformat()}")
    if one.logged is not None and one.logged > mine.until:  # a signature's own time can be dated back
        raise BadPaper(f"its PDF came when the certificate had ended, at {mine.until.isoformat()}")


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


def _rotated(offices: tuple[Office, ...], turns: tuple[Turn, ...], office: Office, act: Act) -> tuple[Office, ...]:
    told = act.statement
    if office.key is None:
        raise RefusedAct("a rotation is signed by the old key: this signatory has none")
    new = _new_key(offices, turns, act)
    begun = replace(office, key=new, since=_later(office.since, told.since))
    return (*(_ended(one, told) if one == office else one for one in offices), begun)


def _by_its_witness(offices: tuple[Office, ...], turns: tuple[Turn, ...], one: LoggedAct) -> bool:
    """Whether a Side's witness itself signed: enough, unless the Side has ended the same key as a signatory's."""
    key = keys_at(turns, MOST_ENTRIES).get(one.act.statement.side)
    if key is None or any(office.ended and office.key and office.key.public == key.public for office in offices):
        return False
    return one.act.by(replace(key, algorithm=ED25519))


def _turned(offices: tuple[Office, ...], turns: tuple[Turn, ...], one: LoggedAct) -> tuple[Turn, ...]:
    """The turns after a rotation of a witness key, which the new key signed too; the host's word is never enough."""
    told = one.act.statement
    if told.way != "key":
        raise RefusedAct("a witness's rotation is signed by key, of the witness or of a signatory")
    new = _new_key(offices, turns, one.act)
    return turns if one.index is None else (*turns, Turn(told.side, new, one.index + 1))


def _new_key(offices: tuple[Office, ...], turns: tuple[Turn, ...], act: Act) -> VerifierKey:
    """The new key of a rotation, which signed it; raises RefusedAct for a key that another Side has or had."""
    told = act.statement
    new = VerifierKey.of(told.key or "")
    if not act.by(new):
        raise RefusedAct("a rotation is signed by the new key too")
    keys = [*((one.side, one.key) for one in offices), *((one.side, one.key) for one in turns)]
    other = next((side for side, key in keys if key and key.public == new.public and side != told.side), None)
    if other is not None:
        raise RefusedAct(f"the new key is one of {other}: every Side has keys of its own")
    return new


def _ended(office: Office, told: Statement) -> Office:
    """The office as a rotation or a revocation ends it; never later than it would have ended."""
    at_once = told.since is not None and told.since <= told.at
    return replace(office, until=_earlier(office.until, told.since), ended=office.ended or at_once)


def _revoked(offices: tuple[Office, ...], told: Statement) -> tuple[Office, ...]:
    """The offices without a key, or without the certificate `sha256:…`, from an instant on."""
    line = told.key or ""
    certificate = certificate_of(line)
    key = VerifierKey.of(line) if certificate is None else None
    ended = [
        one for one in offices if one.side == told.side and (one.key == key if key else one.certificate == certificate)
    ]
    if not ended:
        raise RefusedAct(f"{line[:80]} is no key and no certificate of {told.side}")
    return tuple(_ended(one, told) if one in ended else one for one in offices)


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max((one for one in (first, second) if one is not None), default=None)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((one for one in (first, second) if one is not None), default=None)
