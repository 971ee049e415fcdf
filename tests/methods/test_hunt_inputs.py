"""What the methods are given from outside: columns of any library taken, what cannot be meant refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from accord.errors import Infeasible, InvalidInput
from accord.methods.affinity import affinity
from accord.methods.assignment import Grouping, assign, assign_grouped, randomised
from accord.methods.ranking import rank
from accord.methods.selection import select

AFFINITY = np.array([[9, 4, 1], [8, 7, 2]])
ONE = {"experts_per_proposal": 1, "max_load": 1}
VOTES: dict[str, Any] = {
    "proposal": ["A", "A", "B", "B", "C", "C"],
    "expert": ["x", "y", "x", "z", "y", "z"],
    "score": [12.0, 13.5, 10.0, 9.5, 13.0, 11.0],
    "scale": (0, 15),
}
CALL: dict[str, Any] = {
    "merit": [4, 3, 2],
    "requests": [[6, 0], [5, 2], [5, 2]],
    "budgets": [10, 5],
    "rule": "max-merit",
}
LIBRARIES: tuple[Callable[[Any], Any], ...] = (tuple, np.array, pd.Series, pl.Series)


def assigned(**changed: Any) -> list[list[int]]:
    arguments = {"affinity": AFFINITY, **ONE, **changed}
    pairs: list[list[int]] = assign(arguments.pop("affinity"), **arguments).pairs.tolist()
    return pairs


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_of_any_library(library: Callable[[Any], Any]) -> None:
    assert assigned(experts_per_proposal=library([1, 1]), max_load=library([1, 1, 1])) == [[0, 0], [1, 1]]
    columns = {name: library(VOTES[name]) for name in ("proposal", "expert", "score")}
    assert rank(**VOTES | columns).rows == rank(**VOTES).rows
    changed = {"merit": library([4, 3, 2]), "budgets": library([10, 5]), "fundable": library([True] * 3)}
    assert select(**CALL | changed) == select(**CALL)


@pytest.mark.parametrize("frame", [pd.DataFrame, lambda rows: pl.DataFrame(rows, orient="row"), np.array])
def test_tables_of_any_library(frame: Callable[[Any], Any]) -> None:
    assert assigned(affinity=frame(AFFINITY.tolist())) == [[0, 0], [1, 1]]
    assert select(**CALL | {"requests": frame(CALL["requests"])}) == select(**CALL)


def test_a_sparse_matrix_of_the_callers_stays_as_it_is() -> None:
    """Entries stored twice are added up, without overflow, in a matrix of our own."""
    most = 2**31 - 1
    matrix = sparse.csr_array(
        (np.array([1, most, most, 7], dtype=np.int32), np.array([1, 0, 0, 1]), np.array([0, 3, 4])), shape=(2, 2)
    )
    kept = matrix.data.copy(), matrix.indices.copy(), matrix.indptr.copy()
    for one in (matrix, matrix.tocoo(), matrix.tocsc()):
        assert assign(one, **ONE).total == 2 * most + 7
    assert all(np.array_equal(*both) for both in zip(kept, (matrix.data, matrix.indices, matrix.indptr), strict=True))
    with pytest.raises(InvalidInput, match="affinity"):
        assign(sparse.coo_array((np.full(3, 2**31), ([0, 0, 0], [0, 0, 0])), shape=(1, 1)), **ONE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_load", [[1], [1, 2]]),
        ("max_load", [1, True, 1]),
        ("max_load", [1.0, 1.0, 1.0]),
        ("max_load", {1, 2, 3}),
        ("experts_per_proposal", True),
        ("experts_per_proposal", [1, -1]),
        ("min_load", float("nan")),
        ("expert_side", 5),
        ("expert_side", "abc"),
        ("expert_side", ["a", float("nan"), "b"]),
        ("forced", None),
        ("forced", [(0.0, 1)]),
        ("partial", "yes"),
        ("affinity", AFFINITY.astype(float)),
        ("affinity", [[1, 2], [3]]),
    ],
)
def test_assign_refuses(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}"):
        assigned(**{name: value})


@pytest.mark.parametrize("q", ["x", None, True, 0, -0.5, 0.3, float("nan")])
def test_randomised_refuses(q: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^q"):
        randomised(AFFINITY, q=q, **ONE)


@pytest.mark.parametrize("least", [1.5, True, -1, "x"])
def test_a_group_has_a_whole_number_of_experts(least: Any) -> None:
    grouping = Grouping(group_of=["a", "b", "b"], least={"a": least})
    with pytest.raises(InvalidInput, match=r"^groupings"):
        assign_grouped(AFFINITY, groupings=[grouping], **ONE)


@pytest.mark.parametrize("conflicts", [[[False]], [[True]]])
def test_a_group_that_is_wanted_where_no_expert_is_cannot_be(conflicts: Any) -> None:
    grouping = Grouping(group_of=["a"], least={"a": 1})
    with pytest.raises(Infeasible):
        assign_grouped(
            np.zeros((1, 1), dtype=int),
            experts_per_proposal=0,
            max_load=1,
            conflicts=np.array(conflicts),
            groupings=[grouping],
        )


@pytest.mark.parametrize("name", ["proposal", "expert", "panel", "score"])
def test_rank_refuses_columns_without_an_order_of_their_own(name: str) -> None:
    """The order of a set changes from one run of Python to the next."""
    for column in ({1, 2, 3, 4, 5, 6}, dict.fromkeys(range(6)), "abcdef", 5):
        with pytest.raises(InvalidInput, match=f"^{name}"):
            rank(**VOTES | {name: column})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("score", [True] * 6),
        ("score", [10**400] * 6),
        ("score", [float("nan")] * 6),
        ("proposal", ["A", "A", "B", "B", "C", None]),
        ("expert", ["x", "y", "x", "z", "y", float("nan")]),
        ("panel", [None] * 6),
        ("interval", "x"),
        ("interval", None),
        ("leniency", "no"),
    ],
)
def test_rank_refuses(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}"):
        rank(**VOTES | {name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("versions", 5), ("versions", (0, 1, (1, 0))), ("force", 1), ("force", None)]
)
def test_select_refuses(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}"):
        select(**CALL | {name: value})


def test_a_forced_proposal_below_the_threshold_of_the_rule_is_named() -> None:
    with pytest.raises(Infeasible, match="proposal 1 is below"):
        select(**CALL | {"merit": [4, -3, 2], "force": [1]})


@pytest.mark.parametrize("texts", [None, 5, {"a": 1}, {"a"}, "abc", [1]])
def test_affinity_refuses(texts: Any) -> None:
    for name in ("proposals", "publications"):
        arguments = {"proposals": ["a b"], "publications": ["a b"], "authorship": np.array([[1]]), name: texts}
        with pytest.raises(InvalidInput, match=f"^{name}"):
            affinity(**arguments)
