"""A call as a meeting changed it: budgets raised, requests cut, and the set that the meeting itself switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from accord.call.values import Partner, Proposal
from accord.methods.scores import millionths
from accord.pipeline.selecting import merits
from accord.pipeline.step import Inputs
from accord.pipeline.steps import Funded, ListResult, NotFunded, RankingResult, SelectionResult, Shortage
from accord.plan.model import Side
from accord.plan.money import amount_text, minor_units

BY_THE_MEETING: Final = "meeting"  # why something is not funded that every Side could pay


def under(inputs: Inputs, budgets: Mapping[str, int], requests: Mapping[tuple[str, str], int]) -> Inputs:
    """The call with a meeting's budgets and requests, in minor units, the latter by proposal and Side.

    The plan's bytes stay the signed ones: it was not changed.
    """
    signed = inputs.call.plan
    sides = tuple(
        side.model_copy(update={"budget": amount_text(budgets[side.id], side.unit)}) for side in signed.plan.side
    )
    proposals = []
    for proposal in inputs.call.proposals:
        changed = proposal
        for side in signed.plan.side:
            asked = requests.get((proposal.id, side.id))
            if asked is not None and asked != proposal.requested(side):
                changed = _asking(changed, side, asked)
        proposals.append(changed)
    plan = replace(signed, plan=signed.plan.model_copy(update={"side": sides}))
    return Inputs(replace(inputs.call, plan=plan, proposals=tuple(proposals)), simulated=inputs.simulated)


def _asking(proposal: Proposal, side: Side, asked: int) -> Proposal:
    """The proposal with another request of a Side, shared among the Side's partners as before, the rest to the first.

    The rules ask for the Side's sum and for who is funded; which partner gives up how much, the Sides agree on.
    """
    theirs = [partner for partner in proposal.partners if partner.side == side.id and partner.funded]
    total = proposal.requested(side)
    parts = [minor_units(partner.requested, side.unit) * asked // total for partner in theirs]
    parts[0] += asked - sum(parts)
    shares = iter(parts)
    partners: list[Partner] = []
    for partner in proposal.partners:
        if partner in theirs:
            partners.append(partner.model_copy(update={"requested": amount_text(next(shares), side.unit)}))
        else:
            partners.append(partner)
    return proposal.model_copy(update={"partners": tuple(partners)})


def as_switched(
    inputs: Inputs,
    by_rule: SelectionResult,
    ranked: RankingResult,
    listed: ListResult,
    on: set[str],
    *,
    reduced: Mapping[str, Funded],
) -> SelectionResult:
    """The meeting's own set in list order; what remains may be below zero, which is for the caller to refuse.

    `reduced` are the reduced versions that the meeting saw and left as they were: they are counted by what they
    take. Nothing is proven of the set: the Sides chose it, and no rule did.
    """
    plan = inputs.call.plan.plan
    by_id = {proposal.id: proposal for proposal in inputs.call.proposals}
    versions = {name: one for name, one in reduced.items() if name in on}
    asked = {name: {side.id: proposal.requested(side) for side in plan.side} for name, proposal in by_id.items()}
    asked |= {name: one.requested for name, one in versions.items()}
    left = {side.id: side.minor(side.budget) for side in plan.side}
    funded = []
    for place in listed.places:
        if place.proposal in on:
            left = {side: have - asked[place.proposal][side] for side, have in left.items()}
            funded.append(
                Funded(
                    proposal=place.proposal,
                    place=place.place,
                    requested=asked[place.proposal],
                    remaining=left,
                    reduced=versions[place.proposal].reduced if place.proposal in versions else None,
                )
            )
    waiting = [place.proposal for place in listed.places if place.fundable and place.proposal not in on]
    reserve = waiting[: plan.selection.reserve]
    not_funded = []
    for place in listed.places:
        name = place.proposal
        if name in on:
            continue
        short = [(side, want - max(left[side], 0)) for side, want in asked[name].items() if want > max(left[side], 0)]
        reason = "budget" if short else BY_THE_MEETING
        not_funded.append(
            NotFunded(
                proposal=name,
                place=place.place,
                reason=reason if place.fundable else "below-threshold",
                short=tuple(Shortage(side=side, amount=lack) for side, lack in short) if place.fundable else (),
                reserve_place=reserve.index(name) + 1 if name in reserve else None,
            )
        )
    merit = zip(listed.places, merits(listed.places, plan, ranked), strict=True)
    penalty = millionths(plan.selection.reduced.penalty or 0) if plan.selection.reduced is not None else 0
    return SelectionResult(
        rule=by_rule.rule,
        funded=tuple(funded),
        reserve=tuple(reserve),
        not_funded=tuple(not_funded),
        budgets=by_rule.budgets,
        remaining=left,
        value=sum(worth for place, worth in merit if place.proposal in on) - penalty * len(versions),
        bound=by_rule.bound,
        optimal=False,
        canonical=False,
        provisional=by_rule.provisional,
    )
