"""The experts of an example call: Sides, organisations, loads, what they wrote, and who of them applies as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accord.example.chance import Chance
from accord.example.consortia import terms_of
from accord.example.people import Organisation, People, Person, organisations, other_spelling
from accord.example.proposals import ExampleProposal
from accord.example.publications import ExamplePublication, Library, Together, written_together
from accord.example.science import taste_of
from accord.example.tables import ExampleSide, ExampleTopic, Field, outside_countries

LOADS: Final = (3, 4, 5, 6)
APART: Final = 3  # experts of a Side, or in all six, who have nothing to do with applicants: somebody can judge
_SIDELESS: Final = 25  # one expert in so many is on no Side
_APPLYING: Final = 20  # one expert in so many applies as well
_BY_ORCID: Final = 4  # of those, one in so many under another identifier, known by the ORCID only


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleExpert:
    """An expert; `spelling` is how the organisation's name is written here, `applies_as` an investigator's id."""

    id: str
    person: Person
    side: int | None
    organisation: Organisation
    spelling: str
    load: int
    field: Field
    apart: bool
    applies_as: str | None
    publications: tuple[ExamplePublication, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """All experts, their publications, who wrote with whom, and investigators who go by an expert's identifier."""

    experts: tuple[ExampleExpert, ...]
    publications: tuple[ExamplePublication, ...]
    together: Mapping[str, Mapping[str, Together]]
    renamed: Mapping[str, str]

    def row(self, expert: ExampleExpert, sides: Sequence[ExampleSide]) -> dict[str, Any]:
        """An expert as a row of experts.jsonl."""
        row: dict[str, Any] = {"id": expert.id, "name": expert.person.name}
        if expert.person.orcid is not None:
            row["orcid"] = expert.person.orcid
        if expert.side is not None:
            row["side"] = sides[expert.side].id
        return row | {
            "organisation": expert.spelling,
            "country": expert.organisation.country,
            "max_load": expert.load,
            "publications": [publication.id for publication in expert.publications],
            "coauthors": [
                {"id": other, "last_year": shared.last_year, "authors": shared.authors}
                for other, shared in sorted(self.together.get(expert.id, {}).items())
            ],
        }


@dataclass(frozen=True, slots=True)
class _Applying:
    person: Person
    organisation: Organisation
    field: Field
    by_orcid: bool


def make_experts(
    sides: Sequence[ExampleSide],
    topics: Sequence[ExampleTopic],
    pools: Sequence[tuple[Sequence[Organisation], Sequence[Organisation]]],
    proposals: Sequence[ExampleProposal],
    *,
    count: int,
    seed: int,
) -> Experts:
    """So many experts; `pools` are the organisations that apply and those that do not, by Side."""
    chance = Chance("experts", seed)
    people = People("E", max(4, len(str(count))), Chance("expert people", seed))
    outside = organisations(outside_countries(), max(10, count // 50), Chance("organisations outside", seed))
    library = Library(Chance("publications", seed), max(4, len(str(5 * count))))
    placed = _sides_of_experts(len(sides), count, chance)
    apart_places = _apart(placed, by_side=terms_of(sides).every_side)
    applying = _applying(placed, apart_places, proposals, chance)
    renamed = {
        one.person.id: f"E-{place + 1:0{max(4, len(str(count)))}d}"
        for place, one in applying.items()
        if not one.by_orcid
    }
    investigators = _investigators_by_field(proposals, renamed)
    found = []
    for place, side in enumerate(placed):
        field = chance.choice(topics[chance.weighted([topic.share for topic in topics])].fields)
        apart = place in apart_places
        if side is None:
            organisation = chance.choice(outside)
        else:
            known, unknown = pools[side]
            pool = known if not apart and chance.happens(0.4) else unknown
            organisation = pool[int(len(pool) * chance.uniform() ** 1.7)]
        person = people.person(organisation.country, with_orcid=0.6)
        identifier = person.id
        as_applicant = applying.get(place)
        if as_applicant is not None:
            person, organisation, field = as_applicant.person, as_applicant.organisation, as_applicant.field
        taste = taste_of(field, chance)
        spelled = other_spelling(organisation.name, chance) if chance.happens(0.4) else organisation.name
        found.append(
            ExampleExpert(
                id=identifier,
                person=person,
                side=side,
                organisation=organisation,
                spelling=spelled,
                load=chance.choice(LOADS),
                field=field,
                apart=apart,
                applies_as=None if as_applicant is None else as_applicant.person.id,
                publications=library.written_by(identifier, field.id, taste, investigators[field.id], alone=apart),
            )
        )
    publications = tuple(library.publications)
    return Experts(
        experts=tuple(found),
        publications=publications,
        together=written_together(publications),
        renamed=renamed,
    )


def _sides_of_experts(sides: int, count: int, chance: Chance) -> list[int | None]:
    """As many experts on each Side, but for one; some on none."""
    sideless = count // _SIDELESS
    placed: list[int | None] = [number % sides for number in range(count - sideless)]
    return chance.shuffled([*placed, *(None for _ in range(sideless))])


def _apart(placed: Sequence[int | None], *, by_side: bool) -> set[int]:
    """The first experts of each Side where the plan asks for every Side's; else the first ones of all."""
    if not by_side:
        return set(range(2 * APART))
    return {place for side in set(placed) - {None} for place in _places_of(placed, side)[:APART]}


def _places_of(placed: Sequence[int | None], side: int | None) -> list[int]:
    return [place for place, one in enumerate(placed) if one == side]


def _applying(
    placed: Sequence[int | None], apart: set[int], proposals: Sequence[ExampleProposal], chance: Chance
) -> dict[int, _Applying]:
    """Which experts are investigators too, by the expert's place."""
    candidates: dict[int, list[tuple[Person, Organisation, Field]]] = defaultdict(list)
    for proposal in proposals:
        for partner in proposal.partners:
            candidates[partner.side].append((partner.investigators[0], partner.organisation, proposal.field))
    free = [(place, side) for place, side in enumerate(placed) if side is not None and place not in apart]
    taken: set[str] = set()
    found: dict[int, _Applying] = {}
    for number, chosen in enumerate(chance.sample(len(free), min(len(placed) // _APPLYING, len(free)))):
        place, side = free[chosen]
        by_orcid = number % _BY_ORCID == 0
        fit = [one for one in candidates[side] if one[0].orcid is not None] if by_orcid else candidates[side]
        if fit:
            person, organisation, field = chance.choice(fit)
            if person.id not in taken:
                taken.add(person.id)
                found[place] = _Applying(person, organisation, field, by_orcid)
    return found


def _investigators_by_field(proposals: Sequence[ExampleProposal], renamed: Mapping[str, str]) -> dict[str, list[str]]:
    """The investigators of each sub-field's proposals, without those who are experts: they list their own papers."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for proposal in proposals:
        for partner in proposal.partners:
            for person in partner.investigators:
                if person.id not in renamed:
                    found[proposal.field.id][person.id] = None
    return defaultdict(list, {field: list(people) for field, people in found.items()})
