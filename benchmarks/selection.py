"""The selection against what one would pick instead, and what each rule loses against the best set.

python benchmarks/selection.py [SEEDS]     prints the tables; 20 seeds unless told

Instances: each proposal asks 2 to 4 of 30 Sides for 100,000 to 500,000 (in cents), each Side has 20 to 25% of what
is asked of it, merit is uniform up to 5 points in millionths. CP-SAT runs in a process of its own, with one worker;
it cannot be imported beside HiGHS. pabutools is not in the table: its rules know one budget, not one a Side.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
import scipy

from accord.methods.selection import Rule, select

RULES: tuple[Rule, ...] = ("list-order", "list-with-skips", "ties-by-funds", "max-merit")
SEEDS = 20

CP_SAT = """
import json, sys, time
from ortools.sat.python import cp_model
case = json.load(sys.stdin)
model = cp_model.CpModel()
taken = [model.new_bool_var(str(p)) for p in range(len(case["merit"]))]
for side, budget in enumerate(case["budgets"]):
    model.add(sum(row[side] * x for row, x in zip(case["requests"], taken) if row[side]) <= budget)
model.maximize(sum(m * x for m, x in zip(case["merit"], taken)))
solver = cp_model.CpSolver()
solver.parameters.num_workers = 1
solver.parameters.max_time_in_seconds = case["seconds"]
start = time.process_time()
status = solver.solve(model)
json.dump([solver.status_name(status), round(solver.objective_value), round(solver.best_objective_bound),
           time.process_time() - start], sys.stdout)
"""


def instance(seed: int, proposals: int = 100, sides: int = 30) -> dict[str, Any]:
    chance = np.random.default_rng(seed)
    requests = np.zeros((proposals, sides), dtype=np.int64)
    for row in requests:
        asked = chance.integers(2, 5)
        row[chance.choice(sides, asked, replace=False)] = chance.integers(100_000, 500_001, asked) * 100
    budgets = (requests.sum(axis=0) * chance.uniform(0.20, 0.25, sides)).astype(np.int64)
    return {"merit": chance.integers(0, 5_000_001, proposals), "requests": requests, "budgets": budgets}


@contextlib.contextmanager
def silence():
    """HiGHS prints a line of its own now and then: keep it out of the table."""
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def ours(case: dict[str, Any], **options: Any) -> tuple[Any, float]:
    start = time.process_time()
    with silence():
        found = select(**case, **options)
    return found, time.process_time() - start


def highs(case: dict[str, Any]) -> tuple[int, float]:
    """HiGHS on the rows as they are: floating point, no certificate, any of the equal sets."""
    start = time.process_time()
    with silence():
        found = scipy.optimize.milp(
            -case["merit"].astype(float),
            integrality=np.ones(len(case["merit"])),
            bounds=scipy.optimize.Bounds(0, 1),
            constraints=scipy.optimize.LinearConstraint((case["requests"] / case["budgets"]).T, -np.inf, 1.0),
            options={"mip_rel_gap": 0.0},
        )
    return round(-found.fun), time.process_time() - start


def cp_sat(case: dict[str, Any], seconds: float) -> tuple[str, int, int, float]:
    given = {name: values.tolist() for name, values in case.items()} | {"seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-c", CP_SAT], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    status, value, bound, spent = json.loads(done.stdout)
    return status, value, bound, spent


def against_others(seeds: int) -> None:
    rows: dict[str, list[float]] = {"accord": [], "HiGHS": [], "CP-SAT": []}
    proven = {"accord": 0, "CP-SAT": 0}
    for seed in range(seeds):
        case = instance(seed)
        found, spent = ours(case, rule="max-merit")
        value, of_highs = highs(case)
        status, other, _, of_cp = cp_sat(case, 120)
        if (found.optimal and found.value < max(value, other)) or (status == "OPTIMAL" and other < found.value):
            raise SystemExit(f"seed {seed}: the solvers disagree: {found.value}, {value}, {other}")
        rows["accord"].append(spent)
        rows["HiGHS"].append(of_highs)
        rows["CP-SAT"].append(of_cp)
        proven["accord"] += found.optimal and found.canonical
        proven["CP-SAT"] += status == "OPTIMAL"
    print(f"\n100 proposals x 30 Sides, {seeds} seeds, CPU seconds\n")
    print("| | median | slowest | proven |\n|---|---|---|---|")
    for name, spent in rows.items():
        told = f"{proven[name]} of {seeds}" if name in proven else "in floating point"
        print(f"| {name} | {statistics.median(spent):.1f} | {max(spent):.1f} | {told} |")


def large(seeds: int) -> None:
    print("\n1,000 proposals x 30 Sides, max-merit\n")
    print("| seed | accord: gap | CPU s | CP-SAT: gap | CPU s |\n|---|---|---|---|---|")
    for seed in range(seeds):
        case = instance(seed, 1000)
        found, spent = ours(case, rule="max-merit")
        _, value, bound, of_cp = cp_sat(case, 20)
        mine, theirs = found.bound / found.value - 1, bound / value - 1
        print(f"| {seed} | {mine:.2%} | {spent:.1f} | {theirs:.2%} | {of_cp:.1f} |")


def losses(seeds: int) -> None:
    """What each rule funds of the best set's merit; ties where totals agree to half a point."""
    funded: dict[str, list[float]] = {rule: [] for rule in RULES}
    value: dict[str, list[float]] = {rule: [] for rule in RULES}
    for seed in range(seeds):
        case = instance(seed)
        case["merit"] = case["merit"] // 500_000 * 500_000
        found = {rule: ours(case, rule=rule, tie_group=case["merit"])[0] for rule in RULES}
        for rule in RULES:
            funded[rule].append(len(found[rule].funded))
            value[rule].append(found[rule].value / found["max-merit"].value)
    print(f"\nEach rule against the best set: 100 proposals x 30 Sides, totals in halves, means of {seeds} seeds\n")
    print("| rule | funded | merit, of the best set's | loss |\n|---|---|---|---|")
    for rule in RULES:
        share = statistics.mean(value[rule])
        print(f"| `{rule}` | {statistics.mean(funded[rule]):.1f} | {share:.1%} | {1 - share:.1%} |")


if __name__ == "__main__":
    SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    losses(SEEDS)
    against_others(SEEDS)
    large(min(SEEDS, 5))
