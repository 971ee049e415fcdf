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
FIRST_TRACK: Final = 52
BETWEEN_TRACKS: Final = 36
BELOW_TRACKS: Final = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An instant that all Sides share: its place in the drawing, and its time at each Side, in their order.

    `since` says how long after the gate before, halfway between both at `halfway`.
    """

    label: str
    instant: str
    x: int
    local: tuple[str, ...]
    since: str | None
    halfway: int
    zones: tuple[tuple[str, str, str], ...]  # zone, its Sides, the time there


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A Side's line in the drawing."""

    side: SideView
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
        gates.append(
            Gate(
                label=label,
                instant=instant_text(at),
                x=x,
                local=tuple(_at(at, side.side.timezone) for side in sides),
                since=None if before is None else counted((at - before).days, "day"),
                halfway=x - column // 2,
                zones=_by_zone(at, sides),
            )
        )
    tracks = tuple(
        Track(side=side, y=FIRST_TRACK + number * BETWEEN_TRACKS) for number, side in enumerate(sides)
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


def _at(instant: datetime, zone: str) -> str:
    return ", ".join(local(instant, zone))


def _by_zone(instant: datetime, sides: Sequence[SideView]) -> tuple[tuple[str, str, str], ...]:
    """The time in each zone, with the Sides that are in it."""
    among: dict[str, list[str]] = defaultdict(list)
    for side in sides:
        among[side.side.timezone].append(side.id)
    return tuple((zone, ", ".join(names), _at(instant, zone)) for zone, names in among.items())
