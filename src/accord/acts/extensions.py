"""The closing instant put off: a text that every Side signed before the call had closed, and its place in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accord.acts.confirmation import Confirmation
from accord.errors import AccordError
from accord.plan.model import Plan
from accord.plan.types import instant_text
from accord.record.canonical import Json, canonical
from accord.record.log.notes import HIDDEN

EXTENSION: Final = "extension"
"""The kind of a log's entry that holds such a text: it is for every reader, and is not erased in silence."""
ACT: Final = "closing-extension"
KEYS: Final = {"accord_extension", "call", "closes", "number", "reason"}


class NoExtension(AccordError):
    """A text that puts nothing off; it says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The closing instant of a call, put off for the `number`-th time."""

    number: int
    call: str
    closes: datetime
    reason: str

    @property
    def content(self) -> bytes:
        """The text that every Side signs: canonical JSON and a line feed."""
        closes = instant_text(self.closes)
        told: dict[str, Json] = {"accord_extension": 1, "call": self.call, "closes": closes, "number": self.number}
        return canonical({**told, "reason": self.reason}) + b"\n"

    @classmethod
    def of(cls, content: bytes) -> Extension:
        """The extension that a text holds; raises NoExtension where it is not written just so."""
        try:
            told: Any = json.loads(content)
            if not isinstance(told, dict) or set(told) != KEYS or told["accord_extension"] != 1:
                raise NoExtension("it has other keys than an extension of version 1")
            number, call, reason = told["number"], told["call"], told["reason"]
            closes = datetime.fromisoformat(told["closes"])
            if type(number) is int and number > 0 and isinstance(call, str) and _readable(reason) and closes.tzinfo:
                found = cls(number=number, call=call, closes=closes, reason=reason)
                if found.content == content:
                    return found
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NoExtension("it is no JSON of version 1, as `accord log extension` writes it") from error
        raise NoExtension("it is not written as `accord log extension` writes it")


@dataclass(frozen=True, slots=True)
class Closes:
    """When a call closes: by its plan, or by the last extension that counts; and why another one does not."""

    at: datetime
    extended: tuple[Extension, ...] = ()
    refused: tuple[str, ...] = ()


def closes_at(
    plan: Plan, told: Sequence[Confirmation], texts: Mapping[str, bytes], times: Sequence[datetime]
) -> Closes:
    """When a call closes, as its log has it.

    `texts` are the contents of entries of the kind `extension` by their SHA-256, `times` when each entry came. An
    extension counts where every Side signed one text, the log had the last of these signatures before the closing
    instant that stood then, and the text names a later one. Extensions are taken in the order of the log.
    """
    found = Closes(plan.timeline.closes)
    acts = (one for one in told if one.kind == ACT and one.confirmed)
    for one in sorted(acts, key=lambda act: act.size):
        try:
            extension = _counted(plan, found.at, one, texts, times)
        except NoExtension as error:
            found = Closes(found.at, found.extended, (*found.refused, f"{ACT} {one.number} does not count: {error}"))
        else:
            found = Closes(extension.closes, (*found.extended, extension), found.refused)
    return found


def _counted(
    plan: Plan, closes: datetime, act: Confirmation, texts: Mapping[str, bytes], times: Sequence[datetime]
) -> Extension:
    """The extension that an act confirms; raises NoExtension where it does not count."""
    if act.subject not in texts:
        raise NoExtension("its text is not in the log (accord log add --kind extension)")
    found = Extension.of(texts[act.subject])
    if (found.call, found.number) != (plan.call.id, act.number):
        raise NoExtension(f"its text is number {found.number} of the call {found.call}")
    last = max([times[act.size - 1], *(one.act.statement.at for one in act.signed)])
    if last >= closes:
        raise NoExtension(
            f"the last signature came at {instant_text(last)}, the call had closed at {instant_text(closes)}"
        )
    if found.closes <= closes:
        raise NoExtension(f"{instant_text(found.closes)} is not after {instant_text(closes)}")
    return found


def _readable(reason: Any) -> bool:
    return isinstance(reason, str) and bool(reason.strip()) and not HIDDEN.search(reason)
