"""Who may open what an entry of the log speaks of."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accord_server.access.policy import readable
from accord_server.access.queries import calls_of, memberships, subjects_of, unsealed_calls
from accord_server.access.states import Role
from accord_server.log.models import Audience, Content
from accord_server.people.models import Account


@readable(Content, about=("subject",))
def audience_of_content(account: Account, at: datetime) -> Q:
    """Members what is for all; officers of a Side what is for that; each what it did; what is sealed, as `Audience`."""
    officers = memberships(account, at).filter(role=Role.SIDE_OFFICER, call=OuterRef("call"), side=OuterRef("side"))
    return Q(call__in=calls_of(account, at)) & (
        Q(audience=Audience.MEMBERS)
        | (Q(audience=Audience.SIDE) & Q(Exists(officers)))
        | Q(audience=Audience.AUTHOR, author=account)
        | Q(audience=Audience.SEALED, subject__in=subjects_of(account, at))
        | Q(audience=Audience.SEALED, call__in=unsealed_calls(account, at))
    )
