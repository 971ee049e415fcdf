"""What could change in an assignment: which pairs without loss, and what forcing a pair costs, both exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

from accord.methods.assignment.prices import AssignmentPrices, reduced_levels
from accord.methods.assignment.problem import AssignmentProblem, Integers, Mask

# So many experts at a time, to bound the table of distances.
_SOURCES = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Residual:
    """The arcs along which a flow can change, with their costs (arcs by levels), none below zero.

    Nodes: proposals, then (proposal, Side with a quota), then experts, then the sink. The pairs `rows`,
    `columns` are the first arcs.
    """

    nodes: int
    first_expert: int
    rows: Integers
    columns: Integers
    tail: Integers
    head: Integers
    cost: Integers


def exchangeable_pairs(
    problem: AssignmentProblem,
    open_pairs: Mask,
    chosen: Mask,
    values: tuple[Integers, ...],
    prices: AssignmentPrices,
) -> Mask:
    """Mark the open pairs that are in some assignments of greatest value and not in others.

    `chosen` must be optimal by `prices` on the levels that `values` has (one or two). All optima differ from
    it by cycles of the residual network in which every reduced cost is zero (complementary slackness), and
    an arc lies on such a cycle exactly where both its ends are in one strongly connected component.
    """
    residual = _residual(problem, open_pairs, chosen, values, prices)
    free: Mask = np.logical_not(residual.cost.any(axis=1))
    graph = sparse.csr_array(
        (np.ones(int(free.sum()), dtype=np.int8), (residual.tail[free], residual.head[free])),
        (residual.nodes, residual.nodes),
    )
    _, component = connected_components(graph, directed=True, connection="strong")
    pairs = residual.rows.size
    within = free[:pairs] & (component[residual.tail[:pairs]] == component[residual.head[:pairs]])
    exchangeable = np.zeros_like(chosen)
    exchangeable[residual.rows[within], residual.columns[within]] = True
    return exchangeable


def forcing_costs(
    problem: AssignmentProblem,
    open_pairs: Mask,
    chosen: Mask,
    prices: AssignmentPrices,
    forced: list[tuple[int, int]],
) -> list[int | None]:
    """Tell by how much the total falls if a pair were forced, for each open pair given by itself.

    That is the shortest cycle of the residual network through the pair; None where there is none, and so no
    assignment with the pair. Short cycles are looked for first, among arcs no longer than they.
    """
    if not forced:
        return []
    values = (problem.affinity,)
    residual = _residual(problem, open_pairs, chosen, values, prices)
    (reduced,) = reduced_levels(values, problem.side_of, prices)
    length = residual.cost[:, 0]
    row, column = np.array(forced).T
    source, goal = residual.first_expert + column, _place(problem, row, column)
    back = np.full(len(forced), np.inf)
    span = int(length.max())
    for limit in (span // 64, span // 8, np.inf):
        near = length <= limit
        graph = sparse.csr_array(
            (length[near].astype(np.float64), (residual.tail[near], residual.head[near])),
            (residual.nodes, residual.nodes),
        )
        sources = np.unique(source[np.isinf(back)])
        for first in range(0, sources.size, _SOURCES):
            some = sources[first : first + _SOURCES]
            distance = dijkstra(graph, indices=some, limit=limit)
            asked = np.flatnonzero(np.isin(source, some))
            back[asked] = distance[np.searchsorted(some, source[asked]), goal[asked]]
    there = -reduced[row, column]
    return [None if np.isinf(b) else int(b) + int(t) for b, t in zip(back, there, strict=True)]


def _place(problem: AssignmentProblem, row: Integers, column: Integers) -> Integers:
    """The node that a pair leaves from: the proposal's, or its place for the expert's Side."""
    proposals, sides = problem.affinity.shape[0], len(problem.sides)
    side = problem.side_of[column]
    return np.where(side >= 0, proposals + row * sides + side, row)


def _residual(
    problem: AssignmentProblem,
    open_pairs: Mask,
    chosen: Mask,
    values: tuple[Integers, ...],
    prices: AssignmentPrices,
) -> _Residual:
    proposals, experts = chosen.shape
    sides = len(problem.sides)
    first_expert = proposals * (1 + sides)
    sink = first_expert + experts
    levels = len(values)
    load = chosen.sum(axis=0)

    rows, columns = np.nonzero(open_pairs)
    place, expert = _place(problem, rows, columns), first_expert + columns
    back = chosen[rows, columns]
    reduced = np.stack([level[rows, columns] for level in reduced_levels(values, problem.side_of, prices)], axis=-1)
    above_quota = (problem.side_counts(chosen) > problem.quota).ravel()
    quota_tail, quota_head = np.repeat(np.arange(proposals), sides), np.arange(proposals, first_expert)
    bonus = prices.side[:, :, :levels].reshape(-1, levels)
    more, less = load < problem.load_max, load > problem.load_min
    price, expert_node = prices.expert[:, :levels], np.arange(first_expert, sink)
    sinks = np.full(experts, sink)
    return _Residual(
        nodes=sink + 1,
        first_expert=first_expert,
        rows=rows,
        columns=columns,
        tail=np.concatenate(
            [
                np.where(back, expert, place),
                quota_tail,
                quota_head[above_quota],
                expert_node[more],
                sinks[less],
            ]
        ),
        head=np.concatenate(
            [
                np.where(back, place, expert),
                quota_head,
                quota_tail[above_quota],
                sinks[more],
                expert_node[less],
            ]
        ),
        cost=np.concatenate(
            [np.where(back[:, None], reduced, -reduced), bonus, -bonus[above_quota], -price[more], price[less]]
        ),
    )
