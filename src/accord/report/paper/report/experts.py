"""The experts' work in figures, conflicts by kind, and the steps of the record with their digests."""

from __future__ import annotations

from collections.abc import Iterator

from accord.pipeline.disclosure_view import View
from accord.pipeline.walk import Walk
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.work import (
    KINDS_LEFT_OUT,
    KINDS_OF_CONFLICT,
    Assignment,
    SideLoad,
    assignment,
    conflicts,
    counted_kinds,
    left_out,
    loads,
)


def experts(writer: Writer, walk: Walk, view: View) -> None:
    """The assignment, its loads, conflicts and reviews left out; then the record. Of each what the view lets out."""
    _assignment(writer, walk, view)
    _loads(writer, walk, view)
    _conflicts(writer, walk, view)
    _record(writer, walk, view)


def _assignment(writer: Writer, walk: Walk, view: View) -> None:
    found = assignment(walk, writer.say, view)
    writer.heading(writer.told("assignment.heading"))
    if found.infeasible:
        writer.paragraph(writer.told("assignment.infeasible"), "note")
        writer.bullets([writer.worded(line) for line in found.infeasible])
    else:
        writer.paragraph(writer.sentences(*_assigned(writer, found, view)))
    stood = found.stood
    if stood is not None:
        writer.heading(writer.told("assignment.stood"), 2)
        key = "assignment.stood-ineligible" if stood.pairs_of_ineligible else "assignment.stood-pairs"
        pairs = writer.told(key, pairs=writer.say("count.pairs", n=stood.pairs), n=stood.pairs_of_ineligible)
        key = "assignment.stood-total" if stood.gain is None else "assignment.stood-gain"
        said = [pairs, writer.told(key, total=stood.total, gain=stood.gain)]
        if stood.findings:
            places = writer.say("count.places", n=len(stood.findings))
            writer.paragraph(writer.sentences(*said))
            writer.paragraph(writer.told("assignment.stood-findings", places=places))
        else:
            writer.paragraph(writer.sentences(*said, writer.told("assignment.stood-meets")))
    if walk.ranking is None:
        return
    omitted = left_out(walk.ranking.result.left_out, writer.say)
    writer.heading(writer.told("assignment.left-out"), 2)
    every = view.shows("conflicts", "assignment")
    if not omitted:
        writer.paragraph(writer.told("assignment.left-out-none" if every else "assignment.left-out-own"))
        return
    kinds = writer.listed(
        writer.told(f"assignment.left-out-{kind}", n=number)
        for kind, number in counted_kinds(omitted, KINDS_LEFT_OUT)
        if number
    )
    reviews = writer.say("count.reviews", n=len(omitted))
    own = () if every else writer.told("assignment.left-out-own")
    writer.paragraph(writer.sentences(writer.told("assignment.left-out-lead", reviews=reviews, kinds=kinds), own))


def _assigned(writer: Writer, found: Assignment, view: View) -> Iterator[Line]:
    key = "assignment.lead-mean" if found.mean else "assignment.lead"
    if found.total is None:
        key = "assignment.lead-copy"
    pairs = writer.say("count.pairs", n=len(found.pairs))
    yield writer.told(key, pairs=pairs, total=found.total, mean=found.mean, worst=found.worst)
    if not view.shows("assignment"):
        yield writer.told("assignment.own-only")
    if found.proven:
        yield writer.told(f"assignment.proven-{found.proven}")
    if not found.unique:
        yield writer.told("assignment.not-unique")


def _loads(writer: Writer, walk: Walk, view: View) -> None:
    found = loads(walk, view)
    writer.heading(writer.told("loads.heading"), 2)
    if not view.shows("assignment"):
        writer.paragraph(writer.told("loads.own-only"))
    writer.chart("loads")
    columns = [(writer.told("page.side"), 22)]
    names = ("experts", "can-take", "assigned", "mean", "most", "none-assigned")
    columns += [(writer.told(f"loads.{name}"), 13) for name in names]
    rows = [
        [
            writer.side(one.side),
            *(
                writer.quiet(writer.told("page.withheld")) if figure is None else writer.text(figure)
                for figure in _figures(one)
            ),
        ]
        for one in found.by_side
    ]
    writer.table(writer.told("loads.by-side"), columns, rows, numbers=range(1, 7), spread=True)


def _figures(one: SideLoad) -> tuple[str | None, ...]:
    """A Side's loads as figures; None where one is held back."""
    before, after = (one.experts, one.can_take, one.assigned), (one.most, one.without)
    grouped = [None if figure is None else f"{figure:,}" for figure in (*before, *after)]
    return (*grouped[:3], one.mean, *grouped[3:])


def _conflicts(writer: Writer, walk: Walk, view: View) -> None:
    found = conflicts(walk.conflicts.result.conflicts, writer.say)
    writer.heading(writer.told("conflicts.heading"))
    if not view.shows("conflicts"):
        writer.paragraph(writer.told("conflicts.own-only"))
    if not found:
        writer.paragraph(writer.told("conflicts.none"))
        return
    pairs = writer.say("count.pairs", n=len(walk.conflicts.result.pairs))
    writer.paragraph(writer.told("conflicts.lead", pairs=pairs, reasons=writer.say("count.reasons", n=len(found))))
    columns = [(writer.told("conflicts.kind"), 70), (writer.told("conflicts.number"), 30)]
    rows = [
        [writer.told(f"conflict.{kind}"), writer.text(f"{number:,}")]
        for kind, number in counted_kinds(found, KINDS_OF_CONFLICT)
    ]
    writer.table(writer.told("conflicts.by-kind"), columns, rows, numbers=(1,))


def _record(writer: Writer, walk: Walk, view: View) -> None:
    writer.heading(writer.told("record.heading"))
    writer.paragraph(writer.told("record.lead" if view.whole else "record.copy"))
    writer.paragraph(writer.code(f"accord record verify <{writer.say('record.folder')}>"))
    columns = [
        (writer.told("record.step"), 16),
        (writer.told("record.method"), 16),
        (writer.told("record.version"), 10),
        *([(writer.text("SHA-256"), 58)] if view.whole else []),
    ]
    rows = [
        [
            writer.told(f"step.{step.name}"),
            writer.code(step.method),
            writer.text(step.version),
            *([writer.code(step.digest)] if view.whole else []),
        ]
        for step in walk.steps()
    ]
    writer.table(writer.told("record.caption" if view.whole else "record.caption-copy"), columns, rows)
    keys = walk.inputs.call.plan.plan.recorded_only
    writer.heading(writer.told("record.recorded-only"), 2)
    if keys:
        listed = writer.listed(writer.code(key) for key in keys)
        writer.paragraph(writer.told("record.recorded-some", keys=listed))
    else:
        writer.paragraph(writer.told("record.recorded-none"))
