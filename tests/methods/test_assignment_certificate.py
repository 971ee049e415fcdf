"""The check of a certificate: it accepts the proof and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.methods.assignment import Assignment, assign
from accord.methods.assignment.certificate import AssignmentCertificate, CertificateCheck
from accord.methods.assignment.prices import AssignmentPrices, exact_sum, tie_weights

AFFINITY = np.array([[9, 4, 4, 2], [8, 4, 4, 1], [7, 7, 2, 2]])
ARGUMENTS: dict[str, Any] = {
    "experts_per_proposal": 2,
    "max_load": [2, 2, 2, 1],
    "min_load": [0, 0, 0, 1],
    "conflicts": np.array([[False] * 4, [False] * 4, [False, False, True, False]]),
    "expert_side": ["CH", "JP", "JP", "CH"],
    "min_per_side": {"CH": 1},
    "forced": [(1, 0)],
    "seed": b"certificate",
}


def solved(**changed: Any) -> Assignment:
    return assign(AFFINITY, **{**ARGUMENTS, **changed})


BEST, OTHER = solved(), solved(forced=[(1, 0), (0, 3)])


def checked(certificate: AssignmentCertificate, pairs: Any, **changed: Any) -> CertificateCheck:
    return certificate.check(AFFINITY, pairs, **{**ARGUMENTS, **changed})


def test_an_honest_certificate_holds() -> None:
    assert BEST.pairs.tolist() != OTHER.pairs.tolist()
    result = solved()
    weights = tie_weights(b"certificate", result.pairs[:, 0] * 4 + result.pairs[:, 1])
    value = (result.total, int(weights.sum()))
    assert checked(result.certificate, result.pairs) == CertificateCheck(
        feasible=True, value=value, bound=value, gap=(0, 0), unique=True
    )
    assert checked(result.certificate, result.pairs[::-1].tolist()).holds


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([(0, 0), (0, 1)], "row 1 has 0 experts, its demand is 2"),
        ([(2, 2)], "pair (2, 2) is in conflict"),
        ([(0, 0)], "pair (1, 0) is forced"),
        ([(0, 0), (1, 0), (2, 0)], "column 0 has a load of 3, its limits are 0 to 2"),
        ([(0, 0)], "column 3 has a load of 0, its limits are 1 to 1"),
        ([(0, 1), (0, 2)], "row 0 has 0 experts of Side 'CH', its quota is 1"),
        ([(0, 0), (0, 0)], "pairs: a pair is there twice"),
        ([(0, 4)], "pairs: a row or a column does not exist"),
        ([(-1, 0)], "pairs: a row or a column does not exist"),
        ([(0, 1, 2)], "pairs: not n by 2 integers but (1, 3) of int64"),
        ([(0.0, 1.0)], "pairs: not n by 2 integers but (1, 2) of float64"),
    ],
)
def test_pairs_that_miss_a_condition_are_told(pairs: Any, problem: str) -> None:
    found = checked(solved().certificate, pairs)
    assert problem in found.problems
    assert (found.feasible, found.holds) == (False, False)


def test_pairs_of_unequal_length_are_told() -> None:
    found = checked(solved().certificate, [(0,), (1, 2)])
    assert (found.feasible, found.value) == (False, None)


def test_another_assignment_is_not_proven() -> None:
    result = solved()
    forced = [[(1, 0), (0, 3)], [(1, 0), (0, 2)]]
    others = {tuple(map(tuple, solved(forced=pairs).pairs.tolist())) for pairs in forced}
    others -= {tuple(map(tuple, result.pairs.tolist()))}
    assert others
    for pairs in others:
        found = checked(result.certificate, pairs)
        assert found.feasible
        assert not found.holds
        assert found.gap > (0, 0)


def test_another_seed_or_another_affinity_is_not_proven() -> None:
    result = solved()
    assert checked(result.certificate, result.pairs, seed=b"another").gap[1] != 0
    raised = AFFINITY.copy()
    raised[0, 3] += 100
    assert not result.certificate.check(raised, result.pairs, **ARGUMENTS).holds


def changed_price(certificate: AssignmentCertificate, part: str, place: Any, by: int) -> AssignmentCertificate:
    array = getattr(certificate.prices, part).copy()
    array[place] += by
    return replace(certificate, prices=replace(certificate.prices, **{part: array}))


def test_a_price_too_high_or_too_low_is_not_proven() -> None:
    result = solved()
    for by in (-100, 100):
        for part, place in (("proposal", (0, 0)), ("proposal", (2, 1)), ("expert", (0, 0)), ("side", (0, 0, 0))):
            many = by * (2**32 if place[-1] else 1)
            assert not checked(changed_price(result.certificate, part, place, many), result.pairs).holds


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["proposal", "side", "expert"]), st.integers(0, 2), st.integers(0, 1), st.integers(-9, 9))
def test_no_change_of_a_price_makes_another_assignment_optimal(part: str, place: int, level: int, by: int) -> None:
    where = (place, 0, level) if part == "side" else (place, level)
    assert not checked(changed_price(BEST.certificate, part, where, by), OTHER.pairs).holds


def test_a_negative_side_price_is_told() -> None:
    result = solved()
    found = checked(changed_price(result.certificate, "side", (0, 0, 0), -(10**6)), result.pairs)
    assert (found.problems, found.feasible, found.holds) == (("prices.side: a price is negative",), True, False)


def test_prices_of_another_shape_type_or_size_are_told() -> None:
    result = solved()
    prices = result.certificate.prices
    for part, array, problem in (
        ("expert", prices.expert[:3], "prices.expert: not (4, 2) of int64 but (3, 2) of int64"),
        ("proposal", prices.proposal * 1.0, "prices.proposal: not (3, 2) of int64 but (3, 2) of float64"),
        ("side", prices.side + 2**61, "prices.side: a price is beyond 2^60"),
    ):
        certificate = AssignmentCertificate(prices=replace(prices, **{part: array}))
        assert checked(certificate, result.pairs).problems == (problem,)


def test_a_floor_is_proven_or_refused() -> None:
    fair = solved(fairness="worst-pair", min_load=0)
    arguments: dict[str, Any] = {"fairness": "worst-pair", "min_load": 0}
    assert checked(fair.certificate, fair.pairs, **arguments).holds
    floor, proof = fair.certificate.floor, fair.certificate.floor_prices
    assert floor is not None
    nothing = AssignmentPrices(
        proposal=np.zeros((3, 2), dtype=np.int64),
        side=np.zeros((3, 1, 2), dtype=np.int64),
        expert=np.zeros((4, 2), dtype=np.int64),
    )
    broken = replace(nothing, expert=np.zeros((1, 2), dtype=np.int64))
    for changes, problem in (
        ({"floor": floor + 1}, f"floor: a pair lies below {floor + 1}"),
        ({"floor": floor - 1}, f"floor: the prices do not prove that {floor - 1} is the highest"),
        ({"floor_prices": nothing}, f"floor: the prices do not prove that {floor} is the highest"),
        ({"floor_prices": broken}, "floor_prices.expert: not (4, 2) of int64 but (1, 2) of int64"),
        ({"floor": None}, "floor: 'worst-pair' needs a floor and its prices"),
    ):
        found = checked(replace(fair.certificate, **changes), fair.pairs, **arguments)
        assert (found.problems, found.holds) == ((problem,), False)
    for certificate in (fair.certificate, replace(fair.certificate, floor_prices=None)):
        found = checked(certificate, fair.pairs, min_load=0)
        assert found.problems == ("floor: given, where there is none",)
    assert proof is not None


def test_a_choice_among_equals_that_the_weights_leave_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are all alike choose nothing: the check holds and says that others are as good."""
    for module in ("search", "certificate"):
        monkeypatch.setattr(
            f"accord.methods.assignment.{module}.tie_weights",
            lambda _, keys: np.ones_like(keys),
        )
    result = assign([[3, 3]], experts_per_proposal=1, max_load=1)
    found = result.certificate.check([[3, 3]], result.pairs, experts_per_proposal=1, max_load=1)
    assert (result.unique, found.unique, found.holds) == (False, False, True)


def test_weights_are_known_pair_by_pair_and_have_32_bits() -> None:
    weights = tie_weights(b"seed", np.arange(350))
    assert np.array_equal(tie_weights(b"seed", np.array([7, 300])), weights[[7, 300]])
    assert weights.min() >= 0
    assert 2**31 < weights.max() < 2**32
    assert weights[:3].tolist() == [194754225, 2993742687, 838735334]


def test_sums_beyond_64_bits_are_exact() -> None:
    values = np.array([2**62, 2**62, 2**62, -5, -(2**61)], dtype=np.int64)
    assert exact_sum(values) == 3 * 2**62 - 5 - 2**61


def test_totals_beyond_64_bits_are_exact() -> None:
    """Prices near their limit add up beyond 64 bits; the bound is told, not wrapped."""
    result = assign(np.full((20, 2), 2**32), experts_per_proposal=1, max_load=20)
    prices = result.certificate.prices
    far = replace(result.certificate, prices=replace(prices, proposal=np.full_like(prices.proposal, -(2**60))))
    found = far.check(np.full((20, 2), 2**32), result.pairs, experts_per_proposal=1, max_load=20)
    assert found.bound[0] == -20 * 2**60 + 40 * (2**32 + 2**60)
