"""Cuts a text into words, also where a script sets no spaces between them."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Scripts without spaces between words, and Hangul, whose words carry their particles, are cut into pairs of
# characters. Some signs in these ranges are neither letter nor digit; they separate all the same.
_PAIRED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3031-\u31ff"  # Japanese and Chinese: iteration marks, Hiragana, Katakana, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"  # rare kana and Han
)
_RUN = re.compile(rf"(?P<paired>[{_PAIRED}]+)|[^\s{_PAIRED}]{{2,}}")
_ASCII_WORD = re.compile(r"[0-9a-z]{2,}")
_ZERO_WIDTH_SPACE = 0x200B
_FIRST_MARK = "\u0300"


class _Letters(dict[int, str]):
    """A table for `str.translate`, filled as characters are met: letters, digits and marks stay."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
            kept = ""
        elif category[0] in "LMN":
            kept = character
        elif category == "Cf" and code != _ZERO_WIDTH_SPACE:
            kept = ""  # soft hyphens, joiners: part of a word that nobody sees
        else:
            kept = " "
        self[code] = kept
        return kept


_LETTERS = _Letters()


def words(text: str) -> list[str]:
    """Give the words of a text in their order, folded in case and width, so that equal words are equal strings.

    A word is a run of at least two letters or digits, with the marks that sit on them. A run of Han,
    Hiragana, Katakana, Bopomofo, Hangul, Thai, Lao, Khmer or Myanmar gives each pair of neighbouring characters
    instead, or its only character. The text is brought into Unicode's form NFKC first: full-width letters and
    half-width Katakana are the usual ones, a ligature is its letters, a raised 2 is a 2.
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run = match[0]
        if match["paired"]:
            found.extend(_pairs(run))
        elif run[0] < _FIRST_MARK:
            found.append(run)
        else:
            found.extend(_without_loose_marks(run))
    return found


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)] if len(run) > 1 else [run]


def _without_loose_marks(run: str) -> list[str]:
    """The run without the marks that it begins with; they sit on nothing, as the accent of an apostrophe typed so."""
    while run and unicodedata.category(run[0])[0] == "M":
        run = run[1:]
    return [run] if len(run) > 1 else []
