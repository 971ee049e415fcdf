"""The list: what is funded, in reserve, not funded, not ranked, not eligible, each with its money and its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from accord.methods.scores import scale_of_totals
from accord.pipeline.disclosure_view import View
from accord.pipeline.steps import SelectionResult
from accord.pipeline.walk import Walk
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.reasons import Reason
from accord.report.rows import Lists, Money, Row, criterion_names
from accord.report.sides import SideView
from accord.report.ties import tie_notes, ties

MOST_COLUMNS: Final = 3  # of Sides beside each other
NOTHING: Final = "–"
PROVEN: Final = frozenset({"max-merit", "ties-by-funds"})  # rules that choose a best set


def selection(
    writer: Writer, walk: Walk, sides: Sequence[SideView], every: Lists, *, view: View, by_rule: bool
) -> None:
    """Every list with its reasons; before a selection, who is eligible.

    Where a meeting chose the set itself and no rule gives it, the rule is not told.
    """
    if walk.ranking is None or walk.list is None or walk.selection is None:
        writer.heading(writer.told("list.eligible"))
        writer.paragraph(writer.told("list.eligible-lead"))
        _list(writer, sides, every.eligible, "eligible")
        _list(writer, sides, every.not_eligible, "not-eligible", why="list.failed")
        return
    ranked, plan = walk.ranking.result, walk.inputs.call.plan.plan
    writer.heading(writer.told("list.heading"))
    lead = [writer.told(f"list.lead-{ranked.order_by}")]
    if by_rule:
        lead += [writer.told(f"rule.{walk.selection.result.rule}"), *_proof(writer, walk.selection.result)]
    else:
        lead.append(writer.told("adjusted.own-set"))
    writer.paragraph(writer.sentences(*lead))
    writer.chart("ranks", floats=True)
    panel = ranked.order_by == "consensus"
    total = writer.told(
        "page.total-consensus" if panel else "page.total-mean", greatest=f"{scale_of_totals(plan.review)[1]:g}"
    )
    notes = tie_notes(ties(walk.list.result, ranked, writer.say, criterion_names(plan, writer.say)), writer.say)
    ranks = ranked.order_by == "calibrated" and view.shows("ranks")
    total = total if view.shows("totals") else ()
    _list(writer, sides, every.funded, "funded", why="page.state", places=True, total=total, ranks=ranks, notes=notes)
    _list(writer, sides, every.reserve, "reserve", why="page.why", places=True, total=total, ranks=ranks, notes=notes)
    _list(
        writer,
        sides,
        every.not_funded,
        "not-funded",
        why="page.why",
        places=True,
        total=total,
        ranks=ranks,
        notes=notes,
    )
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
    places: bool = False,
    total: Line = (),
    ranks: bool = False,
    notes: Mapping[str, str] | None = None,
) -> None:
    writer.heading(writer.told(f"list.{name}"), 2)
    if not rows:
        writer.paragraph(writer.told(f"list.{name}-none"))
        return
    table = _Table(writer, sides, rows, dict(notes or {}), funded=name == "funded")
    if places:
        table.column("page.place", 8, lambda row: writer.text(str(row.place)), figures=True)
    table.column("page.proposal", 34, table.named)
    if ranks:
        table.column("page.expected-rank", 15, table.rank, figures=True)
    if total:
        table.add(total, 11, lambda row: writer.text(row.total or ""), figures=True)
    table.requests()
    if why is not None and any(map(table.why, rows)):
        table.column(why, 18 if name == "funded" else 28, table.why)
    table.write(writer.told(f"list.{name}-caption"))


class _Table:
    """A list as a table, column by column; the money of a few Sides in a column each, where it lines up."""

    def __init__(
        self, writer: Writer, sides: Sequence[SideView], rows: Sequence[Row], notes: Mapping[str, str], *, funded: bool
    ) -> None:
        self._writer, self._sides, self._rows, self._notes, self._funded = writer, sides, rows, notes, funded
        self._columns: list[tuple[Line, int]] = []
        self._cells: list[list[Line]] = [[] for _ in rows]
        self._sums: list[Line] = []
        self._figures: set[int] = set()

    def column(self, key: str, share: int, cell: Callable[[Row], Line], *, figures: bool = False) -> None:
        """A column by the message of its head."""
        self.add(self._writer.told(key), share, cell, figures=figures)

    def add(
        self, head: Line, share: int, cell: Callable[[Row], Line], *, figures: bool = False, total: Line = ()
    ) -> None:
        """A column, and what stands below it where the list is summed up."""
        if figures:
            self._figures.add(len(self._columns))
        self._columns.append((head, share))
        self._sums.append(total)
        for cells, row in zip(self._cells, self._rows, strict=True):
            cells.append(cell(row))

    def named(self, row: Row) -> Line:
        """Title, identifier, topic; the place on the list where another one is shown."""
        writer = self._writer
        parts = [writer.code(row.id), writer.quiet(writer.worded(row.topic))]
        if row.list_place and row.list_place != row.place:
            parts.append(writer.quiet(writer.told("page.list-place", place=row.list_place)))
        return (*writer.worded(row.title), *writer.text("\n"), *writer.joined(parts, " · "))

    def rank(self, row: Row) -> Line:
        """The expected rank and its interval."""
        drawn = row.strip
        writer = self._writer
        if drawn is None:
            return ()
        return (*writer.text(f"{drawn.rank}\n"), *writer.quiet(writer.text(drawn.interval)))

    def requests(self) -> None:
        """What each Side is asked for, and what it has left then."""
        writer = self._writer
        if len(self._sides) > MOST_COLUMNS:
            paying = [one for one in self._sides if one.pays] or self._sides
            sums = [(*writer.side(one), *writer.text(f" {one.recommended}")) for one in paying]
            self.add(writer.told("page.requests"), 30, self._in_one, total=writer.joined(sums, "\n"))
            return
        for number, side in enumerate(self._sides):
            head = (*writer.side(side), *writer.text(f"\n{side.side.unit}"))
            total = writer.text(bare(side, side.recommended or ""))
            self.add(head, 14, partial(self._of_place, number), figures=True, total=total)

    def _of_place(self, number: int, row: Row) -> Line:
        return self._of_side(row.money[number])

    def _of_side(self, one: Money) -> Line:
        writer = self._writer
        if not one.asked:
            return writer.quiet(writer.text(NOTHING))
        asked = writer.text(bare(one.side, one.requested))
        if one.left is None:
            return asked
        return (*asked, *writer.quiet(writer.text(f"\n{writer.say('page.left')} {bare(one.side, one.left)}")))

    def _in_one(self, row: Row) -> Line:
        writer = self._writer
        asked = [self._request(one) for one in row.money if one.asked]
        return writer.joined(asked, "\n") if asked else writer.told("page.nothing-requested")

    def _request(self, one: Money) -> Line:
        writer = self._writer
        asked = (*writer.side(one.side), *writer.text(f" {one.requested}"))
        if one.left is None:
            return asked
        return (*asked, *writer.quiet(writer.text(f"\n{writer.say('page.left')} {one.left}")))

    def why(self, row: Row) -> Line:
        """The reasons, and what decided its place among the tied."""
        writer = self._writer
        lines = _together(writer, row.reasons)
        note = self._notes.get(row.id)
        if note is not None:
            lines.append(writer.quiet(writer.text(note)))
        return writer.joined(lines, "\n")

    def write(self, caption: Line) -> None:
        """The table, with the sums below what is funded."""
        rows = self._cells
        if self._funded:
            at = next(number for number, total in enumerate(self._sums) if total)
            sums = list(self._sums)
            sums[at - 1 if at - 1 not in self._figures else 1] = self._writer.told("list.funded-sum")
            rows = [*rows, sums]
        self._writer.table(caption, self._columns, rows, numbers=self._figures)


def _together(writer: Writer, reasons: Sequence[Reason]) -> list[Line]:
    """The reasons; thresholds that are missed stand in one line, since they begin alike."""
    begins = writer.say.template("reason.below").partition("{")[0]
    missed = [one.text.removeprefix(begins) for one in reasons if one.side is None and one.text.startswith(begins)]
    others = [one for one in reasons if one.side is not None or not one.text.startswith(begins)]
    lines = [writer.text(begins + "; ".join(missed))] if missed else []
    return [*lines, *(reason_of(writer, one) for one in others)]


def bare(side: SideView, amount: str) -> str:
    """An amount below a head that names its unit."""
    return amount.removeprefix(f"{side.side.unit} ").removesuffix("円")


def reason_of(writer: Writer, one: Reason) -> Line:
    """A reason, after its Side where it is about one."""
    told = writer.text(one.text)
    told = tuple(type(run)(run.text, one.tag or run.language) for run in told)
    return told if one.side is None else (*writer.side(one.side), *writer.text(" "), *told)
