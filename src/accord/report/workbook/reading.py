"""The meeting's workbook read back: values only, every problem at once, with sheet and cell."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

import openpyxl

from accord.call.intake.sheet import BROKEN, check_parts
from accord.errors import InvalidInput, Problem, UnusableFolder
from accord.pipeline.adjustments import Meeting, Place
from accord.pipeline.disclosure import disclosed
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.reading import Record
from accord.plan.model import Side
from accord.plan.money import amount_text
from accord.plan.types import normalised
from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents
from accord.report.workbook.layout import cell
from accord.report.workbook.words import WORDS, Words

MOST_BYTES: Final = 64 * 1024 * 1024  # of the file as it is
LONGEST_SHOWN: Final = 40

Rows: TypeAlias = Sequence[Sequence[object]]


def read_meeting(content: bytes, file: str, record: Record) -> Meeting:
    """What a meeting's workbook of this record holds; raises UnusableFolder with every cell that cannot be taken.

    Formulas of the workbook are not looked at: requests, budgets, switches and reasons are its input. Raises
    InvalidInput where the record has no selection.
    """
    if len(content) > MOST_BYTES:
        raise _unusable(file, f"it has {len(content):,} bytes", f"at most {MOST_BYTES:,} are read")
    try:
        check_parts(content, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which hold no cell's value
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            language, words = _language(book, file)
            shown = disclosed(record.walk, Reader("sides"))
            contents = Contents(root=record.root, shown=shown, words=words, language=language)
            layout = contents.layout
            about = _rows(book[words.about], at.ABOUT_ROOT[0], 2)
            listed = _rows(book[words.list], layout.last, layout.width)
            budgets = _rows(book[words.budgets], layout.last_side, at.BUDGET_CHANGE)
    except BROKEN as error:
        if isinstance(error, InvalidInput):
            raise
        found = f"it is no readable workbook ({type(error).__name__})"
        raise _unusable(file, found, "save it as XLSX, without a password") from error
    _same_record(about, file, words, record)
    reader = _Reader(file, contents)
    reader.budgets(budgets)
    reader.list(listed)
    return reader.meeting()


def _unusable(file: str, found: str, expected: str, where: str = "") -> UnusableFolder:
    return UnusableFolder([Problem(file=file, field=where, found=found, expected=expected)])


def _language(book: Any, file: str) -> tuple[str, Words]:
    names = {sheet.title for sheet in book.worksheets}
    for language, words in WORDS.items():
        if {words.about, words.list, words.budgets} <= names:
            return language, words
    wanted = ", ".join((WORDS["en"].list, WORDS["en"].budgets, WORDS["en"].about))
    raise _unusable(file, f"its sheets are {', '.join(sorted(names))}", f"a meeting's workbook has {wanted}")


def _rows(sheet: Any, rows: int, columns: int) -> Rows:
    sheet.reset_dimensions()  # what a program writes there may be wrong
    return [tuple(row) for row in sheet.iter_rows(max_row=rows, max_col=columns, values_only=True)]


def _same_record(about: Rows, file: str, words: Words, record: Record) -> None:
    row, column = at.ABOUT_ROOT
    found = _value(about, row, column)
    if found != record.root:
        where = f"{words.about}!{cell(column, row)}"
        if isinstance(found, str) and found.startswith(f"{record.root} "):
            copy = found.removeprefix(record.root).strip(" ()")
            raise _unusable(file, f"it is a copy to read ({copy})", "take the workbook that all Sides share", where)
        raise _unusable(file, f"it is of the record {_shown(found)}", f"this record is {record.root}", where)


def _value(rows: Rows, row: int, column: int) -> object:
    line = rows[row - 1] if row <= len(rows) else ()
    value = line[column - 1] if column <= len(line) else None
    return normalised(value).strip() if isinstance(value, str) else value


def _shown(value: object) -> str:
    if value is None or value == "":
        return "an empty cell"
    text = str(value)
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")


@dataclass
class _Reader:
    """Takes the input cells, and remembers where each stands and what is wrong with it."""

    file: str
    contents: Contents
    problems: list[Problem] = field(default_factory=list)
    funded: dict[str, bool] = field(default_factory=dict)
    requests: dict[tuple[str, str], int] = field(default_factory=dict)
    side_budgets: dict[str, int] = field(default_factory=dict)
    reasons: dict[Place, str] = field(default_factory=dict)
    cells: dict[Place, str] = field(default_factory=dict)

    def budgets(self, rows: Rows) -> None:
        """Each Side's budget and reason."""
        words, layout = self.contents.words, self.contents.layout
        self._heads(
            rows, words.budgets, {at.SIDE: words.side, at.BUDGET: words.budget, at.BUDGET_WHY: words.why_changed}
        )
        found = self._by_name(
            rows, words.budgets, at.SIDE, [side.id for side in self.contents.plan.side], layout.last_side
        )
        for side in self.contents.plan.side:
            if side.id not in found:
                continue
            row = found[side.id]
            budget, why = (cell(column, row) for column in (at.BUDGET, at.BUDGET_WHY))
            self.cells["budget", side.id] = f"{words.budgets}!{budget}"
            self.cells["budget-reason", side.id] = f"{words.budgets}!{why}"
            minor = self._amount(_value(rows, row, at.BUDGET), side, ("budget", side.id))
            if minor is not None:
                self.side_budgets[side.id] = minor
            self.reasons["budget-reason", side.id] = self._reason(_value(rows, row, at.BUDGET_WHY))

    def list(self, rows: Rows) -> None:
        """Each proposal's switch, requests and reason."""
        words, layout, plan = self.contents.words, self.contents.layout, self.contents.plan
        heads = {at.PROPOSAL: words.proposal, at.FUND: words.fund, at.WHY: words.why_changed}
        for number, side in enumerate(plan.side):
            heads[layout.request(number)] = words.request.format(side=side.id, unit=side.unit)
        self._heads(rows, words.list, heads)
        names = [place.proposal for place in self.contents.places]
        found = self._by_name(rows, words.list, at.PROPOSAL, names, layout.last)
        for name in names:
            if name not in found:
                continue
            row = found[name]
            self.cells["fund", name] = f"{words.list}!{cell(at.FUND, row)}"
            self.cells["reason", name] = f"{words.list}!{cell(at.WHY, row)}"
            self.funded[name] = self._switch(_value(rows, row, at.FUND), ("fund", name))
            self.reasons["reason", name] = self._reason(_value(rows, row, at.WHY))
            self._requests(rows, row, name)

    def _requests(self, rows: Rows, row: int, name: str) -> None:
        for number, side in enumerate(self.contents.plan.side):
            column = self.contents.layout.request(number)
            place = ("request", name, side.id)
            self.cells[place] = f"{self.contents.words.list}!{cell(column, row)}"
            value = _value(rows, row, column)
            asked = self.contents.requested(name, side)
            if asked:
                minor = self._amount(value, side, place)
                if minor is not None:
                    self.requests[name, side.id] = self._request(minor, asked, side, place)
            elif value not in {None, "", 0}:
                self._problem(place, f"found {_shown(value)}", f"leave it empty: {name} asks nothing of {side.id}")

    def _request(self, minor: int, asked: int, side: Side, place: Place) -> int:
        """A request as the meeting leaves it. What a reduced version takes, unchanged, is no change of the request."""
        name = place[1]
        counted = self.contents.counted(name, side)
        if minor == counted:
            return asked
        if minor > counted and name in self.contents.reduced:
            least = amount_text(counted, side.unit)
            expected = (
                f"write {least} or less: {name} is funded in a reduced version, and whether whole the plan's rule tells"
            )
            self._problem(place, f"found {amount_text(minor, side.unit)}", expected)
        return minor

    def meeting(self) -> Meeting:
        """What was read, where nothing is wrong with it."""
        if self.problems:
            raise UnusableFolder(self.problems)
        return Meeting(
            file=self.file,
            funded=self.funded,
            requests=self.requests,
            budgets=self.side_budgets,
            reasons=self.reasons,
            cells=self.cells,
        )

    def _problem(self, place: Place, found: str, expected: str) -> None:
        self.problems.append(Problem(file=self.file, field=self.cells[place], found=found, expected=expected))

    def _heads(self, rows: Rows, sheet: str, heads: dict[int, str]) -> None:
        """The columns are where they were; if not, nothing else on the workbook can be told."""
        moved = []
        for column, name in heads.items():
            value = _value(rows, at.HEADER, column)
            if value != normalised(name).strip():
                where = f"{sheet}!{cell(column, at.HEADER)}"
                expected = f"leave the columns as they were: here stood {name!r}"
                moved.append(Problem(file=self.file, field=where, found=f"found {_shown(value)}", expected=expected))
        if moved:
            raise UnusableFolder([*self.problems, *moved])

    def _by_name(self, rows: Rows, sheet: str, column: int, names: Iterable[str], last: int) -> dict[str, int]:
        """The row of each name; a name that is missing, there twice or unknown is a problem."""
        known = dict.fromkeys(names)
        found: dict[str, int] = {}
        for row in range(at.FIRST, last + 1):
            value = _value(rows, row, column)
            where = f"{sheet}!{cell(column, row)}"
            if not isinstance(value, str) or value not in known:
                expected = "leave the rows as they were"
                self.problems.append(
                    Problem(file=self.file, field=where, found=f"found {_shown(value)}", expected=expected)
                )
            elif value in found:
                told = f"{value} is there twice, also in row {found[value]}"
                self.problems.append(Problem(file=self.file, field=where, found=told, expected="leave one row"))
            else:
                found[value] = row
        return found

    def _switch(self, value: object, place: Place) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool) and value in {0, 1}:
            return bool(value)
        self._problem(place, f"found {_shown(value)}", "write 1 (funded) or 0 (not)")
        return False

    def _amount(self, value: object, side: Side, place: Place) -> int | None:
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            self._problem(place, f"found {_shown(value)}", f"write an amount in {side.unit} as a number")
            return None
        exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")  # what a spreadsheet keeps
        minor = exact.scaleb(side.exponent)
        if minor < 0 or minor != minor.to_integral_value():
            decimals = f"at most {side.exponent} decimals" if side.exponent else "no decimals"
            self._problem(place, f"found {value}", f"write an amount of {side.unit}, 0 or more, with {decimals}")
            return None
        return int(minor)

    @staticmethod
    def _reason(value: object) -> str:
        return "" if value is None else str(value)
