"""A Side's officers say of the verdict on a proposal that it stands, or that it does not; each time with a reason."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from accord.errors import InvalidInput
from accord.methods.eligibility import Verdict
from accord.plan.practice import Sealing
from accord.record.canonical import Json, canonical
from accord_server.access.models import Unsealing
from accord_server.access.needs import NotAllowed, one_of
from accord_server.access.queries import roles, unsealings
from accord_server.access.states import Role
from accord_server.calls.plans import plan_in_force
from accord_server.calls.queries import sides
from accord_server.calls.services.closing import OFFICES
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.people.models import Side
from accord_server.proposals.fields import LONGEST_FIELD
from accord_server.proposals.models import Eligibility
from accord_server.proposals.queries import eligibilities, of_call
from accord_server.proposals.states import ELIGIBILITY, EligibilityState
from accord_server.proposals.verdicts import verdicts

OFFICERS: Final = one_of(Role.SIDE_OFFICER)


@action("proposals.confirm-eligibility", needs=OFFICERS)
def confirm_eligibility(doing: Doing, *, proposal_id: UUID, side: str, reason: str) -> Outcome:
    """Confirm what the plan's rules say of a proposal for one's own Side, with a reason."""
    return _decided(doing, proposal_id, side, reason, EligibilityState.CONFIRMED)


@action("proposals.overturn-eligibility", needs=OFFICERS)
def overturn_eligibility(doing: Doing, *, proposal_id: UUID, side: str, reason: str) -> Outcome:
    """Overturn what the plan's rules say of a proposal for one's own Side, with a reason."""
    return _decided(doing, proposal_id, side, reason, EligibilityState.OVERTURNED)


def _decided(doing: Doing, proposal_id: UUID, key: str, reason: str, new: EligibilityState) -> Outcome:
    """Raises InvalidInput where the proposal is not to be seen or no reason is given, NotAllowed for another Side."""
    side = _own_side(doing, key)
    row = of_call(doing.by, doing.in_call, doing.at).filter(subject_id=proposal_id).first()
    if row is None:
        raise InvalidInput("proposal_id: there is no such proposal that this account may see")
    why = reason.strip()
    if not why or len(why) > LONGEST_FIELD or "\0" in why:
        raise InvalidInput("reason: write why, in a sentence")
    verdict = next(one for one in verdicts(doing.by, doing.in_call, doing.at) if one.proposal == row.reference)
    there = eligibilities(doing.by, doing.in_call, doing.at).filter(subject_id=proposal_id, side=side).first()
    ELIGIBILITY.check(EligibilityState(there.state) if there else EligibilityState.PENDING, new)
    found = there or Eligibility(subject_id=proposal_id, call_id=doing.in_call, side=side)
    found.state, found.reason = new, why
    found.eligible = verdict.eligible_for(key) == (new is EligibilityState.CONFIRMED)
    found.decided_by, found.decided_at = doing.by, doing.at
    found.save(force_insert=there is None)
    _unseal_the_rest(doing)
    return _logged(doing, found, verdict, row.reference, side)


def _own_side(doing: Doing, key: str) -> Side:
    for member in roles(doing.by, doing.in_call, doing.at, [Role.SIDE_OFFICER]):
        if member.side is not None and member.side.key == key:
            return member.side
    raise NotAllowed(f"this needs an officer of {key[:64]}")


def _unseal_the_rest(doing: Doing) -> None:
    """Where the plan opens proposals after eligibility: to the others, once every Side has said of every one."""
    plan = plan_in_force(doing.by, doing.in_call, doing.at)
    sealing = plan.sealing or Sealing()
    if sealing.after != "eligibility":
        return
    decided = eligibilities(doing.by, doing.in_call, doing.at).count()
    if decided < len(sides(plan.sides)) * of_call(doing.by, doing.in_call, doing.at).count():
        return
    there = {one.role for one in unsealings(doing.in_call)}
    for name, role in OFFICES.items():
        if name in sealing.opens_to and role not in there:
            Unsealing(call_id=doing.in_call, role=role, since=doing.at).save(force_insert=True)


def _logged(doing: Doing, found: Eligibility, verdict: Verdict, reference: str, side: Side) -> Outcome:
    told: dict[str, Json] = {
        "eligible": found.eligible,
        "proposal": str(found.subject_id),
        "reason": found.reason,
        "reference": reference,
        "side": side.key,
        "state": found.state,
        "verdict": json.loads(verdict.model_dump_json()),
    }
    happened = Happened(
        kind=f"eligibility-{found.state}",
        content=canonical(told),
        side=side,
        audience=Audience.SIDE,
        subject=found.subject_id,
    )
    result: dict[str, Json] = {"state": found.state, "eligible": found.eligible}
    return Outcome(call=doing.in_call, happened=(happened,), result=result)
