"""The shape of a consortium: Sides, requests, duration; a few against the plan's rules on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accord.example.chance import Chance
from accord.example.tables import ExampleSide

STEPS: Final = 100  # a request is so many hundredths of the most that a Side gives to one proposal
MONTHS: Final = (24, 30, 36, 36, 36, 42, 48)
_SIDES_OF_A_PROPOSAL: Final = (0, 0, 15, 35, 30, 12, 8)  # how many have partners on 2, 3, … Sides, of a hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the plan asks of every consortium, as far as making them needs it."""

    every_side: bool  # each Side needs a partner: so it is with two or three Sides
    least_partners: int
    most_partners: int
    coordinating: frozenset[int]  # the Sides that may coordinate, by number


@dataclass(slots=True)
class Seat:
    """One partner to be found. `alone` asks for a country that no seat before it on that Side has."""

    side: int
    steps: int = 0
    alone: bool = False
    coordinator: bool = False


@dataclass(slots=True)
class Shape:
    """A consortium before its organisations are found; `together` puts the second Side's in one country."""

    seats: list[Seat]
    months: int
    together: bool = False


def terms_of(sides: Sequence[ExampleSide]) -> Terms:
    """The terms of an example call with these Sides."""
    count = len(sides)
    coordinating = frozenset(range(count if count == 2 else count - 1))
    if count <= 3:
        return Terms(every_side=True, least_partners=count + 1, most_partners=count + 4, coordinating=coordinating)
    return Terms(every_side=False, least_partners=3, most_partners=8, coordinating=coordinating)


def draw_shape(sides: int, terms: Terms, chance: Chance) -> Shape:
    """A consortium that meets the plan's rules."""
    if terms.every_side:
        chosen = list(range(sides))
    else:
        size = 2 + chance.weighted(_SIDES_OF_A_PROPOSAL[2 : min(6, sides) + 1])
        chosen = _some_sides(sides, size, chance)
    seats = [Seat(side) for side in chosen]
    if terms.every_side:
        seats.append(Seat(1, alone=True))  # the European Union asks for two countries
    needed = max(len(seats), terms.least_partners)
    wanted = min(terms.most_partners, needed + chance.weighted((35, 35, 20, 10)))
    seats.extend(Seat(chance.choice(chosen)) for _ in range(wanted - len(seats)))
    _coordinate(seats, terms.coordinating, chance)
    for side in chosen:
        own = [seat for seat in seats if seat.side == side]
        _share_out(own, 45 + chance.integer(54), chance)
    for seat in seats[needed:]:
        if not seat.coordinator and chance.happens(0.3):
            seat.steps = 0
    return Shape(seats, chance.choice(MONTHS))


def _some_sides(count: int, size: int, chance: Chance) -> list[int]:
    weights = [2 if side < 5 else 1 for side in range(count)]
    chosen = []
    for _ in range(size):
        side = chance.weighted(weights)
        weights[side] = 0
        chosen.append(side)
    return sorted(chosen)


def _coordinate(seats: Sequence[Seat], allowed: frozenset[int], chance: Chance) -> None:
    chance.choice([seat for seat in seats if seat.side in allowed]).coordinator = True


def _share_out(seats: Sequence[Seat], steps: int, chance: Chance) -> None:
    """Give each seat a part of the steps, at least two, in all exactly so many."""
    weights = [1 + chance.uniform() for _ in seats]
    left = steps
    for seat, weight in zip(seats[1:], weights[1:], strict=True):
        seat.steps = max(2, int(steps * weight / sum(weights)))
        left -= seat.steps
    seats[0].steps = left


def _too_few(one: Shape, terms: Terms, chance: Chance) -> None:
    del chance
    one.seats = _keeping_coordinator(one.seats, terms.least_partners - 1)
    for seat in one.seats:
        seat.steps = max(seat.steps, 20)


def _unfunded(one: Shape, terms: Terms, chance: Chance) -> None:
    del chance
    one.seats = _keeping_coordinator(one.seats, terms.least_partners)
    for seat in one.seats:
        seat.steps = max(seat.steps, 20)
    [seat for seat in one.seats if not seat.coordinator][-1].steps = 0


def _keeping_coordinator(seats: Sequence[Seat], size: int) -> list[Seat]:
    kept = list(seats[:size])
    if not any(seat.coordinator for seat in kept):
        kept[0].coordinator = True
    return kept


def _too_long(one: Shape, terms: Terms, chance: Chance) -> None:
    del terms
    one.months = chance.choice((54, 60, 72))


def _too_much(one: Shape, terms: Terms, chance: Chance) -> None:
    del terms
    side = next(seat.side for seat in one.seats if seat.coordinator)
    _share_out([seat for seat in one.seats if seat.side == side and seat.steps], 105 + chance.integer(40), chance)


def _wrong_coordinator(one: Shape, terms: Terms, chance: Chance) -> None:
    for seat in one.seats:
        seat.coordinator = False
    outside = [seat for seat in one.seats if seat.side not in terms.coordinating]
    if not outside:
        last = one.seats[0]
        last.side = max(terms.coordinating) + 1
        outside = [last]
    chance.choice(outside).coordinator = True


def _missing_side(one: Shape, terms: Terms, chance: Chance) -> None:
    del terms
    for seat in one.seats:
        if seat.side == 0:
            seat.side, seat.alone = 1, False
    _share_out([seat for seat in one.seats if seat.side == 1], 60 + chance.integer(39), chance)


def _one_country(one: Shape, terms: Terms, chance: Chance) -> None:
    del terms
    for seat in [seat for seat in one.seats if seat.side == 1][2:]:  # two in one country are there for certain
        seat.side = 0
    for side in (0, 1):
        _share_out([seat for seat in one.seats if seat.side == side], 45 + chance.integer(54), chance)
    one.together = True


Flaw = Callable[[Shape, Terms, Chance], None]

_FLAWS: Final[Mapping[str, Flaw]] = {
    "too few partners": _too_few,
    "an unfunded partner does not count": _unfunded,
    "too long": _too_long,
    "request above the maximum": _too_much,
}
_FLAWS_OF_FEW: Final[Mapping[str, Flaw]] = {
    "no partner on a required Side": _missing_side,
    "partners in one country only": _one_country,
}
_FLAWS_OF_MORE: Final[Mapping[str, Flaw]] = {"coordinated on a Side that may not": _wrong_coordinator}


def flaws(sides: int, terms: Terms) -> Mapping[str, Flaw]:
    """The ways to break the plan's rules that an example call with so many Sides shows."""
    return {
        **_FLAWS,
        **(_FLAWS_OF_FEW if terms.every_side else {}),
        **(_FLAWS_OF_MORE if sides > 2 else {}),
    }
