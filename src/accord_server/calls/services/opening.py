"""A call opened from a signed plan, its plan revised, the access to it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accord.acts.vouching import ACT, DOCUMENT
from accord.errors import InvalidInput, Refused
from accord.record.canonical import canonical
from accord_server.access.models import CallAccess, Invitation
from accord_server.access.needs import HOST, one_of
from accord_server.access.queries import circle
from accord_server.access.states import Role
from accord_server.calls.history import History, history
from accord_server.calls.models import Call, PlanVersion
from accord_server.calls.queries import call as visible_call
from accord_server.calls.queries import sides
from accord_server.calls.signing import ConfirmedPlan, confirmed_plan
from accord_server.calls.states import CALL, CallState
from accord_server.database.sessions import enter_call
from accord_server.log.actions import Where, action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.people.models import Side

PLAN: Final = "plan"
ENDED: Final = "access-ended"
OFFICERS_HAVE: Final = timedelta(days=30)


@action("calls.open", needs=HOST, where=Where.MAKES_CALL)
def open_call(
    doing: Doing, *, plan: bytes, acts: tuple[bytes, ...], host: str, documents: tuple[bytes, ...] = ()
) -> Outcome:
    """Open a call from a plan that every Side signed; each Side's contact is asked in as its officer.

    `plan` is the exact bytes, `acts` the signed notes, `documents` what a Side signed as a PDF or as an act of its
    own, `host` the line of this host's key. Raises what `confirmed_plan` raises, InvalidInput for a Side without
    the address of a contact, Refused where the call is open already or its closing instant has passed.
    """
    found = confirmed_plan(plan, acts, documents, number=1, host=host, at=doing.at)
    timeline = found.plan.timeline
    if timeline.closes <= doing.at:
        raise Refused(f"the call closes at {timeline.closes.isoformat()}: that has passed")
    access = CallAccess(id=uuid4())
    enter_call(access.id)
    access.save(force_insert=True)
    call = Call(
        access=access, key=found.plan.call.id, origin=found.origin, opens=timeline.opens, closes=timeline.closes
    )
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(f"the call {call.key}, or the log {call.origin}, is open here already") from error
    by_key = _sides(found)
    for side in found.plan.side:
        if side.contact is None or side.contact.email is None:
            raise InvalidInput(f"plan: side[{side.id}].contact.email: found none; its officer is asked in there")
        Invitation(
            call=access,
            email=side.contact.email,
            role=Role.SIDE_OFFICER,
            side=by_key[side.id],
            expires_at=doing.at + OFFICERS_HAVE,
        ).save(force_insert=True)
    return _confirmed(access.id, found, by_key, number=1, at=doing.at)


@action("calls.revise", needs=one_of(Role.SIDE_OFFICER, Role.SECRETARIAT))
def revise_plan(
    doing: Doing, *, plan: bytes, acts: tuple[bytes, ...], host: str, documents: tuple[bytes, ...] = ()
) -> Outcome:
    """Put the next version of a call's plan in force, once every Side signed it.

    The keys that count are those of the version before, as the log's rotations and revocations changed them. What a
    call is stays: its identifier, Sides, origin and host; an instant that has passed is not moved, nor one into the
    past. Raises what `confirmed_plan` raises, and Refused.
    """
    call = _call(doing)
    before = history(doing.by, doing.in_call, doing.at)
    number = before.number + 1
    found = confirmed_plan(
        plan,
        acts,
        documents,
        number=number,
        host=host,
        at=doing.at,
        offices=before.plan,
        earlier=before.acts,
        logged_documents=before.documents,
    )
    _same_call(before, found)
    timeline = found.plan.timeline
    if before.plan.timeline.closes != call.closes > timeline.closes:
        raise Refused(f"plan: timeline.closes: every Side put it off to {call.closes.isoformat()}; write that")
    _moved("opens", call.opens, timeline.opens, doing.at)
    _moved("closes", call.closes, timeline.closes, doing.at)
    call.opens, call.closes = timeline.opens, timeline.closes
    call.save(update_fields=["opens", "closes"])
    return _confirmed(doing.in_call, found, _sides(found), number=number, at=doing.at)


@action("calls.end", needs=one_of(Role.SECRETARIAT))
def end_access(doing: Doing) -> Outcome:
    """End the access of everybody to a closed call; nothing of it is erased."""
    call = _call(doing)
    CALL.check(call.state(doing.at), CallState.ENDED)
    access = circle(doing.in_call)
    access.ended_at = doing.at
    access.save(update_fields=["ended_at"])
    content = canonical({"call": call.key, "ended": doing.at.isoformat()})
    return Outcome(call=doing.in_call, happened=(Happened(kind=ENDED, content=content, audience=Audience.MEMBERS),))


def _call(doing: Doing) -> Call:
    found = visible_call(doing.by, doing.in_call, doing.at)
    if found is None:
        raise InvalidInput("call: there is none of this identifier that this account may see")
    return found


def _sides(found: ConfirmedPlan) -> dict[str, Side]:
    """The plan's Sides as rows; one that the host meets for the first time is kept."""
    known = sides(found.plan.sides)
    for key in found.plan.sides:
        if key not in known:
            known[key] = Side(key=key)
            known[key].save(force_insert=True)
    return known


def _confirmed(call: UUID, found: ConfirmedPlan, by_key: dict[str, Side], *, number: int, at: datetime) -> Outcome:
    """A plan's version kept, and what the log takes of it: the plan, the documents, then the acts about them."""
    PlanVersion(
        call_id=call, number=number, content=found.signed.content, digest=found.signed.digest, confirmed_at=at
    ).save(force_insert=True)
    happened = [
        Happened(kind=PLAN, content=found.signed.content, audience=Audience.MEMBERS),
        *(Happened(kind=DOCUMENT, content=one, audience=Audience.MEMBERS) for one in found.documents),
        *(
            Happened(kind=ACT, content=one.content, side=by_key[one.statement.side], audience=Audience.MEMBERS)
            for one in found.acts
        ),
    ]
    return Outcome(call=call, happened=tuple(happened), result={"number": number, "plan": found.signed.digest})


def _same_call(before: History, found: ConfirmedPlan) -> None:
    old, new = before.plan, found.plan
    told = {"call.id": (old.call.id, new.call.id), "sides": (old.sides, new.sides), "log": (old.log, new.log)}
    changed = [name for name, (was, now) in told.items() if was != now]
    if changed:
        raise Refused(f"plan: {', '.join(changed)} cannot change in a call that is there; open another call")


def _moved(name: str, old: datetime, new: datetime, at: datetime) -> None:
    if old != new and min(old, new) <= at:
        raise Refused(f"plan: timeline.{name}: {old.isoformat()} cannot become {new.isoformat()} at {at.isoformat()}")
