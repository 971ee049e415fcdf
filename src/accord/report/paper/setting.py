"""Blocks as the values that the theme sets: texts with their language and style, nothing of markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from accord.report.plan_document.blocks import Block, Heading, Line, Listing, Paragraph, Row, Run, Table, told
from accord.report.plan_document.places import kind

MOST_TOGETHER: Final = 8  # lines of a cell that stay on one page
REGION_LETTERS: Final = 2
LONG_WORD: Final = re.compile("[!-~]{25,}")  # what the theme lets break anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A table whose columns `numbers`, counted from 0, are set to the right so that figures line up."""

    table: Table
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing in a file that goes with the template, its caption, and in words what it shows."""

    language: str
    file: str
    caption: Line
    description: str


Set: TypeAlias = Block | Ledger | Picture
"""What the theme sets: a document's blocks, and what only paper has."""


@cache
def language_of(tag: str) -> dict[str, str | None]:
    """A language tag in Typst's parts: `en-GB` is `en` in the region `GB`."""
    lang, *parts = tag.split("-")
    region = next((one for one in parts if len(one) == REGION_LETTERS and one.isalpha()), None)
    return {"lang": lang, "region": region}


def line_of(line: Line) -> list[dict[str, Any]]:
    """A line's runs that have text."""
    return [_run(run) for run in line if run.text]


def _run(run: Run) -> dict[str, Any]:
    plain = "\n" not in run.text and LONG_WORD.search(run.text) is None
    return {"text": run.text, "plain": plain, "style": run.style, "change": run.change, **language_of(run.language)}


def blocks_of(
    blocks: Iterable[Set],
    place: Callable[[Block], str],
    outlined: Callable[[Heading], bool] = lambda heading: heading.level < 3,
) -> list[dict[str, Any]]:
    """Blocks for the theme's `blocks`; `place` names each heading, `outlined` says whether the contents lead to it."""
    return [_block(block, place, outlined) for block in blocks]


def _block(block: Set, place: Callable[[Block], str], outlined: Callable[[Heading], bool]) -> dict[str, Any]:
    if isinstance(block, Ledger):
        return _block(block.table, place, outlined) | {"numbers": sorted(block.numbers), "headed": False}
    if isinstance(block, Picture):
        told_in = {"kind_of": "picture", **language_of(block.language)}
        caption = line_of(block.caption)
        return told_in | {"file": block.file, "caption": caption, "description": block.description}
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
                "numbers": [],
                "headed": not block.tall,
            }


def _row(row: Row) -> dict[str, Any]:
    return {"cells": [line_of(cell) for cell in row.cells], "change": row.change, "long": _long(row.cells)}


def _long(cells: Sequence[Line]) -> bool:
    """Whether a row is so high that it may go on on the next page."""
    return any(told(cell).count("\n") > MOST_TOGETHER for cell in cells)
