"""The software's own words in the languages that it speaks: messages by key, dates, times and amounts as people write.

Each page keeps its messages in its own table, one text a language and key; the plan's and people's own texts
are never translated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from accord.errors import InvalidInput
from accord.report.figures import amount
from accord.report.texts import MONTHS, Worded

Language = Literal["en", "ja"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja")
WEEKDAYS: Final = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "ja": tuple("月火水木金土日")}
YEN: Final = "JPY"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's messages: called with a key and what stands in it, it gives the text."""

    language: Language
    messages: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """The message of a key. A number `n` other than 1 takes the message `key.more` where there is one."""
        return self.template(key, values.get("n", 1)).format(**values)

    def template(self, key: str, n: int = 1) -> str:
        """The message of a key with its places still open."""
        if n != 1 and f"{key}.more" in self.messages:
            key = f"{key}.more"
        return self.messages[key]

    def joined(self, texts: list[str] | tuple[str, ...]) -> str:
        """Texts as an enumeration."""
        return ("、" if self.language == "ja" else ", ").join(texts)

    def sentences(self, texts: Iterable[str]) -> str:
        """Sentences one after the other."""
        return ("" if self.language == "ja" else " ").join(texts)

    def day(self, day: date, *, year: bool = True) -> str:
        """A date with its weekday: `"Wed 15 Apr 2026"`, `"2026年4月15日（水）"`."""
        weekday = WEEKDAYS[self.language][day.weekday()]
        if self.language == "ja":
            return f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日（{weekday}）"
        return f"{weekday} {day.day} {MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"

    def clock(self, instant: datetime, zone: str) -> str:
        """The time of day in a zone, with the zone's letters or its distance from UTC: `"17:00 JST"`."""
        there = instant.astimezone(ZoneInfo(zone))
        name = there.tzname() or ""
        if name.startswith(("+", "-")):
            name = f"UTC{name}"
        return f"{there:%H:%M:%S} {name}" if there.second else f"{there:%H:%M} {name}"

    def instant(self, instant: datetime, zone: str, *, year: bool = True) -> str:
        """Date and time in a zone: `"Wed 15 Apr 2026, 17:00 JST"`, `"2026年4月15日（水）17:00 JST"`."""
        day = self.day(instant.astimezone(ZoneInfo(zone)).date(), year=year)
        between = "" if self.language == "ja" else ", "
        return f"{day}{between}{self.clock(instant, zone)}"

    def amount(self, minor: int, unit: str) -> str:
        """An amount in its unit: `"JPY 700,000,000"`, in Japanese `"700,000,000円"`; other units as they are."""
        return f"{minor:,}円" if self.language == "ja" and unit == YEN else amount(minor, unit)

    def text(self, text: Mapping[str, str], prevailing: str) -> Worded:
        """A text of the plan: in this language where the plan has it, else in the prevailing one, else in any."""
        tag = next((tag for tag in (self.language, prevailing) if tag in text), min(text))
        return Worded(tag=tag, text=text[tag])


def words(language: str, messages: Mapping[str, Mapping[Language, str]]) -> Words:
    """A table of messages in one language; raises InvalidInput for a language that the software does not speak."""
    known = _spoken(language)
    return Words(known, {key: texts[known] for key, texts in messages.items() if known in texts})


@cache
def report_words(language: str) -> Words:
    """The report's messages by `section.key`, from `words/en.toml` or `words/ja.toml`; a pair is singular and plural.

    Raises InvalidInput for a language that the software does not speak.
    """
    known = _spoken(language)
    text = files("accord.report").joinpath("words", f"{known}.toml").read_text(encoding="utf-8")
    messages: dict[str, str] = {}
    for section, table in tomllib.loads(text).items():
        for key, message in table.items():
            if isinstance(message, list):
                messages[f"{section}.{key}"], messages[f"{section}.{key}.more"] = message
            else:
                messages[f"{section}.{key}"] = message
    return Words(known, messages)


def _spoken(language: str) -> Language:
    for known in LANGUAGES:
        if known == language:
            return known
    raise InvalidInput(f"language: found {language!r}; write one of {', '.join(LANGUAGES)}")
