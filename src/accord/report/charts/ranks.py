"""The ranking list as a chart: each proposal's expected rank with its interval, or its total, and the funding line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from accord.methods.scores import MILLION
from accord.pipeline.walk import Walk
from accord.report.charts.canvas import Anchor, Canvas, Frame, Shape, apart, length, ticks
from accord.report.charts.chart import Chart, chart
from accord.report.charts.line import FundingLine, funding_line
from accord.report.charts.palette import Tone
from accord.report.charts.words import sentences
from accord.report.figures import decimal
from accord.report.language import Words
from accord.report.ties import order_keys

State: TypeAlias = Literal["funded", "reserve", "not-funded", "below"]

ALL: Final = 120  # up to so many proposals the whole list is drawn
AROUND: Final = 50  # else so many places on either side of the funding line
NAMED: Final = 40  # up to so many rows, each is named; else those nearest the line
NEAREST: Final = 4  # on either side of it

STATES: Final[tuple[State, ...]] = ("funded", "reserve", "not-funded", "below")
MARKS: Final[dict[State, tuple[Shape, float, bool]]] = {  # shape, size beside a funded one's, open
    "funded": ("o", 1.0, False),
    "reserve": ("o", 1.0, True),
    "not-funded": ("o", 0.5, False),
    "below": ("x", 0.7, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A proposal at its place: what came of it, and what orders it with its interval, in millionths."""

    proposal: str
    place: int
    state: State
    at: int
    interval: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """The ranking list. `shown` are the rows that are drawn, `held` how many intervals hold the line."""

    kind: Literal["rank", "total"]
    rows: tuple[Row, ...]
    shown: tuple[Row, ...]
    line: FundingLine | None
    held: int
    credible: str

    def number(self, state: State) -> int:
        """How many proposals of the list are in a state."""
        return sum(row.state == state for row in self.rows)


def ranks(walk: Walk) -> Ranks | None:
    """The list as it is drawn; None before a selection, and where the list is empty."""
    if walk.ranking is None or walk.list is None or walk.selection is None or not walk.list.result.places:
        return None
    ranked, chosen = walk.ranking.result, walk.selection.result
    keys = order_keys(ranked)
    by_rank = ranked.order_by == "calibrated"
    intervals = {row.proposal: row.interval for row in ranked.calibrated} if by_rank else {}
    funded, reserve = {one.proposal for one in chosen.funded}, set(chosen.reserve)
    rows = []
    for place in walk.list.result.places:
        name = place.proposal
        state: State = "not-funded" if place.fundable else "below"
        if name in funded or name in reserve:
            state = "funded" if name in funded else "reserve"
        row = Row(proposal=name, place=place.place, state=state, at=keys[name][1], interval=intervals.get(name))
        rows.append(row)
    line = funding_line(walk)
    share = walk.inputs.call.plan.plan.ranking.credible_interval * 100
    return Ranks(
        kind="rank" if by_rank else "total",
        rows=tuple(rows),
        shown=_shown(rows, line),
        line=line,
        held=0 if line is None else sum(_holds(row, line) for row in rows),
        credible=f"{share:f}".rstrip("0").rstrip("."),
    )


def _shown(rows: list[Row], line: FundingLine | None) -> tuple[Row, ...]:
    if len(rows) <= ALL:
        return tuple(rows)
    middle = sum(row.state == "funded" for row in rows) if line is None else line.paid
    first = min(max(middle - AROUND, 0), len(rows) - 2 * AROUND)
    return tuple(rows[first : first + 2 * AROUND])


def _holds(row: Row, line: FundingLine) -> bool:
    return row.interval is not None and row.interval[0] <= line.at <= row.interval[1]


def ranks_chart(walk: Walk, say: Words) -> Chart | None:
    """The chart of the ranking list; None where there is none."""
    view = ranks(walk)
    if view is None:
        return None
    return chart(
        name="ranks",
        title=say(f"ranks.title.{view.kind}"),
        description=described(view, say),
        wide=_drawn(view, say, 800),
        narrow=_drawn(view, say, 358),
    )


def described(view: Ranks, say: Words) -> str:
    """The list in sentences."""
    told = [say("ranks.text", n=len(view.rows), states=say.joined(list(_counts(view, say))))]
    if view.line is not None:
        told.append(say(f"ranks.text.line.{view.kind}", at=_told(view.line, view)))
        if view.kind == "rank":
            told.append(say("ranks.text.held", n=view.held, credible=view.credible))
    if len(view.shown) < len(view.rows):
        told.append(say("ranks.text.shown", first=view.shown[0].place, last=view.shown[-1].place))
    return sentences(told, say)


def _told(line: FundingLine, view: Ranks) -> str:
    return decimal(line.at, 1 if view.kind == "rank" else 2)


def _counts(view: Ranks, say: Words) -> list[str]:
    found = [(state, view.number(state)) for state in STATES]
    return [say(f"state.{state}", n=number) for state, number in found if number]


def _drawn(view: Ranks, say: Words, width: float) -> Canvas:
    """The rows from the first place down, ranks or totals across."""
    named = len(view.shown) <= NAMED
    narrow = width < 500
    pitch = 24 if len(view.shown) <= 15 else 17 if named else 6
    name = max(length(row.proposal) for row in view.shown)
    left = 40 + name if named else 34
    items = _counts(view, say)
    lines = _flowed(items, width)
    top = 20 * (lines[-1][1] + 1) + 42
    cut = len(view.shown) < len(view.rows)
    room = 22 if cut else 0
    frame = Frame(
        width=width,
        height=top + pitch * len(view.shown) + 26 + 2 * room,
        left=left,
        right=16 if named or (narrow and not cut) else 80 + name,
        top=top + room,
        bottom=26 + room,
    )
    first, last = view.shown[0].place, view.shown[-1].place
    least, greatest = _scale(view)
    canvas = Canvas(frame, (least, greatest), (last + 0.5, first - 0.5))
    _key(canvas, view, items, lines)
    _scales(canvas, view, say, narrow=narrow)
    _rows(canvas, view, pitch)
    if named:
        for row in view.shown:
            canvas.text(least, row.place, str(row.place), dx=-left + 20, dy=4.5, anchor="end")
            canvas.text(least, row.place, row.proposal, dx=-left + 28, dy=4.5, tone="ink")
    else:
        for place in (row.place for row in view.shown if row.place % 10 == 0 or row.place == 1):
            canvas.text(least, place, str(place), dx=-8, dy=4.5, anchor="end")
        _names(canvas, view)
    if cut:
        _rest(canvas, view, say, first, last)
    return canvas


def _scale(view: Ranks) -> tuple[float, float]:
    ends = [row.at for row in view.shown] if view.line is None else [*(row.at for row in view.shown), view.line.at]
    for row in view.shown:
        ends.extend(row.interval or ())
    room = max(max(ends) - min(ends), MILLION) * 0.02
    return (min(ends) - room) / MILLION, (max(ends) + room) / MILLION


def _flowed(items: list[str], width: float) -> list[tuple[float, int]]:
    """Where each item of the key begins, and in which line."""
    found, x, line = list[tuple[float, int]](), 8.0, 0
    for item in items:
        if x > 8 and x + 10 + length(item) > width:
            x, line = 8.0, line + 1
        found.append((x, line))
        x += 10 + length(item) + 18
    return found


def _key(canvas: Canvas, view: Ranks, items: list[str], lines: list[tuple[float, int]]) -> None:
    states = [state for state in STATES if view.number(state)]
    for state, item, (x, line) in zip(states, items, lines, strict=True):
        y = 14 + 20 * line
        _mark(canvas, f"key-{state}", state, [canvas.point(x - 2, y - 4.5)], 7)
        canvas.write(x + 8, y, item, tone="ink" if state == "funded" else "quiet")


def _mark(canvas: Canvas, name: str, state: State, points: list[tuple[float, float]], size: float) -> None:
    shape, part, empty = MARKS[state]
    tone: Tone = "ink" if state in {"funded", "reserve"} else "quiet"
    outline = 1.1 if empty or shape == "x" else 0
    canvas.marks(name, points, shape=shape, size=size * part, tone=tone, hollow=empty, width=outline)


def _scales(canvas: Canvas, view: Ranks, say: Words, *, narrow: bool) -> None:
    least, greatest = _scale(view)
    first, last = view.shown[0].place - 0.5, view.shown[-1].place + 0.5
    by_rank = view.kind == "rank"
    shown = ticks(max(least, 1) if by_rank else least, greatest, 5 if narrow else 8, whole=by_rank)
    canvas.segments("grid", [((tick, first), (tick, last)) for tick in shown], tone="line")
    top = canvas.frame.top if len(view.shown) == len(view.rows) else canvas.frame.top - 22
    for tick in shown:
        canvas.write(canvas.at(tick, first)[0], top - 6, f"{tick:g}", anchor="middle")
    canvas.write(canvas.frame.left, top - 24, say(f"ranks.axis.{view.kind}", credible=view.credible))
    if view.line is not None:
        at = view.line.at / MILLION
        canvas.segments("funding-line", [((at, first), (at, last))], tone="stop", width=1.4, dashes=(4, 3))
        text = say("line", at=_told(view.line, view))
        across = canvas.at(at, last)[0]
        bottom = canvas.frame.height - 8
        fits = across + length(text) / 2 < canvas.frame.width
        start = across - length(text) / 2 < 0
        anchor: Anchor = "start" if start else "middle" if fits else "end"
        canvas.write(
            4 if start else across if fits else canvas.frame.width - 4, bottom, text, anchor=anchor, tone="stop"
        )


def _rows(canvas: Canvas, view: Ranks, pitch: float) -> None:
    for name, holds, opacity in (("intervals", False, 0.45), ("intervals-held", True, 1.0)):
        ends = [
            ((row.interval[0] / MILLION, row.place), (row.interval[1] / MILLION, row.place))
            for row in view.shown
            if row.interval is not None and (view.line is not None and _holds(row, view.line)) is holds
        ]
        canvas.segments(name, ends, tone="ink" if holds else "quiet", width=1, opacity=opacity)
    for state in STATES:
        points = [(row.at / MILLION, float(row.place)) for row in view.shown if row.state == state]
        _mark(canvas, state, state, points, 4.6 if pitch < 10 else 8)


def _names(canvas: Canvas, view: Ranks) -> None:
    """The proposals nearest the line by name, beside their intervals."""
    if view.line is None:
        return
    near = [row for row in view.shown if -NEAREST < row.place - view.line.paid <= NEAREST]
    places = max(length(str(row.place)) for row in near)
    widest = places + 10 + max(length(row.proposal) for row in near)
    wanted = [canvas.at(0, row.place)[1] for row in near]
    gap, bottom = 15.0, canvas.frame.height - canvas.frame.bottom
    start = sum(wanted) / len(wanted) - gap * (len(near) - 1) / 2
    placed = apart([start + gap * number for number in range(len(near))], gap, canvas.frame.top + 4, bottom)
    beside = [row for row in view.shown if placed[0] - gap < canvas.at(0, row.place)[1] < placed[-1] + gap]
    across = min(max(canvas.at(_end(row), 0)[0] for row in beside) + 30, canvas.frame.width - widest - 4)
    leaders = []
    for row, y in zip(near, placed, strict=True):
        begins, row_at = canvas.at(_end(row), row.place)
        leaders.append((canvas.point(begins + 4, row_at), canvas.point(across - 4, y)))
        bold = row.state == "funded"
        canvas.write(across + places, y + 4.5, str(row.place), anchor="end", bold=bold, halo=True)
        canvas.write(across + places + 10, y + 4.5, row.proposal, tone="ink", bold=bold, halo=True)
    canvas.segments("leaders", leaders, tone="quiet", width=0.7, opacity=0.7)


def _end(row: Row) -> float:
    """Where the drawing of a row ends at the right."""
    return (row.at if row.interval is None else row.interval[1]) / MILLION


def _rest(canvas: Canvas, view: Ranks, say: Words, first: int, last: int) -> None:
    """What stands above and below the rows that are drawn, in words."""
    above = [row for row in view.rows if row.place < first]
    below = [row for row in view.rows if row.place > last]
    for rows, y in ((above, canvas.frame.top - 4), (below, canvas.frame.height - canvas.frame.bottom + 16)):
        if rows:
            funded = sum(row.state == "funded" for row in rows)
            text = say("ranks.rest", first=rows[0].place, last=rows[-1].place, funded=funded, n=len(rows))
            canvas.write(canvas.frame.left, y, text)
