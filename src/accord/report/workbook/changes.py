"""The sheet of changes, filled in by itself, and the hidden sheet of what was computed that it compares with."""

from __future__ import annotations

from typing import Final

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents, amount
from accord.report.workbook.layout import cell, column, quoted
from accord.report.workbook.look import OVERDRAWN, THIN, arrange, put, put_formula, put_number

PAPER_A4: Final = 9
MOST_CHANGES: Final = 200  # that the sheet shows
WIDTHS: Final = {"A": 12, "B": 52, "C": 40, "D": 52, "E": 22}


def fill_changes(sheet: Worksheet, contents: Contents) -> None:
    """Write the sheet of changes: the first row of the hidden log that reaches each number, and what is missing."""
    words, layout = contents.words, contents.layout
    possible = layout.sides + layout.proposals
    first, last = layout.logged(0), layout.logged(possible - 1)
    counts = column(at.LOG_COUNT, first, last, sheet=words.computed)
    changed = column(at.LOG_CHANGE, first, last, sheet=words.computed)
    whys = column(at.LOG_WHY, first, last, sheet=words.computed)
    put(sheet, 1, 1, words.changes, "call")
    put(sheet, 2, 1, words.changes_note.format(most=MOST_CHANGES), "said")
    missing = f'SUMPRODUCT(({changed}<>"")*(TRIM({whys})=""))'
    number = f"{cell(at.LOG_COUNT, last, sheet=words.computed)}&{quoted(words.number_changes)}"
    put_formula(sheet, 3, 1, f"{number}&{missing}&{quoted(words.number_missing)}", "total-status")
    for place, name in enumerate((words.what, words.title, words.change, words.why_changed, words.status), 1):
        put(sheet, at.HEADER, place, name, "head")
    rows = min(possible, MOST_CHANGES)
    for count in range(1, rows + 1):
        row = at.FIRST + count - 1
        for place, source in enumerate((at.LOG_WHAT, at.LOG_TITLE, at.LOG_CHANGE, at.LOG_WHY), 1):
            values = column(source, first, last, sheet=words.computed)
            formula = f'IFERROR(INDEX({values},MATCH({count},{counts},0))&"","")'
            put_formula(sheet, row, place, formula, "log-name" if place == 1 else "log")
        told = f'IF({cell(3, row)}="","",IF(TRIM({cell(4, row)})="",{quoted(words.reason_missing)},""))'
        put_formula(sheet, row, 5, told, "log-over")
    red = FormulaRule(formula=[f'$E{at.FIRST}<>""'], fill=PatternFill("solid", bgColor=OVERDRAWN))
    sheet.conditional_formatting.add(f"D{at.FIRST}:D{at.FIRST + rows - 1}", red)
    ruled = FormulaRule(formula=[f'$A{at.FIRST}<>""'], border=THIN)  # rows that are still empty stay blank on paper
    sheet.conditional_formatting.add(f"A{at.FIRST}:E{at.FIRST + rows - 1}", ruled)
    arrange(
        sheet,
        dict(WIDTHS),
        freeze=cell(1, at.FIRST),
        header=at.HEADER,
        paper=PAPER_A4,
        footer=contents.footer,
    )


def fill_computed(sheet: Worksheet, contents: Contents) -> None:
    """Write the hidden sheet: the computed selection, the proposals' requests, and the log of changes."""
    words, layout = contents.words, contents.layout
    for place, name in enumerate((words.proposal, words.fund, words.state), 1):
        put(sheet, at.HEADER, place, name, "head")
    for number, side in enumerate(contents.paying):
        put(sheet, at.HEADER, layout.computed_request(number), side.id, "head")
    for number, listed in enumerate(contents.places):
        row = layout.row(number)
        put(sheet, row, at.COMPUTED_PROPOSAL, listed.proposal, "text")
        put_number(sheet, row, at.COMPUTED_FUND, int(listed.proposal in contents.funded), "whole")
        put_number(sheet, row, at.COMPUTED_FUNDABLE, int(listed.fundable), "whole")
        for count, side in enumerate(contents.paying):
            if contents.requested(listed.proposal, side):
                asked = amount(contents.counted(listed.proposal, side), side)
                sheet.cell(row, layout.computed_request(count), asked).style = f"amount-{side.exponent}"
    for number in range(layout.sides):
        row = layout.row(number)
        sources = [
            cell(place, row, sheet=words.budgets) for place in (at.SIDE, at.SIGNATORY, at.BUDGET_CHANGE, at.BUDGET_WHY)
        ]
        _log(sheet, contents, number, sources)
    for number in range(layout.proposals):
        row = layout.row(number)
        sources = [cell(place, row, sheet=words.list) for place in (at.PROPOSAL, at.TITLE, at.CHANGE, at.WHY)]
        _log(sheet, contents, layout.sides + number, sources)
    sheet.protection.sheet = True
    sheet.sheet_state = "hidden"


def _log(sheet: Worksheet, contents: Contents, number: int, sources: list[str]) -> None:
    """One possible change: how many there are up to here, and what stands on its own sheet."""
    row = contents.layout.logged(number)
    change = cell(at.LOG_CHANGE, row)
    before = f"{cell(at.LOG_COUNT, row - 1)}+" if number else ""
    put_formula(sheet, row, at.LOG_COUNT, f'{before}IF({change}="",0,1)', "whole")
    for place, source in zip((at.LOG_WHAT, at.LOG_TITLE, at.LOG_CHANGE, at.LOG_WHY), sources, strict=True):
        put_formula(sheet, row, place, f'{source}&""', "text")
