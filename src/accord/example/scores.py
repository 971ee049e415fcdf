"""The scores of an example call: who reviews what, quickly and fairly, and merit, leniency and noise in halves."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Final

from accord.errors import Infeasible
from accord.example.barriers import Barriers
from accord.example.chance import Chance
from accord.example.experts import ExampleExpert
from accord.example.proposals import ExampleProposal
from accord.example.tables import ExampleTopic

CRITERIA: Final = ("excellence", "impact", "implementation")
REVIEWS: Final = 3  # of a proposal
BEST: Final = 5

_LEFT_IN: Final = ("same organisation, spelled differently", "co-author of an investigator", "declared")

Group = int | None  # a Side by number, or None: on no Side, or where the plan does not ask for Sides


class Assigner:
    """Gives every proposal its experts: of its sub-field where loads allow, else of its topic, else any."""

    def __init__(self, experts: Sequence[ExampleExpert], topics: Sequence[ExampleTopic], *, by_side: bool) -> None:
        self._experts, self._by_side = experts, by_side
        self._left = [expert.load for expert in experts]
        self._capacity: dict[Group, int] = defaultdict(int)
        self._waiting: dict[tuple[str, Group], deque[int]] = defaultdict(deque)
        self._given: dict[int, list[str]] = defaultdict(list)
        for place, expert in enumerate(experts):
            self._waiting[expert.field.id, self._group(place)].append(place)
            self._capacity[self._group(place)] += expert.load
        self._near = {
            field.id: (
                field.id,
                *(other.id for other in topic.fields if other is not field),
                *(other.id for further in topics if further is not topic for other in further.fields),
            )
            for topic in topics
            for field in topic.fields
        }

    def _group(self, place: int) -> Group:
        return self._experts[place].side if self._by_side else None

    def take(self, place: int, proposal: str) -> bool:
        """Give one expert one proposal, if the load allows."""
        if self._left[place] == 0:
            return False
        self._left[place] -= 1
        self._capacity[self._group(place)] -= 1
        self._given[place].append(proposal)
        return True

    def experts_for(
        self, proposal: ExampleProposal, groups: Sequence[Group], blocked: set[int], chance: Chance
    ) -> list[int]:
        """An expert of each group, and further ones of any, none of them blocked."""
        wanted: list[Group] = list(groups)
        every = sorted(self._capacity, key=lambda group: -1 if group is None else group)
        while len(wanted) < REVIEWS:
            wanted.append(every[chance.weighted([self._capacity[group] for group in every])])
        found: list[int] = []
        for number, group in enumerate(wanted):
            others = [] if number < len(groups) else [other for other in every if other != group]
            place = self._next(proposal, [group, *others], blocked.union(found))
            self.take(place, proposal.id)
            found.append(place)
        return found

    def _next(self, proposal: ExampleProposal, groups: Sequence[Group], blocked: set[int]) -> int:
        for group in groups:
            for field in self._near[proposal.field.id]:
                waiting = self._waiting[field, group]
                for _ in range(len(waiting)):
                    place = waiting.popleft()
                    if self._left[place] == 0:
                        continue
                    waiting.append(place)
                    if place not in blocked:
                        return place
        raise Infeasible(f"no expert is left for {proposal.id}")


def left_in(
    proposals: Sequence[ExampleProposal], experts: Sequence[ExampleExpert], barriers: Barriers
) -> dict[str, tuple[str, int]]:
    """By proposal, one conflict of a kind and the expert in it, whose review is left in on purpose."""
    found: dict[str, tuple[str, int]] = {}
    missing = set(_LEFT_IN)
    for proposal in proposals:
        if proposal.flaw is not None or not missing:
            continue
        colleagues, applicants = barriers.colleagues(proposal), barriers.applicants(proposal)
        coauthors, declared = barriers.coauthors(proposal, recent=True), barriers.declared.get(proposal.id, set())
        spelled = {place for place in colleagues if experts[place].spelling != experts[place].organisation.name}
        candidates = (spelled - coauthors - applicants, coauthors - colleagues - applicants, declared)
        for kind, places in zip(_LEFT_IN, candidates, strict=True):
            if places and kind in missing:
                missing.remove(kind)
                found[proposal.id] = kind, min(places)
                break
    return found


def scores(
    proposals: Sequence[ExampleProposal],
    assigned: dict[str, list[int]],
    experts: Sequence[ExampleExpert],
    seed: int,
) -> Iterator[tuple[str, str, str, str]]:
    """Every score as proposal, expert, criterion and mark: merit + the expert's leniency + noise, in halves."""
    chance = Chance("scores", seed)
    leniency = [0.35 * chance.normal() for _ in experts]
    for proposal in proposals:
        merit = 3.6 + 0.55 * chance.normal()
        merits = [merit + 0.2 * chance.normal() for _ in CRITERIA]
        for place in assigned.get(proposal.id, ()):
            for criterion, true in zip(CRITERIA, merits, strict=True):
                mark = min(BEST, max(0.0, true + leniency[place] + 0.4 * chance.normal()))
                yield proposal.id, experts[place].id, criterion, f"{round(2 * mark) / 2:.1f}"
