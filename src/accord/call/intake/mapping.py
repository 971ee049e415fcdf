"""A Side's mapping file: which column of its export holds what, and how the export writes numbers and dates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from accord.plan.model import Language
from accord.plan.practice import type_of_list
from accord.plan.types import Block, Country, Key, Name, Positive, Share

MAPPING_FILE: Final = "mapping.toml"
NUMBERED: Final = "{n}"
ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "cp932": "cp932",
    "shift_jis": "cp932",  # portals call Windows' own form of it by that name too
    "euc-jp": "euc-jp",
    "cp1252": "cp1252",
    "iso-8859-1": "cp1252",
    "iso-8859-15": "iso-8859-15",
}


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _not_empty(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("name at least one column")
    return value


def _by_language(value: Any) -> Any:
    return {"": value} if isinstance(value, str | list) else value


def _is_encoding(value: str) -> str:
    codec = ENCODINGS.get(value.lower())
    if codec is None:
        raise ValueError(f"write one of {', '.join(ENCODINGS)}")
    return codec


Multiplier = Annotated[int, Field(ge=1, le=1_000_000)]

Column = Annotated[tuple[Name, ...], BeforeValidator(_as_list), type_of_list, AfterValidator(_not_empty)]
"""The name of one column, or of several whose texts are joined by a space."""

Texts = Annotated[
    dict[Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]+)*)?$")], Column], BeforeValidator(_by_language)
]
"""A column for each language: `{ ja = "…", en = "…" }`; a column alone is in the Side's language."""

Translation = dict[str, Name]
"""What a cell says, and what is read instead; `""` is an empty cell."""


class PartnerColumns(Block):
    """Where a partner stands in a row. `also_named` holds other names by which another Side may name it."""

    organisation: Column | None = None
    also_named: Column | None = None
    department: Column | None = None
    country: Column | None = None
    city: Column | None = None
    ror: Column | None = None
    requested: Column | None = None
    overhead: Column | None = None
    investigator: Column | None = None
    investigator_id: Column | None = None
    orcid: Column | None = None


class Columns(PartnerColumns):
    """Where a proposal stands in a row, and its coordinator or, a row a partner, its partner.

    `requested_total` is for portals that give a proposal's whole request: the coordinator's is what the further
    partners leave of it.
    """

    number: Column  # the proposal's number in the Side's own portal
    joint_reference: Column | None = None
    acronym: Column | None = None
    title: Texts
    abstract: Texts | None = None
    topic: Column | None = None
    duration_months: Column | None = None
    duration_years: Column | None = None
    starts: Column | None = None
    ends: Column | None = None
    requested_total: Column | None = None
    role: Column | None = None


class Constants(Block):
    """What is the same in every row and stands in none."""

    topic: Key | None = None
    duration_months: Positive | None = None
    country: Country | None = None
    overhead: Share | None = None


class Values(Block):
    """What the export says and what is read instead, by field."""

    topic: Translation = Field(default_factory=dict)
    role: Translation = Field(default_factory=dict)
    country: Translation = Field(default_factory=dict)
    organisation: Translation = Field(default_factory=dict)
    requested: Translation = Field(default_factory=dict)
    other_partners: Translation = Field(default_factory=dict)


class NumberFormat(Block):
    """How the export writes amounts; `multiplier` is 1000 where it gives thousands, `ignore` lists units to skip."""

    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    multiplier: Multiplier = 1
    ignore: Annotated[tuple[Name, ...], type_of_list] = ()


class OtherSide(Block):
    """What a half says of another Side: its partners as text, and what they ask for in that Side's unit."""

    partners: Column | None = None
    separator: Name = ";"  # between names in one cell; a line break always parts them
    requested: Column | None = None
    multiplier: Multiplier = 1


class MappingFile(Block):
    """How one Side's export is read."""

    version: Literal[1]
    layout: Literal["row-per-proposal", "row-per-partner"]
    sheet: Name | None = None
    header_row: Positive = 1
    encoding: Annotated[str, AfterValidator(_is_encoding)] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    language: Language | None = None  # of title and abstract; the Side's own where it is left out
    dates: Literal["year-month-day", "day-month-year", "month-day-year"] = "year-month-day"
    number: NumberFormat = NumberFormat()
    columns: Columns
    more_partners: PartnerColumns | None = None
    constants: Constants = Constants()
    values: Values = Values()
    other: dict[Key, OtherSide] = Field(default_factory=dict)
    only: dict[Name, Annotated[tuple[str, ...], type_of_list]] = Field(default_factory=dict)  # which rows are read
    leave_out: Annotated[tuple[Name, ...], type_of_list] = ()  # numbers of proposals that were withdrawn
    # By number: the reference that the applicants left out or mistyped.
    references: dict[Name, Name] = Field(default_factory=dict)

    def columns_used(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every column that the file names, numbered ones apart, with where it names it."""
        for name, value in self.columns:
            if isinstance(value, dict):
                for language, column in value.items():
                    yield from _places(("columns", name, language) if language else ("columns", name), column)
            elif value is not None:
                yield from _places(("columns", name), value)
        for side, other in self.other.items():
            for name in ("partners", "requested"):
                yield from _places(("other", side, name), getattr(other, name) or ())
        for column in self.only:
            yield ("only", column), column

    def numbered_columns(self) -> Iterator[tuple[str, str]]:
        """Every numbered column as its field and its pattern."""
        for name, column in self.more_partners or ():
            for pattern in column or ():
                yield name, pattern


def _places(where: tuple[str | int, ...], column: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for place, name in enumerate(column):
        yield ((*where, place) if len(column) > 1 else where), name
