"""Counter-examples that were hunted for in the assignment, by an oracle written from its page alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from accord.methods import compiled
from accord.methods.assignment import (
    Assignment,
    AssignmentCertificate,
    AssignmentInfeasible,
    AssignmentPrices,
    assign,
)
from accord.methods.assignment import problem as assignment_problem
from accord.methods.assignment import search as assignment_search


@dataclass(frozen=True)
class Drawn:
    """A small call, and everything that the page says of it worked out the long way."""

    affinity: Any
    arguments: dict[str, Any]

    @property
    def experts(self) -> int:
        return int(self.affinity.shape[1])

    def weight(self, key: int) -> int:
        digest = sha256(b"assignment" + self.arguments["seed"]).digest()
        first, second = int.from_bytes(digest[:8]), int.from_bytes(digest[8:16])
        return mixed(mixed((first + (key + 1) * 0x9E3779B97F4A7C15) % 2**64) ^ second) >> 32

    def best(self) -> tuple[int, list[list[int]], tuple[int, int]]:
        """How much is missing at least, the best sets of pairs that miss no more, and what they are worth."""
        cells = subsets(self.affinity.size).reshape(-1, *self.affinity.shape)
        call = self.arguments
        count, load = cells.sum(axis=2), cells.sum(axis=1)
        unmet = sum(
            np.clip(least - cells[:, :, [of == side for of in call["expert_side"]]].sum(axis=2), 0, None)
            for side, least in call["min_per_side"].items()
        )
        kept = ~(cells.astype(bool) & call["conflicts"]).any(axis=(1, 2)) & (load <= call["max_load"]).all(axis=1)
        kept &= (count + unmet <= call["experts_per_proposal"]).all(axis=1)
        for row, column in call["forced"]:
            kept &= cells[:, row, column] == 1
        missing = (call["experts_per_proposal"] - count).sum(axis=1)
        missing += np.clip(call["min_load"] - load, 0, None).sum(axis=1)
        least = int(missing[kept].min())
        sets = [np.flatnonzero(one.ravel()).tolist() for one in cells[kept & (missing == least)]]
        worth = [self.worth(one) for one in sets]
        return least, [one for one, of in zip(sets, worth, strict=True) if of == max(worth)], max(worth)

    def worth(self, keys: list[int]) -> tuple[int, int]:
        return sum(int(self.affinity.flat[key]) for key in keys), sum(map(self.weight, keys))

    def bound(self, prices: AssignmentPrices) -> tuple[int, ...]:
        """The page's formula, in Python's integers."""
        call, total = self.arguments, [0, 0]
        u, g, w = prices.proposal.tolist(), prices.side.tolist(), prices.expert.tolist()
        sides = [side for side in dict.fromkeys(call["expert_side"]) if call["min_per_side"].get(side, 0)]
        for level in (0, 1):
            for row, demand in enumerate(call["experts_per_proposal"]):
                quotas = sum(call["min_per_side"][side] * g[row][at][level] for at, side in enumerate(sides))
                total[level] += demand * u[row][level] - quotas
            for column in range(self.experts):
                limit = "max_load" if w[column] > [0, 0] else "min_load"
                total[level] += call[limit][column] * w[column][level]
        for key in range(self.affinity.size):
            row, column = divmod(key, self.experts)
            side = call["expert_side"][column]
            bonus = g[row][sides.index(side)] if side in sides else [0, 0]
            own = int(self.affinity.flat[key]), self.weight(key)
            reduced = [own[level] - u[row][level] + bonus[level] - w[column][level] for level in (0, 1)]
            is_forced = (row, column) in call["forced"]
            if is_forced or (not call["conflicts"][row, column] and reduced > [0, 0]):
                total = [total[level] + reduced[level] for level in (0, 1)]
        return tuple(total)

    def lacking(self, keys: list[int]) -> tuple[tuple[int, str | None, int], ...]:
        told: list[tuple[int, str | None, int]] = []
        quotas = self.arguments["min_per_side"]
        for row, demand in enumerate(self.arguments["experts_per_proposal"]):
            sides = [self.arguments["expert_side"][key % self.experts] for key in keys if key // self.experts == row]
            of_side = {side: max(0, quotas[side] - sides.count(side)) for side in quotas}
            told.append((row, None, demand - len(sides) - sum(of_side.values())))
            told += [
                (row, side, of_side[side]) for side in dict.fromkeys(self.arguments["expert_side"]) if side in quotas
            ]
        return tuple(one for one in told if one[2])


def mixed(word: int) -> int:
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % 2**64
    return word ^ (word >> 31)


@cache
def subsets(size: int) -> Any:
    return (np.arange(2**size)[:, None] >> np.arange(size)) & 1


def drawn(seed: int) -> Drawn:
    chance = random.Random(seed)
    rows, columns = chance.choice([(1, 1), (1, 5), (5, 1), (2, 3), (3, 3), (2, 5), (5, 2)])
    pool = chance.choice([[0, 1, 2], [7], [0, 2**32, 2**32 - 1, -(2**32)], range(-3, 2), range(10**6)])
    most = [chance.choice([0, 1, 2, 3]) for _ in range(columns)]
    side = [chance.choice(["A", "B", None]) for _ in range(columns)]
    quota = {name: 1 for name in ("A", "B") if name in side and chance.random() < 0.4}
    conflicts = np.array([[chance.random() < 0.2 for _ in range(columns)] for _ in range(rows)])
    row, column = chance.randrange(rows), chance.randrange(columns)
    fits = most[column] and not conflicts[row, column] and chance.random() < 0.3
    return Drawn(
        np.array([[chance.choice(pool) for _ in range(columns)] for _ in range(rows)], dtype=np.int64),
        {
            "experts_per_proposal": [max(chance.choice([0, 1, 2, 3]), len(quota) + 1) for _ in range(rows)],
            "max_load": most,
            "min_load": [chance.choice([0, 0, min(1, limit)]) for limit in most],
            "conflicts": conflicts,
            "expert_side": side,
            "min_per_side": quota,
            "forced": [(row, column)] if fits else [],
            "seed": bytes([seed % 256]),
        },
    )


def told(found: Assignment) -> tuple[Any, ...]:
    prices = found.certificate.prices
    return (
        found.pairs.tolist(),
        [part.tolist() for part in (prices.proposal, prices.side, prices.expert)],
        (found.reasons, found.lacking, found.underused, found.unique),
    )


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_against_every_assignment_and_the_formula(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial answer, which is the whole one where there is one; then its prices, each changed."""
    for seed in range(first, first + 40):
        one = drawn(seed)
        missing, sets, worth = one.best()
        found = assign(one.affinity, **one.arguments, partial=True)
        keys = (found.pairs @ [one.experts, 1]).tolist()
        assert keys in sets
        assert found.lacking == one.lacking(keys)
        assert sum(number for *_, number in (*found.lacking, *found.underused)) == missing
        with monkeypatch.context() as small:
            for name, value in {"_ALL_AT_ONCE": 0, "_BEST": 1, "_BEST_OF_SIDE": 1, "_MORE": 1}.items():
                small.setattr(assignment_search, name, value)
            assert told(assign(sparse.coo_array(one.affinity), **one.arguments, partial=True)) == told(found)
        if missing:
            with pytest.raises(AssignmentInfeasible):
                assign(one.affinity, **one.arguments)
            continue
        whole = assign(one.affinity, **one.arguments)
        assert (whole.pairs.tolist(), whole.unique) == (found.pairs.tolist(), len(sets) == 1)
        prices = whole.certificate.prices
        assert one.bound(prices) == worth
        parts = {"proposal": prices.proposal, "side": prices.side, "expert": prices.expert}
        for name, part in parts.items():
            for place in np.ndindex(part.shape):
                changed = part.copy()
                changed[place] += (1, -1, 2**20, -(2**33))[seed % 4]
                other = AssignmentPrices(**parts | {name: changed})
                signed = all(price >= [0, 0] for price in other.side.reshape(-1, 2).tolist())
                check = AssignmentCertificate(prices=other).check(one.affinity, whole.pairs, **one.arguments)
                assert check.holds is (signed and one.bound(other) == worth)


def test_a_side_lacks_no_more_than_its_quota() -> None:
    """Two seats, one of them for Side B, and B's only expert sits elsewhere: one of B lacks, and one of anybody."""
    call = {"experts_per_proposal": [2, 1], "max_load": 1, "expert_side": ["B"], "min_per_side": {"B": 1}}
    found = assign(np.array([[0], [1]]), **call, partial=True)
    assert (found.pairs.tolist(), found.lacking) == ([[1, 0]], ((0, None, 1), (0, "B", 1)))
    with pytest.raises(AssignmentInfeasible) as infeasible:
        assign(np.array([[0], [1]]), **call)
    assert sum(missing for _, side, missing in infeasible.value.lacking if side == "B") == 1
    assert sum(missing for *_, missing in infeasible.value.lacking) == 2


@pytest.mark.parametrize("sparsely", [False, True])
def test_a_large_call_without_numba_is_searched_all_the_same(
    monkeypatch: pytest.MonkeyPatch, *, sparsely: bool
) -> None:
    dense = np.arange(12 * 10).reshape(12, 10) * 7919 % 101
    call = {"experts_per_proposal": 2, "max_load": 3, "expert_side": ["B", "C"] * 5, "min_per_side": 1}
    expected = told(assign(dense, **call))
    monkeypatch.setattr(compiled, "compiler_is_installed", lambda: False)
    monkeypatch.setattr(assignment_problem, "COMPILED_FROM", 0)
    monkeypatch.setattr(assignment_search, "_ALL_AT_ONCE", 0)
    monkeypatch.setattr(assignment_search, "_BEST", 2)
    assert told(assign(sparse.csr_array(dense) if sparsely else dense, **call)) == expected


def test_the_same_bytes_everywhere() -> None:
    """Found on Python 3.11 and 3.13, with one thread and two, with Numba and without."""
    found = assign(
        np.arange(30 * 25).reshape(30, 25) * 7919 % 97,
        experts_per_proposal=3,
        max_load=7,
        expert_side=["A", "B", None, "C", "A"] * 5,
        min_per_side={"A": 1, "B": 1},
        seed=b"same",
    )
    assert sha256(repr(told(found)).encode()).hexdigest()[:16] == "63dc969bd281f527"
