"""Where no assignment exists: what is missing, and what more load would do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from accord.methods.assignment.problem import AssignmentProblem, Integers, Side
from accord.methods.assignment.scan import Values
from accord.methods.assignment.search import best_assignment, fitting_need


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What cannot be met, with the most met that can be."""

    lacking: tuple[tuple[int, Side | None, int], ...]
    underused: tuple[tuple[int, int], ...]
    wanted: int
    available: int
    load_increase: int | None
    lines: tuple[str, ...]


def contradictions(problem: AssignmentProblem) -> tuple[str, ...]:
    """Tell the forced pairs beyond a demand or a load, and the quotas beyond a demand."""
    count, load = problem.counts(problem.forced), problem.loads(problem.forced)
    lines = [
        f"Row {row} has {count[row]} forced pairs and a demand of {problem.demand[row]}."
        for row in np.flatnonzero(count > problem.demand)
    ]
    lines += [
        f"Column {column} has {load[column]} forced pairs and a maximum load of {problem.load_max[column]}."
        for column in np.flatnonzero(load > problem.load_max)
    ]
    need, missing = fitting_need(problem)
    places = (problem.demand - count).clip(0)
    lines += [
        f"Row {row} has {places[row]} free place(s), its Sides' quotas need {(need + missing)[row].sum()}."
        for row in np.flatnonzero(missing.any(axis=1))
    ]
    return tuple(lines)


def shortfall(problem: AssignmentProblem) -> Shortfall:
    """Say what an infeasible problem lacks: without the minimum loads, then with them alone.

    An assignment exists exactly when neither lacks anything (a minimum cut of the joint network is a cut of
    one of the two), so what is missing shows in one of them.
    """
    against = contradictions(problem)
    most = best_assignment(
        Values(problem=replace(problem, load_min=np.zeros_like(problem.load_min))), weighed=False, partial=True
    )
    lacking = lacking_pairs(problem, most.keys)
    used = _most_used(problem)
    underused = tuple((int(column), int(used[column])) for column in np.flatnonzero(used))
    wanted = sum(problem.demand.tolist())
    takes = np.minimum(problem.load_max, problem.proposals - problem.loads(problem.conflict))
    available = sum(takes.tolist())
    increase = _load_increase(problem)
    lines = [f"{wanted} pairs are wanted, the experts can take {available}."] if available < wanted else []
    for place, side in enumerate(problem.sides):
        need = int(problem.quota[place]) * len(problem.demand)
        room = int(takes[problem.side_of == place].sum())
        if room < need:
            lines.append(f"{need} pairs are wanted of Side {side!r}, its experts can take {room}.")
    lines.extend(against)
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


def lacking_pairs(problem: AssignmentProblem, chosen: Integers) -> tuple[tuple[int, Side | None, int], ...]:
    """Name what the pairs with these keys lack: row, Side (as far as its quota goes) or None, how many."""
    of_side = (problem.quota - problem.side_counts(chosen)).clip(0)
    _, unfitting = fitting_need(problem)
    places = (of_side - unfitting).sum(axis=1)
    rest = (problem.demand - problem.counts(chosen) - places).clip(0)
    missing = np.column_stack([rest, of_side])
    return tuple(
        (row, None if place == 0 else problem.sides[place - 1], int(missing[row, place]))
        for row, place in np.argwhere(missing > 0).tolist()
    )


def _most_used(problem: AssignmentProblem) -> Integers:
    """Per expert, how many reviews are missing to the minimum load when as many as can be are given."""
    # With no more than the minimum to give, as few as possible are missing where as many as possible are given.
    alone = replace(problem, load_max=np.maximum(problem.load_min, problem.loads(problem.forced)))
    return best_assignment(Values(problem=alone), weighed=False, partial=True).unused


def is_possible(problem: AssignmentProblem) -> bool:
    """Whether any assignment meets all conditions."""
    if contradictions(problem) or (problem.demand > problem.experts).any():
        return False
    return best_assignment(Values(problem=problem), weighed=False).is_whole


def _load_increase(problem: AssignmentProblem) -> int | None:
    """The smallest number that, added to every maximum load, makes an assignment possible."""

    def enough(more: int) -> bool:
        return is_possible(replace(problem, load_max=problem.load_max + more))

    # No load exceeds the number of proposals.
    low, high = 0, problem.proposals
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
