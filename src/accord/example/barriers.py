"""Which experts of an example call have something to do with a proposal, and the conflicts that are declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accord.example.chance import Chance
from accord.example.experts import ExampleExpert, Experts
from accord.example.proposals import ExampleProposal
from accord.example.publications import YEAR
from accord.example.tables import ExampleSide

COAUTHOR_YEARS: Final = 3
COAUTHOR_MOST: Final = 20
_REASONS: Final = (
    "supervised the doctoral thesis of an investigator",
    "member of the same board as the coordinator",
    "close relative of an investigator",
    "advised the consortium while it wrote the proposal",
    "competes with the consortium for one patent",
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A conflict that somebody declared; `expert` is the expert's place."""

    proposal: str
    expert: int
    reason: str
    declared_by: str


class Barriers:
    """Finds the experts, by their place, who should not see a proposal."""

    def __init__(self, experts: Experts) -> None:
        self._renamed = experts.renamed
        self._at: dict[str, list[int]] = defaultdict(list)
        self._is: dict[str, list[int]] = defaultdict(list)
        self._wrote_with: dict[str, list[int]] = defaultdict(list)
        self._recently: dict[str, list[int]] = defaultdict(list)
        for place, expert in enumerate(experts.experts):
            self._at[expert.organisation.name].append(place)
            if expert.applies_as is not None:
                self._is[expert.applies_as].append(place)
            for other, shared in experts.together.get(expert.id, {}).items():
                self._wrote_with[other].append(place)
                if shared.last_year >= YEAR - COAUTHOR_YEARS and shared.authors <= COAUTHOR_MOST:
                    self._recently[other].append(place)
        self._ids = [expert.id for expert in experts.experts]
        self.declared: dict[str, set[int]] = defaultdict(set)

    def colleagues(self, proposal: ExampleProposal) -> set[int]:
        """Experts at the organisation of a partner."""
        return {place for partner in proposal.partners for place in self._at[partner.organisation.name]}

    def applicants(self, proposal: ExampleProposal) -> set[int]:
        """Experts who are investigators of it."""
        return {place for person in _people(proposal) for place in self._is.get(person, ())}

    def coauthors(self, proposal: ExampleProposal, *, recent: bool) -> set[int]:
        """Experts who wrote with an investigator; `recent` counts only what the plan counts."""
        wrote_with = self._recently if recent else self._wrote_with
        names = {self._renamed.get(person, person) for person in _people(proposal)}
        names |= {self._ids[place] for place in self.applicants(proposal)}
        return {place for name in names for place in wrote_with.get(name, ())}

    def blocked(self, proposal: ExampleProposal) -> set[int]:
        """Everybody who has something to do with it, long ago or among many authors included."""
        return (
            self.colleagues(proposal)
            | self.applicants(proposal)
            | self.coauthors(proposal, recent=False)
            | self.declared.get(proposal.id, set())
        )


def _people(proposal: ExampleProposal) -> set[str]:
    return {person.id for partner in proposal.partners for person in partner.investigators}


def declare(
    proposals: Sequence[ExampleProposal],
    experts: Sequence[ExampleExpert],
    sides: Sequence[ExampleSide],
    barriers: Barriers,
    seed: int,
) -> tuple[Declared, ...]:
    """A few conflicts that no rule could find, each between a proposal and an expert of its sub-field."""
    chance = Chance("declared conflicts", seed)
    eligible = [proposal for proposal in proposals if proposal.flaw is None]
    of_field: dict[str, list[int]] = defaultdict(list)
    for place, expert in enumerate(experts):
        if not expert.apart:
            of_field[expert.field.id].append(place)
    found = []
    for chosen in chance.sample(len(eligible), min(len(eligible), max(4, len(eligible) // 25))):
        proposal = eligible[chosen]
        near = [place for place in of_field[proposal.field.id] if place not in barriers.blocked(proposal)]
        if not near:
            continue
        place = chance.choice(near)
        side = experts[place].side
        by = "expert" if side is None or chance.happens(0.6) else sides[side].id
        barriers.declared[proposal.id].add(place)
        found.append(Declared(proposal.id, place, chance.choice(_REASONS), by))
    return tuple(sorted(found, key=lambda one: (one.proposal, one.expert)))
