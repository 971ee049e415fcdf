"""Rows of tokens: by which a program acts for an account, kept by their digest."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q


class Token(models.Model):
    """That whoever has a secret may use the interface for an account, within scopes, until an instant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    """What its owner calls it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, which has 256 bits of chance: nothing slower is needed."""
    scopes = models.CharField(max_length=80)
    """With spaces."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="token_expires_after_it_is_issued", condition=Q(expires_at__gt=F("issued_at"))),
        ]

    def __str__(self) -> str:
        return str(self.id)
