"""The steps after review: ranking, the list with its ties broken, selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

from accord.call.values import Proposal, Score
from accord.errors import InvalidInput
from accord.methods import listing, ranking, scores, selection
from accord.methods.listing import Place, Standing
from accord.methods.lottery import LotteryStopped, lottery, provisional_order
from accord.methods.scores import MILLION, Assessment
from accord.pipeline.step import Inputs, Step, seed_of
from accord.pipeline.steps import (
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
from accord.plan.model import Plan
from accord.record.canonical import digest_of

LOTTERY_TABLES: Final = ("lottery-commitments", "lottery-reveals")


def ranking_step(
    inputs: Inputs, eligibility: Step[EligibilityResult], conflicts: Step[ConflictsResult]
) -> Step[RankingResult]:
    """Totals and thresholds of the eligible proposals, and calibrated ranks where the plan names them.

    Scores by an expert in conflict are left out and named; reviews of ineligible proposals are kept in the
    record and not ranked.
    """
    call, plan = inputs.call, inputs.call.plan.plan
    digests = {
        **inputs.of("plan", "reviews", "consensus"),
        "eligibility": eligibility.digest,
        "conflicts": conflicts.digest,
    }
    eligible = set(eligibility.result.eligible)
    counted = [
        score
        for score in call.reviews or ()
        if score.proposal in eligible and (score.proposal, score.expert) not in conflicts.result.pairs
    ]
    assessed = scores.assessments(
        plan.review,
        eligibility.result.eligible,
        counted,
        [one for one in call.consensus or () if one.proposal in eligible],
    )
    unranked = tuple(one.proposal for one in assessed if _total(one, plan) is None)
    wanted = {plan.ranking.order_by, *plan.ranking.advice}
    calibrated = _calibrated(plan, counted, seed_of("ranking", digests)) if "calibrated" in wanted and counted else ()
    return Step(
        name="ranking",
        method=ranking.METHOD,
        version=ranking.VERSION,
        inputs=digests,
        result=RankingResult(
            order_by=plan.ranking.order_by,
            assessments=assessed,
            calibrated=calibrated,
            unranked=unranked,
            left_out=tuple(_left_out(call.reviews or (), eligible, conflicts.result)),
        ),
    )


def _left_out(reviews: Sequence[Score], eligible: set[str], conflicts: ConflictsResult) -> list[LeftOut]:
    evidence = {(one.proposal, one.expert): f"{one.kind}: {one.evidence}" for one in conflicts.conflicts}
    rows = []
    for proposal, expert in sorted({(score.proposal, score.expert) for score in reviews}):
        if (proposal, expert) in evidence:
            rows.append(LeftOut(proposal=proposal, expert=expert, kind="conflict", reason=evidence[proposal, expert]))
        elif proposal not in eligible:
            reason = "the proposal is not eligible"
            rows.append(LeftOut(proposal=proposal, expert=expert, kind="not-eligible", reason=reason))
    return rows


def _total(assessment: Assessment, plan: Plan) -> int | None:
    """What a proposal is ordered by before calibration: the panel's total, or the mean of the experts'."""
    return assessment.consensus_total if plan.ranking.order_by == "consensus" else assessment.mean_total


def _calibrated(plan: Plan, counted: Sequence[Score], seed: bytes) -> tuple[CalibratedRank, ...]:
    votes = scores.totals(plan.review, counted)
    least, greatest = scores.scale_of_totals(plan.review)
    ranked = ranking.rank(
        [vote.proposal for vote in votes],
        [vote.expert for vote in votes],
        [min(max(vote.total / MILLION, least), greatest) for vote in votes],
        scale=(least, greatest),
        interval=float(plan.ranking.credible_interval),
        seed=seed,
    )
    return tuple(
        CalibratedRank(
            proposal=str(row.proposal),
            expected_rank=_millionths(row.expected_rank),
            percentile=_millionths(row.percentile),
            interval=(_millionths(row.interval[0]), _millionths(row.interval[1])),
            posterior_mean=_millionths(row.posterior_mean),
            tie_group=row.tie_group,
        )
        for row in ranked.rows
    )


def _millionths(value: float) -> int:
    return round(value * MILLION)


def list_step(inputs: Inputs, ranked: Step[RankingResult]) -> Step[ListResult]:
    """The ranking list by the plan's order and tie breaks, the lottery included."""
    plan = inputs.call.plan.plan
    digests = {**inputs.of("plan", "proposals", *LOTTERY_TABLES), "ranking": ranked.digest}
    standings = _standings(inputs.call.proposals, plan, ranked.result)
    line = _line(standings, inputs) if plan.ranking.ties_are == "not-separable" else None
    drawn, draw = _draw(inputs, [one.proposal for one in standings], digests)
    places = listing.ranking_list(standings, ties=plan.selection.ties, draw=drawn, line=line)
    decided = tuple(place.proposal for place in places if place.decided_by == "lottery")
    if not decided and draw.status != "stopped":
        draw = LotteryDraw(status="not-needed", reason="no tie is left to it")
    return Step(
        name="list",
        method=listing.METHOD,
        version=listing.VERSION,
        inputs=digests,
        result=ListResult(
            places=places,
            line=line,
            lottery=draw.model_copy(update={"decided": decided}),
            advice=_advice(plan, ranked.result),
        ),
    )


def _standings(proposals: Sequence[Proposal], plan: Plan, ranked: RankingResult) -> list[Standing]:
    calibrated = {row.proposal: row for row in ranked.calibrated}
    by_id = {proposal.id: proposal for proposal in proposals}
    standings = []
    for assessment in ranked.assessments:
        total = _total(assessment, plan)
        if total is None:
            continue
        row = calibrated.get(assessment.proposal)
        by_rank = plan.ranking.order_by == "calibrated" and row is not None
        proposal = by_id[assessment.proposal]
        standings.append(
            Standing(
                proposal=proposal.id,
                key=row.expected_rank if by_rank and row is not None else -total,
                interval=row.interval if by_rank and row is not None else None,
                fundable=not assessment.missed,
                criteria=assessment.criteria,
                topic=proposal.topic,
                countries=tuple(sorted({partner.country for partner in proposal.partners if partner.funded})),
                share=_share(proposal, plan),
            )
        )
    return standings


def _share(proposal: Proposal, plan: Plan) -> int:
    """The greatest part that a request takes of any Side's budget, in millionths."""
    parts = [Fraction(proposal.requested(side), max(side.minor(side.budget), 1)) for side in plan.side]
    return scores.millionths(max(parts))


def _line(standings: Sequence[Standing], inputs: Inputs) -> int | None:
    """The key of the last proposal that can be paid when the list is walked in order; None where all can be."""
    walked = [one for one in listing.by_key(standings) if one.fundable]
    found = selection.select(
        [0] * len(walked),
        _requests([one.proposal for one in walked], inputs),
        _budgets(inputs.call.plan.plan),
        rule="list-order",
        order=range(len(walked)),
    )
    if not found.not_funded or not found.funded:
        return None
    return walked[found.funded[-1]].key


def _draw(inputs: Inputs, names: Sequence[str], digests: Mapping[str, str]) -> tuple[Sequence[str], LotteryDraw]:
    """The lottery's order: drawn from every Side's reveal, or a provisional one that says so."""
    call = inputs.call
    without_reveals = {name: digest for name, digest in digests.items() if name != "lottery-reveals"}
    status: Literal["provisional", "stopped"] = "provisional"
    reason = "no commitment is lodged yet"
    if call.commitments or call.reveals:
        try:
            drawn = lottery(
                names,
                call=call.plan.plan.call.id,
                sides=call.plan.plan.sides,
                commitments={row.side: row.commitment for row in call.commitments},
                reveals={row.side: bytes.fromhex(row.secret) for row in call.reveals},
                root=bytes.fromhex(digest_of(without_reveals)),
            )
        except LotteryStopped as error:
            status, reason = "stopped" if call.reveals else "provisional", str(error)
        else:
            return drawn.order, LotteryDraw(status="drawn", reason="every Side revealed", seed=drawn.seed)
    order = provisional_order(names, seed=seed_of("lottery", without_reveals))
    return order, LotteryDraw(status=status, reason=reason)


def _advice(plan: Plan, ranked: RankingResult) -> dict[str, tuple[str, ...]]:
    """Other orders of the same proposals, computed and shown beside the list, deciding nothing."""
    orders: dict[str, tuple[str, ...]] = {}
    if "mean" in plan.ranking.advice:
        means = [(one.mean_total, one.proposal) for one in ranked.assessments if one.mean_total is not None]
        orders["mean"] = tuple(name for total, name in sorted(means, key=lambda one: (-one[0], one[1])))
    if "calibrated" in plan.ranking.advice:
        orders["calibrated"] = tuple(row.proposal for row in ranked.calibrated)
    return orders


def selection_step(inputs: Inputs, ranked: Step[RankingResult], listed: Step[ListResult]) -> Step[SelectionResult]:
    """What the plan's rule funds along the list, what is in reserve, and why the rest is not funded."""
    plan = inputs.call.plan.plan
    digests = {**inputs.of("plan", "proposals"), "ranking": ranked.digest, "list": listed.digest}
    places = listed.result.places
    names = [place.proposal for place in places]
    requests = _requests(names, inputs)
    found = selection.select(
        _merit(places, plan, ranked.result),
        requests,
        _budgets(plan),
        rule=plan.selection.rule,
        order=range(len(places)),
        tie_group=[place.tie_group for place in places],
        fundable=[place.fundable for place in places],
        reserve=plan.selection.reserve,
        seed=seed_of("selection", digests),
    )
    draw = listed.result.lottery
    waits = draw.status in {"provisional", "stopped"} and (draw.decided or draw.status == "stopped")
    result = SelectionResult(
        rule=found.rule,
        funded=tuple(
            Funded(
                proposal=names[number],
                place=number + 1,
                requested=_by_side(plan, requests[number]),
                remaining=_by_side(plan, left),
            )
            for number, left in zip(found.funded, found.budget_after, strict=True)
        ),
        reserve=tuple(names[number] for number in found.reserve),
        not_funded=tuple(_not_funded(one, names, plan) for one in found.not_funded),
        budgets=_by_side(plan, _budgets(plan)),
        remaining=_by_side(plan, found.remaining),
        value=found.value,
        bound=found.bound,
        optimal=found.optimal,
        canonical=found.canonical,
        solver=found.solver,
        provisional=f"the lottery is not drawn: {draw.reason}" if waits else None,
    )
    return Step(name="selection", method=selection.METHOD, version=selection.VERSION, inputs=digests, result=result)


def _requests(names: Sequence[str], inputs: Inputs) -> list[list[int]]:
    """What each proposal asks of each Side, proposals by Sides, in minor units."""
    by_id = {proposal.id: proposal for proposal in inputs.call.proposals}
    return [[by_id[name].requested(side) for side in inputs.call.plan.plan.side] for name in names]


def _budgets(plan: Plan) -> list[int]:
    return [side.minor(side.budget) for side in plan.side]


def _by_side(plan: Plan, amounts: Sequence[int]) -> dict[str, int]:
    return {side: int(amount) for side, amount in zip(plan.sides, amounts, strict=True)}


def _merit(places: Sequence[Place], plan: Plan, ranked: RankingResult) -> list[int]:
    """What selection adds up: the ordering total minus the plan's threshold, in millionths."""
    threshold = scores.millionths(plan.review.total_threshold or 0)
    calibrated = {row.proposal: row.posterior_mean for row in ranked.calibrated}
    totals = {one.proposal: _total(one, plan) for one in ranked.assessments}
    merit = []
    for place in places:
        total = totals[place.proposal]
        if plan.ranking.order_by == "calibrated":
            total = calibrated.get(place.proposal, total)
        if total is None:
            raise InvalidInput(f"{place.proposal} is on the list without a total")
        merit.append(total - threshold)
    return merit


def _not_funded(one: selection.NotFunded, names: Sequence[str], plan: Plan) -> NotFunded:
    return NotFunded(
        proposal=names[one.proposal],
        place=one.proposal + 1,
        reason=one.reason,
        short=tuple(Shortage(side=plan.sides[side], amount=amount) for side, amount in one.blocking),
        stopped_at=None if one.stopped_at is None else names[one.stopped_at],
        reserve_place=one.reserve_place,
    )
