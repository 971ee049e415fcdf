"""Rows of the log: what the tree has, what it speaks of, and which requests were done already."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class Audience(StrEnum):
    """Who may open the content of an entry."""

    MEMBERS = "members"
    """Whoever belongs to the call."""
    SIDE = "side"
    """The officers of the Side that acted."""
    AUTHOR = "author"
    """Who did it, alone."""
    SEALED = "sealed"
    """Who takes part in its subject; and once the seals of the call are open, to whom the plan opens them."""


class Entry(models.Model):
    """One entry of a call's log: the bytes that the tree hashes. They tell kind, Side and time, and no content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """The random identifier that the bytes name too."""
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    index = models.BigIntegerField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["call", "index"], name="entry_index_once"),
            models.CheckConstraint(name="entry_index_from_zero", condition=Q(index__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.index}"


class Content(models.Model):
    """What an entry speaks of, beside the salt that opens it. Erasing the row erases it, and the entry stays."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="+")
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    side = models.ForeignKey("people.Side", on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Audience])
    subject = models.UUIDField(null=True)
    """What it is about (a proposal), where a wall can stand before that."""
    salt = models.BinaryField(max_length=32)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="content_audience_known", condition=Q(audience__in=[one.value for one in Audience])
            ),
            models.CheckConstraint(
                name="content_sealed_is_about_something",
                condition=~Q(audience=Audience.SEALED) | Q(subject__isnull=False),
            ),
            models.CheckConstraint(
                name="content_for_a_side_has_one", condition=~Q(audience=Audience.SIDE) | Q(side__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class DoneOnce(models.Model):
    """That an account's request, known by its idempotency key, was done, and what it gave."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    """SHA-256 of the action's name, its call and its arguments, in hexadecimal."""
    done = models.TextField()
    """What the action gave, as JSON."""

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["account", "key"], name="done_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.key}"
