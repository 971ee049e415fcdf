"""A call as files: its instants for a calendar, its plan's exact bytes, and the calls as a feed."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from accord.report.ics import calendar_file
from accord_server.web.asking import Asked
from accord_server.web.calls.reading import call_of, calls_of, language


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, never shown as a page of ours."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def calendar(request: Asked, key: str) -> HttpResponse:
    """Every instant of a call, for a calendar."""
    call = call_of(request, key)
    return attachment(calendar_file(call.plan.signed), "text/calendar; charset=utf-8", f"{call.key}.ics")


def plan(request: Asked, key: str) -> HttpResponse:
    """The exact bytes of the plan that every Side signed."""
    call = call_of(request, key)
    return attachment(call.content, "application/toml; charset=utf-8", f"{call.key}.plan.toml")


def feed(request: Asked) -> HttpResponse:
    """The calls as an Atom feed."""
    made = Atom1Feed(
        title=_("Joint calls"),
        link=request.build_absolute_uri(reverse("home")),
        feed_url=request.build_absolute_uri(reverse("feed")),
        description="",
        language=language(),
    )
    for call in calls_of(request):
        made.add_item(
            title=call.plan.title,
            link=request.build_absolute_uri(reverse("call", args=[call.key])),
            description=", ".join(names[1] for names in call.plan.topics),
            unique_id=f"urn:uuid:{call.id}",
            pubdate=call.opens,
            updateddate=call.opens,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
