"""What may become of a letter."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from accord_server.states import Moves


class LetterState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


LETTER: Final = Moves(
    what="a letter",
    first=LetterState.WAITING,
    table={
        LetterState.WAITING: {
            LetterState.SENT: "taken by the mail server",
            LetterState.GIVEN_UP: "refused too often",
        },
        LetterState.SENT: {},
        LetterState.GIVEN_UP: {},
    },
)
