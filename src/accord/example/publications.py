"""The publications of an example call's experts, and who wrote with whom because of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accord.example.chance import Chance
from accord.example.science import Taste, paper_text

YEAR: Final = 2026  # in which the example call closes
_OLDEST: Final = 8  # years
_REMEMBERED: Final = 40  # publications of a sub-field among which a further author is found


@dataclass(slots=True)
class ExamplePublication:
    """A publication; `writers` are the identifiers of those whom the call knows, `others` counts the rest."""

    id: str
    title: str
    abstract: str
    year: int
    others: int
    writers: list[str] = field(default_factory=list)

    @property
    def authors(self) -> int:
        """How many wrote it."""
        return self.others + len(self.writers)

    def row(self) -> dict[str, Any]:
        """It as a row of publications.jsonl."""
        return {
            "id": self.id,
            "title": self.title,
            "abstract": self.abstract,
            "year": self.year,
            "authors": self.authors,
        }


@dataclass(frozen=True, slots=True)
class Together:
    """What two people wrote together: last in which year, and how many wrote the smallest such publication."""

    last_year: int
    authors: int


class Library:
    """Writes publications for one expert after another; some are written by several, or with an investigator."""

    def __init__(self, chance: Chance, width: int) -> None:
        self._chance, self._width = chance, width
        self._of_field: dict[str, list[ExamplePublication]] = defaultdict(list)
        self.publications: list[ExamplePublication] = []

    def written_by(
        self, writer: str, field_id: str, taste: Taste, investigators: Sequence[str], *, alone: bool
    ) -> tuple[ExamplePublication, ...]:
        """Two to five publications of one expert.

        `investigators` may be co-authors. Who writes `alone` writes with nobody whom the call knew before.
        """
        chance = self._chance
        recent = self._of_field[field_id]
        found: list[ExamplePublication] = []
        for _ in range(2 + chance.integer(4)):
            shared = chance.choice(recent[-_REMEMBERED:]) if recent and chance.happens(0.25) else None
            if shared is not None and not alone and writer not in shared.writers:
                shared.writers.append(writer)
                found.append(shared)
                continue
            one = self._new(taste)
            one.writers.append(writer)
            if investigators and not alone and chance.happens(0.12):
                one.writers.append(chance.choice(investigators))
            recent.append(one)
            found.append(one)
        return tuple(found)

    def _new(self, taste: Taste) -> ExamplePublication:
        chance = self._chance
        number = len(self.publications) + 1
        title, abstract = paper_text(taste, chance)
        year = YEAR - int(_OLDEST * chance.uniform() ** 1.5)
        others = 25 + chance.integer(60) if chance.happens(0.03) else 1 + chance.integer(6)
        one = ExamplePublication(f"W-{number:0{self._width}d}", title, abstract, year, others)
        self.publications.append(one)
        return one


def written_together(publications: Sequence[ExamplePublication]) -> dict[str, dict[str, Together]]:
    """For everybody who wrote with somebody: with whom, last when, and in how small a group."""
    found: dict[str, dict[str, Together]] = defaultdict(dict)
    for publication in publications:
        for one in publication.writers:
            for other in publication.writers:
                if one != other:
                    so_far = found[one].get(other, Together(0, publication.authors))
                    found[one][other] = Together(
                        max(so_far.last_year, publication.year), min(so_far.authors, publication.authors)
                    )
    return found
