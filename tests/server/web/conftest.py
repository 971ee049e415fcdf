"""The site's pages asked as a browser would, at an instant that a test says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings

from accord_server.people.models import Account
from accord_server.web import doors

OPEN = datetime(2026, 2, 1, 9, tzinfo=UTC)
"""While World's call is open."""


class Browser(Client):
    """A client that asks by HTTPS."""

    def generic(self, *args: Any, **more: Any) -> Any:
        return super().generic(*args, **{**more, "secure": True})


@dataclass
class Site:
    """The pages of World's host, at an instant."""

    world: Any
    at: datetime = OPEN
    letters: list[Any] = field(default_factory=list)

    def browser(self, account: Account | None = None) -> Client:
        """A browser, of somebody who signed in or of nobody."""
        client = Browser(SERVER_NAME="localhost")
        if account is not None:
            client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    def person(self, email: str, **changed: Any) -> Account:
        """Somebody with a confirmed address, in allauth's rows too."""
        made = self.world.account(email, **changed)
        EmailAddress(user=made, email=email, verified=True, primary=True).save()
        return made


@pytest.fixture
def site(world: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site of a World; letters are kept in `django.core.mail.outbox`."""
    made = Site(world)
    monkeypatch.setattr(doors, "clock", lambda: made.at)
    mail.outbox = []
    cache.clear()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.MD5PasswordHasher"
        ],  # quick; test_settings looks at the real one
    ):
        yield made
