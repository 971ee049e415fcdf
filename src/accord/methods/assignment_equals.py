"""Which pairs could change without loss: the exact test of whether an optimum is the only one."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from accord.methods.assignment_prices import AssignmentPrices, reduced_levels
from accord.methods.assignment_problem import AssignmentProblem, Integers, Mask


def exchangeable_pairs(
    problem: AssignmentProblem,
    open_pairs: Mask,
    chosen: Mask,
    values: tuple[Integers, ...],
    prices: AssignmentPrices,
) -> Mask:
    """Mark the open pairs that are in some assignments of greatest value and not in others.

    `chosen` must be optimal by `prices` on the levels that `values` has (one or two). All optima satisfy
    complementary slackness with any optimal prices, so they differ from `chosen` by cycles of the residual
    network in which every reduced cost is zero; an arc lies on a cycle exactly where both its ends are in
    one strongly connected component.
    """
    proposals, experts = chosen.shape
    sides = len(problem.sides)
    first_expert = proposals * (1 + sides)
    sink = first_expert + experts
    levels = range(len(values))
    tight: Mask = open_pairs & ~np.any(reduced_levels(values, problem.side_of, prices), axis=0)
    free_side = ~prices.side[:, :, levels].any(axis=-1).ravel()
    free_expert = ~prices.expert[:, levels].any(axis=-1)
    above_quota = (problem.side_counts(chosen) > problem.quota).ravel()
    load = chosen.sum(axis=0)

    rows, columns = np.nonzero(tight)
    belongs = problem.side_of[columns]
    from_node = np.where(belongs >= 0, proposals + rows * sides + belongs, rows)
    to_node = first_expert + columns
    back = chosen[rows, columns]
    quota_tail, quota_head = np.repeat(np.arange(proposals), sides), np.arange(proposals, first_expert)
    expert_node = np.arange(first_expert, sink)
    more, less = free_expert & (load < problem.load_max), free_expert & (load > problem.load_min)
    tail = np.concatenate(
        [
            np.where(back, to_node, from_node),
            quota_tail[free_side],
            quota_head[free_side & above_quota],
            expert_node[more],
            np.full(int(less.sum()), sink),
        ]
    )
    head = np.concatenate(
        [
            np.where(back, from_node, to_node),
            quota_head[free_side],
            quota_tail[free_side & above_quota],
            np.full(int(more.sum()), sink),
            expert_node[less],
        ]
    )
    graph = sparse.csr_array((np.ones(tail.size, dtype=np.int8), (tail, head)), shape=(sink + 1, sink + 1))
    _, component = connected_components(graph, directed=True, connection="strong")
    exchangeable = np.zeros_like(tight)
    exchangeable[rows, columns] = component[from_node] == component[to_node]
    return exchangeable
