"""A check of a record, what it says, and how two values are held against each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from accord.errors import AccordError
from accord.methods.scores import MILLION

DAMAGE: Final = (
    ValidationError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    EOFError,
    ArithmeticError,
)  # what a broken file raises in one of the readers, and what made-up values raise in a method
HALF: Final = 0.5
EDGE: Final = 1e-6  # millionths by which floating sums may differ on another machine
Named = tuple[str, Callable[[], str]]
"""A check by its name; it says what it did, or raises."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a record: its name, whether it holds, and what was done or found."""

    name: str
    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of a record, in order. The record holds where all of them do."""

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)


class Failed(Exception):
    """A check that cannot go on, with what was found."""


def carried_out(checks: Iterable[Named], progress: Callable[[str], None] | None) -> Verification:
    """Carry out checks up to the first that fails: what follows rests on it."""
    done: list[Check] = []
    for name, check in checks:
        if progress is not None:
            progress(name)
        try:
            done.append(Check(name, holds=True, said=check()))
        except (Failed, AccordError, *DAMAGE) as error:
            done.append(Check(name, holds=False, said=_first_line(error)))
            break
    return Verification(tuple(done))


def _first_line(error: Exception) -> str:
    text = f"{error}" if isinstance(error, Failed | AccordError) else f"{type(error).__name__}: {error}"
    return " · ".join(text.splitlines()[:4])


def rounded(recorded: int, value: float, what: str, step: float = 1 / MILLION) -> int:
    """A recorded number of millionths, seen to be the value rounded to a step; both ways where it is on the edge."""
    millionths = round(step * MILLION)
    if recorded % millionths or abs(recorded - value) > HALF * millionths + EDGE:
        raise Failed(f"{what} is {recorded} millionths, {round(value)} is computed")
    return recorded


def difference(expected: Any, found: Any, place: str = "") -> str:
    """Where two JSON values first differ, and how."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            if expected.get(key) != found.get(key):
                return difference(expected.get(key), found.get(key), f"{place}/{key}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (mine, yours) in enumerate(zip(expected, found, strict=True)):
            if mine != yours:
                return difference(mine, yours, f"{place}/{number}")
    return f"{place or 'the step'} is {short(found)}, {short(expected)} is computed"


def short(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"
