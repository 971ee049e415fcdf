"""Signs that the fonts at hand can show: the others are replaced, since a tagged PDF may hold none without a shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

REPLACED: Final = "\ufffd"
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")  # signs that turn what follows them around
JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")


def clusters(text: str) -> list[str]:
    """A text cut before each sign that stands by itself: a mark, or a joiner and what it joins, stays with its base."""
    found: list[str] = []
    joined = False
    for sign in text:
        mark = unicodedata.category(sign) in {"Mn", "Mc", "Me"} or sign in JOINERS
        if found and (mark or joined):
            found[-1] += sign
        else:
            found.append(sign)
        joined = sign == "\u200d"
    return found


def undisplayable(found: Sequence[str], shows: Callable[[Sequence[str]], bool]) -> frozenset[str]:
    """Those of the clusters that cannot be shown, told by halving what `shows` refuses."""
    if not found or shows(found):
        return frozenset()
    if len(found) == 1:
        return frozenset(found)
    middle = len(found) // 2
    return undisplayable(found[:middle], shows) | undisplayable(found[middle:], shows)


def texts(value: Any) -> Iterable[str]:
    """Every text in a value of JSON; keys are the software's own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """The same value of JSON with every text rewritten."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, Mapping):
        return {key: rewritten(one, rewrite) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rewritten(one, rewrite) for one in value]
    return value
