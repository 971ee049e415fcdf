"""The funding line: how far the ranking list could be paid without a gap."""

from __future__ import annotations

from dataclasses import dataclass

from accord.pipeline.walk import Walk
from accord.report.ties import order_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLine:
    """How many of the first places were paid without a gap, and the expected rank or total there, in millionths.

    `above` is how many proposals stand at it or above: another number where ties were broken across it.
    """

    paid: int
    at: int
    above: int


def funding_line(walk: Walk) -> FundingLine | None:
    """Where the list first stopped; None before a selection, where all was paid or nothing, and under max-merit.

    Where the plan asks which proposals cannot be told apart, the line's rank is the recorded one; else it is that
    of the last proposal that was funded before one could not be. The rule max-merit walks no list.
    """
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return None
    listed, chosen = walk.list.result, walk.selection.result
    found = order_keys(walk.ranking.result)
    keys = [found[place.proposal][1] for place in listed.places]
    funded = {one.proposal for one in chosen.funded}
    paid = next(
        (number for number, place in enumerate(listed.places) if place.fundable and place.proposal not in funded),
        None,
    )
    by_rank = walk.ranking.result.order_by == "calibrated"
    if listed.line is not None:
        at = listed.line if by_rank else -listed.line
    elif paid and chosen.rule != "max-merit":
        at = keys[paid - 1]
    else:
        return None
    above = sum(key <= at if by_rank else key >= at for key in keys)
    return FundingLine(paid=above if paid is None else paid, at=at, above=above)
