"""How letters leave the site, and Django's names for it."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import unquote, urlsplit

SCHEMES: Final = {"smtp": 587, "smtps": 465}
"""By STARTTLS, and by TLS from the beginning; each with its own port."""
SECONDS_TO_WAIT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters are handed over: a server, and the account by which it is entered, if any."""

    host: str
    port: int
    user: str
    password: str
    from_beginning: bool
    """Whether TLS begins at once; otherwise by STARTTLS, and on this machine without."""


def mail_server(told: str) -> MailServer:
    """A mail server's address; raises ValueError with what to write."""
    try:
        parts = urlsplit(told)
        port = parts.port
    except ValueError as error:
        raise ValueError("write smtp://name:password@host:port; found an address that cannot be read") from error
    if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"write smtp://name:password@host:port or smtps://…; found the scheme {parts.scheme!r}")
    return MailServer(
        host=parts.hostname,
        port=port or SCHEMES[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        from_beginning=parts.scheme == "smtps",
    )


def mail_from(told: str) -> str:
    """The address from which the site writes; raises ValueError with what to write."""
    if "@" not in parseaddr(told)[1] or "\n" in told:
        raise ValueError(f"write calls@example.org, or 'Calls <calls@example.org>'; found {told!r}")
    return told


def django_mail(server: MailServer | None, sender: str) -> dict[str, Any]:
    """Django's settings for mail; without a server letters are written to the standard output."""
    told: dict[str, Any] = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}
    if server is None:
        return {**told, "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    on_this_machine = server.host in {"localhost", "127.0.0.1", "::1"}
    return {
        **told,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_SSL": server.from_beginning,
        "EMAIL_USE_TLS": not server.from_beginning and not on_this_machine,
        "EMAIL_TIMEOUT": SECONDS_TO_WAIT,
    }
