"""From marks to totals, criteria and thresholds, exact in whole numbers, as the ranking step has them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from accord.methods.scores import MILLION
from accord.methods.simulation.setting import Setting
from accord.methods.simulation.synthetic import Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the marks say of each proposal: the total that orders it and its criteria, in millionths."""

    total: Whole
    criteria: Whole
    """Proposals by criteria."""
    fundable: NDArray[np.bool_]


def judged(one: Setting, marks: Whole) -> Judged:
    """Totals and thresholds of every proposal, by the plan's review and ranking."""
    review = one.plan.review
    experts = marks.shape[1]
    least = np.array([criterion.least for criterion in one.criteria])
    step = np.array([criterion.step for criterion in one.criteria])
    weight = np.array([criterion.weight for criterion in one.criteria])
    worth = least + step * marks  # of every mark, over the denominator
    totals = _divided((worth * weight).sum(axis=2) * MILLION, one.denominator * one.weight_denominator)
    agreed = least + step * _divided(marks.sum(axis=1), experts)
    agreed_total = (agreed * weight).sum(axis=1) * MILLION
    over = one.denominator * one.weight_denominator
    if review.thresholds_on == "consensus":
        reached = _reached(one, agreed, 1) & _total_reached(one, agreed_total, over)
    elif review.thresholds_on == "mean":
        reached = _reached(one, worth.sum(axis=1), experts) & _total_reached(one, totals.sum(axis=1), experts)
    else:
        reached = _reached(one, _two_middle(worth), 2) & _total_reached(one, _two_middle(totals), 2)
    if one.plan.ranking.order_by == "consensus":
        ordering, criteria = _divided(agreed_total, over), _divided(agreed * MILLION, one.denominator)
    else:
        ordering = _divided(totals.sum(axis=1), experts)
        criteria = _divided(worth.sum(axis=1) * MILLION, one.denominator * experts)
    return Judged(total=ordering, criteria=criteria, fundable=reached)


def _reached(one: Setting, criteria: Whole, times: int) -> NDArray[np.bool_]:
    """Whether every criterion is reached; `criteria` are so many times their worth over the denominator."""
    inside = np.ones(len(criteria), dtype=np.bool_)
    for number, criterion in enumerate(one.criteria):
        if criterion.needed is not None:
            inside &= criteria[:, number] >= ceil(criterion.needed * one.denominator * times)
    return inside


def _total_reached(one: Setting, totals: Whole, times: int) -> NDArray[np.bool_]:
    """Whether the total is reached; `totals` are so many times their millionths."""
    needed: Fraction | None = one.total_needed
    found: NDArray[np.bool_] = np.ones(len(totals), np.bool_) if needed is None else totals >= ceil(needed * times)
    return found


def _two_middle(values: Whole) -> Whole:
    """The sum of the two middle values over the experts: twice the median."""
    ordered = np.sort(values, axis=1)
    count = values.shape[1]
    found: Whole = ordered[:, (count - 1) // 2] + ordered[:, count // 2]
    return found


def _divided(values: Whole, by: int) -> Whole:
    """Whole quotients, halves to even."""
    whole, rest = np.divmod(values, by)
    up = (2 * rest > by) | ((2 * rest == by) & (whole % 2 == 1))
    found: Whole = whole + up
    return found
