"""The sheet of results: what the plan publishes of each proposal to be funded, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accord.call.values import Partner, Proposal
from accord.plan.money import amount_text
from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents, amount
from accord.report.workbook.layout import cell
from accord.report.workbook.look import arrange, heighten, put, put_number

PAPER_A4: Final = 9


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of texts: its name, its width, and what stands in it for each proposal.

    `closer` says how many times more of a long text a line takes than of a title.
    """

    name: str
    width: float
    texts: dict[str, str]
    closer: float = 1.0


def fill_results(sheet: Worksheet, contents: Contents) -> None:
    """Write the proposals to be funded, in an order that tells nothing of their merit."""
    words, view = contents.words, contents.view
    put(sheet, 1, 1, contents.worded(contents.plan.call.title), "call")
    put(sheet, 2, 1, " ".join(_notes(contents)), "said")
    proposals = contents.walk.inputs.call.proposals
    columns = list(_columns(contents, proposals))
    for place, name in enumerate((words.project, *(column.name for column in columns)), 1):
        put(sheet, at.HEADER, place, name, "head")
    widths = {"A": 14.0} | {get_column_letter(place): column.width for place, column in enumerate(columns, 2)}
    after = len(columns) + 2
    if view.shows("abstract"):
        put(sheet, at.HEADER, after, words.months, "head-right")
    money = after + int(view.shows("abstract"))
    for number, side in enumerate(contents.paying):
        put(sheet, at.HEADER, money + number, words.amount.format(side=side.id, unit=side.unit), "head-right")
        digits = max((len(amount_text(one.requested(side), side.unit)) for one in proposals), default=0)
        widths[get_column_letter(money + number)] = max(digits + digits // 3 + 4, 13)
    for row, proposal in enumerate(proposals, at.FIRST):
        put(sheet, row, 1, proposal.id, "name")
        for place, column in enumerate(columns, 2):
            put(sheet, row, place, column.texts[proposal.id], "wrapped")
        heighten(sheet, row, [(column.texts[proposal.id], column.width * column.closer) for column in columns])
        if view.shows("abstract"):
            put_number(sheet, row, after, proposal.duration_months, "whole")
        for number, side in enumerate(contents.paying):
            shown = sheet.cell(row, money + number, amount(proposal.requested(side), side))
            shown.style = f"amount-{side.exponent}"
    arrange(
        sheet,
        widths,
        freeze=cell(2, at.FIRST),
        header=at.HEADER,
        paper=PAPER_A4,
        footer=contents.plan.call.id,
    )


def _notes(contents: Contents) -> Iterator[str]:
    simulated = contents.walk.inputs.simulated
    if simulated is not None:
        yield contents.words.simulated.format(seed=simulated)
    yield contents.words.results_note


def _columns(contents: Contents, proposals: tuple[Proposal, ...]) -> Iterator[_Column]:
    words, view = contents.words, contents.view
    if view.shows("title"):
        yield _Column(words.title, 50.0, {one.id: one.title for one in proposals})
    if view.shows("topic"):
        yield _Column(words.topic, 26.0, {one.id: contents.topics[one.topic] for one in proposals})
    if view.shows("partners"):
        told = {one.id: "; ".join(_partner(partner) for partner in one.partners) for one in proposals}
        yield _Column(words.partners, 50.0, told)
    if view.shows("abstract"):
        yield _Column(words.abstract, 100.0, {one.id: one.abstract for one in proposals}, closer=1.5)


def _partner(partner: Partner) -> str:
    return f"{partner.organisation} ({partner.country}, {partner.side})"
