"""A drawing in the making: matplotlib places lines and marks, texts stand beside them until the SVG is written."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias
from unicodedata import east_asian_width

from accord.errors import InvalidInput
from accord.report.charts.palette import DRAWN, Tone

POINTS: Final = 72  # an inch; at that resolution matplotlib's points are the drawing's pixels
SIZE: Final = 12.5  # of a text, in pixels

Anchor: TypeAlias = Literal["start", "middle", "end"]
Shape: TypeAlias = Literal["o", "x", "^", "v", "s", "D", "|"]

_LOCK: Final = threading.Lock()  # matplotlib's settings are the process's


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size of a drawing and the room around its plot, in pixels."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text at its place in pixels from the top left; with a halo it stays legible over lines."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    tone: Tone = "quiet"
    size: float = SIZE
    bold: bool = False
    halo: bool = False


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's settings as the charts need them, whatever the user's are; put back afterwards."""
    import matplotlib as mpl  # noqa: PLC0415

    with (
        _LOCK,
        mpl.rc_context(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "accord",
                "svg.id": None,
                "path.simplify": False,
                "path.snap": False,
                "path.effects": [],
                "path.sketch": None,
                "lines.scale_dashes": False,
                "lines.dash_capstyle": "butt",
                "lines.dash_joinstyle": "miter",
                "lines.solid_capstyle": "butt",
                "lines.solid_joinstyle": "miter",
                "markers.fillstyle": "full",
                "patch.linewidth": 0,
                "savefig.dpi": "figure",
                "savefig.bbox": None,
                "figure.autolayout": False,
                "figure.constrained_layout.use": False,
            }
        ),
    ):
        yield


class Canvas:
    """One plot with its scales. Marks are given in the data's units, and named, so that they can be read back."""

    def __init__(self, frame: Frame, x: tuple[float, float], y: tuple[float, float]) -> None:
        # Imported here: it takes half a second, and most of what Accord does draws nothing.
        from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415

        self.frame = frame
        self.labels: list[Label] = []
        self._figure = Figure(figsize=(frame.width / POINTS, frame.height / POINTS), dpi=POINTS)
        FigureCanvasSVG(self._figure)
        self._figure.patch.set_visible(False)
        self._axes = self._figure.add_axes(
            (
                frame.left / frame.width,
                frame.bottom / frame.height,
                (frame.width - frame.left - frame.right) / frame.width,
                (frame.height - frame.top - frame.bottom) / frame.height,
            )
        )
        self._axes.set_axis_off()
        self._axes.set_xlim(*x)
        self._axes.set_ylim(*y)
        self._x, self._y = x, y
        self._order = 0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the data stands, in pixels from the top left."""
        frame = self.frame
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        down = (self._y[1] - y) / (self._y[1] - self._y[0])
        return (
            frame.left + across * (frame.width - frame.left - frame.right),
            frame.top + down * (frame.height - frame.top - frame.bottom),
        )

    def point(self, across: float, down: float) -> tuple[float, float]:
        """Which point of the data stands at a place in pixels from the top left."""
        frame = self.frame
        x = (across - frame.left) / (frame.width - frame.left - frame.right)
        y = (down - frame.top) / (frame.height - frame.top - frame.bottom)
        return self._x[0] + x * (self._x[1] - self._x[0]), self._y[1] - y * (self._y[1] - self._y[0])

    def segments(
        self,
        name: str,
        ends: Sequence[tuple[tuple[float, float], tuple[float, float]]],
        *,
        tone: Tone,
        width: float = 1,
        opacity: float = 1,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Straight lines from point to point; none where there are no ends."""
        from matplotlib.collections import LineCollection  # noqa: PLC0415

        if ends:
            lines = LineCollection(
                ends,
                colors=DRAWN[tone],
                linewidths=width,
                linestyles=[(0, dashes)] if dashes else "solid",
                alpha=opacity,
                clip_on=False,
                zorder=self._next(),
            )
            lines.set_gid(name)
            self._axes.add_collection(lines, autolim=False)

    def steps(
        self,
        name: str,
        points: Sequence[tuple[float, float]],
        *,
        tone: Tone,
        width: float = 1,
        opacity: float = 1,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """A line that keeps its height until the next point."""
        self._axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            drawstyle="steps-post",
            color=DRAWN[tone],
            linewidth=width,
            linestyle=(0, dashes) if dashes else "solid",
            alpha=opacity,
            clip_on=False,
            zorder=self._next(),
            gid=name,
        )

    def marks(
        self,
        name: str,
        points: Sequence[tuple[float, float]],
        *,
        shape: Shape,
        size: float,
        tone: Tone,
        hollow: bool = False,
        width: float = 0,
        opacity: float = 1,
    ) -> None:
        """The same mark at each point; a hollow one shows the paper. `width` is of its outline."""
        if points:
            self._axes.plot(
                [x for x, _ in points],
                [y for _, y in points],
                linestyle="none",
                marker=shape,
                markersize=size,
                markerfacecolor=DRAWN["paper"] if hollow else DRAWN[tone],
                markeredgecolor=DRAWN[tone],
                markeredgewidth=width,
                alpha=opacity,
                clip_on=False,
                zorder=self._next(),
                gid=name,
            )

    def boxes(
        self, name: str, boxes: Sequence[tuple[float, float, float, float]], *, tone: Tone, opacity: float = 1
    ) -> None:
        """Filled rectangles, each from left and bottom to right and top."""
        from matplotlib.collections import PolyCollection  # noqa: PLC0415

        if boxes:
            shapes = PolyCollection(
                [((x0, y0), (x1, y0), (x1, y1), (x0, y1)) for x0, y0, x1, y1 in boxes],
                facecolors=DRAWN[tone],
                edgecolors="none",
                alpha=opacity,
                clip_on=False,
                zorder=self._next(),
            )
            shapes.set_gid(name)
            self._axes.add_collection(shapes, autolim=False)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        dx: float = 0,
        dy: float = 0,
        anchor: Anchor = "start",
        tone: Tone = "quiet",
        size: float = SIZE,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """A text at a point of the data, moved by some pixels to the right and down; `y` is its baseline."""
        across, down = self.at(x, y)
        self.write(across + dx, down + dy, text, anchor=anchor, tone=tone, size=size, bold=bold, halo=halo)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Anchor = "start",
        tone: Tone = "quiet",
        size: float = SIZE,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """A text at a place in pixels from the top left; `y` is its baseline."""
        label = Label(x=x, y=y, text=text, anchor=anchor, tone=tone, size=size, bold=bold, halo=halo)
        self.labels.append(label)

    @cached_property
    def drawn(self) -> bytes:
        """The SVG as matplotlib writes it, without the texts."""
        out = io.BytesIO()
        self._figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()

    def _next(self) -> int:
        """What is drawn later stands above."""
        self._order += 1
        return self._order


def ticks(least: float, greatest: float, most: int, *, whole: bool = True) -> list[float]:
    """About so many round numbers from the least to the greatest."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    found = MaxNLocator(nbins=most, steps=[1, 2, 5, 10], integer=whole).tick_values(least, greatest)
    return [float(value) for value in found if least <= value <= greatest]


def length(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in pixels: Japanese signs are as wide as high, others a little over half of it."""
    return sum(1.0 if east_asian_width(sign) in {"W", "F"} else 0.6 for sign in text) * size


def apart(places: Sequence[float], gap: float, least: float, greatest: float) -> list[float]:
    """Ascending places moved as little as a pass down and a pass up need, so that a gap is between neighbours.

    Raises InvalidInput where the room from least to greatest is too small for them.
    """
    if len(places) * gap > greatest - least + gap + 1e-6:
        raise InvalidInput(f"places: {len(places)} need {len(places) * gap:g}, found {greatest - least:g}")
    moved = list[float]()
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else least))
    limit = greatest
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - gap
    return moved
