"""Loading a mapping file, with every place where it disagrees with the plan or with itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from accord.call.intake.mapping import MAPPING_FILE, NUMBERED, MappingFile
from accord.call.intake.words import folded, plain
from accord.errors import Problem, UnusableFolder, field_path
from accord.plan.model import Plan, Side
from accord.plan.positions import Positions, parsed_toml
from accord.plan.practice import Twins
from accord.plan.reading import Location, decoded, explained, findings_of, read_bytes

ROLES: Final = ("coordinator", "partner")
JOINED: Final = frozenset(
    {"title", "abstract", "organisation", "also_named", "department", "city", "investigator", "partners"}
)  # fields of text, that several columns may hold together

Finding = tuple[Location, str, str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A Side's mapping file as loaded, with its name in problems, its bytes and lines.

    `tables` has the translations of `[values]` by field, their keys folded, and `references` by plain number.
    """

    value: MappingFile
    file: str
    content: bytes
    positions: Positions
    tables: dict[str, dict[str, str]]

    def problem(self, where: Location, found: str, expected: str) -> Problem:
        """A problem at one of the file's keys."""
        return _problem(self.file, self.positions, where, found, expected)


def load_mapping(folder: Path, plan: Plan, side: Side) -> Mapping:
    """The mapping file of one Side's intake folder; raises UnusableFolder with every problem that it has."""
    path = folder / MAPPING_FILE
    file = f"intake/{side.id}/{MAPPING_FILE}"
    try:
        content = read_bytes(path)
        text = decoded(content, path)
    except UnusableFolder as error:
        raise UnusableFolder(
            Problem(file=file, line=one.line, found=one.found, expected=one.expected) for one in error.problems
        ) from error
    raw, positions = parsed_toml(text, file)
    try:
        value = MappingFile.model_validate(raw)
        findings = list(_findings(value, plan, side))
    except ValidationError as error:
        findings = [explained(one, MappingFile, raw) for one in findings_of(error)]
    if findings:
        problems = (_problem(file, positions, *finding) for finding in findings)
        raise UnusableFolder(sorted(problems, key=lambda one: one.line or 0))
    tables = {field: {folded(said): meant for said, meant in table.items()} for field, table in value.values}
    tables["references"] = {plain(number): reference for number, reference in value.references.items()}
    return Mapping(value, file, content, positions, tables)


def _problem(file: str, positions: Positions, where: Location, found: str, expected: str) -> Problem:
    field = field_path(part for part in where if part != "")
    return Problem(file=file, line=positions.line_of(tuple(where)), field=field, found=found, expected=expected)


def _findings(mapping: MappingFile, plan: Plan, side: Side) -> Iterator[Finding]:
    yield from _fields(mapping, plan)
    yield from _duration(mapping)
    yield from _layout(mapping)
    yield from _numbered(mapping)
    yield from _joined(mapping)
    yield from _targets(mapping, plan)
    others = [name for name in plan.sides if name != side.id]
    for name in mapping.other:
        if name not in others:
            yield ("other", name), f"found {name!r}", f"write another Side of the plan: {', '.join(others)}"
    if mapping.number.decimal == mapping.number.thousands:
        found = f"decimal and thousands are both {mapping.number.decimal!r}"
        yield ("number",), found, "no number could be read; give each its own mark"


def _fields(mapping: MappingFile, plan: Plan) -> Iterator[Finding]:
    columns, constants = mapping.columns, mapping.constants
    key = (plan.twins or Twins()).key
    for name in (key, "organisation"):
        if getattr(columns, name) is None:
            yield ("columns",), f"{name} is missing", "name the column that holds it"
    if columns.requested is None and columns.requested_total is None:
        yield ("columns",), "requested is missing", "name the column that holds it"
    elif columns.requested is not None and columns.requested_total is not None:
        yield ("columns", "requested_total"), "requested is there too", "keep one of them"
    for name in ("topic", "country"):
        if getattr(columns, name) is None and getattr(constants, name) is None:
            yield ("columns",), f"{name} is missing", "name its column, or give it in [constants]"
    for name in ("joint_reference", "acronym"):
        if name != key and getattr(columns, name) is not None:
            yield ("columns", name), f"{name} is mapped", f"this plan links by {key}: leave it out"
    for name in ("topic", "duration_months", "country", "overhead"):
        if getattr(columns, name) is not None and getattr(constants, name) is not None:
            yield ("constants", name), "it stands in [columns] too", "keep one of them"


def _duration(mapping: MappingFile) -> Iterator[Finding]:
    columns = mapping.columns
    months = columns.duration_months is not None or mapping.constants.duration_months is not None
    dates = columns.starts is not None or columns.ends is not None
    ways = [months, columns.duration_years is not None, dates]
    expected = "map duration_months, duration_years, or starts and ends"
    if sum(ways) != 1:
        found = "the duration stands in several ways" if any(ways) else "the duration is missing"
        yield ("columns",), found, expected
    elif dates and (columns.starts is None or columns.ends is None):
        yield ("columns",), "one of starts and ends is missing", expected


def _layout(mapping: MappingFile) -> Iterator[Finding]:
    role = mapping.columns.role is not None
    if mapping.layout == "row-per-partner":
        if not role:
            yield ("columns",), "role is missing", "a row a partner: name the column that tells who coordinates"
        if mapping.columns.requested_total is not None:
            expected = "a row a partner: name the column of its own request, requested"
            yield ("columns", "requested_total"), "it is there", expected
        if mapping.more_partners is not None:
            yield ("more_partners",), "it is there", "a row a partner holds no other partner: leave it out"
    elif role:
        yield ("columns", "role"), "it is there", "a row a proposal: its own organisation coordinates, leave it out"


def _numbered(mapping: MappingFile) -> Iterator[Finding]:
    for where, name in mapping.columns_used():
        if NUMBERED in name:
            yield where, f"found {name!r}", f"columns with {NUMBERED} belong in [more_partners]"
    if mapping.more_partners is None:
        return
    for field in ("organisation", "requested"):
        if getattr(mapping.more_partners, field) is None:
            yield ("more_partners",), f"{field} is missing", f"name its columns, with {NUMBERED} for the number"
    for field, pattern in mapping.numbered_columns():
        if pattern.count(NUMBERED) != 1:
            yield ("more_partners", field), f"found {pattern!r}", f"write {NUMBERED} once, where the number stands"
    if mapping.more_partners.country is None and mapping.constants.country is None:
        yield ("more_partners",), "country is missing", "name its columns, or give it in [constants]"


def _joined(mapping: MappingFile) -> Iterator[Finding]:
    blocks = [("columns", mapping.columns), ("more_partners", mapping.more_partners)]
    named = [(block, name, value) for block, fields in blocks for name, value in fields or ()]
    named += [(f"other.{side}", name, value) for side, other in mapping.other.items() for name, value in other]
    for block, name, value in named:
        if isinstance(value, tuple) and len(value) > 1 and name not in JOINED:
            yield (*block.split("."), name), f"{len(value)} columns", "one column holds it; only texts can be joined"


def _targets(mapping: MappingFile, plan: Plan) -> Iterator[Finding]:
    topics = [topic.id for topic in plan.topic]
    expected = f"write a topic of the plan: {', '.join(topics)}"
    if mapping.constants.topic is not None and mapping.constants.topic not in topics:
        yield ("constants", "topic"), f"found {mapping.constants.topic!r}", expected
    for said, meant in mapping.values.topic.items():
        if meant not in topics:
            yield ("values", "topic", said), f"found {meant!r}", expected
    for said, meant in mapping.values.role.items():
        if meant not in ROLES:
            yield ("values", "role", said), f"found {meant!r}", f"write {' or '.join(ROLES)}"
    for field, table in mapping.values:
        first: dict[str, str] = {}
        for said, meant in table.items():
            if first.setdefault(folded(said), meant) != meant:
                yield ("values", field, said), f"{said!r} stands twice, read in two ways", "keep one of them"
