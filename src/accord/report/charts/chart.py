"""A chart as pages take it: its title, its text alternative, and the SVG for the screen and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accord.report.charts.canvas import Canvas
from accord.report.charts.svg import svg

# The narrow drawing stands in for the wide one where the chart's own place, not the window, is narrow. A browser
# that knows no container queries shows the wide one.
STYLE: Final = (
    "<style>.accord-chart{container-type:inline-size}.accord-chart>svg{display:block;max-width:100%;height:auto}"
    ".accord-chart>.narrow{display:none}@container (max-width:40rem){.accord-chart>.wide{display:none}"
    ".accord-chart>.narrow{display:block}}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with its title and, in a sentence or three, what it shows with its main figures.

    `svg` is HTML to stand in a page as it is: two drawings of the same, of which the page shows the one that has
    room, in the page's colours. `svg_plain` is the wide one as an SVG file of its own in the light colours.
    """

    name: str
    title: str
    description: str
    svg: str
    svg_plain: str


def chart(*, name: str, title: str, description: str, wide: Canvas, narrow: Canvas) -> Chart:
    """A chart of its two drawings; every id in it begins with `chart-` and its name."""
    parts = []
    for size, canvas in (("wide", wide), ("narrow", narrow)):
        drawn = svg(
            canvas,
            name=f"chart-{name}-{size}",
            title=title,
            description=description,
            plain=False,
            part=f' class="{size}"',
        )
        parts.append(drawn.replace("<title", f"{STYLE}<title", 1) if size == "wide" else drawn)
    return Chart(
        name=name,
        title=title,
        description=description,
        svg=f'<div class="accord-chart">{"".join(parts)}</div>',
        svg_plain=svg(wide, name=f"chart-{name}", title=title, description=description, plain=True),
    )
