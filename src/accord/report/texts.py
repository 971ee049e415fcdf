"""Texts as people read them: the prevailing language first, instants in a zone's own time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

PAGE_LANGUAGE: Final = "en"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KANA: Final = re.compile("[\u3041-\u30ff]")
NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A text and the language that it is in; no tag where that is not known."""

    tag: str | None
    text: str


def worded(text: Mapping[str, str], prevailing: str) -> tuple[Worded, ...]:
    """A text of the plan in all its languages, the prevailing one first where it has it."""
    tags = sorted(text, key=lambda tag: tag != prevailing)
    return tuple(Worded(tag=tag, text=text[tag]) for tag in tags)


def spoken_first(text: Mapping[str, str], language: str, prevailing: str) -> tuple[Worded, ...]:
    """A text of the plan in all its languages: the page's first where the plan has it, then the prevailing one."""
    tags = sorted(text, key=lambda tag: (tag != language, tag != prevailing))
    return tuple(Worded(tag=tag, text=text[tag]) for tag in tags)


def untagged(text: str) -> Worded:
    """People's own text. Only Japanese is told from its signs: nothing else is written in kana."""
    return Worded(tag="ja" if KANA.search(text) else None, text=text)


def printable(value: object) -> object:
    """The same value; in a text, signs that no HTML may hold stand replaced."""
    return NO_TEXT.sub("\ufffd", value) if type(value) is str else value


def local(instant: datetime, zone: str) -> tuple[str, str]:
    """An instant's date and time in a zone: `("15 Apr 2026", "17:00 JST")`."""
    there = instant.astimezone(ZoneInfo(zone))
    name = there.tzname() or ""
    if name.startswith(("+", "-")):  # a zone without letters of its own
        name = f"UTC{name}"
    clock = f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"
    return f"{there.day} {MONTHS[there.month - 1]} {there.year}", f"{clock} {name}"
