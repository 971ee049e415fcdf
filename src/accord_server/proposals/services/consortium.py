"""Who writes a proposal together: asked in by its coordinator, in by an invitation, out again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accord.errors import InvalidInput, Refused
from accord.plan.types import instant_text
from accord.record.canonical import Json, canonical
from accord_server.access.models import Membership, Participation
from accord_server.access.needs import ANYBODY, NotAllowed, one_of
from accord_server.access.queries import circle, part_in, participants, roles
from accord_server.access.states import INVITATION, InvitationState, Part, Role
from accord_server.calls.queries import call as visible_call
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.mail.outbox import post
from accord_server.proposals.models import ApplicantInvitation
from accord_server.proposals.queries import invitation, invitations, own

LONGEST: Final = timedelta(days=90)
MOST_OPEN: Final = 50
"""Invitations that one proposal may have open: nobody sends letters by it."""
JOINED: Final = "applicant-joined"
REMOVED: Final = "applicant-removed"
APPLICANTS: Final = one_of(Role.APPLICANT)
LINK: Final = "{invitation}"


@action("proposals.invite", needs=APPLICANTS, logs=False)
def invite(doing: Doing, *, proposal_id: UUID, email: str, expires_at: datetime, link: str, language: str) -> Outcome:
    """Ask whoever owns an e-mail address to write a proposal with its coordinator; a letter tells them.

    In `link` the text `{invitation}` becomes the invitation's identifier. Raises InvalidInput for an address or an
    instant that cannot be, Refused where it is asked already, NotAllowed for anybody but the coordinator.
    """
    row = own(doing.by, doing.in_call, proposal_id, doing.at)
    _coordinates(doing, proposal_id)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(f"email: found {email[:80]!r}; write an e-mail address") from error
    if not doing.at < expires_at <= doing.at + LONGEST:
        raise InvalidInput(f"expires_at: found {expires_at.isoformat()}; at most {LONGEST.days} days from now")
    if any(one.account.email == address for one in participants(proposal_id)):
        raise Refused("whoever has this address takes part already")
    there = invitations(doing.by, proposal_id, doing.at).filter(state=InvitationState.SENT)
    if there.filter(expires_at__gt=doing.at, email=address).exists():
        raise Refused("this address is asked already")
    if there.count() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} invitations are open; take one back first")
    for old in there.filter(email=address):  # it has expired
        _move(old, InvitationState.WITHDRAWN)
    made = ApplicantInvitation(subject_id=row.subject_id, call_id=doing.in_call, email=address, expires_at=expires_at)
    made.save(force_insert=True)
    values = {"call": _call_key(doing), "link": link.replace(LINK, str(made.id)), "expires": instant_text(expires_at)}
    post(to=[address], letter="invited-to-proposal", values=values, language=language, at=doing.at, call=doing.call)
    return Outcome(call=doing.in_call, result={"invitation": str(made.id)})


@action("proposals.withdraw-invitation", needs=APPLICANTS, logs=False)
def withdraw_invitation(doing: Doing, *, invitation_id: UUID) -> Outcome:
    """Take an invitation to a proposal back that nobody has accepted."""
    found = invitation(doing.by, doing.in_call, invitation_id, doing.at)
    if found is None or part_in(doing.by, found.subject_id, doing.at) is None:
        raise InvalidInput("invitation_id: there is no such invitation for this account")
    _coordinates(doing, found.subject_id)
    _move(found, InvitationState.WITHDRAWN)
    return Outcome(call=doing.in_call)


@action("proposals.join", needs=ANYBODY)
def join(doing: Doing, *, invitation_id: UUID) -> Outcome:
    """Become an applicant of a proposal by an invitation to one's own confirmed address, before it expires.

    Raises InvalidInput where there is none for this account, Refused where it has expired or access to the call has
    ended, IllegalMove where it was withdrawn or accepted.
    """
    found = invitation(doing.by, doing.in_call, invitation_id, doing.at)
    if found is None or found.email != doing.by.email:
        raise InvalidInput("invitation_id: there is no such invitation for this account")
    if found.expires_at <= doing.at:
        raise Refused(f"the invitation expired at {found.expires_at.isoformat()}; ask for another")
    if circle(doing.in_call).ended_at is not None:
        raise Refused("access to this call has ended")
    found.accepted_by = doing.by
    _move(found, InvitationState.ACCEPTED)
    if not roles(doing.by, doing.in_call, doing.at, [Role.APPLICANT]):
        Membership(call_id=doing.in_call, account=doing.by, role=Role.APPLICANT, since=doing.at).save(force_insert=True)
    if part_in(doing.by, found.subject_id, doing.at) is None:
        Participation(
            call_id=doing.in_call,
            account=doing.by,
            subject_id=found.subject_id,
            part=Part.APPLICANT,
            since=doing.at,
        ).save(force_insert=True)
    return _logged(doing, JOINED, found.subject_id, doing.by.id)


@action("proposals.remove-applicant", needs=APPLICANTS)
def remove_applicant(doing: Doing, *, proposal_id: UUID, account_id: UUID) -> Outcome:
    """End somebody's part in a proposal: an applicant their own, the coordinator anybody's but their own."""
    own(doing.by, doing.in_call, proposal_id, doing.at)
    found = next((one for one in participants(proposal_id) if one.account_id == account_id), None)
    if found is None:
        raise InvalidInput("account_id: nobody of this identifier takes part in the proposal")
    if account_id != doing.by.id:
        _coordinates(doing, proposal_id)
    if found.part == Part.COORDINATOR:
        raise Refused("a proposal has a coordinator; hand that over first")
    found.ended_at = doing.at
    found.save(update_fields=["ended_at"])
    return _logged(doing, REMOVED, proposal_id, account_id)


@action("proposals.hand-over", needs=APPLICANTS)
def hand_over(doing: Doing, *, proposal_id: UUID, account_id: UUID) -> Outcome:
    """Make another applicant of a proposal its coordinator."""
    own(doing.by, doing.in_call, proposal_id, doing.at)
    _coordinates(doing, proposal_id)
    by_account = {one.account_id: one for one in participants(proposal_id)}
    if account_id not in by_account or account_id == doing.by.id:
        raise InvalidInput("account_id: nobody else of this identifier takes part in the proposal")
    for who, part in ((doing.by.id, Part.APPLICANT), (account_id, Part.COORDINATOR)):
        by_account[who].part = part
        by_account[who].save(update_fields=["part"])
    return _logged(doing, "coordinator-changed", proposal_id, account_id)


def _coordinates(doing: Doing, subject: UUID) -> None:
    if part_in(doing.by, subject, doing.at) is not Part.COORDINATOR:
        raise NotAllowed("this needs the coordinator of the proposal")


def _call_key(doing: Doing) -> str:
    found = visible_call(doing.by, doing.in_call, doing.at)
    if found is None:
        raise InvalidInput("call: there is none of this identifier that this account may see")
    return found.key


def _move(found: ApplicantInvitation, new: InvitationState) -> None:
    INVITATION.check(InvitationState(found.state), new)
    found.state = new
    found.save(update_fields=["state", "accepted_by"])


def _logged(doing: Doing, kind: str, subject: UUID, account: UUID) -> Outcome:
    told: dict[str, Json] = {"account": str(account), "proposal": str(subject)}
    happened = Happened(kind=kind, content=canonical(told), audience=Audience.SEALED, subject=subject)
    return Outcome(call=doing.in_call, happened=(happened,), result={"proposal": str(subject)})
