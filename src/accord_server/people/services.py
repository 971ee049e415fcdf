"""What a person does about the own account: begin it, confirm its address, change password and name.

The library that signs people in (allauth) writes its own tables beside; `also` is what it writes in one transaction
with ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from accord.errors import InvalidInput
from accord_server.people.acting import action
from accord_server.people.models import NAME_LENGTH, Account


@action("people.register")
def register(by: UUID, _at: datetime, *, email: str, name: str, name_reading: str, password: str | None) -> Account:
    """Begin an account by an e-mail address that is still to be confirmed."""
    account = Account(id=by, email=email.lower(), name=_name(name), name_reading=name_reading[:NAME_LENGTH])
    account.set_password(password)
    account.save(force_insert=True)
    return account


@action("people.confirm-address")
def confirm_address(_by: UUID, at: datetime, *, account: Account, also: Callable[[], bool]) -> bool:
    """Note when the owner of an account's e-mail address showed that it is theirs."""
    if not also():
        return False
    account.email_confirmed_at = at
    account.save(update_fields=["email_confirmed_at"])
    return True


@action("people.set-password")
def set_password(_by: UUID, _at: datetime, *, account: Account, password: str) -> None:
    """Change the password of one's own account."""
    account.set_password(password)
    account.save(update_fields=["password"])


@action("people.rename")
def rename(_by: UUID, _at: datetime, *, account: Account, name: str, name_reading: str) -> None:
    """Change one's own name, and how it is read."""
    account.name, account.name_reading = _name(name), name_reading[:NAME_LENGTH]
    account.save(update_fields=["name", "name_reading"])


@action("people.make-administrator")
def make_administrator(_by: UUID, _at: datetime, *, account: Account) -> None:
    """Let an account open calls, said at the machine; it sees no content by that."""
    account.is_administrator = True
    account.save(update_fields=["is_administrator"])


def _name(text: str) -> str:
    if not 0 < len(text.strip()) <= NAME_LENGTH:
        raise InvalidInput(f"name: found {len(text)} signs; write 1 to {NAME_LENGTH}")
    return text.strip()
