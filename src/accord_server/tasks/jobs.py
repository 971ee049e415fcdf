"""The kinds of background work: a function under `@job`, which is given what it works with and plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from accord.errors import AccordError
from accord.record.canonical import Json
from accord_server.people.models import Account

BACK_OFF: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600, 6 * 3600))


class Cancelled(AccordError):
    """Whoever asked for a job does not want it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What a job works with: for whom (None for the machine), when, and how it tells how far it is."""

    account: Account | None
    at: datetime
    key: str
    """The job's own idempotency key, for the actions that it does: a second attempt does them once."""
    tell: Callable[[int, int], None]
    """`tell(3, 10)`: three of ten steps are done. Raises Cancelled where nobody wants it any more; a job that takes
    longer than ten minutes has to tell, else it is believed dead and begun again."""


JobFunction = Callable[[Working, Mapping[str, str]], Mapping[str, Json]]
"""What stands under `@job`: it does the work; what it gives is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job: its name, its function, and how often it is tried before it has failed for good."""

    name: str
    does: JobFunction
    attempts: int


_kinds: Final[dict[str, JobKind]] = {}


def job(name: str, *, attempts: int = len(BACK_OFF) + 1) -> Callable[[JobFunction], JobFunction]:
    """Make a function a kind of job; an AccordError in it is final, any other error is tried again."""

    def registered(does: JobFunction) -> JobFunction:
        if name in _kinds:
            raise ValueError(f"there is a job {name} already")
        _kinds[name] = JobKind(name=name, does=does, attempts=attempts)
        return does

    return registered


def kinds() -> Mapping[str, JobKind]:
    """Every kind of job, by name."""
    return MappingProxyType(_kinds)
