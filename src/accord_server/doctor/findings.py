"""What `doctor` finds: one fault a line, with what to do about it; and the list of everything that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError

from accord.errors import AccordError
from accord_server.settings.environment import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: a word for it that does not change, what is wrong, and how to mend it."""

    fault: str
    found: str
    mend: str

    @property
    def line(self) -> str:
        """As a person reads it."""
        return f"{self.fault}: {self.found}. To mend: {self.mend}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is looked at: the configuration, the instant, and a role that sees every row, where one is given."""

    environment: Any
    at: datetime
    role: Database | None = None


Check = Callable[[Look], Iterable[Finding]]
_checks: Final[dict[str, tuple[str, Check]]] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Make a function something that `doctor` looks at; its docstring says what should be so."""

    def registered(look: Check) -> Check:
        _checks[name] = ((look.__doc__ or "").partition("\n")[0], look)
        return look

    return registered


def checks() -> dict[str, str]:
    """Everything that is looked at, by name, and what should be so."""
    return {name: words for name, (words, _) in _checks.items()}


def findings(look: Look) -> Iterator[Finding]:
    """Every fault; what cannot be looked at is one too."""
    for name, (_, made) in _checks.items():
        try:
            yield from made(look)
        except (DatabaseError, OSError, AccordError) as error:
            yield Finding(
                fault=name,
                found=f"this could not be looked at ({type(error).__name__}): {str(error).splitlines()[0][:200]}",
                mend="mend what is told beside it first",
            )
