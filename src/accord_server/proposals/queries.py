"""What is read of proposals, through the policy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accord.errors import InvalidInput
from accord_server.access.policy import visible_to
from accord_server.access.queries import part_in, subjects_of
from accord_server.people.models import Account
from accord_server.proposals.models import (
    ApplicantInvitation,
    Document,
    DraftVersion,
    Eligibility,
    Proposal,
    SubmittedVersion,
)
from accord_server.proposals.states import ProposalState


def proposals(account: Account, at: datetime) -> QuerySet[Proposal]:
    """Every proposal that an account may see at an instant, the last changed first."""
    return visible_to(account, Proposal.objects, at).order_by("-changed_at", "reference")


def mine(account: Account, at: datetime) -> QuerySet[Proposal]:
    """The proposals in which an account takes part, drafts among them, the last changed first."""
    return proposals(account, at).filter(subject__in=subjects_of(account, at))


def of_call(account: Account, call: UUID, at: datetime) -> QuerySet[Proposal]:
    """The submitted proposals of a call that an account may see, by their reference: none before the seals open."""
    return proposals(account, at).filter(call_id=call, state=ProposalState.SUBMITTED).order_by("reference")


def proposal(account: Account, identifier: UUID, at: datetime) -> Proposal | None:
    """One proposal, if the account may see it at that instant."""
    return proposals(account, at).filter(subject_id=identifier).first()


def own(account: Account, call: UUID, identifier: UUID, at: datetime) -> Proposal:
    """One's own proposal in a call, locked until the transaction ends; raises InvalidInput where there is none."""
    rows = visible_to(account, Proposal.objects, at).select_for_update(of=("self",))
    found = rows.filter(subject_id=identifier, call_id=call).first()
    if found is None or part_in(account, identifier, at) is None:
        raise InvalidInput("proposal_id: there is no such proposal of this account in this call")
    return found


def draft_versions(account: Account, identifier: UUID, at: datetime) -> QuerySet[DraftVersion]:
    """The saved versions of a draft, the newest first."""
    found = visible_to(account, DraftVersion.objects, at).filter(subject_id=identifier)
    return found.select_related("saved_by").order_by("-number")


def documents(account: Account, identifier: UUID, at: datetime) -> QuerySet[Document]:
    """The documents of a draft, by the question that each answers."""
    return visible_to(account, Document.objects, at).filter(subject_id=identifier).order_by("question")


def submitted_versions(account: Account, identifier: UUID, at: datetime) -> QuerySet[SubmittedVersion]:
    """What was submitted of a proposal, the newest first."""
    return visible_to(account, SubmittedVersion.objects, at).filter(subject_id=identifier).order_by("-number")


def current(account: Account, call: UUID, at: datetime) -> QuerySet[SubmittedVersion]:
    """What stands submitted in a call, as far as an account may see it: of each proposal the newest version."""
    standing = of_call(account, call, at).filter(subject=OuterRef("subject"), submitted_number=OuterRef("number"))
    return visible_to(account, SubmittedVersion.objects, at).filter(Exists(standing.order_by()), call_id=call)


def invitations_for(account: Account, at: datetime) -> QuerySet[ApplicantInvitation]:
    """The invitations to an account's own address."""
    return visible_to(account, ApplicantInvitation.objects, at).filter(email=account.email)


def invitations(account: Account, identifier: UUID, at: datetime) -> QuerySet[ApplicantInvitation]:
    """The invitations to a proposal, for its applicants."""
    return visible_to(account, ApplicantInvitation.objects, at).filter(subject_id=identifier).order_by("email")


def invitation(account: Account, call: UUID, identifier: UUID, at: datetime) -> ApplicantInvitation | None:
    """One invitation in a call that an account may see."""
    found = visible_to(account, ApplicantInvitation.objects, at)
    return found.filter(id=identifier, call_id=call).first()


def eligibilities(account: Account, call: UUID, at: datetime) -> QuerySet[Eligibility]:
    """What officers said of the verdicts in a call, as far as an account may see it."""
    found = visible_to(account, Eligibility.objects, at).filter(call_id=call)
    return found.select_related("side").order_by("subject_id", "side__key")
