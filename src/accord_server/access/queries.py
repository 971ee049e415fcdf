"""What the policy asks: who belongs where, at an instant. Only `access` reads these tables past the policy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accord_server.access.models import CallAccess, Invitation, Membership, Wall
from accord_server.access.states import InvitationState, Role
from accord_server.people.models import Account


def memberships(account: Account, at: datetime) -> QuerySet[Membership]:
    """The memberships of an account that stand at an instant."""
    return Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at),
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(call__ended_at__isnull=True) | Q(call__ended_at__gt=at),
        account=account,
        account__is_active=True,
        since__lte=at,
    )


def roles(account: Account, call: UUID, at: datetime, among: Collection[Role]) -> tuple[Membership, ...]:
    """The memberships of an account in one call by which it has one of some roles, in the roles' order."""
    found = memberships(account, at).filter(call_id=call, role__in=[one.value for one in among])
    return tuple(found.select_related("side").order_by("role", "side__key"))


def calls_of(account: Account, at: datetime) -> QuerySet[Membership, UUID]:
    """The calls to which an account belongs at an instant, by identifier."""
    return memberships(account, at).values_list("call_id", flat=True)


def walls(account: Account, at: datetime) -> QuerySet[Wall, UUID]:
    """What an account must not see at an instant, by identifier."""
    return Wall.objects.filter(account=account, since__lte=at).values_list("subject", flat=True)


def circle(call: UUID) -> CallAccess:
    """A call's circle; raises CallAccess.DoesNotExist."""
    return CallAccess.objects.get(id=call)


def invitation(call: UUID, identifier: UUID) -> Invitation | None:
    """An invitation to a call."""
    return Invitation.objects.filter(call_id=call, id=identifier).select_related("side").first()


def open_invitations(call: UUID, email: str, role: Role) -> QuerySet[Invitation]:
    """The invitations of an address to a role that were neither accepted nor withdrawn."""
    return Invitation.objects.filter(call_id=call, email__iexact=email, role=role, state=InvitationState.SENT)
