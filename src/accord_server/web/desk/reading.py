"""What an officer reads of a closed call: its proposals with their verdicts, one of them, and how the call stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from accord.call.folder import load_call
from accord.call.tables import jsonl
from accord.call.values import Proposal
from accord.pipeline.status import Status, status
from accord_server.access.queries import roles
from accord_server.access.states import Role
from accord_server.people.models import Account
from accord_server.proposals.models import Eligibility
from accord_server.proposals.queries import current, eligibilities, of_call
from accord_server.proposals.submitted import Submitted
from accord_server.proposals.verdicts import verdicts
from accord_server.web.calls.reading import CallView
from accord_server.web.proposals.reading import SideStanding, Standing, sides_standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the rules say of a proposal for one Side, and what that Side's officers said of it."""

    rules: SideStanding
    decided: Eligibility | None
    mine: bool
    """Whether the reader is an officer of that Side."""

    @property
    def eligible(self) -> bool:
        """Whether the proposal is eligible for the Side as it stands."""
        return self.rules.eligible if self.decided is None else self.decided.eligible


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One submitted proposal in the officers' list."""

    id: UUID
    reference: str
    title: str
    submitted_at: datetime | None
    standing: Standing
    said: tuple[Said, ...]


def rows(account: Account, call: CallView, at: datetime) -> tuple[Row, ...]:
    """Every submitted proposal that an officer may see, by reference. Inside `reading`."""
    by_reference = {one.proposal: one for one in verdicts(account, call.id, at)}
    decided = {(one.subject_id, one.side.key): one for one in eligibilities(account, call.id, at)}
    own = {one.side.key for one in roles(account, call.id, at, [Role.SIDE_OFFICER]) if one.side is not None}
    found = []
    for row in of_call(account, call.id, at):
        standing = sides_standing(by_reference.get(row.reference), call.plan.sides)
        said = tuple(
            Said(rules=one, decided=decided.get((row.subject_id, one.side.id)), mine=one.side.id in own)
            for one in standing.sides
        )
        found.append(
            Row(
                id=row.subject_id,
                reference=row.reference,
                title=row.title,
                submitted_at=row.submitted_at,
                standing=standing,
                said=said,
            )
        )
    return tuple(found)


def submitted(account: Account, call: UUID, identifier: UUID, at: datetime) -> Submitted | None:
    """What stands submitted of one proposal, if the reader may see it. Inside `reading`."""
    row = current(account, call, at).filter(subject_id=identifier).first()
    return None if row is None else Submitted.of(bytes(row.content))


def call_status(account: Account, call: CallView, at: datetime) -> Status | None:
    """How a call stands, as the library computes it of the proposals that the reader may see. Inside `reading`.

    None where there is no such proposal.
    """
    read: list[Proposal] = [Submitted.of(bytes(one.content)).proposal for one in current(account, call.id, at)]
    if not read:
        return None
    read.sort(key=lambda one: one.id)
    with TemporaryDirectory(prefix="accord-status-") as place:
        folder = Path(place)
        (folder / "plan.toml").write_bytes(call.content)
        (folder / "proposals.jsonl").write_bytes(jsonl(read))
        return status(load_call(folder, early=True))
