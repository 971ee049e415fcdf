"""The texts of letters: a file a letter and language in `letters/`, its first line the subject, `{name}` a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final

from accord.errors import InvalidInput

FOLDER: Final = Path(__file__).parent / "letters"
LANGUAGES: Final = ("en", "ja")
LONGEST_VALUE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A letter's text in one language, and the names of the values that it takes."""

    subject: str
    body: str
    names: frozenset[str]

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body with the values in them; a value in the subject is one line."""
        in_a_line = {name: " ".join(value.split()) for name, value in values.items()}
        return self.subject.format_map(in_a_line), self.body.format_map(values)


def letters() -> tuple[str, ...]:
    """The names of all letters."""
    return tuple(sorted({file.name.split(".")[0] for file in FOLDER.glob("*.txt")}))


@cache
def text(letter: str, language: str) -> Text:
    """The text of a letter in a language; raises InvalidInput for one that is not there."""
    if letter not in letters() or language not in LANGUAGES:
        raise InvalidInput(
            f"letter, language: found {letter!r} in {language!r}; there are {', '.join(letters())} in "
            f"{' and '.join(LANGUAGES)}"
        )
    subject, _, body = (FOLDER / f"{letter}.{language}.txt").read_text(encoding="utf-8").partition("\n")
    names = frozenset(name for part in (subject, body) for _, name, _, _ in Formatter().parse(part) if name)
    return Text(subject=subject, body=body.lstrip("\n"), names=names)


def checked(letter: str, language: str, values: Mapping[str, str]) -> None:
    """Raise InvalidInput where a letter is not there, or the values are not the ones that its text takes."""
    names = text(letter, language).names
    if names != set(values):
        raise InvalidInput(f"values: the letter {letter} takes {', '.join(sorted(names))}; found {', '.join(values)}")
    for name, value in values.items():
        if len(value) > LONGEST_VALUE or "\0" in value:
            raise InvalidInput(f"values.{name}: found {len(value)} signs; a letter takes at most {LONGEST_VALUE}")
