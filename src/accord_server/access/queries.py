"""What the policy asks: who belongs where, at an instant. Only `access` reads these tables past the policy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accord_server.access.models import CallAccess, Invitation, Membership, Participation, Unsealing, Wall
from accord_server.access.states import InvitationState, Part, Role
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


def participations(account: Account, at: datetime) -> QuerySet[Participation]:
    """What an account takes part in at an instant, until access to the call ends."""
    return Participation.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(call__ended_at__isnull=True) | Q(call__ended_at__gt=at),
        account=account,
        account__is_active=True,
        since__lte=at,
    )


def subjects_of(account: Account, at: datetime) -> QuerySet[Participation, UUID]:
    """What an account takes part in at an instant, by identifier."""
    return participations(account, at).values_list("subject_id", flat=True)


def participants(subject: UUID) -> QuerySet[Participation]:
    """Who takes part in one thing now, the coordinator first."""
    found = Participation.objects.filter(subject_id=subject, ended_at__isnull=True).select_related("account")
    return found.order_by("-part", "since", "id")


def part_in(account: Account, subject: UUID, at: datetime) -> Part | None:
    """What an account is in one thing at an instant."""
    found = participations(account, at).filter(subject_id=subject).first()
    return None if found is None else Part(found.part)


def unsealed_calls(account: Account, at: datetime) -> QuerySet[Membership, UUID]:
    """The calls in which what is sealed is open to a role of an account at an instant, by identifier."""
    opened = Unsealing.objects.filter(call=OuterRef("call"), role=OuterRef("role"), since__lte=at)
    return memberships(account, at).filter(Exists(opened)).values_list("call_id", flat=True)


def unsealings(call: UUID) -> QuerySet[Unsealing]:
    """To which roles what is sealed in a call is open."""
    return Unsealing.objects.filter(call_id=call).order_by("role")


def all_participants(call: UUID) -> QuerySet[Participation]:
    """Everybody who takes part in anything of a call now."""
    return Participation.objects.filter(call_id=call, ended_at__isnull=True).select_related("account")


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


def invitations_to(email: str, at: datetime) -> QuerySet[Invitation]:
    """The invitations of an address into any call that can still be accepted at an instant."""
    found = Invitation.objects.filter(email__iexact=email, state=InvitationState.SENT, expires_at__gt=at)
    return found.filter(call__ended_at__isnull=True).select_related("side").order_by("expires_at", "id")
