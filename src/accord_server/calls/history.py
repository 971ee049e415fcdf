"""What was signed in a call before: its plan in force, and every act that the log took, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accord.acts.standing import LoggedAct
from accord.acts.statement import Act
from accord.acts.vouching import ACT, DOCUMENT
from accord.errors import InvalidInput
from accord.plan.load import parse_plan
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.log.entry import Entry
from accord_server.calls.queries import plan_versions
from accord_server.log.queries import contents
from accord_server.people.models import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A call's plan in force with its number, the acts in the log, and the documents that they name by SHA-256."""

    plan: Plan
    number: int
    acts: tuple[LoggedAct, ...]
    documents: Mapping[str, bytes]


def history(account: Account, call: UUID, at: datetime) -> History:
    """What was signed in a call, as far as an account may see it; raises InvalidInput where it sees no plan."""
    newest = plan_versions(account, call, at).first()
    if newest is None:
        raise InvalidInput("call: it has no plan that this account may see")
    acts, documents = [], {}
    for one in contents(account, call, at):
        entry, content = Entry.of(bytes(one.entry.leaf)), bytes(one.content)
        if entry.kind == ACT:
            acts.append(LoggedAct(Act.of(content), entry.time, one.entry.index))
        elif entry.kind == DOCUMENT:
            documents[digest(content)] = content
    return History(
        plan=parse_plan(bytes(newest.content)).plan, number=newest.number, acts=tuple(acts), documents=documents
    )
