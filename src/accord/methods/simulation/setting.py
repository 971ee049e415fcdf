"""The plan's rules as tables of whole numbers, made once for many runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm
from typing import Any, Final

from accord.errors import Infeasible, InvalidInput
from accord.methods.scores import MILLION, millionths
from accord.methods.simulation.values import Model, Simplified
from accord.plan.model import Plan

HUNDREDTHS: Final = 100
SIDES_OF_A_PROPOSAL: Final = (15, 35, 30, 12, 8)  # the weights of 2, 3, … Sides; as in the fictional calls
WITHOUT_A_MOST: Final = 10  # a request is then drawn from a tenth of the budget
LARGEST: Final = 1 << 60  # whole numbers below it add up in 64 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion in whole numbers: a mark m is worth `(least + step * m) / denominator`, unweighted."""

    id: str
    steps: int
    least: int
    step: int
    weight: int
    """Its weight over the weights' own denominator."""
    needed: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything that the runs of one simulation share."""

    plan: Plan
    proposals: int
    model: Model
    experts: int
    required: tuple[bool, ...]
    may_coordinate: tuple[int, ...]
    most_sides: int
    amounts: tuple[tuple[int, ...], ...]
    """By Side and hundredth of the greatest request: the request in minor units."""
    hundredths: tuple[int, int]
    budgets: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    denominator: int
    """Of every mark's worth."""
    weight_denominator: int
    total_needed: Fraction | None
    """The threshold of the total, in millionths."""
    options: Mapping[str, Any]
    """The arguments of `select` that all runs share."""


def setting(plan: Plan, proposals: int, model: Model) -> Setting:
    """Read a plan for its simulation. Raises Infeasible where no proposal can meet its rules on partners."""
    _check(model)
    most_sides = min(len(plan.side), plan.eligibility.partners.max)
    required = tuple(side.partners.min > 0 for side in plan.side)
    coordinating = [number for number, side in enumerate(plan.side) if side.id in plan.eligibility.coordinator_sides]
    if sum(required) >= most_sides:
        coordinating = [number for number in coordinating if required[number]]
    if not coordinating or sum(required) > most_sides:
        needed = ", ".join(side.id for side in plan.side if side.partners.min)
        line = f"at most {most_sides} partners, and each of {needed} and a coordinator are asked for"
        raise Infeasible(f"no proposal can meet the plan: {line}", (line,))
    scales = [(one.scale, Fraction(one.weight)) for one in plan.review.criterion]
    denominator = lcm(*(Fraction(v).denominator for scale, _ in scales for v in (scale.min, scale.step)))
    weights = lcm(*(weight.denominator for _, weight in scales))
    criteria = tuple(
        Criterion(
            id=one.id,
            steps=int((one.scale.max - one.scale.min) / one.scale.step),
            least=int(Fraction(one.scale.min) * denominator),
            step=int(Fraction(one.scale.step) * denominator),
            weight=int(Fraction(one.weight) * weights),
            needed=None if one.threshold is None else Fraction(one.threshold),
        )
        for one in plan.review.criterion
    )
    greatest = sum((abs(one.least) + one.step * one.steps) * one.weight for one in criteria)
    if 2 * plan.review.experts_per_proposal * greatest * MILLION >= LARGEST:
        raise InvalidInput("plan: its scales and weights have too many digits to be simulated; shorten them")
    total = plan.review.total_threshold
    reviews = proposals * plan.review.experts_per_proposal
    return Setting(
        plan=plan,
        proposals=proposals,
        model=model,
        experts=max(plan.review.experts_per_proposal, ceil(Fraction(reviews, plan.review.max_load))),
        required=required,
        may_coordinate=tuple(coordinating),
        most_sides=most_sides,
        amounts=tuple(_amounts(plan, number) for number in range(len(plan.side))),
        hundredths=(round(model.least_request * HUNDREDTHS), round(model.most_request * HUNDREDTHS)),
        budgets=tuple(side.minor(side.budget) for side in plan.side),
        criteria=criteria,
        denominator=denominator,
        weight_denominator=weights,
        total_needed=None if total is None else Fraction(total) * MILLION,
        options=_options(plan),
    )


def threshold(one: Setting) -> int:
    """What merit is counted from: the plan's threshold of the total, in millionths."""
    return millionths(one.plan.review.total_threshold or 0)


def simplified(plan: Plan) -> tuple[Simplified, ...]:
    """The rules of a plan that its simulation carries out in a simpler way."""
    found: dict[Simplified, bool] = {
        "calibrated": plan.ranking.order_by == "calibrated",
        "not-separable": plan.ranking.ties_are == "not-separable",
        "consensus": "consensus" in {plan.ranking.order_by, plan.review.thresholds_on},
        "max-merit": plan.selection.rule == "max-merit",
        "reduced": plan.selection.reduced is not None and plan.selection.reduced.penalty is not None,
        "top-up": bool(plan.selection.top_up),
        "max-share": any(side.max_share is not None for side in plan.side),
    }
    return tuple(key for key, holds in found.items() if holds)


def _amounts(plan: Plan, number: int) -> tuple[int, ...]:
    side = plan.side[number]
    most = side.request.max_per_proposal
    greatest = side.minor(side.budget) // WITHOUT_A_MOST if most is None else side.minor(most)
    least = 0 if side.request.min_per_proposal is None else side.minor(side.request.min_per_proposal)
    return tuple(max(least, greatest * part // HUNDREDTHS) for part in range(HUNDREDTHS + 1))


def _options(plan: Plan) -> dict[str, Any]:
    topics = [topic.id for topic in plan.topic]
    return {
        "topic_min": {row: one.min_funded for row, one in enumerate(plan.topic) if one.min_funded is not None},
        "topic_max": {row: one.max_funded for row, one in enumerate(plan.topic) if one.max_funded is not None},
        "topic_budgets": {
            (number, topics.index(part.topic)): side.minor(part.amount)
            for number, side in enumerate(plan.side)
            for part in side.topic_budgets
        },
        "max_imbalance": plan.selection.max_coordinator_imbalance,
    }


def _check(model: Model) -> None:
    shares = {"eligible": model.eligible, "least_request": model.least_request, "most_request": model.most_request}
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InvalidInput(f"model.{name}: found {share}; give a share between 0 and 1")
    if model.least_request > model.most_request:
        raise InvalidInput("model.least_request: is above most_request; give the smaller share first")
    for name in ("level", "merit", "leniency", "noise"):
        if not 0 <= getattr(model, name) <= 10:
            raise InvalidInput(f"model.{name}: found {getattr(model, name)}; give a part of the scale, 0 to 10")
