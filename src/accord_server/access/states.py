"""Roles in a call, parts in a proposal, and what may become of an invitation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from accord_server.states import Moves


class Role(StrEnum):
    """What somebody is in one call. One account may be several things, each in its own membership."""

    SIDE_OFFICER = "side-officer"
    SECRETARIAT = "secretariat"
    APPLICANT = "applicant"
    EXPERT = "expert"
    CHAIR = "chair"
    OBSERVER = "observer"


class Part(StrEnum):
    """What somebody is in one proposal: the one who submits it, or another applicant."""

    COORDINATOR = "coordinator"
    APPLICANT = "applicant"


class InvitationState(StrEnum):
    """Where an invitation stands. That it has expired is an instant, not a state: nobody has to write it."""

    SENT = "sent"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


INVITATION: Final = Moves(
    what="an invitation",
    first=InvitationState.SENT,
    table={
        InvitationState.SENT: {
            InvitationState.ACCEPTED: "by the person, before it expires",
            InvitationState.WITHDRAWN: "by whoever may invite",
        },
        InvitationState.ACCEPTED: {},
        InvitationState.WITHDRAWN: {},
    },
)
