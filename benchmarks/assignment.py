"""The assignment beside OR-tools' minimum-cost flow, HiGHS and SciPy: CPU seconds, medians of one run.

python benchmarks/assignment.py [--large]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy import sparse

LIMIT = 900
MOST_MEMORY = 12 << 30


def block_call(proposals: int, experts: int, *, sides: bool = False, seed: int = 0) -> tuple[Any, dict[str, Any]]:
    """Affinities of about a hundred experts a block, 1% conflicts, loads of 6 to 8, 3 experts a proposal."""
    generator = np.random.default_rng(seed)
    count = max(4, min(proposals, experts) // 100)
    of_row, of_column = generator.integers(0, count, proposals), generator.integers(0, count, experts)
    affinity = np.empty((proposals, experts), dtype=np.int32)
    for first in range(0, proposals, 500):
        chance = generator.random((min(500, proposals - first), experts), dtype=np.float32)
        same = of_row[first : first + 500, None] == of_column[None]
        affinity[first : first + 500] = np.rint(1e6 * np.where(same, 0.4 + 0.6 * chance, 0.3 * chance))
    conflicts = np.zeros((proposals, experts), dtype=bool)
    pairs = proposals * experts // 100
    conflicts[generator.integers(0, proposals, pairs), generator.integers(0, experts, pairs)] = True
    arguments: dict[str, Any] = {
        "experts_per_proposal": 3,
        "max_load": generator.integers(6, 9, experts),
        "conflicts": conflicts,
        "seed": b"benchmark",
    }
    if sides:
        arguments |= {"expert_side": ["CH", "JP"] * (experts // 2), "min_per_side": 1}
    return affinity, arguments


def accord(proposals: int, experts: int, *, sides: bool) -> tuple[float, int]:
    """The whole of `assign`, certificate checked, without reasons."""
    from accord.methods.assignment import assign  # noqa: PLC0415  measured processes load one solver each

    small, arguments = block_call(300, 300, sides=sides)
    assign(small, **arguments)
    affinity, arguments = block_call(proposals, experts, sides=sides)
    start = time.process_time()
    total = assign(affinity, **arguments).total
    return time.process_time() - start, total


def ortools(proposals: int, experts: int) -> tuple[float, int]:
    """SimpleMinCostFlow over all pairs that are not in conflict."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415

    affinity, arguments = block_call(proposals, experts)
    start = time.process_time()
    rows, columns = np.nonzero(~arguments["conflicts"])
    flow = min_cost_flow.SimpleMinCostFlow()
    nodes = np.arange(proposals, proposals + experts)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([rows, nodes]).astype(np.int32),
        np.concatenate([proposals + columns, np.full(experts, proposals + experts)]).astype(np.int32),
        np.concatenate([np.ones_like(rows), arguments["max_load"]]),
        np.concatenate([-affinity[rows, columns].astype(np.int64), np.zeros(experts, dtype=np.int64)]),
    )
    flow.set_nodes_supplies(
        np.arange(proposals + experts + 1, dtype=np.int32),
        np.concatenate([np.full(proposals, 3), np.zeros(experts, dtype=np.int64), [-3 * proposals]]),
    )
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit("not solved")
    return time.process_time() - start, -flow.optimal_cost()


def highs(proposals: int, experts: int) -> tuple[float, int]:
    """HiGHS' linear program over the same pairs, whose corners are whole."""
    from scipy.optimize import linprog  # noqa: PLC0415

    affinity, arguments = block_call(proposals, experts)
    start = time.process_time()
    rows, columns = np.nonzero(~arguments["conflicts"])
    cells, ones = np.arange(rows.size), np.ones(rows.size)
    solved = linprog(
        -affinity[rows, columns],
        A_eq=sparse.csr_array((ones, (rows, cells)), shape=(proposals, rows.size)),
        b_eq=np.full(proposals, 3),
        A_ub=sparse.csr_array((ones, (columns, cells)), shape=(experts, rows.size)),
        b_ub=arguments["max_load"],
        bounds=(0, 1),
        method="highs",
    )
    return time.process_time() - start, round(-solved.fun)


def scipy(proposals: int, experts: int) -> tuple[float, int]:
    """`linear_sum_assignment` with a proposal's row three times and an expert's column per place.

    It may give a proposal the same expert twice: an upper bound, not an answer.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    affinity, arguments = block_call(proposals, experts)
    start = time.process_time()
    open_only = np.where(arguments["conflicts"], -(10**9), affinity)
    places = np.repeat(np.repeat(open_only, 3, axis=0), arguments["max_load"], axis=1)
    rows, columns = linear_sum_assignment(places, maximize=True)
    return time.process_time() - start, int(places[rows, columns].sum())


NAMES = {
    "accord": "accord, certificate checked",
    "ortools": "OR-tools, min-cost flow",
    "highs": "HiGHS, the same network",
    "scipy": "SciPy, expanded (an upper bound)",
}
ASKED = {(1000, 1000): 0.1, (10_000, 10_000): 2.0, (10_000, 4500): 6.0}


def measured(name: str, proposals: int, experts: int, *, sides: bool = False) -> tuple[float, int, int] | None:
    """CPU seconds, total and peak memory in MiB of one run in its own process; None beyond the limit."""
    command = [sys.executable, __file__, "--one", name, str(proposals), str(experts), str(int(sides))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return None
    seconds, total, peak = done.stdout.split()
    return float(seconds), int(total), int(peak)


def one(name: str, proposals: int, experts: int, sides: int) -> None:
    solve = {"accord": lambda p, e: accord(p, e, sides=bool(sides)), "ortools": ortools, "highs": highs, "scipy": scipy}
    # A solver that wants more than this is not what a user would run, and would take the machine down.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    seconds, total = solve[name](proposals, experts)
    print(seconds, total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="10,000 proposals too")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=4)
    options = parser.parse_args()
    if options.one:
        name, *numbers = options.one
        one(name, *(int(number) for number in numbers))
        return
    print(
        "| call | solver | processor | ratio | total, millionths | peak | asked |\n|---|---|---:|---:|---:|---:|---:|"
    )
    calls = [(1000, 1000, False), (1000, 1000, True)]
    calls += [(10_000, 10_000, False), (10_000, 4500, False), (10_000, 10_000, True)] if options.large else []
    for proposals, experts, sides in calls:
        for name in ("accord",) if sides else ("accord", "ortools", "highs", "scipy"):
            if name == "ortools" and find_spec("ortools") is None:
                continue
            repeats = options.repeats if proposals <= 1000 or name == "accord" else 1
            runs = [measured(name, proposals, experts, sides=sides) for _ in range(repeats)]
            done = [run for run in runs if run is not None]
            what = f"{proposals:,} x {experts:,}{', two Sides' if sides else ''}"
            if len(done) < repeats:
                print(f"| {what} | {NAMES[name]} | not done in {LIMIT} s and {MOST_MEMORY >> 30} GiB | | | | |")
                continue
            seconds = statistics.median(run[0] for run in done)
            if name == "accord":
                own, wanted = seconds, ASKED[proposals, experts] * (2 if sides else 1)
            asked = f"{wanted:g} s" if name == "accord" else ""
            ratio = f"{seconds / own:.1f}"
            print(
                f"| {what} | {NAMES[name]} | {seconds:.3f} s | {ratio} | {done[0][1]:,} | {done[0][2]} MiB | {asked} |"
            )


if __name__ == "__main__":
    main()
