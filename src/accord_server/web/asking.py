"""A request as the pages see it: who asks, when, and in which time zone they read."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accord_server.people.models import NOBODY, Account


class Asked(HttpRequest):
    """A request that came through the door: `now` is the one clock, `zone` what the reader's browser said."""

    now: datetime
    zone: str | None
    htmx: HtmxDetails


def reader_of(request: HttpRequest) -> Account:
    """Whoever is signed in, or nobody."""
    return request.user if isinstance(request.user, Account) else NOBODY


def demonstration(_request: HttpRequest) -> dict[str, bool]:
    """For templates: whether this site is a demonstration."""
    return {"demo": settings.ENVIRONMENT.demo}
