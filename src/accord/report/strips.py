"""Ranks with their uncertainty as small drawings: the credible interval a line, the expected rank a dot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accord.methods.scores import MILLION
from accord.pipeline.steps import ListResult, RankingResult
from accord.plan.model import Plan
from accord.report.figures import decimal, plain
from accord.report.language import Words

WIDTH: Final = 132
MARGIN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One proposal's drawing, and the same in words. `line` is where the last proposal that can be paid stands."""

    lower: str
    upper: str
    expected: str
    line: str | None
    rank: str
    interval: str
    words: str


def strips(plan: Plan, ranked: RankingResult, listed: ListResult, say: Words) -> Mapping[str, Strip]:
    """A drawing a proposal where the list is ordered by calibrated ranks; none else."""
    if ranked.order_by != "calibrated":
        return {}
    number = len(ranked.calibrated)
    share = credible_share(plan)

    def at(rank: int) -> str:
        """Where a rank in millionths stands: the first at the left, the last at the right."""
        part = min(max((rank - MILLION) / ((number - 1) * MILLION), 0), 1) if number > 1 else 0.5
        return f"{MARGIN + part * (WIDTH - 2 * MARGIN):.1f}"

    drawn = {}
    for row in ranked.calibrated:
        low, high = row.interval
        rank, holds = decimal(row.expected_rank, 1), listed.line is not None and low <= listed.line <= high
        words = say(
            "strip.words-line" if holds else "strip.words",
            rank=rank, n=number, share=share, low=plain(low), high=plain(high),
        )  # fmt: skip
        drawn[row.proposal] = Strip(
            lower=at(low),
            upper=at(high),
            expected=at(row.expected_rank),
            line=None if listed.line is None else at(listed.line),
            rank=rank,
            interval=say("strip.interval", low=plain(low), high=plain(high)),
            words=words,
        )
    return drawn


def credible_share(plan: Plan) -> str:
    """The plan's credible interval in percent: `"50"`."""
    return f"{plan.ranking.credible_interval * 100:f}".rstrip("0").rstrip(".")
