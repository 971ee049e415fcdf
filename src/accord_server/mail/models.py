"""Rows of letters: to whom, which text with which values, and whether it was sent."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accord_server.mail.states import LetterState


class Letter(models.Model):
    """One letter to one address. Only the machine reads it back; it has no content of a proposal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, null=True, related_name="+")
    to = models.EmailField()
    letter = models.CharField(max_length=64)
    """Which text, by its name in the folder `letters`."""
    language = models.CharField(max_length=8)
    values = models.JSONField()
    posted_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in LetterState], default=LetterState.WAITING
    )
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    """When it is tried next, while it waits."""
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="letter_state_known", condition=Q(state__in=[one.value for one in LetterState])
            ),
            models.CheckConstraint(
                name="letter_sent_at_an_instant",
                condition=Q(state=LetterState.SENT, sent_at__isnull=False)
                | (~Q(state=LetterState.SENT) & Q(sent_at__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["due_at"], name="letter_due", condition=Q(state=LetterState.WAITING)),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.id}"
