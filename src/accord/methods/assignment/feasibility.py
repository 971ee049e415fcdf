"""Whether an assignment exists at all, and if not, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from accord.methods.assignment.problem import AssignmentProblem, Integers, Mask, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What cannot be met, with the most met that can be."""

    lacking: tuple[tuple[int, Side | None, int], ...]
    underused: tuple[tuple[int, int], ...]
    wanted: int
    available: int
    load_increase: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rest:
    """What remains to be met once the forced pairs are in; `crowded` is what contradicts itself already."""

    demand: Integers
    need: Integers
    load_min: Integers
    load_max: Integers
    crowded: tuple[tuple[int, int, int], ...]
    lines: tuple[str, ...]


def some_assignment(problem: AssignmentProblem, open_pairs: Mask) -> Mask | None:
    """Find the open pairs of any assignment within `open_pairs` and the forced pairs, or None."""
    rest = _rest(problem)
    if rest.lines:
        return None
    total = int(rest.demand.sum())
    least = int(rest.load_min.sum())
    if least > total or (rest.demand > problem.affinity.shape[1]).any():
        return None
    met, chosen, _, _ = _most(
        problem, open_pairs, rest, firm=rest.load_min, spare=rest.load_max - rest.load_min, pool=total - least
    )
    return chosen if met == total else None


def shortfall(problem: AssignmentProblem) -> Shortfall:
    """Say what an infeasible problem lacks, by two maximum flows: without the minimum loads, with them alone.

    An assignment exists exactly when both flows are full (a minimum cut of the joint network is a cut
    of one of the two), so what is missing shows in one of them.
    """
    rest = _rest(problem)
    open_pairs = problem.open_pairs()
    nothing = np.zeros_like(rest.load_max)
    _, _, met, _ = _most(problem, open_pairs, rest, firm=rest.load_max, spare=nothing, pool=0)
    _, _, _, used = _most(problem, open_pairs, rest, firm=rest.load_min, spare=nothing, pool=0)
    lack: dict[tuple[int, int], int] = {(row, side): missing for row, side, missing in rest.crowded}
    asked = np.column_stack([rest.demand - rest.need.sum(axis=1), rest.need])
    for row, place in np.argwhere(asked > met).tolist():
        lack[row, place - 1] = lack.get((row, place - 1), 0) + int(asked[row, place] - met[row, place])
    lacking = tuple(
        (row, None if place < 0 else problem.sides[place], missing) for (row, place), missing in sorted(lack.items())
    )
    underused = tuple((int(e), int(rest.load_min[e] - used[e])) for e in np.flatnonzero(used < rest.load_min))
    wanted = sum(problem.demand.tolist())
    takes = np.minimum(problem.load_max, (~problem.conflict).sum(axis=0))
    available = int(takes.sum())
    increase = _load_increase(problem)
    lines = [f"{wanted} pairs are wanted, the experts can take {available}."] if available < wanted else []
    for place, side in enumerate(problem.sides):
        need = int(problem.quota[place]) * len(problem.demand)
        room = int(takes[problem.side_of == place].sum())
        if room < need:
            lines.append(f"{need} pairs are wanted of Side {side!r}, its experts can take {room}.")
    lines.extend(rest.lines)
    for row, owner, missing in lacking:
        of_side = "" if owner is None else f" of Side {owner!r}"
        lines.append(f"Row {row} lacks {missing} expert(s){of_side}.")
    lines.extend(f"Column {column} stays {missing} below its minimum load." for column, missing in underused)
    enough = f"Every maximum load raised by {increase} would do."
    lines.append("No maximum load would do." if increase is None else enough)
    return Shortfall(
        lacking=lacking,
        underused=underused,
        wanted=wanted,
        available=available,
        load_increase=increase,
        lines=tuple(lines),
    )


def _load_increase(problem: AssignmentProblem) -> int | None:
    """The smallest number that, added to every maximum load, makes an assignment possible."""
    open_pairs = problem.open_pairs()

    def enough(more: int) -> bool:
        return some_assignment(replace(problem, load_max=problem.load_max + more), open_pairs) is not None

    # No load exceeds the number of proposals.
    low, high = 0, len(problem.demand)
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _rest(problem: AssignmentProblem) -> _Rest:
    forced_row, forced_column = problem.forced.sum(axis=1), problem.forced.sum(axis=0)
    demand = problem.demand - forced_row
    load_max = problem.load_max - forced_column
    lines = [
        f"Row {row} has {forced_row[row]} forced pairs and a demand of {problem.demand[row]}."
        for row in np.flatnonzero(demand < 0)
    ]
    lines += [
        f"Column {column} has {forced_column[column]} forced pairs and a maximum load of {problem.load_max[column]}."
        for column in np.flatnonzero(load_max < 0)
    ]
    demand = demand.clip(0)
    need = (problem.quota - problem.side_counts(problem.forced)).clip(0)
    crowded = []
    for row in np.flatnonzero(need.sum(axis=1) > demand).tolist():
        places = int(demand[row])
        lines.append(f"Row {row} has {places} free place(s), its Sides' quotas need {need[row].sum()}.")
        for side in range(len(problem.sides)):
            missing = max(0, int(need[row, side]) - places)
            places -= int(need[row, side]) - missing
            if missing:
                crowded.append((row, side, missing))
                need[row, side] -= missing
    return _Rest(
        demand=demand,
        need=need,
        load_min=(problem.load_min - forced_column).clip(0),
        load_max=load_max.clip(0),
        crowded=tuple(crowded),
        lines=tuple(lines),
    )


def _most(
    problem: AssignmentProblem, open_pairs: Mask, rest: _Rest, *, firm: Integers, spare: Integers, pool: int
) -> tuple[int, Mask, Integers, Integers]:
    """Meet as much as can be: experts give `firm` each and, over all, `pool` more within `spare`.

    Returns how many pairs, which, per proposal how many (column 0: of any Side, then of each quota's),
    and per expert how many of `firm`.
    """
    proposals, experts = open_pairs.shape
    sides = len(problem.sides)
    first_side, first_expert = proposals, proposals * (1 + sides)
    pooled, sink, source = first_expert + experts, first_expert + experts + 1, first_expert + experts + 2
    rows, columns = np.nonzero(open_pairs)
    belongs = problem.side_of[columns]
    pair_tail = np.where(belongs >= 0, first_side + rows * sides + belongs, rows)
    every_row, every_expert = np.arange(proposals), first_expert + np.arange(experts)
    every_need = first_side + np.arange(proposals * sides)
    # No arc ever carries more than all the pairs of a row or a column; the flow is in 32 bits.
    arcs = (
        (pair_tail, first_expert + columns, np.ones_like(columns)),
        (np.repeat(every_row, sides), every_need, np.full_like(every_need, experts)),
        (np.full(proposals, source), every_row, (rest.demand - rest.need.sum(axis=1)).clip(max=experts)),
        (np.full_like(every_need, source), every_need, rest.need.ravel().clip(max=experts)),
        (every_expert, np.full(experts, sink), firm.clip(max=proposals)),
        (every_expert, np.full(experts, pooled), spare.clip(0, proposals)),
        (np.array([pooled]), np.array([sink]), np.array([min(pool, proposals * experts)])),
    )
    tail, head, capacity = (np.concatenate(part) for part in zip(*arcs, strict=True))
    size = source + 1
    graph = sparse.csr_array((capacity.astype(np.int32), (tail, head)), shape=(size, size))
    result = maximum_flow(graph, source, sink)
    flow = sparse.coo_array(result.flow)
    tails, heads = flow.coords
    on_pair = (flow.data > 0) & (tails < first_expert) & (heads >= first_expert) & (heads < pooled)
    row_of = np.concatenate([every_row, np.repeat(every_row, sides)])
    chosen = np.zeros_like(open_pairs)
    chosen[row_of[tails[on_pair]], heads[on_pair] - first_expert] = True
    out = np.zeros(size, dtype=np.int64)
    out[heads[tails == source]] = flow.data[tails == source]
    into = np.zeros(size, dtype=np.int64)
    into[tails[heads == sink]] = flow.data[heads == sink]
    met = np.column_stack([out[:first_side], out[first_side:first_expert].reshape(proposals, sides)])
    return int(result.flow_value), chosen, met, into[first_expert:pooled]
