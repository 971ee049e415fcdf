"""What a proposal displaces, against looking at all sets with it and without it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InvalidInput
from accord.methods.selection import Change, Explanation, change, explain
from selection_by_subsets import RULES, expected, limited_cases


def slowly(case: dict[str, Any], rule: str, proposal: int, *, funded: bool) -> Change | None:
    """From the selection without a proposal to the one with it."""
    base = expected(case, rule)
    if not case["fundable"][proposal] or proposal in case["force"]:
        return None
    if funded:
        case = {**case, "fundable": [one and p != proposal for p, one in enumerate(case["fundable"])]}
    else:
        case = {**case, "force": [*case["force"], proposal]}
    beside = expected(case, rule)
    if base is None or beside is None:
        return None
    return change(beside, base) if funded else change(base, beside)


@given(limited_cases(most=5), st.sampled_from(RULES))
@settings(max_examples=80, deadline=None)
def test_every_proposal_is_explained_as_looking_at_all_sets_does(case: dict[str, Any], rule: str) -> None:
    base = expected(case, rule)
    if base is None:
        return
    assert explain(**case, rule=rule) == (
        *(Explanation(proposal=p, not_funded=None, change=slowly(case, rule, p, funded=True)) for p in base.funded),
        *(
            Explanation(proposal=one.proposal, not_funded=one, change=slowly(case, rule, one.proposal, funded=False))
            for one in base.not_funded
        ),
    )


def test_the_best_set_loses_by_any_change() -> None:
    merit = [4_500_000, 4_000_000, 3_500_000, 500_000]
    requests = [[60, 0], [50, 20], [50, 25], [0, 10]]
    told = explain(merit, requests, [100, 50], proposals=[0, 1], rule="max-merit")
    assert told[0].not_funded is not None
    assert told[0].not_funded.blocking == ((0, 60),)
    assert told[0].change == Change(joins=(0, 3), leaves=(1, 2), other_version=(), value=-2_500_000, proven=True)
    assert told[1].change == Change(joins=(1, 2), leaves=(0, 3), other_version=(), value=2_500_000, proven=True)


def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"proposals: 4 names no row; give 0 to 1"):
        explain([1, 2], [[1], [1]], [1], proposals=[0, 4], rule="max-merit")
    with pytest.raises(InvalidInput, match=r"proposals: entry 0 is -1; give 0 or more"):
        explain([1, 2], [[1], [1]], [1], proposals=[-1], rule="max-merit")
