"""The selection of a walk: the plan's limits and reduced versions as arguments, and what came of them by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accord.call.values import Proposal
from accord.errors import Infeasible, InvalidInput
from accord.methods import scores, selection
from accord.methods.eligibility import eligibility
from accord.methods.listing import Place
from accord.pipeline.step import Inputs, Step, seed_of
from accord.pipeline.steps import (
    Funded,
    ListResult,
    NotFunded,
    RankingResult,
    Reduction,
    SelectionResult,
    Shortage,
    TopicRemaining,
    ToppedUp,
)
from accord.plan.model import Plan


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a walk asks `accord.methods.selection.select`; proposals in list order, Sides in the plan's."""

    plan: Plan
    names: tuple[str, ...]
    merit: tuple[int, ...]
    requests: tuple[tuple[int, ...], ...]
    budgets: tuple[int, ...]
    reductions: tuple[Reduction, ...]
    """What each of the versions is."""
    options: Mapping[str, Any]

    def answer(self, *, budgets: Sequence[int] | None = None, **changed: Any) -> selection.Selection:
        """Select; `changed` are arguments to be other than the plan's."""
        have = self.budgets if budgets is None else budgets
        return selection.select(self.merit, self.requests, have, **{**self.options, **changed})

    def number(self, name: str) -> int:
        """The row of a proposal; raises InvalidInput where it is not on the list."""
        if name not in self.names:
            raise InvalidInput(f"{name} is not on the ranking list")
        return self.names.index(name)


def question(inputs: Inputs, ranked: RankingResult, listed: ListResult) -> Question:
    """Everything that the selection of a call is computed from, out of its plan, proposals, ranking and list."""
    plan = inputs.call.plan.plan
    places = listed.places
    by_id = {proposal.id: proposal for proposal in inputs.call.proposals}
    proposals = [by_id[place.proposal] for place in places]
    merit = merits(places, plan, ranked)
    offered = [
        (row, reduced, reduction)
        for row, proposal in enumerate(proposals)
        if places[row].fundable
        for reduced, reduction in _reduced(plan, proposal)
    ]
    penalty = scores.millionths(plan.selection.reduced.penalty or 0) if plan.selection.reduced else 0
    kept = [one for one in offered if merit[one[0]] >= penalty]
    topics = [topic.id for topic in plan.topic]
    top_up = {one.side: plan.side_of(one.side).minor(one.max) for one in plan.selection.top_up}
    options: dict[str, Any] = {
        "rule": plan.selection.rule,
        "order": range(len(places)),
        "tie_group": [place.tie_group for place in places],
        "fundable": [place.fundable for place in places],
        "reserve": plan.selection.reserve,
        "seed": seed_of("selection", inputs),
        "topic": [topics.index(proposal.topic) for proposal in proposals],
        "topic_min": {row: one.min_funded for row, one in enumerate(plan.topic) if one.min_funded is not None},
        "topic_max": {row: one.max_funded for row, one in enumerate(plan.topic) if one.max_funded is not None},
        "topic_budgets": {
            (number, topics.index(part.topic)): side.minor(part.amount)
            for number, side in enumerate(plan.side)
            for part in side.topic_budgets
        },
        "coordinator_side": [plan.sides.index(_coordinating(proposal)) for proposal in proposals],
        "max_imbalance": plan.selection.max_coordinator_imbalance,
        "versions": [
            selection.Version(proposal=row, merit=merit[row] - penalty, requests=_asked(plan, reduced))
            for row, reduced, _ in kept
        ],
        "top_up": [top_up.get(side, 0) for side in plan.sides] if top_up else None,
    }
    return Question(
        plan=plan,
        names=tuple(place.proposal for place in places),
        merit=tuple(merit),
        requests=tuple(_asked(plan, {s.id: proposal.requested(s) for s in plan.side}) for proposal in proposals),
        budgets=tuple(budgets(plan)),
        reductions=tuple(reduction for _, _, reduction in kept),
        options=options,
    )


def selection_step(
    inputs: Inputs, ranked: Step[RankingResult], listed: Step[ListResult], *, force: Sequence[str] = ()
) -> Step[SelectionResult]:
    """What the plan's rule funds along the list, what is in reserve, and why the rest is not funded.

    Where no set meets the plan's limits (a topic's least number, the coordinators' balance), the selection is made
    without them, and says so. `force` are proposals that have to be funded: verification asks so whether a recorded
    set is one of the best.
    """
    plan = inputs.call.plan.plan
    digests = {**inputs.of("plan", "proposals"), "steps/ranking": ranked.digest, "steps/list": listed.digest}
    asked = question(inputs, ranked.result, listed.result)
    forced = [asked.number(name) for name in force]
    unmet: tuple[str, ...] = ()
    try:
        found = asked.answer(force=forced)
    except Infeasible:
        unmet = tuple(_unmet(asked))
        found = asked.answer(topic_min=None, max_imbalance=None, force=forced)
    draw = listed.result.lottery
    waits = draw.status in {"provisional", "stopped"} and (draw.decided or draw.status == "stopped")
    provisional = [f"the lottery is not drawn: {draw.reason}"] if waits else []
    provisional += [f"made without the plan's limits: {line}" for line in unmet]
    result = SelectionResult(
        rule=found.rule,
        funded=tuple(_funded(asked, found)),
        reserve=tuple(asked.names[number] for number in found.reserve),
        not_funded=tuple(_not_funded(one, asked) for one in found.not_funded),
        budgets=_by_side(plan, asked.budgets),
        remaining=_by_side(plan, found.remaining),
        topic_remaining=tuple(
            TopicRemaining(side=plan.sides[side], topic=plan.topic[topic].id, amount=left)
            for side, topic, left in found.topic_remaining
        ),
        value=found.value,
        bound=found.bound,
        optimal=found.optimal,
        canonical=found.canonical,
        solver=found.solver,
        provisional="; ".join(provisional) or None,
        unmet=unmet,
        top_up=_topped_up(asked, found.top_up),
    )
    return Step(name="selection", method=selection.METHOD, version=selection.VERSION, inputs=digests, result=result)


def _reduced(plan: Plan, proposal: Proposal) -> Iterator[tuple[Mapping[str, int], Reduction]]:
    """What a proposal would ask of each Side in each reduced version that stays eligible, least reduced first.

    A plan that names no penalty leaves reduced versions to the meeting.
    """
    rule = plan.selection.reduced
    if rule is None or rule.penalty is None:
        return
    whole = {side.id: proposal.requested(side) for side in plan.side}
    if rule.max_cut:
        cut = {side: amount - int(Decimal(amount) * rule.max_cut) for side, amount in whole.items()}
        if cut != whole and all(
            side.request.min_per_proposal is None
            or not whole[side.id]
            or cut[side.id] >= side.minor(side.request.min_per_proposal)
            for side in plan.side
        ):
            yield cut, Reduction(kind="cut-request")
    if rule.drop_partner:
        for place, partner in enumerate(proposal.partners):
            if partner.role == "coordinator" or not partner.funded:
                continue
            left = (*proposal.partners[:place], *proposal.partners[place + 1 :])
            without = proposal.model_copy(update={"partners": left})
            if all(verdict.eligible for verdict in eligibility(plan, [without])):
                asked = {side.id: without.requested(side) for side in plan.side}
                yield asked, Reduction(kind="drop-partner", partner=place + 1)


def _unmet(asked: Question) -> Iterator[str]:
    """The limits of the plan that no set meets: each that cannot be met alone, else that they cannot be together."""
    told = False
    for row, least in asked.options["topic_min"].items():
        try:
            asked.answer(rule="list-with-skips", topic_min={row: least}, max_imbalance=None, top_up=None)
        except Infeasible:
            told = True
            yield f"topic {asked.plan.topic[row].id}: at least {least} are asked for, fewer can be paid"
    if not told:
        yield "min_funded of the topics and max_coordinator_imbalance cannot be met together"


def budgets(plan: Plan) -> list[int]:
    """Every Side's budget in its minor units."""
    return [side.minor(side.budget) for side in plan.side]


def requests(names: Iterable[str], inputs: Inputs) -> list[list[int]]:
    """What each proposal asks of each Side, proposals by Sides, in minor units."""
    by_id = {proposal.id: proposal for proposal in inputs.call.proposals}
    return [[by_id[name].requested(side) for side in inputs.call.plan.plan.side] for name in names]


def merits(places: Sequence[Place], plan: Plan, ranked: RankingResult) -> list[int]:
    """What selection adds up: the ordering total minus the plan's threshold, in millionths."""
    threshold = scores.millionths(plan.review.total_threshold or 0)
    panel = plan.ranking.order_by == "consensus"
    totals = {one.proposal: one.consensus_total if panel else one.mean_total for one in ranked.assessments}
    if plan.ranking.order_by == "calibrated":
        totals |= {row.proposal: row.posterior_mean for row in ranked.calibrated}
    merit = []
    for place in places:
        total = totals[place.proposal]
        if total is None:
            raise InvalidInput(f"{place.proposal} is on the list without a total")
        merit.append(total - threshold)
    return merit


def _coordinating(proposal: Proposal) -> str:
    return next(partner.side for partner in proposal.partners if partner.role == "coordinator")


def _asked(plan: Plan, amounts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(amounts[side] for side in plan.sides)


def _by_side(plan: Plan, amounts: Sequence[int]) -> dict[str, int]:
    return {side: int(amount) for side, amount in zip(plan.sides, amounts, strict=True)}


def _funded(asked: Question, found: selection.Selection) -> Iterator[Funded]:
    for number, version, left in zip(found.funded, found.versions, found.budget_after, strict=True):
        requested = asked.requests[number] if version is None else asked.options["versions"][version].requests
        yield Funded(
            proposal=asked.names[number],
            place=number + 1,
            requested=_by_side(asked.plan, requested),
            remaining=_by_side(asked.plan, left),
            reduced=None if version is None else asked.reductions[version],
        )


def _not_funded(one: selection.NotFunded, asked: Question) -> NotFunded:
    return NotFunded(
        proposal=asked.names[one.proposal],
        place=one.proposal + 1,
        reason=one.reason,
        short=tuple(Shortage(side=asked.plan.sides[side], amount=amount) for side, amount in one.blocking),
        stopped_at=None if one.stopped_at is None else asked.names[one.stopped_at],
        reserve_place=one.reserve_place,
    )


def _topped_up(asked: Question, found: selection.TopUp | None) -> ToppedUp | None:
    if found is None:
        return None
    return ToppedUp(
        joins=tuple(asked.names[number] for number in found.joins),
        added=_by_side(asked.plan, found.added),
        value=found.value,
        bound=found.bound,
    )
