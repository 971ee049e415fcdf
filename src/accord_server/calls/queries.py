"""What is read of calls, through the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accord_server.access.policy import visible_to
from accord_server.calls.models import Call, PlanVersion
from accord_server.people.models import Account, Side


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
