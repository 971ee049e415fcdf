"""The parts of a draft's form, as values that a template shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NOT_A_NAME: Final = re.compile(r"[^a-z0-9]+", re.IGNORECASE)
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of the form: its path in the draft, how it is asked, what stands there, what is wrong."""

    path: str
    label: str
    kind: str = "text"
    value: str = ""
    choices: Choices = ()
    help: str = ""
    required: bool = False
    errors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """What somebody else wrote there at the same time."""

    @property
    def has_blank(self) -> bool:
        """Whether one of the choices is to say nothing."""
        return any(not value for value, _text in self.choices)

    @property
    def id(self) -> str:
        """The name of its place on the page."""
        return f"f-{NOT_A_NAME.sub('-', self.path)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPart:
    """An investigator of a partner."""

    key: str
    inputs: tuple[Input, ...]
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPart:
    """A partner: its Side, its fields, its people."""

    key: str
    side: str
    title: str
    inputs: tuple[Input, ...]
    people: tuple[PersonPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInput:
    """A question that a document answers, and the document that does."""

    question: str
    label: str
    name: str = ""
    size: int = 0
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The name of its place on the page."""
        return f"d-{NOT_A_NAME.sub('-', self.question)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the plan's form."""

    title: str
    inputs: tuple[Input, ...]
    files: tuple[FileInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The whole form."""

    about: tuple[Input, ...]
    partners: tuple[PartnerPart, ...]
    sections: tuple[Section, ...]
    rest: tuple[str, ...]
    """What is wrong and belongs to no field."""

    def inputs(self) -> Iterator[Input]:
        """Every field of it."""
        yield from self.about
        for partner in self.partners:
            yield from partner.inputs
            for person in partner.people:
                yield from person.inputs
        for section in self.sections:
            yield from section.inputs
