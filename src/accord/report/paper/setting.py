"""Blocks as the values that the theme sets: texts with their language and style, nothing of markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from accord.report.paper.measure import CELL, ems
from accord.report.plan_document.blocks import Block, Heading, Line, Listing, Paragraph, Row, Run, Table, told
from accord.report.plan_document.places import kind

MOST_TOGETHER: Final = 8  # lines of a cell that stay on one page,
MOST_FIGURES: Final = 24  # and of one with figures line by line
MOST_ROWS: Final = 12  # of a table that stays on one page,
FULL: Final = 70  # unless a cell of it has more signs
REGION_LETTERS: Final = 2
NO_LANGUAGE: Final[Mapping[str, str | None]] = {"lang": None, "region": None}
LONG_WORD: Final = re.compile("[!-,.-~]{25,}")  # what the theme lets break anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A table whose columns `numbers`, counted from 0, are set to the right so that figures line up.

    `points` are the widths of those columns that have one of their own; the others share what is left by `shares`. A
    `light` one has no rules and less room, to stand among many. Without a caption its head says what it holds.
    """

    language: str
    caption: Line
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    shares: tuple[int, ...]
    points: Mapping[int, float]
    numbers: frozenset[int]
    light: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing in a file that goes with the template, its caption, and in words what it shows.

    `width` is its part of the page's, in hundredths. One that `floats` stands at the foot of this page or the next, and
    the text goes on above it.
    """

    language: str
    file: str
    caption: Line
    description: str
    width: int = 90
    floats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Lines that begin with a label of their group and end with an amount: who takes part, and for how much."""

    language: str
    rows: tuple[tuple[Line, Line, Line], ...]
    points: float = 452  # that a name and its amount have on one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Blocks that stay together on a page where they fit on one."""

    language: str
    blocks: tuple[Block | Ledger | Roster, ...]


Set: TypeAlias = Block | Ledger | Picture | Roster | Card
"""What the theme sets: a document's blocks, and what only paper has."""


@cache
def language_of(tag: str) -> dict[str, str | None]:
    """A language tag in Typst's parts: `en-GB` is `en` in the region `GB`."""
    lang, *parts = tag.split("-")
    region = next((one for one in parts if len(one) == REGION_LETTERS and one.isalpha()), None)
    return {"lang": lang, "region": region}


def line_of(line: Line, around: str | None = None) -> list[dict[str, Any]]:
    """A line's runs that have text; a run in the language that holds `around` it names none."""
    return [_run(run, around) for run in line if run.text]


def _run(run: Run, around: str | None) -> dict[str, Any]:
    plain = "\n" not in run.text and LONG_WORD.search(run.text) is None
    language = NO_LANGUAGE if run.language == around else language_of(run.language)
    return {"text": run.text, "plain": plain, "style": run.style, "change": run.change, **language}


def blocks_of(
    blocks: Iterable[Set],
    place: Callable[[Block], str],
    outlined: Callable[[Heading], bool] = lambda heading: heading.level < 3,
) -> list[dict[str, Any]]:
    """Blocks for the theme's `blocks`; `place` names each heading, `outlined` says whether the contents lead to it."""
    return [_block(block, place, outlined) for block in blocks]


def _block(block: Set, place: Callable[[Block], str], outlined: Callable[[Heading], bool]) -> dict[str, Any]:
    match block:
        case Ledger():
            return _ledger(block)
        case Picture():
            told_in = {
                "kind_of": "picture",
                **language_of(block.language),
                "width": block.width,
                "floats": block.floats,
            }
            caption = line_of(block.caption)
            return told_in | {"file": block.file, "caption": caption, "description": block.description}
        case Roster():
            told_in = {"kind_of": "roster", **language_of(block.language)}
            return told_in | {"rows": [_entry(row, block) for row in block.rows]}
        case Card():
            held = [_block(one, place, outlined) for one in block.blocks]
            return {"kind_of": "card", **language_of(block.language), "blocks": held}
        case _:
            return _common(block, place, outlined)


def _ledger(block: Ledger) -> dict[str, Any]:
    def lines(cells: Sequence[Line]) -> list[list[dict[str, Any]]]:
        return [_cell(cell, block.language) for cell in cells]

    return {
        "kind_of": "ledger",
        **language_of(block.language),
        "caption": line_of(block.caption),
        "head": lines(block.head),
        "rows": [{"cells": lines(cells), "long": _long(cells, MOST_FIGURES)} for cells in block.rows],
        "shares": list(block.shares),
        "points": [block.points.get(number) for number in range(len(block.head))],
        "numbers": sorted(block.numbers),
        "light": block.light,
        "long": len(block.rows) > MOST_ROWS or any(len(told(cell)) > FULL for cells in block.rows for cell in cells),
    }


def _entry(row: tuple[Line, Line, Line], block: Roster) -> tuple[list[list[dict[str, Any]]], bool]:
    """A roster's line, and whether its amount needs a line of its own."""
    _, name, amount = row
    apart = ems(told(name) + told(amount)) * CELL > block.points
    return [_cell(cell, block.language) for cell in row], apart


def _cell(line: Line, around: str) -> list[dict[str, Any]]:
    """A line among figures: what stands out there is bold to the eye, and no emphasis to whoever listens."""
    return [run | {"style": "bold"} if run["style"] == "strong" else run for run in line_of(line, around)]


def _common(block: Block, place: Callable[[Block], str], outlined: Callable[[Heading], bool]) -> dict[str, Any]:
    told_of = {"kind_of": kind(block), "change": block.change, **language_of(block.language)}
    match block:
        case Heading():
            return told_of | {
                "level": block.level,
                "line": line_of(block.line),
                "numbered": block.numbered,
                "new_page": block.new_page,
                "outlined": outlined(block),
                "place": place(block),
            }
        case Paragraph():
            return told_of | {"line": line_of(block.line), "style": block.style}
        case Listing():
            items = [{"line": line_of(item.line), "change": item.change} for item in block.items]
            return told_of | {"kind": block.kind, "items": items}
        case Table():
            return told_of | {
                "caption": line_of(block.caption),
                "head": [line_of(cell) for cell in block.head],
                "rows": [_row(row) for row in block.rows],
                "shares": list(block.shares),
                "tall": block.tall,
            }


def _row(row: Row) -> dict[str, Any]:
    return {"cells": [line_of(cell) for cell in row.cells], "change": row.change, "long": _long(row.cells)}


def _long(cells: Sequence[Line], most: int = MOST_TOGETHER) -> bool:
    """Whether a row is so high that it may go on on the next page."""
    return any(told(cell).count("\n") > most for cell in cells)
