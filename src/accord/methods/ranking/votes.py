"""Votes as the ranking model takes them: columns of whole numbers, checked, centred, brought to a range of 5."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from numbers import Real

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from accord.errors import InvalidInput
from accord.methods.ranking.priors import PRIOR_RANGE
from accord.methods.ranking.quadrature import Vector

Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Votes:
    """Who scored what, as whole numbers from 0, with totals centred and brought to a range of 5.

    `proposal`, `expert`, `panel` and `total` have one entry a vote, by proposal and expert; `sizes` counts
    proposals, experts and panels (0 panels: the model has no panel effect, and `panel` is not read).
    """

    proposal: Indices
    expert: Indices
    panel: Indices
    total: Vector
    sizes: tuple[int, int, int]

    @cached_property
    def incidence(self) -> csr_array:
        """A row a proposal, a column an expert, 1 where the expert scored the proposal."""
        proposals, experts, _ = self.sizes
        ones = np.ones(self.total.size)
        return csr_array((ones, (self.proposal, self.expert)), shape=(proposals, experts))

    @cached_property
    def per_proposal(self) -> Vector:
        """Votes of each proposal."""
        return np.bincount(self.proposal, minlength=self.sizes[0]).astype(np.float64)

    @cached_property
    def per_expert(self) -> Vector:
        """Votes of each expert."""
        return np.bincount(self.expert, minlength=self.sizes[1]).astype(np.float64)

    @cached_property
    def proposal_panels(self) -> Vector:
        """Votes of each proposal in each panel."""
        return self._panel_counts(self.proposal, self.sizes[0])

    @cached_property
    def expert_panels(self) -> Vector:
        """Votes of each expert in each panel."""
        return self._panel_counts(self.expert, self.sizes[1])

    def _panel_counts(self, rows: Indices, size: int) -> Vector:
        panels = self.sizes[2]
        counts = np.zeros((size, panels))
        if panels:
            np.add.at(counts, (rows, self.panel), 1.0)
        return counts

    @property
    def spread_within(self) -> float:
        """The standard deviation of the votes within proposals; 0 where no proposal has two."""
        sums = np.bincount(self.proposal, self.total, minlength=self.sizes[0])
        within = float(((self.total - (sums / self.per_proposal)[self.proposal]) ** 2).sum())
        return math.sqrt(within / max(self.total.size - self.sizes[0], 1))

    def alike(self) -> list[list[int]]:
        """Groups of two proposals or more that the same experts scored the same, in the same panels."""
        found: dict[tuple[tuple[int, int, float], ...], list[int]] = {}
        ballots = list(zip(self.expert.tolist(), self.panel.tolist(), self.total.tolist(), strict=True))
        firsts = np.searchsorted(self.proposal, np.arange(self.sizes[0] + 1)).tolist()
        for row, (first, end) in enumerate(pairwise(firsts)):
            found.setdefault(tuple(ballots[first:end]), []).append(row)
        return [rows for rows in found.values() if len(rows) > 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """Checked votes with what they came from: ids by their number, plain means, and the score's units.

    `centre` is the mean of the proposals' means and `unit` a fifth of the scale's range, on the score's scale.
    """

    votes: Votes
    proposals: list[Hashable]
    experts: list[Hashable]
    means: Vector
    centre: float
    unit: float


def ballots(
    proposal: Sequence[Hashable],
    expert: Sequence[Hashable],
    score: Sequence[float],
    scale: tuple[float, float],
    panel: Sequence[Hashable] | None,
) -> Ballots:
    """Check the columns of votes and number their ids in the order of their text; raises InvalidInput."""
    low, high = _checked_scale(scale)
    _check_column("score", score)
    totals = _checked_scores(score, low, high)
    columns = {"proposal": proposal, "expert": expert} | ({} if panel is None else {"panel": panel})
    for name, column in columns.items():
        _check_column(name, column)
        if len(column) != len(totals):
            raise InvalidInput(f"{name}: found {len(column)} entries for {len(totals)} scores; give one a vote")
    proposals, proposal_index = _indexed("proposal", proposal)
    experts, expert_index = _indexed("expert", expert)
    panels, panel_index = _indexed("panel", [0] * len(totals) if panel is None else panel)
    order = np.lexsort((expert_index, proposal_index))
    pairs = proposal_index[order] * len(experts) + expert_index[order]
    for twice in order[1:][pairs[1:] == pairs[:-1]]:
        raise InvalidInput(
            f"expert: {expert[twice]!r} scored proposal {proposal[twice]!r} twice; give one total a pair"
        )
    proposal_index, sorted_totals = proposal_index[order], totals[order]
    ends = np.cumsum(np.bincount(proposal_index))
    means = np.array([math.fsum(one) / one.size for one in np.split(sorted_totals, ends[:-1])])
    centre, unit = math.fsum(means) / means.size, (high - low) / PRIOR_RANGE
    votes = Votes(
        proposal=proposal_index,
        expert=expert_index[order],
        panel=panel_index[order],
        total=(sorted_totals - centre) / unit,
        sizes=(len(proposals), len(experts), len(panels) if len(panels) > 1 else 0),
    )
    return Ballots(votes=votes, proposals=proposals, experts=experts, means=means, centre=centre, unit=unit)


def _check_column(name: str, column: object) -> None:
    # A set has no order of its own, and a mapping gives its keys.
    listed = hasattr(column, "__getitem__") and hasattr(column, "__len__")
    if not listed or isinstance(column, str | bytes | Mapping):
        raise InvalidInput(f"{name}: found {type(column).__name__}; give a sequence, one entry a vote")


def _checked_scale(scale: object) -> tuple[float, float]:
    if not isinstance(scale, Sequence) or len(scale) != 2:
        raise InvalidInput(f"scale: found {scale!r}; give the least and the largest score, as two numbers")
    low, high = _numbers("scale", scale)
    if not low < high:
        raise InvalidInput(f"scale: found {low:g} to {high:g}; give the least score first, then a larger one")
    return low, high


def _checked_scores(score: Sequence[float], low: float, high: float) -> Vector:
    if len(score) == 0:
        raise InvalidInput("score: found no votes; give at least one")
    totals = np.array(_numbers("score", score))
    for off in np.flatnonzero((totals < low) | (totals > high)):
        raise InvalidInput(f"score: entry {off} is {totals[off]:g}; give scores from {low:g} to {high:g} (scale)")
    return totals


def _numbers(name: str, values: Iterable[object]) -> list[float]:
    numbers = []
    for place, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, Real) or not _is_finite(value):
            raise InvalidInput(f"{name}: entry {place} is {value!r}; give a finite number")
        numbers.append(float(value))
    return numbers


def _is_finite(value: Real) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number too large for a float
        return False


def _indexed(name: str, column: Sequence[Hashable]) -> tuple[list[Hashable], Indices]:
    """The distinct ids in the order of their text, and each entry's place among them."""
    if len(column) == 0:
        raise InvalidInput(f"{name}: found no votes; give at least one")
    try:
        distinct = sorted(set(column), key=str)
    except TypeError:
        raise InvalidInput(f"{name}: found an id that cannot be hashed; give texts or numbers") from None
    for one in distinct:
        if one is None or (isinstance(one, float) and math.isnan(one)):
            raise InvalidInput(f"{name}: found {one!r}; give an id for every vote")
    for one, following in pairwise(distinct):
        if str(one) == str(following):
            raise InvalidInput(f"{name}: {one!r} and {following!r} have the same text; give ids of different text")
    place = {one: index for index, one in enumerate(distinct)}
    return distinct, np.array([place[one] for one in column], dtype=np.intp)
