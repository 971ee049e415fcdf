"""What is read of accounts."""

from __future__ import annotations

from accord_server.people.models import Account


def account_of(email: str) -> Account | None:
    """The account of an e-mail address, however it is capitalised."""
    return Account.objects.filter(email=email.lower()).first()
