"""Entries appended to a call's log, inside the transaction of the action that did what they tell."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from accord.errors import InvalidInput
from accord.record.log.contents import CHANCE_BYTES, LARGEST_CONTENT
from accord.record.log.entry import new_entry
from accord.record.merkle import leaf_hash
from accord_server.log.happenings import Happened
from accord_server.log.models import Content, Entry
from accord_server.log.queries import size
from accord_server.people.models import Account

VERSION_4: Final = 0x40
VARIANT: Final = 0x80


def append(call: UUID, author: Account, at: datetime, happened: Sequence[Happened]) -> tuple[int, tuple[UUID, ...]]:
    """Append what happened; returns the index of the first entry and the identifiers of all.

    Only the runner of actions calls it: it holds the log's lock, so that no index is given twice and none is left out.
    Raises InvalidInput for a content that no reader of the log would take.
    """
    first = size(call)
    made = []
    for place, one in enumerate(happened, start=first):
        if len(one.content) > LARGEST_CONTENT:
            raise InvalidInput(f"content: found {len(one.content)} bytes, at most {LARGEST_CONTENT} can be logged")
        entry, salt = new_entry(one.kind, one.side.key if one.side else None, one.content, time=at, chance=_chance())
        row = Entry(
            id=UUID(entry.id), call_id=call, index=place, leaf=entry.content, leaf_hash=leaf_hash(entry.content)
        )
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


def _chance() -> bytes:
    """Fresh chance for one entry: 32 bytes of salt, and 16 that are a random UUID as RFC 9562 marks it."""
    drawn = bytearray(secrets.token_bytes(CHANCE_BYTES))
    drawn[-10] = drawn[-10] & 0x0F | VERSION_4
    drawn[-8] = drawn[-8] & 0x3F | VARIANT
    return bytes(drawn)
