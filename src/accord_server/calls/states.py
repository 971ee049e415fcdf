"""The state of a call, told by its instants: nobody sets it, and it is the same for whoever asks at one instant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from accord_server.states import Moves


class CallState(StrEnum):
    """Where a call stands."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    ENDED = "ended"


CALL: Final = Moves(
    what="a call",
    first=CallState.ANNOUNCED,
    table={
        CallState.ANNOUNCED: {CallState.OPEN: "at its opening instant"},
        CallState.OPEN: {CallState.CLOSED: "at its closing instant"},
        CallState.CLOSED: {CallState.ENDED: "by calls.end; access ends"},
        CallState.ENDED: {},
    },
)


def state_at(at: datetime, *, opens: datetime, closes: datetime, ended_at: datetime | None) -> CallState:
    """The state of a call at an instant; the opening instant is within, the closing instant is not."""
    if ended_at is not None and ended_at <= at:
        return CallState.ENDED
    if at < opens:
        return CallState.ANNOUNCED
    return CallState.OPEN if at < closes else CallState.CLOSED
