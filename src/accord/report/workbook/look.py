"""How the meeting's workbook looks: the report's colours as cell styles, and people's text kept text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from math import ceil
from typing import Any, Final

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from accord.errors import InvalidInput
from accord.report.texts import printable

INK: Final = "1D1C19"
QUIET: Final = "6A665D"
LINE: Final = "E3DFD4"
WASH: Final = "F3F0E8"
STOP: Final = "9B1C2E"
WARN: Final = "8A5A00"
GOOD: Final = "1F6B3A"
SIDES: Final = ("B83A26", "2B4C9B", "1C7A6C", "8A5A00", "6D3F8C")  # the report's --side-1 to --side-5
INPUT: Final = "FFF7D6"
OVERDRAWN: Final = "FBE3E4"
WHITE: Final = "FFFFFF"

LINE_HEIGHT: Final = 13.5  # points, of a text of ten
ROOM: Final = 1.08  # more than its signs a wrapped text takes, since words are kept whole
LONGEST_FORMULA: Final = 8192
LONGEST_TEXT: Final = 32_767  # of a cell
ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what a workbook would read as a sign's number
LEADS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

THIN: Final = Border(bottom=Side(style="thin", color=LINE))


def amount_format(decimals: int) -> str:
    """The number format of a unit of so many decimals."""
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")


def add_styles(book: Workbook, font: str, decimals: set[int]) -> None:
    """Give a workbook every style that its sheets name."""

    def style(name: str, *, colour: str = INK, bold: bool = False, size: int = 10, **more: Any) -> None:
        more.setdefault("border", THIN)
        more.setdefault("alignment", Alignment(vertical="top"))
        book.add_named_style(NamedStyle(name=name, font=Font(name=font, size=size, bold=bold, color=colour), **more))

    wrapped = Alignment(vertical="top", wrap_text=True)
    right = Alignment(vertical="top", horizontal="right")
    centre = Alignment(vertical="top", horizontal="center")
    head = Alignment(vertical="bottom", wrap_text=True)
    head_right = Alignment(vertical="bottom", horizontal="right", wrap_text=True)
    yellow = PatternFill("solid", start_color=INPUT)
    open_cell = Protection(locked=False)
    style("said", border=Border(), colour=QUIET)
    style("call", border=Border(), bold=True, size=15)
    style("banner", border=Border(), bold=True, colour=STOP)
    style("total-status", border=Border(), bold=True, size=11)
    style("text")
    style("wrapped", alignment=wrapped)
    style("name", bold=True)
    style("log", border=Border(), alignment=wrapped)
    style("log-name", border=Border(), bold=True)
    style("log-over", border=Border(), colour=STOP, bold=True, alignment=wrapped)
    style("state", colour=QUIET)
    style("over", colour=STOP, bold=True, alignment=wrapped)
    style("changed", colour=WARN, alignment=wrapped)
    style("place", number_format="0", alignment=centre, colour=QUIET)
    style("whole", number_format="0", alignment=right)
    style("score", number_format="0.00", alignment=right)
    style("rank", number_format="0.0", alignment=right)
    style("part", number_format="0 %", alignment=right)
    style("switch", bold=True, alignment=centre, number_format="0", fill=yellow, protection=open_cell)
    style("switch-fixed", colour=QUIET, alignment=centre, number_format="0")
    style("why", alignment=wrapped, number_format="@", fill=yellow, protection=open_cell)
    wash = PatternFill("solid", start_color=WASH)
    style("head", bold=True, alignment=head, fill=wash)
    style("head-right", bold=True, alignment=head_right, fill=wash)
    for number, colour in enumerate(SIDES, 1):
        fill = PatternFill("solid", start_color=colour)
        style(f"head-side-{number}", colour=WHITE, bold=True, alignment=head_right, fill=fill)
        style(f"side-{number}", colour=colour, bold=True)
    for places in sorted(decimals):
        money = {"number_format": amount_format(places), "alignment": right}
        style(f"amount-{places}", **money)
        style(f"left-{places}", colour=QUIET, **money)
        style(f"sum-{places}", bold=True, **money)
        style(f"amount-open-{places}", fill=yellow, protection=open_cell, **money)


def put(sheet: Worksheet, row: int, column: int, text: str, style: str) -> None:
    """Write a text that stays a text, whatever sign it begins with."""
    shown = ESCAPED.sub("_x005F_", str(printable(text)))[:LONGEST_TEXT]
    cell = sheet.cell(row, column)
    cell.style = style
    if shown:
        cell.value = shown
        cell.data_type = "s"
        cell.quotePrefix = shown.startswith(LEADS_FORMULA)


def put_number(sheet: Worksheet, row: int, column: int, value: float | None, style: str) -> None:
    """Write a number, or an empty cell."""
    cell = sheet.cell(row, column, value)
    cell.style = style


def put_formula(sheet: Worksheet, row: int, column: int, formula: str, style: str) -> None:
    """Write a formula of our own; no text of people's is ever part of one."""
    if len(formula) >= LONGEST_FORMULA:
        raise InvalidInput("the call has too many Sides for a workbook: a formula over all of them is too long")
    cell = sheet.cell(row, column, f"={formula}")
    cell.style = style


def columns_of(text: str) -> int:
    """How many columns of a narrow sign a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def heighten(sheet: Worksheet, row: int, cells: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need, each with the width of its column."""
    lines = max((ceil(columns_of(text) * ROOM / width) for text, width in cells), default=1)
    sheet.row_dimensions[row].height = LINE_HEIGHT * max(lines, 1) + 2


def arrange(
    sheet: Worksheet,
    widths: dict[str, float],
    *,
    freeze: str,
    header: int,
    paper: int,
    footer: str,
    pages_wide: int = 1,
) -> None:
    """Set widths, frozen panes, protection and print."""
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    sheet.row_dimensions[1].height = 22
    sheet.row_dimensions[header].height = max(2 * LINE_HEIGHT + 4, sheet.row_dimensions[header].height or 0)
    sheet.freeze_panes = freeze
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth = pages_wide
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.oddFooter.left.text = footer
    sheet.oddFooter.right.text = "&P / &N"
