"""What an action hands over to be logged, what it gives back, and how a request is known again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from accord.errors import InvalidInput
from accord.record.canonical import Json, canonical, digest
from accord_server.log.models import Audience
from accord_server.people.models import Account, Side

LONGEST_KEY: Final = 64
HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who acts, when, in which call (None where the action makes one), and under which idempotency key."""

    by: Account
    at: datetime
    call: UUID | None = None
    key: str | None = None

    @property
    def in_call(self) -> UUID:
        """The call; raises InvalidInput where none is given."""
        if self.call is None:
            raise InvalidInput("call: found none; say in which call this is done")
        return self.call


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing to log: its kind, its content, who may open that, and which Side acted (None for the host)."""

    kind: str
    content: bytes
    audience: Audience
    side: Side | None = None
    subject: UUID | None = None
    id: UUID = field(default_factory=uuid4)
    """The random identifier that the entry gets, so that an action can keep it beside what it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an action did: in which call (None for the host), what happened there, and what the caller learns."""

    call: UUID | None
    happened: tuple[Happened, ...] = ()
    result: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a caller gets: where the entries stand in the log, and the result; `repeated` where it was done before.

    What logs nothing has no `first`, and what was done on the host has no `call`.
    """

    call: UUID | None
    first: int | None
    entries: tuple[UUID, ...]
    result: Mapping[str, Json]
    repeated: bool = False

    @property
    def in_call(self) -> UUID:
        """The call; raises InvalidInput where it was done on the host."""
        if self.call is None:
            raise InvalidInput("call: this was done on the host, in no call")
        return self.call

    @property
    def text(self) -> str:
        """As it is kept under an idempotency key."""
        ids = [str(one) for one in self.entries]
        call = None if self.call is None else str(self.call)
        kept: dict[str, Json] = {"call": call, "entries": ids, "first": self.first, "result": self.result}
        return canonical(kept).decode()

    @classmethod
    def again(cls, text: str) -> Done:
        """What was kept, given once more."""
        kept = json.loads(text)
        return cls(
            call=None if kept["call"] is None else UUID(kept["call"]),
            first=kept["first"],
            entries=tuple(UUID(one) for one in kept["entries"]),
            result=kept["result"],
            repeated=True,
        )


def request_digest(name: str, call: UUID | None, arguments: Mapping[str, object]) -> str:
    """By which a request is known again: SHA-256 of what is asked, without who and when.

    Raises TypeError for an argument that is no plain value: an action is asked in values, not in rows.
    """
    told = {key: _plain(value) for key, value in arguments.items()}
    return digest(canonical({"action": name, "arguments": told, "call": None if call is None else str(call)}))


def _plain(value: object) -> Json:
    if isinstance(value, str) and HALF.search(value):
        raise InvalidInput(f"found a text with half of a surrogate pair, which is no sign: {value[:40]!r}")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return {"sha256": digest(value)}
    if isinstance(value, UUID):
        return {"id": str(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    raise TypeError(f"an action takes plain values, not {type(value).__name__}")
