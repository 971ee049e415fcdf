"""What the machine reads of letters; no page does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accord_server.mail.models import Letter
from accord_server.mail.states import LetterState


def due(at: datetime) -> QuerySet[Letter]:
    """The letters that wait and are to be tried by an instant, the longest waiting first."""
    return Letter.objects.filter(state=LetterState.WAITING, due_at__lte=at).order_by("due_at", "id")


def letter(identifier: UUID) -> Letter | None:
    """One letter, locked until the transaction ends."""
    return Letter.objects.select_for_update().filter(id=identifier).first()


def waiting(identifier: UUID) -> Letter | None:
    """One letter, while it is to be sent."""
    return Letter.objects.filter(id=identifier, state=LetterState.WAITING).first()


def given_up() -> int:
    """How many letters were refused too often."""
    return Letter.objects.filter(state=LetterState.GIVEN_UP).count()
