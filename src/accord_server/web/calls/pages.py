"""Public pages of calls: from its opening instant everybody reads a call, before that its members alone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accord_server.web.asking import Asked
from accord_server.web.calls.reading import call_of, calls_of


def every_call(request: Asked) -> HttpResponse:
    """The calls that are announced to the reader, open or closed."""
    found = calls_of(request)
    return render(
        request,
        "calls/list.html",
        {
            "ahead": [one for one in found if not one.is_open and not one.is_closed],
            "open": sorted((one for one in found if one.is_open), key=lambda one: one.closes),
            "closed": [one for one in found if one.is_closed],
        },
    )


def one_call(request: Asked, key: str) -> HttpResponse:
    """A call: its instants on a track a Side, its rules, and every Side's annex."""
    return render(request, "calls/one.html", {"call": call_of(request, key)})
