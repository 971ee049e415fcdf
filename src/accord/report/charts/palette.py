"""The charts' colours by the names that the pages' stylesheets give them, with the light values for paper."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Tone: TypeAlias = Literal[
    "paper", "ink", "quiet", "line", "wash", "stop", "side-1", "side-2", "side-3", "side-4", "side-5"
]

LIGHT: Final[dict[Tone, str]] = {
    "paper": "#fbfaf6",
    "ink": "#1d1c19",
    "quiet": "#6a665d",
    "line": "#e3dfd4",
    "wash": "#f3f0e8",
    "stop": "#9b1c2e",
    "side-1": "#b83a26",
    "side-2": "#2b4c9b",
    "side-3": "#1c7a6c",
    "side-4": "#8a5a00",
    "side-5": "#6d3f8c",
}
SIDES: Final[tuple[Tone, ...]] = ("side-1", "side-2", "side-3", "side-4", "side-5")

# Past five Sides a colour comes back: its line is then broken as on the page's timeline, in pixels.
DASHES: Final[tuple[tuple[float, ...], ...]] = (
    (),
    (12, 3),
    (4, 3),
    (14, 3, 3, 3),
    (2, 4),
    (8, 6),
    (14, 3, 3, 3, 3, 3),
    (24, 6),
)

# What matplotlib draws in, told from every real colour: a tone's number.
DRAWN: Final[dict[Tone, str]] = {tone: f"#acc0{number:02x}" for number, tone in enumerate(LIGHT)}
TONE_OF: Final[dict[str, Tone]] = {drawn: tone for tone, drawn in DRAWN.items()}


def paint(tone: Tone, *, plain: bool) -> str:
    """A tone as CSS: the page's custom property with the light value to fall back on, or the light value alone."""
    return LIGHT[tone] if plain else f"var(--{tone},{LIGHT[tone]})"
