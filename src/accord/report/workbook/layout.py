"""Where everything stands in the meeting's workbook: what the writer and the reader have to agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from openpyxl.utils import get_column_letter

FORMAT: Final = "accord meeting workbook 1"

HEADER: Final = 4  # the row of the columns' names on every sheet
FIRST: Final = HEADER + 1  # the row of the first entry

PLACE, PROPOSAL, TITLE, FUND, STATE, TOTAL, RANK, RANK_FROM, RANK_TO, TIE, CHANGE, WHY, OVER, TOPIC = range(1, 15)

SIDE, SIGNATORY, UNIT, PLAN_BUDGET, BUDGET, BUDGET_WHY, SPENT, LEFT, SHARE, PAYS, STOPS, STOPS_AT, RUNS_OUT = range(
    1, 14
)
BUDGET_CHANGE: Final = RUNS_OUT + 1

ABOUT_ROOT: Final = (FIRST + 3, 2)  # row and column of the record's root


@dataclass(frozen=True, slots=True)
class Layout:
    """The cells of a workbook of so many proposals and Sides; proposals and Sides count from 0."""

    proposals: int
    sides: int

    @property
    def last(self) -> int:
        """The row of the last proposal."""
        return FIRST + max(self.proposals, 1) - 1

    @property
    def last_side(self) -> int:
        """The row of the last Side on the sheet of budgets."""
        return FIRST + self.sides - 1

    @property
    def width(self) -> int:
        """How many columns the list has."""
        return TOPIC + 2 * self.sides

    def row(self, number: int) -> int:
        """The row of a proposal, or of a Side on the sheet of budgets."""
        return FIRST + number

    def request(self, side: int) -> int:
        """The column of what proposals ask of a Side."""
        return TOPIC + 1 + side

    def left(self, side: int) -> int:
        """The column of what a Side has left after each row."""
        return TOPIC + 1 + self.sides + side

    def computed_request(self, side: int) -> int:
        """The column, on the hidden sheet, of what the proposals themselves ask."""
        return COMPUTED_REQUESTS + side

    def logged(self, number: int) -> int:
        """The row, on the hidden sheet, of a possible change: Sides first, then proposals."""
        return self.last + 3 + number


COMPUTED_PROPOSAL, COMPUTED_FUND, COMPUTED_FUNDABLE, COMPUTED_REQUESTS = range(1, 5)
LOG_COUNT, LOG_WHAT, LOG_TITLE, LOG_CHANGE, LOG_WHY = range(1, 6)


def cell(column: int, row: int, *, sheet: str = "", fixed: bool = False) -> str:
    """A cell's name in a formula; `fixed` keeps it where it is."""
    letter = get_column_letter(column)
    name = f"${letter}${row}" if fixed else f"{letter}{row}"
    return f"'{sheet}'!{name}" if sheet else name


def column(number: int, first: int, last: int, *, sheet: str = "") -> str:
    """A part of a column in a formula."""
    letter = get_column_letter(number)
    span = f"${letter}${first}:${letter}${last}"
    return f"'{sheet}'!{span}" if sheet else span


def quoted(text: str) -> str:
    """A text as a formula holds it."""
    return '"' + text.replace('"', '""') + '"'


def listed(parts: list[str]) -> str:
    """A formula: the texts that parts give, each of which ends in '; ', as one text without the last of these."""
    return f'SUBSTITUTE(SUBSTITUTE(TRIM({"&".join(parts)})&"|",";|",""),"|","")'
