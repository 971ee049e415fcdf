"""The states of a proposal, and of its eligibility for one Side."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from accord_server.states import Moves


class ProposalState(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


PROPOSAL: Final = Moves(
    what="a proposal",
    first=ProposalState.DRAFT,
    table={
        ProposalState.DRAFT: {ProposalState.SUBMITTED: "by its coordinator, before the closing instant"},
        ProposalState.SUBMITTED: {
            ProposalState.SUBMITTED: "submitted again, before the closing instant",
            ProposalState.WITHDRAWN: "by its coordinator, before the closing instant",
        },
        ProposalState.WITHDRAWN: {ProposalState.SUBMITTED: "submitted again, before the closing instant"},
    },
)


class EligibilityState(StrEnum):
    """What a Side's officers said of the verdict that the plan's rules give."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


ELIGIBILITY: Final = Moves(
    what="an eligibility",
    first=EligibilityState.PENDING,
    table={
        EligibilityState.PENDING: {
            EligibilityState.CONFIRMED: "by an officer of the Side, with a reason",
            EligibilityState.OVERTURNED: "by an officer of the Side, with a reason",
        },
        EligibilityState.CONFIRMED: {EligibilityState.OVERTURNED: "by an officer of the Side, with a reason"},
        EligibilityState.OVERTURNED: {EligibilityState.CONFIRMED: "by an officer of the Side, with a reason"},
    },
)
