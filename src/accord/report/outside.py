"""What people outside the Sides read: one proposal's result for its applicants, and the results that are published.

Both are made from what the plan lets out, and of the same parts as the report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from accord.call.values import Proposal
from accord.methods.scores import Assessment, scale_of_totals
from accord.pipeline.disclosure import Disclosed, outcomes
from accord.pipeline.walk import Walk
from accord.report.environment import for_reader, rendered
from accord.report.figures import decimal, plain
from accord.report.language import Words
from accord.report.proposal_pages import Material, ProposalPage, ScoreLine, SidePart, consortium, thresholds
from accord.report.reasons import Reason, reduced, why_not_eligible, why_not_funded
from accord.report.rows import Row, criterion_names
from accord.report.sides import SideView, side_views
from accord.report.strips import credible_share
from accord.report.texts import Worded, spoken_first, untagged


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is published of one proposal to be funded; what is not published is None, or not there."""

    id: str
    title: Worded | None
    topic: Worded | None
    abstract: Worded | None
    months: str | None
    parts: tuple[SidePart, ...]
    reasons: tuple[Reason, ...]


def results_html(shown: Disclosed, say: Words, *, after_meeting: bool = False) -> bytes:
    """What the plan publishes of the proposals to be funded, in an order that tells nothing of their merit."""
    sides = side_views(shown.walk, say)
    context = {**_frame(shown, say, sides), "after_meeting": after_meeting, "results": results(shown, sides, say)}
    return rendered("results.html.jinja", say, context)


def results(shown: Disclosed, sides: tuple[SideView, ...], say: Words) -> tuple[Result, ...]:
    """What is published of each proposal to be funded."""
    return tuple(_result(one, shown, sides, say) for one in shown.walk.inputs.call.proposals)


def _frame(shown: Disclosed, say: Words, sides: tuple[SideView, ...]) -> dict[str, Any]:
    call = shown.walk.inputs.call
    plan = call.plan.plan
    return {
        **for_reader(shown.view, say),
        "plan": plan,
        "plan_digest": call.plan.digest,
        "titles": spoken_first(plan.call.title, say.language, plan.call.prevailing_language),
        "simulated": shown.walk.inputs.simulated,
        "sides": sides,
        "side_of": {side.id: side for side in sides},
    }


def _result(proposal: Proposal, shown: Disclosed, sides: tuple[SideView, ...], say: Words) -> Result:
    view = shown.view
    abstract = view.shows("abstract")
    selection = shown.walk.selection
    funded = () if selection is None else [one for one in selection.result.funded if one.proposal == proposal.id]
    return Result(
        id=proposal.id,
        title=untagged(proposal.title) if view.shows("title") else None,
        topic=_topic(proposal, shown.walk, say) if view.shows("topic") else None,
        abstract=untagged(proposal.abstract) if abstract else None,
        months=say("count.months", n=proposal.duration_months) if abstract else None,
        parts=consortium(proposal, sides, view),
        reasons=tuple(reason for one in funded for reason in reduced(proposal, one, sides, say)),
    )


def _topic(proposal: Proposal, walk: Walk, say: Words) -> Worded:
    plan = walk.inputs.call.plan.plan
    title = next(one.title for one in plan.topic if one.id == proposal.topic)
    return say.text(title, plan.call.prevailing_language)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneResult:
    """One proposal's result: its page, its joint reference and abstract, its figures, and comments by criterion."""

    page: ProposalPage
    reference: str | None
    abstract: Worded | None
    figures: tuple[str, ...]
    comments: tuple[tuple[Worded, tuple[Worded, ...]], ...]
    criteria: tuple[Worded, ...]
    thresholds: ScoreLine | None


def applicants_html(shown: Disclosed, say: Words, *, after_meeting: bool = False) -> bytes:
    """How one proposal fared, for those who take part in it: its outcome, and what the plan lets out beside."""
    sides = side_views(shown.walk, say)
    result = one_result(shown, sides, say)
    context = {
        **_frame(shown, say, sides),
        "after_meeting": after_meeting,
        "row": result.page.row,
        **{field.name: getattr(result, field.name) for field in fields(result)},
    }
    return rendered("applicants.html.jinja", say, context)


def one_result(shown: Disclosed, sides: tuple[SideView, ...], say: Words) -> OneResult:
    """One proposal's result, as its applicants may read it."""
    walk = shown.walk
    plan = walk.inputs.call.plan.plan
    (proposal,) = walk.inputs.call.proposals
    outcome = outcomes(walk).get(proposal.id)
    row = Row(
        id=proposal.id,
        title=untagged(proposal.title),
        topic=_topic(proposal, walk, say),
        list_place=_place(walk),
        money=(),
        reasons=tuple(_reasons(shown, sides, say)),
    )
    material = Material(walk, sides, say, shown.view)
    return OneResult(
        page=material.page(row, outcome or "eligible", _outcome(walk, outcome, say), previous=None, following=None),
        reference=proposal.joint_reference,
        abstract=untagged(proposal.abstract) if proposal.abstract else None,
        figures=tuple(_figures(walk, say)),
        comments=tuple(_comments(shown, say)),
        criteria=tuple(
            say.text(one.title or {say.language: one.id}, plan.call.prevailing_language)
            for one in plan.review.criterion
        ),
        thresholds=thresholds(plan),
    )


def _place(walk: Walk) -> int | None:
    return next((one.place for one in walk.list.result.places), None) if walk.list is not None else None


def _outcome(walk: Walk, outcome: str | None, say: Words) -> str:
    if outcome is None:
        return say("applicants.pending")
    if outcome == "reserve" and walk.selection is not None:
        (one,) = walk.selection.result.not_funded
        if one.reserve_place:  # 0 where places are held back
            return say("applicants.reserve-place", place=one.reserve_place)
    return say(f"applicants.{outcome}")


def _reasons(shown: Disclosed, sides: tuple[SideView, ...], say: Words) -> Iterator[Reason]:
    """The rules that it fails, its reduced version, and where reasons are let out, what stops it.

    No other proposal is named.
    """
    walk, known = shown.walk, {side.id: side for side in sides}
    for verdict in walk.eligibility.result.verdicts:
        yield from (why_not_eligible(failed, known, say) for failed in verdict.failed)
    if walk.selection is None:
        return
    (proposal,) = walk.inputs.call.proposals
    for funded in walk.selection.result.funded:
        yield from reduced(proposal, funded, sides, say)
    if not shown.view.shows("reasons"):
        return
    criteria = criterion_names(walk.inputs.call.plan.plan, say)
    for one in walk.selection.result.not_funded:
        yield from why_not_funded(one, _assessed(walk, one.proposal), {}, known, say=say, criteria=criteria)


def _assessed(walk: Walk, name: str) -> Assessment:
    """What is told of the proposal's scores; where none is, that it was judged."""
    assessments = () if walk.ranking is None else walk.ranking.result.assessments
    told = (one for one in assessments if one.proposal == name)
    return next(told, Assessment(proposal=name, reviews=0, mean_total=None, criteria={}))


def _figures(walk: Walk, say: Words) -> Iterator[str]:
    """Its total and its calibrated rank, where they are let out."""
    if walk.ranking is None:
        return
    plan, ranked = walk.inputs.call.plan.plan, walk.ranking.result
    greatest = f"{scale_of_totals(plan.review)[1]:g}"
    for one in ranked.assessments:
        for kind, total in (("consensus", one.consensus_total), ("mean", one.mean_total)):
            if total is not None:
                yield say(f"applicants.total-{kind}", total=decimal(total), greatest=greatest)
    for row in ranked.calibrated:
        low, high = row.interval
        rank = decimal(row.expected_rank, 1)
        yield say("applicants.rank", rank=rank, share=credible_share(plan), low=plain(low), high=plain(high))


def _comments(shown: Disclosed, say: Words) -> Iterator[tuple[Worded, tuple[Worded, ...]]]:
    """What was written, by criterion: the panel's first, then the experts' in an order that links them to nobody."""
    plan = shown.walk.inputs.call.plan.plan
    for criterion in plan.review.criterion:
        told = [one for one in shown.comments if one.criterion == criterion.id]
        told.sort(key=lambda one: (one.expert is not None, hashlib.sha256(one.text.encode()).digest()))
        if told:
            name = say.text(criterion.title or {say.language: criterion.id}, plan.call.prevailing_language)
            yield name, tuple(untagged(one.text) for one in told)
