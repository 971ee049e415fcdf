"""Tables of comparison: what each rule would fund, and every proposal before and after calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.pipeline.compared import ComparedRule
from accord.pipeline.steps import RankingResult
from accord.pipeline.walk import Walk
from accord.report.figures import decimal, plain
from accord.report.language import Words
from accord.report.sides import SideView


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """What one rule would fund: how many, of what merit, what each Side has left, what differs from the plan's."""

    rule: str
    chosen: bool
    number: int
    merit: str
    proven: bool
    left: tuple[tuple[SideView, str], ...]
    more: int
    fewer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedProposal:
    """A proposal that some rules would fund and others would not: its place, and each rule's answer in their order."""

    proposal: str
    place: int
    funded: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """The four rules side by side, and the proposals that they do not treat alike, in list order."""

    rules: tuple[RuleRow, ...]
    disputed: tuple[DisputedProposal, ...]


def rules_view(walk: Walk, compared: Sequence[ComparedRule], sides: Sequence[SideView]) -> RulesView:
    """What each of the compared rules would fund, beside the plan's own; nothing where none was compared."""
    if walk.list is None or not compared:
        return RulesView(rules=(), disputed=())
    (own,) = (set(one.funded) for one in compared if one.chosen)
    rows = []
    for one in compared:
        funded = set(one.funded)
        left = tuple((side, side.amount(one.remaining[side.id])) for side in sides)
        rows.append(
            RuleRow(
                rule=one.rule,
                chosen=one.chosen,
                number=len(funded),
                merit=decimal(one.value),
                proven=one.proven,
                left=left,
                more=len(funded - own),
                fewer=len(own - funded),
            )
        )
    sets = [set(one.funded) for one in compared]
    disputed = tuple(
        DisputedProposal(proposal=place.proposal, place=place.place, funded=answers)
        for place in walk.list.result.places
        if len(set(answers := tuple(place.proposal in one for one in sets))) > 1
    )
    return RulesView(rules=tuple(rows), disputed=disputed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A proposal before and after calibration; `change` is positive where it moved up."""

    proposal: str
    mean: str
    mean_place: int
    after: str
    rank: str
    interval: str
    place: int
    change: int


def moves(ranked: RankingResult, say: Words) -> tuple[Moved, ...]:
    """Every calibrated proposal in calibrated order, with its place by the mean of the experts' totals.

    Equal means share the place of the first of them, and so do equal expected ranks.
    """
    means = {one.proposal: one.mean_total for one in ranked.assessments if one.mean_total is not None}
    known = [row for row in ranked.calibrated if row.proposal in means]
    by_mean = _places({row.proposal: -means[row.proposal] for row in known})
    by_rank = _places({row.proposal: row.expected_rank for row in known})
    return tuple(
        Moved(
            proposal=row.proposal,
            mean=decimal(means[row.proposal]),
            mean_place=by_mean[row.proposal],
            after=decimal(row.posterior_mean),
            rank=decimal(row.expected_rank, 1),
            interval=say("strip.interval", low=plain(row.interval[0]), high=plain(row.interval[1])),
            place=by_rank[row.proposal],
            change=by_mean[row.proposal] - by_rank[row.proposal],
        )
        for row in known
    )


def _places(keys: Mapping[str, int]) -> dict[str, int]:
    """The place of each by its key, the smallest first, from 1."""
    first: dict[int, int] = {}
    for number, key in enumerate(sorted(keys.values()), start=1):
        first.setdefault(key, number)
    return {name: first[key] for name, key in keys.items()}
