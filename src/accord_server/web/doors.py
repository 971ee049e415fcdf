"""The door of the site: the clock is looked at once a request, and what a browser must not do is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_from_path

ZONE_COOKIE: Final = "zone"
FORBIDDEN: Final = ", ".join(
    f"{one}=()" for one in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)
YEAR: Final = 365 * 24 * 3600
Answering = Callable[[HttpRequest], HttpResponse]


def clock() -> datetime:
    """What time it is: the one place of the pages that looks."""
    return datetime.now(UTC)


def arrival(answer: Answering) -> Answering:
    """Middleware: `request.now` and `request.zone`; headers on every answer; the language that was last read."""
    zones = SimpleLazyObject(available_timezones)

    def answered(request: HttpRequest) -> HttpResponse:
        told = request.COOKIES.get(ZONE_COOKIE)
        request.now = clock()  # type: ignore[attr-defined]  # Asked names it
        request.zone = told if told and told in zones else None  # type: ignore[attr-defined]
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", FORBIDDEN)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        language = get_language_from_path(request.path)
        if language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=YEAR,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            )
        return response

    return answered
