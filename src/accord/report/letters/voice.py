"""The voice of letters: the plan document's, with the letters' own words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from accord.report.plan_document.voice import Voice, messages


@cache
def letter_messages(language: str) -> Mapping[str, str]:
    """What the software says in letters, by `section.key`."""
    text = files("accord.report.letters").joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
    return {f"{section}.{key}": value for section, table in tomllib.loads(text).items() for key, value in table.items()}


class LetterVoice(Voice):
    """Says what a letter holds, in one of the languages that the software speaks."""

    __slots__ = ()

    @property
    def _messages(self) -> Mapping[str, str | list[str]]:
        return {**messages(self.language), **letter_messages(self.language)}
