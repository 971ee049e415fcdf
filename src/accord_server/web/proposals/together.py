"""Pages by which several people write one proposal, and see what each changed."""

from __future__ import annotations

from datetime import timedelta
from difflib import SequenceMatcher
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import InvalidInput, Refused
from accord_server.database.sessions import reading
from accord_server.log.happenings import Doing
from accord_server.proposals.drafts import draft
from accord_server.proposals.merging import differences
from accord_server.proposals.queries import draft_versions, invitations_for
from accord_server.proposals.services.consortium import (
    invite,
    join,
    remove_applicant,
    withdraw_invitation,
)
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.reading import language
from accord_server.web.proposals.drafting import number
from accord_server.web.proposals.reading import row_of
from accord_server.web.proposals.wording import place

WEEKS: Final = timedelta(weeks=4)
NIL: Final = UUID(int=0)


def _back(proposal: UUID) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('proposal', args=[proposal])}#together")


def _doing(request: Asked, proposal: UUID) -> Doing:
    account = reader_of(request)
    with reading(account.id):
        _row, call = row_of(account, proposal, request.now)
    return Doing(by=account, at=request.now, call=call.id)


def invite_one(request: Asked, proposal: UUID) -> HttpResponse:
    """Ask somebody by e-mail to write the proposal too."""
    doing = _doing(request, proposal)
    link = request.build_absolute_uri(reverse("invitation", args=[NIL]))
    try:
        invite(
            doing,
            proposal_id=proposal,
            email=request.POST.get("email", ""),
            expires_at=request.now + WEEKS,
            link=unquote(link).replace(str(NIL), "{invitation}"),
            language=language(),
        )
        messages.success(request, _("Asked. A letter is on its way; the link in it works for four weeks."))
    except (InvalidInput, Refused) as error:
        messages.error(request, str(error))
    return _back(proposal)


def uninvite(request: Asked, proposal: UUID, invitation: UUID) -> HttpResponse:
    """Take an invitation back that nobody has accepted."""
    try:
        withdraw_invitation(_doing(request, proposal), invitation_id=invitation)
    except (InvalidInput, Refused) as error:
        messages.error(request, str(error))
    return _back(proposal)


def remove(request: Asked, proposal: UUID, person: UUID) -> HttpResponse:
    """Let somebody write the proposal no longer."""
    try:
        remove_applicant(_doing(request, proposal), proposal_id=proposal, account_id=person)
    except (InvalidInput, Refused) as error:
        messages.error(request, str(error))
    return _back(proposal)


def invitation(request: Asked, invitation: UUID) -> HttpResponse:
    """An invitation to write a proposal, opened by the link in its letter."""
    account = reader_of(request)
    with reading(account.id):
        row = invitations_for(account, request.now).filter(id=invitation).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            join(Doing(by=account, at=request.now, call=row.call_id), invitation_id=invitation)
            return HttpResponseRedirect(reverse("proposal", args=[row.subject_id]))
        except Refused as error:
            messages.error(request, str(error))
    return render(request, "proposals/invitation.html", {"row": row, "over": row.expires_at <= request.now})


def versions(request: Asked, proposal: UUID) -> HttpResponse:
    """The saved versions of a draft, and what differs between two of them."""
    account = reader_of(request)
    with reading(account.id):
        row, call = row_of(account, proposal, request.now)
        found = list(draft_versions(account, proposal, request.now).defer("content")[:200])
        old = number(request.GET.get("old", str(max(row.version - 1, 0))))
        new = number(request.GET.get("new", str(row.version)))
        before = draft(account, row, request.now, old).fields
        after = draft(account, row, request.now, new).fields
    changed = [
        {"label": place(one.path), "words": changed_words(one.old, one.new)} for one in differences(before, after)
    ]
    told = {"row": row, "call": call, "versions": found, "old": old, "new": new, "changed": changed}
    return render(request, "proposals/versions.html", told)


def changed_words(old: str, new: str) -> list[tuple[str, str]]:
    """What became of a text, as stretches that stayed (`same`), went (`del`) or came (`ins`)."""
    before, after = _words(old), _words(new)
    told: list[tuple[str, str]] = []
    for what, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            told.append(("same", "".join(before[first:last])))
            continue
        told += [
            (kind, text)
            for kind, text in (("del", "".join(before[first:last])), ("ins", "".join(after[begin:end])))
            if text
        ]
    return told


def _words(text: str) -> list[str]:
    """A text in words with the spaces after them; Japanese, which has none, in signs."""
    words: list[str] = []
    for sign in text:
        joined = words and sign.isascii() and words[-1][-1].isascii() and not words[-1][-1].isspace()
        if joined or (words and sign.isspace()):
            words[-1] += sign
        else:
            words.append(sign)
    return words
