"""How wide a column of figures has to be: texts measured by their signs, so that no amount breaks over two lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final

from accord.report.plan_document.blocks import Line, told

CELL: Final = 8.0  # points, as the theme sets cells
HEAD: Final = 7.5  # and heads, which are bold
INSET: Final = 10.0  # left and right of a cell together
WIDE: Final = 1.0
DIGIT: Final = 0.56  # of the size; the theme's family of type
NARROW: Final = frozenset("ijlrt.,:;'|!()[] ")
BROAD: Final = frozenset("mwMWQOGDNUH@%—…→↑↓")
WORDS: Final = re.compile(r"\s+|(?=（)")
LONGEST_PHRASE: Final = 7  # wide signs of a head that stay on one line where they can


def ems(text: str) -> float:
    """The width of a text in one line, in sizes of its type; a little more than it takes."""
    return sum(_em(sign) for sign in text)


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return WIDE
    if sign in NARROW:
        return 0.36
    return 0.88 if sign in BROAD else DIGIT + 0.06 * (sign.isupper())


def width_of(head: Line, cells: Iterable[Line]) -> float:
    """The points that a column takes which breaks no line of its cells and no word of its head."""
    lines = (line for cell in cells for line in told(cell).split("\n"))
    words = (part for word in WORDS.split(told(head)) for part in _phrases(word))
    longest = max((ems(line) for line in lines), default=0) * CELL
    return round(max(longest * 1.02, max(map(ems, words), default=0) * HEAD * 1.06) + INSET, 1)


def _phrases(word: str) -> Sequence[str]:
    """A word of a head; one of many wide signs is cut in equal parts, since it may break anywhere."""
    if len(word) <= LONGEST_PHRASE or not all(unicodedata.east_asian_width(sign) in "WF" for sign in word):
        return [word]
    size = ceil(len(word) / ceil(len(word) / LONGEST_PHRASE))
    return [word[at : at + size] for at in range(0, len(word), size)]
