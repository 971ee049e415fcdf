"""A call closed: its closing in the log, and the seals opened; or its closing instant put off by every Side."""

from __future__ import annotations

from typing import Final

from accord.acts.extensions import EXTENSION
from accord.acts.vouching import ACT, CLOSING, DOCUMENT
from accord.errors import InvalidInput, Refused
from accord.plan.practice import Sealing
from accord.plan.types import instant_text
from accord.record.canonical import canonical
from accord.record.log.entry import Entry
from accord_server.access.models import Unsealing
from accord_server.access.needs import Needs, one_of
from accord_server.access.queries import all_participants
from accord_server.access.states import Role
from accord_server.calls.extending import confirmed_extension
from accord_server.calls.history import history
from accord_server.calls.models import Call
from accord_server.calls.plans import plan_in_force
from accord_server.calls.queries import SETTLES, sides
from accord_server.calls.queries import call as visible_call
from accord_server.log.actions import action
from accord_server.log.happenings import Doing, Happened, Outcome
from accord_server.log.models import Audience
from accord_server.log.queries import contents, entries
from accord_server.mail.outbox import post

OFFICES: Final = {"officers": Role.SIDE_OFFICER, "secretariat": Role.SECRETARIAT}
"""Whom a plan's `sealing.opens_to` names. Experts read what is assigned to them, and that is no matter of closing."""
CLOSERS: Final = Needs(
    "side-officer or secretariat or the host's administrator",
    roles=frozenset({Role.SIDE_OFFICER, Role.SECRETARIAT}),
    administrator=True,
)


class AlreadyClosed(Refused):
    """The closing is in the log already."""


@action("calls.close", needs=CLOSERS)
def close_call(doing: Doing) -> Outcome:
    """Enter the closing of a call in its log, and open the seals to whom the plan says.

    Raises Refused before the closing instant and half a minute after it, AlreadyClosed where it was done.
    """
    call = _call(doing)
    if call.closing_logged_at is not None:
        raise AlreadyClosed(f"the closing was logged at {call.closing_logged_at.isoformat()}")
    if doing.at < call.closes + SETTLES:
        raise Refused(
            f"the call closes at {call.closes.isoformat()}, and its closing is logged {SETTLES.seconds} s later; the "
            f"server's clock says {doing.at.isoformat()}"
        )
    call.closing_logged_at = doing.at
    call.save(update_fields=["closing_logged_at"])
    sealing = plan_in_force(doing.by, doing.in_call, doing.at).sealing or Sealing()
    for name, role in OFFICES.items():
        if name in sealing.opens_to and (sealing.after == "closing" or role is Role.SIDE_OFFICER):
            Unsealing(call_id=doing.in_call, role=role, since=doing.at).save(force_insert=True)
    content = canonical({"call": call.key, "closes": call.closes.isoformat(), "closed": doing.at.isoformat()})
    happened = Happened(kind=CLOSING, content=content, audience=Audience.MEMBERS)
    return Outcome(call=doing.in_call, happened=(happened,), result={"closed": doing.at.isoformat()})


@action("calls.extend", needs=one_of(Role.SIDE_OFFICER, Role.SECRETARIAT))
def extend_closing(
    doing: Doing, *, extension: bytes, acts: tuple[bytes, ...], documents: tuple[bytes, ...] = ()
) -> Outcome:
    """Put the closing instant of a call off, once every Side signed that, before the call has closed.

    `extension` is the exact text (`accord log extension` writes it), `acts` the signed notes about it. Everybody who
    drafts a proposal gets a letter. Raises NotExtended, NoExtension and UnreadableAct.
    """
    call = _call(doing)
    if call.closing_logged_at is not None:
        raise AlreadyClosed(f"the closing was logged at {call.closing_logged_at.isoformat()}")
    logged = [Entry.of(bytes(one.leaf)) for one in entries(doing.in_call)]
    texts = [
        bytes(one.content)
        for one in contents(doing.by, doing.in_call, doing.at)
        if logged[one.entry.index].kind == EXTENSION
    ]
    found = confirmed_extension(
        history(doing.by, doing.in_call, doing.at),
        [one.time for one in logged],
        texts,
        content=extension,
        acts=acts,
        documents=documents,
        at=doing.at,
    )
    call.closes = found.closes
    call.save(update_fields=["closes"])
    values = {"call": call.key, "closes": instant_text(found.closes)}
    for address in sorted({one.account.email for one in all_participants(doing.in_call)}):
        post(to=[address], letter="closing-extended", values=values, language="en", at=doing.at, call=doing.call)
    by_key = sides(one.statement.side for one in found.acts)
    happened = (
        Happened(kind=EXTENSION, content=found.content, audience=Audience.MEMBERS),
        *(Happened(kind=DOCUMENT, content=one, audience=Audience.MEMBERS) for one in found.documents),
        *(
            Happened(kind=ACT, content=one.content, side=by_key[one.statement.side], audience=Audience.MEMBERS)
            for one in found.acts
        ),
    )
    return Outcome(call=doing.in_call, happened=happened, result={"closes": found.closes.isoformat()})


def _call(doing: Doing) -> Call:
    found = visible_call(doing.by, doing.in_call, doing.at)
    if found is None:
        raise InvalidInput("call: there is none of this identifier that this account may see")
    return found
