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
        **inputs.of("plan", "proposals", "reviews", "consensus"),
        "steps/eligibility": eligibility.digest,
        "steps/conflicts": conflicts.digest,
    }
    eligible = eligibility.result.eligible
    assessed = scores.assessments(
        plan.review,
        eligible,
        _counted(inputs, eligibility.result, conflicts.result),
        [one for one in call.consensus or () if one.proposal in set(eligible)],
        order_by=plan.ranking.order_by,
    )
    ranked = calibration(inputs, eligibility, conflicts)
    return Step(
        name="ranking",
        method=f"{ranking.METHOD}+{scores.METHOD}" if ranked is not None else scores.METHOD,
        version=f"{ranking.VERSION}+{scores.VERSION}" if ranked is not None else scores.VERSION,
        inputs=digests,
        result=RankingResult(
            order_by=plan.ranking.order_by,
            assessments=assessed,
            calibrated=() if ranked is None else _as_computed(ranked),
            unranked=tuple(one.proposal for one in assessed if _total(one, plan) is None),
            left_out=tuple(_left_out(call.reviews or (), set(eligible), conflicts.result)),
        ),
    )


def _counted(inputs: Inputs, eligibility: EligibilityResult, conflicts: ConflictsResult) -> list[Score]:
    """The scores that count: of eligible proposals, by experts without a conflict."""
    eligible = set(eligibility.eligible)
    return [
        score
        for score in inputs.call.reviews or ()
        if score.proposal in eligible and (score.proposal, score.expert) not in conflicts.pairs
    ]


def calibration(
    inputs: Inputs, eligibility: Step[EligibilityResult], conflicts: Step[ConflictsResult]
) -> ranking.Ranking | None:
    """The calibrated ranks of what counts; None where the plan does not name them, or nothing counts."""
    plan = inputs.call.plan.plan
    counted = _counted(inputs, eligibility.result, conflicts.result)
    if "calibrated" not in {plan.ranking.order_by, *plan.ranking.advice} or not counted:
        return None
    votes = scores.totals(plan.review, counted)
    least, greatest = scores.scale_of_totals(plan.review)
    return ranking.rank(
        [vote.proposal for vote in votes],
        [vote.expert for vote in votes],
        [min(max(vote.total / MILLION, least), greatest) for vote in votes],
        scale=(least, greatest),
        interval=float(plan.ranking.credible_interval),
        seed=seed_of("ranking", inputs),
    )


def _as_computed(ranked: ranking.Ranking) -> tuple[CalibratedRank, ...]:
    ranks = {str(row.proposal): round(row.expected_rank * MILLION) for row in ranked.rows}
    means = {str(row.proposal): round(row.posterior_mean * MILLION) for row in ranked.rows}
    return calibrated_ranks(ranked, ranks, means)


def calibrated_ranks(
    ranked: ranking.Ranking, ranks: Mapping[str, int], means: Mapping[str, int]
) -> tuple[CalibratedRank, ...]:
    """Ranks as records hold them, best first: order, ties and percentiles follow from the whole millionths given."""
    intervals = {str(row.proposal): row.interval for row in ranked.rows}
    group = {rank: number for number, rank in enumerate(sorted(set(ranks.values())), start=1)}
    return tuple(
        CalibratedRank(
            proposal=name,
            expected_rank=ranks[name],
            percentile=round(Fraction(100 * (2 * ranks[name] - MILLION), 2 * len(ranks))),
            interval=(intervals[name][0] * MILLION, intervals[name][1] * MILLION),
            posterior_mean=means[name],
            tie_group=group[ranks[name]],
        )
        for name in sorted(ranks, key=lambda one: (ranks[one], one))
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


def list_step(inputs: Inputs, ranked: Step[RankingResult]) -> Step[ListResult]:
    """The ranking list by the plan's order and tie breaks, the lottery included."""
    plan = inputs.call.plan.plan
    digests = {**inputs.of("plan", "proposals", *LOTTERY_TABLES), "steps/ranking": ranked.digest}
    standings = _standings(inputs.call.proposals, plan, ranked.result)
    line = _line(standings, inputs) if plan.ranking.ties_are == "not-separable" else None
    drawn, draw = _draw(inputs, [one.proposal for one in standings])
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
                fundable=assessment.judged and not assessment.missed,
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
    first_unpaid = walked[len(found.funded)].key
    paid = [walked[number].key for number in found.funded]
    # Of equal ones some could be paid and some not, by an order that decides nothing: then that key is the line.
    return first_unpaid if first_unpaid in paid else paid[-1]


def _draw(inputs: Inputs, names: Sequence[str]) -> tuple[Sequence[str], LotteryDraw]:
    """The lottery's order: drawn from every Side's reveal, or a provisional one that says so.

    The root is the digest of the plan and of the commitments: nothing that anyone can still write after the
    first reveal moves it.
    """
    call = inputs.call
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
                root=bytes.fromhex(digest_of(inputs.of("plan", "lottery-commitments"))),
            )
        except LotteryStopped as error:
            status, reason = "stopped" if call.reveals else "provisional", str(error)
        else:
            return drawn.order, LotteryDraw(status="drawn", reason="every Side revealed", seed=drawn.seed)
    order = provisional_order(names, seed=seed_of("lottery", inputs))
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
    digests = {**inputs.of("plan", "proposals"), "steps/ranking": ranked.digest, "steps/list": listed.digest}
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
        seed=seed_of("selection", inputs),
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
