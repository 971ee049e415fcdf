"""Ties of the ranking list: which proposals were equal or not separable, and what decided each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from accord.methods.listing import Place
from accord.pipeline.steps import ListResult, RankingResult
from accord.report.language import Words
from accord.report.reasons import ONLY_ONE_LEFT, decision
from accord.report.retold import retold

UNTOLD: Final = frozenset({"provisional", "stopped"})  # states of the lottery that have a reason
NOT_DRAWN: Final = "the lottery is not drawn: "  # before the faults, as the list records them


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedPlace:
    """A proposal of a tie, its place and what decided it."""

    place: int
    proposal: str
    decided_by: str
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Proposals that the list could not tell apart by what it is ordered by."""

    kind: Literal["equal", "not-separable", "tied"]  # tied, where what tells the others apart is held back
    members: tuple[TiedPlace, ...]

    @property
    def first(self) -> int:
        """The first of their places."""
        return self.members[0].place

    @property
    def last(self) -> int:
        """The last of their places."""
        return self.members[-1].place


@dataclass(frozen=True, slots=True, kw_only=True)
class Lottery:
    """How the lottery stands, in a sentence, with the seed where it is drawn."""

    sentence: str
    seed: str | None
    decided: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The places of one proposal: on the list, and in each other order that the plan wants to see beside it."""

    proposal: str
    place: int
    others: tuple[int | None, ...]


def ties(listed: ListResult, ranked: RankingResult, say: Words, criteria: Mapping[str, str]) -> tuple[Tie, ...]:
    """Every group of more than one proposal, best first."""
    keys = order_keys(ranked)
    groups: dict[int, list[Place]] = {}
    for place in listed.places:
        groups.setdefault(place.tie_group, []).append(place)
    return tuple(
        Tie(
            kind=_kind([keys.get(place.proposal) for place in group]),
            members=tuple(_placed(place, say, criteria) for place in group),
        )
        for group in groups.values()
        if len(group) > 1
    )


def _kind(keys: Sequence[tuple[str, int] | None]) -> Literal["equal", "not-separable", "tied"]:
    if None in keys:
        return "tied"
    return "equal" if len(set(keys)) == 1 else "not-separable"


def _placed(place: Place, say: Words, criteria: Mapping[str, str]) -> TiedPlace:
    decided_by = place.decided_by or ONLY_ONE_LEFT
    return TiedPlace(
        place=place.place,
        proposal=place.proposal,
        decided_by=decision(decided_by, say, criteria),
        is_last=decided_by == ONLY_ONE_LEFT,
    )


def order_keys(ranked: RankingResult) -> dict[str, tuple[str, int]]:
    """What orders each ranked proposal: its expected rank where the plan orders by it, else its total."""
    keys = {name: ("total", total) for name, total in order_totals(ranked).items()}
    if ranked.order_by == "calibrated":
        keys |= {row.proposal: ("rank", row.expected_rank) for row in ranked.calibrated}
    return keys


def order_totals(ranked: RankingResult) -> dict[str, int]:
    """The total that the list shows: the panel's where it orders by consensus, else the mean over experts."""
    panel = ranked.order_by == "consensus"
    totals = ((one.proposal, one.consensus_total if panel else one.mean_total) for one in ranked.assessments)
    return {name: total for name, total in totals if total is not None}


def tie_notes(found: Sequence[Tie], say: Words) -> dict[str, str]:
    """For each tied proposal: with how many others, and what decided its place."""
    notes = {}
    for tie in found:
        others = say("count.others", n=len(tie.members) - 1)
        for one in tie.members:
            key = f"tie.note-{tie.kind}"
            notes[one.proposal] = say(f"{key}-last" if one.is_last else key, others=others, by=one.decided_by)
    return notes


def lottery(listed: ListResult, say: Words, *, secrets: bool) -> Lottery:
    """The lottery's state in words, without why where that is held back; `secrets`: whether any Side has lodged one."""
    draw = listed.lottery
    if draw.status in UNTOLD and not draw.reason:
        return Lottery(sentence=say(f"lottery.{draw.status}-untold"), seed=draw.seed, decided=draw.decided)
    faults = draw.reason.removeprefix(NOT_DRAWN).split("; ")
    why = "; ".join(retold("fault", fault, say).text for fault in faults) if secrets else say("lottery.no-secret")
    return Lottery(sentence=say(f"lottery.{draw.status}", why=why), seed=draw.seed, decided=draw.decided)


def advice(listed: ListResult) -> tuple[Advice, ...]:
    """The list's proposals with their places in the other orders, in the orders' order; none without advice."""
    if not listed.advice:
        return ()
    orders = [{name: place for place, name in enumerate(order, 1)} for order in listed.advice.values()]
    return tuple(
        Advice(proposal=one.proposal, place=one.place, others=tuple(order.get(one.proposal) for order in orders))
        for one in listed.places
    )
