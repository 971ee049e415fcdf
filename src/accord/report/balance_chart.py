"""A balance's chart: what each Side gave to the others, to the right, and received from them, to the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accord.methods.balance import Flow
from accord.report.charts.canvas import Canvas, Frame, length
from accord.report.charts.chart import Chart, chart
from accord.report.charts.palette import SIDES
from accord.report.language import Words
from accord.report.sides import COLOURS

WIDE, NARROW = 800.0, 358.0
TOLD: Final = 8  # Sides that the text alternative names one by one
ROOMY: Final = 12


def balance_chart(flow: Flow, sides: Sequence[str], say: Words) -> Chart:
    """The chart of one kind of flow."""
    busiest = sorted(range(len(sides)), key=lambda number: -flow.exported[number] - flow.imported[number])[:TOLD]
    told = [
        say("chart.side", side=sides[number], gave=flow.exported[number], received=flow.imported[number])
        for number in busiest
    ]
    what = say(f"flow.{flow.kind}")
    return chart(
        name=f"flow-{flow.kind}",
        title=f"{say('chart.title')}: {what}",
        description=say("chart.text", what=what, sides=("、" if say.language == "ja" else "; ").join(told)),
        wide=_drawn(flow, sides, say, WIDE),
        narrow=_drawn(flow, sides, say, NARROW),
    )


def _drawn(flow: Flow, sides: Sequence[str], say: Words, width: float) -> Canvas:
    rows = len(sides)
    pitch = 34 if rows <= ROOMY else 22
    most = max(1, *flow.exported, *flow.imported)
    left = max(length(side, 13) for side in sides) + 18
    # Room for the longest number beyond the longest bar, on both sides.
    room = length(f"{most:,}") + 12
    scale = most * (1 + room / max(1.0, (width - left - 12) / 2 - room))
    frame = Frame(width=width, height=40 + pitch * rows + 12, left=left, right=12, top=40, bottom=12)
    canvas = Canvas(frame, (-scale, scale), (0, rows))
    for number, side in enumerate(sides):
        tone = SIDES[number % COLOURS]
        y = rows - number - 0.5
        out, into = flow.exported[number], flow.imported[number]
        if out:
            canvas.boxes(f"gave-{side}", [(0, y - 0.3, out, y + 0.3)], tone=tone)
        if into:
            canvas.boxes(f"received-{side}", [(-into, y - 0.3, 0, y + 0.3)], tone=tone, opacity=0.45)
        canvas.text(out, y, f"{out:,}", dx=7, dy=4.5, tone="ink")
        canvas.text(-into, y, f"{into:,}", dx=-7, dy=4.5, anchor="end", tone="ink")
        canvas.text(-scale, y, side, dx=-left, dy=4.5, tone=tone, bold=True, size=13)
    canvas.segments("middle", [((0, 0), (0, rows))], tone="ink", width=1)
    canvas.text(0, rows, say("received"), dx=-8, dy=-12, anchor="end")
    canvas.text(0, rows, say("gave"), dx=8, dy=-12)
    return canvas
