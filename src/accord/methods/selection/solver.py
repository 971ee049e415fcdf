"""HiGHS, as SciPy brings it: the one place where floating point is asked, and nothing it says is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from accord.methods.selection.program import Row

_SOLVED: Final = 0
_INFEASIBLE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What HiGHS says of a linear program: a point, its gain, a price of each row; or that there is none."""

    point: NDArray[np.float64] | None = None
    gain: float = 0.0
    prices: tuple[float, ...] = ()
    none_feasible: bool = False


class Matrix:
    """Rows as HiGHS takes them, each scaled to its greatest coefficient."""

    def __init__(self, rows: Sequence[Row], columns: int) -> None:
        self.scales = [max(abs(coefficient) for _, coefficient in row.cells) for row in rows]
        entries = [
            (number, column, coefficient / self.scales[number])
            for number, row in enumerate(rows)
            for column, coefficient in row.cells
        ]
        numbers, places, values = zip(*entries, strict=True) if entries else ((), (), ())
        self.cells: Any = csr_array((np.array(values, dtype=np.float64), (numbers, places)), shape=(len(rows), columns))
        self.limits = np.array([row.limit / scale for row, scale in zip(rows, self.scales, strict=True)])

    def best_point(self, gains: NDArray[np.float64], boxes: NDArray[np.float64]) -> Answer:
        """The point of the greatest gain within the boxes (columns by two: from, to)."""
        return best_point(gains, self.cells, self.limits, boxes)

    def least_excess(self, boxes: NDArray[np.float64]) -> Answer:
        """The point in the boxes at which the rows' excesses add up to the least."""
        count, columns = self.cells.shape
        apart = np.hstack([self.cells.toarray(), -np.eye(count)])
        gains = np.concatenate([np.zeros(columns), -np.ones(count)])
        return best_point(gains, apart, self.limits, np.concatenate([boxes, np.tile([0, np.inf], (count, 1))]))

    def whole_point(self, gains: NDArray[np.float64], nodes: int) -> NDArray[np.float64] | None:
        """What HiGHS' own integer search finds in so many nodes."""
        conditions = [LinearConstraint(self.cells, -np.inf, self.limits)] if self.scales else []
        found = milp(
            -gains,
            integrality=np.ones(gains.size, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=conditions,
            options={"node_limit": nodes, "mip_rel_gap": 1e-4},
        )
        point: NDArray[np.float64] | None = found.x
        return point


def best_point(gains: NDArray[np.float64], cells: Any, limits: NDArray[np.float64], boxes: Any) -> Answer:
    """The point of the greatest gain that keeps every row."""
    found: Any = linprog(-gains, A_ub=cells, b_ub=limits, bounds=boxes, method="highs")
    if found.status != _SOLVED:
        return Answer(none_feasible=found.status == _INFEASIBLE)
    return Answer(
        point=found.x, gain=-float(found.fun), prices=tuple(-float(price) for price in found.ineqlin.marginals)
    )
