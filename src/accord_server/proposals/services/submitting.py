"""A proposal submitted, submitted again, withdrawn: before the closing instant, and not a moment later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from accord.errors import InvalidInput, Refused
from accord.methods.eligibility import Verdict, eligibility
from accord.plan.model import Plan
from accord.plan.types import instant_text
from accord.record.canonical import Json, canonical, digest
from accord.record.log.entry import Entry
from accord_server.access.needs import NotAllowed, one_of
from accord_server.access.queries import part_in, participants
from accord_server.access.states import Part, Role
from accord_server.calls.models import Call
from accord_server.calls.plans import plan_and_digest
from accord_server.calls.queries import call as visible_call
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.log.queries import last_entry
from accord_server.mail.outbox import post
from accord_server.proposals.answering import file_questions
from accord_server.proposals.assembling import assembled
from accord_server.proposals.documents import LostDocument, is_kept, keep_for, shown_name
from accord_server.proposals.drafts import Draft, next_version
from accord_server.proposals.lacks import Lack, NotComplete
from accord_server.proposals.models import Document, Proposal, SubmittedVersion
from accord_server.proposals.queries import documents, own
from accord_server.proposals.states import PROPOSAL, ProposalState
from accord_server.proposals.submitted import content_of, leaf_of

SUBMITTED: Final = "proposal-submitted"
WITHDRAWN: Final = "proposal-withdrawn"
APPLICANTS: Final = one_of(Role.APPLICANT)
Given = tuple[tuple[str, str, bytes], ...]
"""Documents that come with a request: question, name and bytes of each."""


class TooLate(Refused):
    """The call has closed: the text gives the closing instant, the server's time and the log's."""


def _stored_first(doing: Doing, asked: Mapping[str, Any]) -> None:
    """Put the documents on disk before the transaction, for an applicant of their proposal alone."""
    if asked.get("given"):
        keep_for(doing, asked["proposal_id"], [content for _, _, content in asked["given"]])


@action("proposals.submit", needs=APPLICANTS, beforehand=_stored_first)
def submit(
    doing: Doing,
    *,
    proposal_id: UUID,
    base: int,
    fields: tuple[tuple[str, str], ...] = (),
    given: Given = (),
    language: str = "en",
) -> Outcome:
    """Submit a proposal, or submit it again, before the closing instant.

    `base` is the version of the draft that the coordinator saw; `fields` and `given` documents that come with the
    request are saved first. Raises NotComplete, which names everything that is lacking, TooLate, and NotAllowed for
    anybody but the coordinator.
    """
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    call = _in_time(doing, row)
    plan, plan_digest = plan_and_digest(doing.by, doing.in_call, doing.at)
    draft = _saved(doing, row, base, fields)
    attached = _attached(doing, row, plan, given)
    found = assembled(plan, row.reference, draft.fields, frozenset(one.question for one in attached))
    if found.lacks or draft.conflicts or found.proposal is None:
        raise NotComplete((*found.lacks, *_unsettled(draft)))
    for one in attached:
        if not is_kept(proposal_id, one.digest):
            raise LostDocument(f"{one.name} is not on the server's disk any more; attach it again")
    (verdict,) = eligibility(plan, [found.proposal])
    PROPOSAL.check(ProposalState(row.state), ProposalState.SUBMITTED)
    row.state, row.submitted_at, row.submitted_number = ProposalState.SUBMITTED, doing.at, row.submitted_number + 1
    content = content_of(row, found.proposal, found.answers, attached, call=call.key, plan=plan_digest)
    made = SubmittedVersion(
        subject_id=proposal_id,
        call_id=doing.in_call,
        number=row.submitted_number,
        content=content,
        digest=digest(content),
        verdict=canonical(verdict.model_dump(mode="json")).decode(),
        entry_id=uuid4(),
        submitted_by=doing.by,
        submitted_at=doing.at,
    )
    made.save(force_insert=True)
    row.changed_at = doing.at
    row.save(update_fields=["state", "submitted_at", "submitted_number", "version", "title", "changed_at"])
    _tell(doing, call, row, letter="submitted", language=language)
    leaf = leaf_of(proposal_id, row.reference, made.number, made.digest, [one.digest for one in attached])
    happened = Happened(id=made.entry_id, kind=SUBMITTED, content=leaf, audience=Audience.SEALED, subject=proposal_id)
    return Outcome(call=doing.in_call, happened=(happened,), result=_receipt(row, made, verdict, plan))


@action("proposals.withdraw", needs=APPLICANTS)
def withdraw(doing: Doing, *, proposal_id: UUID, language: str = "en") -> Outcome:
    """Withdraw a submitted proposal before the closing instant; its draft stays, and can be submitted again."""
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    call = _in_time(doing, row)
    PROPOSAL.check(ProposalState(row.state), ProposalState.WITHDRAWN)
    row.state, row.changed_at = ProposalState.WITHDRAWN, doing.at
    row.save(update_fields=["state", "changed_at"])
    _tell(doing, call, row, letter="withdrawn", language=language)
    told: dict[str, Json] = {
        "number": row.submitted_number,
        "proposal": str(proposal_id),
        "reference": row.reference,
    }
    happened = Happened(kind=WITHDRAWN, content=canonical(told), audience=Audience.SEALED, subject=proposal_id)
    return Outcome(call=doing.in_call, happened=(happened,), result={"proposal": str(proposal_id)})


def _in_time(doing: Doing, row: Proposal) -> Call:
    """The call, while it takes proposals, for the coordinator; raises TooLate, Refused and NotAllowed."""
    if part_in(doing.by, row.subject_id, doing.at) is not Part.COORDINATOR:
        raise NotAllowed("this needs the coordinator of the proposal")
    call = visible_call(doing.by, doing.in_call, doing.at)
    if call is None:
        raise InvalidInput("call: there is none of this identifier that this account may see")
    if doing.at < call.opens:
        raise Refused(f"the call opens at {instant_text(call.opens)}; the server's clock says {instant_text(doing.at)}")
    if doing.at >= call.closes or call.closing_logged_at is not None:
        last = last_entry(doing.in_call)
        logged = "nothing" if last is None else instant_text(Entry.of(bytes(last.leaf)).time)
        raise TooLate(
            f"the call closed at {instant_text(call.closes)}; the server's clock says {doing.at.isoformat()}, the "
            f"log's last entry is of {logged}. The draft is kept."
        )
    return call


def _saved(doing: Doing, row: Proposal, base: int, fields: tuple[tuple[str, str], ...]) -> Draft:
    """The draft after what came with the request; raises NotComplete where others changed it since `base`."""
    if base != row.version:
        found = f"the draft was saved again, as version {row.version}"
        raise NotComplete((Lack(path="", kind="changed", found=found, expected="look at it first"),))
    found_next = next_version(doing, row, base=base, fields=fields)
    if found_next.row is not None:
        found_next.row.save(force_insert=True)
    return found_next.draft


def _attached(doing: Doing, row: Proposal, plan: Plan, given: Given) -> tuple[Document, ...]:
    """The documents of the draft, once those that came with the request are in their place, by their question."""
    asked = file_questions(plan)
    there = {one.question: one for one in documents(doing.by, row.subject_id, doing.at)}
    for question, name, content in given:
        if question not in asked:
            raise InvalidInput(f"question: found {question[:80]!r}; a document answers {', '.join(asked)}")
        if question in there:
            there[question].delete()
        there[question] = Document(
            subject_id=row.subject_id,
            call_id=row.call_id,
            question=question,
            name=shown_name(name),
            digest=digest(content),
            size=len(content),
            attached_by=doing.by,
            attached_at=doing.at,
        )
        there[question].save(force_insert=True)
    return tuple(there[question] for question in sorted(there))


def _unsettled(draft: Draft) -> tuple[Lack, ...]:
    return tuple(
        Lack(path=path, kind="conflict", found="two people wrote it at once", expected="choose one of the texts")
        for path in draft.conflicts
    )


def _tell(doing: Doing, call: Call, row: Proposal, *, letter: str, language: str) -> None:
    """A letter to everybody who takes part; it names the reference, and nothing that the proposal says."""
    values = {"call": call.key, "reference": row.reference, "time": instant_text(doing.at)}
    to = [one.account.email for one in participants(row.subject_id)]
    post(to=to, letter=letter, values=values, language=language, at=doing.at, call=doing.call)


def _receipt(row: Proposal, made: SubmittedVersion, verdict: Verdict, plan: Plan) -> dict[str, Json]:
    return {
        "proposal": str(row.subject_id),
        "reference": row.reference,
        "number": made.number,
        "sha256": made.digest,
        "submitted_at": made.submitted_at.isoformat(),
        "entry": str(made.entry_id),
        "eligible": {side: verdict.eligible_for(side) for side in plan.sides},
    }
