"""A simulation's charts: how many proposals are funded, and what each Side uses of its budget."""

from __future__ import annotations

from typing import Final

from accord.methods.scores import MILLION
from accord.methods.simulation import SideOutcome, Simulation
from accord.report.charts.canvas import Canvas, Frame, length, ticks
from accord.report.charts.chart import Chart, chart
from accord.report.charts.palette import SIDES
from accord.report.language import Words
from accord.report.sides import COLOURS
from accord.report.simulation_words import chance_text

WIDE, NARROW = 800.0, 358.0
BARS: Final = 40
HUNDRED: Final = 100
TOLD: Final = 8  # Sides that the text alternative names one by one


def funded_chart(found: Simulation, say: Words) -> Chart:
    """How many proposals are funded, over all runs."""
    told = say("chart.funded.text", low=found.funded.at(5), high=found.funded.at(95), middle=found.funded.at(50))
    return chart(
        name="funded-runs",
        title=say("chart.funded.title"),
        description=told,
        wide=_funded(found, say, WIDE, 300),
        narrow=_funded(found, say, NARROW, 260),
    )


def bars(found: Simulation) -> list[tuple[int, int, int]]:
    """(first number, last number, runs) of each bar; several numbers share one where there are many."""
    least, greatest = found.funded_runs[0][0], found.funded_runs[-1][0]
    width = -(-(greatest - least + 1) // BARS)
    rows = dict.fromkeys(range(least, greatest + 1, width), 0)
    for number, runs in found.funded_runs:
        rows[least + (number - least) // width * width] += runs
    return [(start, start + width - 1, runs) for start, runs in rows.items()]


def _funded(found: Simulation, say: Words, width: float, height: float) -> Canvas:
    rows = bars(found)
    shares = [HUNDRED * runs / found.runs for _, _, runs in rows]
    top = max(shares) * 1.08
    first, last = rows[0][0] - 1.0, rows[-1][1] + 1.0
    canvas = Canvas(Frame(width=width, height=height, left=46, right=12, top=40, bottom=46), (first, last), (0, top))
    lines = ticks(0, top, 4)
    canvas.segments("grid", [((first, share), (last, share)) for share in lines if share], tone="line")
    boxes = [(a - 0.42, 0.0, b + 0.42, share) for (a, b, _), share in zip(rows, shares, strict=True)]
    canvas.boxes("bars", boxes, tone="ink", opacity=0.8)
    canvas.segments("floor", [((first, 0), (last, 0))], tone="quiet", width=0.8)
    middle = found.funded.at(50)
    canvas.segments("middle", [((middle, 0), (middle, top))], tone="stop", width=1.4, dashes=(4, 3))
    across, _ = canvas.at(middle, 0)
    text = say("chart.funded.middle", n=middle)
    far = across + length(text) / 2 > width - 6
    canvas.write(
        width - 6 if far else max(across, length(text) / 2 + length(say("chart.funded.share")) + 16),
        34,
        text,
        anchor="end" if far else "middle",
        tone="stop",
        halo=True,
    )
    for share in lines:
        canvas.text(first, share, f"{share:g}%", dx=-8, dy=4.5, anchor="end")
    for number in ticks(rows[0][0], rows[-1][1], 6 if width < WIDE else 16):
        canvas.text(number, 0, f"{number:g}", dy=18, anchor="middle")
    canvas.text((first + last) / 2, 0, say("chart.funded.axis"), dy=38, anchor="middle")
    canvas.write(4, 14, say("chart.funded.share"))
    return canvas


def used_chart(found: Simulation, say: Words) -> Chart:
    """What each Side uses of its budget: nine runs of ten, half of them, the middle one; its chance to be first out."""
    scarcest = sorted(found.sides, key=lambda one: -one.first.runs)[:TOLD]
    told = [
        say("chart.used.side", side=one.side, low=_part(one, 5), high=_part(one, 95), first=chance_text(one.first))
        for one in scarcest
    ]
    return chart(
        name="used",
        title=say("chart.used.title"),
        description=say("chart.used.text", sides=("、" if say.language == "ja" else "; ").join(told)),
        wide=_used(found, say, WIDE),
        narrow=_used(found, say, NARROW),
    )


def _part(one: SideOutcome, percent: int) -> str:
    return f"{HUNDRED * one.part.at(percent) / MILLION:.0f}"


def _used(found: Simulation, say: Words, width: float) -> Canvas:
    rows = len(found.sides)
    pitch = 34 if rows <= 12 else 24
    left = max(length(one.side, 13) for one in found.sides) + 18
    heads = [say("chart.used.first"), *(f"{one.first.share / 10_000:.1f}%" for one in found.sides)]
    right = max(length(text) for text in heads) + 22
    frame = Frame(width=width, height=44 + pitch * rows + 46, left=left, right=right, top=44, bottom=46)
    canvas = Canvas(frame, (0, HUNDRED), (0, rows))
    canvas.segments("grid", [((share, 0), (share, rows)) for share in (0, 25, 50, 75, 100)], tone="line")
    canvas.write(width - 6, 26, heads[0], anchor="end")
    for number, (one, head) in enumerate(zip(found.sides, heads[1:], strict=True)):
        tone = SIDES[number % COLOURS]
        y = rows - number - 0.5
        low, lower, middle, upper, high = (HUNDRED * one.part.at(at) / MILLION for at in (5, 25, 50, 75, 95))
        canvas.segments(f"most-{one.side}", [((low, y), (high, y))], tone=tone, width=1.6)
        canvas.segments(f"half-{one.side}", [((lower, y), (upper, y))], tone=tone, width=8)
        canvas.marks(f"middle-{one.side}", [(middle, y)], shape="o", size=9, tone=tone, hollow=True, width=2)
        canvas.text(0, y, one.side, dx=-left, dy=4.5, tone=tone, bold=True, size=13)
        canvas.write(width - 6, canvas.at(0, y)[1] + 4.5, head, anchor="end", tone="ink")
    for share in (0, 25, 50, 75, 100):
        canvas.text(share, 0, f"{share}%", dy=18, anchor="middle")
    canvas.text(50, 0, say("chart.used.axis"), dy=38, anchor="middle")
    return canvas
