"""The cheapest flow over the pairs listed: its network, its search, and the potentials that depend on it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.methods.assignment.kernels import FAR, KERNELS, distances, route
from accord.methods.assignment.problem import Integers, Mask

# What one lacking expert or review costs: more than could be gained by it with 2^24 nodes.
LACK = 2**58


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constraints:
    """What the pairs listed must meet, beside those already in.

    `sides`: how many have a quota; `supply`: per tail (proposals, then their places) how many pairs leave it
    at least; `spare`: per place how many more may; `least` and `room`: per expert the minimum load and how
    many more it takes. `lack_cost` and `phantom_cost` are what it costs, per tail and per expert, to be
    served or used less; `partial` tells that this is allowed.
    """

    side_of: Integers
    sides: int
    supply: Integers
    spare: Integers
    least: Integers
    room: Integers
    lack_cost: Integers
    phantom_cost: Integers
    partial: bool = False

    @property
    def proposals(self) -> int:
        return self.supply.size - self.spare.size

    @property
    def first_expert(self) -> int:
        return self.supply.size

    @property
    def sink(self) -> int:
        return self.supply.size + self.least.size

    def tails(self, rows: Integers, columns: Integers) -> Integers:
        """The node that a pair leaves from: its proposal, or the proposal's place for the expert's Side."""
        side = self.side_of[columns]
        place: Integers = np.where(side >= 0, self.proposals + rows * self.sides + side, rows)
        return place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """A flow of least cost over the pairs listed, with potentials that prove it."""

    keys: Integers
    values: Integers
    assigned: Mask
    moved: Integers
    lack: Integers
    out: Integers
    phantom: Integers
    potential: Integers

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lack.any() and not self.phantom.any()


def cheapest_flow(constraints: Constraints, keys: Integers, values: Integers, *, fast: bool) -> Flow:
    """Find the cheapest flow over the pairs with these keys (row x experts + column, sorted) and values."""
    experts, first_expert, sink = constraints.least.size, constraints.first_expert, constraints.sink
    rows, columns = np.divmod(keys, max(experts, 1))
    tail = constraints.tails(rows, columns)
    order = np.argsort(tail, kind="stable")
    tail, column, value = tail[order], columns[order], values[order]
    nodes = sink + 1
    potential = _potentials_to_start(constraints, tail, value)
    excess = np.concatenate([constraints.supply, -constraints.least, [0]])
    excess[sink] = -excess.sum()
    first_tail = np.searchsorted(tail, np.arange(first_expert + 1))
    most = np.minimum(np.bincount(column, minlength=experts), constraints.least + constraints.room)
    assigned = np.zeros(keys.size, dtype=np.int64)
    moved, lack = np.zeros_like(constraints.spare), np.zeros_like(constraints.supply)
    out, phantom, load = (np.zeros_like(constraints.least) for _ in range(3))
    taken = np.concatenate([[0], np.cumsum(most)]), np.zeros(most.sum(), dtype=np.int64)
    ways = 2 * experts + first_expert + int(np.diff(first_tail).max(initial=0)) + constraints.sides + 2
    heap = keys.size + 2 * nodes + 4 * (experts + first_expert)
    KERNELS.run(
        route,
        (constraints.proposals, constraints.sides, first_expert, sink),
        (first_tail, column, value, tail, assigned),
        (constraints.spare, moved, lack, constraints.lack_cost),
        (constraints.least, constraints.room, out, phantom, constraints.phantom_cost, *taken, load),
        (potential, excess),
        (np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)),
        (
            np.full(nodes, FAR),
            *(np.zeros(size, dtype=np.int64) for size in (nodes, nodes, heap, heap, ways, ways, ways)),
        ),
        fast=fast,
    )
    in_order = np.empty(keys.size, dtype=np.bool_)
    in_order[order] = assigned > 0
    return Flow(
        keys=keys,
        values=values,
        assigned=in_order,
        moved=moved,
        lack=lack,
        out=out,
        phantom=phantom,
        potential=potential,
    )


def _potentials_to_start(constraints: Constraints, tail: Integers, value: Integers) -> Integers:
    """Those of proposals and places as high as their best pair, so that no arc has a reduced cost below zero."""
    potential = np.zeros(constraints.sink + 1, dtype=np.int64)
    of_tail = potential[: constraints.first_expert]
    of_tail -= constraints.lack_cost
    np.maximum.at(of_tail, tail, value)
    place = np.arange(constraints.spare.size)
    np.maximum.at(of_tail, place // max(constraints.sides, 1), of_tail[constraints.proposals :].copy())
    return potential


def settled_potentials(constraints: Constraints, flow: Flow, *, fast: bool) -> tuple[Integers, Mask]:
    """Give the one set of potentials that depends on the network alone, from any that prove the flow cheapest.

    A node's potential is its distance from the sink in the residual network, the greatest that any proof
    allows, where an expert without a minimum load has no price below zero. Nodes out of reach are measured
    from one another, then raised together as far as is necessary. The second array tells what is in reach.
    """
    sink, nodes = constraints.sink, constraints.sink + 1
    first_expert = constraints.first_expert
    potential = flow.potential - flow.potential[sink]
    free = (constraints.least == 0) & (flow.out == 0)
    of_expert = potential[first_expert:sink]
    of_expert[free] = np.minimum(of_expert, 0)[free]
    tail, head, cost = _residual_arcs(constraints, flow)
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    length = cost + potential[tail] - potential[head]

    starts = np.searchsorted(tail, np.arange(nodes + 1))

    def least_lengths(begin: Integers) -> Integers:
        heap = np.zeros(tail.size + nodes, dtype=np.int64), np.zeros(tail.size + nodes, dtype=np.int64)
        KERNELS.run(distances, (starts, head, length), begin, heap, fast=fast)
        return begin

    begin = np.full(nodes, FAR)
    begin[sink] = 0
    distance = least_lengths(begin)
    reached = distance < FAR
    settled: Integers = np.where(reached, potential + distance, potential)
    apart = np.flatnonzero(~reached)
    if not apart.size:
        return settled, reached
    # From the same level for all, whatever the potentials were.
    highest = potential[apart].max()
    begin = np.where(reached, FAR, highest - potential)
    within = least_lengths(begin)[apart]
    settled[apart] = potential[apart] - highest + within
    leaving = ~reached[tail] & reached[head]
    settled[apart] += (settled[head[leaving]] - cost[leaving] - settled[tail[leaving]]).max(initial=0)
    return settled, reached


def _residual_arcs(constraints: Constraints, flow: Flow) -> tuple[Integers, Integers, Integers]:
    """The arcs along which the flow can change: tails, heads and costs."""
    first_expert, sink, proposals = constraints.first_expert, constraints.sink, constraints.proposals
    rows, columns = np.divmod(flow.keys, max(constraints.least.size, 1))
    tail, expert = constraints.tails(rows, columns), first_expert + columns
    place = np.arange(proposals, first_expert)
    row = (place - proposals) // max(constraints.sides, 1)
    every = np.arange(first_expert, sink)
    more, less = flow.moved < constraints.spare, flow.moved > 0
    takes, gives = flow.out < constraints.room, (flow.out > 0) | (constraints.least == 0)
    arcs = [
        (
            np.where(flow.assigned, expert, tail),
            np.where(flow.assigned, tail, expert),
            np.where(flow.assigned, flow.values, -flow.values),
        ),
        (row[more], place[more], 0),
        (place[less], row[less], 0),
        (every[takes], sink, 0),
        (sink, every[gives], 0),
    ]
    if constraints.partial:
        lacking, phantom, expected = flow.lack > 0, flow.phantom > 0, constraints.least > 0
        tails = np.arange(first_expert)
        arcs += [
            (tails, sink, constraints.lack_cost),
            (sink, tails[lacking], -constraints.lack_cost[lacking]),
            (sink, every[expected], constraints.phantom_cost[expected]),
            (every[phantom], sink, -constraints.phantom_cost[phantom]),
        ]
    tails_of, heads_of, costs_of = zip(*(np.broadcast_arrays(*map(np.asarray, arc)) for arc in arcs), strict=True)
    return np.concatenate(tails_of), np.concatenate(heads_of), np.concatenate(costs_of)
