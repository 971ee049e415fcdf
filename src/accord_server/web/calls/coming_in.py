"""How a call comes to be here, and how its people come in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, InvalidInput, Refused, UnusableFolder
from accord.record.log.keys import read_key
from accord_server.access.queries import invitations_to
from accord_server.calls.services.inviting import join
from accord_server.calls.services.opening import open_call
from accord_server.log.happenings import Doing
from accord_server.web.asking import Asked, reader_of


def open_one(request: Asked) -> HttpResponse:
    """Open a call from a plan that every Side signed: for the host's administrator alone."""
    account = reader_of(request)
    if not account.is_administrator:
        raise Http404
    host = read_key(settings.ENVIRONMENT.host_key).verifier.text
    problems: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            plan = _sent(request, "plan")
            if len(plan) != 1:
                raise InvalidInput(_("Choose the plan, one file."))
            open_call(
                Doing(by=account, at=request.now),
                plan=plan[0],
                acts=_sent(request, "acts"),
                documents=_sent(request, "documents"),
                host=host,
            )
            messages.success(request, _("The call is entered. Its Sides' contacts are asked in as officers."))
            return HttpResponseRedirect(reverse("home"))
        except UnusableFolder as error:
            problems = tuple(str(one) for one in error.problems)
        except AccordError as error:
            problems = (str(error),)
    return render(request, "calls/open.html", {"problems": problems, "host": host}, status=422 if problems else 200)


def _sent(request: Asked, name: str) -> tuple[bytes, ...]:
    return tuple(one.read() for one in request.FILES.getlist(name))


def invitations(request: Asked) -> HttpResponse:
    """The invitations to one's own address into calls, and coming in by one."""
    account = reader_of(request)
    if request.method == "POST":
        call, invitation = _identifier(request, "call"), _identifier(request, "invitation")
        try:
            join(Doing(by=account, at=request.now, call=call), invitation_id=invitation)
            messages.success(request, _("You have come in."))
            return HttpResponseRedirect(reverse("home"))
        except (InvalidInput, Refused) as error:
            messages.error(request, str(error))
    return render(request, "calls/invitations.html", {"found": invitations_to(account.email, request.now)})


def _identifier(request: Asked, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise Http404 from error
