"""The optimum of an assignment with its prices: first the affinities, then the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.methods.assignment.flow import FlowNetwork, minimum_cost_flow, settled_potentials
from accord.methods.assignment.prices import AssignmentPrices, reduced_values
from accord.methods.assignment.problem import AssignmentProblem, Integers, Mask

# Up to so many open pairs are all given to the solver at once.
_ALL_AT_ONCE = 10_000
# Else it starts with so many of each proposal's best experts, and the best of each Side with a quota,
# and is given so many more a proposal at a time.
_BEST, _BEST_OF_SIDE, _MORE = 32, 8, 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Constraints:
    """What the open pairs must meet beside those already in; a bound below zero never binds."""

    open_pairs: Mask
    side_of: Integers
    demand: Integers
    quota_low: Integers
    quota_high: Integers
    load_low: Integers
    load_high: Integers


def best_assignment(
    problem: AssignmentProblem, open_pairs: Mask, start: Mask, values: Integers, weights: Integers
) -> tuple[Mask, AssignmentPrices]:
    """Maximise the sum of `values`, then of `weights`, both proposals by experts.

    `start` is any assignment within the open pairs (forced ones left out): it shows that one exists.
    Returns the mask of the pairs assigned, forced ones included, and prices on both levels. The second
    level chooses among the optima of the first: pairs whose reduced value is not zero stay as they are,
    and a limit with a price above zero stays exactly met (complementary slackness).
    """
    taken = problem.side_counts(problem.forced)
    load = problem.forced.sum(axis=0)
    # A quota without an upper limit: no proposal has more experts than there are.
    unlimited = problem.affinity.shape[1] + 1
    constraints = _Constraints(
        open_pairs=open_pairs,
        side_of=problem.side_of,
        demand=problem.demand - problem.forced.sum(axis=1),
        quota_low=problem.quota - taken,
        quota_high=np.full_like(taken, unlimited),
        load_low=problem.load_min - load,
        load_high=problem.load_max - load,
    )
    chosen, (proposal, side, expert) = _maximise(constraints, values, start)
    tied = open_pairs & (reduced_values(values, problem.side_of, proposal, side, expert) == 0)
    settled = problem.forced | (chosen & ~tied)
    taken, load = problem.side_counts(settled), settled.sum(axis=0)
    among_equals = _Constraints(
        open_pairs=tied,
        side_of=problem.side_of,
        demand=problem.demand - settled.sum(axis=1),
        quota_low=problem.quota - taken,
        quota_high=np.where(side > 0, problem.quota - taken, unlimited),
        load_low=np.where(expert > 0, problem.load_max, problem.load_min) - load,
        load_high=np.where(expert < 0, problem.load_min, problem.load_max) - load,
    )
    drawn, second = _maximise(among_equals, weights, chosen & tied)
    return settled | drawn, AssignmentPrices(
        proposal=np.stack([proposal, second[0]], axis=-1),
        side=np.stack([side, second[1]], axis=-1),
        expert=np.stack([expert, second[2]], axis=-1),
    )


def _maximise(
    constraints: _Constraints, values: Integers, start: Mask
) -> tuple[Mask, tuple[Integers, Integers, Integers]]:
    """Column generation: solve on some pairs, price all of them exactly, add what pays, repeat.

    The prices returned are settled over all open pairs, so that they too are a function of the input alone.
    """
    open_pairs = constraints.open_pairs
    active = _first_pairs(constraints, values) | start
    while True:
        network = _network(constraints, values, active)
        flow, potential = minimum_cost_flow(network)
        reduced = reduced_values(values, constraints.side_of, *_prices(constraints, potential))
        paying = open_pairs & ~active & (reduced > 0)
        if not paying.any():
            break
        active |= _best(reduced, paying, _MORE)
    pairs = int(active.sum())
    chosen = np.zeros_like(active)
    chosen[active] = flow[:pairs] > 0
    whole = _network(constraints, values, open_pairs)
    flow = np.concatenate([chosen[open_pairs], flow[pairs:]])
    potential = settled_potentials(whole, flow, potential, root=potential.size - 1)
    return chosen, _prices(constraints, potential)


def _first_pairs(constraints: _Constraints, values: Integers) -> Mask:
    open_pairs = constraints.open_pairs
    if open_pairs.sum() <= _ALL_AT_ONCE:
        return open_pairs
    first = _best(values, open_pairs, _BEST)
    for side in range(constraints.quota_low.shape[1]):
        first |= _best(values, open_pairs & (constraints.side_of == side), _BEST_OF_SIDE)
    return first


def _best(values: Integers, among: Mask, count: int) -> Mask:
    """Per row the `count` greatest of `values` among the pairs marked."""
    if among.shape[1] <= count:
        return among
    ranked = np.where(among, -values, np.iinfo(np.int64).max)
    best = np.zeros_like(among)
    np.put_along_axis(best, np.argpartition(ranked, count, axis=1)[:, :count], values=True, axis=1)
    return best & among


def _network(constraints: _Constraints, values: Integers, pairs: Mask) -> FlowNetwork:
    """The flow over the pairs marked: proposal, (proposal, Side with a quota), expert, sink."""
    proposals, experts = pairs.shape
    sides = constraints.quota_low.shape[1]
    first_expert = proposals * (1 + sides)
    sink = first_expert + experts
    rows, columns = np.nonzero(pairs)
    belongs = constraints.side_of[columns]
    with_quota = belongs >= 0
    of_side = rows * sides + belongs
    nothing = np.zeros(proposals * sides + experts, dtype=np.int64)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:proposals] = constraints.demand
    supply[sink] = -constraints.demand.sum()
    return FlowNetwork(
        tail=np.concatenate(
            [
                np.where(with_quota, proposals + of_side, rows),
                np.repeat(np.arange(proposals), sides),
                np.arange(first_expert, sink),
            ]
        ),
        head=np.concatenate([first_expert + columns, np.arange(proposals, first_expert), np.full(experts, sink)]),
        lower=np.concatenate([np.zeros_like(rows), constraints.quota_low.ravel(), constraints.load_low]),
        upper=np.concatenate([np.ones_like(rows), constraints.quota_high.ravel(), constraints.load_high]),
        cost=np.concatenate([-values[rows, columns], nothing]),
        supply=supply,
    )


def _prices(constraints: _Constraints, potential: Integers) -> tuple[Integers, Integers, Integers]:
    """The prices of proposals, of their quotas and of experts, from the potentials of the network."""
    proposals, sides = constraints.quota_low.shape
    first_expert = proposals * (1 + sides)
    sink = potential.size - 1
    of_proposal = potential[:proposals] - potential[sink]
    of_place = potential[proposals:first_expert].reshape(proposals, sides) - potential[sink]
    return of_proposal, of_proposal[:, None] - of_place, potential[sink] - potential[first_expert:sink]
