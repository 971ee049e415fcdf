"""Fictional organisations and people: names by country, ORCIDs that nobody has, other spellings of a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accord.example.chance import Chance
from accord.example.tables import ExampleSide, names, places

FEWEST: Final = 10  # organisations of a Side, so that every consortium finds different ones
_INITIALS: Final = "ABCDEFGHIJKLMNOPRSTVW"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A fictional organisation in a real city."""

    name: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person; `orcid` is valid by its check digit, in a range that is given to nobody."""

    id: str
    name: str
    orcid: str | None


def organisations(countries: tuple[str, ...], count: int, chance: Chance) -> tuple[Organisation, ...]:
    """Different organisations, spread evenly over the countries; fewer than asked where no more can be named.

    Where `count` exceeds the number of countries, one country at least has two.
    """
    words = names()["organisations"]
    first, second, called = words["first"], words["second"], words["called"]
    found: list[Organisation] = []
    for number, country in enumerate(countries):
        cities = places()[country].cities
        ways = len(cities) * len(called) * len(second) * len(first)
        share = count // len(countries) + (number < count % len(countries))
        for way in chance.sample(ways, min(share, ways)):
            rest, city = divmod(way, len(cities))
            rest, pattern = divmod(rest, len(called))
            one, other = divmod(rest, len(second))
            field = f"{first[one]} {second[other]}"
            name = called[pattern].format(field=field, city=cities[city])
            found.append(Organisation(name, cities[city], country))
    return tuple(chance.shuffled(found))


def organisations_of_side(
    side: ExampleSide, applying: int, elsewhere: int, chance: Chance
) -> tuple[tuple[Organisation, ...], tuple[Organisation, ...]]:
    """The organisations of a Side where people apply, and others where they do not, none in both."""
    fewest = max(FEWEST, 2 * len(side.countries))
    applying, elsewhere = max(applying, fewest), max(elsewhere, fewest)
    everything = organisations(side.countries, applying + elsewhere, chance)
    cut = len(everything) * applying // (applying + elsewhere)
    return everything[:cut], everything[cut:]


def other_spelling(name: str, chance: Chance) -> str:
    """The same name as another office would write it: other case, other punctuation."""
    spelling = chance.integer(3)
    if spelling == 0:
        return name.upper()
    if spelling == 1:
        return name.replace(", ", " - ")
    head, comma, tail = name.partition(", ")
    return f"{head} ({tail})" if comma else name.lower()


class People:
    """Makes people, each with an identifier and, as far as names last, a name of their own."""

    def __init__(self, prefix: str, width: int, chance: Chance) -> None:
        self._prefix, self._width, self._chance = prefix, width, chance
        self._made = 0
        self._orcids = 0
        self._taken: set[str] = set()
        self._places = places()

    def person(self, country: str, *, with_orcid: float) -> Person:
        """A new person from a country, who has an ORCID with that probability."""
        self._made += 1
        identifier = f"{self._prefix}-{self._made:0{self._width}d}"
        has_one = self._chance.happens(with_orcid)
        return Person(identifier, self._name(self._places[country].names), self._orcid() if has_one else None)

    def _orcid(self) -> str:
        self._orcids += 1
        letter = ord(self._prefix[0]) % 10  # so that experts and investigators do not share any
        return orcid(f"9999{letter}{self._orcids:010d}")

    def _name(self, table: str) -> str:
        words, chance = names()[table], self._chance
        for attempt in range(16):
            if table == "japanese":
                name = self._japanese()
            else:
                given, family = chance.choice(words["given"]), chance.choice(words["family"])
                initials = "".join(f"{chance.choice(_INITIALS)}. " for _ in range(attempt // 4))
                first = words.get("family_first", False)
                name = f"{family} {initials}{given}" if first else f"{given} {initials}{family}"
            if name not in self._taken:
                break
        self._taken.add(name)
        return name

    def _japanese(self) -> str:
        words, chance = names()["japanese"], self._chance
        signs, sounds = [], []
        for part in ("family", "given"):
            first, second = chance.choice(words[f"{part}_first"]), chance.choice(words[f"{part}_second"])
            signs.append(first[0] + second[0])
            sounds.append(first[1] + second[1])
        return f"{sounds[0]} {sounds[1]} ({signs[0]} {signs[1]})"


def orcid(digits: str) -> str:
    """An ORCID from its first fifteen digits, with its check digit (ISO 7064, 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    whole = digits + ("X" if check == 10 else str(check))
    return "-".join(whole[place : place + 4] for place in range(0, 16, 4))
