"""The steps of a walk as one reader may see them: results made anew, without the digests of what they came from.

A plain digest of few possible contents gives them away, so no step for one reader names any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from accord.methods.conflicts import Conflict
from accord.methods.eligibility import FailedRule, Verdict
from accord.methods.listing import Place
from accord.methods.scores import Assessment
from accord.pipeline.disclosure_view import View
from accord.pipeline.step import Inputs, Step
from accord.pipeline.steps import (
    AffinityResult,
    AssignedPair,
    AssignmentResult,
    CalibratedRank,
    ConflictsResult,
    EligibilityResult,
    Funded,
    LeftOut,
    ListResult,
    LotteryDraw,
    NotFunded,
    RankingResult,
    SelectionResult,
    Shortage,
)
from accord.pipeline.walk import Walk
from accord.plan.types import Block

Value = TypeVar("Value", bound=Block)

TOLD_BY: Final[Mapping[str, frozenset[str]]] = {
    "partners.min": frozenset({"partners"}),
    "partners.max": frozenset({"partners"}),
    "partners.min_countries": frozenset({"partners"}),
    "countries": frozenset({"partners"}),
    "coordinator_sides": frozenset({"partners"}),
    "lead_required": frozenset({"investigators"}),
    "unfunded_partners.allowed": frozenset({"partners", "amounts"}),
    "duration_months": frozenset({"abstract"}),
    "request.max_per_proposal": frozenset({"amounts"}),
    "request.min_per_proposal": frozenset({"amounts"}),
    "request.overhead_max": frozenset({"partners", "amounts"}),
    "max_share": frozenset({"amounts"}),
    "investigators.proposals": frozenset({"investigators"}),
    "investigators.as_coordinator": frozenset({"investigators"}),
    "excluded_by_applicants.max": frozenset({"conflicts"}),
}
"""What the words beside a failed rule tell, by rule; the words of a rule that is not here are shown to nobody else."""
OF_OTHERS_TOO: Final = frozenset({"max_share"})  # a Side's rule that tells what the other Sides are asked for
UNKNOWN_REASON: Final = "no assignment meets the plan; why is not shown to this reader"
NOT_DRAWN: Final = "the lottery is not drawn"


def steps_for(walk: Walk, inputs: Inputs, view: View) -> Walk:
    """The walk over `inputs` with what a reader may see of each step.

    Before review every step is there, with what is left of it. The ranking is there for Sides, and for applicants
    where any of its figures is; the list where places are let out; the selection wherever there is one.
    """
    figures = view.reader.kind == "side" or not view.matters.isdisjoint({"scores", "totals", "ranks"})
    ranking, listed, selection = walk.ranking, walk.list, walk.selection
    return Walk(
        inputs=inputs,
        eligibility=_with(walk.eligibility, eligibility_for(walk.eligibility.result, view)),
        conflicts=_with(walk.conflicts, _conflicts(walk.conflicts.result, view)),
        affinity=_affinity(walk.affinity, view),
        assignment=_with(walk.assignment, _assignment(walk.assignment.result, view)),
        ranking=None if ranking is None or not figures else _with(ranking, _ranking(ranking.result, view)),
        list=None if listed is None or not view.shows("list") else _with(listed, _list(listed.result, view)),
        selection=None if selection is None else _with(selection, _selection(selection.result, view)),
    )


def _with(step: Step[Value], result: Value) -> Step[Value]:
    return Step(name=step.name, method=step.method, version=step.version, inputs={}, result=result)


def eligibility_for(result: EligibilityResult, view: View) -> EligibilityResult:
    """Each proposal's verdict: the rules that it fails, and what was found where that may be told."""
    verdicts = (
        Verdict(
            proposal=view.proposals[one.proposal],
            failed=tuple(
                rule if is_told(rule.rule, rule.side, view) else FailedRule(rule=rule.rule, side=rule.side, found="")
                for rule in one.failed
            ),
        )
        for one in result.verdicts
        if one.proposal in view.proposals
    )
    return EligibilityResult(verdicts=tuple(sorted(verdicts, key=lambda one: one.proposal)))


def is_told(rule: str, side: str | None, view: View) -> bool:
    """Whether the words beside a failed rule of a Side, or of no one Side, are shown."""
    own = side is not None and side in view.own
    if view.reader.kind == "applicants" or (own and rule not in OF_OTHERS_TOO):
        return rule in TOLD_BY
    return rule in TOLD_BY and view.shows("reasons", *TOLD_BY[rule])


def _conflicts(result: ConflictsResult, view: View) -> ConflictsResult:
    found = (
        Conflict(
            proposal=view.proposals[one.proposal],
            expert=view.experts[one.expert],
            kind=one.kind,
            evidence=one.evidence if view.evidence(one.expert) else "",
        )
        for one in result.conflicts
        if one.proposal in view.proposals and view.of_expert(one.expert, "conflicts")
    )
    in_order = sorted(found, key=lambda one: (one.proposal, one.expert, one.kind, one.evidence))
    return ConflictsResult(conflicts=tuple(in_order))


def _affinity(step: Step[AffinityResult], view: View) -> Step[AffinityResult]:
    """The matrix whole or not at all: an expert's affinities to public papers are a fingerprint."""
    everyone = view.shows("experts", "assignment", "not-funded")
    result = step.result
    kept = AffinityResult(
        proposals=result.proposals if everyone else (),
        experts=result.experts if everyone else (),
        matrix=result.matrix if everyone else "",
        weights=result.weights,
    )
    return Step(
        name=step.name,
        method=step.method,
        version=step.version,
        inputs={},
        result=kept,
        arrays=step.arrays if everyone else {},
    )


def _assignment(result: AssignmentResult, view: View) -> AssignmentResult:
    """Who reviews what; affinities, sums and reasons only where every expert is named. Never the certificate."""
    everyone = view.shows("experts", "assignment", "not-funded")
    unmet = (UNKNOWN_REASON,) if result.infeasible and view.reader.kind == "side" else ()
    pairs = (
        _pair(pair, view, whole=everyone)
        for pair in result.pairs
        if pair.proposal in view.proposals and view.of_expert(pair.expert, "assignment")
    )
    return AssignmentResult(
        proposals=tuple(view.proposals[name] for name in result.proposals if name in view.proposals),
        experts=tuple(sorted(view.experts[name] for name in result.experts if name in view.experts)),
        pairs=tuple(sorted(pairs, key=lambda one: (one.proposal, one.expert))),
        total=result.total if everyone else 0,
        worst=result.worst if everyone else None,
        unique=result.unique if everyone else False,
        infeasible=result.infeasible if everyone else unmet,
        stood=result.stood if everyone and view.shows("conflicts", "partners", "investigators") else None,
    )


def _pair(pair: AssignedPair, view: View, *, whole: bool) -> AssignedPair:
    return AssignedPair(
        proposal=view.proposals[pair.proposal],
        expert=view.experts[pair.expert],
        affinity=pair.affinity if view.of_expert(pair.expert, "experts") else 0,
        next_choice=pair.next_choice if whole else None,
        next_affinity=pair.next_affinity if whole else None,
        why=pair.why if whole else None,
        cost=pair.cost if whole else None,
    )


def _ranking(result: RankingResult, view: View) -> RankingResult:
    """Figures of the proposals. Leniency profiles a person: it is for the chair of all Sides, and in no copy."""
    calibrated = (
        CalibratedRank(
            proposal=view.proposals[one.proposal],
            expected_rank=one.expected_rank,
            percentile=one.percentile,
            interval=one.interval,
            posterior_mean=one.posterior_mean,
            tie_group=one.tie_group,
        )
        for one in result.calibrated
        if one.proposal in view.proposals and view.shows("ranks")
    )
    left_out = (
        LeftOut(
            proposal=view.proposals[one.proposal],
            expert=view.experts[one.expert],
            kind=one.kind,
            reason=one.reason if view.evidence(one.expert) or one.kind == "not-eligible" else "",
        )
        for one in result.left_out
        if one.proposal in view.proposals
        and view.reader.kind == "side"
        and view.of_expert(one.expert, "conflicts" if one.kind == "conflict" else "assignment")
    )
    return RankingResult(
        order_by=result.order_by,
        assessments=tuple(_assessment(one, view) for one in result.assessments if one.proposal in view.proposals),
        calibrated=tuple(calibrated),
        unranked=tuple(view.proposals[name] for name in result.unranked if name in view.proposals),
        left_out=tuple(sorted(left_out, key=lambda one: (one.proposal, one.expert))),
    )


def _assessment(one: Assessment, view: View) -> Assessment:
    totals = view.shows("totals")
    return Assessment(
        proposal=view.proposals[one.proposal],
        reviews=one.reviews,
        mean_total=one.mean_total if totals else None,
        consensus_total=one.consensus_total if totals else None,
        criteria=one.criteria if totals else {},
        judged=one.judged,
        missed=one.missed if totals else (),
    )


def _list(result: ListResult, view: View) -> ListResult:
    """The places; for applicants their own, and nothing of the others'."""
    among = view.reader.kind == "side"
    draw = LotteryDraw(status=result.lottery.status, reason="")
    if view.shows("lottery"):
        decided = tuple(view.proposals[name] for name in result.lottery.decided if name in view.proposals)
        draw = result.lottery.model_copy(update={"decided": decided})
    return ListResult(
        places=tuple(
            Place(
                place=one.place,
                proposal=view.proposals[one.proposal],
                tie_group=one.tie_group if among else 0,
                fundable=one.fundable,
                decided_by=one.decided_by if among else None,
            )
            for one in result.places
            if one.proposal in view.proposals
        ),
        line=result.line if among and view.shows("ranks") else None,
        lottery=draw,
        advice={
            name: tuple(view.proposals[one] for one in order if one in view.proposals)
            for name, order in (result.advice if among and view.shows("ranks") else {}).items()
        },
    )


def _selection(result: SelectionResult, view: View) -> SelectionResult:
    """What is funded, in reserve and not funded of what the reader may see; a place that is held back is 0."""
    among = view.reader.kind == "side"
    listed = view.shows("list")
    funded = [
        Funded(
            proposal=view.proposals[one.proposal],
            place=one.place if listed else 0,
            requested=_money(one.requested, view),
            remaining=_left(one.remaining, view) if listed else {},
            reduced=one.reduced if among and view.shows("partners", "amounts") else None,
        )
        for one in result.funded
        if one.proposal in view.proposals
    ]
    reserve = [view.proposals[name] for name in result.reserve if name in view.proposals]
    not_funded = [_not_funded(one, view) for one in result.not_funded if one.proposal in view.proposals]
    if not listed:  # the order of the rows would tell their places
        funded.sort(key=lambda one: one.proposal)
        reserve.sort()
        not_funded.sort(key=lambda one: one.proposal)
    totals = among and view.shows("totals")
    provisional = result.provisional
    return SelectionResult(
        rule=result.rule,
        funded=tuple(funded),
        reserve=tuple(reserve),
        not_funded=tuple(not_funded),
        budgets=dict(result.budgets) if among else {},
        remaining=_left(result.remaining, view),
        value=result.value if totals else 0,
        bound=result.bound if totals else 0,
        optimal=result.optimal,
        canonical=result.canonical,
        solver=result.solver if among else None,
        provisional=provisional if provisional is None or view.shows("lottery") else NOT_DRAWN,
        topic_remaining=tuple(one for one in result.topic_remaining if view.left(one.side)),
        unmet=result.unmet if among and view.shows("reasons") else (),
        top_up=result.top_up if among and view.shows("amounts", "totals", "list", "not-funded") else None,
    )


def _money(amounts: Mapping[str, int], view: View) -> dict[str, int]:
    return {side: amount for side, amount in amounts.items() if view.money(side)}


def _left(amounts: Mapping[str, int], view: View) -> dict[str, int]:
    return {side: amount for side, amount in amounts.items() if view.left(side)}


def _not_funded(one: NotFunded, view: View) -> NotFunded:
    listed, reasons = view.shows("list"), view.shows("reasons")
    stopped_at = view.proposals.get(one.stopped_at) if one.stopped_at is not None and listed and reasons else None
    short = (lack for lack in one.short if reasons and view.money(lack.side))
    return NotFunded(
        proposal=view.proposals[one.proposal],
        place=one.place if listed else 0,
        reason=one.reason if reasons else "",
        short=tuple(Shortage(side=lack.side, amount=lack.amount) for lack in short),
        stopped_at=stopped_at,
        reserve_place=None if one.reserve_place is None else one.reserve_place if listed else 0,
    )
