"""What a log says was erased: which entry, when, and by which rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accord.record.log.entry import Entry
from accord.record.log.notes import HIDDEN, UnreadableNote
from accord.record.log.reader import TamperedLog

ERASED: Final = "erased"
NOT_IN_SILENCE: Final = frozenset({"act", "closing", "extension", ERASED})
"""Kinds of entries on which the record rests: where such a content is gone, an entry has to say so."""
KEYS: Final = {"erased", "index", "rule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That the content of the entry `index` was erased, by an entry at `by`."""

    index: int
    by: int
    at: datetime
    rule: str


def erasure(content: bytes, by: int, entries: Sequence[Entry], at: datetime) -> Erasure:
    """What the entry `by` says was erased; raises UnreadableNote where it says nothing of an entry before it."""
    try:
        told: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableNote(f"entry {by} is an erasure, and its content is no JSON") from error
    if not isinstance(told, dict) or set(told) != KEYS or not isinstance(told["rule"], str):
        raise UnreadableNote(f"entry {by} is an erasure, and does not say of what and by which rule")
    index = told["index"]
    if type(index) is not int or not 0 <= index < by or entries[index].id != told["erased"]:
        raise UnreadableNote(f"entry {by} is an erasure of no entry before it")
    if not told["rule"] or HIDDEN.search(told["rule"]):
        raise UnreadableNote(f"entry {by} is an erasure by a rule that cannot be read")
    return Erasure(index=index, by=by, at=at, rule=told["rule"])


def told_why(unopened: Sequence[int], entries: Sequence[Entry], erased: Mapping[int, Erasure]) -> None:
    """Raise TamperedLog where what the log rests on has no content, and no entry says that it was erased.

    Acts, the closing, what put it off and the erasures are for every reader; without this, the signature that tells
    against somebody would be gone by removing two files.
    """
    for index in unopened:
        if entries[index].kind in NOT_IN_SILENCE and index not in erased:
            kind = entries[index].kind
            raise TamperedLog(
                f"entry {index} is an {kind}, and its content is not here; no entry says that it was erased"
            )
