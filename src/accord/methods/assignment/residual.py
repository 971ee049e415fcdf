"""What could change in an assignment: which pairs without loss, and what forcing a pair costs, both exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from accord.methods.assignment.kernels import FAR, KERNELS, detours
from accord.methods.assignment.prices import AssignmentPrices, reduced_values
from accord.methods.assignment.problem import AssignmentProblem, Integers, contains
from accord.methods.assignment.scan import LevelPrices, Values, paying_pairs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arcs:
    """The arcs along which a flow can change, with their costs (arcs by levels), none below zero.

    Nodes: proposals, then (proposal, Side with a quota), then experts, then the sink. Those of the pairs
    given come first.
    """

    nodes: int
    tail: Integers
    head: Integers
    cost: Integers


def exchangeable_pairs(
    problem: AssignmentProblem, chosen: Integers, at_price: Integers, prices: AssignmentPrices, *, levels: int
) -> Integers:
    """Give the open pairs that are in some assignments of greatest value and not in others, as keys.

    `chosen` must be optimal by `prices` on so many levels, `at_price` the open pairs worth exactly their
    prices on them. All optima differ from it by cycles of the residual network in which every reduced cost
    is zero (complementary slackness), and an arc lies on such a cycle exactly where both its ends are in one
    strongly connected component.
    """
    nothing = np.zeros((at_price.size, levels), dtype=np.int64)
    arcs = _residual(problem, chosen, at_price, nothing, prices)
    free = ~arcs.cost.any(axis=1)
    graph = sparse.csr_array(
        (np.ones(int(free.sum()), dtype=np.int8), (arcs.tail[free], arcs.head[free])), (arcs.nodes, arcs.nodes)
    )
    _, component = connected_components(graph, directed=True, connection="strong")
    pairs = at_price.size
    exchangeable: Integers = np.sort(at_price[component[arcs.tail[:pairs]] == component[arcs.head[:pairs]]])
    return exchangeable


def forcing_costs(
    values: Values, chosen: Integers, prices: AssignmentPrices, forced: Integers, *, fast: bool
) -> list[int | None]:
    """Tell by how much the total falls if a pair were forced, for each open pair given by itself.

    That is the shortest cycle of the residual network through the pair; None where there is none, and so no
    assignment with the pair. Short cycles are looked for first, among arcs no longer than they.
    """
    if not forced.size:
        return []
    problem = values.problem
    of_first = LevelPrices(proposal=prices.proposal[:, 0], side=prices.side[:, :, 0], expert=prices.expert[:, 0])
    row, column = problem.rows_and_columns(forced)
    first_expert = problem.proposals * (1 + len(problem.sides))
    source, goal = first_expert + column, _place(problem, row, column)
    there = -reduced_values(problem.affinity_of(forced), (row, column), problem.side_of, prices, 0)
    back = np.full(forced.size, FAR)
    # No arc between open pairs is longer.
    parts = (prices.proposal, prices.side, prices.expert)
    span = 4 * max(1, *(int(np.abs(part[..., 0]).max(initial=0)) for part in parts)) + 2 * int(np.abs(there).max())
    for limit in (span >> 12, span >> 8, span >> 4, FAR - 1):
        least = -min(limit, 4 * span)
        found = [np.zeros((2, 0), dtype=np.int64), *(np.stack(part) for part in paying_pairs(values, of_first, least))]
        keys, beyond = np.concatenate(found, axis=1)
        kept = np.flatnonzero((beyond <= 0) | contains(chosen, keys))
        arcs = _residual(problem, chosen, keys[kept], np.abs(beyond[kept, None]), prices)
        order = np.argsort(arcs.tail, kind="stable")
        starts = np.searchsorted(arcs.tail[order], np.arange(arcs.nodes + 1))
        heap = tuple(np.zeros(order.size + 1, dtype=np.int64) for _ in range(2))
        work = (np.full(arcs.nodes, FAR), np.zeros(arcs.nodes, dtype=np.int64), *heap)
        graph = starts, arcs.head[order], np.ascontiguousarray(arcs.cost[order, 0])
        KERNELS.run(detours, graph, (source, goal), limit, back, work, fast=fast)
        if (back < FAR).all():
            break
    return [None if b >= FAR else b + t for b, t in zip(back.tolist(), there.tolist(), strict=True)]


def _place(problem: AssignmentProblem, row: Integers, column: Integers) -> Integers:
    """The node that a pair leaves from: the proposal's, or its place for the expert's Side."""
    side = problem.side_of[column]
    return np.where(side >= 0, problem.proposals + row * len(problem.sides) + side, row)


def _residual(
    problem: AssignmentProblem,
    chosen: Integers,
    pairs: Integers,
    costs: Integers,
    prices: AssignmentPrices,
) -> _Arcs:
    """The arcs of the pairs given, of quotas and of loads."""
    levels = costs.shape[1]
    proposals, experts, sides = problem.proposals, problem.experts, len(problem.sides)
    first_expert = proposals * (1 + sides)
    sink = first_expert + experts
    load = problem.loads(chosen)
    rows, columns = problem.rows_and_columns(pairs)
    place, expert = _place(problem, rows, columns), first_expert + columns
    back = contains(chosen, pairs)
    above_quota = (problem.side_counts(chosen) > problem.quota).ravel()
    quota_tail, quota_head = np.repeat(np.arange(proposals), sides), np.arange(proposals, first_expert)
    bonus = prices.side[:, :, :levels].reshape(-1, levels)
    more, less = load < problem.load_max, load > problem.load_min
    price, expert_node = prices.expert[:, :levels], np.arange(first_expert, sink)
    sinks = np.full(experts, sink)
    return _Arcs(
        nodes=sink + 1,
        tail=np.concatenate(
            [np.where(back, expert, place), quota_tail, quota_head[above_quota], expert_node[more], sinks[less]]
        ),
        head=np.concatenate(
            [np.where(back, place, expert), quota_head, quota_tail[above_quota], sinks[more], expert_node[less]]
        ),
        cost=np.concatenate([costs, bonus, -bonus[above_quota], -price[more], price[less]]),
    )
