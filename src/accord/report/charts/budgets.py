"""Each Side's budget as it fills along the list: the part that is spent, place by place, and where it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accord.pipeline.walk import Walk
from accord.report.charts.canvas import Canvas, Frame, apart, length, ticks
from accord.report.charts.chart import Chart, chart
from accord.report.charts.palette import DASHES, SIDES
from accord.report.charts.words import sentences
from accord.report.figures import percent
from accord.report.language import Words
from accord.report.sides import side_views, spending

COLOURED: Final = 5  # so many Sides at most are coloured: the scarcest; the rest are grey


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """A Side's budget along the list, in minor units: what is spent after each funded place that asks of it.

    `stops` is the first place that the Side cannot pay, None where it pays all that ask it; `colour` counts from 1.
    """

    side: str
    budget: int
    spent: tuple[tuple[int, int], ...]
    stops: int | None
    colour: int
    pattern: int

    @property
    def total(self) -> int:
        """What is spent in the end."""
        return self.spent[-1][1] if self.spent else 0

    def share(self, spent: int) -> float:
        """An amount as a percentage of the budget."""
        return 100 * spent / self.budget

    def spent_at(self, place: int) -> int:
        """What is spent before a place."""
        return max((spent for at, spent in self.spent if at < place), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Every Side with a budget, in the plan's order; `scarce` are those told by colour; `last` place drawn."""

    purses: tuple[Purse, ...]
    scarce: tuple[Purse, ...]
    last: int


def budgets(walk: Walk) -> Budgets | None:
    """The budgets as they are drawn; None before a selection, and where nothing is funded."""
    if walk.selection is None or not walk.selection.result.funded:
        return None
    chosen = walk.selection.result
    found = []
    for one in spending(walk, side_views(walk)):
        side, spent, rows = one.side.id, 0, list[tuple[int, int]]()
        for funded in chosen.funded:
            spent += funded.requested[side]
            if funded.requested[side]:
                rows.append((funded.place, spent))
        if chosen.budgets[side]:
            purse = Purse(
                side=side,
                budget=chosen.budgets[side],
                spent=tuple(rows),
                stops=one.stops,
                colour=one.side.colour,
                pattern=one.side.pattern,
            )
            found.append(purse)
    if not found:
        return None
    by_need = sorted(found, key=lambda one: (one.stops is None, one.stops or 0, -one.share(one.total)))
    scarce = found if len(found) <= COLOURED else by_need[:COLOURED]
    last = max([chosen.funded[-1].place, *(one.stops for one in scarce if one.stops is not None)])
    return Budgets(purses=tuple(found), scarce=tuple(scarce), last=last + 1)


def budgets_chart(walk: Walk, say: Words) -> Chart | None:
    """The chart of the budgets; None where there is none."""
    view = budgets(walk)
    if view is None:
        return None
    return chart(
        name="budgets",
        title=say("budgets.title"),
        description=described(view, say),
        wide=_drawn(view, say, 800, 380),
        narrow=_drawn(view, say, 358, 320),
    )


def described(view: Budgets, say: Words) -> str:
    """The budgets in sentences: the end of every Side that is told by colour, and what stops it."""
    ends = [say("budgets.end", side=one.side, share=percent(one.total, one.budget)) for one in view.scarce]
    stops = [
        say("budgets.text.stop", side=one.side, place=one.stops)
        for one in sorted(view.purses, key=lambda one: one.stops or 0)
        if one.stops is not None and one in view.scarce
    ]
    told = [say("budgets.text", ends=say.joined(ends))]
    told.append(say("budgets.text.stops", stops=say.joined(stops)) if stops else say("budgets.text.none"))
    return sentences(told, say)


def _drawn(view: Budgets, say: Words, width: float, height: float) -> Canvas:
    narrow = width < 500
    ends = [say("budgets.end", side=one.side, share=percent(one.total, one.budget)) for one in view.scarce]
    stop = "budgets.stops.short" if narrow else "budgets.stops"
    stops = ["" if one.stops is None else say(stop, place=one.stops) for one in view.scarce]
    right = max(length(text, 13) for text in [*ends, *stops]) + 14
    frame = Frame(width=width, height=height, left=46, right=right, top=34, bottom=46)
    canvas = Canvas(frame, (0, view.last), (0, 100))
    canvas.segments("grid", [((0, share), (view.last, share)) for share in (25, 50, 75)], tone="line")
    canvas.segments("ends", [((0, 0), (view.last, 0)), ((0, 100), (view.last, 100))], tone="quiet", width=0.8)
    for share in (0, 25, 50, 75, 100):
        canvas.text(0, share, f"{share}%", dx=-8, dy=4.5, anchor="end")
    for place in ticks(1, view.last, 4 if narrow else 10):
        canvas.text(place, 0, f"{place:g}", dy=18, anchor="middle")
    canvas.text(view.last / 2, 0, say("budgets.axis"), dy=38, anchor="middle")
    canvas.write(4, 14, say("budgets.share"))
    others = [one for one in view.purses if one not in view.scarce]
    for one in others:
        canvas.steps(f"spent-{one.side}", _points(one, view.last), tone="quiet", width=0.8, opacity=0.4)
    if others:
        canvas.write(width - 4, 14, say("budgets.others", n=len(others)), anchor="end")
    for one in view.scarce:
        tone = SIDES[one.colour - 1]
        dashes = DASHES[one.pattern % len(DASHES)]
        canvas.steps(f"spent-{one.side}", _points(one, view.last), tone=tone, width=2.2, dashes=dashes)
        if one.stops is not None:
            at = (float(one.stops), one.share(one.spent_at(one.stops)))
            canvas.marks(f"stop-{one.side}", [at], shape="o", size=9, tone=tone, hollow=True, width=2)
    _ends(canvas, view, ends, stops)
    return canvas


def _points(purse: Purse, last: int) -> list[tuple[float, float]]:
    steps = [(float(place), purse.share(spent)) for place, spent in purse.spent]
    return [(0.0, 0.0), *steps, (float(last), purse.share(purse.total))]


def _ends(canvas: Canvas, view: Budgets, ends: list[str], stops: list[str]) -> None:
    """The Sides by name at the end of their lines, apart from each other."""
    order = sorted(range(len(view.scarce)), key=lambda number: -view.scarce[number].total / view.scarce[number].budget)
    wanted = [canvas.at(view.last, view.scarce[number].share(view.scarce[number].total))[1] for number in order]
    frame = canvas.frame
    placed = apart(wanted, 34, frame.top, frame.height - frame.bottom)
    for number, y in zip(order, placed, strict=True):
        tone = SIDES[view.scarce[number].colour - 1]
        x = frame.width - frame.right + 10
        canvas.write(x, y + 4.5, ends[number], tone=tone, bold=True, size=13)
        if stops[number]:
            canvas.write(x, y + 19, stops[number], tone="quiet", size=11.5)
