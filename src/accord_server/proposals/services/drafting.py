"""A draft begun, saved and given its documents. None of it is an act: the log knows nothing of drafts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accord.errors import InvalidInput, Refused
from accord.record.canonical import Json, digest
from accord_server.access.models import Membership, Participation, Subject
from accord_server.access.needs import ANYBODY, one_of
from accord_server.access.queries import roles
from accord_server.access.states import Part, Role
from accord_server.calls.plans import plan_in_force
from accord_server.calls.queries import call as visible_call
from accord_server.calls.states import CallState
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Outcome
from accord_server.proposals.answering import file_questions
from accord_server.proposals.documents import is_kept, keep_for, shown_name
from accord_server.proposals.drafts import KEPT_VERSIONS, Next, next_version
from accord_server.proposals.models import Document, Proposal
from accord_server.proposals.queries import documents, draft_versions, own

SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody mistakes for another."""
TRIES: Final = 5
APPLICANTS: Final = one_of(Role.APPLICANT)


@action("proposals.begin", needs=ANYBODY, logs=False)
def begin(doing: Doing) -> Outcome:
    """Begin a draft in an open call, as its coordinator.

    Raises InvalidInput where there is no such call, Refused where it is not open.
    """
    call = visible_call(doing.by, doing.in_call, doing.at)
    if call is None:
        raise InvalidInput("call: there is none of this identifier that this account may see")
    if call.state(doing.at) is not CallState.OPEN:
        raise Refused(
            f"a proposal is begun while the call is open: {call.opens.isoformat()} to {call.closes.isoformat()}"
        )
    if not roles(doing.by, doing.in_call, doing.at, [Role.APPLICANT]):
        Membership(call_id=doing.in_call, account=doing.by, role=Role.APPLICANT, since=doing.at).save(force_insert=True)
    subject = Subject(id=uuid4(), call_id=doing.in_call)
    subject.save(force_insert=True)
    Participation(call_id=doing.in_call, account=doing.by, subject=subject, part=Part.COORDINATOR, since=doing.at).save(
        force_insert=True
    )
    made = _named(Proposal(subject=subject, call_id=doing.in_call, begun_at=doing.at, changed_at=doing.at))
    result: dict[str, Json] = {"proposal": str(subject.id), "reference": made.reference, "version": 0}
    return Outcome(call=doing.in_call, result=result)


@action("proposals.save", needs=APPLICANTS, logs=False)
def save(
    doing: Doing,
    *,
    proposal_id: UUID,
    base: int,
    fields: tuple[tuple[str, str], ...],
    removed: tuple[str, ...] = (),
    settled: tuple[str, ...] = (),
) -> Outcome:
    """Save fields of a draft; what somebody else saved meanwhile is kept, and where both changed one field, both are.

    `base` is the version from which the fields were changed, `removed` the partners or investigators taken out,
    `settled` the fields of which a text was chosen. The result tells the new version, the whole draft, and its
    conflicts. Raises InvalidInput for a field that no draft has, or a text that cannot be kept.
    """
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    found = next_version(doing, row, base=base, fields=fields, removed=removed, settled=settled)
    if found.row is not None:
        found.row.save(force_insert=True)
        row.save(update_fields=["version", "changed_at", "title"])
        oldest = row.version - KEPT_VERSIONS
        if oldest > 0:
            draft_versions(doing.by, proposal_id, doing.at).order_by().filter(number__lte=oldest).delete()
    return Outcome(call=doing.in_call, result=_told(found))


def _stored_first(doing: Doing, asked: Mapping[str, Any]) -> None:
    """Put a document on disk before the transaction, for an applicant of its proposal alone."""
    keep_for(doing, asked["proposal_id"], [asked["content"]])


@action("proposals.attach", needs=APPLICANTS, logs=False, beforehand=_stored_first)
def attach(doing: Doing, *, proposal_id: UUID, question: str, name: str, content: bytes) -> Outcome:
    """Attach a PDF to a draft, in answer to a question of the form; another one there is replaced.

    Raises InvalidInput for what is no PDF, or too large, and for a question that asks for no file.
    """
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    asked = file_questions(plan_in_force(doing.by, doing.in_call, doing.at))
    if question not in asked:
        raise InvalidInput(f"question: found {question[:80]!r}; a document answers {', '.join(asked)}")
    sha256 = digest(content)
    if not is_kept(proposal_id, sha256):
        raise InvalidInput("content: it is not on disk; send it again")
    documents(doing.by, proposal_id, doing.at).order_by().filter(question=question).delete()
    made = Document(
        subject_id=proposal_id,
        call_id=doing.in_call,
        question=question,
        name=shown_name(name),
        digest=sha256,
        size=len(content),
        attached_by=doing.by,
        attached_at=doing.at,
    )
    made.save(force_insert=True)
    _changed(doing, row)
    result: dict[str, Json] = {"document": str(made.id), "name": made.name, "sha256": sha256, "size": made.size}
    return Outcome(call=doing.in_call, result=result)


@action("proposals.detach", needs=APPLICANTS, logs=False)
def detach(doing: Doing, *, proposal_id: UUID, question: str) -> Outcome:
    """Take a document out of a draft; what was submitted keeps it."""
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    found = documents(doing.by, proposal_id, doing.at).order_by().filter(question=question)
    if not found.delete()[0]:
        raise InvalidInput(f"question: no document answers {question[:80]!r}")
    _changed(doing, row)
    return Outcome(call=doing.in_call)


def _changed(doing: Doing, row: Proposal) -> None:
    row.changed_at = doing.at
    row.save(update_fields=["changed_at"])


def _told(found: Next) -> dict[str, Json]:
    return {
        "version": found.draft.version,
        "fields": found.draft.fields,
        "conflicts": {path: list(texts) for path, texts in found.draft.conflicts.items()},
        "new_conflicts": list(found.new_conflicts),
    }


def _named(made: Proposal) -> Proposal:
    """Save a proposal under a reference that no other has; others' drafts are not to be seen, so it is tried."""
    for left in reversed(range(TRIES)):
        drawn = "".join(secrets.choice(SIGNS) for _ in range(8))
        made.reference = f"{drawn[:4]}-{drawn[4:]}"
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            break
        except IntegrityError:
            if not left:
                raise
    return made
