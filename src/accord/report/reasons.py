"""Why a proposal is where it is, in words: whose budget stops it, what it missed, what decided its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from accord.call.values import Proposal
from accord.methods.eligibility import FailedRule
from accord.methods.scores import Assessment, MissedThreshold
from accord.methods.selection import Rule
from accord.pipeline.steps import Funded, NotFunded, Reduction
from accord.report.figures import plain, told_apart
from accord.report.language import Words, report_words
from accord.report.retold import retold
from accord.report.sides import SideView
from accord.report.texts import untagged

ENGLISH: Final = report_words("en")
RULES: Final[Mapping[str, str]] = {rule: ENGLISH(f"rule.{rule}") for rule in get_args(Rule)}
BY_CHOICE: Final = frozenset({"displaced", "topic-full", "limits", "meeting"})  # money is not what stops these
ONLY_ONE_LEFT: Final = "the only one left"  # as the list records it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason; `side` where it is about a Side, which then stands before it in its colour.

    `tag` is the language of a text that is not in the page's.
    """

    text: str
    side: SideView | None = None
    tag: str | None = None


def why_not_funded(
    one: NotFunded,
    assessment: Assessment,
    places: Mapping[str, int],
    sides: Mapping[str, SideView],
    *,
    say: Words = ENGLISH,
    criteria: Mapping[str, str] | None = None,
    told: bool = True,
) -> tuple[Reason, ...]:
    """What stops a proposal: thresholds, the stopped list, the plan's limits, a better set, each budget that is short.

    `criteria` are what the plan calls its criteria; without them their identifiers stand. Where the reasons are not
    `told`, the thresholds missed are all that there is to read.
    """
    reasons = [Reason(text=below(missed, say, criteria or {})) for missed in assessment.missed]
    if not told:
        return (*reasons, Reason(text=say("reason.withheld")))
    if one.stopped_at is not None:
        reasons.append(Reason(text=say("reason.stopped", place=places[one.stopped_at], proposal=one.stopped_at)))
    elif one.reason == "list-stopped":
        reasons.append(Reason(text=say("reason.list-stopped")))
    if one.reason in BY_CHOICE:
        reasons.append(Reason(text=say(f"reason.{one.reason}")))
    reasons += [
        Reason(side=sides[lack.side], text=say("reason.short", amount=sides[lack.side].amount(lack.amount)))
        for lack in one.short
    ]
    if not reasons:
        reasons.append(Reason(text=say("reason.below-threshold" if assessment.judged else "reason.not-judged")))
    return tuple(reasons)


def below(missed: MissedThreshold, say: Words, criteria: Mapping[str, str]) -> str:
    """A threshold that was not reached, and by how much."""
    reached, lacking = told_apart(missed.reached, missed.needed)
    name = say("reason.total") if missed.criterion is None else criteria.get(missed.criterion, missed.criterion)
    return say("reason.below", criterion=name, reached=reached, needed=plain(missed.needed), lacking=lacking)


def why_not_eligible(failed: FailedRule, sides: Mapping[str, SideView], say: Words = ENGLISH) -> Reason:
    """A failed rule by its name in the plan, with what was found; where that is held back, it is empty."""
    found = retold(f"found.{failed.rule}", failed.found, say) if failed.found else untagged(say("page.withheld"))
    side = None if failed.side is None else sides[failed.side]
    tag = None if found.tag == say.language else found.tag
    return Reason(side=side, text=say("reason.rule", rule=failed.rule, found=found.text), tag=tag)


def reduced(proposal: Proposal, one: Funded, sides: Sequence[SideView], say: Words = ENGLISH) -> tuple[Reason, ...]:
    """In which reduced version a proposal is funded, and what each Side would pay of what is requested of it.

    Nothing where it is funded whole. Amounts that are held back are not told.
    """
    less = [
        Reason(side=side, text=say("reason.reduced-amount", amount=side.amount(paid), requested=side.amount(asked)))
        for side in sides
        if (paid := one.requested.get(side.id)) is not None and (asked := proposal.requested(side.side)) > paid
    ]
    return (Reason(text=_version(proposal, one.reduced, say)), *less) if one.reduced or less else ()


def _version(proposal: Proposal, version: Reduction | None, say: Words) -> str:
    if version is None:  # the reader may not see which, or a meeting cut the request
        return say("reason.reduced")
    if version.partner is None:
        return say("reason.cut-request")
    return say("reason.drop-partner", organisation=proposal.partners[version.partner - 1].organisation)


def decision(decided_by: str, say: Words, criteria: Mapping[str, str]) -> str:
    """What decided a place among the tied, in words."""
    if decided_by.startswith("score:"):
        criterion = decided_by.removeprefix("score:")
        return say("decided.score", criterion=criteria.get(criterion, criterion))
    return say("decided.last" if decided_by == ONLY_ONE_LEFT else f"decided.{decided_by}")
