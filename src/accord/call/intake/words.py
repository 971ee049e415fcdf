"""When two texts of two portals are one: column names, references, titles and names of organisations, folded."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

# Hyphens, dashes and minus signs as forms and keyboards of different countries give them.
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]|(?<![\u3041-\u30ff])\u30fc")
_NOT_IN_A_KEY: Final = re.compile(r"[^A-Za-z0-9._:@+-]")
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,199}")


def plain(text: str) -> str:
    """A text in compatibility form, with one kind of dash and wave and single spaces: `ＱＪ－０１` is `QJ-01`."""
    unified = unicodedata.normalize("NFKC", text).replace("\u301c", "~")
    return " ".join(_DASHES.sub("-", unified).split())


def folded(text: str) -> str:
    """A text by which names of columns and listed values are recognised: `plain`, without case."""
    return plain(text).casefold()


def reference_key(reference: str) -> str:
    """What two spellings of one reference share: case goes, a run of spaces and dashes is one dash."""
    return re.sub(r"[ -]+", "-", folded(reference)).strip("-")


def identifier(reference: str) -> str | None:
    """A reference as a proposal's identifier, or None where it begins with no Latin letter or digit."""
    dashed = re.sub(r"[ -]+", "-", _without_accents(plain(reference))).strip("-")
    name = _NOT_IN_A_KEY.sub("_", dashed)
    return name if _KEY.fullmatch(name) else None


def same_words(text: str) -> str:
    """What two writings of one title or organisation share: letters, digits and symbols, no accents, no case."""
    signs = _without_accents(folded(text))
    words = "".join(" " if unicodedata.category(sign)[0] in "PZC" else sign for sign in signs).split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def script(text: str) -> str:
    """The script that a text is written in, by Unicode's names; one Japanese sign makes it Japanese or Chinese."""
    counts = Counter(_script_of(sign) for sign in plain(text) if sign.isalpha())
    for name in ("CJK", "HANGUL"):
        if name in counts:
            return name
    return min(counts, key=lambda name: (-counts[name], name), default="")


def one_sign_apart(first: str, second: str) -> bool:
    """Whether one sign more, less, other, or two neighbours swapped make one text of the other."""
    if len(first) > len(second):
        first, second = second, first
    if first == second or len(second) - len(first) > 1:
        return False
    start = next((place for place, sign in enumerate(first) if sign != second[place]), len(first))
    if len(first) < len(second):
        return first[start:] == second[start + 1 :]
    if first[start + 1 :] == second[start + 1 :]:
        return True
    swapped = second[start + 1 : start + 2] + second[start]
    return first[start : start + 2] == swapped and first[start + 2 :] == second[start + 2 :]


def _script_of(sign: str) -> str:
    name = unicodedata.name(sign, "").split(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"} else name


def _without_accents(text: str) -> str:
    # Only the accents of Latin, Greek and Cyrillic: a voiced kana is another letter, not an accented one.
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))
