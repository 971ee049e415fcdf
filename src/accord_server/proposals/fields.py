"""The fields of a draft: a path for each, such as `partners/a1/organisation`, and a text, as a form gives it.

A form's input has the path as its name. An absent field and an empty one are the same.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from accord.errors import InvalidInput
from accord.plan.types import normalised
from accord.record.canonical import Json, canonical

KEY: Final = r"[a-z0-9][a-z0-9-]{0,31}"
QUESTION: Final = r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,199}"
OF_PARTNER: Final = "side|role|organisation|country|city|ror|department|requested|overhead|erad"
OF_INVESTIGATOR: Final = "name|orcid|lead|erad"
PATH: Final = re.compile(
    rf"title|abstract|topic|duration_months|excluded_experts|partners/{KEY}/({OF_PARTNER})"
    rf"|partners/{KEY}/investigators/{KEY}/({OF_INVESTIGATOR})|answers/{QUESTION}/{QUESTION}"
)
PARTNER: Final = re.compile(rf"partners/({KEY})/")
INVESTIGATOR: Final = re.compile(rf"partners/({KEY})/investigators/({KEY})/")
LONGEST_FIELD: Final = 100_000
MOST_FIELDS: Final = 3000
LARGEST_DRAFT: Final = 1_000_000
LONG_TEXTS: Final = re.compile(r"abstract|answers/.*")
UNSEEN: Final = {"Cc", "Cs", "Co"}
TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Fields = Mapping[str, str]


def cleaned(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Fields as they are kept: in normal form C, a line's end a line feed, without spaces around.

    Raises InvalidInput for a path that no draft has, one that stands twice, a text that is too long, and a sign that
    nobody can see (NUL, half of a surrogate pair, one that turns the direction).
    """
    found: dict[str, str] = {}
    for path, text in fields:
        if not PATH.fullmatch(path):
            raise InvalidInput(f"fields: found the path {path[:80]!r}, which no draft has")
        if path in found:
            raise InvalidInput(f"fields: {path} stands twice")
        found[path] = _text(path, text)
    return found


def _text(path: str, text: str) -> str:
    if len(text) > LONGEST_FIELD:
        raise InvalidInput(f"{path}: found {len(text)} signs, at most {LONGEST_FIELD} are kept")
    plain = normalised(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not LONG_TEXTS.fullmatch(path):
        plain = " ".join(plain.split())
    for sign in plain:
        if (unicodedata.category(sign) in UNSEEN and sign not in "\n\t") or sign in TURNS:
            raise InvalidInput(f"{path}: found the sign U+{ord(sign):04X}, which nobody can read; leave it out")
    return plain


def kept(fields: Fields) -> dict[str, str]:
    """Fields without the empty ones; raises InvalidInput where they are more than a draft holds."""
    found = {path: text for path, text in fields.items() if text}
    if len(found) > MOST_FIELDS:
        raise InvalidInput(f"fields: found {len(found)}, a draft holds at most {MOST_FIELDS}")
    if sum(map(len, found.values())) > LARGEST_DRAFT:
        raise InvalidInput(f"fields: a draft holds at most {LARGEST_DRAFT} signs; put long texts into a document")
    return found


def below(fields: Fields, prefixes: Iterable[str]) -> frozenset[str]:
    """The paths that stand under some prefixes, such as `partners/a1`."""
    starts = tuple(f"{one}/" for one in prefixes)
    return frozenset(path for path in fields if path.startswith(starts))


def partner_keys(fields: Fields) -> tuple[str, ...]:
    """The keys of the partners that a draft has, in their order."""
    return tuple(sorted({found[1] for path in fields if (found := PARTNER.match(path))}))


def investigator_keys(fields: Fields, partner: str) -> tuple[str, ...]:
    """The keys of a partner's investigators, in their order."""
    matches = (INVESTIGATOR.match(path) for path in fields)
    return tuple(sorted({found[2] for found in matches if found and found[1] == partner}))


def fresh_key(there: Iterable[str]) -> str:
    """A key for one partner or investigator more, after those that are there; two people at once never get one key."""
    numbers = [int(found[1]) for one in there if (found := re.match(r"p([0-9]{3})-", one))]
    return f"p{max(numbers, default=0) + 1:03d}-{secrets.token_hex(4)}"


def written(fields: Fields, conflicts: Mapping[str, tuple[str, ...]]) -> str:
    """A draft as it is kept: canonical JSON of its fields, and of texts that somebody has still to choose from."""
    both: dict[str, Json] = {path: list(texts) for path, texts in conflicts.items()}
    return canonical({"conflicts": both, "fields": dict(fields)}).decode()


def read(content: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The fields of a kept draft, and the texts that somebody has still to choose from."""
    told = json.loads(content)
    return told["fields"], {path: tuple(texts) for path, texts in told["conflicts"].items()}
