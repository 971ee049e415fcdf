"""The simulation itself: runs in chunks for any map, their outcomes put together in order."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any, Final, Protocol

from accord.errors import InvalidInput
from accord.methods.scores import MILLION, millionths
from accord.methods.simulation.outcome import run_of
from accord.methods.simulation.setting import Setting, setting, simplified
from accord.methods.simulation.values import (
    Chance,
    Distribution,
    Model,
    Quantile,
    Run,
    SideOutcome,
    Simulation,
    TopicOutcome,
)
from accord.plan.model import Plan

CHUNK: Final = 50  # runs of one task; changes no result
PERCENTS: Final = (5, 25, 50, 75, 95)
MOST_PROPOSALS: Final = 30_000
MOST_RUNS: Final = 1_000_000


class Map(Protocol):
    """Something like Python's `map`: applies a function to every task and keeps their order."""

    def __call__(self, function: Callable[[Any], Any], tasks: Iterable[Any], /) -> Iterable[Any]:
        """The function's result for each task, in the tasks' order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Some runs of a simulation, for whoever works on them."""

    plan: Plan
    proposals: int
    model: Model
    seed: int
    runs: tuple[int, ...]


def simulate(
    plan: Plan,
    *,
    proposals: int = 100,
    runs: int = 1000,
    seed: int = 1,
    model: Model | None = None,
    map: Map = builtins.map,  # noqa: A002 - it stands for Python's own
    progress: Callable[[str, int, int], None] | None = None,
) -> Simulation:
    """Tell what a plan would do, from synthetic calls under its rules.

    `proposals` is how many proposals each synthetic call has, `runs` how many calls there are, 2 or more; `model`
    says how they are drawn. Each run has a stream of chance of its own, from the seed and the run's number, and
    results are put together in their order as whole numbers: the same arguments give the same answer, whatever the
    workers. `map` is where they come in: Python's own `map`, the one of a process pool, or any that keeps the order;
    the function and the tasks that it gets can be pickled. `progress` is called with a step's name, how many runs
    are done, and of how many.

    Raises InvalidInput for a number that is none, and Infeasible where no proposal can meet the plan.
    """
    for name, value, least, most in (
        ("proposals", proposals, 1, MOST_PROPOSALS),
        ("runs", runs, 2, MOST_RUNS),
        ("seed", seed, -(10**18), 10**18),
    ):
        if not _whole(value) or not least <= value <= most:
            raise InvalidInput(f"{name}: found {value!r}; give a whole number from {least} to {most}")
    drawn = Model() if model is None else model
    one = setting(plan, proposals, drawn)
    tasks = [
        Task(plan=plan, proposals=proposals, model=drawn, seed=seed, runs=tuple(range(first, min(first + CHUNK, runs))))
        for first in range(0, runs, CHUNK)
    ]
    done = list[Run]()
    for part in map(outcomes, tasks):
        done += part
        if progress is not None:
            progress("simulation", len(done), runs)
    return _simulation(one, done, seed)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def outcomes(task: Task) -> tuple[Run, ...]:
    """The runs of a task, one after another."""
    one = setting(task.plan, task.proposals, task.model)
    return tuple(run_of(one, task.seed, run) for run in task.runs)


def distribution(values: Iterable[int]) -> Distribution:
    """The distribution of whole numbers, two or more; errors and quantiles in exact arithmetic."""
    ordered = sorted(values)
    count, total = len(ordered), sum(ordered)
    spread = count * sum(value * value for value in ordered) - total * total
    return Distribution(
        mean=millionths(Fraction(total, count)),
        error=isqrt(spread * MILLION**2 // (count * count * (count - 1))),
        least=ordered[0],
        greatest=ordered[-1],
        quantiles=tuple(_quantile(ordered, percent) for percent in PERCENTS),
    )


def _quantile(ordered: Sequence[int], percent: int) -> Quantile:
    """The inverse of the empirical distribution, and the order statistics that hold it with 95% confidence."""
    count = len(ordered)
    place = -(-count * percent // 100)
    # 1.96 standard deviations of how many of the runs lie below: sqrt(n p (1 - p)).
    reach = isqrt(count * percent * (100 - percent) * 196**2 // 100**4) + 1
    return Quantile(
        percent=percent,
        value=ordered[max(place, 1) - 1],
        low=ordered[max(place - reach, 1) - 1],
        high=ordered[min(place + reach, count) - 1],
    )


def chance(happened: Iterable[bool]) -> Chance:
    """In how many runs something happened."""
    told = list(happened)
    count, found = len(told), sum(told)
    return Chance(
        runs=found,
        share=millionths(Fraction(found, count)),
        error=isqrt(found * (count - found) * MILLION**2 // count**3),
    )


def _simulation(one: Setting, runs: Sequence[Run], seed: int) -> Simulation:
    review = one.plan.review
    experts = review.experts_per_proposal

    def needed(reviews: int) -> int:
        return -(-reviews // review.max_load)

    return Simulation(
        runs=len(runs),
        proposals=one.proposals,
        seed=seed,
        model=one.model,
        eligible=distribution(run.eligible for run in runs),
        fundable=distribution(run.fundable for run in runs),
        tied=distribution(run.tied for run in runs),
        by_lot=distribution(run.by_lot for run in runs),
        funded=distribution(run.funded for run in runs),
        funded_runs=tuple(sorted(Counter(run.funded for run in runs).items())),
        nobody_out=chance(not any(run.out) for run in runs),
        refused=chance(run.refused for run in runs),
        unmet=chance(run.unmet for run in runs),
        sides=tuple(_sides(one, runs)),
        topics=tuple(
            TopicOutcome(
                topic=topic.id,
                eligible=distribution(run.topic_eligible[number] for run in runs),
                funded=distribution(run.topic_funded[number] for run in runs),
                experts=distribution(needed(run.topic_eligible[number] * experts) for run in runs),
            )
            for number, topic in enumerate(one.plan.topic)
        ),
        reviews=distribution(run.eligible * experts for run in runs),
        experts=distribution(needed(run.eligible * experts) for run in runs),
        side_experts=distribution(needed(run.eligible * review.min_experts_per_side) for run in runs),
        simplified=simplified(one.plan),
    )


def _sides(one: Setting, runs: Sequence[Run]) -> Iterator[SideOutcome]:
    for number, side in enumerate(one.plan.side):
        budget = one.budgets[number]
        yield SideOutcome(
            side=side.id,
            unit=side.unit,
            budget=budget,
            used=distribution(run.used[number] for run in runs),
            part=distribution(millionths(Fraction(run.used[number], max(budget, 1))) for run in runs),
            first=chance(run.first[number] for run in runs),
            out=chance(run.out[number] for run in runs),
            coordinated=distribution(run.coordinated[number] for run in runs),
        )
