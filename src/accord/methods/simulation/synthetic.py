"""One synthetic call: consortia, requests, topics and marks, each run from a stream of chance of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from accord.methods.simulation.setting import SIDES_OF_A_PROPOSAL, Setting

Whole: TypeAlias = NDArray[np.int64]
Real: TypeAlias = NDArray[np.float64]

_STREAM: Final = "accord/simulation/1"
_DIGITS: Final = 6  # to which a normal draw is rounded, so that it is the same on any machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """A synthetic call. Rows are proposals in the order in which they came; ineligible ones are in it."""

    eligible: NDArray[np.bool_]
    topic: Whole
    coordinator: Whole
    """The coordinator's Side, by number."""
    member: NDArray[np.bool_]
    """Proposals by Sides: whether it has partners there."""
    requests: tuple[tuple[int, ...], ...]
    """Proposals by Sides, in each Side's minor units."""
    country: Whole
    """Proposals by Sides: the country of its partners there, by number among the Side's."""
    marks: Whole
    """Proposals by experts by criteria, counted in steps from the least mark of each scale."""
    ticket: NDArray[np.uint64]
    """What the lottery drew for each; the lowest is first."""


class _Stream:
    """The raw numbers of one run, dealt out in a fixed order."""

    def __init__(self, seed: int, run: int) -> None:
        digest = hashlib.sha256(f"{_STREAM}\x1f{seed}\x1f{run}".encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest))

    def raw(self, *shape: int) -> NDArray[np.uint64]:
        found: NDArray[np.uint64] = self._bits.random_raw(int(np.prod(shape))).reshape(shape)
        return found

    def uniform(self, *shape: int) -> Real:
        """Numbers strictly between 0 and 1."""
        return ((self.raw(*shape) >> np.uint64(12)).astype(np.float64) + 0.5) / float(1 << 52)

    def integers(self, count: int, *shape: int) -> Whole:
        """Numbers of 0 to count - 1."""
        return (self.uniform(*shape) * count).astype(np.int64)

    def normal(self, *shape: int) -> Real:
        found: Real = np.round(ndtri(self.uniform(*shape)), _DIGITS)
        return found


def synthetic(one: Setting, seed: int, run: int) -> Synthetic:
    """The synthetic call of a run: the same for the same plan, number of proposals, model, seed and run."""
    plan, count, sides = one.plan, one.proposals, len(one.plan.side)
    chance = _Stream(seed, run)
    eligible = chance.uniform(count) < one.model.eligible
    topic = chance.integers(len(plan.topic), count)
    coordinator = np.array(one.may_coordinate)[chance.integers(len(one.may_coordinate), count)]
    member = _members(one, coordinator, chance)
    least, most = one.hundredths
    parts = least + chance.integers(most - least + 1, count, sides)
    return Synthetic(
        eligible=eligible,
        topic=topic,
        coordinator=coordinator,
        member=member,
        requests=tuple(
            tuple(amounts[part] if there else 0 for amounts, part, there in zip(one.amounts, row, inside, strict=True))
            for row, inside in zip(parts.tolist(), member.tolist(), strict=True)
        ),
        country=_countries(one, chance),
        marks=_marks(one, chance),
        ticket=chance.raw(count),
    )


def _members(one: Setting, coordinator: Whole, chance: _Stream) -> NDArray[np.bool_]:
    """Who takes part: the Sides that every proposal needs, the coordinator's, and others drawn evenly."""
    count, sides = one.proposals, len(one.required)
    weights = np.array(SIDES_OF_A_PROPOSAL[: max(1, sides - 1)])
    reached = np.cumsum(weights) / weights.sum()
    size = 2 + np.searchsorted(reached[:-1], chance.uniform(count), side="right")
    order = chance.uniform(count, sides)
    order[:, np.array(one.required)] -= 2
    order[np.arange(count), coordinator] -= 2
    fixed = (order < 0).sum(axis=1)
    size = np.minimum(np.maximum(size, fixed), one.most_sides)
    member: NDArray[np.bool_] = np.argsort(np.argsort(order, axis=1), axis=1) < size[:, None]
    return member


def _countries(one: Setting, chance: _Stream) -> Whole:
    choices = np.array([len(side.countries) for side in one.plan.side])
    found: Whole = (chance.uniform(one.proposals, len(choices)) * choices).astype(np.int64)
    return found


def _marks(one: Setting, chance: _Stream) -> Whole:
    """Merit, leniency and noise on each scale; experts take turns, so each has about as many reviews as another."""
    count, experts = one.proposals, one.plan.review.experts_per_proposal
    steps = np.array([criterion.steps for criterion in one.criteria])
    merit = chance.normal(count)
    leniency = chance.normal(one.experts)
    noise = chance.normal(count, experts, len(steps))
    turn = np.arange(count * experts).reshape(count, experts) % one.experts
    model = one.model
    place = (
        model.level
        + model.merit * merit[:, None, None]
        + model.leniency * leniency[turn][:, :, None]
        + model.noise * noise
    )
    found: Whole = np.rint(np.clip(place, 0.0, 1.0) * steps).astype(np.int64)
    return found
