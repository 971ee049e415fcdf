"""What the plan's rules say: of a draft while it is written, and of every submitted proposal of a call."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accord.methods.eligibility import Verdict, eligibility
from accord.plan.model import Plan
from accord_server.calls.plans import plan_in_force
from accord_server.people.models import Account
from accord_server.proposals.assembling import Assembled, assembled
from accord_server.proposals.drafts import Draft
from accord_server.proposals.queries import current
from accord_server.proposals.submitted import Submitted


def standing_of_draft(
    plan: Plan, reference: str, draft: Draft, attached: frozenset[str]
) -> tuple[Assembled, Verdict | None]:
    """What a draft lacks, and what the rules say of it: None while it is no proposal yet.

    Limits to how many proposals a person takes part in are told once all are in.
    """
    found = assembled(plan, reference, draft.fields, attached)
    if found.proposal is None:
        return found, None
    return found, eligibility(plan, [found.proposal])[0]


def verdicts(account: Account, call: UUID, at: datetime) -> tuple[Verdict, ...]:
    """What the rules say of every submitted proposal that an account may see in a call, by their reference.

    Where the plan limits how many proposals a person takes part in, all of them are read; otherwise each verdict is
    the one of its submission.
    """
    plan = plan_in_force(account, call, at)
    rows = current(account, call, at)
    if plan.eligibility.investigators is None:
        told = (Verdict.model_validate_json(one) for one in rows.values_list("verdict", flat=True))
        return tuple(sorted(told, key=lambda one: one.proposal))
    read = (Submitted.of(bytes(one)).proposal for one in rows.values_list("content", flat=True))
    return eligibility(plan, sorted(read, key=lambda one: one.id))
