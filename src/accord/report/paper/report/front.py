"""The first pages: what the report is, who takes part, when what happens, and how each Side's budget stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from accord.pipeline.disclosure_view import View
from accord.pipeline.walk import Walk
from accord.report.changed import Changes
from accord.report.environment import for_reader
from accord.report.paper.report.changes import changes, noted
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line, Run
from accord.report.rows import Lists
from accord.report.sides import SideView, Spending, spending
from accord.report.standing import topped_up, why_provisional
from accord.report.texts import spoken_first
from accord.report.tracks import joint_instants

FEW: Final = 6  # Sides that leave room for the rest of the first page
MOST_ZONES: Final = 3
INSTANTS_BESIDE: Final = 4
AFTER_DATE: Final = re.compile("(）|,) ?(?=[0-9])")  # between a date and the time of day


def front(
    writer: Writer,
    walk: Walk,
    sides: Sequence[SideView],
    every: Lists,
    *,
    view: View,
    changed: Changes | None,
) -> None:
    """The head, what a meeting changed, the budgets and the timeline.

    What was changed is for all Sides together; one Side reads that something was.
    """
    _head(writer, walk, every, view=view, changed=changed)
    few = len(sides) <= FEW
    if few:
        _sides(writer, sides)
    if changed is not None and view.whole:
        changes(writer, changed)
    _budgets(writer, walk, sides)
    if not few:
        _sides(writer, sides)
    _timeline(writer, walk, sides)


def titles(writer: Writer, walk: Walk, kind: str, view: View, *, after_meeting: bool) -> None:
    """What a document is, of which call, and for whom; that scores are made up, and that a meeting changed it."""
    plan = walk.inputs.call.plan.plan
    first, *others = spoken_first(plan.call.title, writer.language, plan.call.prevailing_language)
    mast = (writer.text("Accord"), writer.told(kind), writer.code(plan.call.id))
    writer.paragraph(writer.joined(mast, " · "), "mast")
    writer.paragraph(writer.worded(first), "title")
    for title in others:
        writer.paragraph(writer.worded(title), "subtitle")
    if not view.whole:
        writer.paragraph(writer.sentences(*_for_reader(writer, view)), "note")
    if walk.inputs.simulated is not None:
        how = writer.told("page.simulated-how", seed=walk.inputs.simulated)
        writer.paragraph(writer.sentences(writer.told("page.simulated"), how), "note")
    if after_meeting:
        writer.paragraph(writer.told("adjusted.reader"), "note")


def _for_reader(writer: Writer, view: View) -> Iterator[Line]:
    reader = for_reader(view, writer.say)
    yield writer.told("page.for-reader", reader=reader["reader"])
    yield writer.told("page.copy")
    if reader["withheld"]:
        yield writer.told("page.copy-withheld", matters=reader["withheld"])
    elif view.reader.kind == "side":
        yield writer.told("page.copy-whole")


def _head(writer: Writer, walk: Walk, every: Lists, *, view: View, changed: Changes | None) -> None:
    call = walk.inputs.call
    plan = call.plan.plan
    titles(writer, walk, "page.report", view, after_meeting=changed is not None and not view.whole)
    if changed is not None and view.whole:
        noted(writer, changed, plan.sides)
    provisional = why_provisional(walk, writer.say)
    if provisional:
        writer.paragraph(writer.sentences(writer.told("page.provisional"), *map(writer.text, provisional)), "note")
    counted = {
        "funded": len(every.funded),
        "reserve": len(every.reserve),
        "not-funded": len(every.not_funded),
        "not-ranked": len(every.unranked),
        "eligible": len(every.eligible),
        "not-eligible": len(every.not_eligible),
    }
    sums = [
        (Run(f"{number:,}", writer.language, "strong"), *writer.text(" "), *writer.told(f"sums.{name}"))
        for name, number in counted.items()
        if number
    ]
    whole = writer.told("page.of-proposals", n=len(call.proposals))
    writer.paragraph((*writer.listed(sums), *writer.text(" "), *whole))
    said = [writer.told("page.computed")] if walk.selection is not None else []
    said += [writer.told("page.indicative")] if plan.call.indicative else []
    if said:
        writer.paragraph(writer.sentences(*said))
    digest = (*writer.told("page.plan-digest"), *writer.text(" "), *writer.code(call.plan.digest))
    writer.paragraph(digest)


def _sides(writer: Writer, sides: Sequence[SideView]) -> None:
    """The Sides with their names, programmes and units."""
    lines = []
    for side in sides:
        names = [writer.worded(name) for name in side.names]
        bodies = [writer.worded(body) for body in side.managed_by]
        told = writer.joined([*names, writer.text(side.side.programme), writer.text(side.side.unit), *bodies], " · ")
        lines.append((*writer.side(side), *writer.text("  "), *told))
    writer.bullets(lines)


def _budgets(writer: Writer, walk: Walk, sides: Sequence[SideView]) -> None:
    writer.heading(writer.told("budgets.heading"))
    writer.paragraph(writer.told("budgets.lead"))
    spent = spending(walk, sides)
    if not spent:
        writer.bullets(
            [(*writer.side(side), *writer.text(f" {side.budget}  "), *_requested(writer, side)) for side in sides]
        )
        return
    first = [one for one in spent if one.first]
    if first:
        names = writer.listed(writer.side(one.side) for one in first)
        key = "budgets.first" if len(first) == 1 else "budgets.first-several"
        writer.paragraph(writer.told(key, side=names, sides=names, place=first[0].stops))
    else:
        writer.paragraph(writer.told("budgets.nobody"))
    writer.chart("budgets", 80)
    writer.table(
        writer.told("budgets.table"),
        [
            (writer.told("page.side"), 12),
            (writer.told("budgets.budget"), 19),
            (writer.told("budgets.recommended"), 19),
            (writer.told("budgets.used"), 10),
            (writer.told("budgets.left"), 18),
            (writer.told("budgets.pays"), 10),
            (writer.told("budgets.stops"), 18),
        ],
        [_spent(writer, one) for one in spent],
        numbers=range(1, 6),
    )
    writer.paragraph(writer.quiet(writer.told("budgets.stops-note")))
    if more := topped_up(walk, sides, writer.say):
        writer.paragraph(writer.sentences(*map(writer.text, more)))


def _requested(writer: Writer, side: SideView) -> Line:
    return writer.told("budgets.requested", amount=side.requested)


def _spent(writer: Writer, one: Spending) -> list[Line]:
    stops = writer.quiet(writer.told("budgets.never"))
    if one.stops is not None and one.stops_at is not None:
        place = writer.told("budgets.at-place", place=one.stops)
        stops = (*place, *writer.text(" "), *writer.code(one.stops_at))
    side = one.side
    return [
        writer.side(side),
        writer.text(side.budget),
        writer.text(side.recommended or ""),
        writer.text(f"{side.filled}%"),
        writer.text(side.left or ""),
        writer.text(f"{one.pays:,}"),
        stops,
    ]


def _timeline(writer: Writer, walk: Walk, sides: Sequence[SideView]) -> None:
    """Every instant in each zone: a column a zone where there are few, else a row for the Sides that share times."""
    _, instants = joint_instants(walk.inputs.call.plan.plan, sides, writer.language)
    writer.heading(writer.told("timeline.heading"))
    times: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    for row in instants:
        for zone, here, at in row.zones:
            times.setdefault((zone, here), {})[row.label] = at
    labels = [row.label for row in instants]
    if len(times) <= MOST_ZONES:
        columns = [(writer.told("timeline.instant"), 26)]
        columns += [((*_sides_of(writer, here), *writer.quiet(writer.text(f"  {zone}"))), 37) for zone, here in times]
        rows = [
            [writer.text(label), *(writer.text(there.get(label, "")) for there in times.values())] for label in labels
        ]
        writer.table(writer.told("timeline.caption"), columns, rows)
        return
    alike: dict[tuple[str, ...], list[str]] = {}
    for (_, here), there in times.items():
        alike.setdefault(tuple(there.get(label, "") for label in labels), []).extend(here)
    for first in range(0, len(labels), INSTANTS_BESIDE):
        shown = range(first, min(first + INSTANTS_BESIDE, len(labels)))
        columns = [(writer.told("page.side"), 20), *((writer.text(labels[number]), 20) for number in shown)]
        rows = [
            [_sides_of(writer, here), *(writer.text(AFTER_DATE.sub(r"\1\n", there[number])) for number in shown)]
            for there, here in alike.items()
        ]
        writer.table(writer.told("timeline.caption") if first == 0 else (), columns, rows)


def _sides_of(writer: Writer, here: Sequence[str]) -> Line:
    return writer.listed(writer.side(side) for side in here)
