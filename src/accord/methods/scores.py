"""Scores into totals: exact weighted totals in millionths, thresholds, and simulated scores for trying a plan."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Annotated, Final

import numpy as np
from scipy.special import ndtri

from accord.call.values import ConsensusScore, Score
from accord.plan.model import Review
from accord.plan.practice import type_of_list
from accord.plan.types import Block

METHOD: Final = "scores"
VERSION: Final = "1"
MILLION: Final = 1_000_000


class Total(Block):
    """One expert's weighted total for one proposal, in millionths."""

    proposal: str
    expert: str
    total: int


class MissedThreshold(Block):
    """A threshold that a proposal did not reach; no criterion means the total. In millionths."""

    criterion: str | None = None
    reached: int
    needed: int


class Assessment(Block):
    """What the scores of one proposal say: number of reviews, totals and criteria in millionths, thresholds.

    `criteria` are those that order the list (the panel's, or the means), by which ties are broken. `judged` is
    False where what the plan's thresholds look at is not there; such a proposal is not fundable.
    """

    proposal: str
    reviews: int
    mean_total: int | None
    consensus_total: int | None = None
    criteria: dict[str, int]
    judged: bool = True
    missed: Annotated[tuple[MissedThreshold, ...], type_of_list] = ()


def millionths(value: Fraction | Decimal | int) -> int:
    """A number in whole millionths, halves to even."""
    return round(Fraction(value) * MILLION)


def totals(review: Review, scores: Sequence[Score]) -> tuple[Total, ...]:
    """Each review's weighted total, sum of weight times score over the criteria, by proposal and expert."""
    weights = {criterion.id: Fraction(criterion.weight) for criterion in review.criterion}
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for score in scores:
        sums[score.proposal, score.expert] += weights[score.criterion] * Fraction(score.score)
    return tuple(
        Total(proposal=proposal, expert=expert, total=millionths(total))
        for (proposal, expert), total in sorted(sums.items())
    )


def scale_of_totals(review: Review) -> tuple[float, float]:
    """The least and greatest weighted total that the plan's criteria allow."""
    least = sum(Fraction(one.weight) * Fraction(one.scale.min) for one in review.criterion)
    greatest = sum(Fraction(one.weight) * Fraction(one.scale.max) for one in review.criterion)
    return float(least), float(greatest)


def assessments(
    review: Review,
    proposals: Sequence[str],
    scores: Sequence[Score],
    consensus: Sequence[ConsensusScore] = (),
    *,
    order_by: str = "mean",
) -> tuple[Assessment, ...]:
    """What the scores of each proposal say, in the proposals' order; without a score a mean is None.

    Thresholds are judged on the plan's `thresholds_on`: the mean or the median over experts (of the total: over
    the experts' totals), or the panel's consensus. The criteria told are the panel's where `order_by` is
    "consensus", else the means.
    """
    given: dict[str, dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        given[score.proposal][score.criterion].append(Fraction(score.score))
    per_review: dict[str, list[Fraction]] = defaultdict(list)
    for total in totals(review, scores):
        per_review[total.proposal].append(Fraction(total.total, MILLION))
    agreed: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for one in consensus:
        agreed[one.proposal][one.criterion] = Fraction(one.score)
    return tuple(
        _assessment(review, proposal, given[proposal], per_review[proposal], agreed[proposal], order_by=order_by)
        for proposal in proposals
    )


def _assessment(
    review: Review,
    proposal: str,
    given: Mapping[str, Sequence[Fraction]],
    per_review: Sequence[Fraction],
    agreed: Mapping[str, Fraction],
    *,
    order_by: str,
) -> Assessment:
    weights = {criterion.id: Fraction(criterion.weight) for criterion in review.criterion}
    agreed_total = sum((weights[name] * score for name, score in agreed.items()), Fraction(0)) if agreed else None
    criteria: dict[str, Fraction] = {}
    total: Fraction | None = None
    if review.thresholds_on == "consensus":
        criteria, total = dict(agreed), agreed_total
    elif per_review:
        middle = _mean if review.thresholds_on == "mean" else median
        criteria = {name: Fraction(middle(given[name])) for name in weights}
        total = Fraction(middle(per_review))
    missed = [
        MissedThreshold(criterion=one.id, reached=millionths(criteria[one.id]), needed=millionths(one.threshold))
        for one in review.criterion
        if one.threshold is not None and one.id in criteria and criteria[one.id] < Fraction(one.threshold)
    ]
    if review.total_threshold is not None and total is not None and total < Fraction(review.total_threshold):
        missed.append(MissedThreshold(reached=millionths(total), needed=millionths(review.total_threshold)))
    means = {name: _mean(given[name]) for name in weights} if per_review else {}
    return Assessment(
        proposal=proposal,
        reviews=len(per_review),
        mean_total=millionths(_mean(per_review)) if per_review else None,
        consensus_total=None if agreed_total is None else millionths(agreed_total),
        criteria={name: millionths(value) for name, value in (agreed if order_by == "consensus" else means).items()},
        judged=total is not None,
        missed=tuple(missed),
    )


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def simulated_scores(review: Review, pairs: Sequence[tuple[str, str]], *, seed: int) -> tuple[Score, ...]:
    """Made-up scores for trying a plan: a proposal's merit, the expert's leniency, and noise, on each scale.

    `pairs` are proposal and expert. Each draw depends on the seed and the names alone, so that one more pair
    changes no other pair's scores. The spread is that of three-expert panels: merit .16 of the scale, leniency
    and noise .08 each.
    """
    rows = []
    for proposal, expert in sorted(pairs):
        merit = _normal(seed, "merit", proposal)
        leniency = _normal(seed, "leniency", expert)
        for criterion in review.criterion:
            scale = criterion.scale
            noise = _normal(seed, "noise", proposal, expert, criterion.id)
            place = min(max(0.68 + 0.16 * merit + 0.08 * leniency + 0.08 * noise, 0.0), 1.0)
            steps = int((scale.max - scale.min) / scale.step)
            score = scale.min + scale.step * round(place * steps)
            rows.append(Score(proposal=proposal, expert=expert, criterion=criterion.id, score=score))
    return tuple(rows)


def _normal(seed: int, *names: str) -> float:
    """A standard normal draw that the seed and the names decide, rounded so that it is the same anywhere."""
    content = "\x1f".join(("accord/simulated-scores/1", str(seed), *names)).encode()
    uniform = (int.from_bytes(hashlib.sha256(content).digest()[:4], "big") + 0.5) / 2**32
    return round(float(ndtri(np.float64(uniform))), 6)
