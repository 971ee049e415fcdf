"""Whether every Side signed a plan, and which it is: read from the bytes, by the library; no row is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accord.acts.confirmation import Confirmation, confirmations
from accord.acts.standing import Documents, LoggedAct, RefusedAct, standing
from accord.acts.statement import Act
from accord.acts.vouching import host_of
from accord.errors import InvalidInput, Refused
from accord.plan.load import SignedPlan, parse_plan
from accord.plan.model import Plan
from accord.record.canonical import digest


class NotSigned(Refused):
    """A plan that not every Side signed, or that a Side signed and another one beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedPlan:
    """A plan that every Side signed: its bytes, and the acts and documents by which they did."""

    signed: SignedPlan
    origin: str
    acts: tuple[Act, ...]
    documents: tuple[bytes, ...]

    @property
    def plan(self) -> Plan:
        """The plan as a value."""
        return self.signed.plan


def confirmed_plan(
    content: bytes,
    acts: Iterable[bytes],
    documents: Iterable[bytes],
    *,
    number: int,
    host: str,
    at: datetime,
    offices: Plan | None = None,
    earlier: Iterable[LoggedAct] = (),
    logged_documents: Mapping[str, bytes] | None = None,
) -> ConfirmedPlan:
    """The plan in some bytes, once every Side's signature of version `number` counts.

    `host` is the line of this host's key; `at` is when the acts are logged. The keys that count are those of
    `offices`, the plan in force (the plan itself for a first version), as the `earlier` acts changed them. Raises
    UnusableFolder for a plan with errors, UnreadableAct, InvalidInput for a log that is not kept here, NotSigned.
    """
    signed = parse_plan(content)
    plan = signed.plan
    if plan.log is None or plan.log.host != host:
        raise InvalidInput(f"plan: its [log] does not name this host; write host = {host!r}")
    given = tuple(documents)
    files = {**(logged_documents or {}), **{digest(one): one for one in given}}
    made = tuple(Act.of(one) for one in acts)
    now = tuple(LoggedAct(one, at) for one in made)
    stood = standing(offices or plan, [*earlier, *now], host_of(plan), reader_of(files))
    refused = [f"{one.logged.act.statement.side}: {one.why}" for one in stood.refused if one.logged in now]
    if refused:
        raise NotSigned(f"acts: {'; '.join(refused)}")
    of_plan = [one for one in confirmations(plan, stood) if (one.kind, one.number) == ("plan", number)]
    mine = next((one for one in of_plan if one.subject == signed.digest), None)
    if mine is None or not mine.confirmed:
        raise NotSigned(_why(plan, mine, number))
    return ConfirmedPlan(signed=signed, origin=plan.log.origin, acts=made, documents=given)


def _why(plan: Plan, found: Confirmation | None, number: int) -> str:
    if found is None:
        return f"acts: nobody signed these bytes as plan {number}; {', '.join(plan.sides)} have to"
    if found.torn:
        return f"acts: {', '.join(found.torn)} signed another plan {number} as well"
    return f"acts: plan {number} is not signed by {', '.join(found.missing)}"


def reader_of(files: Mapping[str, bytes]) -> Documents:
    """Reads a document that an act names, out of some files by their SHA-256."""

    def read(named: str) -> bytes:
        if named not in files:
            raise RefusedAct(f"its document sha256:{named} was not given")
        return files[named]

    return read
