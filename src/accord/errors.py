"""What can go wrong, said so that a person knows which file, line and field to mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend in a file: where it is, what was found, what to write instead.

    `line` counts from 1 and is None where the file as a whole is meant; `field` is a path such as
    `partners[1].side`, empty where the line as a whole is meant. A warning does not stop a run.
    """

    file: str
    line: int | None = None
    field: str = ""
    found: str
    expected: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        field = f" {self.field}:" if self.field else ""
        return f"{place}:{field} {self.found}; {self.expected}"


class UnusableFolder(AccordError):
    """A file or folder holds errors: `problems` lists every one, warnings included."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def field_path(location: Iterable[str | int]) -> str:
    """A path as people read it: `("partners", 1, "side")` becomes `partners[1].side`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else (f".{part}" if path else part)
    return path
