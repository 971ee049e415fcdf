"""States as tables: which moves a thing may make, read by the code that makes them and drawn for the docs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from accord.errors import Refused

State = TypeVar("State", bound=StrEnum)


class IllegalMove(Refused):
    """A thing would change from one state into another that the table does not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves(Generic[State]):
    """The legal moves of one kind of thing: where it begins, and from each state what it may become and why."""

    what: str
    """What moves, as an error names it: `an invitation`."""
    first: State
    table: Mapping[State, Mapping[State, str]]
    """From a state to the next ones, each with what happens then, in a few words."""

    def check(self, old: State, new: State) -> None:
        """Raise IllegalMove where a thing in one state may not become the other."""
        if new not in self.table[old]:
            allowed = ", ".join(self.table[old]) or "nothing else"
            raise IllegalMove(f"{self.what} that is {old} cannot become {new}; it can become {allowed}")

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, as the docs show it."""
        arrows = [f"    [*] --> {self.first}"]
        for old, following in self.table.items():
            arrows += [f"    {old} --> {new}: {why}" for new, why in following.items()]
            arrows += [] if following else [f"    {old} --> [*]"]
        return "\n".join(["stateDiagram-v2", *arrows, ""])
