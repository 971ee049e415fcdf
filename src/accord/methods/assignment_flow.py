"""A minimum-cost flow in whole numbers, by shortest paths and maximum flows in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra, maximum_flow

from accord.methods.assignment_problem import Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowNetwork:
    """Arcs from `tail` to `head` with a lower and an upper bound and a cost each, and per node its supply.

    All are integers; no two arcs join the same two nodes.
    """

    tail: Integers
    head: Integers
    lower: Integers
    upper: Integers
    cost: Integers
    supply: Integers

    def excess(self, flow: Integers) -> Integers:
        """Per node, what it still has to send on (or, negative, to receive)."""
        excess = self.supply.copy()
        np.subtract.at(excess, self.tail, flow)
        np.add.at(excess, self.head, flow)
        return excess


def minimum_cost_flow(network: FlowNetwork, flow: Integers, potential: Integers) -> tuple[Integers, Integers]:
    """Find the cheapest flow that meets every supply, and the potentials that prove it.

    Starts from any flow and any potentials; good ones only save time. At the end
    `potential[head] <= potential[tail] + cost` where an arc could carry more, `>=` where it could carry less.
    Distances are computed in floats, which are exact here: costs are whole and paths stay below 2^53.

    Raises ValueError if the supplies cannot be met. Source: the primal-dual method of Ford and Fulkerson
    (Flows in Networks, 1962), with all shortest augmenting paths at a time.
    """
    nodes, arcs = network.supply.size, network.tail.size
    flow, potential = flow.clip(network.lower, network.upper), potential.copy()
    # Every arc is there twice, as it is and reversed, in a fixed order: by head, for paths are walked back.
    both = np.concatenate([network.head, network.tail])
    order = np.argsort(both, kind="stable")
    head, tail = both[order], np.concatenate([network.tail, network.head])[order]
    arc, forward = order % arcs if arcs else order, order < arcs
    cost = np.where(forward, network.cost[arc], -network.cost[arc])
    _settle(network, flow, potential)
    while True:
        excess = network.excess(flow)
        if not excess.any():
            return flow, potential
        room = np.where(forward, network.upper[arc] - flow[arc], flow[arc] - network.lower[arc])
        left = np.flatnonzero(room)
        reduced = cost[left] + potential[tail[left]] - potential[head[left]]
        starts = np.searchsorted(head[left], np.arange(nodes + 1))
        backward = sparse.csr_array((reduced.astype(np.float64), tail[left], starts), shape=(nodes, nodes))
        distance = dijkstra(backward, indices=np.flatnonzero(excess < 0), min_only=True)
        farthest = distance[excess > 0].max(initial=0.0)
        if not np.isfinite(farthest):
            raise ValueError("The supplies of the network cannot be met.")
        potential -= np.minimum(distance, farthest).astype(np.int64)
        shortest = left[cost[left] + potential[tail[left]] == potential[head[left]]]
        flow += _along(network, excess, tail[shortest], head[shortest], room[shortest])


def _settle(network: FlowNetwork, flow: Integers, potential: Integers) -> None:
    """Fill every arc that pays at these potentials, and empty every arc that costs; what is left is excess."""
    reduced = network.cost + potential[network.tail] - potential[network.head]
    np.copyto(flow, network.upper, where=reduced < 0)
    np.copyto(flow, network.lower, where=reduced > 0)


def _along(network: FlowNetwork, excess: Integers, tail: Integers, head: Integers, room: Integers) -> Integers:
    """The greatest flow from excess to lack along the arcs given, per arc of the network."""
    nodes = excess.size
    size = nodes + 2
    sources, sinks = np.flatnonzero(excess > 0), np.flatnonzero(excess < 0)
    graph = sparse.csr_array(
        (
            np.concatenate([room, excess[sources], -excess[sinks]]).astype(np.int32),
            (
                np.concatenate([tail, np.full_like(sources, nodes), sinks]),
                np.concatenate([head, sources, np.full_like(sinks, nodes + 1)]),
            ),
        ),
        shape=(size, size),
    )
    carried = sparse.coo_array(maximum_flow(graph, nodes, nodes + 1).flow)
    # Each entry is a net flow; found by its place in the matrix.
    places = carried.coords[0].astype(np.int64) * size + carried.coords[1]
    order = np.argsort(places)
    wanted = network.tail * size + network.head
    found = order[np.searchsorted(places, wanted, sorter=order).clip(max=order.size - 1)]
    return np.where(places[found] == wanted, carried.data[found], 0).astype(np.int64)
