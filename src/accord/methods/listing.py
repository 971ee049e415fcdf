"""The ranking list: what the plan orders by, its ties broken in the plan's order, each place with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from accord.errors import Refused
from accord.plan.practice import type_of_list
from accord.plan.types import Block

METHOD: Final = "list"
VERSION: Final = "1"


class Standing(Block):
    """What the list needs to know of one proposal.

    `key` orders it, smaller is better (an expected rank, or a negated total), in millionths; `interval` is the
    credible interval of its rank in millionths, where ranks are calibrated. `fundable` is False below a
    threshold. `criteria` are in millionths; `share` is the greatest part that its request takes of any
    Side's budget, in millionths.
    """

    proposal: str
    key: int
    interval: Annotated[tuple[int, int], type_of_list] | None = None
    fundable: bool = True
    criteria: dict[str, int] = Field(default={})
    topic: str
    countries: Annotated[tuple[str, ...], type_of_list] = ()
    share: int = 0


class Place(Block):
    """One place of the list: the proposal, its group of ties, and what decided its place within the group.

    Places and groups count from 1. `decided_by` is None where there was no tie to break.
    """

    place: int
    proposal: str
    tie_group: int
    fundable: bool
    decided_by: str | None = None


def ranking_list(
    standings: Sequence[Standing],
    *,
    ties: Sequence[str],
    draw: Sequence[str],
    line: int | None = None,
) -> tuple[Place, ...]:
    """The list, best first: fundable proposals, then those below a threshold.

    Proposals of equal key are tied. Where `line` is given, the key of the last proposal that can be paid, the
    proposals whose interval holds it are not separable: they are one group, between those that are surely
    better and those that are surely worse. `ties` are the plan's tie breaks in order; `draw` is the lottery's
    order of the proposals, first drawn first. Raises Refused where the plan refuses to break a tie that is left.
    """
    drawn = {proposal: number for number, proposal in enumerate(draw)}
    places: list[Place] = []
    groups = 0
    above = _Above(set(), set())
    for fundable in (True, False):
        for group in _groups([one for one in standings if one.fundable is fundable], line if fundable else None):
            groups += 1
            for standing, reason in _ordered(group, ties, drawn, above):
                places.append(
                    Place(
                        place=len(places) + 1,
                        proposal=standing.proposal,
                        tie_group=groups,
                        fundable=fundable,
                        decided_by=reason,
                    )
                )
    return tuple(places)


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above a place: the topics and the countries that are there already."""

    topics: set[str]
    countries: set[str]


def by_key(standings: Sequence[Standing]) -> list[Standing]:
    """Best first by key; by identifier where keys are equal, which decides nothing but is always the same."""
    return sorted(standings, key=lambda one: (one.key, one.proposal))


def _groups(standings: Sequence[Standing], line: int | None) -> list[list[Standing]]:
    inseparable = [one for one in standings if line is not None and _holds(one, line)]
    among = {one.proposal for one in inseparable}
    groups: list[list[Standing]] = []
    rest = [one for one in by_key(standings) if one.proposal not in among]
    before = [one for one in rest if line is None or one.key < line]
    after = [one for one in rest if line is not None and one.key >= line]
    for part in (before, after):
        for one in part:
            if groups and groups[-1] is not inseparable and groups[-1][0].key == one.key:
                groups[-1].append(one)
            else:
                groups.append([one])
        if part is before and inseparable:
            groups.append(inseparable)
    return groups


def _holds(standing: Standing, line: int) -> bool:
    """Whether the line lies in the interval, or is the proposal's own key."""
    if standing.key == line:
        return True
    return standing.interval is not None and standing.interval[0] <= line <= standing.interval[1]


def _ordered(
    group: Sequence[Standing], ties: Sequence[str], drawn: Mapping[str, int], above: _Above
) -> list[tuple[Standing, str | None]]:
    """A group in order, one after the other, since topic coverage and geography look at what stands above."""
    remaining = sorted(group, key=lambda one: one.proposal)
    order: list[tuple[Standing, str | None]] = []
    while remaining:
        best, reason = _first(remaining, ties, drawn, above)
        remaining.remove(best)
        above.topics.add(best.topic)
        above.countries.update(best.countries)
        order.append((best, reason if len(group) > 1 else None))
    return order


def _first(
    candidates: Sequence[Standing],
    ties: Sequence[str],
    drawn: Mapping[str, int],
    above: _Above,
) -> tuple[Standing, str | None]:
    left = list(candidates)
    reason: str | None = None
    if len(left) == 1:
        return left[0], "the only one left"
    for tie in (*ties, "refuse"):
        if tie == "refuse":
            names = ", ".join(one.proposal for one in left)
            raise Refused(f"the plan breaks no tie between {names}: agree on an order of them (consensus.csv)")
        merits = [_merit(one, tie, above, drawn) for one in left]
        best = max(merits)
        if any(merit != best for merit in merits):
            reason = tie
            left = [one for one, merit in zip(left, merits, strict=True) if merit == best]
        if len(left) == 1:
            break
    return left[0], reason


def _merit(standing: Standing, tie: str, above: _Above, drawn: Mapping[str, int]) -> tuple[int, ...]:
    """What a tie break prefers; larger is better."""
    if tie.startswith("score:"):
        return (standing.criteria.get(tie.removeprefix("score:"), 0),)
    if tie == "topic-coverage":
        return (int(standing.topic not in above.topics),)
    if tie == "geography":
        return (len(set(standing.countries) - above.countries),)
    if tie == "funds":
        return (-standing.share,)
    if tie == "lottery":
        return (-drawn[standing.proposal],)
    raise Refused(f"no tie break is called {tie!r}")
