"""Who may see what of a proposal, and from when. The host's administrator is named in none of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accord_server.access.policy import readable
from accord_server.access.queries import subjects_of, unsealed_calls
from accord_server.people.models import Account
from accord_server.proposals.models import (
    ApplicantInvitation,
    Document,
    DraftVersion,
    Eligibility,
    Proposal,
    SubmittedVersion,
)
from accord_server.proposals.queries import proposals
from accord_server.proposals.states import ProposalState


@readable(Proposal, about=("subject",))
def own_or_submitted_and_unsealed(account: Account, at: datetime) -> Q:
    """Its applicants; once the call's seals are open, a submitted one to whom the plan opens it."""
    opened = Q(call__in=unsealed_calls(account, at), state=ProposalState.SUBMITTED)
    return Q(subject__in=subjects_of(account, at)) | opened


@readable(SubmittedVersion, about=("subject",))
def own_or_unsealed(account: Account, at: datetime) -> Q:
    """Its applicants; once the call's seals are open, to whom the plan opens them, and then what stands submitted."""
    standing = proposals(account, at).filter(
        state=ProposalState.SUBMITTED, subject=OuterRef("subject"), submitted_number=OuterRef("number")
    )
    opened = Q(Exists(standing.order_by()), call__in=unsealed_calls(account, at))
    return Q(subject__in=subjects_of(account, at)) | opened


@readable(DraftVersion, about=("subject",))
def own_draft(account: Account, at: datetime) -> Q:
    """Its applicants, and nobody else at any time."""
    return Q(subject__in=subjects_of(account, at))


@readable(Document, about=("subject",))
def own_document(account: Account, at: datetime) -> Q:
    """The draft's applicants. What was submitted is found by what the submitted version names."""
    return Q(subject__in=subjects_of(account, at))


@readable(ApplicantInvitation, about=("subject",))
def own_invitation_or_of_an_own_proposal(account: Account, at: datetime) -> Q:
    """Whose address is asked, once it is confirmed; and the proposal's applicants."""
    mine = Q(subject__in=subjects_of(account, at))
    return mine if account.email_confirmed_at is None else mine | Q(email=account.email)


@readable(Eligibility, about=("subject",))
def unsealed_verdicts(account: Account, at: datetime) -> Q:
    """To whom the plan opens proposals; applicants learn of it by their letter."""
    return Q(call__in=unsealed_calls(account, at))
