"""An export as rows of cells: CSV in the encoding that the mapping names, or one sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import difflib
import io
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from accord.call.intake.load import Mapping
from accord.call.intake.mapping import ENCODINGS
from accord.errors import Problem, UnusableFolder
from accord.plan.reading import decoded, read_bytes
from accord.plan.types import normalised

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 500
MOST_BYTES: Final = 256 * 1024 * 1024  # of a CSV file, and of what a workbook unpacks to
MOST_PARTS: Final = 10_000
MEBIBYTE: Final = 1024**2
MOST_PART_BYTES: Final = 8 * MEBIBYTE  # of a part that holds no rows: styles, relations, drawings
MOST_PACKED: Final = 100  # bytes that one packed byte stands for
EXPORTS: Final = ("export.csv", "export.xlsx")

# What openpyxl and the parsers below it raise on a damaged workbook.
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # of the XML: both parsers that openpyxl may use raise a kind of it
    struct.error,
    InvalidFileException,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)

Cell = str | Decimal | date
"""Text, a number, or a day; an empty cell is an empty text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header of an export and its rows that hold anything, each with its number in a spreadsheet."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    content: bytes


def read_export(folder: Path, mapping: Mapping) -> Sheet:
    """The export in a Side's intake folder; raises UnusableFolder where it cannot be read."""
    there = [name for name in EXPORTS if (folder / name).exists()]
    place = mapping.file.rsplit("/", 1)[0]
    if len(there) != 1:
        found = "both are there" if there else "there is no export"
        raise _unusable(f"{place}/{' or '.join(EXPORTS)}", found, "put one of the two there")
    file = f"{place}/{there[0]}"
    path = folder / there[0]
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise _unusable(file, f"it has {path.stat().st_size:,} bytes", f"at most {MOST_BYTES:,} are read")
    try:
        content = read_bytes(path)
    except UnusableFolder as error:
        raise UnusableFolder(replace(one, file=file) for one in error.problems) from error
    unused = ("sheet",) if path.suffix == ".csv" else ("encoding", "delimiter")
    meant = [name for name in unused if name in mapping.value.model_fields_set]
    if meant:
        raise UnusableFolder(mapping.problem((name,), f"the export is {there[0]}", "leave it out") for name in meant)
    if path.suffix == ".csv":
        return _sheet(_csv_rows(content, file, mapping), content, file, mapping.value.header_row)
    return _xlsx_sheet(content, file, mapping)


def _unusable(file: str, found: str, expected: str, line: int | None = None) -> UnusableFolder:
    return UnusableFolder([Problem(file=file, line=line, found=found, expected=expected)])


def _sheet(rows: Iterable[tuple[Cell, ...]], content: bytes, file: str, header_row: int) -> Sheet:
    header: tuple[str, ...] | None = None
    kept = []
    for number, cells in enumerate(rows, start=1):
        if number > header_row + MOST_ROWS:
            raise _unusable(file, "it has too many rows", f"at most {MOST_ROWS:,} are read", number)
        if any(cell != "" for cell in cells[MOST_COLUMNS:]):
            raise _unusable(file, "it has too many columns", f"at most {MOST_COLUMNS} are read", number)
        if number == header_row:
            names = [str(cell) for cell in cells]
            header = tuple(names[: max((place for place, name in enumerate(names, start=1) if name), default=0)])
        elif header is not None and any(cell != "" for cell in cells):
            width = len(header)
            kept.append((number, (*cells[:width], *[""] * (width - len(cells)))))
    if header is None:
        raise _unusable(file, f"it ends before row {header_row}", "header_row is the row with the columns' names")
    return Sheet(file, header, tuple(kept), content)


def _csv_rows(content: bytes, file: str, mapping: Mapping) -> Iterator[tuple[Cell, ...]]:
    text = _csv_text(content, file, mapping)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.value.delimiter, strict=True)
    width = None
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == mapping.value.header_row:
                width = len(cells)
            elif width is not None and cells and len(cells) != width:
                found = f"{len(cells)} cells under {width} columns"
                raise _unusable(file, found, "quote a cell that holds the delimiter, and leave none out", number)
            yield tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        raise _unusable(file, str(error), "mend the CSV there", number + 1) from error


def _csv_text(content: bytes, file: str, mapping: Mapping) -> str:
    encoding = mapping.value.encoding
    names = ", ".join(dict.fromkeys(ENCODINGS.values()))
    if encoding != "utf-8" and _is_utf8(content):
        found = f"{file} is UTF-8"
        raise UnusableFolder([mapping.problem(("encoding",), found, 'leave it out, or write encoding = "utf-8"')])
    try:
        text = decoded(content, Path(file)) if encoding == "utf-8" else normalised(content.decode(encoding))
    except UnusableFolder as error:
        expected = f"in mapping.toml, write encoding = one of {names}"
        raise UnusableFolder(replace(one, file=file, expected=expected) for one in error.problems) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02x} is no {encoding}"
        expected = f"in mapping.toml, write encoding = one of {names}"
        raise _unusable(file, found, expected, line) from error
    if "\0" in text:
        raise UnusableFolder([mapping.problem(("encoding",), f"{file} is no {encoding}", f"write one of {names}")])
    return text


def _is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 and could not as well be the plain ASCII of another encoding."""
    try:
        return not content.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _xlsx_sheet(content: bytes, file: str, mapping: Mapping) -> Sheet:
    try:
        check_parts(content, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which hold no cell's value
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = _chosen(book, file, mapping)
            sheet.reset_dimensions()  # what a portal writes there may be wrong
            cells = (_filled(row) for row in sheet.iter_rows(values_only=True))
            return _sheet(cells, content, file, mapping.value.header_row)
    except BROKEN as error:
        found = f"it is no readable workbook ({type(error).__name__})"
        raise _unusable(file, found, "open it in a spreadsheet and save it as XLSX, without a password") from error


def _filled(row: Sequence[object]) -> tuple[Cell, ...]:
    # A row can end in thousands of cells that are styled and empty; one that is filled there is kept to be told.
    far = row[MOST_COLUMNS:]
    extra = [] if far.count(None) == len(far) else ["…"]
    return tuple(_cell(value) for value in [*row[:MOST_COLUMNS], *extra])


def check_parts(content: bytes, file: str) -> None:
    """Refuse a workbook that would unpack to too much, or whose parts no spreadsheet writes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if size > MOST_BYTES or len(parts) > MOST_PARTS:
            found = f"it would unpack to {size:,} bytes in {len(parts):,} parts"
            raise _unusable(file, found, f"at most {MOST_BYTES:,} bytes in {MOST_PARTS:,} parts are read")
        for part in parts:
            if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise _unusable(file, f"{part.filename} is packed in an unknown way", "a workbook is never packed so")
            rows = part.filename.startswith("xl/worksheets/") or part.filename == "xl/sharedStrings.xml"
            if not rows and part.file_size > MOST_PART_BYTES and part.filename.endswith((".xml", ".rels", ".vml")):
                found = f"{part.filename} would unpack to {part.file_size:,} bytes"
                raise _unusable(file, found, f"only sheets and texts may take more than {MOST_PART_BYTES:,}")
            if part.file_size > MEBIBYTE and part.file_size > MOST_PACKED * max(part.compress_size, 1):
                found = f"{part.filename} packs {part.file_size // max(part.compress_size, 1):,} bytes in one"
                raise _unusable(file, found, f"a sheet that people filled in packs at most {MOST_PACKED}")
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(MEBIBYTE).replace(b"\0", b""):  # with or without UTF-16's zeros
                    raise _unusable(file, f"{part.filename} declares a document type", "a workbook never does")


def _chosen(book: Any, file: str, mapping: Mapping) -> Any:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    wanted = mapping.value.sheet
    if wanted is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if wanted in sheets:
        return sheets[wanted]
    names = ", ".join(repr(name) for name in sheets)
    if wanted is None:
        raise UnusableFolder([mapping.problem(("sheet",), f"{file} has {len(sheets)} sheets", f"name one: {names}")])
    close = difflib.get_close_matches(wanted, sheets, n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    raise UnusableFolder([mapping.problem(("sheet",), f"{file} has no sheet {wanted!r}", f"{meant}it has {names}")])


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(f"{value:.15g}")  # as many digits as a spreadsheet keeps
    return normalised(str(value)).strip()
