"""Pages on which a proposal is written: one's own list, the draft, what is saved of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, InvalidInput
from accord_server.calls.queries import calls
from accord_server.database.sessions import reading
from accord_server.log.happenings import Doing
from accord_server.proposals.drafts import draft
from accord_server.proposals.fields import PATH, fresh_key, partner_keys
from accord_server.proposals.queries import invitations_for, mine
from accord_server.proposals.services.drafting import attach, begin, detach, save
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.reading import call_of, view_of
from accord_server.web.proposals.reading import DraftView, draft_view, row_of

LARGEST_NUMBER: Final = 2**31 - 1
FILE: Final = "file:"


def my_proposals(request: Asked) -> HttpResponse:
    """One's own proposals, and the invitations to others'."""
    account = reader_of(request)
    with reading(account.id):
        rows = list(mine(account, request.now))
        known = {one.access_id: view_of(one, account, request.now) for one in calls(account, request.now)}
        asked = [one for one in invitations_for(account, request.now) if one.state == "sent"]
    found = [{"row": one, "call": known.get(one.call_id)} for one in rows]
    invited = [{"id": one.id, "expires": one.expires_at, "call": known.get(one.call_id)} for one in asked]
    return render(request, "proposals/mine.html", {"found": found, "invited": invited, "now": request.now})


def begin_one(request: Asked, key: str) -> HttpResponse:
    """Begin a proposal in an open call, as its coordinator."""
    call = call_of(request, key)
    try:
        made = begin(Doing(by=reader_of(request), at=request.now, call=call.id))
    except AccordError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("call", args=[key]))
    return HttpResponseRedirect(reverse("proposal", args=[made.result["proposal"]]))


def one_proposal(request: Asked, proposal: UUID) -> HttpResponse:
    """A draft: its form, who writes it, and what the rules say of it as it stands."""
    return page(request, draft_view(request, proposal, all_lacks="check" in request.GET))


def page(request: Asked, view: DraftView, *, status: int = 200, refused: str = "") -> HttpResponse:
    """The page of a draft; `refused` is what stops it from being submitted."""
    told = {"draft": view, "call": view.call, "key": uuid4().hex, "refused": refused}
    return render(request, "proposals/draft.html", told, status=status)


def save_one(request: Asked, proposal: UUID) -> HttpResponse:
    """Save what was typed; what somebody else saved meanwhile is kept, and shown."""
    try:
        before, told = saved(request, proposal)
    except InvalidInput as error:
        if request.htmx:
            return render(request, "proposals/not_saved.html", {"why": str(error)})
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("proposal", args=[proposal]))
    except OSError:
        messages.error(request, disk_full())
        return HttpResponseRedirect(reverse("proposal", args=[proposal]))
    view = draft_view(request, proposal)
    if request.htmx:
        others = [
            one for one in view.form.inputs() if one.others or _changed_elsewhere(one.path, one.value, before, told)
        ]
        return render(request, "proposals/saved.html", {"draft": view, "changed": others})
    if view.conflicts:
        messages.warning(request, _("Somebody else wrote in the same field. Both texts are kept: choose one."))
    else:
        messages.success(request, _("Saved."))
    anchor = request.POST.get("anchor", "")
    return HttpResponseRedirect(reverse("proposal", args=[proposal]) + (f"#{anchor}" if anchor.isidentifier() else ""))


def saved(request: Asked, proposal: UUID) -> tuple[dict[str, str], dict[str, str]]:
    """Save a form: fields, what is added, removed or settled, documents; the draft before, and what was told."""
    account = reader_of(request)
    with reading(account.id):
        row, call = row_of(account, proposal, request.now)
        base = number(request.POST.get("base", ""))
        before = draft(account, row, request.now, base).fields
    doing = Doing(by=account, at=request.now, call=call.id)
    told = fields_of(request)
    told |= _added(request.POST.get("add", ""), {**before, **told}, call.plan.signed.plan.sides)
    taken, settled = _settled(request)
    told |= taken
    removed = tuple(one for one in request.POST.getlist("remove") if one)
    for path in [path for path in told for one in removed if path.startswith(f"{one}/")]:
        told.pop(path, None)
    save(
        doing,
        proposal_id=proposal,
        base=base,
        fields=tuple(sorted(told.items())),
        removed=removed,
        settled=settled,
    )
    for question, name, content in files_of(request):
        attach(doing, proposal_id=proposal, question=question, name=name, content=content)
    if request.POST.get("detach"):
        detach(doing, proposal_id=proposal, question=request.POST["detach"])
    return before, told


def disk_full() -> str:
    """What a reader learns where the server's disk does not take a document."""
    return _("The server's disk did not take the document. Nothing else was lost: tell the secretariat, try it again.")


def fields_of(request: Asked) -> dict[str, str]:
    """The fields of a draft that a form sent."""
    return {path: str(text) for path, text in request.POST.items() if PATH.fullmatch(path)}


def files_of(request: Asked) -> tuple[tuple[str, str, bytes], ...]:
    """The documents that a form sent: the question of each, its name and its bytes."""
    found = ((name.removeprefix(FILE), request.FILES[name]) for name in request.FILES)
    return tuple((question, file.name or "", file.read()) for question, file in found if isinstance(file, UploadedFile))


def number(text: str) -> int:
    """A version's number as a form tells it; raises Http404 for anything else."""
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_NUMBER:
        raise Http404
    return int(text)


def _added(told: str, fields: dict[str, str], sides: tuple[str, ...]) -> dict[str, str]:
    """A partner of a Side more; the first one coordinates."""
    if told not in sides:
        return {}
    there = partner_keys(fields)
    at = f"partners/{fresh_key(there)}"
    return {f"{at}/side": told, f"{at}/role": "partner" if there else "coordinator"}


def _settled(request: Asked) -> tuple[dict[str, str], tuple[str, ...]]:
    """Fields of which one text was chosen: the one that stands, or what somebody else wrote."""
    keep = request.POST.get("keep", "")
    if keep:
        return {}, (keep,)
    path = request.POST.get("take", "")
    return ({path: request.POST.get(f"other:{path}", "")}, (path,)) if PATH.fullmatch(path) else ({}, ())


def _changed_elsewhere(path: str, now: str, before: dict[str, str], told: dict[str, str]) -> bool:
    """Whether a field stands otherwise than the page that saved shows it."""
    return path not in told and now != before.get(path, "")
