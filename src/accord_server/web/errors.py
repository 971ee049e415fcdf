"""Pages for what went wrong: in the reader's language, without a word of the machine's."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FOREIGN_FORM: Final = 403


def _told(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "errors/told.html", {"status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's own
    """400: what was sent cannot be read."""
    return _told(request, 400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's own
    """403: this account may not do it."""
    return _told(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's own
    """404: nothing is here for this reader."""
    return _told(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: something broke here; the page asks nothing of the database."""
    return render(request, "errors/broken.html", {"status": 500}, status=500)


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's own
    """403: a form that this site did not give, or too long ago."""
    return render(request, "errors/told.html", {"status": FOREIGN_FORM, "stale": True}, status=FOREIGN_FORM)
