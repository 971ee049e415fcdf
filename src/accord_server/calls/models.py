"""Rows of calls: the call, its Sides, every version of its plan with the bytes that were signed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accord_server.calls.states import CallState, state_at


class Call(models.Model):
    """A joint call, as its current plan has it."""

    access = models.OneToOneField(
        "access.CallAccess", on_delete=models.PROTECT, primary_key=True, related_name="+", db_column="call_id"
    )
    key = models.CharField(max_length=64, unique=True)
    """Its identifier in the plan."""
    origin = models.CharField(max_length=200, unique=True)
    """Host and call in one line: whose log it is."""
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    closing_logged_at = models.DateTimeField(null=True)
    """When the closing was entered in the log; nobody reads what is sealed before."""

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="call_opens_before_it_closes", condition=Q(opens__lt=F("closes"))),
            models.CheckConstraint(
                name="call_closing_logged_after_it",
                condition=Q(closing_logged_at__isnull=True) | Q(closing_logged_at__gte=F("closes")),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def state(self, at: datetime) -> CallState:
        """Where the call stands at an instant."""
        return state_at(at, opens=self.opens, closes=self.closes, ended_at=self.access.ended_at)


class PlanVersion(models.Model):
    """One version of a call's plan: the exact bytes that every Side signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey("access.CallAccess", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["call", "number"], name="plan_number_once"),
            models.CheckConstraint(name="plan_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} plan {self.number}"
