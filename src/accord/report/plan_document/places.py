"""Where a written document's parts are: names of headings to lead to, and what a template calls a block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from accord.report.plan_document.blocks import Block, Document, Heading

CONTENTS: Final = "contents"  # the key of the heading above the list of all others


def kind(block: Block) -> str:
    """What a block is, for a template."""
    return type(block).__name__.lower()


def anchors(document: Document) -> Callable[[str, bool], str]:
    """The name of each heading's place, by its key and whether it is deleted: a heading that moved has two."""
    headings = (one for one in (*document.front, *document.blocks) if isinstance(one, Heading))
    names = {(one.key, one.change == "deleted"): f"part{number}" for number, one in enumerate(headings)}
    return lambda key, deleted: names.get((key, deleted)) or names[key, not deleted]
