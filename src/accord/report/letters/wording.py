"""A letter's words: the plan's, a Side's own, or our default; placeholders are filled with one proposal's values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Final

from accord.errors import InvalidInput
from accord.report.language import LANGUAGES
from accord.report.letters.outcomes import Kind
from accord.report.plan_document.blocks import Line, Run
from accord.report.texts import printable

KINDS: Final[tuple[Kind, ...]] = ("funded", "reserve", "not-funded", "ineligible")
PLACEHOLDERS: Final = (
    "call",
    "call_id",
    "proposal",
    "title",
    "topic",
    "organisation",
    "side",
    "signatory",
    "managed_by",
    "programme",
)
TEMPLATE_FILE: Final = "letter.typ"
WORDING_FILE: Final = "letter.toml"
PICTURES: Final = frozenset({".svg", ".png", ".jpg", ".jpeg"})  # what a template may show


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a Side puts in the place of ours: a template, texts by outcome and language, and pictures by file name."""

    template: str | None = None
    texts: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def load_wording(folder: Path) -> Wording:
    """The wording in a folder: `letter.typ`, `letter.toml`, or both, and pictures beside them.

    Raises InvalidInput with file and line where a text has a placeholder that does not exist, an outcome or a
    language is unknown, or neither file is there.
    """
    template, texts = folder / TEMPLATE_FILE, folder / WORDING_FILE
    if not template.is_file() and not texts.is_file():
        raise InvalidInput(f"{folder}: found neither {TEMPLATE_FILE} nor {WORDING_FILE}; put one of them there")
    pictures = sorted(one for one in folder.iterdir() if one.suffix.lower() in PICTURES and one.is_file())
    return Wording(
        template=_read(template) if template.is_file() else None,
        texts=parse_texts(_read(texts), WORDING_FILE) if texts.is_file() else {},
        pictures={one.name: one.read_bytes() for one in pictures},
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def parse_texts(content: str, file: str) -> dict[Kind, Mapping[str, str]]:
    """Texts by outcome and language from a wording file, checked; raises InvalidInput with file and line."""
    try:
        found = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file}: {error}") from error
    texts: dict[Kind, Mapping[str, str]] = {}
    for name, table in found.items():
        kind = next((one for one in KINDS if one == name), None)
        if kind is None:
            raise InvalidInput(f"{file}:{_line(content, name)}: found {name!r}; there is {', '.join(KINDS)}")
        if not isinstance(table, dict) or not table or not all(isinstance(text, str) for text in table.values()):
            raise InvalidInput(f'{file}:{_line(content, name)}: [{name}] holds a text a language: en = "…"')
        for language in table:
            if language not in LANGUAGES:
                place = f"{file}:{_line(content, f'{language} =')}"
                raise InvalidInput(f"{place}: found the language {language!r}; letters speak {', '.join(LANGUAGES)}")
        texts[kind] = table
        check_texts(table, content, file)
    return texts


def check_texts(texts: Mapping[str, str], content: str, file: str) -> None:
    """Check every placeholder of some texts that stand in a file; raises InvalidInput with file and line."""
    for text in texts.values():
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise InvalidInput(
                f"{file}:{_line(content, text.splitlines()[0])}: {error}; a brace of its own is written {{{{ or }}}}"
            ) from error
        for _, name, spec, conversion in parts:
            if name is not None and (name not in PLACEHOLDERS or spec or conversion):
                written = f"{{{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
                known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                raise InvalidInput(f"{file}:{_line(content, written)}: {written} is no placeholder; there is {known}")


def _line(content: str, found: str) -> int:
    """The first line of a file that has a text; 1 where it is written in another way."""
    return next((number for number, line in enumerate(content.splitlines(), start=1) if found in line), 1)


def paragraphs(text: str, language: str, values: Mapping[str, Line]) -> list[Line]:
    """A checked text as its paragraphs, one a line of it, with values in the place of placeholders."""
    found: list[Line] = []
    for paragraph in text.splitlines():
        runs: list[Run] = []
        for before, name, _, _ in Formatter().parse(paragraph):
            if before:
                runs.append(Run(str(printable(before)), language))
            if name is not None:
                runs += values[name]
        if any(run.text.strip() for run in runs):
            found.append(tuple(runs))
    return found
