"""Calls as the pages read them: through the policy, for whoever asks, as values that outlive the reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language

from accord_server.access.queries import roles
from accord_server.access.states import Role
from accord_server.calls.models import Call
from accord_server.calls.queries import calls, plan_versions
from accord_server.calls.states import CallState
from accord_server.database.sessions import reading
from accord_server.people.models import Account
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.plans import PlanPage, plan_page


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call as a page shows it: its rows' values, its plan in force and that in the reader's language, the roles."""

    id: UUID
    key: str
    opens: datetime
    closes: datetime
    state: CallState
    closing_logged: bool
    number: int
    content: bytes
    plan: PlanPage
    roles: frozenset[Role]

    @property
    def is_open(self) -> bool:
        """Whether proposals are taken now."""
        return self.state == CallState.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether the closing instant has passed."""
        return self.state in {CallState.CLOSED, CallState.ENDED}

    @property
    def is_officer(self) -> bool:
        """Whether the reader works for the call's Sides or its secretariat."""
        return bool(self.roles & {Role.SIDE_OFFICER, Role.SECRETARIAT})


def language() -> str:
    """The page's language."""
    return "ja" if get_language() == "ja" else "en"


def view_of(row: Call, account: Account, at: datetime) -> CallView | None:
    """A call as a value; None where the reader may see no plan of it. Inside `reading`."""
    version = plan_versions(account, row.access_id, at).first()
    if version is None:
        return None
    content = bytes(version.content)
    return CallView(
        id=row.access_id,
        key=row.key,
        opens=row.opens,
        closes=row.closes,
        state=row.state(at),
        closing_logged=row.closing_logged_at is not None and row.closing_logged_at <= at,
        number=version.number,
        content=content,
        plan=plan_page(content, language()),
        roles=frozenset(Role(one.role) for one in roles(account, row.access_id, at, tuple(Role))),
    )


@contextmanager
def reading_call(request: Asked, key: str) -> Iterator[CallView]:
    """Read for whoever asks, in one call; raises Http404 where there is none for them."""
    account = reader_of(request)
    with reading(account.id):
        row = calls(account, request.now).filter(key=key).first()
        found = None if row is None else view_of(row, account, request.now)
        if found is None:
            raise Http404
        yield found


def call_of(request: Asked, key: str) -> CallView:
    """One call, as a value; raises Http404 where there is none for whoever asks."""
    with reading_call(request, key) as found:
        return found


def calls_of(request: Asked) -> tuple[CallView, ...]:
    """Every call that whoever asks may see, the latest opening first."""
    account = reader_of(request)
    with reading(account.id):
        found = [view_of(row, account, request.now) for row in calls(account, request.now)]
    return tuple(one for one in found if one is not None)
