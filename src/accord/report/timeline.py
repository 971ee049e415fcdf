"""The timeline's drawing: parallel tracks, one a Side, with the gates where all meet; its measures and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accord.report.sides import SideView

WIDTH: Final = 1200
NAMES_WIDTH: Final = 126  # of the column with the Sides' names
FIRST_TRACK: Final = 66
BETWEEN_TRACKS: Final = 38
BETWEEN_MANY: Final = 30  # tracks of more than six Sides
BELOW_TRACKS: Final = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An instant in the drawing: its place, and its time on each Side's track, in their order.

    `beside` is what stands on each track, under the gate's `year`; empty where the instant does not concern that
    Side. `since` says how long after the gate before, halfway between both at `halfway`.
    """

    label: str
    instant: str
    x: int
    year: str
    beside: tuple[str, ...]
    since: str | None
    halfway: int


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


def drawing(sides: Sequence[SideView], gates: tuple[Gate, ...], words: str) -> Timeline:
    """The drawing of some gates over a track a Side."""
    between = BETWEEN_TRACKS if len(sides) <= 6 else BETWEEN_MANY
    tracks = tuple(
        Track(side=side, city=_city(side.side.timezone), y=FIRST_TRACK + number * between)
        for number, side in enumerate(sides)
    )
    return Timeline(
        width=WIDTH,
        height=tracks[-1].y + BELOW_TRACKS,
        left=NAMES_WIDTH,
        top=FIRST_TRACK - 22,
        bottom=tracks[-1].y + 10,
        gates=gates,
        tracks=tracks,
        words=words,
    )


def _city(zone: str) -> str:
    """The last part of a zone's name: `"Buenos Aires"` of America/Argentina/Buenos_Aires."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
