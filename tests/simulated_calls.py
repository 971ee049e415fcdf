"""A synthetic call written out as proposals and scores, and walked by the pipeline's own steps: slow and obvious."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile

from accord.call.folder import Call
from accord.call.values import ConsensusScore, Partner, Proposal, Score
from accord.errors import Infeasible, Refused
from accord.methods import listing, scores
from accord.methods.listing import Place
from accord.methods.simulation.setting import setting
from accord.methods.simulation.synthetic import Synthetic, synthetic
from accord.methods.simulation.values import Model, Run
from accord.pipeline.after_review import _standings
from accord.pipeline.selecting import Question, question
from accord.pipeline.step import Inputs
from accord.pipeline.steps import ListResult, LotteryDraw, RankingResult
from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.plan.money import amount_text


def written_out(plan: Plan, drawn: Synthetic) -> tuple[list[Proposal], list[Score], list[ConsensusScore]]:
    """The eligible proposals of a synthetic call, every mark as a score, and a panel that agrees on the mean."""
    proposals, marks, agreed = list[Proposal](), list[Score](), list[ConsensusScore]()
    for row, eligible in enumerate(drawn.eligible.tolist()):
        if not eligible:
            continue
        name = f"{row:06d}"
        partners = [
            Partner(
                organisation=f"Organisation {row} {side.id}",
                country=side.countries[drawn.country[row, number]],
                side=side.id,
                role="coordinator" if drawn.coordinator[row] == number else "partner",
                requested=amount_text(drawn.requests[row][number], side.unit),
                unit=side.unit,
            )
            for number, side in enumerate(plan.side)
            if drawn.member[row, number]
        ]
        topic = plan.topic[drawn.topic[row]].id
        proposals.append(
            Proposal(id=name, title=name, abstract="", topic=topic, duration_months=36, partners=tuple(partners))
        )
        for place, criterion in enumerate(plan.review.criterion):
            scale = criterion.scale
            given = drawn.marks[row, :, place].tolist()
            for expert, mark in enumerate(given):
                score = scale.min + scale.step * mark
                marks.append(Score(proposal=name, expert=f"E{expert}", criterion=criterion.id, score=score))
            score = scale.min + scale.step * round(sum(given) / len(given))
            agreed.append(ConsensusScore(proposal=name, criterion=criterion.id, score=score))
    return proposals, marks, agreed


@dataclass(frozen=True, kw_only=True)
class Selected:
    """The pipeline's list and selection of a synthetic call."""

    rows: list[Proposal]
    places: tuple[Place, ...]
    asked: Question
    funded: list[str]
    refused: bool
    unmet: bool


def walked(signed: SignedPlan, *, proposals: int, seed: int, run: int) -> Run:
    """The figures of a synthetic call that the pipeline's own steps walked over."""
    one = selection(signed, proposals=proposals, seed=seed, run=run)
    return outcome(signed.plan, one.rows, one.places, one.funded, refused=one.refused, unmet=one.unmet)


def selection(signed: SignedPlan, *, proposals: int, seed: int, run: int) -> Selected:
    """What the pipeline's own steps make of a synthetic call; the plan's list is by means or consensus, ties equal."""
    plan = signed.plan
    drawn = synthetic(setting(plan, proposals, Model()), seed, run)
    rows, marks, agreed = written_out(plan, drawn)
    panel = plan.ranking.order_by == "consensus"
    uses = "consensus" in {plan.ranking.order_by, plan.review.thresholds_on}
    names = [one.id for one in rows]
    assessed = scores.assessments(plan.review, names, marks, agreed if uses else [], order_by=plan.ranking.order_by)
    ranked = RankingResult(order_by="consensus" if panel else "mean", assessments=assessed)
    draw = sorted(names, key=lambda name: drawn.ticket[int(name)])
    standings = _standings(rows, plan, ranked)
    refused = False
    try:
        places = listing.ranking_list(standings, ties=plan.selection.ties, draw=draw)
    except Refused:
        refused = True
        ties = [*takewhile(lambda tie: tie != "refuse", plan.selection.ties), "lottery"]
        places = listing.ranking_list(standings, ties=ties, draw=draw)
    listed = ListResult(places=places, lottery=LotteryDraw(status="drawn", reason="every Side revealed"))
    call = Call(plan=signed, proposals=tuple(rows), experts=(), publications=())
    asked = question(Inputs(call), ranked, listed)
    asked = replace(asked, options={**asked.options, "versions": (), "top_up": None})
    unmet = False
    try:
        found = asked.answer()
    except Infeasible:
        unmet = True
        found = asked.answer(topic_min=None, max_imbalance=None)
    funded = [asked.names[number] for number in found.funded]
    return Selected(rows=rows, places=places, asked=asked, funded=funded, refused=refused, unmet=unmet)


def outcome(
    plan: Plan, rows: list[Proposal], places: tuple[Place, ...], funded: list[str], *, refused: bool, unmet: bool
) -> Run:
    """The figures of one call, counted one by one."""
    by_id = {one.id: one for one in rows}
    out, first = [], []
    stops = []
    for side in plan.side:
        left, stop = side.minor(side.budget), None
        for place in places:
            ask = by_id[place.proposal].requested(side)
            if place.proposal in funded:
                left -= ask
            elif place.fundable and stop is None and ask > left:
                stop = place.place
        stops.append(stop)
    earliest = min([stop for stop in stops if stop is not None], default=None)
    for stop in stops:
        out.append(stop is not None)
        first.append(stop is not None and stop == earliest)
    fundable = [place for place in places if place.fundable]
    sizes = [sum(other.tie_group == place.tie_group for other in places) for place in fundable]

    def coordinating(name: str) -> str:
        return next(partner.side for partner in by_id[name].partners if partner.role == "coordinator")

    return Run(
        eligible=len(rows),
        fundable=len(fundable),
        tied=sum(size > 1 for size in sizes),
        by_lot=sum(place.decided_by == "lottery" for place in fundable),
        refused=refused,
        unmet=unmet,
        funded=len(funded),
        used=tuple(sum(by_id[name].requested(side) for name in funded) for side in plan.side),
        coordinated=tuple(sum(coordinating(name) == side.id for name in funded) for side in plan.side),
        out=tuple(out),
        first=tuple(first),
        topic_eligible=tuple(sum(one.topic == topic.id for one in rows) for topic in plan.topic),
        topic_funded=tuple(sum(by_id[name].topic == topic.id for name in funded) for topic in plan.topic),
    )
