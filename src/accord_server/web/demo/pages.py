"""One-click accounts of a demonstration; the routes are there only where the site runs as one, on localhost."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accord_server.people.queries import account_of
from accord_server.web.asking import Asked
from accord_server.web.demo.arranging import PEOPLE

HERE: Final = frozenset({"127.0.0.1", "::1"})


def _only_here(request: Asked) -> None:
    if not settings.ENVIRONMENT.demo or request.META.get("REMOTE_ADDR") not in HERE:
        raise Http404


def people(request: Asked) -> HttpResponse:
    """The demonstration's accounts, each a role, entered by one click."""
    _only_here(request)
    return render(request, "demo.html", {"people": PEOPLE})


def enter(request: Asked, who: str) -> HttpResponse:
    """Enter as somebody of the demonstration."""
    _only_here(request)
    found = next((one for one in PEOPLE if one.key == who), None)
    account = None if found is None else account_of(found.email)
    if account is None:
        raise Http404
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(reverse("home"))
