"""The searches of the assignment, as plain functions over whole numbers, to be compiled for large calls.

Nodes of the network: proposals, then a place for each (proposal, Side with a quota), then experts, then the
sink. Proposals and places are *tails*: pairs leave from them. A pair's arc is used by one unit or none.
"""

# Compiled functions take their arguments by position.
# ruff: noqa: PLR0917

from __future__ import annotations

from typing import Any

from accord.methods.compiled import Kernels

# Beyond every length; sums of two still fit into 64 bits.
FAR = 1 << 61


def heap_push(keys: Any, nodes: Any, size: int, key: int, node: int) -> int:
    """Add a node to a binary heap of least keys; the new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if keys[above] <= key:
            break
        keys[place] = keys[above]
        nodes[place] = nodes[above]
        place = above
    keys[place] = key
    nodes[place] = node
    return size + 1


def heap_pop(keys: Any, nodes: Any, size: int) -> int:
    """Take the first node off a heap that is not empty; the new size."""
    size -= 1
    key = keys[size]
    place = 0
    below = 1
    while below < size:
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[place] = keys[below]
        nodes[place] = nodes[below]
        place = below
        below = 2 * place + 1
    keys[place] = key
    nodes[place] = nodes[size]
    return size


def best_of_rows(first_row: int, values: Any, closed: Any, columns: Any, worth: Any) -> None:
    """Fill `columns` (rows by how many) with each row's columns of greatest value, -1 where there are no more.

    Among equals come those from the row's own column on, which is `(first_row + row) * how many`, around the
    end: so equal values do not send all rows to the same columns. `closed` is where each row's closed columns
    start, and these; `worth` is room for a heap.
    """
    closed_start, closed_column = closed
    width, count = values.shape[1], columns.shape[1]
    for row in range(values.shape[0]):
        line = values[row]
        for place in range(closed_start[row], closed_start[row + 1]):
            line[closed_column[place]] = -FAR
        found = 0
        least = -FAR
        offset = ((first_row + row) * count) % width
        for step in range(width):
            column = offset + step
            if column >= width:
                column -= width
            if line[column] > least:
                if found == count:
                    found = heap_pop(worth, columns[row], found)
                found = heap_push(worth, columns[row], found, line[column], column)
                if found == count:
                    least = worth[0]
        for place in range(found, count):
            columns[row, place] = -1


def _leave_tail(node: int, base: int, shape: Any, pairs: Any, tails: Any, potential: Any, ways: Any) -> int:
    """List where a flow can go on to from a proposal or a place, how far that is, and by which pair."""
    proposals, sides, first_expert, sink = shape
    start, column, value, _, assigned = pairs
    spare, moved, _, lack_cost = tails
    to, at, by = ways
    found = 0
    for pair in range(start[node], start[node + 1]):
        if assigned[pair] == 0:
            expert = first_expert + column[pair]
            to[found] = expert
            at[found] = base - value[pair] - potential[expert]
            by[found] = pair
            found += 1
    if node < proposals:
        for place in range(node * sides, (node + 1) * sides):
            if moved[place] < spare[place]:
                to[found] = proposals + place
                at[found] = base - potential[proposals + place]
                found += 1
    elif moved[node - proposals] > 0:
        row = (node - proposals) // sides
        to[found] = row
        at[found] = base - potential[row]
        found += 1
    to[found] = sink
    at[found] = base + lack_cost[node] - potential[sink]
    return found + 1


def _leave_expert(expert: int, base: int, shape: Any, pairs: Any, experts: Any, potential: Any, ways: Any) -> int:
    """List where a flow can go on to from an expert: back along the pairs taken, or to the sink."""
    sink = shape[3]
    _, _, value, owner, _ = pairs
    _, room, out, phantom, phantom_cost, first_taken, taken, load = experts
    to, at, by = ways
    found = 0
    for slot in range(first_taken[expert], first_taken[expert] + load[expert]):
        pair = taken[slot]
        to[found] = owner[pair]
        at[found] = base + value[pair] - potential[owner[pair]]
        by[found] = slot
        found += 1
    if out[expert] < room[expert]:
        to[found] = sink
        at[found] = base - potential[sink]
        by[found] = 0
        found += 1
    if phantom[expert] > 0:
        to[found] = sink
        at[found] = base - phantom_cost[expert] - potential[sink]
        by[found] = 1
        found += 1
    return found


def _leave_sink(base: int, shape: Any, tails: Any, experts: Any, potential: Any, ways: Any) -> int:
    """List where a flow can go back to from the sink: experts, and proposals that lack some."""
    _, _, first_expert, sink = shape
    _, _, lack, lack_cost = tails
    least, _, out, _, phantom_cost, _, _, _ = experts
    to, at, by = ways
    found = 0
    for expert in range(sink - first_expert):
        if out[expert] > 0:
            to[found] = first_expert + expert
            at[found] = base - potential[first_expert + expert]
            by[found] = 0
            found += 1
        if least[expert] > 0:
            to[found] = first_expert + expert
            at[found] = base + phantom_cost[expert] - potential[first_expert + expert]
            by[found] = 1
            found += 1
    for node in range(first_expert):
        if lack[node] > 0:
            to[found] = node
            at[found] = base - lack_cost[node] - potential[node]
            found += 1
    return found


def _send(source: int, target: int, shape: Any, pairs: Any, tails: Any, experts: Any, path: Any) -> None:
    """Send one unit along the path found, from its end to its start."""
    _, _, first_expert, sink = shape
    assigned = pairs[4]
    _, _, out, phantom, _, first_taken, taken, load = experts
    before, via = path
    head = target
    while head != source:
        tail = before[head]
        if head == sink and tail >= first_expert:
            expert = tail - first_expert
            if via[head] == 0:
                out[expert] += 1
            else:
                phantom[expert] -= 1
        elif tail == sink and head >= first_expert:
            expert = head - first_expert
            if via[head] == 0:
                out[expert] -= 1
            else:
                phantom[expert] += 1
        elif first_expert <= tail < sink:
            expert = tail - first_expert
            slot = via[head]
            assigned[taken[slot]] = 0
            load[expert] -= 1
            taken[slot] = taken[first_taken[expert] + load[expert]]
        elif first_expert <= head < sink:
            expert = head - first_expert
            assigned[via[head]] = 1
            taken[first_taken[expert] + load[expert]] = via[head]
            load[expert] += 1
        else:
            _send_without_expert(tail, head, shape, tails)
        head = tail


def _send_without_expert(tail: int, head: int, shape: Any, tails: Any) -> None:
    """Send one unit between a proposal, one of its places, and what lacks."""
    proposals, _, _, sink = shape
    _, moved, lack, _ = tails
    if head == sink:
        lack[tail] += 1
    elif tail == sink:
        lack[head] -= 1
    elif tail < proposals:
        moved[head - proposals] += 1
    else:
        moved[tail - proposals] -= 1


def _search(source: int, shape: Any, pairs: Any, tails: Any, experts: Any, nodes: Any, path: Any, work: Any) -> int:
    """Find the nearest node that lacks something, and move the potentials of what is nearer; -1 if there is none."""
    _, _, first_expert, sink = shape
    potential, excess = nodes
    before, via = path
    distance, done, touched, keys, heap, to, at, by = work
    ways = (to, at, by)
    reached = 1
    touched[0] = source
    distance[source] = 0
    size = heap_push(keys, heap, 0, 0, source)
    nearest = FAR
    target = -1
    while size > 0 and keys[0] < nearest:
        base = keys[0]
        node = heap[0]
        size = heap_pop(keys, heap, size)
        if done[node]:
            continue
        done[node] = 1
        base += potential[node]
        if node < first_expert:
            found = _leave_tail(node, base, shape, pairs, tails, potential, ways)
        elif node < sink:
            found = _leave_expert(node - first_expert, base, shape, pairs, experts, potential, ways)
        else:
            found = _leave_sink(base, shape, tails, experts, potential, ways)
        for place in range(found):
            head = to[place]
            length = at[place]
            if length < nearest and length < distance[head]:
                if distance[head] == FAR:
                    touched[reached] = head
                    reached += 1
                distance[head] = length
                before[head] = node
                via[head] = by[place]
                if excess[head] < 0:
                    nearest = length
                    target = head
                else:
                    size = heap_push(keys, heap, size, length, head)
    for place in range(reached):
        node = touched[place]
        if done[node]:
            potential[node] += distance[node] - nearest
            done[node] = 0
        distance[node] = FAR
    return target


def route(shape: Any, pairs: Any, tails: Any, experts: Any, nodes: Any, path: Any, work: Any) -> None:
    """Send every excess to where something lacks, along shortest paths, one unit at a time.

    shape: how many proposals and Sides with a quota, the first expert's node and the sink. pairs: where each
    tail's start; column, value, tail, whether assigned. tails: per place how many more than the quota may
    leave, and do; per tail how many lack, and what one costs. experts: minimum load, how many more may be
    taken and are, reviews missing to the minimum and the cost of one, where the pairs taken start, these,
    load. nodes: potential, excess. path: node and arc before each node. work: room for the search.

    The reduced cost `cost + potential[tail] - potential[head]` of no arc that can carry more may be negative;
    that stays so. Source: successive shortest paths with potentials (Edmonds and Karp 1972); a search ends
    at the first lack, and changes the potentials of what it reached only.
    """
    excess = nodes[1]
    for source in range(shape[3] + 1):
        while excess[source] > 0:
            target = _search(source, shape, pairs, tails, experts, nodes, path, work)
            _send(source, target, shape, pairs, tails, experts, path)
            excess[source] -= 1
            excess[target] += 1


def distances(graph: Any, distance: Any, work: Any) -> None:
    """Lower `distance` to the least lengths from the nodes where it is not FAR (Dijkstra 1959).

    graph: where each node's arcs start, their heads, their lengths. work: room for a heap.
    """
    start, head, length = graph
    keys, nodes = work
    size = 0
    for node in range(len(distance)):
        if distance[node] < FAR:
            size = heap_push(keys, nodes, size, distance[node], node)
    while size > 0:
        reached = keys[0]
        node = nodes[0]
        size = heap_pop(keys, nodes, size)
        if reached > distance[node]:
            continue
        for arc in range(start[node], start[node + 1]):
            longer = reached + length[arc]
            if longer < distance[head[arc]]:
                distance[head[arc]] = longer
                size = heap_push(keys, nodes, size, longer, head[arc])


def detours(graph: Any, ends: Any, limit: int, length_of: Any, work: Any) -> None:
    """Give the least lengths from one node to another, for as many as asked, where they are within the limit.

    graph: as for `distances`. ends: the nodes from which and to which. Fills `length_of` where it is FAR.
    """
    start, head, length = graph
    sources, goals = ends
    distance, touched, keys, nodes = work
    for asked in range(len(sources)):
        if length_of[asked] < FAR:
            continue
        goal = goals[asked]
        distance[sources[asked]] = 0
        touched[0] = sources[asked]
        reached = 1
        size = heap_push(keys, nodes, 0, 0, sources[asked])
        while size > 0 and nodes[0] != goal:
            far = keys[0]
            node = nodes[0]
            size = heap_pop(keys, nodes, size)
            if far == distance[node]:
                for arc in range(start[node], start[node + 1]):
                    longer = far + length[arc]
                    if longer <= limit and longer < distance[head[arc]]:
                        if distance[head[arc]] == FAR:
                            touched[reached] = head[arc]
                            reached += 1
                        distance[head[arc]] = longer
                        size = heap_push(keys, nodes, size, longer, head[arc])
        length_of[asked] = distance[goal]
        for place in range(reached):
            distance[touched[place]] = FAR


KERNELS = Kernels(
    heap_push,
    heap_pop,
    best_of_rows,
    _leave_tail,
    _leave_expert,
    _leave_sink,
    _send_without_expert,
    _send,
    _search,
    route,
    distances,
    detours,
)
