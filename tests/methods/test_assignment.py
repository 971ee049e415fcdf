"""Assignments against every assignment there is, against an integer program, and their reasons."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from accord.errors import AccordError
from accord.methods.assignment import Assignment, AssignmentInfeasible, assign, optimum
from accord.methods.assignment import problem as assignment_problem
from accord.methods.assignment import search as assignment_search
from accord.methods.assignment.problem import read_problem
from accord.methods.assignment.residual import exchangeable_pairs
from accord.methods.assignment.scan import LevelPrices, Values, paying_pairs


@dataclass(frozen=True)
class Case:
    """The arguments of one small assignment."""

    affinity: Any
    demand: list[int]
    load_max: list[int]
    load_min: list[int]
    conflict: Any
    side: list[str | None]
    quota: dict[str, int]
    forced: list[tuple[int, int]]
    fairness: str = "total"
    seed: bytes = b""

    def arguments(self) -> dict[str, Any]:
        return {
            "experts_per_proposal": self.demand,
            "max_load": self.load_max,
            "min_load": self.load_min,
            "conflicts": self.conflict,
            "expert_side": self.side,
            "min_per_side": self.quota,
            "forced": self.forced,
            "fairness": self.fairness,
            "seed": self.seed,
        }

    def assign(self) -> Assignment:
        return assign(self.affinity, **self.arguments())


def every_assignment(case: Case) -> Iterator[list[tuple[int, int]]]:
    """Every set of pairs that meets the conditions, by trying all."""
    proposals, experts = case.affinity.shape
    choices = []
    for row in range(proposals):
        must = {column for r, column in case.forced if r == row}
        choices.append(
            [
                some
                for some in itertools.combinations(range(experts), case.demand[row])
                if must <= set(some)
                and not any(case.conflict[row, column] for column in some)
                and all(sum(case.side[c] == side for c in some) >= least for side, least in case.quota.items())
            ]
        )
    for rows in itertools.product(*choices):
        load = [sum(column in some for some in rows) for column in range(experts)]
        if all(low <= is_ <= high for low, is_, high in zip(case.load_min, load, case.load_max, strict=True)):
            yield [(row, column) for row, some in enumerate(rows) for column in some]


def weights_of(case: Case) -> Any:
    """The weights by the letter of their definition."""
    digest = sha256(b"assignment" + case.seed).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    all_ones = 2**64 - 1

    def mix(word: int) -> int:
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & all_ones
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB & all_ones
        return word ^ (word >> 31)

    drawn = [
        mix(mix((first + (key + 1) * 0x9E3779B97F4A7C15) & all_ones) ^ second) >> 32
        for key in range(case.affinity.size)
    ]
    return np.array(drawn, dtype=np.int64).reshape(case.affinity.shape)


def worth(case: Case, weights: Any, pairs: list[tuple[int, int]]) -> tuple[int, int, int]:
    """What decides: the worst pair that was chosen (where asked), the total, the weights."""
    chosen = [int(case.affinity[pair]) for pair in pairs if pair not in case.forced]
    worst = min(chosen, default=0) if case.fairness == "worst-pair" else 0
    return worst, sum(int(case.affinity[p]) for p in pairs), sum(int(weights[p]) for p in pairs)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    proposals, experts = draw(st.integers(0, 4)), draw(st.integers(1, 5))

    def numbers(length: int, strategy: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(strategy, min_size=length, max_size=length))

    def matrix(strategy: st.SearchStrategy[Any], kind: type) -> Any:
        return np.array(numbers(proposals * experts, strategy), dtype=kind).reshape(proposals, experts)

    values = draw(st.sampled_from([st.integers(0, 2), st.integers(-3, 3), st.integers(0, 10**6)]))
    rarely = st.sampled_from([False] * 8 + [True])
    conflict, forced = matrix(rarely, bool), matrix(rarely, bool)
    load_max = numbers(experts, st.sampled_from([4, 3, 2, 2, 1, 0]))
    side = numbers(experts, st.sampled_from(["CH", "JP", None]))
    return Case(
        affinity=matrix(values, np.int64),
        demand=numbers(proposals, st.sampled_from([2, 1, 1, 3, 0])),
        load_max=load_max,
        load_min=[min(high, draw(st.sampled_from([0, 0, 0, 0, 1]))) for high in load_max],
        conflict=conflict,
        side=side,
        quota={name: draw(st.sampled_from([0, 1])) for name in ("CH", "JP") if name in side},
        forced=[tuple(pair) for pair in np.argwhere(forced & ~conflict).tolist()],
        fairness=draw(st.sampled_from(["total", "worst-pair"])),
        seed=draw(st.binary(max_size=2)),
    )


def pairs_of(result: Assignment) -> list[tuple[int, int]]:
    return [(row, column) for row, column in result.pairs.tolist()]


@settings(max_examples=250, deadline=None)
@given(cases())
def test_is_the_best_of_every_assignment(case: Case) -> None:
    weights = weights_of(case)
    best = max(every_assignment(case), key=lambda pairs: worth(case, weights, pairs), default=None)
    if best is None:
        with pytest.raises(AssignmentInfeasible):
            case.assign()
        return
    result = case.assign()
    affinities = [int(case.affinity[pair]) for pair in best]
    assert pairs_of(result) == best
    assert (result.total, result.worst, result.unique) == (sum(affinities), min(affinities, default=None), True)
    checked = result.certificate.check(case.affinity, result.pairs, **case.arguments())
    assert checked.holds
    assert checked.value == checked.bound == worth(case, weights, best)[1:]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases(), compiled=st.booleans())
def test_pairs_and_prices_do_not_depend_on_the_way(case: Case, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one expert a proposal, priced and widened by one at a time, the same comes out, prices included."""
    try:
        whole = case.assign()
    except AssignmentInfeasible:
        return
    with monkeypatch.context() as narrow:
        for name, value in (("_ALL_AT_ONCE", 0), ("_BEST", 1), ("_BEST_OF_SIDE", 1), ("_MORE", 1)):
            narrow.setattr(assignment_search, name, value)
        if compiled:
            narrow.setattr(assignment_problem, "COMPILED_FROM", 0)
        widened = replace(case, affinity=sparse.csr_array(case.affinity)).assign()
    assert pairs_of(widened) == pairs_of(whole)
    assert widened.reasons == whole.reasons
    for part in ("proposal", "side", "expert"):
        assert np.array_equal(getattr(widened.certificate.prices, part), getattr(whole.certificate.prices, part))


@settings(max_examples=150, deadline=None)
@given(cases().map(lambda case: replace(case, fairness="total")))
def test_the_pairs_said_to_be_exchangeable_are(case: Case) -> None:
    totals = [(worth(case, np.zeros_like(case.affinity), pairs)[1], pairs) for pairs in every_assignment(case)]
    if not totals:
        return
    greatest = max(total for total, _ in totals)
    equals = [set(pairs) for total, pairs in totals if total == greatest]
    result = case.assign()
    problem = read_problem(case.affinity, **case.arguments())
    prices = result.certificate.prices
    chosen = result.pairs[:, 0] * problem.experts + result.pairs[:, 1]
    of_first = LevelPrices(proposal=prices.proposal[:, 0], side=prices.side[:, :, 0], expert=prices.expert[:, 0])
    found = [keys[beyond == 0] for keys, beyond in paying_pairs(Values(problem=problem), of_first, 0)]
    tied = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    marked = exchangeable_pairs(problem, chosen, tied, prices, levels=1)
    told = {divmod(key, problem.experts) for key in marked.tolist()}
    assert told == set.union(*equals) - set.intersection(*equals)


@settings(max_examples=100, deadline=None)
@given(cases().map(lambda case: replace(case, fairness="total", load_min=[0] * len(case.load_max))))
def test_an_experts_price_is_what_one_more_place_adds(case: Case) -> None:
    try:
        result = case.assign()
    except AssignmentInfeasible:
        return
    for column, places in enumerate(case.load_max):
        if places:
            more = [*case.load_max[:column], places + 1, *case.load_max[column + 1 :]]
            added = replace(case, load_max=more).assign().total - result.total
            assert added == max(0, int(result.certificate.prices.expert[column, 0]))


@settings(max_examples=100, deadline=None)
@given(cases().map(lambda case: replace(case, fairness="total")))
def test_forcing_the_next_choice_costs_what_is_said(case: Case) -> None:
    try:
        result = case.assign()
    except AssignmentInfeasible:
        return
    for reason in {reason.row: reason for reason in result.reasons if reason.next_column is not None}.values():
        other = replace(case, forced=[*case.forced, (reason.row, reason.next_column)])
        if reason.cost is None:
            with pytest.raises(AssignmentInfeasible):
                other.assign()
        else:
            assert result.total - other.assign().total == reason.cost
            assert (reason.cost == 0) == (reason.why == "draw") or reason.why == "forced"


@pytest.mark.parametrize("seed", range(4))
def test_total_of_a_middling_call_is_that_of_an_integer_program(seed: int) -> None:
    generator = np.random.default_rng(seed)
    proposals, experts = 40, 30
    affinity = generator.integers(0, 10 ** (2 * seed), (proposals, experts), endpoint=True)
    conflict = generator.random((proposals, experts)) < 0.1
    side = [("CH", "JP", None)[column % 3] for column in range(experts)]
    quota = {"CH": 1, "JP": 1}

    def of_row(row: int, columns: Any) -> Any:
        mask = np.zeros((proposals, experts))
        mask[row, columns] = 1
        return mask.ravel()

    rows = [of_row(row, slice(None)) for row in range(proposals)]
    sides = [of_row(r, [s == name for s in side]) for r in range(proposals) for name in quota]
    loads = np.tile(np.eye(experts), proposals)
    solved = milp(
        -affinity.ravel(),
        integrality=1,
        bounds=Bounds(0, 1 - conflict.ravel().astype(int)),
        constraints=[
            LinearConstraint(np.array(rows), 3, 3),
            LinearConstraint(np.array(sides), 1, np.inf),
            LinearConstraint(loads, 3, 5),
        ],
    )
    result = assign(
        affinity,
        experts_per_proposal=3,
        max_load=5,
        min_load=3,
        conflicts=sparse.csr_array(conflict),
        expert_side=side,
        min_per_side=quota,
    )
    assert result.total == round(-solved.fun)
    assert result.unique


def test_a_larger_call_with_columns_generated_is_proven() -> None:
    """Everyone wants the same experts, whom there are not enough of: the lists of the best do not do."""
    generator = np.random.default_rng(5)
    wanted = 10**6 * np.sqrt(generator.random((1, 120)))
    affinity = np.rint(wanted * (0.9 + 0.1 * generator.random((120, 120)))).astype(np.int64)
    arguments: dict[str, Any] = {
        "experts_per_proposal": 3,
        "max_load": 3,
        "expert_side": ["CH", "JP", "JP"] * 40,
        "min_per_side": 1,
        "seed": b"larger",
    }
    result = assign(affinity, **arguments)
    assert result.total == int(affinity[tuple(result.pairs.T)].sum())
    assert result.certificate.check(affinity, result.pairs, **arguments).holds


def test_sparse_affinities_count_what_is_absent_as_zero() -> None:
    dense = np.array([[0, 5, 0], [4, 0, 0]])
    for matrix in (sparse.csr_array(dense), sparse.coo_matrix(dense)):
        result = assign(matrix, experts_per_proposal=1, max_load=1)
        assert (pairs_of(result), result.total, result.worst) == ([(0, 1), (1, 0)], 9, 4)


def test_another_seed_chooses_another_among_equals() -> None:
    chosen = {
        tuple(pairs_of(assign(np.ones((3, 3), dtype=int), experts_per_proposal=1, max_load=1, seed=bytes([n]))))
        for n in range(40)
    }
    assert len(chosen) == 6


def test_worst_pair_gives_up_total_for_the_worst() -> None:
    affinity = np.array([[10, 6], [7, 1]])
    total = assign(affinity, experts_per_proposal=1, max_load=2)
    fair = assign(affinity, experts_per_proposal=1, max_load=1, fairness="worst-pair")
    assert (total.total, total.worst, total.certificate.floor) == (17, 7, None)
    assert (fair.total, fair.worst, fair.certificate.floor) == (13, 6, 6)


def test_worst_pair_does_not_count_a_forced_pair() -> None:
    affinity = np.array([[0, 9, 9], [9, 8, 3], [9, 3, 1]])
    result = assign(affinity, experts_per_proposal=1, max_load=1, forced=[(0, 0)], fairness="worst-pair", seed=b"")
    assert (pairs_of(result), result.worst, result.certificate.floor) == ([(0, 0), (1, 2), (2, 1)], 0, 3)


@pytest.mark.parametrize("fairness", ["total", "worst-pair"])
def test_where_there_is_nothing_to_choose(fairness: str) -> None:
    nobody = assign(np.zeros((0, 4), dtype=int), experts_per_proposal=3, max_load=1, fairness=fairness)
    unwanted = assign([[5, 6]], experts_per_proposal=0, max_load=1, fairness=fairness)
    without_experts = assign(np.zeros((2, 0), dtype=int), experts_per_proposal=0, max_load=[], fairness=fairness)
    for result in (nobody, unwanted, without_experts):
        assert result.pairs.shape == (0, 2)
        assert (result.total, result.worst, result.unique, result.reasons) == (0, None, True, ())
    one = assign([[7], [8]], experts_per_proposal=1, max_load=2, fairness=fairness)
    assert (pairs_of(one), one.total, one.worst) == ([(0, 0), (1, 0)], 15, 7)
    assert {(reason.next_column, reason.why, reason.cost) for reason in one.reasons} == {(None, None, None)}
    given = assign([[3, 9]], experts_per_proposal=1, max_load=1, forced=[(0, 0)], fairness=fairness)
    assert (pairs_of(given), given.worst, given.certificate.floor) == ([(0, 0)], 3, None)


def test_the_result_cannot_be_changed() -> None:
    result = assign([[3, 9]], experts_per_proposal=1, max_load=1)
    for array in (result.pairs, result.certificate.prices.expert):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def whys(affinity: Any, **arguments: Any) -> list[tuple[int, int, int | None, int | None, str | None, int | None]]:
    return [
        (r.row, r.column, r.next_column, r.next_affinity, r.why, r.cost) for r in assign(affinity, **arguments).reasons
    ]


def test_reasons() -> None:
    one: dict[str, Any] = {"experts_per_proposal": 1, "max_load": 1}
    # Both want expert 0. Row 1 would gain 2 by it, were it not full; instead, row 0 would lose 8.
    assert whys([[9, 1], [8, 6]], **one) == [(0, 0, 1, 1, "price", 6), (1, 1, 0, 8, "full", 6)]
    # Nothing but the affinities speaks.
    assert whys([[5, 3]], **one) == [(0, 0, 1, 3, "price", 2)]
    # Row 0 must have an expert of CH, and there is no other.
    of_side: dict[str, Any] = {"expert_side": ["JP", "CH"], "min_per_side": {"CH": 1}}
    assert whys([[5, 3]], **one, **of_side) == [(0, 1, 0, 5, "quota", None)]
    assert whys([[5, 3]], **one, forced=[(0, 1)]) == [(0, 1, 0, 5, "forced", None)]
    assert whys([[5, 5]], **one) in ([(0, 0, 1, 5, "draw", 0)], [(0, 1, 0, 5, "draw", 0)])
    # The pair (1, 1) lies below the floor of 4.
    assert whys([[10, 4], [4, 1]], **one, fairness="worst-pair")[1] == (1, 0, 1, 1, "floor", None)
    # An expert in conflict is no next choice.
    assert whys([[5, 7, 3]], **one, conflicts=[[False, True, False]]) == [(0, 0, 2, 3, "price", 2)]


def test_an_assignment_that_is_not_proven_is_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = optimum.best_assignment

    def other(*arguments: Any, **options: Any) -> Any:
        best = honest(*arguments, **options)
        return replace(best, keys=1 - best.keys)

    monkeypatch.setattr(optimum, "best_assignment", other)
    with pytest.raises(AccordError, match="could not be proven"):
        assign([[1, 2]], experts_per_proposal=1, max_load=1)
