"""Places before and after calibration, as two columns with a line for each proposal near the funding line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accord.pipeline.walk import Walk
from accord.report.charts.canvas import Anchor, Canvas, Frame, length
from accord.report.charts.chart import Chart, chart
from accord.report.charts.line import funding_line
from accord.report.charts.palette import Tone
from accord.report.charts.words import sentences
from accord.report.language import Words

ALL: Final = 36  # up to so many proposals all are drawn
AROUND: Final = 15  # else so many places on either side of the funding line
PITCH: Final = 18  # of a row, in pixels
FEW: Final = 8  # so many at most are named in the text
STUB: Final = 0.16  # of the way to the other column, for a proposal whose other place is not drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A proposal's place by the mean of its experts' totals, and after calibration."""

    proposal: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Every proposal that has both places; `line` is after which place the funding line stands; what is drawn."""

    moved: tuple[Moved, ...]
    line: int | None
    first: int
    last: int

    @property
    def up(self) -> tuple[Moved, ...]:
        """Those above the line after calibration only."""
        return tuple(one for one in self.moved if self.line and one.after <= self.line < one.before)

    @property
    def down(self) -> tuple[Moved, ...]:
        """Those above the line before calibration only."""
        return tuple(one for one in self.moved if self.line and one.before <= self.line < one.after)


def calibration(walk: Walk) -> Calibration | None:
    """The places as they are drawn; None where nothing is calibrated.

    Equal means stand in the order of their identifiers, as in the plan's advice.
    """
    if walk.ranking is None or len(walk.ranking.result.calibrated) < 2:
        return None
    ranked = walk.ranking.result
    means = {one.proposal: one.mean_total for one in ranked.assessments if one.mean_total is not None}
    both = [row.proposal for row in ranked.calibrated if row.proposal in means]
    before = {name: place for place, name in enumerate(sorted(both, key=lambda name: (-means[name], name)), start=1)}
    moved = [Moved(proposal=name, before=before[name], after=place) for place, name in enumerate(both, start=1)]
    line = funding_line(walk)
    place = None if line is None else line.above
    funded = 0 if walk.selection is None else len(walk.selection.result.funded)
    first, last = 1, len(moved)
    if len(moved) > ALL:
        first = min(max((funded if place is None else place) - AROUND + 1, 1), len(moved) - 2 * AROUND + 1)
        last = first + 2 * AROUND - 1
    return Calibration(moved=tuple(moved), line=place, first=first, last=last)


def calibration_chart(walk: Walk, say: Words) -> Chart | None:
    """The chart of the calibration; None where there is none."""
    view = calibration(walk)
    if view is None:
        return None
    return chart(
        name="calibration",
        title=say("calibration.title"),
        description=described(view, say),
        wide=_drawn(view, say, 620),
        narrow=_drawn(view, say, 358),
    )


def described(view: Calibration, say: Words) -> str:
    """The calibration in sentences: who crosses the line, and what is drawn."""
    told = [say("calibration.text", n=len(view.moved))]
    for key, movers in (("up", view.up), ("down", view.down)):
        if movers:
            names = [one.proposal for one in movers[:FEW]] + (["…"] if len(movers) > FEW else [])
            told.append(say(f"calibration.text.{key}", n=len(movers), names=say.joined(names)))
    if view.line and not view.up and not view.down:
        told.append(say("calibration.text.same"))
    if (view.first, view.last) != (1, len(view.moved)):
        told.append(say("calibration.text.shown", first=view.first, last=view.last))
    return sentences(told, say)


def _drawn(view: Calibration, say: Words, width: float) -> Canvas:
    """Two columns of places; a row is left free for the funding line."""
    crossing = {one.proposal for one in (*view.up, *view.down)}
    side = max(length(one.proposal) for one in view.moved) + 50
    frame = Frame(
        width=width, height=34 + PITCH * _row(view, view.last + 1) + 8, left=side, right=side, top=34, bottom=8
    )
    canvas = Canvas(frame, (0, 1), (_row(view, view.last) + 0.5, -0.5))
    if view.line is not None:
        row = _row(view, view.line) + 1
        (start, _), (end, _) = canvas.point(12 + length(say("line.bare")), 0), canvas.point(width - 4, 0)
        canvas.segments("funding-line", [((start, row), (end, row))], tone="stop", width=1.4, dashes=(4, 3))
        canvas.write(4, canvas.at(0, row)[1] + 4.5, say("line.bare"), tone="stop")
    for name, held in (("same", False), ("crossing", True)):
        drawn = [one for one in view.moved if (one.proposal in crossing) is held]
        tone: Tone = "ink" if held else "quiet"
        lines = [line for one in drawn if (line := _line(view, one)) is not None]
        canvas.segments(name, lines, tone=tone, width=1.8 if held else 1.0, opacity=1.0 if held else 0.5)
        for column, places in enumerate(([one.before for one in drawn], [one.after for one in drawn])):
            points = [(float(column), _row(view, place)) for place in places if view.first <= place <= view.last]
            canvas.marks(f"{name}-{column}", points, shape="o", size=6 if held else 4, tone=tone)
    for one in view.moved:
        _name(canvas, view, one, bold=one.proposal in crossing)
    canvas.write(4, 16, say("calibration.before"), tone="ink")
    canvas.write(width - 4, 16, say("calibration.after"), anchor="end", tone="ink")
    return canvas


def _row(view: Calibration, place: int) -> float:
    """Which row a place has, from 0; the row after the funding line is free."""
    return float(place - view.first + (view.line is not None and place > view.line))


def _line(view: Calibration, one: Moved) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """From place to place; a stub where one of them is not drawn, nothing where neither is."""
    before, after = _row(view, one.before), _row(view, one.after)
    starts, ends = (view.first <= place <= view.last for place in (one.before, one.after))
    if starts and ends:
        return (0, before), (1, after)
    if not starts and not ends:
        return None
    part = min(STUB, 1.5 / abs(after - before))
    if starts:
        return (0, before), (part, before + part * (after - before))
    return (1, after), (1 - part, after - part * (after - before))


def _name(canvas: Canvas, view: Calibration, one: Moved, *, bold: bool) -> None:
    """The proposal beside both of its places."""
    tone: Tone = "ink" if bold else "quiet"
    ends: tuple[tuple[int, int, Anchor, int], ...] = ((0, one.before, "end", -1), (1, one.after, "start", 1))
    for column, place, anchor, way in ends:
        if view.first <= place <= view.last:
            row = _row(view, place)
            canvas.text(column, row, str(place), dx=way * 10, dy=4.5, anchor=anchor, tone=tone, bold=bold)
            canvas.text(column, row, one.proposal, dx=way * 40, dy=4.5, anchor=anchor, tone=tone, bold=bold)
