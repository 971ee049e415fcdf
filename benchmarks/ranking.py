"""Ranking beside plain MCMC of the same model: CPU seconds, peak memory, ratios.

python benchmarks/ranking.py [--repeats N]     prints a table; every run is a process of its own, its first call
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, gammainccinv

from accord.methods.ranking import rank

Array = NDArray[np.float64]
CHAINS, SWEEPS = 4, 15_000


@dataclass(frozen=True)
class Case:
    """A made-up call: so many proposals and experts, votes a proposal, what the project asked, sweeps of MCMC run."""

    proposals: int
    experts: int
    votes: int
    asked: str
    sweeps: int


CASES = (
    Case(15, 5, 5, "", 15_000),
    Case(45, 15, 5, "0.6", 15_000),
    Case(117, 195, 3, "", 15_000),
    Case(1000, 450, 3, "3", 1_000),
    Case(1000, 1200, 3, "3", 1_000),
    Case(10_000, 4500, 3, "10", 100),
)


def columns(case: Case) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Proposal, expert and score of each vote: merit, leniency and noise, in halves from 0 to 5."""
    chance = np.random.Generator(np.random.PCG64(1))
    proposal = np.repeat(np.arange(case.proposals), case.votes)
    expert = np.concatenate([chance.choice(case.experts, case.votes, replace=False) for _ in range(case.proposals)])
    merit, leniency = chance.normal(3.2, 0.7, case.proposals), chance.normal(0.0, 0.4, case.experts)
    score = merit[proposal] + leniency[expert] + chance.normal(0.0, 0.5, proposal.size)
    return proposal, expert, np.clip(np.round(score * 2) / 2, 0, 5)


def accord(case: Case) -> str:
    proposal, expert, score = columns(case)
    found = rank(proposal.tolist(), expert.tolist(), score.tolist(), scale=(0.0, 5.0))
    return f"{found.method}, error {found.sampling.expected_rank_error:.1f}"


def plain_mcmc(case: Case) -> str:
    """Gibbs over every unknown given all others, each pair's effect included, as the reference package's model has it."""
    proposal, expert, score = columns(case)
    left = score - score.mean()
    chance = np.random.Generator(np.random.PCG64(2))
    per_proposal, per_expert = np.bincount(proposal), np.bincount(expert, minlength=case.experts)

    def sums(values: Array, index: NDArray[np.intp], size: int) -> Array:
        places = index + size * np.arange(CHAINS)[:, None]
        found = np.bincount(places.ravel(), values.ravel(), minlength=size * CHAINS)
        return np.asarray(found.reshape(CHAINS, size), dtype=np.float64)

    def deviation(effects: Array) -> Array:
        shape, rate = (effects.shape[1] - 1) / 2, (effects**2).sum(axis=1) / 2
        above = gammaincc(shape, rate / 4) * chance.uniform(size=CHAINS)
        # Far in the tail, as with thousands of effects, the cut at 2 does not matter and the inverse is not exact.
        precision = np.where(above > 0, gammainccinv(shape, above), chance.gamma(shape, size=CHAINS)) / rate
        return np.asarray(1.0 / np.sqrt(precision))[:, None]

    def effects(precision: Array, pull: Array) -> Array:
        return np.asarray(pull / precision + chance.normal(size=pull.shape) / np.sqrt(precision))

    tau, tau_pair, sigma = (chance.uniform(0.2, 1.8, (CHAINS, 1)) for _ in range(3))
    pair, nu = np.zeros((CHAINS, left.size)), np.zeros((CHAINS, case.experts))
    ranks = np.zeros((CHAINS, case.proposals))
    places = np.broadcast_to(np.arange(1.0, case.proposals + 1), ranks.shape)
    for _ in range(case.sweeps):
        theta = effects(per_proposal / sigma**2 + 1 / tau**2, sums(left - pair, proposal, case.proposals) / sigma**2)
        pull = (left - theta[:, proposal]) / sigma**2 + nu[:, expert] / tau_pair**2
        pair = effects(1 / sigma**2 + 1 / tau_pair**2, pull)
        nu = effects(per_expert / tau_pair**2 + 4, sums(pair, expert, case.experts) / tau_pair**2)
        tau, tau_pair = deviation(theta), deviation(pair - nu[:, expert])
        sigma = deviation(left - theta[:, proposal] - pair)
        found = np.empty_like(ranks)
        np.put_along_axis(found, (-theta).argsort(axis=1), places, axis=1)
        ranks += found
    return f"{case.sweeps} of {SWEEPS} sweeps run"


def measured(what: str, number: int) -> tuple[float, float, str]:
    """CPU seconds, peak mebibytes and remark of one run in a process of its own."""
    found = subprocess.run(
        [sys.executable, __file__, "--one", what, str(number)], capture_output=True, text=True, check=True
    )
    seconds, mebibytes, remark = json.loads(found.stdout)
    return float(seconds), float(mebibytes), str(remark)


def one(what: str, number: int) -> None:
    case = CASES[number]
    run = {"accord": accord, "mcmc": plain_mcmc}[what]
    start = time.process_time()
    remark = run(case)
    seconds = time.process_time() - start
    if what == "mcmc":
        seconds *= SWEEPS / case.sweeps
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, remark]))


def table(repeats: int) -> str:
    lines = [
        "| proposals, experts | accord, CPU s | peak MiB | how | asked | plain MCMC (4 x 15,000), CPU s | ratio |",
        "|---|---:|---:|---|---:|---:|---:|",
    ]
    for number, case in enumerate(CASES):
        runs = [measured("accord", number) for _ in range(repeats)]
        seconds, mebibytes = (statistics.median(float(run[place]) for run in runs) for place in (0, 1))
        chains, _, remark = measured("mcmc", number)
        lines.append(
            f"| {case.proposals:,}, {case.experts:,} | {seconds:.2f} | {mebibytes:.0f} | {runs[0][2]} | {case.asked} "
            f"| {chains:.0f}{'' if case.sweeps == SWEEPS else f' ({remark})'} | {chains / seconds:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    if "--one" in sys.argv:
        place = sys.argv.index("--one")
        one(sys.argv[place + 1], int(sys.argv[place + 2]))
        return
    repeats = int(sys.argv[sys.argv.index("--repeats") + 1]) if "--repeats" in sys.argv else 5
    print(table(repeats))


if __name__ == "__main__":
    main()
