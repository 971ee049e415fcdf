"""Why a proposal is where it is, in words: whose budget stops it, what it missed, what decided its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accord.methods.eligibility import FailedRule
from accord.methods.scores import Assessment, MissedThreshold
from accord.pipeline.steps import NotFunded
from accord.report.figures import plain, told_apart
from accord.report.sides import SideView

RULES: Final = {
    "list-order": "The list is walked in order and stops at the first proposal that cannot be paid.",
    "list-with-skips": "The list is walked in order; a proposal that cannot be paid is passed over.",
    "ties-by-funds": "The list is walked in order; among equals, the set that the budgets pay best is taken.",
    "max-merit": "Of all sets that every Side's budget can pay, the one of the greatest merit is taken.",
}
DISPLACED: Final = "could be paid, but a better set uses the money"
ONLY_ONE_LEFT: Final = "the only one left"
DECIDED: Final = {
    "topic-coverage": "a topic that no proposal above it has",
    "geography": "countries that no proposal above it has",
    "funds": "the smaller part of any Side's budget",
    "lottery": "the lottery",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason; `side` where it is about a Side, which then stands before it in its colour."""

    text: str
    side: SideView | None = None


def why_not_funded(
    one: NotFunded, assessment: Assessment, places: Mapping[str, int], sides: Mapping[str, SideView]
) -> tuple[Reason, ...]:
    """What stops a proposal: thresholds, the stopped list, a better set, and every Side whose budget is short."""
    reasons = [Reason(text=below(missed)) for missed in assessment.missed]
    if one.stopped_at is not None:
        place = places[one.stopped_at]
        reasons.append(Reason(text=f"the list stopped above it, at place {place} ({one.stopped_at})"))
    if one.reason == "displaced":
        reasons.append(Reason(text=DISPLACED))
    reasons += [
        Reason(side=sides[lack.side], text=f"{sides[lack.side].amount(lack.amount)} short") for lack in one.short
    ]
    return tuple(reasons) or (Reason(text=one.reason),)


def below(missed: MissedThreshold) -> str:
    """A threshold that was not reached, and by how much."""
    reached, lacking = told_apart(missed.reached, missed.needed)
    return f"below threshold: {missed.criterion or 'total'} {reached} of {plain(missed.needed)}, {lacking} short"


def why_not_eligible(failed: FailedRule, sides: Mapping[str, SideView]) -> Reason:
    """A failed rule by its name, with what was found."""
    side = None if failed.side is None else sides[failed.side]
    return Reason(side=side, text=f"{failed.rule}: {failed.found}")


def decision(decided_by: str) -> str:
    """What decided a place among the tied, in words."""
    if decided_by.startswith("score:"):
        return f"its score on {decided_by.removeprefix('score:')}"
    return DECIDED.get(decided_by, decided_by)
