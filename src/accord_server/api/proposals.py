"""Proposals from draft to receipt, for programs: the same actions as the pages."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import File, Form, Header, Path, Router, Status
from ninja.files import UploadedFile

from accord.errors import InvalidInput
from accord_server.api import shapes
from accord_server.api.doors import Caller, Who, caller, route
from accord_server.calls.queries import calls
from accord_server.database.sessions import reading
from accord_server.proposals.documents import LARGEST
from accord_server.proposals.drafts import draft
from accord_server.proposals.models import Proposal
from accord_server.proposals.queries import documents, mine, proposal
from accord_server.proposals.receipts import receipt_of
from accord_server.proposals.services.drafting import attach, begin, detach, save
from accord_server.proposals.services.submitting import submit, withdraw
from accord_server.tasks.log_jobs import keeper

router: Final = Router(tags=["proposals"])
ONE: Final = "/proposals/{identifier}"


@route(
    router,
    "POST",
    "/calls/{key}/proposals",
    who=Who.WRITE,
    answers={201: shapes.BegunOut, **shapes.REFUSALS},
    name="begin-proposal",
)
def begin_proposal(
    request: HttpRequest, key: Path[shapes.Key], idempotency_key: Header[shapes.IdempotencyKey]
) -> Status[Any]:
    """Begin a draft in an open call, as its coordinator; the same Idempotency-Key begins one."""
    by = caller(request)
    with reading(by.account.id):
        row = calls(by.account, by.at).filter(key=key).first()
    if row is None:
        raise Http404
    return Status(201, begin(by.doing(row.access_id, idempotency_key)).result)


@route(
    router,
    "GET",
    "/proposals",
    who=Who.READ,
    answers={200: shapes.ProposalsOut, **shapes.REFUSALS},
    name="proposals",
)
def list_proposals(request: HttpRequest) -> dict[str, Any]:
    """The proposals that the caller takes part in."""
    by = caller(request)
    with reading(by.account.id):
        return {"proposals": [_told(one) for one in mine(by.account, by.at)]}


@route(router, "GET", ONE, who=Who.READ, answers={200: shapes.DraftOut, **shapes.REFUSALS}, name="proposal")
def one_proposal(request: HttpRequest, identifier: UUID) -> dict[str, Any]:
    """A proposal that the caller takes part in, with its draft."""
    by = caller(request)
    with reading(by.account.id):
        row = mine(by.account, by.at).filter(subject_id=identifier).first()
        if row is None:
            raise Http404
        found = draft(by.account, row, by.at)
        files = [
            {"question": one.question, "name": one.name, "sha256": one.digest, "size": one.size}
            for one in documents(by.account, identifier, by.at)
        ]
    conflicts = {path: list(texts) for path, texts in found.conflicts.items()}
    return {**_told(row), "fields": found.fields, "conflicts": conflicts, "documents": files}


@route(router, "PATCH", ONE, who=Who.WRITE, answers={200: shapes.SavedOut, **shapes.REFUSALS}, name="save-proposal")
def save_proposal(request: HttpRequest, identifier: UUID, body: shapes.SaveIn) -> Any:
    """Save fields of a draft; what somebody else saved meanwhile is kept."""
    by = caller(request)
    done = save(
        by.doing(_call(by, identifier)),
        proposal_id=identifier,
        base=body.base,
        fields=tuple(sorted(body.fields.items())),
        removed=tuple(body.removed),
        settled=tuple(body.settled),
    )
    return done.result


@route(
    router,
    "POST",
    f"{ONE}/documents",
    who=Who.WRITE,
    answers={200: shapes.AttachedOut, **shapes.REFUSALS},
    name="attach-document",
)
def attach_document(
    request: HttpRequest, identifier: UUID, question: Form[shapes.Path], file: File[UploadedFile]
) -> Any:
    """Attach a PDF to a draft, in answer to a question of the form."""
    by = caller(request)
    call = _call(by, identifier)
    if file.size is None or file.size > LARGEST:
        raise InvalidInput(f"file: found {file.size} bytes; a document has at most {LARGEST}")
    done = attach(by.doing(call), proposal_id=identifier, question=question, name=file.name or "", content=file.read())
    return done.result


@route(
    router,
    "DELETE",
    f"{ONE}/documents",
    who=Who.WRITE,
    answers={204: None, **shapes.REFUSALS},
    name="detach-document",
)
def detach_document(request: HttpRequest, identifier: UUID, question: shapes.Path) -> Status[None]:
    """Take a document out of a draft."""
    by = caller(request)
    detach(by.doing(_call(by, identifier)), proposal_id=identifier, question=question)
    return Status(204, None)


@route(
    router,
    "POST",
    f"{ONE}/submission",
    who=Who.WRITE,
    answers={200: shapes.SubmittedOut, **shapes.REFUSALS},
    name="submit-proposal",
)
def submit_proposal(
    request: HttpRequest,
    identifier: UUID,
    body: shapes.SubmitIn,
    idempotency_key: Header[shapes.IdempotencyKey],
) -> dict[str, Any]:
    """Submit a proposal; the same Idempotency-Key submits it once, and is answered the same again."""
    by = caller(request)
    done = submit(
        by.doing(_call(by, identifier), idempotency_key),
        proposal_id=identifier,
        base=body.base,
        fields=tuple(sorted(body.fields.items())),
        language=_language(),
    )
    return {**done.result, "repeated": done.repeated}


@route(
    router,
    "POST",
    f"{ONE}/withdrawal",
    who=Who.WRITE,
    answers={200: shapes.WithdrawnOut, **shapes.REFUSALS},
    name="withdraw-proposal",
)
def withdraw_proposal(request: HttpRequest, identifier: UUID, idempotency_key: Header[shapes.IdempotencyKey]) -> Any:
    """Withdraw a submitted proposal; its draft stays."""
    by = caller(request)
    done = withdraw(by.doing(_call(by, identifier), idempotency_key), proposal_id=identifier, language=_language())
    return done.result


@route(
    router,
    "GET",
    f"{ONE}/receipt",
    who=Who.READ,
    answers={200: shapes.ReceiptOut, **shapes.REFUSALS},
    name="receipt",
)
def receipt(request: HttpRequest, identifier: UUID) -> dict[str, Any]:
    """The receipt of what was submitted last: `accord receipt verify` checks it without the site."""
    by = caller(request)
    found = receipt_of(by.account, identifier, by.at, keeper())
    return {
        "reference": found.reference,
        "number": found.number,
        "submitted_at": found.submitted_at,
        "proof": found.proof.decode(),
        "leaf": found.leaf.decode(),
        "salt": found.salt,
    }


def _call(by: Caller, identifier: UUID) -> UUID:
    """The call of a proposal that the caller may see; raises Http404."""
    with reading(by.account.id):
        row = proposal(by.account, identifier, by.at)
    if row is None:
        raise Http404
    return row.call_id


def _language() -> str:
    return "ja" if (get_language() or "").startswith("ja") else "en"


def _told(row: Proposal) -> dict[str, Any]:
    return {
        "proposal": row.subject_id,
        "call": row.call_id,
        "reference": row.reference,
        "state": row.state,
        "title": row.title,
        "version": row.version,
        "submitted_number": row.submitted_number,
        "submitted_at": row.submitted_at,
    }
