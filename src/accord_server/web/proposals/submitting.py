"""Pages by which a proposal is submitted, acknowledged and withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError, InvalidInput, Refused
from accord.methods.eligibility import Verdict
from accord.record.log.keys import read_key
from accord_server.database.sessions import reading
from accord_server.log.actions import KeyTaken
from accord_server.log.happenings import Doing
from accord_server.log.keeping import Keeper
from accord_server.proposals.documents import kept
from accord_server.proposals.lacks import NotComplete
from accord_server.proposals.queries import documents, submitted_versions
from accord_server.proposals.receipts import ProposalReceipt, receipt_of
from accord_server.proposals.services.submitting import TooLate, submit, withdraw
from accord_server.web import doors
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.files import attachment
from accord_server.web.calls.reading import language
from accord_server.web.proposals.drafting import disk_full, fields_of, files_of, number, page, saved
from accord_server.web.proposals.reading import draft_view, row_of, sides_standing

KINDS: Final = {
    "proof": ("text/plain; charset=utf-8", "tlog-proof"),
    "leaf": ("application/json", "leaf.json"),
    "salt": ("text/plain; charset=utf-8", "salt.txt"),
    "proposal": ("application/json", "json"),
}


def submit_one(request: Asked, proposal: UUID) -> HttpResponse:
    """Submit a proposal with its last words and documents, in one durable request."""
    fields, given = tuple(sorted(fields_of(request).items())), files_of(request)
    request.now = doors.clock()  # the whole request is here: one instant decides
    account = reader_of(request)
    with reading(account.id):
        _row, call = row_of(account, proposal, request.now)
    doing = Doing(by=account, at=request.now, call=call.id, key=request.POST.get("key", "")[:64] or None)
    try:
        submit(
            doing,
            proposal_id=proposal,
            base=number(request.POST.get("base", "")),
            fields=fields,
            given=given,
            language=language(),
        )
    except NotComplete:
        _kept(request, proposal)
        return page(
            request,
            draft_view(request, proposal, all_lacks=True),
            status=422,
            refused=_("Not submitted yet: what is marked below has to be mended first. Everything typed is saved."),
        )
    except TooLate as error:
        _kept(request, proposal)
        told = {"why": str(error), "call": call, "proposal": proposal, "at": request.now}
        return render(request, "proposals/late.html", told, status=409)
    except OSError:
        return page(request, draft_view(request, proposal), status=507, refused=disk_full())
    except (KeyTaken, InvalidInput, Refused) as error:
        _kept(request, proposal)
        return page(request, draft_view(request, proposal, all_lacks=True), status=422, refused=str(error))
    return HttpResponseRedirect(reverse("receipt", args=[proposal]))


def _kept(request: Asked, proposal: UUID) -> None:
    """Keep what was typed where it could not be submitted; the reason is told already."""
    try:
        saved(request, proposal)
    except AccordError as error:
        messages.error(request, str(error))
    except OSError:
        messages.error(request, disk_full())


def withdraw_one(request: Asked, proposal: UUID) -> HttpResponse:
    """Withdraw a submitted proposal before the closing instant; the draft stays."""
    account = reader_of(request)
    with reading(account.id):
        _row, call = row_of(account, proposal, request.now)
    try:
        withdraw(Doing(by=account, at=request.now, call=call.id), proposal_id=proposal, language=language())
        messages.success(request, _("Withdrawn. The draft stays, and can be submitted again until the call closes."))
    except Refused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("proposal", args=[proposal]))


def receipt(request: Asked, proposal: UUID) -> HttpResponse:
    """The receipt of a submitted proposal: what was received, when, and how anybody can check it."""
    account = reader_of(request)
    with reading(account.id):
        row, call = row_of(account, proposal, request.now)
        found = submitted_versions(account, proposal, request.now).select_related("submitted_by").first()
    if found is None:
        raise Http404
    standing = sides_standing(Verdict.model_validate_json(found.verdict), call.plan.sides)
    told = {"row": row, "call": call, "version": found, "standing": standing, "host": call.plan.signed.plan.log}
    return render(request, "proposals/receipt.html", told)


def receipt_file(request: Asked, proposal: UUID, part: str) -> HttpResponse:
    """A part of a receipt as a file: the log's proof, the leaf, its salt, or the proposal's exact bytes."""
    if part not in KINDS:
        raise Http404
    account = reader_of(request)
    with reading(account.id):
        row_of(account, proposal, request.now)
    keeper = Keeper(folder=settings.ENVIRONMENT.logs, key=read_key(host_key()))
    try:
        told = receipt_of(account, proposal, request.now, keeper)
    except InvalidInput as error:
        raise Http404 from error
    kind, suffix = KINDS[part]
    name = f"receipt-{told.reference}-{told.number}.{suffix}"
    return attachment(_bytes(told, part), kind, name)


def document(request: Asked, proposal: UUID) -> HttpResponse:
    """A document of one's own draft, to keep."""
    account = reader_of(request)
    with reading(account.id):
        row_of(account, proposal, request.now)
        asked = request.GET.get("question", "")
        found = documents(account, proposal, request.now).filter(question=asked).first()
    if found is None:
        raise Http404
    return attachment(kept(proposal, found.digest), "application/pdf", "document.pdf")


def host_key() -> Path:
    """The file of the key by which this host signs its logs."""
    found: Path = settings.ENVIRONMENT.host_key
    return found


def _bytes(told: ProposalReceipt, part: str) -> bytes:
    parts = {"proof": told.proof, "leaf": told.leaf, "salt": f"{told.salt}\n".encode(), "proposal": told.proposal}
    return parts[part]
