"""The fixed tables behind the example call: forty Sides, the places in their countries, topics and their words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

TOPICS: Final = ("hybrid-computing", "communication", "sensing", "materials")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleSide:
    """A Side as the example uses it: real country, currency, zone and calendar, invented signatory and programme.

    `most` is what one proposal may ask of it, in whole units; `rate` is how many units one euro is worth.
    """

    id: str
    signatory: dict[str, str]
    programme: str
    countries: tuple[str, ...]
    unit: str
    most: int
    rate: str
    language: str
    timezone: str
    holidays: str
    award_form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A sub-field of a topic, as the phrases that sentences about it are made of."""

    id: str
    topic: str
    systems: tuple[str, ...]
    methods: tuple[str, ...]
    problems: tuple[str, ...]
    goals: tuple[str, ...]
    measures: tuple[str, ...]
    uses: tuple[str, ...]
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleTopic:
    """A topic, its title by language, its share of every hundred proposals, and its sub-fields."""

    id: str
    title: dict[str, str]
    share: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country's cities, and which of the name tables people there are named from."""

    names: str
    cities: tuple[str, ...]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("accord.example").joinpath(name).read_text(encoding="utf-8"))


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def first_sides(count: int) -> tuple[ExampleSide, ...]:
    """The first Sides of the table; a country that is a Side of its own is left out of the European Union's list."""
    rows = _read("sides.toml")["side"][:count]
    single = {row["countries"][0] for row in rows if len(row["countries"]) == 1}
    for row in rows:
        if len(row["countries"]) > 1:
            row["countries"] = [country for country in row["countries"] if country not in single]
    return tuple(ExampleSide(**_frozen(row)) for row in rows)


def places() -> dict[str, Place]:
    """Every country that the example knows, by its code."""
    return {country: Place(**_frozen(row)) for country, row in _read("places.toml").items()}


def outside_countries() -> tuple[str, ...]:
    """The countries of the places that no Side of the table has; experts without a Side come from there."""
    of_sides = {country for row in _read("sides.toml")["side"] for country in row["countries"]}
    return tuple(sorted(places().keys() - of_sides))


@cache
def names() -> dict[str, dict[str, Any]]:
    """What names of people, by name table, and of organisations are made of."""
    return _read("names.toml")


def topics() -> tuple[ExampleTopic, ...]:
    """The four topics with their sub-fields."""
    found = []
    for topic in TOPICS:
        raw = _read(f"topics/{topic}.toml")
        fields = tuple(Field(topic=topic, **_frozen(row)) for row in raw["field"])
        found.append(ExampleTopic(id=topic, title=raw["title"], share=raw["share"], fields=fields))
    return tuple(found)
