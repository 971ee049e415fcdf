"""What is read of calls, through the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from accord_server.access.policy import visible_to
from accord_server.calls.models import Call, PlanVersion
from accord_server.database.sessions import reading
from accord_server.people.models import Account, Side

SETTLES: Final = timedelta(seconds=30)
"""A closing is entered so long after its instant: whatever came in before it and waits for the log goes first."""


def calls(account: Account, at: datetime) -> QuerySet[Call]:
    """The calls that an account may see at an instant, the latest opening first."""
    return visible_to(account, Call.objects, at).select_related("access").order_by("-opens", "key")


def call(account: Account, identifier: UUID, at: datetime) -> Call | None:
    """One call, if the account may see it at that instant."""
    return calls(account, at).filter(access_id=identifier).first()


def plan_versions(account: Account, identifier: UUID, at: datetime) -> QuerySet[PlanVersion]:
    """The versions of a call's plan that an account may see at an instant, the newest first."""
    return visible_to(account, PlanVersion.objects, at).filter(call_id=identifier).order_by("-number")


def sides(keys: Iterable[str]) -> dict[str, Side]:
    """The Sides of some keys that this host knows already."""
    return {one.key: one for one in Side.objects.filter(key__in=list(keys))}


def closings_due(at: datetime) -> tuple[tuple[UUID, Account], ...]:
    """The calls whose closing is to be logged by an instant, and the administrator of the host who does it."""
    administrators = Account.objects.filter(is_administrator=True, is_active=True, email_confirmed_at__isnull=False)
    host = administrators.order_by("email").first()
    if host is None:
        return ()
    with reading(host.id):
        due = visible_to(host, Call.objects, at).filter(closing_logged_at__isnull=True, closes__lte=at - SETTLES)
        found = tuple(due.order_by("closes", "key").values_list("access_id", flat=True))
    return tuple((one, host) for one in found)
