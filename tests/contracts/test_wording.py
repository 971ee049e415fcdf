"""Nothing that the software says puts a duty on a Side, in either language: everything is non-binding."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.report.workbook.words import WORDS
from conftest import ROOT

ENGLISH = re.compile(
    r"\b(shall|must pay|obligat\w+|obliged?|guarantee\w*|promis\w+|commits? (itself|money)|owes?)\b", re.IGNORECASE
)
JAPANESE = re.compile("義務|約束|保証|債務|支払わなければならない")
MESSAGES = sorted((ROOT / "src" / "accord" / "report").rglob("words/*.toml"))
TEMPLATES = sorted((ROOT / "src" / "accord" / "report").rglob("*.jinja"))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def duties(said: Iterator[str]) -> list[str]:
    return [text for text in said if ENGLISH.search(text) or JAPANESE.search(text)]


def test_the_test_would_find_a_duty() -> None:
    assert duties(iter(["The Sides shall pay.", "支払う義務がある", "each then takes its own award decision"])) == [
        "The Sides shall pay.",
        "支払う義務がある",
    ]


@pytest.mark.parametrize("file", MESSAGES, ids=lambda file: f"{file.parts[-3]}-{file.name}")
def test_no_message_puts_a_duty_on_a_side(file: Path) -> None:
    assert duties(texts(tomllib.loads(file.read_text(encoding="utf-8")))) == []


def test_no_template_and_no_workbook_does() -> None:
    assert len(MESSAGES) >= 6
    assert len(TEMPLATES) > 20
    assert duties(file.read_text(encoding="utf-8") for file in TEMPLATES) == []
    for words in WORDS.values():
        assert duties(texts({name: getattr(words, name) for name in words.__slots__})) == []
