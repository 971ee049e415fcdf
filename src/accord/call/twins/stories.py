"""Whether twins tell one story: title, topic, length, partners and amounts, compared half by half."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from accord.call.intake.halves import Half
from accord.call.intake.partners import NamedPartner
from accord.call.intake.words import same_words, script
from accord.call.twins.findings import Finding, Kind
from accord.plan.model import Plan
from accord.plan.money import amount_text
from accord.plan.practice import Twins


def stories(plan: Plan, reference: str, halves: Sequence[Half]) -> Iterator[Finding]:
    """Every compared field in which the halves of one proposal differ, or cannot be compared."""
    for name in (plan.twins or Twins()).compare:
        for kind, sides, values in _COMPARED[name](plan, halves):
            yield Finding(kind=kind, reference=reference, sides=sides, field=name, values=values)


Differences = Iterator[tuple[Kind, tuple[str, ...], tuple[str, ...]]]


def _titles(_: Plan, halves: Sequence[Half]) -> Differences:
    """Titles in one language and script are compared; a half that shares none with another is not comparable."""
    by_language: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for half in halves:
        for language, title in half.titles:
            by_language[language, script(title)].append((half.side, title))
    met = {side for told in by_language.values() if len(told) > 1 for side, _ in told}
    for told in by_language.values():
        if len({same_words(title) for _, title in told}) > 1:
            yield "two-stories", tuple(side for side, _ in told), tuple(title for _, title in told)
    words = {half.side: {same_words(title) for _, title in half.titles} for half in halves}
    alone = [
        half
        for half in halves
        if half.side not in met
        and not any(words[half.side] & words[other.side] for other in halves if other.side != half.side)
    ]
    if alone and len(halves) > 1:
        yield "not-comparable", tuple(half.side for half in halves), tuple(half.titles[0][1] for half in halves)


def _topics(_: Plan, halves: Sequence[Half]) -> Differences:
    yield from _unlike({half.side: half.topic for half in halves})


def _durations(_: Plan, halves: Sequence[Half]) -> Differences:
    yield from _unlike({half.side: str(half.duration_months) for half in halves})


def _unlike(told: Mapping[str, str]) -> Differences:
    if len(set(told.values())) > 1:
        yield "two-stories", tuple(told), tuple(told.values())


def _partners(_: Plan, halves: Sequence[Half]) -> Differences:
    """An organisation that a half names as another Side's has to be among that Side's partners."""
    for half in halves:
        for named in half.named:
            others = [other for other in halves if other.side != half.side and named.side in {None, other.side}]
            kind = _unlisted(named, others)
            if kind is not None:
                listed = "; ".join(partner.organisation for other in others for partner in other.partners)
                yield kind, (half.side, *(other.side for other in others)), (named.organisation, listed)


def _unlisted(named: NamedPartner, others: Sequence[Half]) -> Kind | None:
    names = [name for other in others for name in other.names]
    if not names or same_words(named.organisation) in {same_words(name) for name in names}:
        return None
    written = script(named.organisation)
    return "two-stories" if any(script(name) == written for name in names) else "not-comparable"


def _amounts(plan: Plan, halves: Sequence[Half]) -> Differences:
    """What a half says that another Side's partners ask for is what they ask for, as exactly as it says it."""
    by_side = {half.side: half for half in halves}
    for half in halves:
        for stated in half.stated:
            other = by_side.get(stated.side)
            if other is not None:
                side = plan.side_of(stated.side)
                asked = sum(side.minor(partner.requested) for partner in other.partners)
                if abs(asked - stated.minor) >= stated.step:
                    values = (amount_text(minor, side.unit) + f" {side.unit}" for minor in (stated.minor, asked))
                    yield "two-stories", (half.side, other.side), tuple(values)


_COMPARED: Final[Mapping[str, Callable[[Plan, Sequence[Half]], Differences]]] = {
    "title": _titles,
    "topic": _topics,
    "duration_months": _durations,
    "partners": _partners,
    "amounts": _amounts,
}
