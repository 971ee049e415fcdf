"""Tables as files and frames: JSON lines and CSV in and out, with every problem's line and field."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import narwhals as nw
from pydantic import BaseModel, ValidationError

from accord.errors import InvalidInput, Problem, UnusableFolder
from accord.plan.reading import decoded, explained, findings_of, problem_at, read_bytes
from accord.plan.types import Block, normalised
from accord.record.canonical import canonical, digest

Row = TypeVar("Row", bound=Block)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """The rows of one file, the line of each, the SHA-256 of the file's bytes, and what is wrong with it."""

    file: str
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    digest: str
    problems: tuple[Problem, ...]

    def problem(self, row: int, field: str, found: str, expected: str, *, warning: bool = False) -> Problem:
        """A problem of one row, at its line."""
        return Problem(
            file=self.file,
            line=self.lines[row],
            field=field,
            found=found,
            expected=expected,
            severity="warning" if warning else "error",
        )


def read_table(path: Path, model: type[Row]) -> Table[Row]:
    """The rows of a `.jsonl` or `.csv` file; problems are in the result, all of them."""
    try:
        content = read_bytes(path)
        if path.suffix == ".csv":
            rows, lines, problems = _read_csv(path, content, model)
        else:
            rows, lines, problems = _read_jsonl(path, content, model)
    except UnusableFolder as error:
        return Table(path.name, (), (), "", error.problems)
    return Table(path.name, tuple(rows), tuple(lines), digest(content), tuple(problems))


def _read_jsonl(path: Path, content: bytes, model: type[Row]) -> tuple[list[Row], list[int], list[Problem]]:
    rows: list[Row] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for number, line in enumerate(io.BytesIO(content), start=1):  # bytes: U+2028 ends no line here
        if not line.strip():
            continue
        try:
            rows.append(model.model_validate_json(_one_object(decoded(line.rstrip(), path, first_line=number))))
            lines.append(number)
        except _Repeated as error:
            expected = "keep one of them"
            problems.append(Problem(file=path.name, line=number, found=f"{error} stands twice", expected=expected))
        except ValidationError as error:
            problems.extend(_explained(path.name, number, error, model))
    return rows, lines, problems


class _Repeated(Exception):
    """A key that stands twice in one JSON object: one of the two values would be lost."""


def _one_object(text: str) -> str:
    """JSON text in which no key stands twice and no escape hides an unnormalised sign; broken text as it is."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = {key for key, _ in pairs}
        if len(keys) != len(pairs):
            raise _Repeated(next(repr(key) for key in keys if sum(key == one for one, _ in pairs) > 1))
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=once)
        return normalised(json.dumps(value, ensure_ascii=False)) if "\\u" in text else text
    except (ValueError, RecursionError):
        return text  # the model says what is wrong with it


def _read_csv(path: Path, content: bytes, model: type[Row]) -> tuple[list[Row], list[int], list[Problem]]:
    rows: list[Row] = []
    lines: list[int] = []
    problems: list[Problem] = []
    file = path.name
    reader = csv.reader(io.StringIO(decoded(content, path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        problems.extend(_header_problems(file, header, model))
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                found = f"{len(cells)} cells under {len(header)} columns"
                expected = "quote a cell that holds a comma, and leave none out"
                problems.append(Problem(file=file, line=reader.line_num, found=found, expected=expected))
            elif not problems or problems[0].line != 1:
                values = {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""}
                try:
                    rows.append(model.model_validate_strings(values))
                    lines.append(reader.line_num)
                except ValidationError as error:
                    problems.extend(_explained(file, reader.line_num, error, model))
    except csv.Error as error:
        found = str(error)
        problems.append(Problem(file=file, line=reader.line_num, found=found, expected="mend the CSV there"))
    return rows, lines, problems


def _header_problems(file: str, header: Sequence[str], model: type[BaseModel]) -> Iterable[Problem]:
    known = model.model_fields
    needed = [name for name, field in known.items() if field.is_required()]
    for name in header:
        if name not in known or header.count(name) > 1:
            found = f"column {name!r} stands twice" if name in known else f"unknown column {name!r}"
            yield Problem(file=file, line=1, field=name, found=found, expected=f"known: {', '.join(known)}")
    for name in needed:
        if name not in header:
            yield Problem(file=file, line=1, field=name, found="the column is missing", expected="add it")


def _explained(file: str, line: int, error: ValidationError, model: type[BaseModel]) -> Iterable[Problem]:
    for finding in findings_of(error):
        if finding["type"] == "json_invalid":
            found = str(finding["msg"]).removeprefix("Invalid JSON: ")
            yield Problem(file=file, line=line, found=found, expected="one JSON object a line")
        else:
            where, found, expected = explained(finding, model, None)
            yield problem_at(file, line, where, found, expected)


def as_rows(values: Iterable[Block]) -> list[dict[str, Any]]:
    """Values as plain JSON rows; a key that has its default is left out."""
    return [value.model_dump(mode="json", exclude_defaults=True) for value in values]


def jsonl(values: Iterable[Block]) -> bytes:
    """Values as JSON lines, each line canonical (RFC 8785)."""
    return b"".join(canonical(row) + b"\n" for row in as_rows(values))


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as CSV (RFC 4180, lines end in a line feed); lists and tables within a cell as JSON.

    A text that a spreadsheet would run as a formula is written with an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value


def to_frame(values: Iterable[Block], *, backend: Literal["pandas", "polars"]) -> Any:
    """Values as a data frame, one row each. `backend` is "pandas" or "polars" and has to be installed."""
    if backend not in ("pandas", "polars"):
        raise InvalidInput(f'backend: found {backend!r}; write "pandas" or "polars"')
    rows = as_rows(values)
    columns = {name: [row.get(name) for row in rows] for name in dict.fromkeys(key for row in rows for key in row)}
    return nw.from_dict(columns, backend=backend).to_native()


def from_frame(frame: Any, model: type[Row]) -> tuple[Row, ...]:
    """The rows of a pandas or polars frame as values; raises UnusableFolder with every problem, by row number.

    Missing cells take the field's default.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, row in enumerate(nw.from_native(frame, eager_only=True).rows(named=True), start=1):
        values = _present(row)
        try:
            rows.append(model.model_validate_json(json.dumps(values, ensure_ascii=False, default=_plain)))
        except ValidationError as error:
            problems.extend(_explained(f"the frame of {model.__name__}", number, error, model))
    if problems:
        raise UnusableFolder(problems)
    return tuple(rows)


def _present(value: Any) -> Any:
    """A cell without what is absent in it: None, and pandas' NaN; frames fill up tables within cells."""
    if isinstance(value, Mapping):
        return {str(key): _present(part) for key, part in value.items() if not _absent(part)}
    if isinstance(value, list | tuple):
        return [_present(part) for part in value]
    return value


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> Any:
    """What a frame library holds instead of a list or a Python number."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
