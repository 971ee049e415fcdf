"""What one synthetic call comes to: the list and the selection by the plan's own rules, and who runs out first."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

import numpy as np

from accord.errors import Infeasible
from accord.methods.listing import Place, Standing, ranking_list
from accord.methods.scores import millionths
from accord.methods.selection import select
from accord.methods.simulation.judging import Judged, judged
from accord.methods.simulation.setting import Setting, threshold
from accord.methods.simulation.synthetic import Synthetic, synthetic
from accord.methods.simulation.values import Run

DIGITS: Final = 6  # by which proposals are named, so that their names sort as they came
PRECISION: Final = 10**12


def run_of(one: Setting, seed: int, run: int) -> Run:
    """The outcome of one run."""
    call = synthetic(one, seed, run)
    verdict = judged(one, call.marks)
    places, refused = listed(one, call, verdict)
    eligible = np.flatnonzero(call.eligible).tolist()
    funded, unmet = selected(one, call, verdict, places)
    taken = set(funded)
    sides, topics = range(len(one.budgets)), range(len(one.plan.topic))
    topic_of = call.topic.tolist()
    coordinator = call.coordinator.tolist()
    stops = _stops(one, call, places, taken)
    earliest = min((stop for stop in stops if stop is not None), default=None)
    fundable = [place for place in places if place.fundable]
    return Run(
        eligible=len(eligible),
        fundable=len(fundable),
        tied=sum(place.decided_by is not None for place in fundable),
        by_lot=sum(place.decided_by == "lottery" for place in fundable),
        refused=refused,
        unmet=unmet,
        funded=len(funded),
        used=tuple(sum(call.requests[row][side] for row in funded) for side in sides),
        coordinated=tuple(sum(coordinator[row] == side for row in funded) for side in sides),
        out=tuple(stop is not None for stop in stops),
        first=tuple(stop is not None and stop == earliest for stop in stops),
        topic_eligible=tuple(sum(topic_of[row] == topic for row in eligible) for topic in topics),
        topic_funded=tuple(sum(topic_of[row] == topic for row in funded) for topic in topics),
    )


def listed(one: Setting, call: Synthetic, verdict: Judged) -> tuple[tuple[Place, ...], bool]:
    """The ranking list of the eligible proposals, and whether the plan would have refused to break a tie.

    Where the lottery breaks every tie that is left, proposals below a threshold, which end the list, are left out.
    """
    ties = one.plan.selection.ties
    until = ties[: ties.index("refuse")] if "refuse" in ties else ties
    lottery = "lottery" in until
    shown = call.eligible & verdict.fundable if lottery else call.eligible
    standings = _standings(one, call, verdict, until, np.flatnonzero(shown).tolist())
    order = sorted(standings, key=lambda standing: call.ticket[int(standing.proposal)])
    places = ranking_list(
        standings, ties=until if lottery else (*until, "lottery"), draw=[standing.proposal for standing in order]
    )
    refused = not lottery and any(place.decided_by == "lottery" for place in places)
    return places, refused


def _standings(
    one: Setting, call: Synthetic, verdict: Judged, ties: Sequence[str], rows: Sequence[int]
) -> list[Standing]:
    """Some proposals as the list needs them; only what the plan's tie breaks look at is made."""
    names = [criterion.id for criterion in one.criteria]
    funds, geography = "funds" in ties, "geography" in ties
    topics = [topic.id for topic in one.plan.topic]
    total, fundable, topic = verdict.total.tolist(), verdict.fundable.tolist(), call.topic.tolist()
    criteria = verdict.criteria.tolist()
    return [
        # Made of whole numbers a moment ago: nothing to validate.
        Standing.model_construct(
            proposal=f"{row:0{DIGITS}d}",
            key=-total[row],
            interval=None,
            fundable=fundable[row],
            criteria=dict(zip(names, criteria[row], strict=True)),
            topic=topics[topic[row]],
            countries=_countries(one, call, row) if geography else (),
            share=_share(one, call.requests[row]) if funds else 0,
        )
        for row in rows
    ]


def _countries(one: Setting, call: Synthetic, row: int) -> tuple[str, ...]:
    places = zip(one.plan.side, call.member[row].tolist(), call.country[row].tolist(), strict=True)
    return tuple(sorted({side.countries[country] for side, there, country in places if there}))


def _share(one: Setting, requests: Sequence[int]) -> int:
    """The greatest part that it takes of any Side's budget, in millionths."""
    return millionths(max(Fraction(ask, max(budget, 1)) for ask, budget in zip(requests, one.budgets, strict=True)))


def selected(one: Setting, call: Synthetic, verdict: Judged, places: Sequence[Place]) -> tuple[list[int], bool]:
    """The proposals that the plan's rule funds, by row in list order, and whether its limits could not be met."""
    rule = one.plan.selection.rule
    rows = [int(place.proposal) for place in places]
    merit = (verdict.total - threshold(one)).tolist()
    fundable = [place.fundable for place in places]
    if not any(fundable):
        return [], False
    order: Sequence[int] = range(len(rows))
    if rule == "max-merit":
        fundable = [able and merit[row] >= 0 for able, row in zip(fundable, rows, strict=True)]
        order = sorted(order, key=lambda number: -_density(one, call.requests[rows[number]], merit[rows[number]]))
    if rule == "ties-by-funds" and not any(one.options.values()) and one.options["max_imbalance"] is None:
        return _by_funds(one, call, merit, places), False
    arguments: dict[str, Any] = {
        "rule": "list-with-skips" if rule == "max-merit" else rule,
        "order": order,
        "tie_group": [place.tie_group for place in places] if rule == "ties-by-funds" else None,
        "fundable": fundable,
        "reserve": 0,
        "topic": call.topic[rows].tolist(),
        "coordinator_side": call.coordinator[rows].tolist(),
        **one.options,
    }
    asked = [call.requests[row] for row in rows]
    worth = [merit[row] for row in rows]
    try:
        found, unmet = select(worth, asked, one.budgets, **arguments), False
    except Infeasible:
        free = {**arguments, "topic_min": None, "max_imbalance": None}
        found, unmet = select(worth, asked, one.budgets, **free), True
    return [rows[number] for number in sorted(found.funded)], unmet


def _density(one: Setting, requests: Sequence[int], merit: int) -> int:
    """Merit for what it takes of the budgets, all Sides' shares added: what a greedy choice goes by."""
    taken = sum(ask * PRECISION // max(budget, 1) for ask, budget in zip(requests, one.budgets, strict=True))
    return merit * PRECISION // max(taken, 1)


def _by_funds(one: Setting, call: Synthetic, merit: Sequence[int], places: Sequence[Place]) -> list[int]:
    """The rule 'ties-by-funds' where there are budgets only: a search just where equals cannot all be paid."""
    left, funded = list(one.budgets), list[int]()
    for _, group in groupby((place for place in places if place.fundable), lambda place: place.tie_group):
        rows = [int(place.proposal) for place in group]
        rows = [row for row in rows if _pays(left, [call.requests[row]])]
        if len(rows) > 1 and not _pays(left, [call.requests[row] for row in rows]):
            found = select(
                [merit[row] for row in rows],
                [call.requests[row] for row in rows],
                left,
                rule="ties-by-funds",
                order=range(len(rows)),
                tie_group=[1] * len(rows),
            )
            rows = [rows[number] for number in sorted(found.funded)]
        for row in rows:
            left = [have - ask for have, ask in zip(left, call.requests[row], strict=True)]
        funded += rows
    return funded


def _pays(left: Sequence[int], requests: Sequence[Sequence[int]]) -> bool:
    return all(sum(row[side] for row in requests) <= have for side, have in enumerate(left))


def _stops(one: Setting, call: Synthetic, places: Sequence[Place], taken: set[int]) -> list[int | None]:
    """By Side, the first place that it cannot pay after the funded ones above it; None where it pays all."""
    left = list(one.budgets)
    stops: list[int | None] = [None] * len(left)
    for place in places:
        if not place.fundable:
            break
        row = int(place.proposal)
        for side, ask in enumerate(call.requests[row]):
            if row in taken:
                left[side] -= ask
            elif stops[side] is None and ask > max(left[side], 0):
                stops[side] = place.place
    return stops
