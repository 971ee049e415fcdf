"""The columns that a mapping names, found in an export, and the cells of one proposal's rows."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from accord.call.intake import cells as in_cell
from accord.call.intake.cells import Unreadable
from accord.call.intake.load import Mapping as LoadedMapping
from accord.call.intake.mapping import NUMBERED, PartnerColumns
from accord.call.intake.sheet import Cell, Sheet
from accord.call.intake.words import folded
from accord.errors import Problem, UnusableFolder
from accord.plan.reading import LONGEST_FOUND

Value = TypeVar("Value")
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """An export whose columns are found: the place of each by its folded name, and the numbered partners'."""

    sheet: Sheet
    places: Mapping[str, int]
    more_partners: tuple[PartnerColumns, ...]

    def place(self, name: str) -> int:
        """Where a column stands."""
        return self.places[folded(name)]


def find_columns(sheet: Sheet, mapping: LoadedMapping) -> Export:
    """The export with the mapping's columns found; raises UnusableFolder with every one that is not there."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(sheet.header):
        places[folded(name)].append(place)
    problems = [
        mapping.problem(where, *_not_there(name, sheet, len(places[folded(name)])))
        for where, name in mapping.value.columns_used()
        if len(places.get(folded(name), ())) != 1
    ]
    more: tuple[PartnerColumns, ...] = ()
    if mapping.value.more_partners is not None:
        numbers = _numbers(sheet, mapping.value.more_partners.organisation or ())
        if not numbers:
            where, found = ("more_partners", "organisation"), f"{sheet.file} has no column of this pattern"
            problems.append(mapping.problem(where, found, f"{NUMBERED} stands for 1, 2, 3 in the columns' names"))
        for field, pattern in mapping.value.numbered_columns():
            for number in numbers:
                name = pattern.replace(NUMBERED, number)
                if len(places.get(folded(name), ())) != 1:
                    found, expected = _not_there(name, sheet, len(places[folded(name)]))
                    problems.append(mapping.problem(("more_partners", field), found, expected))
        more = tuple(_filled(mapping.value.more_partners, number) for number in numbers)
    if problems:
        raise UnusableFolder(problems)
    return Export(sheet, {name: found[0] for name, found in places.items() if found}, more)


def _not_there(name: str, sheet: Sheet, times: int) -> tuple[str, str]:
    if times:
        return f"column {name!r} stands {times} times in {sheet.file}", "give each its own name in the export"
    names = {folded(header): header for header in sheet.header if header}
    close = difflib.get_close_matches(folded(name), names, n=1)
    meant = f"did you mean {names[close[0]]!r}? " if close else ""
    shown = ", ".join(repr(header) for header in list(names.values())[:12])
    return f"{sheet.file} has no column {name!r}", f"{meant}it begins with {shown}"


def _numbers(sheet: Sheet, patterns: Names) -> list[str]:
    """The numbers, as written, for which the export has a column of the pattern."""
    found: set[str] = set()
    for pattern in patterns:
        before, after = (re.escape(part) for part in folded(pattern).split(NUMBERED))
        matches = (re.fullmatch(rf"{before}([0-9]+){after}", folded(name)) for name in sheet.header)
        found.update(match[1] for match in matches if match)
    return sorted(found, key=lambda number: (int(number), number))


def _filled(columns: PartnerColumns, number: str) -> PartnerColumns:
    names = {
        field: tuple(pattern.replace(NUMBERED, number) for pattern in column)
        for field, column in columns
        if column is not None
    }
    return PartnerColumns(**names)


@dataclass(frozen=True, slots=True)
class View:
    """The cells of one row, or of a proposal's rows taken together; what cannot be read goes to `problems`."""

    export: Export
    cells: Sequence[Cell]
    rows: Sequence[int]  # the spreadsheet's row of each cell
    problems: list[Problem]

    def note(self, column: Names | None, found: str, expected: str) -> None:
        """Note a problem at the first of a field's columns, or at the row where the field has none."""
        if column is None:
            problem = Problem(file=self.export.sheet.file, line=self.rows[0], found=found, expected=expected)
        else:
            place = self.export.place(column[0])
            field, line = self.export.sheet.header[place], self.rows[place]
            problem = Problem(file=self.export.sheet.file, line=line, field=field, found=found, expected=expected)
        self.problems.append(problem)

    def text(self, column: Names | None, table: Mapping[str, str] | None = None) -> str:
        """The text under a field's columns, joined by a space and translated; empty where there is none."""
        said = []
        for name in column or ():
            try:
                said.append(in_cell.text(self.cells[self.export.place(name)]))
            except Unreadable as error:
                self.note((name,), f"found {self.cells[self.export.place(name)]}", str(error))
        joined = " ".join(part for part in said if part)
        return joined if table is None else translated(joined, table)

    def needed(self, column: Names | None, table: Mapping[str, str] | None = None) -> str:
        """The text under a field's columns, noted as a problem where it is empty."""
        before = len(self.problems)
        said = self.text(column, table)
        if not said and len(self.problems) == before:
            self.note(column, "the cell is empty", f"write it{self.hint()}")
        return said

    def hint(self) -> str:
        """What else an empty cell of a workbook can be."""
        saved = "; a formula's value is there once a spreadsheet has saved it"
        return saved if self.export.sheet.file.endswith(".xlsx") else ""

    def parsed(
        self, column: Names, parse: Callable[[Cell], Value], table: Mapping[str, str] | None = None
    ) -> Value | None:
        """What one cell means, translated before; None, and a problem, where it is empty or cannot be read."""
        before = len(self.problems)
        said = self.needed(column, table or {})
        if not said or len(self.problems) > before:
            return None
        raw = self.cells[self.export.place(column[0])]
        try:
            return parse(raw if said == in_cell.text(raw) else said)
        except Unreadable as error:
            self.note(column, f"found {shown(said)}", str(error))
            return None


def translated(said: str, table: Mapping[str, str]) -> str:
    """What the mapping reads instead of a text, or the text itself; the table's keys are folded."""
    return table.get(folded(said), said)


def shown(said: str) -> str:
    """A text as a problem quotes it."""
    return f'"{said}"' if len(said) <= LONGEST_FOUND else f'"{said[:LONGEST_FOUND]}…"'


def row_view(export: Export, row: tuple[int, Sequence[Cell]], problems: list[Problem]) -> View:
    """One row of an export."""
    number, cells = row
    return View(export, cells, [number] * len(cells), problems)


def together(
    export: Export, rows: Sequence[tuple[int, Sequence[Cell]]], columns: Iterator[str], problems: list[Problem]
) -> View:
    """A proposal's rows as one: under each of its own columns the text that every row repeats or leaves empty."""
    cells, lines = list(rows[0][1]), [rows[0][0]] * len(rows[0][1])
    for place in {export.place(name): None for name in columns}:
        for number, row in rows:
            if cells[place] == "":
                cells[place], lines[place] = row[place], number
            elif row[place] not in {"", cells[place]}:
                field = export.sheet.header[place]
                found = f"found {shown(str(row[place]))}, row {lines[place]} of the same proposal has another"
                expected = "a proposal's rows repeat it, or leave it empty"
                problems.append(
                    Problem(file=export.sheet.file, line=number, field=field, found=found, expected=expected)
                )
    return View(export, cells, lines, problems)
