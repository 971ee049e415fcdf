"""The proposals of an example call: science, consortium, people, and what each asks of every Side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from accord.example.chance import Chance
from accord.example.consortia import STEPS, Seat, Shape, draw_shape, flaws, terms_of
from accord.example.people import Organisation, People, Person
from accord.example.science import proposal_text
from accord.example.tables import ExampleSide, ExampleTopic, Field
from accord.plan.money import amount_text, minor_units

_FLAWED: Final = 20  # one proposal in so many breaks a rule on purpose
_CROWDING: Final = 1.7  # how much likelier the first organisations of a Side are than the last


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePartner:
    """One partner: its organisation, its Side by number, its request in hundredths of the Side's most."""

    organisation: Organisation
    side: int
    steps: int
    coordinator: bool
    investigators: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleProposal:
    """A proposal; `flaw` says which of the plan's rules it breaks on purpose, if any."""

    id: str
    title: str
    abstract: str
    field: Field
    months: int
    partners: tuple[ExamplePartner, ...]
    flaw: str | None


class _Applicants:
    """Finds the organisations and people of one proposal after another."""

    def __init__(self, pools: Sequence[Sequence[Organisation]], people: People, chance: Chance) -> None:
        self._pools, self._people, self._chance = pools, people, chance
        self._known: dict[tuple[str, str], list[Person]] = defaultdict(list)

    def partners(self, shape: Shape, field: Field) -> tuple[ExamplePartner, ...]:
        taken: list[Organisation] = []
        partners: list[ExamplePartner] = []
        for seat in shape.seats:
            there = {one.organisation.country for one in partners if one.side == seat.side}
            organisation = self._organisation(seat, shape, taken, there)
            taken.append(organisation)
            partners.append(
                ExamplePartner(
                    organisation=organisation,
                    side=seat.side,
                    steps=seat.steps,
                    coordinator=seat.coordinator,
                    investigators=self._investigators(seat, organisation, field),
                )
            )
        return tuple(partners)

    def _organisation(self, seat: Seat, shape: Shape, taken: Sequence[Organisation], there: set[str]) -> Organisation:
        pool, elsewhere = self._pools[seat.side], seat.alone
        if shape.together and seat.side == 1:
            pool, elsewhere = _in_one_country(pool, there), False
        while True:
            one = pool[int(len(pool) * self._chance.uniform() ** _CROWDING)]
            if one not in taken and not (elsewhere and one.country in there):
                return one

    def _investigators(self, seat: Seat, organisation: Organisation, field: Field) -> tuple[Person, ...]:
        """New people, or some who applied from there in the same sub-field already."""
        chance, known = self._chance, self._known[organisation.name, field.id]
        found: list[Person] = []
        for _ in range(1 + seat.coordinator + chance.happens(0.25)):
            person = chance.choice(known) if known and chance.happens(0.3) else None
            if person is None or person in found:
                person = self._people.person(organisation.country, with_orcid=0.4)
                known.append(person)
            found.append(person)
        return tuple(found)


def _in_one_country(pool: Sequence[Organisation], there: set[str]) -> Sequence[Organisation]:
    """The pool's organisations of the country that the others are in, or of one that has two at least."""
    countries = [one.country for one in pool]
    country = next((one for one in countries if one in there), max(sorted(set(countries)), key=countries.count))
    return [one for one in pool if one.country == country]


def make_proposals(
    sides: Sequence[ExampleSide],
    topics: Sequence[ExampleTopic],
    pools: Sequence[Sequence[Organisation]],
    *,
    count: int,
    seed: int,
) -> tuple[ExampleProposal, ...]:
    """So many proposals; `pools` are the organisations that apply, by Side."""
    science, shapes = Chance("science", seed), Chance("shapes", seed)
    people = People("I", max(4, len(str(8 * count))), Chance("investigators", seed))
    applicants = _Applicants(pools, people, Chance("partners", seed))
    terms = terms_of(sides)
    ways = flaws(len(sides), terms)
    flawed = min(max(len(ways), round(count / _FLAWED)), count // 8)
    flaw_of = {place: list(ways)[n % len(ways)] for n, place in enumerate(shapes.sample(count, flawed))}
    width = max(4, len(str(count)))
    titles: set[str] = set()
    found = []
    for number in range(count):
        topic = topics[science.weighted([topic.share for topic in topics])]
        field = science.choice(topic.fields)
        other = science.choice([one for one in topic.fields if one is not field])
        title, abstract = proposal_text(field, other, science, titles)
        shape = draw_shape(len(sides), terms, shapes)
        flaw = flaw_of.get(number)
        if flaw is not None:
            ways[flaw](shape, terms, shapes)
        found.append(
            ExampleProposal(
                id=f"P-{number + 1:0{width}d}",
                title=title,
                abstract=abstract,
                field=field,
                months=shape.months,
                partners=applicants.partners(shape, field),
                flaw=flaw,
            )
        )
    return tuple(found)


def amount(steps: int, side: ExampleSide) -> str:
    """So many hundredths of the most that a Side gives to one proposal, in its unit with its decimals."""
    if steps == 0:
        return "0"
    return amount_text(minor_units(str(Decimal(side.most * steps) / STEPS), side.unit), side.unit)


def proposal_row(proposal: ExampleProposal, sides: Sequence[ExampleSide], renamed: Mapping[str, str]) -> dict[str, Any]:
    """A proposal as a row of proposals.jsonl; `renamed` are investigators who go by an expert's identifier."""
    return {
        "id": proposal.id,
        "title": proposal.title,
        "abstract": proposal.abstract,
        "topic": proposal.field.topic,
        "duration_months": proposal.months,
        "partners": [_partner_row(partner, sides[partner.side], renamed) for partner in proposal.partners],
    }


def _partner_row(partner: ExamplePartner, side: ExampleSide, renamed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "organisation": partner.organisation.name,
        "country": partner.organisation.country,
        "city": partner.organisation.city,
        "side": side.id,
        "role": "coordinator" if partner.coordinator else "partner",
        "investigators": [
            {
                "id": renamed.get(person.id, person.id),
                "name": person.name,
                **({"orcid": person.orcid} if person.orcid else {}),
                **({"lead": True} if partner.coordinator and number == 0 else {}),
            }
            for number, person in enumerate(partner.investigators)
        ],
        "requested": amount(partner.steps, side),
        "unit": side.unit,
    }
