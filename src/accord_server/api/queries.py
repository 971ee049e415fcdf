"""What is read of tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accord_server.api.models import Token
from accord_server.people.models import Account


def tokens(account: Account) -> QuerySet[Token]:
    """The tokens of an account, the latest first."""
    return Token.objects.filter(account=account).order_by("-issued_at", "id")


def standing(digest: str, at: datetime) -> Token | None:
    """The token of a secret's digest, if it stands at an instant, with its account."""
    found = Token.objects.filter(digest=digest, expires_at__gt=at, revoked_at__isnull=True, account__is_active=True)
    return found.select_related("account").first()


def token(account: Account, identifier: UUID) -> Token | None:
    """One token of an account."""
    return tokens(account).filter(id=identifier).first()
