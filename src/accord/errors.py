"""What can go wrong, said so that a person knows what to mend."""

from __future__ import annotations


class AccordError(Exception):
    """The parent of every error that Accord raises on purpose; its text is for people."""


class InvalidInput(AccordError, ValueError):
    """An argument cannot be taken: the text names it, what was found and what to give instead."""


class Infeasible(AccordError):
    """What was asked cannot be met: `shortfalls` says, line by line, what is missing and by how much."""

    def __init__(self, message: str, shortfalls: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.shortfalls = shortfalls


class Refused(AccordError):
    """The plan forbids to go on: a tie that it refuses to break, a check that it wants to be met."""
