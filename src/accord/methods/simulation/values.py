"""What a simulation is made of, and what it gives: frozen values, in whole numbers wherever they are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

METHOD: Final = "simulation"
VERSION: Final = "1"

Simplified: TypeAlias = Literal[
    "calibrated", "not-separable", "consensus", "max-merit", "reduced", "top-up", "max-share"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How synthetic proposals, requests and scores are drawn; shares are between 0 and 1.

    A mark stands at `level + merit * a + leniency * b + noise * c` of its scale, cut to the scale and rounded to its
    step, with standard normal a (one a proposal), b (one an expert) and c (one a mark): the model of
    `accord run --simulate-reviews`. A request is drawn evenly, in hundredths, between two shares of the most that
    the Side gives to one proposal; where the plan names no such amount, of a tenth of its budget.
    """

    eligible: float = 0.95
    """The chance of a proposal to be eligible."""
    least_request: float = 0.45
    most_request: float = 0.98
    level: float = 0.68
    merit: float = 0.16
    leniency: float = 0.08
    noise: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A value that a share of the runs, in percent, does not exceed; `low` and `high` hold it with 95% confidence."""

    percent: int
    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A whole number over all runs: its mean with the Monte Carlo error of one standard deviation, in millionths."""

    mean: int
    error: int
    least: int
    greatest: int
    quantiles: tuple[Quantile, ...]
    """At 5, 25, 50, 75 and 95 percent."""

    def at(self, percent: int) -> int:
        """The quantile at 5, 25, 50, 75 or 95 percent."""
        return next(one.value for one in self.quantiles if one.percent == percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """In how many runs something happened, its share in millionths, and the standard error of that share."""

    runs: int
    share: int
    error: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOutcome:
    """What the runs say of one Side, in its own minor units."""

    side: str
    unit: str
    budget: int
    used: Distribution
    """What the funded proposals ask of it."""
    part: Distribution
    """The same in millionths of its budget; of a budget of zero nothing is used."""
    first: Chance
    """It is the first that cannot pay a place of the list; two Sides that fail at the same place are both first."""
    out: Chance
    """It cannot pay some place of the list."""
    coordinated: Distribution
    """How many funded proposals it coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOutcome:
    """What the runs say of one topic."""

    topic: str
    eligible: Distribution
    funded: Distribution
    experts: Distribution
    """The least number of experts who take its reviews, each as many as the plan allows and of no other topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a plan would do: distributions over `runs` synthetic calls of `proposals` proposals each."""

    runs: int
    proposals: int
    seed: int
    model: Model
    eligible: Distribution
    fundable: Distribution
    """Eligible proposals that reach every threshold."""
    tied: Distribution
    """Fundable proposals that have the same place as another before ties are broken."""
    by_lot: Distribution
    """Fundable proposals whose place the lottery decides."""
    funded: Distribution
    funded_runs: tuple[tuple[int, int], ...]
    """(number funded, in how many runs), ascending."""
    nobody_out: Chance
    """Every Side pays all that the list asks of it."""
    refused: Chance
    """The plan refuses to break a tie that is left; the run then goes on by lot."""
    unmet: Chance
    """No set meets the plan's limits; the run then goes on without them, as a walk does."""
    sides: tuple[SideOutcome, ...]
    topics: tuple[TopicOutcome, ...]
    reviews: Distribution
    """How many reviews the eligible proposals need."""
    experts: Distribution
    """The least number of experts who take these reviews, each as many as the plan allows."""
    side_experts: Distribution
    """The least number of experts of one Side who meet the plan's quota of Sides."""
    simplified: tuple[Simplified, ...]
    """The rules of the plan that the simulation carries out in a simpler way."""
    method: str = METHOD
    version: str = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one synthetic call comes to; a tuple has one entry a Side or a topic."""

    eligible: int
    fundable: int
    tied: int
    by_lot: int
    refused: bool
    unmet: bool
    funded: int
    used: tuple[int, ...]
    coordinated: tuple[int, ...]
    out: tuple[bool, ...]
    first: tuple[bool, ...]
    topic_eligible: tuple[int, ...]
    topic_funded: tuple[int, ...]
