"""What an action needs of whoever acts: a role in the call, or being the host's administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accord.errors import Refused
from accord_server.access.queries import roles
from accord_server.access.states import Role
from accord_server.people.models import Account


class NotAllowed(Refused):
    """Somebody may not do what they asked for."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Who may: the words that the docs show, the roles that give it, or whether the administrator or anybody may."""

    words: str
    roles: frozenset[Role] = frozenset()
    administrator: bool = False
    anybody: bool = False

    def check(self, account: Account, call: UUID | None, at: datetime) -> None:
        """Raise NotAllowed where an account may not, at an instant. Who is signed in is looked at elsewhere."""
        if not account.is_active or account.email_confirmed_at is None:
            raise NotAllowed("an account acts once its e-mail address is confirmed, and while it is active")
        if self.anybody or (self.administrator and account.is_administrator):
            return
        if call is not None and roles(account, call, at, self.roles):
            return
        raise NotAllowed(f"this needs {self.words}")


HOST: Final = Needs("the host's administrator", administrator=True)
ANYBODY: Final = Needs("anybody with a confirmed e-mail address", anybody=True)


def one_of(*needed: Role) -> Needs:
    """One of some roles in the call."""
    return Needs(" or ".join(needed), roles=frozenset(needed))
