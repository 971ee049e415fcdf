"""One language's voice: the software's sentences, the plan's texts, dates and amounts as people there write them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final, Literal
from zoneinfo import ZoneInfo

from accord.plan.model import Plan, Side
from accord.plan.money import amount_text
from accord.report.language import LANGUAGES, Words, words
from accord.report.plan_document.blocks import Heading, Item, Line, Listing, Paragraph, Row, Run, Table
from accord.report.texts import MONTHS, local, printable, untagged

DURATION: Final = re.compile(r"(\d+)([YMWD])")
DURATION_NOUNS: Final = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
CURRENCY: Final = re.compile("[A-Z]{3}")  # any other unit is counted, its name behind the number


@cache
def messages(language: str) -> Mapping[str, str | list[str]]:
    """What the software says in a language, by `section.key`; a counted noun has its singular and its plural."""
    text = files("accord.report.plan_document").joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
    return {f"{section}.{key}": value for section, table in tomllib.loads(text).items() for key, value in table.items()}


@dataclass(frozen=True, slots=True)
class Voice:
    """Says what a plan holds, in one of `LANGUAGES`; its blocks carry that language and begin their keys with it."""

    language: str
    plan: Plan

    @property
    def _messages(self) -> Mapping[str, str | list[str]]:
        return messages(self.language)

    @property
    def _words(self) -> Words:
        return words(self.language, {})

    # ---- sentences -------------------------------------------------------------------------------------------

    def say(self, key: str, /, **parts: Line | str | int) -> Line:
        """A sentence of the software with its parts in their places; a part may be a text in another language."""
        template = self._messages[key]
        if not isinstance(template, str):
            raise TypeError(f"{key} is a counted noun: say it with `count`")
        runs: list[Run] = []
        for before, name, _, _ in Formatter().parse(template):
            if before:
                runs.append(Run(before, self.language))
            if name is not None:
                part = parts[name]
                runs += self.plain(str(part)) if isinstance(part, str | int) else part
        return tuple(runs)

    def word(self, key: str, known: str) -> Line:
        """A word of the plan's as people say it; one that the software does not know, as the plan has it."""
        return self.say(f"{key}.{known}") if f"{key}.{known}" in self._messages else self.name(known)

    def count(self, noun: str, number: int) -> Line:
        """A number and what it counts."""
        forms = self._messages[f"count.{noun}"]
        return self.plain(forms[0 if number == 1 else 1].format(n=f"{number:,}"))

    def joined(self, lines: Iterable[Line], key: str = "sign.list") -> Line:
        """Lines as one, with the language's comma between them."""
        runs: list[Run] = []
        for number, line in enumerate(lines):
            runs += [*(self.say(key) if number else ()), *line]
        return tuple(runs)

    def stacked(self, lines: Iterable[Line]) -> Line:
        """Lines under each other in one cell."""
        runs: list[Run] = []
        for number, line in enumerate(lines):
            runs += [*(self.plain("\n") if number else ()), *line]
        return tuple(runs)

    # ---- what the plan holds ---------------------------------------------------------------------------------

    def plain(self, text: str) -> Line:
        """A text in this language."""
        return (Run(str(printable(text)), self.language),)

    def name(self, text: str) -> Line:
        """A name or a text that the plan has without its language."""
        return (Run(str(printable(text)), untagged(text).tag or self.language),)

    def code(self, text: str) -> Line:
        """An identifier as the plan writes it."""
        return (Run(str(printable(text)), self.language, "code"),)

    def text(self, text: Mapping[str, str]) -> Line:
        """A text of the plan in this language, else in the prevailing one, marked; then those in further languages.

        English and Japanese stand in their own halves of the document, any other language in both.
        """
        tags = _in_order(text, self.plan.call.prevailing_language)
        own = next((tag for tag in tags if speaks(tag, self.language)), None)
        elsewhere = {next((tag for tag in tags if speaks(tag, other)), None) for other in LANGUAGES}
        first = own or tags[0]
        runs = [Run(str(printable(text[first])), first)]
        if own is None:
            runs += self.say("sign.fallback", language=self.language_name(first))
        for tag in tags:
            if tag != first and tag not in elsewhere:
                further = (Run(str(printable(text[tag])), tag),)
                runs += self.say("sign.further", text=further, language=self.language_name(tag))
        return tuple(runs)

    def paragraphs(self, key: str, text: Mapping[str, str]) -> Listing:
        """A free text of the plan as its paragraphs, one a line of it."""
        lines = _split(self.text(text))
        items = tuple(Item(key=str(number), line=line) for number, line in enumerate(lines))
        return Listing(key=self.key(key), language=self.language, kind="text", items=items)

    def identified(self, title: Mapping[str, str] | None, identifier: str) -> Line:
        """A title and its identifier; the identifier alone where there is no title."""
        code = self.code(identifier)
        return code if title is None else self.say("sign.identified", text=self.text(title), id=code)

    def side(self, identifier: str) -> Line:
        """A Side's identifier, by which the document names it."""
        return (Run(identifier, self.language, "strong"),)

    def sides(self, identifiers: Iterable[str] | None) -> Line:
        """Sides by their identifiers; every Side where the plan names none."""
        return (
            self.say("sign.every_side") if identifiers is None else self.joined(self.side(one) for one in identifiers)
        )

    def language_name(self, tag: str) -> Line:
        """A language by its name; by its tag where the software has no name for it."""
        return self.word("language", tag)

    # ---- figures ---------------------------------------------------------------------------------------------

    def amount(self, amount: str, side: Side) -> Line:
        """An amount in a Side's unit: `EUR 14,000,000.00`, `JPY 700,000,000`; in Japanese `700,000,000円`."""
        minor = side.minor(amount)
        if not CURRENCY.fullmatch(side.unit):
            return self.plain(f"{int(amount_text(minor, side.unit)):,} {side.unit}")
        return self.plain(self._words.amount(minor, side.unit))

    def number(self, number: Decimal) -> Line:
        """A number as the plan has it, exactly."""
        return self.plain(f"{number:f}")

    def percent(self, share: Decimal) -> Line:
        """A part of a whole in hundredths, exactly."""
        return self.plain(f"{(share * 100).normalize():f}%")

    def duration(self, duration: str) -> Line:
        """A length of time in words: P1Y6M is `1 year 6 months`."""
        parts = [self.count(DURATION_NOUNS[unit], int(number)) for number, unit in DURATION.findall(duration)]
        return self.joined(parts, "sign.between")

    def date(self, day: date) -> str:
        """A calendar date: `15 Apr 2026`; in Japanese 2026年4月15日."""
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def when(self, instant: datetime, zone: str) -> str:
        """An instant in a zone's own time: `15 Apr 2026, 17:00 JST`; in Japanese 2026年4月15日 17:00."""
        if self.language == "ja":
            there = instant.astimezone(ZoneInfo(zone))
            return f"{self.date(there)} {there:%H:%M:%S}" if there.second else f"{self.date(there)} {there:%H:%M}"
        return ", ".join(local(instant, zone))

    def local(self, instant: datetime, sides: Iterable[Side]) -> Line:
        """An instant in each Side's own time, a line for each time of day, with its Sides and zones."""
        among: dict[str, list[Side]] = {}
        for side in sides:
            among.setdefault(self.when(instant, side.timezone), []).append(side)
        return self.stacked(
            self.say(
                "timeline.local",
                when=when,
                sides=self.sides(side.id for side in there),
                zone=self.joined(self.plain(zone) for zone in dict.fromkeys(side.timezone for side in there)),
            )
            for when, there in among.items()
        )

    # ---- blocks ----------------------------------------------------------------------------------------------

    def key(self, key: str) -> str:
        """The key of a block of this language."""
        return f"{self.language}/{key}"

    def heading(
        self, key: str, line: Line, level: Literal[1, 2, 3] = 2, *, numbered: bool = True, new_page: bool = False
    ) -> Heading:
        """A heading in this language."""
        return Heading(
            key=self.key(key), language=self.language, level=level, line=line, numbered=numbered, new_page=new_page
        )

    def paragraph(
        self, key: str, line: Line, style: Literal["body", "note", "title", "subtitle", "mast"] = "body"
    ) -> Paragraph:
        """A paragraph in this language."""
        return Paragraph(key=self.key(key), language=self.language, line=line, style=style)

    def bullets(self, key: str, items: Mapping[str, Line], kind: Literal["bullets", "numbers"] = "bullets") -> Listing:
        """A list in this language; each entry has a key of its own, so that versions can be compared."""
        entries = tuple(Item(key=name, line=line) for name, line in items.items())
        return Listing(key=self.key(key), language=self.language, kind=kind, items=entries)

    def table(
        self, key: str, caption: Line, head: Iterable[Line], shares: tuple[int, ...], rows: Mapping[str, Iterable[Line]]
    ) -> Table:
        """A table in this language, its rows by their keys."""
        return Table(
            key=self.key(key),
            language=self.language,
            caption=caption,
            head=tuple(head),
            rows=tuple(Row(key=name, cells=tuple(cells)) for name, cells in rows.items()),
            shares=shares,
        )


def speaks(tag: str, language: str) -> bool:
    """Whether a tag is a language or one of its regional forms: `en-GB` is English."""
    return tag == language or tag.startswith(f"{language}-")


def _in_order(text: Mapping[str, str], prevailing: str) -> list[str]:
    """The tags of a text, the prevailing one first, a language before its regional forms."""
    return sorted(text, key=lambda tag: (tag != prevailing, tag))


def _split(line: Line) -> Iterator[Line]:
    """A line's own lines, those without text left out."""
    runs: list[Run] = []
    for run in line:
        first, *rest = re.split(r"\s*[\r\n]+\s*", run.text)
        runs.append(Run(first, run.language, run.style))
        for part in rest:
            yield tuple(runs)
            runs = [Run(part, run.language, run.style)]
    yield tuple(runs)


def unique(names: Iterable[str]) -> Iterator[str]:
    """Names that are told apart: the second `a` is `a/2`."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}/{seen[name]}"
