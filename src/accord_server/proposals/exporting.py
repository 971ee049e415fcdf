"""The call as a folder, as `accord status` takes it: for one Side what the plan lets out to it, or all of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes
from typing import Final
from uuid import UUID

from accord.call.folder import Call
from accord.errors import InvalidInput
from accord.pipeline.disclosure import view_of_side
from accord.pipeline.disclosure_call import call_for
from accord.pipeline.disclosure_view import ALL_SIDES, Reader
from accord.plan.load import parse_plan
from accord.record.canonical import Json, canonical
from accord.record.commitments import SALT_BYTES
from accord_server.access.needs import NotAllowed
from accord_server.access.queries import roles
from accord_server.access.states import Role
from accord_server.calls.queries import plan_versions
from accord_server.people.models import Account
from accord_server.proposals.queries import current
from accord_server.proposals.submitted import Submitted

ANSWERS_FILE: Final = "form-answers.json"
NUMBER_OF: Final = re.compile(r"partners/([0-9]+)/")
LATER: Final = frozenset({"experts.jsonl", "publications.jsonl"})
"""Tables that a call has later; as long as they are empty the folder goes without them."""


def call_folder(account: Account, call: UUID, at: datetime, side: str | None = None) -> dict[str, bytes]:
    """The files of a call's folder: plan, submitted proposals, and the form's answers by their reference.

    With `side` it is what the plan lets out to that Side, for its officers; without one everything, for the
    secretariat. Works inside `reading(account.id)`. Raises NotAllowed, and InvalidInput before the seals are open.
    """
    _may(account, call, at, side)
    newest = plan_versions(account, call, at).first()
    read = [Submitted.of(bytes(one)) for one in current(account, call, at).values_list("content", flat=True)]
    if newest is None or not read:
        raise InvalidInput("call: it has no proposal that this account may see; they are sealed until the closing")
    found = sorted(read, key=lambda one: one.reference)
    whole = Call(
        plan=parse_plan(bytes(newest.content)),
        proposals=tuple(one.proposal for one in found),
        experts=(),
        publications=(),
        salt_key=token_bytes(SALT_BYTES),  # pseudonyms of experts are drawn from it, and there are none yet
    )
    told = whole if side is None else _for_side(whole, side)
    answers: dict[str, Json] = {one.reference: _answers(one, side) for one in found}
    files = {name: content for name, content in told.files().items() if name not in LATER}
    return {**files, ANSWERS_FILE: canonical(answers) + b"\n"}


def _may(account: Account, call: UUID, at: datetime, side: str | None) -> None:
    if side is None:
        if not roles(account, call, at, [Role.SECRETARIAT]):
            raise NotAllowed(f"the whole call, for {ALL_SIDES.name} together, needs the secretariat; name your Side")
        return
    held = roles(account, call, at, [Role.SIDE_OFFICER])
    if not any(one.side is not None and one.side.key == side for one in held):
        raise NotAllowed(f"what {side[:64]} may see needs an officer of that Side")


def _for_side(whole: Call, side: str) -> Call:
    return replace(call_for(whole, view_of_side(whole, Reader("side", side=side), {})), plan=whole.plan)


def _answers(one: Submitted, side: str | None) -> dict[str, Json]:
    """The form's answers; and of the numbers of the Sides' own systems those of one's own partners."""
    told: dict[str, Json] = {}
    for path, text in sorted(one.answers.items()):
        found = NUMBER_OF.match(path)
        if found is None or side is None or one.proposal.partners[int(found[1]) - 1].side == side:
            told[path] = text
    return told
