"""The host's administrators, named at the machine: nobody becomes one by a page."""

from __future__ import annotations

from datetime import UTC, datetime

from accord.errors import InvalidInput
from accord_server.people.queries import account_of
from accord_server.people.services import make_administrator


def appoint(email: str) -> str:
    """Let the account of an address open calls; raises InvalidInput where there is none that is confirmed."""
    found = account_of(email)
    if found is None or found.email_confirmed_at is None:
        raise InvalidInput(f"email: no account has the confirmed address {email}; its owner signs up first")
    make_administrator(found.id, datetime.now(UTC), account=found)
    return f"{found.email} may open calls"
