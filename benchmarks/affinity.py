"""The affinity and the conflicts of a large call: time, processor seconds and peak memory, each in a process of its own.

python benchmarks/affinity.py [--size 10000] [--repeats 3]

Texts are made from the reference call's publications and proposals: runs of neighbouring words, one word in twenty
from a Zipf tail that no text of the call has, lengths as in the call. An expert has ten publications.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.call.values import Coauthor, Expert, Investigator, Partner, Proposal, Publication
from accord.methods.affinity import affinity, sparse_affinity
from accord.methods.conflicts import conflicts
from accord.plan.load import load_plan

CALL = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "quantum-call"
EACH = 10  # publications an expert
FLOOR = 20_000


def made_texts(count: int, seed: int) -> list[str]:
    rows = [
        json.loads(line)
        for name in ("publications", "proposals")
        for line in (CALL / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    texts = [re.findall(r"\S+", f"{row['title']}\n{row['abstract']}") for row in rows]
    stream = [word for text in texts for word in text]
    chance = np.random.Generator(np.random.PCG64(seed))
    made = []
    for length in chance.choice([len(text) for text in texts], count).tolist():
        text: list[str] = []
        while len(text) < length:
            start = int(chance.integers(0, len(stream)))
            text += stream[start : start + int(chance.geometric(0.2))]
        tail = zip(chance.random(length).tolist(), chance.zipf(1.2, length).tolist(), strict=True)
        made.append(
            " ".join(f"tail{rare}" if draw < 0.05 else word for word, (draw, rare) in zip(text, tail, strict=False))
        )
    return made


def wrote(experts: int) -> sparse.csr_array[Any, tuple[int, int]]:
    rows, columns = np.repeat(np.arange(experts), EACH), np.arange(experts * EACH)
    return sparse.csr_array((np.ones(columns.size, dtype=np.int64), (rows, columns)))


def texts_of(size: int) -> tuple[list[str], list[str], sparse.csr_array[Any, tuple[int, int]]]:
    return made_texts(size, 1), made_texts(size * EACH, 2), wrote(size)


def one_thread(size: int) -> Callable[[], object]:
    texts = texts_of(size)
    return lambda: affinity(*texts, workers=1)


def all_cores(size: int) -> Callable[[], object]:
    texts = texts_of(size)
    return lambda: affinity(*texts)


def floored(size: int) -> Callable[[], object]:
    texts = texts_of(size)
    return lambda: sparse_affinity(*texts, floor=FLOOR)


def scikit_learn(size: int) -> Callable[[], object]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    proposals, publications, authorship = texts_of(size)

    def run() -> NDArray[np.int32]:
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit([*proposals, *publications])
        experts = sparse.csr_array(authorship / EACH) @ sparse.csr_array(vectorizer.transform(publications))
        found = np.empty((size, size), dtype=np.int32)
        wanted = sparse.csr_array(vectorizer.transform(proposals))
        for start in range(0, size, 200):
            found[start : start + 200] = np.rint((wanted[start : start + 200] @ experts.T).toarray() * 1e6)
        return found

    return run


def all_conflicts(size: int) -> Callable[[], object]:
    """Five partners a proposal, an organisation for every ten experts, eight co-authors an expert, half of the experts applying."""
    chance = np.random.Generator(np.random.PCG64(3))
    organisations = [
        f"{'University of ' if place % 2 else ''}Town{place}{'' if place % 2 else ' GmbH'}"
        for place in range(max(1, size // 10))
    ]

    def organisation() -> str:
        return organisations[int(chance.integers(len(organisations)))]

    def partner(place: int) -> Partner:
        people = tuple(Investigator(id=f"E{who}") for who in {*chance.integers(0, size * 4, 2).tolist()})
        return Partner(
            organisation=organisation(), country="DE", side="EU", role="coordinator" if place == 0 else "partner",
            investigators=people, requested="1", unit="EUR",
        )  # fmt: skip

    proposals = [
        Proposal(
            id=f"P{row}", title="x", abstract="", topic="t", duration_months=12, partners=tuple(map(partner, range(5)))
        )
        for row in range(size)
    ]
    experts = [
        Expert(
            id=f"E{row}",
            organisation=organisation().upper(),
            publications=tuple(f"W{paper}" for paper in sorted({*chance.integers(0, size * EACH, EACH).tolist()})),
            coauthors=tuple(
                Coauthor(id=f"E{who}", last_year=int(chance.integers(2015, 2027)))
                for who in sorted({*chance.integers(0, size * 4, 8).tolist()})
            ),
        )
        for row in range(size)
    ]
    publications = [
        Publication(id=f"W{row}", title="x", year=int(year))
        for row, year in enumerate(chance.integers(2015, 2027, size * EACH))
    ]
    plan = load_plan(CALL / "plan.toml").plan
    return lambda: conflicts(plan, proposals, experts, publications)


RUNS: dict[str, Callable[[int], Callable[[], object]]] = {
    "affinity, one thread": one_thread,
    "affinity, a thread a core": all_cores,
    f"sparse_affinity, floor {FLOOR}": floored,
    "scikit-learn, the same in blocks": scikit_learn,
    "conflicts": all_conflicts,
}


def measure(name: str, size: int) -> None:
    """Print what one run takes: its texts are made before, and their memory told apart."""
    run = RUNS[name](size)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    found = run()
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    what = len(found) if isinstance(found, tuple) else getattr(found, "nnz", None) or np.asarray(found).size
    print(json.dumps([seconds, cpu, before.ru_maxrss / 1024, after.ru_maxrss / 1024, int(what)]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=10_000)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--only", choices=RUNS)
    arguments.add_argument("--once", choices=RUNS, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.once:
        measure(chosen.once, chosen.size)
        return
    print(
        f"{chosen.size} proposals, {chosen.size} experts, {chosen.size * EACH} publications; {os.cpu_count()} cores; medians of {chosen.repeats}"
    )
    print("| what | time | processor | memory before | peak | found |")
    print("|---|---|---|---|---|---|")
    for name in [chosen.only] if chosen.only else RUNS:
        command = [sys.executable, __file__, "--once", name, "--size", str(chosen.size)]
        runs = [json.loads(subprocess.check_output(command, text=True)) for _ in range(chosen.repeats)]
        seconds, cpu, before, peak, what = (statistics.median(values) for values in zip(*runs, strict=True))
        print(
            f"| {name} | {seconds:.1f} s | {cpu:.1f} s | {before:.0f} MiB | {peak:.0f} MiB | {what:.0f} |", flush=True
        )


if __name__ == "__main__":
    main()
