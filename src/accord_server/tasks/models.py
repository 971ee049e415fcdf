"""Rows of background work: jobs, and when each worker was last seen."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accord_server.tasks.states import JobState


class Job(models.Model):
    """One piece of background work. Its values are identifiers and settings, and no content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    key = models.CharField(max_length=120, unique=True)
    """By which it is known again: the same work is kept once."""
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    """Who asked for it; nobody, where the machine did."""
    values = models.JSONField()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in JobState], default=JobState.WAITING
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    """Until when its worker is believed to live, while it runs."""
    cancel_asked = models.BooleanField(default=False)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    why = models.CharField(max_length=200, blank=True)
    """The class of the error that ended its last attempt; no text, which could quote a row."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=[one.value for one in JobState])),
            models.CheckConstraint(
                name="job_leased_while_it_runs",
                condition=Q(state=JobState.RUNNING, leased_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(leased_until__isnull=True)),
            ),
            models.CheckConstraint(name="job_steps_within", condition=Q(done_steps__lte=F("all_steps"))),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["state", "due_at"], name="job_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class WorkerSeen(models.Model):
    """That a worker was there at an instant; one that stopped takes its row away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
