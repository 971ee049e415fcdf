"""The selection by looking at all subsets: slow, obvious, and the whole result; and cases to try it on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from accord.methods.selection import NotFunded, Selection

RULES = ("list-order", "list-with-skips", "ties-by-funds", "max-merit")
UNLIMITED = 10**30


def drawn_weights(count: int, seed: bytes) -> list[int]:
    stream = np.random.PCG64(int.from_bytes(hashlib.sha256(b"selection" + seed).digest(), "big"))
    return [int(stream.random_raw()) >> 40 for _ in range(count)]


def left_after(case: dict[str, Any], funded: Sequence[int]) -> tuple[int, ...]:
    return tuple(budget - sum(case["requests"][i][side] for i in funded) for side, budget in enumerate(case["budgets"]))


def short(case: dict[str, Any], proposal: int, left: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    asked = case["requests"][proposal]
    return tuple((side, asked[side] - left[side]) for side in range(len(left)) if asked[side] > left[side])


def groups_of(case: dict[str, Any], rule: str) -> list[list[int]]:
    """Whom the rule decides on together, in list order."""
    if rule == "max-merit":
        return [list(case["order"])]
    if rule == "ties-by-funds":
        return [list(group) for _, group in groupby(case["order"], lambda i: case["tie_group"][i])]
    return [[i] for i in case["order"]]


def best_of_all_subsets(case: dict[str, Any], rule: str) -> tuple[int, ...]:
    """Look at every subset, and keep the one the rule prefers, as the docs word it."""
    merit, weights = case["merit"], drawn_weights(len(case["merit"]), case["seed"])
    least = 0 if rule == "max-merit" else -UNLIMITED
    allowed = [i for i in case["order"] if case["fundable"][i] and merit[i] >= least]
    groups = groups_of(case, rule)

    def preference(chosen: tuple[int, ...]) -> tuple[Any, ...]:
        if rule == "list-with-skips":
            return tuple(i in chosen for i in case["order"])
        return tuple(
            (
                sum(merit[i] for i in group if i in chosen and merit[i] > 0),
                sum(weights[i] for i in group if i in chosen and merit[i] > 0),
                tuple(i in chosen for i in group if merit[i] <= 0),
            )
            for group in groups
        )

    subsets = (
        tuple(i for i, taken in zip(allowed, mask, strict=True) if taken)
        for mask in product([False, True], repeat=len(allowed))
    )
    payable = [chosen for chosen in subsets if min(left_after(case, chosen)) >= 0]
    if rule == "list-order":
        return max((s for s in payable if s == tuple(allowed[: len(s)])), key=len)
    return max(payable, key=preference)


def expected(case: dict[str, Any], rule: str) -> Selection:
    """Write the whole result down, slowly, from the best subset."""
    funded = best_of_all_subsets(case, rule)
    not_funded: list[NotFunded] = []
    stopped_at: int | None = None
    before: list[int] = []
    for group in groups_of(case, rule):
        after = [*before, *(i for i in group if i in funded)]
        for i in (i for i in group if i not in funded):
            blocking = short(case, i, left_after(case, after))
            if not case["fundable"][i] or (rule == "max-merit" and case["merit"][i] < 0):
                not_funded.append(NotFunded(proposal=i, reason="below-threshold"))
            elif stopped_at is not None:
                not_funded.append(
                    NotFunded(proposal=i, reason="list-stopped", blocking=blocking, stopped_at=stopped_at)
                )
            elif short(case, i, left_after(case, before)):
                not_funded.append(NotFunded(proposal=i, reason="budget", blocking=blocking))
                stopped_at = i if rule == "list-order" else None
            else:
                not_funded.append(NotFunded(proposal=i, reason="displaced", blocking=blocking))
        before = after
    waiting = [entry.proposal for entry in not_funded if entry.reason != "below-threshold"]
    waiting = waiting if case["reserve"] is None else waiting[: case["reserve"]]
    value = sum(case["merit"][i] for i in funded)
    return Selection(
        funded=funded,
        reserve=tuple(waiting),
        not_funded=tuple(
            NotFunded(
                proposal=entry.proposal,
                reason=entry.reason,
                blocking=entry.blocking,
                stopped_at=entry.stopped_at,
                reserve_place=waiting.index(entry.proposal) + 1 if entry.proposal in waiting else None,
            )
            for entry in not_funded
        ),
        remaining=left_after(case, funded),
        budget_after=tuple(left_after(case, funded[:count]) for count in range(1, len(funded) + 1)),
        value=value,
        bound=value,
        optimal=True,
        canonical=True,
        solver=None,
        rule=rule,
        method="selection",
        version="1",
    )


@st.composite
def cases(draw: st.DrawFn, least: int = 0, most: int = 9) -> dict[str, Any]:
    """Draw few distinct merits and amounts, so that ties are many, and budgets that some set spends exactly."""
    count, sides = draw(st.integers(least, most)), draw(st.integers(1, 4))
    unit = draw(st.sampled_from([1, 1000, 333_333_333_334]))
    merit = draw(st.lists(st.sampled_from([1, 2, 3, 3, 2, 1, 0, -1]), min_size=count, max_size=count))
    asks = st.lists(st.sampled_from([2, 1, 3, 4, 0]).map(lambda ask: ask * unit), min_size=sides, max_size=sides)
    requests = draw(st.lists(asks, min_size=count, max_size=count))
    paid = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    spare = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2 * unit]), min_size=sides, max_size=sides))
    order = draw(st.permutations(range(count)))
    joined = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=count, max_size=count))
    groups, label = [0] * count, 0
    for i, tied in zip(order, joined, strict=True):
        label += not tied
        groups[i] = label
    return {
        "merit": merit,
        "requests": requests,
        "budgets": [
            sum(row[side] for row, taken in zip(requests, paid, strict=True) if taken) + spare[side]
            for side in range(sides)
        ],
        "order": order,
        "tie_group": groups,
        "fundable": draw(st.lists(st.sampled_from([True] * 6 + [False]), min_size=count, max_size=count)),
        "reserve": draw(st.none() | st.integers(0, 4)),
        "seed": draw(st.binary(max_size=4)),
    }
