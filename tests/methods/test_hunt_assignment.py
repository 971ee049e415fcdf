"""Counter-examples that were hunted for in the assignment, by oracles written from its page alone."""

from __future__ import annotations

import numpy as np
import pytest

from accord.methods.assignment import AssignmentInfeasible, assign


def test_a_side_lacks_no_more_than_its_quota() -> None:
    """Two seats, one of them for Side B, and B's only expert sits elsewhere: one of B lacks, and one of anybody."""
    call = {"experts_per_proposal": [2, 1], "max_load": 1, "expert_side": ["B"], "min_per_side": {"B": 1}}
    found = assign(np.array([[0], [1]]), **call, partial=True)
    assert (found.pairs.tolist(), found.lacking) == ([[1, 0]], ((0, None, 1), (0, "B", 1)))
    with pytest.raises(AssignmentInfeasible) as told:
        assign(np.array([[0], [1]]), **call)
    assert sum(missing for _, side, missing in told.value.lacking if side == "B") == 1
    assert sum(missing for *_, missing in told.value.lacking) == 2
