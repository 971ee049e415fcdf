"""The plan as a document, between the plan and a file: frozen blocks, from which every format is written.

A block has a key that says what it is about, in whatever version of a plan; two documents are compared by keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

Change: TypeAlias = Literal["same", "inserted", "deleted"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one language; `change` says whether a comparison inserted or deleted it."""

    text: str
    language: str
    style: Literal["plain", "strong", "quiet", "code"] = "plain"
    change: Change = "same"


Line: TypeAlias = tuple[Run, ...]
"""A paragraph's or cell's runs, in reading order; a line feed within a run breaks the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: level 1 begins a language, 2 a section or an annex, 3 a part of one. Sections are `numbered`."""

    key: str
    language: str
    level: Literal[1, 2, 3]
    line: Line
    numbered: bool = True
    new_page: bool = False
    change: Change = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; a `note` stands out, since it limits what the rest says."""

    key: str
    language: str
    line: Line
    style: Literal["body", "note", "title", "subtitle", "mast"] = "body"
    change: Change = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a listing; one of the contents leads to the heading with the key `target`, of that level."""

    key: str
    line: Line
    target: str | None = None
    level: int = 1
    change: Change = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries under each other: bullets, numbers, contents, or the paragraphs of a free text of the plan."""

    key: str
    language: str
    kind: Literal["bullets", "numbers", "contents", "text"]
    items: tuple[Item, ...]
    change: Change = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: the first cell is the row's header."""

    key: str
    cells: tuple[Line, ...]
    change: Change = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption and one header row.

    `shares` are the columns' parts of the width, in hundredths; a `tall` table leaves room to write by hand.
    """

    key: str
    language: str
    caption: Line
    head: tuple[Line, ...]
    rows: tuple[Row, ...]
    shares: tuple[int, ...]
    tall: bool = False
    change: Change = "same"


Block: TypeAlias = Heading | Paragraph | Listing | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as blocks: `front` stands before a comparison's document and belongs to neither version.

    `title` and `languages` are for the file's properties, `opens` is its date, `footer` stands on every page.
    """

    title: str
    subject: str
    languages: tuple[str, ...]
    opens: datetime
    footer: Line
    blocks: tuple[Block, ...]
    front: tuple[Block, ...] = ()


def told(line: Line) -> str:
    """A line's text."""
    return "".join(run.text for run in line)


def stamped(line: Line, change: Change) -> Line:
    """A line whose runs all are inserted or deleted."""
    return tuple(replace(run, change=change) for run in line)
