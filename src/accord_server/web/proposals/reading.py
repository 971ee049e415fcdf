"""A proposal as its pages show it, read through the policy in one sitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language

from accord.methods.eligibility import Verdict
from accord.plan.model import Plan
from accord.report.language import report_words
from accord.report.reasons import Reason, why_not_eligible
from accord.report.sides import SideView
from accord_server.access.queries import part_in, participants
from accord_server.access.states import Part
from accord_server.calls.queries import call as visible_call
from accord_server.database.sessions import reading
from accord_server.people.models import Account
from accord_server.proposals.drafts import Draft, draft
from accord_server.proposals.models import Document, Proposal
from accord_server.proposals.queries import documents, invitations, proposal
from accord_server.proposals.states import ProposalState
from accord_server.proposals.verdicts import standing_of_draft
from accord_server.web.asking import Asked, reader_of
from accord_server.web.calls.reading import CallView, language, view_of
from accord_server.web.proposals.form import Maker, told_lacks
from accord_server.web.proposals.parts import FormPage


@dataclass(frozen=True, slots=True, kw_only=True)
class SideStanding:
    """What the rules say of a draft for one Side: eligible, or why not."""

    side: SideView
    eligible: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rules say of a draft; None of it while the draft is no proposal yet."""

    known: bool
    joint: tuple[Reason, ...]
    sides: tuple[SideStanding, ...]
    lacking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Who writes the proposal, and who is asked to."""

    id: UUID
    name: str
    email: str
    part: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft with all that its page shows."""

    id: UUID
    call: CallView
    reference: str
    title: str
    state: ProposalState
    version: int
    number: int
    submitted_at: datetime | None
    is_coordinator: bool
    people: tuple[Together, ...]
    asked: tuple[Together, ...]
    form: FormPage
    standing: Standing
    conflicts: int


def sides_standing(verdict: Verdict | None, sides: Sequence[SideView], lacking: int = 0) -> Standing:
    """A verdict in words, Side by Side; joint rules stand before them."""
    say = report_words("ja" if get_language() == "ja" else "en")
    by_key = {one.id: one for one in sides}
    failed = [] if verdict is None else list(verdict.failed)
    return Standing(
        known=verdict is not None,
        lacking=lacking,
        joint=tuple(why_not_eligible(one, by_key, say) for one in failed if one.side is None),
        sides=tuple(
            SideStanding(
                side=side,
                eligible=verdict is not None and verdict.eligible_for(side.id),
                reasons=tuple(why_not_eligible(one, by_key, say) for one in failed if one.side == side.id),
            )
            for side in sides
        ),
    )


def row_of(account: Account, identifier: UUID, at: datetime) -> tuple[Proposal, CallView]:
    """One's own proposal and its call, inside `reading`; raises Http404 where there is none for the reader."""
    row = proposal(account, identifier, at)
    found = None if row is None else visible_call(account, row.call_id, at)
    view = None if found is None else view_of(found, account, at)
    if row is None or view is None or part_in(account, identifier, at) is None:
        raise Http404
    return row, view


def draft_view(request: Asked, identifier: UUID, *, all_lacks: bool = False) -> DraftView:
    """A draft for one of its applicants; raises Http404 for anybody else."""
    account, at = reader_of(request), request.now
    with reading(account.id):
        row, call = row_of(account, identifier, at)
        now = draft(account, row, at)
        attached = tuple(documents(account, identifier, at))
        people = tuple(participants(identifier))
        asked = tuple(
            one for one in invitations(account, identifier, at) if one.state == "sent" and one.expires_at > at
        )
        part = part_in(account, identifier, at)
    form, standing = _judged(call, row.reference, now, attached, all_lacks=all_lacks)
    return DraftView(
        id=identifier,
        call=call,
        reference=row.reference,
        title=row.title,
        state=ProposalState(row.state),
        version=now.version,
        number=row.submitted_number,
        submitted_at=row.submitted_at,
        is_coordinator=part is Part.COORDINATOR,
        people=tuple(
            Together(id=one.account_id, name=one.account.name, email=one.account.email, part=one.part) for one in people
        ),
        asked=tuple(Together(id=one.id, name="", email=one.email, part="", expires=one.expires_at) for one in asked),
        conflicts=len(now.conflicts),
        form=form,
        standing=standing,
    )


def _judged(
    call: CallView, reference: str, now: Draft, attached: Sequence[Document], *, all_lacks: bool
) -> tuple[FormPage, Standing]:
    plan: Plan = call.plan.signed.plan
    found, verdict = standing_of_draft(plan, reference, now, frozenset(one.question for one in attached))
    shown = [one for one in found.lacks if all_lacks or one.kind not in {"missing", "missing-file", "string_too_short"}]
    form = Maker(
        plan=plan,
        language=language(),
        fields=now.fields,
        conflicts=now.conflicts,
        lacks=told_lacks(shown),
        documents={one.question: (one.name, one.size) for one in attached},
    ).page()
    return form, sides_standing(verdict, call.plan.sides, len(found.lacks))
