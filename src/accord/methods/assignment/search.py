"""The optimum of an assignment with its prices: first the values, then the weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from accord.methods.assignment.flow import LACK, Constraints, Flow, cheapest_flow, settled_potentials
from accord.methods.assignment.prices import AssignmentPrices, tie_weights
from accord.methods.assignment.problem import AssignmentProblem, Integers, Mask, contains, merged
from accord.methods.assignment.scan import LevelPrices, Values, best_pairs, most_of_rows, paying_pairs

# Up to so many open pairs are all given to the solver at once.
_ALL_AT_ONCE = 10_000
# Else it starts with so many of each proposal's best experts, and the best of each Side with a quota,
# and is given so many more a proposal, twice as many each time.
_BEST, _BEST_OF_SIDE, _MORE = 32, 8, 16


class Level(Protocol):
    """One level's pairs: what each is worth, and which are worth to be listed."""

    def first(self) -> Integers:
        """The keys of the pairs to start with."""

    def of_keys(self, keys: Integers) -> Integers:
        """What the pairs with these keys are worth."""

    def paying(self, prices: LevelPrices, listed: Integers, count: int) -> Integers:
        """The keys of pairs that are not listed and worth more than their prices, the best `count` a row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirstLevel:
    """All open pairs, by their values."""

    values: Values
    fast: bool

    def first(self) -> Integers:
        problem = self.values.problem
        if problem.proposals * problem.experts <= _ALL_AT_ONCE:
            keys = np.arange(problem.proposals * problem.experts)
            return keys[self.values.is_open(keys)]
        lists = [best_pairs(self.values, _BEST, fast=self.fast)]
        for side in range(len(problem.sides)):
            columns = np.flatnonzero(problem.side_of == side)
            lists.append(best_pairs(self.values, _BEST_OF_SIDE, columns, fast=self.fast))
        return merged(*lists)

    def of_keys(self, keys: Integers) -> Integers:
        return self.values.of_keys(keys)

    def paying(self, prices: LevelPrices, listed: Integers, count: int) -> Integers:
        # Of the listed pairs only those assigned can pay, no more than a proposal's demand.
        most = count + int(self.values.problem.demand.max(initial=0))
        found = paying_pairs(self.values, prices, 1, most=most)
        return _best_unlisted(found, listed, self.values.problem.experts, count)


@dataclass(slots=True, kw_only=True, eq=False)
class SecondLevel:
    """The open pairs that are worth exactly their prices on the first level, by their weights.

    Mostly they are few, and all listed at once: then nothing is left to look for.
    """

    values: Values
    prices: LevelPrices
    all_listed: bool = False

    def _tied(self) -> Iterator[tuple[Integers, Integers]]:
        for keys, beyond in paying_pairs(self.values, self.prices, 0):
            tied = keys[beyond == 0]
            yield tied, self.of_keys(tied)

    def first(self) -> Integers:
        problem = self.values.problem
        some, many = [np.zeros(0, dtype=np.int64)], problem.proposals * _BEST + _ALL_AT_ONCE
        found = 0
        for keys, weights in self._tied():
            found += keys.size
            some.append(keys if found <= many else most_of_rows(keys, weights, problem.experts, _BEST))
        listed = np.sort(np.concatenate(some))
        self.all_listed = listed.size == found
        return listed

    def of_keys(self, keys: Integers) -> Integers:
        return tie_weights(self.values.problem.seed, keys)

    def paying(self, prices: LevelPrices, listed: Integers, count: int) -> Integers:
        if self.all_listed:
            return np.zeros(0, dtype=np.int64)

        def beyond() -> Iterator[tuple[Integers, Integers]]:
            for keys, weights in self._tied():
                ahead = _beyond(self.values.problem, keys, weights, prices)
                yield keys[ahead > 0], ahead[ahead > 0]

        return _best_unlisted(beyond(), listed, self.values.problem.experts, count)


def _beyond(problem: AssignmentProblem, keys: Integers, worth: Integers, prices: LevelPrices) -> Integers:
    rows, columns = problem.rows_and_columns(keys)
    ahead: Integers = worth - prices.proposal[rows] - prices.expert[columns]
    side = problem.side_of[columns]
    of_side = np.flatnonzero(side >= 0)
    ahead[of_side] += prices.side[rows[of_side], side[of_side]]
    return ahead


def _best_unlisted(pairs: Iterator[tuple[Integers, Integers]], listed: Integers, experts: int, count: int) -> Integers:
    found = [np.zeros(0, dtype=np.int64)]
    for keys, beyond in pairs:
        new = ~contains(listed, keys)
        if new.any():
            found.append(most_of_rows(keys[new], beyond[new], experts, count))
    return np.concatenate(found)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """The best assignment: the keys of all its pairs, what it lacks, and the prices of both levels.

    `lack` is per proposal, then per proposal and Side with a quota; `unused` per expert.
    """

    keys: Integers
    lack: Integers
    unused: Integers
    prices: AssignmentPrices

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lack.any() and not self.unused.any()


def best_assignment(values: Values, *, weighed: bool = True, partial: bool = False) -> Optimum:
    """Maximise the sum of the values of open pairs, then of their weights.

    The second level chooses among the optima of the first: pairs whose reduced value is not zero stay as
    they are, and a limit with a price above zero stays exactly met (complementary slackness). Without
    `weighed` it is left out, and its prices are zero. Where no assignment exists as few pairs as possible are
    lacking, and unless `partial` asks for such an answer the second level is left out.
    """
    problem = values.problem
    fast = problem.is_large
    constraints = first_constraints(problem, partial=partial)
    flow, prices = _maximise(constraints, FirstLevel(values=values, fast=fast), fast=fast)
    chosen = flow.keys[flow.assigned]
    second = LevelPrices(
        proposal=np.zeros_like(prices.proposal), side=np.zeros_like(prices.side), expert=np.zeros_like(prices.expert)
    )
    lack, unused = flow.lack, flow.phantom
    if weighed and (partial or flow.is_whole):
        beyond = _beyond(problem, chosen, values.of_keys(chosen), prices)
        tied, settled = chosen[beyond == 0], chosen[beyond > 0]
        among = _second_constraints(problem, constraints, prices, np.concatenate([settled, problem.forced]))
        flow, second = _maximise(among, SecondLevel(values=values, prices=prices), fast=fast, tied=tied)
        chosen = np.concatenate([settled, flow.keys[flow.assigned]])
        lack, unused = flow.lack, flow.phantom
    return Optimum(
        keys=np.sort(np.concatenate([chosen, problem.forced])),
        lack=lack,
        unused=unused,
        prices=AssignmentPrices(
            proposal=np.stack([prices.proposal, second.proposal], axis=-1),
            side=np.stack([prices.side, second.side], axis=-1),
            expert=np.stack([prices.expert, second.expert], axis=-1),
        ),
    )


def first_constraints(problem: AssignmentProblem, *, partial: bool = False) -> Constraints:
    """What is left to meet once the forced pairs are in; quotas within the demand, loads not below zero."""
    need, _ = fitting_need(problem)
    load = problem.loads(problem.forced)
    least = (problem.load_min - load).clip(0)
    demand = (problem.demand - problem.counts(problem.forced)).clip(0) - need.sum(axis=1)
    supply = np.concatenate([demand, need.ravel()])
    # More than a proposal's places cannot leave it.
    return Constraints(
        side_of=problem.side_of,
        sides=len(problem.sides),
        supply=supply,
        spare=np.full(need.size, problem.experts + 1),
        least=least,
        room=(problem.load_max - load - least).clip(0, problem.proposals),
        lack_cost=np.full(supply.size, LACK),
        phantom_cost=np.full(least.size, LACK),
        partial=partial,
    )


def fitting_need(problem: AssignmentProblem) -> tuple[Integers, Integers]:
    """What the quotas need once the forced pairs are in, as far as the demand has room, and what has none.

    Both proposals by Sides with a quota.
    """
    need = (problem.quota - problem.side_counts(problem.forced)).clip(0)
    places = (problem.demand - problem.counts(problem.forced)).clip(0)
    left = places[:, None] - (np.cumsum(need, axis=1) - need)
    fitting: Integers = np.minimum(need, left.clip(0))
    return fitting, need - fitting


def _second_constraints(
    problem: AssignmentProblem, first: Constraints, prices: LevelPrices, settled: Integers
) -> Constraints:
    taken, load = problem.side_counts(settled), problem.loads(settled)
    need = (problem.quota - taken).clip(0)
    least = np.where(prices.expert > 0, problem.load_max, problem.load_min) - load
    most = np.where(prices.expert < 0, problem.load_min, problem.load_max) - load
    supply = np.concatenate([problem.demand - problem.counts(settled) - need.sum(axis=1), need.ravel()])
    places = (prices.proposal[:, None] - prices.side).ravel()
    costs = np.concatenate([prices.proposal, places])
    return replace(
        first,
        supply=supply,
        spare=np.where(prices.side.ravel() > 0, 0, problem.experts + 1),
        least=least.clip(0),
        room=(most - least.clip(0)).clip(0, problem.proposals),
        # Only what lacks at no loss on the first level may lack.
        lack_cost=np.where(costs == -LACK, 0, LACK) if first.partial else first.lack_cost,
        phantom_cost=np.where(prices.expert == -LACK, 0, LACK) if first.partial else first.phantom_cost,
    )


def _maximise(
    constraints: Constraints, level: Level, *, fast: bool, tied: Integers | None = None
) -> tuple[Flow, LevelPrices]:
    """Column generation: solve on some pairs, price all of them exactly, add what pays, repeat.

    The prices returned are settled over all open pairs, so that they too are a function of the input alone.
    """
    listed = level.first() if tied is None else merged(level.first(), tied)
    worth = level.of_keys(listed)
    more = _MORE
    # What lacks costs a little more than a pair can bring, at first: prices stay near those of the optimum.
    lack = min(2 * int(np.abs(worth).max(initial=0)) + 1, LACK)
    while True:
        bounded = replace(
            constraints,
            lack_cost=np.minimum(constraints.lack_cost, lack),
            phantom_cost=np.minimum(constraints.phantom_cost, lack),
        )
        flow = cheapest_flow(bounded, listed, level.of_keys(listed), fast=fast)
        paying = level.paying(_prices(constraints, flow.potential), listed, more)
        if not paying.size and lack < LACK and _lacks_at(bounded, flow, lack):
            lack = min(lack << 8, LACK)
            continue
        if not paying.size:
            if not flow.is_whole and not constraints.partial:
                return flow, _prices(constraints, flow.potential)
            settled, reached = settled_potentials(constraints, flow, fast=fast)
            if not reached.all():
                paying = level.paying(_prices(constraints, _to_reach(constraints, settled, reached)), listed, more)
            if not paying.size:
                prices = _prices(constraints, settled)
                paying = level.paying(prices, listed, more)
                if not paying.size:
                    return flow, prices
        listed, more = merged(listed, paying), 2 * more


def _lacks_at(constraints: Constraints, flow: Flow, cost: int) -> bool:
    """Whether anything lacks at this cost."""
    lacking = (flow.lack > 0) & (constraints.lack_cost == cost)
    unused = (flow.phantom > 0) & (constraints.phantom_cost == cost)
    return bool(lacking.any() or unused.any())


def _to_reach(constraints: Constraints, settled: Integers, reached: Mask) -> Integers:
    """Potentials at which a pair pays if it leads from what the sink reaches to what it does not reach yet."""
    first_expert = constraints.first_expert
    probe = np.where(reached, settled, 2 * LACK)
    probe[first_expert:][~reached[first_expert:]] = LACK
    return probe


def _prices(constraints: Constraints, potential: Integers) -> LevelPrices:
    """The prices of proposals, of their quotas and of experts, from the potentials of the network."""
    proposals, first_expert, sink = constraints.proposals, constraints.first_expert, constraints.sink
    of_proposal = potential[:proposals] - potential[sink]
    of_place = (potential[proposals:first_expert] - potential[sink]).reshape(proposals, constraints.sides)
    return LevelPrices(
        proposal=of_proposal,
        side=of_proposal[:, None] - of_place,
        expert=potential[sink] - potential[first_expert:sink],
    )
