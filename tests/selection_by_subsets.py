"""The selection by looking at all sets: slow, obvious, and the whole result; and cases to try it on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from accord.methods.selection import NotFunded, Selection, TopUp

RULES = ("list-order", "list-with-skips", "ties-by-funds", "max-merit")
LISTS = RULES[:2]

Chosen = dict[int, int | None]
"""Each funded proposal, and which of the case's versions it is funded in."""


def drawn_weights(count: int, seed: bytes) -> list[int]:
    stream = np.random.PCG64(int.from_bytes(hashlib.sha256(b"selection" + seed).digest(), "big"))
    return [int(stream.random_raw()) >> 40 for _ in range(count)]


class Slow:
    """One case, with everything that a selection needs to know about it worked out the long way."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = {
            "reserve": None,
            "seed": b"",
            "topic": [0] * len(case["merit"]),
            "topic_min": {},
            "topic_max": {},
            "topic_budgets": {},
            "coordinator_side": None,
            "max_imbalance": None,
            "versions": [],
            "force": [],
            "top_up": None,
            "order": None,
            **case,
        }
        merit = self.case["merit"]
        self.count = len(merit)
        self.order = self.case["order"] or sorted(range(self.count), key=lambda p: (-merit[p], p))
        self.groups = self.case.get("tie_group") or list(range(self.count))
        self.fundable = self.case.get("fundable") or [True] * self.count
        self.weights = drawn_weights(self.count + len(self.case["versions"]), self.case["seed"])

    def forms(self, p: int) -> list[int | None]:
        return [None, *(v for v, one in enumerate(self.case["versions"]) if one[0] == p)]

    def merit(self, p: int, form: int | None) -> int:
        return int(self.case["merit"][p] if form is None else self.case["versions"][form][1])

    def weight(self, p: int, form: int | None) -> int:
        return self.weights[p if form is None else self.count + form]

    def asks(self, p: int, form: int | None) -> Sequence[int]:
        return self.case["requests"][p] if form is None else self.case["versions"][form][2]

    def left(self, chosen: Chosen, more: Sequence[int]) -> dict[tuple[int, int | None], int]:
        """What each Side has left for each of its topics with a part, and for the others."""
        parts = self.case["topic_budgets"]
        purses: dict[tuple[int, int | None], int] = dict(parts)
        for side, budget in enumerate(self.case["budgets"]):
            purses[side, None] = budget + more[side] - sum(part for key, part in parts.items() if key[0] == side)
        for p, form in chosen.items():
            for side, ask in enumerate(self.asks(p, form)):
                purses[self.purse(p, side)] -= ask
        return purses

    def purse(self, p: int, side: int) -> tuple[int, int | None]:
        topic = self.case["topic"][p]
        return (side, topic) if (side, topic) in self.case["topic_budgets"] else (side, None)

    def short(self, p: int, form: int | None, chosen: Chosen, more: Sequence[int]) -> tuple[tuple[int, int], ...]:
        left = self.left(chosen, more)
        asks = enumerate(self.asks(p, form))
        return tuple((s, ask - left[self.purse(p, s)]) for s, ask in asks if ask > left[self.purse(p, s)])

    def holds(self, chosen: Chosen, more: Sequence[int]) -> bool:
        topics = [self.case["topic"][p] for p in chosen]
        enough = all(topics.count(t) >= least for t, least in self.case["topic_min"].items())
        few = all(topics.count(t) <= most for t, most in self.case["topic_max"].items())
        return (
            min(self.left(chosen, more).values()) >= 0
            and enough
            and few
            and set(self.case["force"]) <= set(chosen)
            and self.balanced(chosen)
        )

    def balanced(self, chosen: Chosen) -> bool:
        if self.case["max_imbalance"] is None:
            return True
        side_of = self.case["coordinator_side"]
        sides = {side_of[p] for p in range(self.count) if self.fundable[p]}
        counts = [[side_of[p] for p in chosen].count(side) for side in sides] or [0]
        return bool(max(counts) - min(counts) <= self.case["max_imbalance"])

    def sets(self, rule: str, base: Chosen, more: Sequence[int]) -> list[Chosen]:
        """Every set that keeps every condition, with `base` in it as it is."""
        forms: list[list[Any]] = []
        for p in range(self.count):
            if p in base:
                forms.append([base[p]])
            elif self.fundable[p]:
                forms.append(["out", *(f for f in self.forms(p) if rule != "max-merit" or self.merit(p, f) >= 0)])
            else:
                forms.append(["out"])
        chosen = ({p: f for p, f in enumerate(row) if f != "out"} for row in product(*forms))
        return [one for one in chosen if self.holds(one, more)]

    def rank(self, p: int, chosen: Chosen) -> int:
        """How well a walk likes what happens to a proposal: whole, then its versions as listed, then nothing."""
        return -self.forms(p).index(chosen[p]) if p in chosen else -1000

    def chosen(self, rule: str, base: Chosen, more: Sequence[int]) -> tuple[Chosen, int | None] | None:
        """What the rule takes, and where the list stopped; None where nothing keeps every condition."""
        sets = self.sets(rule, base, more)
        if not sets:
            return None
        walked = [p for p in self.order if p not in base]
        if rule == "list-order":
            return self.with_stop(sets, walked, base, more)
        if rule == "list-with-skips":
            return max(sets, key=lambda one: tuple(self.rank(p, one) for p in walked)), None
        return max(sets, key=lambda one: self.preference(rule, walked, one)), None

    def with_stop(
        self, sets: list[Chosen], walked: list[int], base: Chosen, more: Sequence[int]
    ) -> tuple[Chosen, int | None]:
        taken = dict(base)
        for place, p in enumerate(walked):
            if self.fundable[p] and all(self.short(p, f, taken, more) for f in self.forms(p)):
                best = [
                    one
                    for one in sets
                    if {q: one.get(q, "out") for q in walked[:place]}
                    == {q: taken.get(q, "out") for q in walked[:place]}
                    and p not in one
                ]
                fewest = min(map(len, best))
                best = [one for one in best if len(one) == fewest]
                return max(best, key=lambda one: tuple(self.rank(q, one) for q in walked)), p
            going = [one for one in sets if all(one.get(q, "out") == taken.get(q, "out") for q in walked[:place])]
            liked = max(going, key=lambda one: self.rank(p, one))
            if p in liked:
                taken[p] = liked[p]
        return taken, None

    def preference(self, rule: str, walked: list[int], chosen: Chosen) -> tuple[Any, ...]:
        told: list[Any] = []
        for group in self.grouped(rule, walked):
            gainful = [p for p in group if p in chosen and self.merit(p, chosen[p]) > 0]
            told += [
                sum(self.merit(p, chosen[p]) for p in gainful),
                sum(self.weight(p, chosen[p]) for p in gainful),
                tuple(self.rank(p, chosen) for p in group if p not in gainful),
            ]
        return tuple(told)

    def grouped(self, rule: str, walked: list[int]) -> list[list[int]]:
        if rule == "max-merit":
            return [walked]
        if rule == "ties-by-funds":
            return [list(group) for _, group in groupby(walked, lambda p: self.groups[p])]
        return [[p] for p in walked]

    def full(self, p: int, chosen: Chosen) -> bool:
        topic = self.case["topic"][p]
        most = self.case["topic_max"].get(topic)
        return most is not None and [self.case["topic"][q] for q in chosen].count(topic) >= most

    def not_funded(self, rule: str, funded: Chosen, stopped_at: int | None) -> list[NotFunded]:
        nothing = [0] * len(self.case["budgets"])
        entries, before, stopped = list[NotFunded](), Chosen(), False
        for group in self.grouped(rule, self.order):
            after = before | {p: funded[p] for p in group if p in funded}
            for p in group:
                if p in funded:
                    continue
                blocking = self.short(p, None, after, nothing)
                offered = [f for f in self.forms(p) if rule != "max-merit" or self.merit(p, f) >= 0]
                if not self.fundable[p] or not offered:
                    entries.append(NotFunded(proposal=p, reason="below-threshold"))
                elif stopped:
                    entries.append(
                        NotFunded(proposal=p, reason="list-stopped", blocking=blocking, stopped_at=stopped_at)
                    )
                elif all(self.short(p, f, before, nothing) for f in offered):
                    entries.append(NotFunded(proposal=p, reason="budget", blocking=blocking))
                elif self.full(p, before):
                    entries.append(NotFunded(proposal=p, reason="topic-full", blocking=blocking))
                else:
                    reason: Any = "limits" if rule in LISTS else "displaced"
                    entries.append(NotFunded(proposal=p, reason=reason, blocking=blocking))
                stopped = stopped or p == stopped_at
            before = after
        return entries

    def expected(self, rule: str) -> Selection | None:
        """The whole result; None where no set keeps every condition."""
        nothing = [0] * len(self.case["budgets"])
        found = self.chosen(rule, {}, nothing)
        if found is None:
            return None
        funded = {p: found[0][p] for p in self.order if p in found[0]}
        entries = self.not_funded(rule, funded, found[1])
        waiting = [one.proposal for one in entries if one.reason != "below-threshold"]
        waiting = waiting if self.case["reserve"] is None else waiting[: self.case["reserve"]]
        value = sum(self.merit(p, form) for p, form in funded.items())
        spent = [list(self.asks(p, form)) for p, form in funded.items()]
        after = [
            tuple(b - sum(row[s] for row in spent[:n]) for s, b in enumerate(self.case["budgets"]))
            for n in range(len(spent) + 1)
        ]
        left = self.left(funded, nothing)
        return Selection(
            funded=tuple(funded),
            versions=tuple(funded.values()),
            reserve=tuple(waiting),
            not_funded=tuple(
                NotFunded(
                    proposal=one.proposal,
                    reason=one.reason,
                    blocking=one.blocking,
                    stopped_at=one.stopped_at,
                    reserve_place=waiting.index(one.proposal) + 1 if one.proposal in waiting else None,
                )
                for one in entries
            ),
            remaining=after[-1],
            topic_remaining=tuple((side, topic, left[side, topic]) for side, topic in self.case["topic_budgets"]),
            budget_after=tuple(after[1:]),
            value=value,
            bound=value,
            optimal=True,
            canonical=True,
            solver=None,
            top_up=self.topped_up(rule, funded),
            rule=rule,  # type: ignore[arg-type]
            method="selection",
            version="1",
        )

    def topped_up(self, rule: str, funded: Chosen) -> TopUp | None:
        more = self.case["top_up"]
        if more is None:
            return None
        found = self.chosen(rule, funded, more)
        assert found is not None
        joins = {p: found[0][p] for p in self.order if p in found[0] and p not in funded}
        left = self.left(found[0], [0] * len(more))
        value = sum(self.merit(p, form) for p, form in joins.items())
        return TopUp(
            joins=tuple(joins),
            versions=tuple(joins.values()),
            added=tuple(max(0, -left[side, None]) for side in range(len(more))),
            value=value,
            bound=value,
            canonical=True,
        )


def expected(case: dict[str, Any], rule: str) -> Selection | None:
    return Slow(case).expected(rule)


def left_after(case: dict[str, Any], funded: Sequence[int]) -> tuple[int, ...]:
    return tuple(budget - sum(case["requests"][i][side] for i in funded) for side, budget in enumerate(case["budgets"]))


@st.composite
def cases(draw: st.DrawFn, least: int = 0, most: int = 8) -> dict[str, Any]:
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


@st.composite
def limited_cases(draw: st.DrawFn, most: int = 6) -> dict[str, Any]:
    """Draw a case with any of the limits, versions, forced proposals and top-ups, together."""
    case = draw(cases(least=1, most=most))
    count, sides = len(case["merit"]), len(case["budgets"])
    case["topic"] = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    case["topic_min"] = draw(st.dictionaries(st.integers(0, 2), st.integers(0, 2), max_size=2))
    case["topic_max"] = draw(st.dictionaries(st.integers(0, 2), st.integers(0, 3), max_size=2))
    keys = draw(st.lists(st.tuples(st.integers(0, sides - 1), st.integers(0, 2)), unique=True, max_size=2))
    left, parts = list(case["budgets"]), {}
    for side, topic in keys:
        part = left[side] * draw(st.sampled_from([1, 2, 0])) // 2
        parts[side, topic] = part
        left[side] -= part
    case["topic_budgets"] = parts
    case["coordinator_side"] = draw(st.lists(st.integers(0, sides - 1), min_size=count, max_size=count))
    case["max_imbalance"] = draw(st.none() | st.integers(0, 2))
    reduced = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.sampled_from([0, 1]), st.integers(1, 3)), max_size=3)
    )
    case["versions"] = [
        (p, case["merit"][p] - penalty, tuple(ask * quarters // 4 for ask in case["requests"][p]))
        for p, penalty, quarters in reduced
    ]
    fundable = [p for p in range(count) if case["fundable"][p] and case["merit"][p] >= 0]
    case["force"] = draw(st.lists(st.sampled_from(fundable), max_size=1)) if fundable else []
    case["top_up"] = draw(st.none() | st.lists(st.sampled_from([0, 1, 3]), min_size=sides, max_size=sides))
    if case["top_up"]:
        unit = max(1, *(ask for row in case["requests"] for ask in row)) // 4 or 1
        case["top_up"] = [more * unit for more in case["top_up"]]
    return case
