"""Rows of proposals: the proposal, each saved version of its draft, its documents, and what was submitted.

All of them hang on `access.Subject`, so that no relation leads from one row of content to another past the policy.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accord_server.access.states import InvitationState
from accord_server.proposals.states import EligibilityState, ProposalState

LONGEST_NAME = 200


class Proposal(models.Model):
    """A proposal of a call: what a consortium drafts, and whether it is submitted."""

    subject = models.OneToOneField(
        "access.Subject", on_delete=models.PROTECT, primary_key=True, related_name="+", db_column="subject_id"
    )
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=16)
    """By which people name it: its identifier in the call's files, and the joint reference of its halves."""
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in ProposalState], default=ProposalState.DRAFT
    )
    title = models.CharField(max_length=LONGEST_NAME, blank=True)
    """The draft's title, cut to what a list can show."""
    version = models.PositiveIntegerField(default=0)
    """The number of the newest saved version of its draft."""
    submitted_number = models.PositiveIntegerField(default=0)
    """How often it was submitted: the newest submitted version has this number."""
    submitted_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="proposal_state_known", condition=Q(state__in=[one.value for one in ProposalState])
            ),
            models.CheckConstraint(
                name="proposal_submitted_or_draft",
                condition=Q(state=ProposalState.DRAFT, submitted_number=0, submitted_at__isnull=True)
                | (~Q(state=ProposalState.DRAFT) & Q(submitted_number__gte=1, submitted_at__isnull=False)),
            ),
            models.UniqueConstraint(fields=["call", "reference"], name="proposal_reference_once"),
        ]

    def __str__(self) -> str:
        return str(self.subject_id)


class DraftVersion(models.Model):
    """One saved version of a draft: every field's text, as canonical JSON."""

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey("access.Subject", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    content = models.TextField()
    saved_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subject", "number"], name="draft_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.number}"


class Document(models.Model):
    """A file that answers a question of the form; its bytes lie in the documents' storage, by their digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("access.Subject", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=LONGEST_NAME)
    name = models.CharField(max_length=LONGEST_NAME)
    """What its owner calls it: shown, and never a path."""
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    attached_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subject", "question"], name="document_one_a_question"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SubmittedVersion(models.Model):
    """What was submitted, byte for byte as the log's leaf speaks of it. A row is added, and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("access.Subject", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    verdict = models.TextField()
    """What the plan's rules say of it, as canonical JSON of the library's verdict."""
    entry_id = models.UUIDField(unique=True)
    """The entry of the log, by its identifier."""
    submitted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subject", "number"], name="submitted_number_once"),
            models.CheckConstraint(name="submitted_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} submitted {self.number}"


class ApplicantInvitation(models.Model):
    """That whoever owns an e-mail address may become an applicant of a proposal, until an instant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("access.Subject", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    """In lower case."""
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in InvitationState], default=InvitationState.SENT
    )
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="applicant_invitation_state_known", condition=Q(state__in=[one.value for one in InvitationState])
            ),
            models.CheckConstraint(name="applicant_invitation_in_lower_case", condition=Q(email=Lower(F("email")))),
            models.UniqueConstraint(
                fields=["subject", "email"],
                name="applicant_invitation_open_once",
                condition=Q(state=InvitationState.SENT),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Eligibility(models.Model):
    """What the officers of one Side said of the verdict on one proposal, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("access.Subject", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    side = models.ForeignKey("people.Side", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in EligibilityState])
    eligible = models.BooleanField()
    """Whether the proposal is eligible for the Side, after what the officers said."""
    reason = models.TextField()
    decided_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="eligibility_state_decided",
                condition=Q(state__in=[EligibilityState.CONFIRMED, EligibilityState.OVERTURNED]),
            ),
            models.CheckConstraint(name="eligibility_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["subject", "side"], name="eligibility_once_a_side"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.side_id}"
