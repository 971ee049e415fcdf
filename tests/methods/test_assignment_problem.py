"""The arguments of an assignment that are refused, each by its name."""

from __future__ import annotations

from typing import Any

import pytest

from accord.errors import InvalidInput
from accord.methods.assignment import assign

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("affinity", {"affinity": [[0.5, 1.0]]}),
    ("affinity", {"affinity": [1, 2]}),
    ("affinity", {"affinity": [[1], [1, 2]]}),
    ("affinity", {"affinity": [[True, False]]}),
    ("affinity", {"affinity": [[2**33, 0]]}),
    ("experts_per_proposal", {"experts_per_proposal": 1.0}),
    ("experts_per_proposal", {"experts_per_proposal": True}),
    ("experts_per_proposal", {"experts_per_proposal": [1, 1]}),
    ("experts_per_proposal", {"experts_per_proposal": -1}),
    ("max_load", {"max_load": [1.5, 1]}),
    ("max_load", {"max_load": [1, -1]}),
    ("max_load", {"max_load": 2**31}),
    ("min_load", {"min_load": [0, 2]}),
    ("conflicts", {"conflicts": [[0, 1]]}),
    ("conflicts", {"conflicts": [[True], [False]]}),
    ("expert_side", {"expert_side": ["CH"]}),
    ("expert_side", {"expert_side": [["CH"], None]}),
    ("min_per_side", {"min_per_side": 1}),
    ("min_per_side", {"expert_side": ["CH", "JP"], "min_per_side": {"DK": 1}}),
    ("min_per_side", {"expert_side": ["CH", "JP"], "min_per_side": {"CH": 0.5}}),
    ("forced", {"forced": [(0, 2)]}),
    ("forced", {"forced": [(-1, 0)]}),
    ("forced", {"forced": [(0, 0, 0)]}),
    ("forced", {"forced": [(0, 1)], "conflicts": [[False, True]]}),
    ("fairness", {"fairness": "nash"}),
    ("seed", {"seed": "text"}),
]


@pytest.mark.parametrize(("name", "changed"), REFUSED)
def test_what_cannot_be_meant_is_refused_by_name(name: str, changed: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"affinity": [[1, 2]], "experts_per_proposal": 1, "max_load": 1, **changed}
    with pytest.raises(InvalidInput, match=rf"^{name}"):
        assign(arguments.pop("affinity"), **arguments)
