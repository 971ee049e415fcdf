"""Two documents compared: one document whose runs, rows, entries and blocks say what was inserted and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final, TypeVar

from accord.report.plan_document.blocks import (
    Block,
    Change,
    Document,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    Row,
    Run,
    Table,
    stamped,
    told,
)

WORDS: Final = re.compile(
    r"\s+|[0-9][0-9.,:]*[0-9]|[^\W\d_\u3041-\u30ff\u3400-\u9fff]+|[\u3400-\u9fff々]+|[\u3041-\u309f]+|[\u30a0-\u30ff]+|(?s:.)"
)
"""A word: a number with its signs, letters, a stretch of one Japanese script, or one other sign."""
LEAST_ALIKE: Final = 0.4  # below, a text is replaced as a whole: its stray common words would only confuse

Thing = TypeVar("Thing")
Entry = TypeVar("Entry", Item, Row)


def compare(old: Document, new: Document, front: tuple[Block, ...] = ()) -> Document:
    """The new document with every change from the old one marked; what `front` holds stands before it.

    Leaving out what is deleted gives the new document, leaving out what is inserted the old one.
    """
    return replace(
        new, footer=line_changes(old.footer, new.footer), blocks=tuple(_blocks(old.blocks, new.blocks)), front=front
    )


def line_changes(old: Line, new: Line) -> Line:
    """A line with the words that were deleted and inserted."""
    if old == new:
        return new
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return (*stamped(old, "deleted"), *stamped(new, "inserted"))
    runs: list[Run] = []
    for same, first, second in _steps(matcher, before, after):
        if same:
            runs += first
        else:
            runs += [*stamped(first, "deleted"), *stamped(second, "inserted")]
    return _merged(runs)


def _words(line: Line) -> Line:
    """A line's words as runs; an identifier or a digest is one."""
    words = ((run, [run.text] if run.style == "code" else WORDS.findall(run.text)) for run in line)
    return tuple(replace(run, text=word) for run, texts in words for word in texts)


def _steps(matcher: SequenceMatcher[Run], before: Line, after: Line) -> Iterator[tuple[bool, Line, Line]]:
    """Stretches that are the same and stretches that are not; a space between two changes belongs to the change."""
    codes = matcher.get_opcodes()
    first: list[Run] = []
    second: list[Run] = []
    for number, (code, i1, i2, j1, j2) in enumerate(codes):
        inside = 0 < number < len(codes) - 1
        if code == "equal" and not (inside and told(before[i1:i2]).isspace()):
            if first or second:
                yield False, tuple(first), tuple(second)
                first, second = [], []
            yield True, before[i1:i2], before[i1:i2]
        else:
            first += before[i1:i2]
            second += after[j1:j2]
    if first or second:
        yield False, tuple(first), tuple(second)


def _merged(runs: Sequence[Run]) -> Line:
    """Neighbouring runs that differ in nothing but their text, as one."""
    merged: list[Run] = []
    for run in runs:
        if merged and replace(merged[-1], text=run.text) == run:
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return tuple(merged)


def _blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Block]:
    for before, after in _paired(old, new, lambda block: (type(block).__name__, block.key, _columns(block))):
        if before is not None and after is not None:
            yield _block_changes(before, after)
        elif before is not None:
            yield _stamped_block(before, "deleted")
        elif after is not None:
            yield _stamped_block(after, "inserted")


def _columns(block: Block) -> int:
    """How many columns a table has: one with another number is another table."""
    return len(block.head) if isinstance(block, Table) else 0


def _paired(
    old: Sequence[Thing], new: Sequence[Thing], name: Callable[[Thing], object]
) -> Iterator[tuple[Thing | None, Thing | None]]:
    """Things of one name beside each other, in an order that holds both; None beside what has no partner."""
    matcher = SequenceMatcher(None, [name(one) for one in old], [name(one) for one in new], autojunk=False)
    for code, i1, i2, j1, j2 in matcher.get_opcodes():
        if code == "equal":
            yield from zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            yield from ((one, None) for one in old[i1:i2])
            yield from ((None, one) for one in new[j1:j2])


def _block_changes(old: Block, new: Block) -> Block:
    """A block that both documents have, with what changed within it."""
    if isinstance(old, Table) and isinstance(new, Table):
        return replace(
            new,
            caption=line_changes(old.caption, new.caption),
            head=tuple(line_changes(*cells) for cells in zip(old.head, new.head, strict=True)),
            rows=tuple(_rows(old.rows, new.rows)),
        )
    if isinstance(old, Listing) and isinstance(new, Listing):
        pairs = _in_text(old.items, new.items) if new.kind == "text" else _by_key(old.items, new.items)
        return replace(new, items=tuple(_items(pairs)))
    if isinstance(old, Heading | Paragraph) and isinstance(new, Heading | Paragraph):
        return replace(new, line=line_changes(old.line, new.line))
    raise TypeError(f"{old.key} is a {type(old).__name__} and a {type(new).__name__}")


def _by_key(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    return _paired(old, new, lambda entry: entry.key)


def _rows(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Row]:
    for before, after in _by_key(old, new):
        if before is not None and after is not None:
            cells = zip(before.cells, after.cells, strict=True)
            yield replace(after, cells=tuple(line_changes(*pair) for pair in cells))
        elif before is not None:
            yield _stamped_row(before, "deleted")
        elif after is not None:
            yield _stamped_row(after, "inserted")


def _items(pairs: Iterable[tuple[Item | None, Item | None]]) -> Iterator[Item]:
    for before, after in pairs:
        if before is not None and after is not None:
            yield replace(after, line=line_changes(before.line, after.line))
        elif before is not None:
            yield _stamped_item(before, "deleted")
        elif after is not None:
            yield _stamped_item(after, "inserted")


def _in_text(old: Sequence[Item], new: Sequence[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """The paragraphs of a free text: those that are alike beside each other, in order; they have no names."""
    matcher = SequenceMatcher(None, [told(one.line) for one in old], [told(one.line) for one in new], autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        both = min(i2 - i1, j2 - j1)
        yield from zip(old[i1 : i1 + both], new[j1 : j1 + both], strict=True)
        yield from ((one, None) for one in old[i1 + both : i2])
        yield from ((None, one) for one in new[j1 + both : j2])


def _stamped_item(item: Item, change: Change) -> Item:
    return replace(item, line=stamped(item.line, change), change=change)


def _stamped_row(row: Row, change: Change) -> Row:
    return replace(row, cells=tuple(stamped(cell, change) for cell in row.cells), change=change)


def _stamped_block(block: Block, change: Change) -> Block:
    if isinstance(block, Table):
        return replace(
            block,
            caption=stamped(block.caption, change),
            head=tuple(stamped(cell, change) for cell in block.head),
            rows=tuple(_stamped_row(row, change) for row in block.rows),
            change=change,
        )
    if isinstance(block, Listing):
        return replace(block, items=tuple(_stamped_item(item, change) for item in block.items), change=change)
    return replace(block, line=stamped(block.line, change), change=change)
