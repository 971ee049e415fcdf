"""Who may see a call and the versions of its plan."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from accord_server.access.policy import readable
from accord_server.access.queries import calls_of
from accord_server.calls.models import Call, PlanVersion
from accord_server.calls.queries import calls
from accord_server.people.models import Account


@readable(Call)
def members_or_once_open(account: Account, at: datetime) -> Q:
    """Members at any time; everybody with an account from the opening instant on."""
    return Q(access__in=calls_of(account, at)) | Q(opens__lte=at)


@readable(PlanVersion)
def the_plan_with_its_call(account: Account, at: datetime) -> Q:
    """Whoever may see the call."""
    return Q(call__in=calls(account, at).order_by().values("access"))
