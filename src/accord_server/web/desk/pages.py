"""The Sides' desk: the proposals after closing, what the rules say of each, and what each Side's officers decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import InvalidInput, Refused
from accord.report.status import status_html
from accord_server.calls.services.closing import close_call
from accord_server.log.happenings import Doing
from accord_server.proposals.documents import kept
from accord_server.proposals.services.judging import confirm_eligibility, overturn_eligibility
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.files import attachment
from accord_server.web.calls.plans import inside
from accord_server.web.calls.reading import CallView, language, reading_call
from accord_server.web.desk.reading import call_status, rows, submitted


@contextmanager
def _desk(request: Asked, key: str) -> Iterator[CallView]:
    """Read a call as one of its officers or its secretariat; raises Http404 for anybody else."""
    with reading_call(request, key) as call:
        if not call.is_officer:
            raise Http404
        yield call


def proposals(request: Asked, key: str) -> HttpResponse:
    """The submitted proposals of a call, once its closing stands in the log."""
    with _desk(request, key) as call:
        found = rows(reader_of(request), call, request.now)
    return render(request, "desk/proposals.html", {"call": call, "rows": found})


def one(request: Asked, key: str, proposal: UUID) -> HttpResponse:
    """One submitted proposal, the verdict for each Side, and the officers' decision."""
    account = reader_of(request)
    with _desk(request, key) as call:
        found = next((row for row in rows(account, call, request.now) if row.id == proposal), None)
        read = submitted(account, call.id, proposal, request.now)
    if found is None or read is None:
        raise Http404
    topics = dict(call.plan.topics)
    told = {"call": call, "row": found, "read": read, "topic": topics.get(read.proposal.topic, read.proposal.topic)}
    return render(request, "desk/one.html", told)


def decide(request: Asked, key: str, proposal: UUID) -> HttpResponse:
    """Confirm or overturn what the rules say of a proposal for one's own Side, with a reason."""
    with _desk(request, key) as call:
        doing = Doing(by=reader_of(request), at=request.now, call=call.id)
    act = overturn_eligibility if request.POST.get("decision") == "overturn" else confirm_eligibility
    try:
        act(doing, proposal_id=proposal, side=request.POST.get("side", ""), reason=request.POST.get("reason", ""))
        messages.success(request, _("Noted, and entered in the call's log."))
    except (InvalidInput, Refused) as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("desk-proposal", args=[key, proposal]))


def document(request: Asked, key: str, proposal: UUID) -> HttpResponse:
    """A document of a submitted proposal, to keep."""
    with _desk(request, key) as call:
        read = submitted(reader_of(request), call.id, proposal, request.now)
    asked = request.GET.get("question", "")
    found = None if read is None else next((one for one in read.documents if one.question == asked), None)
    if read is None or found is None:
        raise Http404
    return attachment(kept(proposal, found.sha256), "application/pdf", f"{read.reference}.pdf")


def close(request: Asked, key: str) -> HttpResponse:
    """Enter the closing in the log, which opens the proposals to whom the plan says."""
    with _desk(request, key) as call:
        doing = Doing(by=reader_of(request), at=request.now, call=call.id)
    try:
        close_call(doing)
    except Refused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("desk", args=[key]))


def status_page(request: Asked, key: str) -> HttpResponse:
    """How the call stands the day after closing: what is asked of each Side, eligibility, what is missing."""
    with _desk(request, key) as call:
        found = call_status(reader_of(request), call, request.now)
    if found is None:
        return HttpResponseRedirect(reverse("desk", args=[key]))  # which says why there is nothing to read
    page = inside(status_html(call.plan.signed, found, language()), "main")
    return render(request, "desk/status.html", {"call": call, "page": page, "status": found})
