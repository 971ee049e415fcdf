"""What no flow can express: quotas of groupings that cut across each other, such as Side and seniority."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from accord.errors import Infeasible, InvalidInput
from accord.methods.assignment.problem import Counts, Integers, Matrix, read_problem, whole
from accord.methods.assignment.scan import Values

# HiGHS holds every pair; beyond so many it would not come back.
MOST_PAIRS = 1_000_000
_NODES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One way to group experts: per expert its group, or None, and how many of each group a proposal gets at least."""

    group_of: Sequence[Hashable]
    least: Mapping[Hashable, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupedAssignment:
    """The best assignment found, with the bound that HiGHS proves.

    `pairs` is n by 2 (row, column), sorted; `total`, `worst` and `bound` in millionths. `proven` tells that
    no assignment has a greater total. Which of several equals it is, is left to HiGHS.
    """

    pairs: Integers
    total: int
    worst: int | None
    bound: int
    proven: bool


def assign_grouped(
    affinity: Matrix,
    *,
    experts_per_proposal: Counts,
    max_load: Counts,
    groupings: Sequence[Grouping],
    min_load: Counts = 0,
    conflicts: Matrix | None = None,
    forced: Iterable[tuple[int, int]] = (),
) -> GroupedAssignment:
    """Assign experts to proposals so that the total affinity is greatest, under quotas of several groupings.

    The other arguments are those of `assign`. With one grouping `assign` gives the canonical optimum with its
    certificate; this is for two or more. The search ends after 10,000 nodes, whatever the machine.

    Raises InvalidInput for an argument that cannot be taken, and for more than a million pairs; Infeasible
    where no assignment exists, or none was found. Source: an integer program, solved by HiGHS (Huangfu and
    Hall 2018).
    """
    problem = read_problem(
        affinity,
        experts_per_proposal=experts_per_proposal,
        max_load=max_load,
        min_load=min_load,
        conflicts=conflicts,
        forced=forced,
    )
    if problem.proposals * problem.experts > MOST_PAIRS:
        raise InvalidInput(f"affinity: found {problem.proposals} by {problem.experts}; give up to {MOST_PAIRS} pairs")
    members = [
        (_members(number, grouping, group, problem.experts), least)
        for number, grouping in enumerate(groupings)
        for group, least in grouping.least.items()
    ]
    every = np.arange(problem.proposals * problem.experts)
    keys = every[Values(problem=problem).is_open(every) | np.isin(every, problem.forced)]
    if not keys.size:
        if problem.demand.any() or problem.load_min.any() or (problem.proposals and any(least for _, least in members)):
            raise Infeasible("No assignment exists: every pair is in conflict.")
        return GroupedAssignment(pairs=np.zeros((0, 2), dtype=np.int64), total=0, worst=None, bound=0, proven=True)
    rows, columns = problem.rows_and_columns(keys)
    values, cells = problem.affinity_of(keys), np.arange(keys.size)

    def counted(of: Integers, among: Integers, size: int) -> sparse.csr_array:
        return sparse.csr_array((np.ones(among.size), (of[among], among)), shape=(size, keys.size))

    limits = [
        LinearConstraint(counted(rows, cells, problem.proposals), problem.demand, problem.demand),
        LinearConstraint(counted(columns, cells, problem.experts), problem.load_min, problem.load_max),
    ]
    for of_group, least in members:
        among = counted(rows, cells[of_group[columns]], problem.proposals)
        limits.append(LinearConstraint(among, np.full(problem.proposals, least), np.inf))
    solved = milp(
        -values.astype(np.float64),
        integrality=np.ones(keys.size, dtype=np.int64),
        bounds=Bounds(np.isin(keys, problem.forced).astype(np.float64), 1),
        constraints=limits,
        options={"mip_rel_gap": 0, "node_limit": _NODES},
    )
    if solved.x is None:
        raise Infeasible(f"No assignment was found: {solved.message}")
    chosen = keys[np.rint(solved.x) > 0]
    total = int(problem.affinity_of(chosen).sum())
    # Totals are whole: a bound less than one above is none.
    bound = max(total, int(np.floor(-solved.mip_dual_bound + 1e-3)))
    pairs = np.stack(problem.rows_and_columns(chosen), axis=-1)
    pairs.setflags(write=False)
    return GroupedAssignment(
        pairs=pairs,
        total=total,
        worst=int(problem.affinity_of(chosen).min()) if chosen.size else None,
        bound=bound,
        proven=bound == total,
    )


def _members(
    number: int, grouping: Grouping, group: Hashable, experts: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if len(grouping.group_of) != experts:
        found = len(grouping.group_of)
        raise InvalidInput(f"groupings[{number}].group_of: found {found} entries; give {experts}, one per expert")
    members = np.array([one == group for one in grouping.group_of], dtype=np.bool_)
    if not members.any():
        raise InvalidInput(f"groupings[{number}].least: no expert belongs to {group!r}; give a group of group_of")
    whole(f"groupings[{number}].least[{group!r}]", grouping.least[group])
    return members
