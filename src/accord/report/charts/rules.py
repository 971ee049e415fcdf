"""The four rules of selection side by side: the proposals that some would fund and others would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accord.pipeline.compared import ComparedRule
from accord.pipeline.walk import Walk
from accord.report.charts.canvas import SIZE, Canvas, Frame, length
from accord.report.charts.chart import Chart, chart
from accord.report.charts.line import funding_line
from accord.report.charts.words import sentences
from accord.report.language import Words

MOST: Final = 40  # rows; of more, those nearest the funding line
PITCH: Final = 22
HEAD: Final = 118


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A proposal that not every rule treats alike: which of the rules fund it, in the rules' order."""

    proposal: str
    place: int
    funded: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules, how many proposals each of them funds, and the proposals in which they differ, by place."""

    compared: tuple[ComparedRule, ...]
    alike: int
    differing: tuple[Differing, ...]
    shown: tuple[Differing, ...]


def rules(walk: Walk, compared: Sequence[ComparedRule]) -> Rules | None:
    """The comparison as it is drawn; None where there is none."""
    if walk.list is None or not compared or not any(one.funded for one in compared):
        return None
    sets = [frozenset(one.funded) for one in compared]
    alike = frozenset.intersection(*sets)
    differing = [
        Differing(proposal=place.proposal, place=place.place, funded=tuple(place.proposal in funded for funded in sets))
        for place in walk.list.result.places
        if place.proposal not in alike and any(place.proposal in funded for funded in sets)
    ]
    line = funding_line(walk)
    middle = len(alike) if line is None else line.paid
    nearest = sorted(differing, key=lambda one: (abs(one.place - middle - 0.5), one.place))[:MOST]
    return Rules(
        compared=tuple(compared),
        alike=len(alike),
        differing=tuple(differing),
        shown=tuple(sorted(nearest, key=lambda one: one.place)),
    )


def rules_chart(walk: Walk, compared: Sequence[ComparedRule], say: Words) -> Chart | None:
    """The chart of the rules; None where there is none."""
    view = rules(walk, compared)
    if view is None:
        return None
    return chart(
        name="rules",
        title=say("rules.title"),
        description=described(view, say),
        wide=_drawn(view, say, 620),
        narrow=_drawn(view, say, 358),
    )


def described(view: Rules, say: Words) -> str:
    """The comparison in sentences."""
    named = {
        one.rule: say(f"rule.{one.rule}").replace("\n", "" if say.language == "ja" else " ") for one in view.compared
    }
    counts = [
        say("rules.text.plan" if one.chosen else "rules.text.rule", rule=named[one.rule], n=len(one.funded))
        for one in view.compared
    ]
    told = [
        say("rules.text", rules=say.joined(counts), n=view.alike),
        say("rules.text.differ", n=len(view.differing)) if view.differing else say("rules.text.same"),
    ]
    unproven = [named[one.rule] for one in view.compared if not one.proven]
    if unproven:
        told.append(say("rules.text.unproven", rules=say.joined(unproven)))
    return sentences(told, say)


def _drawn(view: Rules, say: Words, width: float) -> Canvas:
    """Rules across, proposals down: a filled mark where the rule funds the proposal."""
    places = max([length(str(one.place)) for one in view.shown], default=0.0) + 4
    names = [places + 10 + length(one.proposal) for one in view.shown]
    left = max([*names, length(say("rules.alike", n=view.alike))]) + 18
    further = len(view.differing) - len(view.shown)
    bottom = 30 if further else 8
    rows = len(view.shown)
    frame = Frame(width=width, height=HEAD + PITCH * (rows + 1) + bottom, left=left, right=4, top=HEAD, bottom=bottom)
    count = len(view.compared)
    canvas = Canvas(frame, (-0.5, count - 0.5), (rows + 0.5, -0.5))
    chosen = [number for number, one in enumerate(view.compared) if one.chosen]
    top = canvas.point(0, 0)[1]
    canvas.boxes("plan", [(n - 0.5, rows + 0.5, n + 0.5, top) for n in chosen], tone="wash")
    _head(canvas, view, say)
    canvas.write(4, canvas.at(0, 0)[1] + 4.5, say("rules.alike", n=view.alike))
    every = [(float(number), 0.0) for number in range(count)]
    canvas.marks("alike", every if view.alike else [], shape="s", size=11, tone="ink")
    rule = canvas.point(4, 0)[0]
    floors = [((rule, row + 0.5), (count - 0.5, row + 0.5)) for row in range(rows)]
    canvas.segments("floors", floors, tone="line")
    for row, it in enumerate(view.shown, start=1):
        down = canvas.at(0, row)[1] + 4.5
        canvas.write(places, down, str(it.place), anchor="end")
        canvas.write(places + 10, down, it.proposal, tone="ink")
    for number, one in enumerate(view.compared):
        taken = [(float(number), float(row)) for row, it in enumerate(view.shown, start=1) if it.funded[number]]
        passed = [(float(number), float(row)) for row, it in enumerate(view.shown, start=1) if not it.funded[number]]
        canvas.marks(f"funded-{one.rule}", taken, shape="o", size=9, tone="ink")
        canvas.marks(f"not-{one.rule}", passed, shape="o", size=2.4, tone="quiet", opacity=0.6)
    if further:
        canvas.write(4, frame.height - 10, say("rules.further", n=further))
    return canvas


def _head(canvas: Canvas, view: Rules, say: Words) -> None:
    """Each rule by name, how many it funds, and whether it is the plan's or not proven."""
    size = SIZE if canvas.frame.width > 500 else 11
    for number, one in enumerate(view.compared):
        across = canvas.at(number, 0)[0]
        for line, text in enumerate(say(f"rule.{one.rule}").split("\n")):
            canvas.write(across, 20 + 15 * line, text, anchor="middle", tone="ink", size=size, bold=one.chosen)
        canvas.write(across, 70, str(len(one.funded)), anchor="middle", tone="ink", size=24, bold=one.chosen)
        note = "rules.plan" if one.chosen else None if one.proven else "rules.unproven"
        if note:
            canvas.write(across, 90, say(note), anchor="middle", size=11)
