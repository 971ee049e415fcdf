"""The receipt of a submitted proposal: what its applicants keep, and check without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accord.errors import InvalidInput
from accord_server.calls.queries import call as visible_call
from accord_server.database.sessions import reading
from accord_server.log.keeping import Keeper, receipt
from accord_server.people.models import Account
from accord_server.proposals.queries import submitted_versions
from accord_server.proposals.submitted import Submitted


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReceipt:
    """What proves that a proposal was submitted: the log's proof, the leaf's content with its salt, the proposal.

    `leaf` names the SHA-256 of `proposal` and of each document; `accord receipt verify PROOF --host KEY --content
    LEAF --salt SALT` checks it offline.
    """

    reference: str
    number: int
    submitted_at: datetime
    proof: bytes
    leaf: bytes
    salt: str
    """In hexadecimal."""
    proposal: bytes


def receipt_of(
    account: Account, identifier: UUID, at: datetime, keeper: Keeper, number: int | None = None
) -> ProposalReceipt:
    """The receipt of a submitted version, the newest by default; the log is published up to its entry first.

    It is no part of a block of reading. Raises InvalidInput where nothing was submitted that the account may see,
    TamperedLog where the log may not be signed.
    """
    with reading(account.id):
        found = submitted_versions(account, identifier, at)
        row = found.first() if number is None else found.filter(number=number).first()
        call = None if row is None else visible_call(account, row.call_id, at)
    if row is None or call is None:
        raise InvalidInput("proposal_id: nothing was submitted that this account may see")
    told = receipt(keeper, account, row.call_id, row.entry_id, at=at, origin=call.origin)
    proposal = bytes(row.content)
    return ProposalReceipt(
        reference=Submitted.of(proposal).reference,
        number=row.number,
        submitted_at=row.submitted_at,
        proof=told.proof,
        leaf=told.content,
        salt=told.salt.hex(),
        proposal=proposal,
    )
