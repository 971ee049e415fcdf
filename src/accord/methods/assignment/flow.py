"""A minimum-cost flow in whole numbers, by shortest paths and maximum flows in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra, maximum_flow

from accord.methods.assignment.problem import Integers

# Costs are first looked at in so many leading bits, then in so many more at a time.
_FIRST_BITS, _MORE_BITS = 4, 3


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


def minimum_cost_flow(network: FlowNetwork) -> tuple[Integers, Integers]:
    """Find the cheapest flow that meets every supply, and the potentials that prove it.

    Returns the flow per arc and a potential per node: `potential[head] <= potential[tail] + cost` where an
    arc could carry more, `>=` where it could carry less. Raises ValueError if the supplies cannot be met.

    Costs are scaled: solved for their leading bits, the potentials serve as a start for the next bits, down
    to the last; without that, prices that climb in small steps (many proposals after the same experts) take
    many times as long. Sources: the primal-dual method of Ford and Fulkerson (Flows in Networks, 1962), all
    shortest paths at a time; cost scaling, Röck (1980).
    """
    flow = np.zeros_like(network.cost).clip(network.lower, network.upper)
    potential = np.zeros_like(network.supply)
    bits = int(np.abs(network.cost).max(initial=0)).bit_length()
    shift = max(0, bits - _FIRST_BITS)
    while True:
        flow, potential = _solve(network, network.cost >> shift, flow, potential)
        if shift == 0:
            return flow, potential
        finer = max(0, shift - _MORE_BITS)
        potential <<= shift - finer
        shift = finer


def _solve(network: FlowNetwork, costs: Integers, flow: Integers, potential: Integers) -> tuple[Integers, Integers]:
    """Solve for `costs` from any flow within the bounds and any potentials; good ones only save time."""
    nodes, arcs = network.supply.size, network.tail.size
    # Fill each arc that pays at these potentials and empty each that costs: what that upsets is excess.
    reduced = costs + potential[network.tail] - potential[network.head]
    flow = np.where(reduced < 0, network.upper, np.where(reduced > 0, network.lower, flow))
    # Each arc is there as it is and reversed, in a fixed order: by head, for paths are walked back.
    ends = np.concatenate([network.head, network.tail])
    order = np.argsort(ends, kind="stable")
    head, tail = ends[order], np.concatenate([network.tail, network.head])[order]
    arc, forward = np.concatenate([np.arange(arcs), np.arange(arcs)])[order], order < arcs
    cost = np.where(forward, costs[arc], -costs[arc])
    while True:
        excess = network.excess(flow)
        if not excess.any():
            return flow, potential
        room = np.where(forward, network.upper[arc] - flow[arc], flow[arc] - network.lower[arc])
        usable = np.flatnonzero(room)
        reduced = cost[usable] + potential[tail[usable]] - potential[head[usable]]
        starts = np.searchsorted(head[usable], np.arange(nodes + 1))
        # Floats are exact here: lengths are whole and, by the limit on affinities, below 2^53.
        walked_back = sparse.csr_array((reduced.astype(np.float64), tail[usable], starts), (nodes, nodes))
        distance = dijkstra(walked_back, indices=np.flatnonzero(excess < 0), min_only=True)
        farthest = distance[excess > 0].max(initial=0.0)
        if not np.isfinite(farthest):
            raise ValueError("the supplies of the network cannot be met")
        potential = potential - np.minimum(distance, farthest).astype(np.int64)
        shortest = usable[cost[usable] + potential[tail[usable]] == potential[head[usable]]]
        flow = flow + _along(network, excess, tail[shortest], head[shortest], room[shortest])


def _along(network: FlowNetwork, excess: Integers, tail: Integers, head: Integers, room: Integers) -> Integers:
    """The greatest flow from excess to lack that the arcs given can carry, per arc of the network."""
    source, sink, size = excess.size, excess.size + 1, excess.size + 2
    over, under = np.flatnonzero(excess > 0), np.flatnonzero(excess < 0)
    graph = sparse.csr_array(
        (
            np.concatenate([room, excess[over], -excess[under]]).astype(np.int32),
            (
                np.concatenate([tail, np.full_like(over, source), under]),
                np.concatenate([head, over, np.full_like(under, sink)]),
            ),
        ),
        (size, size),
    )
    carried = sparse.coo_array(maximum_flow(graph, source, sink).flow)
    # Entries are net flows; each is found by its place in the matrix.
    places = carried.coords[0].astype(np.int64) * size + carried.coords[1]
    order = np.argsort(places)
    wanted = network.tail * size + network.head
    found = order[np.searchsorted(places, wanted, sorter=order).clip(max=order.size - 1)]
    return np.where(places[found] == wanted, carried.data[found], 0).astype(np.int64)


def settled_potentials(network: FlowNetwork, flow: Integers, potential: Integers, root: int) -> Integers:
    """Give the one set of potentials that depends on the network alone, from any that prove `flow` cheapest.

    A node's potential is its distance from `root` in the residual network, the greatest that any proof
    allows. Nodes out of reach are measured from one another, then raised together as far as is necessary.
    """
    nodes = potential.size
    more, less = np.flatnonzero(flow < network.upper), np.flatnonzero(flow > network.lower)
    tail = np.concatenate([network.tail[more], network.head[less]])
    head = np.concatenate([network.head[more], network.tail[less]])
    cost = np.concatenate([network.cost[more], -network.cost[less]])
    reduced = (cost + potential[tail] - potential[head]).astype(np.float64)
    distance = dijkstra(
        sparse.csr_array((reduced, (tail, head)), (nodes, nodes)), indices=np.array([root]), min_only=True
    )
    reached = np.isfinite(distance)
    settled: Integers = potential - potential[root]
    settled[reached] += distance[reached].astype(np.int64)
    apart = np.flatnonzero(~reached)
    if not apart.size:
        return settled
    highest = potential[apart].max()
    everywhere = sparse.csr_array(
        (
            np.concatenate([reduced, (highest - potential[apart]).astype(np.float64)]),
            (np.concatenate([tail, np.full_like(apart, nodes)]), np.concatenate([head, apart])),
        ),
        (nodes + 1, nodes + 1),
    )
    among = dijkstra(everywhere, indices=np.array([nodes]), min_only=True)[apart].astype(np.int64)
    settled[apart] = potential[apart] - highest + among
    out = ~reached[tail] & reached[head]
    settled[apart] += (settled[head[out]] - cost[out] - settled[tail[out]]).max(initial=0)
    return settled
