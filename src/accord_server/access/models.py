"""Rows about access: a call's circle, who belongs to it, who is invited, what is sealed, which walls stand."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accord_server.access.states import InvitationState, Part, Role

SIDED: Q = ~Q(role=Role.SIDE_OFFICER) | Q(side__isnull=False)


class CallAccess(models.Model):
    """A call, as far as access and the log must know it: that it is, and when access to it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Membership(models.Model):
    """That an account has a role in a call, for a Side where the role is one's; until it or the call's access ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Role])
    side = models.ForeignKey("people.Side", on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=[one.value for one in Role])),
            models.CheckConstraint(name="membership_officer_has_side", condition=SIDED),
            models.CheckConstraint(
                name="membership_ends_after_its_beginning", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.UniqueConstraint(
                fields=["call", "account", "role", "side"],
                name="membership_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["call", "account", "role"],
                name="membership_without_side_once",
                condition=Q(ended_at__isnull=True, side__isnull=True),  # two NULLs are never the same
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.call_id}"


class Invitation(models.Model):
    """That whoever owns an e-mail address may take a role in a call, until an instant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Role])
    side = models.ForeignKey("people.Side", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in InvitationState], default=InvitationState.SENT
    )
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=[one.value for one in Role])),
            models.CheckConstraint(
                name="invitation_state_known", condition=Q(state__in=[one.value for one in InvitationState])
            ),
            models.CheckConstraint(name="invitation_officer_has_side", condition=SIDED),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=(
                    Q(state=InvitationState.ACCEPTED, accepted_by__isnull=False)
                    | (~Q(state=InvitationState.ACCEPTED) & Q(accepted_by__isnull=True))
                ),
            ),
            models.UniqueConstraint(
                "call", Lower("email"), "role", name="invitation_open_once", condition=Q(state=InvitationState.SENT)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Wall(models.Model):
    """That an account sees nothing about one thing (a proposal), whatever its roles: a conflict of interest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField()
    """What is behind it, by its identifier."""
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["account", "subject"], name="wall_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.subject}"


class Subject(models.Model):
    """One thing of a call that people take part in and walls stand before (a proposal): that it is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class Participation(models.Model):
    """That an account takes part in one thing of a call, and so sees it while it is sealed for everybody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Part])
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="participation_part_known", condition=Q(part__in=[one.value for one in Part])),
            models.UniqueConstraint(
                fields=["account", "subject"], name="participation_once", condition=Q(ended_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["subject"],
                name="participation_one_coordinator",
                condition=Q(ended_at__isnull=True, part=Part.COORDINATOR),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.part} {self.subject_id}"


class Unsealing(models.Model):
    """That what is sealed in a call is open to a role there, from an instant on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(CallAccess, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Role])
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="unsealing_for_whom_a_plan_can_name",
                condition=Q(role__in=[Role.SIDE_OFFICER, Role.SECRETARIAT]),
            ),
            models.UniqueConstraint(fields=["call", "role"], name="unsealing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.role}"
