"""Counter-examples that were hunted for in the selection: the best set under every limit, and what a cut-off search proves."""

from __future__ import annotations

import random
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from accord.errors import Infeasible
from accord.methods.selection import hulls, search, select


@cache
def subsets(size: int) -> Any:
    return (np.arange(2**size)[:, None] >> np.arange(size)) & 1


def drawn(seed: int) -> dict[str, Any]:
    """A call whose merits go with its requests, so that bounds are hard to close; amounts up to 2^47."""
    chance = random.Random(seed)
    count, sides = chance.randint(6, 11), chance.randint(1, 4)
    unit = chance.choice([1, 1, 2**40])
    requests = [
        [chance.randint(1, 100) * unit + chance.randrange(unit) if chance.random() < 0.7 else 0 for _ in range(sides)]
        for _ in range(count)
    ]
    call: dict[str, Any] = {
        "merit": chance.choice([[5] * count, [sum(row) // unit + 10 for row in requests]]),
        "requests": requests,
        "budgets": [sum(column) * chance.choice([15, 25, 50]) // 100 for column in zip(*requests, strict=True)],
        "seed": bytes([seed % 256]),
        "topic": [chance.randrange(3) for _ in range(count)],
        "coordinator_side": [chance.randrange(sides) for _ in range(count)],
    }
    if chance.random() < 0.5:
        call |= {"topic_max": {0: chance.randint(0, 3)}, "topic_min": {1: chance.randint(0, 2)}}
    if chance.random() < 0.4:
        call["max_imbalance"] = chance.randint(0, 2)
    return call


def best(call: dict[str, Any]) -> tuple[int, tuple[int, ...]] | None:
    """The greatest value, and the heaviest of the sets that have it; None where no set keeps every limit."""
    cells = subsets(len(call["merit"]))
    kept = (cells @ np.array(call["requests"]) <= call["budgets"]).all(axis=1)
    of_topic = {topic: cells @ (np.array(call["topic"]) == topic) for topic in range(3)}
    for topic, most in call.get("topic_max", {}).items():
        kept &= of_topic[topic] <= most
    for topic, least in call.get("topic_min", {}).items():
        kept &= of_topic[topic] >= least
    if "max_imbalance" in call:
        coordinator = np.array(call["coordinator_side"])
        counts = np.stack([cells @ (coordinator == side) for side in np.unique(coordinator)])
        kept &= counts.max(axis=0) - counts.min(axis=0) <= call["max_imbalance"]
    left = cells[kept]
    if not left.size:
        return None
    value = left @ np.array(call["merit"])
    left = left[value == value.max()]
    bits = np.random.PCG64(int.from_bytes(sha256(b"selection" + call["seed"]).digest()))
    weights = [int(word) >> 40 for word in bits.random_raw(len(call["merit"]))]
    return int(value.max()), tuple(np.flatnonzero(left[(left @ np.array(weights)).argmax()]).tolist())


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_the_best_set_and_what_a_search_cut_off_proves(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(first, first + 20):
        call = drawn(seed)
        expected = best(call)
        # Few maximal sets, so that rows get covers; HiGHS' own search even where there are few columns.
        monkeypatch.setattr(hulls, "MOST_SETS", (2, 20, 3000)[seed % 3])
        monkeypatch.setattr(search, "FEW", (0, 30)[seed % 2])
        arguments = [call.pop(name) for name in ("merit", "requests", "budgets")]
        if expected is None:
            with pytest.raises(Infeasible):
                select(*arguments, rule="max-merit", **call)
            continue
        value, funded = expected
        whole = select(*arguments, rule="max-merit", **call)
        assert (whole.value, whole.bound, tuple(sorted(whole.funded))) == (value, value, funded)
        assert whole.optimal
        assert whole.canonical
        for nodes in (1, 3, 7):
            try:
                found = select(*arguments, rule="max-merit", node_limit=nodes, **call)
            except Infeasible:
                continue  # none was found in so few nodes
            assert found.value <= value <= found.bound
            assert found.optimal is (found.value == found.bound)
            assert not found.canonical or tuple(sorted(found.funded)) == funded
