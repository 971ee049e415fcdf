"""The experts' loads as a chart: for each Side how many experts have so many reviews, beside the plan's limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from accord.methods.scores import millionths
from accord.pipeline.walk import Walk
from accord.report.charts.canvas import Canvas, Frame, length
from accord.report.charts.chart import Chart, chart
from accord.report.charts.palette import SIDES, Tone
from accord.report.charts.words import sentences
from accord.report.figures import decimal
from accord.report.language import Words
from accord.report.sides import COLOURS

ROOMY: Final = 6  # up to so many rows, each bar has its number


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLoads:
    """A Side's experts by their number of reviews; no Side for experts that belong to none."""

    side: str | None
    experts: Counter[int]
    tone: Tone

    @property
    def number(self) -> int:
        """How many experts."""
        return self.experts.total()

    @property
    def mean(self) -> int:
        """Their mean number of reviews, in millionths."""
        return millionths(Fraction(sum(load * number for load, number in self.experts.items()), self.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """The loads of each Side that has experts, in the plan's order, and the plan's limits."""

    sides: tuple[SideLoads, ...]
    least: int
    most: int

    @property
    def greatest(self) -> int:
        """The greatest load that is drawn."""
        return max(self.most, *(max(side.experts) for side in self.sides))


def loads(walk: Walk) -> Loads | None:
    """The loads as they are drawn; None where nothing is assigned."""
    result = walk.assignment.result
    if not result.pairs:
        return None
    of_expert = Counter(pair.expert for pair in result.pairs)
    plan = walk.inputs.call.plan.plan
    counts: dict[str | None, Counter[int]] = {side: Counter() for side in (*plan.sides, None)}
    for expert in walk.inputs.call.experts:
        counts[expert.side][of_expert[expert.id]] += 1
    tones: dict[str | None, Tone] = {side: SIDES[number % COLOURS] for number, side in enumerate(plan.sides)}
    return Loads(
        sides=tuple(
            SideLoads(side=side, experts=counted, tone=tones.get(side, "quiet"))
            for side, counted in counts.items()
            if counted
        ),
        least=plan.review.min_load,
        most=plan.review.max_load,
    )


def loads_chart(walk: Walk, say: Words) -> Chart | None:
    """The chart of the loads; None where there is none."""
    view = loads(walk)
    if view is None:
        return None
    return chart(
        name="loads",
        title=say("loads.title"),
        description=described(view, say),
        wide=_drawn(view, say, 800),
        narrow=_drawn(view, say, 358),
    )


def described(view: Loads, say: Words) -> str:
    """The loads in sentences."""
    everyone = SideLoads(side=None, experts=Counter(), tone="quiet")
    for one in view.sides:
        everyone.experts.update(one.experts)
    told = [say("loads.text", **_told(everyone))]
    if len(view.sides) <= ROOMY:
        sides = [say("loads.text.side", side=one.side or say("loads.none"), **_told(one)) for one in view.sides]
        told.append(say("loads.text.sides", sides=("、" if say.language == "ja" else "; ").join(sides)))
    told.append(say("loads.text.range" if view.least else "loads.text.most", least=view.least, most=view.most))
    return sentences(told, say)


def _told(one: SideLoads) -> dict[str, Any]:
    experts = one.experts
    return {"n": one.number, "least": min(experts), "most": max(experts), "mean": decimal(one.mean, 1)}


def _drawn(view: Loads, say: Words, width: float) -> Canvas:
    """A row a Side, one scale for all: bars stand on the row's line."""
    rows = len(view.sides)
    roomy = rows <= ROOMY
    pitch = 84 if roomy else 26
    names = [one.side or say("loads.none") for one in view.sides]
    counts = [say("loads.experts", n=one.number) for one in view.sides]
    left = max(length(text, 13) for text in ([*names, *counts] if roomy else names)) + 18
    frame = Frame(width=width, height=34 + pitch * rows + 46, left=left, right=12, top=34, bottom=46)
    canvas = Canvas(frame, (-0.6, view.greatest + 0.6), (0, rows))
    tallest = max(max(one.experts.values()) for one in view.sides)
    part = 0.68 if roomy else 0.82
    for number, (one, name, count) in enumerate(zip(view.sides, names, counts, strict=True)):
        floor = float(rows - 1 - number)
        canvas.segments(f"floor-{number}", [((-0.6, floor), (view.greatest + 0.6, floor))], tone="line")
        boxes = [
            (load - 0.32, floor, load + 0.32, floor + part * experts / tallest)
            for load, experts in sorted(one.experts.items())
        ]
        canvas.boxes("loads" if one.side is None else f"loads-{one.side}", boxes, tone=one.tone if roomy else "quiet")
        canvas.text(-0.6, floor, name, dx=-left, dy=-18 if roomy else -3, tone=one.tone, bold=True, size=13)
        if roomy:
            canvas.text(-0.6, floor, count, dx=-left, dy=-2, size=11.5)
            for load, experts in sorted(one.experts.items()):
                canvas.text(load, floor + part * experts / tallest, str(experts), dy=-4, anchor="middle", size=11.5)
    for load in range(view.greatest + 1):
        canvas.text(load, 0, str(load), dy=18, anchor="middle")
    canvas.text(view.greatest / 2, 0, say("loads.axis"), dy=38, anchor="middle")
    _limits(canvas, view, say)
    return canvas


def _limits(canvas: Canvas, view: Loads, say: Words) -> None:
    rows = len(view.sides)
    limits = [(view.most + 0.5, say("loads.most", n=view.most), "end")]
    if view.least:
        limits.append((view.least - 0.5, say("loads.least", n=view.least), "start"))
    canvas.segments("limits", [((at, 0), (at, rows)) for at, _, _ in limits], tone="stop", width=1.4, dashes=(4, 3))
    for at, text, anchor in limits:
        canvas.text(at, rows, text, dy=-8, anchor="end" if anchor == "end" else "start", tone="stop")
