"""The steps after review: ranking, and the list with its ties broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

from accord.call.folder import Call
from accord.call.values import Proposal, Score
from accord.methods import listing, ranking, scores, selection
from accord.methods.listing import Standing
from accord.methods.lottery import LotteryStopped, lottery, provisional_order
from accord.methods.scores import MILLION, Assessment
from accord.pipeline.selecting import budgets, requests
from accord.pipeline.step import LOTTERY_ROOT, Inputs, Step, seed_of
from accord.pipeline.steps import (
    CalibratedRank,
    ConflictsResult,
    EligibilityResult,
    LeftOut,
    ListResult,
    LotteryDraw,
    RankingResult,
    RecordedLeniency,
)
from accord.plan.model import Plan
from accord.record.canonical import digest_of

LOTTERY_INPUTS: Final = ("lottery-commitments", "lottery-reveals", LOTTERY_ROOT)
NO_ROOT: Final = "the plan names a log, and no head of it is the root yet (accord lottery root)"


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
        method=f"{ranked.method}+{scores.METHOD}" if ranked is not None else scores.METHOD,
        version=f"{ranked.version}+{scores.VERSION}" if ranked is not None else scores.VERSION,
        inputs=digests,
        result=RankingResult(
            order_by=plan.ranking.order_by,
            assessments=assessed,
            calibrated=() if ranked is None else _as_computed(ranked),
            leniency=() if ranked is None else _leniencies(ranked),
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
        leniency=plan.ranking.leniency,
    )


def _leniencies(ranked: ranking.Ranking) -> tuple[RecordedLeniency, ...]:
    """Experts' leniencies where the plan allows them; in thousandths, on which any two machines agree."""
    return tuple(
        RecordedLeniency(
            expert=str(one.expert),
            leniency=_thousandths(one.leniency.mean),
            interval=(_thousandths(one.interval[0]), _thousandths(one.interval[1])),
            votes=one.votes,
        )
        for one in ranked.leniency or ()
    )


def _thousandths(value: float) -> int:
    return round(value * 1000) * 1000


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


def list_step(
    inputs: Inputs, ranked: Step[RankingResult], *, provisional: Sequence[str] | None = None
) -> Step[ListResult]:
    """The ranking list by the plan's order and tie breaks, the lottery included.

    `provisional` is the order in which ties stand while the lottery is not drawn, where the seed of that order cannot
    be computed here.
    """
    plan = inputs.call.plan.plan
    digests = {**inputs.of("plan", "proposals", *LOTTERY_INPUTS), "steps/ranking": ranked.digest}
    standings = _standings(inputs.call.proposals, plan, ranked.result)
    line = _line(standings, inputs) if plan.ranking.ties_are == "not-separable" else None
    drawn, draw = _draw(inputs, [one.proposal for one in standings], provisional)
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
        requests([one.proposal for one in walked], inputs),
        budgets(inputs.call.plan.plan),
        rule="list-order",
        order=range(len(walked)),
    )
    if not found.not_funded or not found.funded:
        return None
    first_unpaid = walked[len(found.funded)].key
    paid = [walked[number].key for number in found.funded]
    # Of equal ones some could be paid and some not, by an order that decides nothing: then that key is the line.
    return first_unpaid if first_unpaid in paid else paid[-1]


def _draw(inputs: Inputs, names: Sequence[str], provisional: Sequence[str] | None) -> tuple[Sequence[str], LotteryDraw]:
    """The lottery's order: drawn from every Side's reveal, or a provisional one that says so."""
    call = inputs.call
    status: Literal["provisional", "stopped"] = "stopped" if call.reveals else "provisional"
    reason = "no commitment is lodged yet"
    if call.commitments or call.reveals:
        root, told = _root(inputs)
        try:
            drawn = lottery(
                names,
                call=call.plan.plan.call.id,
                sides=call.plan.plan.sides,
                commitments={row.side: row.commitment for row in call.commitments},
                reveals={row.side: bytes.fromhex(row.secret) for row in call.reveals},
                root=root or NO_ROOT.encode(),  # without a root the faults of the Sides are told all the same
            )
        except LotteryStopped as error:
            reason = str(error)
        else:
            astray = _revealed_under_another(call)
            if root is not None and not astray:
                reason = f"every Side revealed; the root is {told}"
                return drawn.order, LotteryDraw(status="drawn", reason=reason, seed=drawn.seed)
            reason = told if root is None else f"revealed under another root than this call's: {', '.join(astray)}"
    order = provisional_order(names, seed=seed_of("lottery", inputs)) if provisional is None else provisional
    return order, LotteryDraw(status=status, reason=reason)


def _root(inputs: Inputs) -> tuple[bytes | None, str]:
    """What was fixed between commitments and reveals, and how it is told; None where the plan's log is yet to give it.

    Without a log it is the digest of the plan and of the commitments: nothing that anyone can still write after the
    first reveal moves it.
    """
    head = inputs.call.lottery_root
    if head is not None:
        return head.root, f"the head of size {head.size} of {head.origin}"
    if inputs.call.plan.plan.log is not None:
        return None, NO_ROOT
    told = "the digest of plan and commitments, since the plan names no log"
    return bytes.fromhex(digest_of(inputs.of("plan", "lottery-commitments"))), told


def _revealed_under_another(call: Call) -> tuple[str, ...]:
    """The Sides whose reveal names another root than the call's: they would have seen another order."""
    expected = None if call.lottery_root is None else call.lottery_root.root.hex()
    astray = {row.side for row in call.reveals if row.root != expected}
    return tuple(side for side in call.plan.plan.sides if side in astray)


def _advice(plan: Plan, ranked: RankingResult) -> dict[str, tuple[str, ...]]:
    """Other orders of the same proposals, computed and shown beside the list, deciding nothing."""
    orders: dict[str, tuple[str, ...]] = {}
    if "mean" in plan.ranking.advice:
        means = [(one.mean_total, one.proposal) for one in ranked.assessments if one.mean_total is not None]
        orders["mean"] = tuple(name for total, name in sorted(means, key=lambda one: (-one[0], one[1])))
    if "calibrated" in plan.ranking.advice:
        orders["calibrated"] = tuple(row.proposal for row in ranked.calibrated)
    return orders
