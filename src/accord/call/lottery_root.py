"""The lottery's root: a head of the call's log that every Side cosigned after the commitments, before any reveal."""

from __future__ import annotations

from typing import Final

from accord.acts.vouching import NoLog, host_of
from accord.plan.model import Plan
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import UnreadableNote

ROOT_FILE: Final = "lottery-root.note"


def root_in(content: bytes, plan: Plan) -> Checkpoint:
    """The head that the bytes of `lottery-root.note` hold, signed by the host that the plan names, of the plan's log.

    That every Side cosigned it, and that it has every commitment and no reveal, only the log tells: `lottery_order`.
    Raises NoLog where the plan names none, UnreadableNote for what is no head, BadSignature for another's head.
    """
    if plan.log is None:
        raise NoLog("the plan has no [log]: it names nobody whose head this could be")
    found = Checkpoint.of(content)
    if found.content != content:
        raise UnreadableNote("it is not written as C2SP signed-note writes it")
    return found.trusted(host_of(plan), plan.log.origin)
