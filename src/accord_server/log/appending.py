"""Entries appended to a call's log, inside the transaction of the action that did what they tell."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accord.errors import InvalidInput, Refused
from accord.record.log.contents import LARGEST_CONTENT
from accord.record.log.entry import SALT_BYTES, new_entry
from accord.record.log.entry import Entry as Logged
from accord.record.merkle import leaf_hash
from accord_server.log.happenings import Happened
from accord_server.log.models import Content, Entry
from accord_server.log.queries import last_entry
from accord_server.people.models import Account

WAITED: Final = timedelta(minutes=5)
"""How much older than the log's last entry a request may be: it waited for its turn."""


class ClockBehind(Refused):
    """The server's clock is behind the log's last entry: one of the two is wrong."""


def append(call: UUID, author: Account, at: datetime, happened: Sequence[Happened]) -> tuple[int, tuple[UUID, ...]]:
    """Append what happened; returns the index of the first entry and the identifiers of all.

    Only the runner of actions calls it: it holds the log's lock, so that no index is given twice and none is left out.
    An entry is never older than the one before it. Raises InvalidInput for a content that no reader of the log would
    take, ClockBehind where the clock was put back.
    """
    last = last_entry(call)
    first = 0 if last is None else last.index + 1
    time = at if last is None else _not_before(Logged.of(bytes(last.leaf)).time, at)
    made = []
    for place, one in enumerate(happened, start=first):
        if len(one.content) > LARGEST_CONTENT:
            raise InvalidInput(f"content: found {len(one.content)} bytes, at most {LARGEST_CONTENT} can be logged")
        chance = secrets.token_bytes(SALT_BYTES) + one.id.bytes
        entry, salt = new_entry(one.kind, one.side.key if one.side else None, one.content, time=time, chance=chance)
        row = Entry(id=one.id, call_id=call, index=place, leaf=entry.content, leaf_hash=leaf_hash(entry.content))
        row.save(force_insert=True)
        Content(
            entry=row,
            call_id=call,
            side=one.side,
            author=author,
            audience=one.audience,
            subject=one.subject,
            salt=salt,
            content=one.content,
        ).save(force_insert=True)
        made.append(row.id)
    return first, tuple(made)


def _not_before(last: datetime, at: datetime) -> datetime:
    if at < last - WAITED:
        raise ClockBehind(
            f"the server's clock says {at.isoformat()}, and the log's last entry is of {last.isoformat()}: one of the "
            "two is wrong, and nothing is entered before the operator has looked"
        )
    return max(at, last)
