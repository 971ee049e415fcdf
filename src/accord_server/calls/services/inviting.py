"""Who is asked into a call, by whom, and how they come in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accord.errors import InvalidInput, Refused
from accord.record.canonical import Json, canonical
from accord_server.access.models import Invitation, Membership
from accord_server.access.needs import ANYBODY, NotAllowed, one_of
from accord_server.access.queries import invitation, open_invitations, roles
from accord_server.access.states import INVITATION, InvitationState, Role
from accord_server.calls.queries import sides
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.people.models import Side

MAY_INVITE: Final[Mapping[Role, frozenset[Role]]] = {
    Role.SIDE_OFFICER: frozenset(Role),
    Role.SECRETARIAT: frozenset({Role.APPLICANT, Role.EXPERT, Role.CHAIR, Role.OBSERVER}),
}
"""Who may ask in whom. An officer asks in for its own Side, or for none."""
LONGEST: Final = timedelta(days=90)
INVITERS: Final = one_of(*MAY_INVITE)


@action("calls.invite", needs=INVITERS)
def invite(doing: Doing, *, email: str, role: str, side: str | None, expires_at: datetime) -> Outcome:
    """Ask whoever owns an e-mail address into a call; within 90 days they come in, or the invitation expires.

    Raises InvalidInput for an address, a role or an instant that cannot be, Refused where one is open already, and
    NotAllowed for a role or a Side that the actor may not ask in.
    """
    try:
        asked = Role(role)
        validate_email(email)
    except (ValueError, ValidationError) as error:
        raise InvalidInput(f"email, role: found {email!r} as {role!r}; roles are {', '.join(Role)}") from error
    if not doing.at < expires_at <= doing.at + LONGEST:
        raise InvalidInput(f"expires_at: found {expires_at.isoformat()}; at most {LONGEST.days} days from now")
    place = _side(side, asked)
    acting_for = _may(doing, asked, place)
    if open_invitations(doing.in_call, email, asked).filter(expires_at__gt=doing.at).exists():
        raise Refused("this address is asked in as that already")
    for old in open_invitations(doing.in_call, email, asked):  # it has expired
        _move(old, InvitationState.WITHDRAWN)
    made = Invitation(call_id=doing.in_call, email=email, role=asked, side=place, expires_at=expires_at)
    made.save(force_insert=True)
    return _told(doing, "invited", made, acting_for)


@action("calls.withdraw-invitation", needs=INVITERS)
def withdraw_invitation(doing: Doing, *, invitation_id: UUID) -> Outcome:
    """Take an invitation back that nobody has accepted.

    Raises InvalidInput where there is none, NotAllowed and IllegalMove.
    """
    found = _invitation(doing, invitation_id)
    acting_for = _may(doing, Role(found.role), found.side)
    _move(found, InvitationState.WITHDRAWN)
    return _told(doing, "invitation-withdrawn", found, acting_for)


@action("calls.join", needs=ANYBODY)
def join(doing: Doing, *, invitation_id: UUID) -> Outcome:
    """Come into a call by an invitation to one's own confirmed address, before it expires.

    Raises InvalidInput where there is none for this account, Refused where it has expired or access to the call has
    ended, IllegalMove where it was withdrawn or accepted.
    """
    found = _invitation(doing, invitation_id)
    if found.email.casefold() != doing.by.email.casefold():
        raise InvalidInput("invitation_id: there is no such invitation for this account")
    if found.expires_at <= doing.at:
        raise Refused(f"the invitation expired at {found.expires_at.isoformat()}; ask for another")
    if found.call.ended_at is not None:
        raise Refused("access to this call has ended")
    found.accepted_by = doing.by
    _move(found, InvitationState.ACCEPTED)
    if not any(one.side == found.side for one in roles(doing.by, doing.in_call, doing.at, [Role(found.role)])):
        Membership(call_id=doing.in_call, account=doing.by, role=found.role, side=found.side, since=doing.at).save(
            force_insert=True
        )
    return _told(doing, "joined", found, found.side)


def _may(doing: Doing, asked: Role, side: Side | None) -> Side | None:
    """For which Side the actor asks in; raises NotAllowed where none of its roles lets it."""
    for member in roles(doing.by, doing.in_call, doing.at, MAY_INVITE):
        acting = Role(member.role)
        if asked in MAY_INVITE[acting] and (acting != Role.SIDE_OFFICER or side in {None, member.side}):
            return member.side
    raise NotAllowed(f"no role of this account lets it ask in {asked} of {side.key if side else 'no Side'}")


def _side(key: str | None, asked: Role) -> Side | None:
    if key is None:
        if asked == Role.SIDE_OFFICER:
            raise InvalidInput("side: found none; an officer is of one Side")
        return None
    found = sides([key]).get(key)
    if found is None:
        raise InvalidInput(f"side: found {key!r}, which is no Side of this host's calls")
    return found


def _invitation(doing: Doing, identifier: UUID) -> Invitation:
    found = invitation(doing.in_call, identifier)
    if found is None:
        raise InvalidInput("invitation_id: there is no such invitation for this account")
    return found


def _move(found: Invitation, new: InvitationState) -> None:
    INVITATION.check(InvitationState(found.state), new)
    found.state = new
    found.save(update_fields=["state", "accepted_by"])


def _told(doing: Doing, kind: str, found: Invitation, acting_for: Side | None) -> Outcome:
    """What the log takes of it: whose address it was is for the officers of the Side, or for whoever acted."""
    told: dict[str, Json] = {
        "email": found.email,
        "expires": found.expires_at.isoformat(),
        "invitation": str(found.id),
        "role": found.role,
        "side": found.side.key if found.side else None,
    }
    audience = Audience.SIDE if acting_for else Audience.AUTHOR
    happened = Happened(kind=kind, content=canonical(told), side=acting_for, audience=audience)
    return Outcome(call=doing.in_call, happened=(happened,), result={"invitation": str(found.id)})
