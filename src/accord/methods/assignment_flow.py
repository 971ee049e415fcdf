"""A minimum-cost flow in integers: a linear program proposes it, exact arithmetic decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from accord.methods.assignment_problem import Integers, Mask

# How many rounds of Bellman-Ford pass between two looks for a negative cycle.
_ROUNDS_BETWEEN_LOOKS = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowNetwork:
    """Arcs from `tail` to `head` with a lower and an upper bound and a cost each, all integers."""

    nodes: int
    tail: Integers
    head: Integers
    lower: Integers
    upper: Integers
    cost: Integers

    def divergence(self, flow: Integers) -> Integers:
        """Per node, what leaves it less what enters it."""
        balance = np.zeros(self.nodes, dtype=np.int64)
        np.add.at(balance, self.tail, flow)
        np.subtract.at(balance, self.head, flow)
        return balance


def minimum_cost_flow(network: FlowNetwork, start: Integers) -> tuple[Integers, Integers]:
    """Find the cheapest flow with the divergence of `start`, a flow within the bounds, and its potentials.

    Returns flow (per arc) and potential (per node), such that `potential[head] <= potential[tail] + cost`
    on every arc of the residual network: the proof that no flow is cheaper.
    HiGHS proposes both as floats; rounded, they are taken only as a place to start from.
    """
    flow, potential = _proposal(network, start)
    return improve(network, flow, potential)


def improve(network: FlowNetwork, flow: Integers, potential: Integers) -> tuple[Integers, Integers]:
    """Cancel negative cycles until potentials exist, whatever flow within the bounds this starts from.

    Source: Klein 1967 (cycles); Bellman 1958, Ford 1956 (potentials).
    """
    flow = flow.copy()
    while True:
        forward = np.flatnonzero(flow < network.upper)
        backward = np.flatnonzero(flow > network.lower)
        arc = np.concatenate([forward, backward])
        sign = np.repeat(np.array([1, -1]), [forward.size, backward.size])
        tail = np.where(sign > 0, network.tail[arc], network.head[arc])
        head = np.where(sign > 0, network.head[arc], network.tail[arc])
        potential, cycles = _potentials(tail, head, sign * network.cost[arc], potential)
        if not cycles:
            return flow, potential
        for cycle in cycles:
            arcs, signs = arc[cycle], sign[cycle]
            room = np.where(signs > 0, network.upper[arcs] - flow[arcs], flow[arcs] - network.lower[arcs])
            flow[arcs] += signs * room.min()


def _proposal(network: FlowNetwork, start: Integers) -> tuple[Integers, Integers]:
    """The linear program's flow and potentials, rounded; `start` and zeros where they are of no use."""
    count = start.size
    zeros = np.zeros(network.nodes, dtype=np.int64)
    if not network.cost.any():
        return start, zeros
    arcs = np.arange(count)
    incidence = sparse.csr_array(
        (
            np.repeat([1.0, -1.0], count),
            (np.concatenate([network.tail, network.head]), np.concatenate([arcs, arcs])),
        ),
        shape=(network.nodes, count),
    )
    # HiGHS works with tolerances of 1e-7 and takes very large costs for infinite.
    largest = int(np.abs(network.cost).max())
    scale = max(1.0, largest / 2.0**30)
    balance = network.divergence(start)
    found = linprog(
        network.cost / scale,
        A_eq=cast("Any", incidence),
        b_eq=balance,
        bounds=cast("Any", np.column_stack([network.lower, network.upper])),
        method="highs-ds",
    )
    if found.x is None or found.status != 0:
        return start, zeros
    flow = np.rint(found.x).astype(np.int64)
    within = (flow >= network.lower).all() and (flow <= network.upper).all()
    if not within or (network.divergence(flow) != balance).any():
        return start, zeros
    prices = -np.asarray(found.eqlin.marginals) * scale
    usable = np.isfinite(prices).all() and np.abs(prices).max() <= largest * network.nodes
    return flow, np.rint(prices).astype(np.int64) if usable else zeros


def _potentials(
    tail: Integers, head: Integers, cost: Integers, start: Integers
) -> tuple[Integers, list[Integers]]:
    """Potentials of a network without capacities, or the node-disjoint negative cycles that forbid them."""
    order = np.argsort(head, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    ends, first = np.unique(head, return_index=True)
    potential = start.copy()
    before = np.full(start.size, -1, dtype=np.int64)
    rounds = 0
    while ends.size:
        reached = potential[tail] + cost
        best = np.minimum.reduceat(reached, first)
        better = best < potential[ends]
        if not better.any():
            break
        potential[ends[better]] = best[better]
        lowered: Mask = np.zeros(start.size, dtype=np.bool_)
        lowered[ends[better]] = True
        by = np.flatnonzero(lowered[head] & (reached == potential[head]))
        before[head[by]] = by
        rounds += 1
        if rounds % _ROUNDS_BETWEEN_LOOKS == 0:
            cycles = _cycles(tail, before)
            if cycles:
                return potential, [order[cycle] for cycle in cycles]
    return potential, []


def _cycles(tail: Integers, before: Integers) -> list[Integers]:
    """The cycles that the arcs last used form; each is negative, for potentials only ever fall."""
    arc_into = before.tolist()
    walk_of = [-1] * len(arc_into)
    cycles = []
    for origin in range(len(arc_into)):
        node, walked = origin, []
        while walk_of[node] < 0 and arc_into[node] >= 0:
            walk_of[node] = origin
            walked.append(node)
            node = int(tail[arc_into[node]])
        # A walk that meets itself has closed a cycle; one that meets an older walk has not.
        if node in walked:
            cycles.append(before[np.array(walked[walked.index(node) :])])
    return cycles
