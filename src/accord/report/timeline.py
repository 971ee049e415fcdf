"""The timeline as parallel tracks, one a Side, with the gates where all meet; each instant in each Side's time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from accord.plan.model import Plan
from accord.plan.types import instant_text
from accord.report.figures import counted
from accord.report.sides import SideView
from accord.report.texts import local

LABELS: Final = {
    "opens": "Opens",
    "closes": "Closes",
    "eligibility_by": "Eligibility by",
    "reviews_by": "Reviews by",
    "panel_on": "Panel",
    "recommendation_by": "Recommendation by",
    "projects_start": "Projects start",
}
WIDTH: Final = 1200
NAMES_WIDTH: Final = 126  # of the column with the Sides' names
FIRST_TRACK: Final = 66
BETWEEN_TRACKS: Final = 38
BETWEEN_MANY: Final = 30  # tracks of more than six Sides
BELOW_TRACKS: Final = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An instant that all Sides share: its place in the drawing, and its time at each Side, in their order.

    `beside` is what stands on each track, under the gate's `year`. `since` says how long after the gate before,
    halfway between both at `halfway`.
    """

    label: str
    instant: str
    x: int
    year: str
    beside: tuple[str, ...]
    local: tuple[str, ...]
    since: str | None
    halfway: int
    zones: tuple[tuple[str, str, str], ...]  # zone, its Sides, the time there


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A Side's line in the drawing, with the city that its time zone is named after."""

    side: SideView
    city: str
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing's measures, gates and tracks, and what it shows in words."""

    width: int
    height: int
    left: int
    top: int
    bottom: int
    gates: tuple[Gate, ...]
    tracks: tuple[Track, ...]
    words: str


def timeline(plan: Plan, sides: Sequence[SideView]) -> Timeline:
    """The plan's instants on a track a Side; gates stand evenly, the days between them are written."""
    named = [(label, getattr(plan.timeline, name)) for name, label in LABELS.items()]
    instants: list[tuple[str, datetime]] = [(label, at) for label, at in named if at is not None]
    column = (WIDTH - NAMES_WIDTH) // len(instants)
    gates = []
    for number, (label, at) in enumerate(instants):
        before = instants[number - 1][1] if number else None
        x = NAMES_WIDTH + 6 + number * column
        times = [local(at, side.side.timezone) for side in sides]
        days = [day.rsplit(" ", 1) for day, _ in times]
        gates.append(
            Gate(
                label=label,
                instant=instant_text(at),
                x=x,
                year="–".join(sorted({year for _, year in days})),
                beside=tuple(f"{day}, {time}" for (day, _), (_, time) in zip(days, times, strict=True)),
                local=tuple(", ".join(time) for time in times),
                since=None if before is None else counted((at - before).days, "day"),
                halfway=x - column // 2,
                zones=_by_zone(at, sides),
            )
        )
    between = BETWEEN_TRACKS if len(sides) <= 6 else BETWEEN_MANY
    tracks = tuple(
        Track(side=side, city=_city(side.side.timezone), y=FIRST_TRACK + number * between)
        for number, side in enumerate(sides)
    )
    told = ", ".join(f"{label} {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for label, at in instants)
    return Timeline(
        width=WIDTH,
        height=tracks[-1].y + BELOW_TRACKS,
        left=NAMES_WIDTH,
        top=FIRST_TRACK - 22,
        bottom=tracks[-1].y + 10,
        gates=tuple(gates),
        tracks=tracks,
        words=f"Timeline of {counted(len(sides), 'Side')}: {told}. A table with each Side's time follows.",
    )


def _city(zone: str) -> str:
    """The last part of a zone's name: `"Buenos Aires"` of America/Argentina/Buenos_Aires."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _by_zone(instant: datetime, sides: Sequence[SideView]) -> tuple[tuple[str, str, str], ...]:
    """The time in each zone, with the Sides that are in it."""
    among: dict[str, list[str]] = defaultdict(list)
    for side in sides:
        among[side.side.timezone].append(side.id)
    return tuple((zone, ", ".join(names), ", ".join(local(instant, zone))) for zone, names in among.items())
