"""The list: what is funded, in reserve, not funded, not ranked, not eligible, each with its money and its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from accord.methods.scores import scale_of_totals
from accord.pipeline.steps import SelectionResult
from accord.pipeline.walk import Walk
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.reasons import Reason
from accord.report.rows import Lists, Money, Row, criterion_names
from accord.report.sides import SideView
from accord.report.ties import tie_notes, ties

PROVEN: Final = frozenset({"max-merit", "ties-by-funds"})  # rules that choose a best set


def selection(writer: Writer, walk: Walk, sides: Sequence[SideView], every: Lists) -> None:
    """Every list with its reasons; before a selection, who is eligible."""
    if walk.ranking is None or walk.list is None or walk.selection is None:
        writer.heading(writer.told("list.eligible"))
        writer.paragraph(writer.told("list.eligible-lead"))
        _list(writer, sides, every.eligible, "eligible")
        _list(writer, sides, every.not_eligible, "not-eligible", why="list.failed")
        return
    ranked, plan = walk.ranking.result, walk.inputs.call.plan.plan
    writer.heading(writer.told("list.heading"), new_page=True)
    lead = (writer.told(f"list.lead-{ranked.order_by}"), writer.told(f"rule.{walk.selection.result.rule}"))
    writer.paragraph(writer.sentences(*lead, *_proof(writer, walk.selection.result)))
    writer.chart("ranks")
    panel = ranked.order_by == "consensus"
    total = writer.told(
        "page.total-consensus" if panel else "page.total-mean", greatest=f"{scale_of_totals(plan.review)[1]:g}"
    )
    notes = tie_notes(ties(walk.list.result, ranked, writer.say, criterion_names(plan, writer.say)), writer.say)
    ranks = ranked.order_by == "calibrated"
    _list(writer, sides, every.funded, "funded", why="page.state", total=total, ranks=ranks, notes=notes)
    _list(writer, sides, every.reserve, "reserve", why="page.why", total=total, ranks=ranks, notes=notes)
    _list(writer, sides, every.not_funded, "not-funded", why="page.why", total=total, ranks=ranks, notes=notes)
    if every.unranked:
        _list(writer, sides, every.unranked, "not-ranked", why="list.why-not-ranked")
    _list(writer, sides, every.not_eligible, "not-eligible", why="list.failed")


def _proof(writer: Writer, chosen: SelectionResult) -> Iterator[Line]:
    if chosen.rule not in PROVEN:
        return
    solver = chosen.solver
    if not chosen.optimal:
        yield writer.told("list.not-proven", solver=solver or writer.say("list.the-solver"))
    elif solver:
        yield writer.told("list.proven-solver", solver=solver)
    else:
        yield writer.told("list.proven")


def _list(
    writer: Writer,
    sides: Sequence[SideView],
    rows: Sequence[Row],
    name: str,
    *,
    why: str | None = None,
    total: Line = (),
    ranks: bool = False,
    notes: Mapping[str, str] | None = None,
) -> None:
    writer.heading(writer.told(f"list.{name}"), 2)
    if not rows:
        writer.paragraph(writer.told(f"list.{name}-none"))
        return
    placed = total != ()
    columns: list[tuple[Line, int]] = [(writer.told("page.place"), 8)] if placed else []
    columns.append((writer.told("page.proposal"), 34 if placed else 42))
    if ranks:
        columns.append((writer.told("page.expected-rank"), 15))
    if placed:
        columns.append((total, 11))
    figures = {0, *range(2, len(columns))} if placed else set[int]()
    columns.append((writer.told("page.requests"), 31))
    if why is not None:
        columns.append((writer.told(why), 27))
    told = []
    for row in rows:
        cells = [writer.text(str(row.place))] if placed else []
        cells.append(_named(writer, row))
        if ranks:
            drawn = row.strip
            cells.append(() if drawn is None else writer.text(f"{drawn.rank}\n({drawn.interval})"))
        if placed:
            cells.append(writer.text(row.total or ""))
        cells.append(_requests(writer, row))
        if why is not None:
            cells.append(_why(writer, row, (notes or {}).get(row.id), funded=name == "funded"))
        told.append(cells)
    if name == "funded":
        sums = [(*writer.side(side), *writer.text(f" {side.recommended}")) for side in sides]
        gaps = [()] * (len(columns) - 4)
        told.append([(), writer.told("list.funded-sum"), *gaps, writer.joined(sums, "\n"), ()])
    writer.table(writer.told(f"list.{name}-caption"), columns, told, numbers=figures)


def _named(writer: Writer, row: Row) -> Line:
    parts = [writer.code(row.id), writer.quiet(writer.worded(row.topic))]
    if row.list_place and row.list_place != row.place:
        parts.append(writer.quiet(writer.told("page.list-place", place=row.list_place)))
    return (*writer.worded(row.title), *writer.text("\n"), *writer.joined(parts, " · "))


def _requests(writer: Writer, row: Row) -> Line:
    asked = [_request(writer, one) for one in row.money if one.asked]
    return writer.joined(asked, "\n") if asked else writer.told("page.nothing-requested")


def _request(writer: Writer, one: Money) -> Line:
    """What is asked of a Side, and what that has left once the proposal is funded."""
    asked = (*writer.side(one.side), *writer.text(f" {one.requested}"))
    if one.left is None:
        return asked
    return (*asked, *writer.quiet(writer.text(f"\n{writer.say('page.left')} {one.left}")))


def _why(writer: Writer, row: Row, note: str | None, *, funded: bool) -> Line:
    lines = [writer.told("page.funded")] if funded else []
    lines += [reason_of(writer, one) for one in row.reasons]
    if note is not None:
        lines.append(writer.quiet(writer.text(note)))
    return writer.joined(lines, "\n")


def reason_of(writer: Writer, one: Reason) -> Line:
    """A reason, after its Side where it is about one."""
    told = writer.text(one.text)
    told = tuple(type(run)(run.text, one.tag or run.language) for run in told)
    return told if one.side is None else (*writer.side(one.side), *writer.text(" "), *told)
