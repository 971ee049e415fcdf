"""Every instant of a plan on parallel tracks, one a Side, in bands where one line does not hold them all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from accord.plan.calendar import CalendarChecks, Moment, moments
from accord.plan.model import Plan
from accord.plan.types import instant_text
from accord.report.calendar_words import MESSAGES as CALENDAR
from accord.report.language import Language, Words, words
from accord.report.sides import SideView
from accord.report.timeline import NAMES_WIDTH, WIDTH, Gate, Timeline, drawing

IN_A_BAND: Final = 7
LABEL_COLUMNS: Final = 21  # of a gate's name in a band of seven; a wide sign takes two

MESSAGES: Final[Mapping[str, Mapping[Language, str]]] = {
    "days": {"en": "{n} day", "ja": "{n}日"},
    "days.more": {"en": "{n:,} days"},
    "year": {"en": "{year}", "ja": "{year}年"},
    "words": {
        "en": "Timeline of the Sides: {told}. A table with each Side's time follows.",
        "ja": "参加機関側ごとの日程：{told}。各地の時刻は次の表にある。",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """An instant in words: its name, and the time in each zone, with the Sides that it concerns there."""

    label: str
    instant: str
    zones: tuple[tuple[str, tuple[str, ...], str], ...]


def bands(
    checks: CalendarChecks, labels: Mapping[str, str], sides: Sequence[SideView], language: str
) -> tuple[Timeline, ...]:
    """The drawing of every instant, at most seven a band; a track stays empty at what does not concern its Side."""
    say = words(language, MESSAGES)
    every = checks.moments
    parts = [every[first : first + IN_A_BAND] for first in range(0, len(every), IN_A_BAND)]
    return tuple(_band(part, labels, sides, len(part) if len(parts) == 1 else IN_A_BAND, say) for part in parts)


def joint_instants(plan: Plan, sides: Sequence[SideView], language: str) -> tuple[Timeline, tuple[TrackRow, ...]]:
    """The instants that all Sides share, from opening to the projects' start: drawn on their tracks, and in words."""
    named = words(language, CALENDAR)
    joint = tuple(one for one in moments(plan) if one.key.startswith("timeline."))
    labels = {one.key: named(one.key) for one in joint}
    say = words(language, MESSAGES)
    return _band(joint, labels, sides, len(joint), say), _rows(plan, joint, labels, say)


def _band(
    part: Sequence[Moment], labels: Mapping[str, str], sides: Sequence[SideView], columns: int, say: Words
) -> Timeline:
    gates = tuple(_gates(part, labels, sides, (WIDTH - NAMES_WIDTH) // columns, say))
    told = say.joined([f"{labels[one.key]} {one.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for one in part])
    return drawing(sides, gates, say("words", told=told))


def _gates(
    part: Sequence[Moment], labels: Mapping[str, str], sides: Sequence[SideView], column: int, say: Words
) -> Iterator[Gate]:
    for number, one in enumerate(part):
        x = NAMES_WIDTH + 6 + number * column
        days = [one.at.astimezone(ZoneInfo(side.side.timezone)).date() for side in sides]
        concerned = [side.id in one.sides for side in sides]
        yield Gate(
            label=shortened(labels[one.key], LABEL_COLUMNS),
            instant=instant_text(one.at),
            x=x,
            year=say("year", year="–".join(sorted({str(day.year) for day in days}))),
            beside=tuple(
                _beside(one.at, side.side.timezone, say) if meant else ""
                for side, meant in zip(sides, concerned, strict=True)
            ),
            since=None if number == 0 else say("days", n=(one.at - part[number - 1].at).days),
            halfway=x - column // 2,
        )


def _beside(at: datetime, zone: str, say: Words) -> str:
    day = say.day(at.astimezone(ZoneInfo(zone)).date(), year=False)
    plain = day.partition("（")[0] if say.language == "ja" else day.partition(" ")[2]
    return f"{plain} {say.clock(at, zone)}" if say.language == "ja" else f"{plain}, {say.clock(at, zone)}"


def rows(plan: Plan, checks: CalendarChecks, labels: Mapping[str, str], language: str) -> tuple[TrackRow, ...]:
    """Every instant in each zone's time."""
    return _rows(plan, checks.moments, labels, words(language, MESSAGES))


def _rows(plan: Plan, every: Sequence[Moment], labels: Mapping[str, str], say: Words) -> tuple[TrackRow, ...]:
    told = []
    for one in every:
        among: dict[str, list[str]] = {}
        for side in one.sides:
            among.setdefault(plan.side_of(side).timezone, []).append(side)
        zones = tuple((zone, tuple(names), say.instant(one.at, zone)) for zone, names in among.items())
        told.append(TrackRow(label=labels[one.key], instant=instant_text(one.at), zones=zones))
    return tuple(told)


def shortened(text: str, columns: int) -> str:
    """A text of at most so many columns, wide signs counted twice, with an ellipsis where it was cut."""
    taken, width = "", 0
    for sign in text:
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width > columns:
            return f"{taken.rstrip()[:-1]}…"
        taken += sign
    return text
