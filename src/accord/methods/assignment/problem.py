"""What an assignment is asked to meet, read once and refused where it cannot be meant."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from accord.errors import InvalidInput

Integers: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Side: TypeAlias = Hashable
Counts: TypeAlias = int | Sequence[int] | NDArray[np.integer[Any]]
Matrix: TypeAlias = ArrayLike | sparse.spmatrix | sparse.sparray

FAIRNESS = ("total", "worst-pair")
# Path lengths in a network of a million nodes stay below 2^53, where floats are exact.
LARGEST_AFFINITY = 2**32
LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentProblem:
    """The arguments of an assignment as arrays; rows are proposals, columns are experts."""

    affinity: Integers
    demand: Integers
    load_min: Integers
    load_max: Integers
    conflict: Mask
    forced: Mask
    sides: tuple[Side, ...]
    """The Sides with a quota above zero, in the order of their first expert."""
    side_of: Integers
    """Per expert its place in `sides`, or -1."""
    quota: Integers
    fairness: str
    seed: bytes

    def open_pairs(self, floor: int | None = None) -> Mask:
        """The pairs that may be chosen: not in conflict, not forced, not below the floor."""
        pairs: Mask = ~self.conflict & ~self.forced
        if floor is not None:
            pairs &= self.affinity >= floor
        return pairs

    def side_counts(self, pairs: Mask) -> Integers:
        """How many of `pairs` each proposal has on each Side with a quota: proposals by Sides."""
        belongs = self.side_of[:, None] == np.arange(len(self.sides))
        counts: Integers = pairs.astype(np.int64) @ belongs.astype(np.int64)
        return counts


def read_problem(
    affinity: Matrix,
    *,
    experts_per_proposal: Counts,
    max_load: Counts,
    min_load: Counts = 0,
    conflicts: Matrix | None = None,
    expert_side: Sequence[Side | None] | None = None,
    min_per_side: int | Mapping[Side, int] | None = None,
    forced: Iterable[tuple[int, int]] = (),
    fairness: str = "total",
    seed: bytes = b"",
) -> AssignmentProblem:
    """Read the arguments of `assign`; raise InvalidInput for the first that cannot be taken."""
    values = _affinities(affinity)
    proposals, experts = values.shape
    load_min = _counts("min_load", min_load, experts, "expert")
    load_max = _counts("max_load", max_load, experts, "expert")
    if (load_min > load_max).any():
        column = int(np.argmax(load_min > load_max))
        raise InvalidInput(
            f"min_load: {load_min[column]} for the expert of column {column}, whose max_load is "
            f"{load_max[column]}; give at most that"
        )
    sides, side_of, quota = _quotas(expert_side, min_per_side, experts)
    conflict = _conflicts(conflicts, values.shape)
    must = _forced(forced, values.shape)
    if (must & conflict).any():
        row, column = np.argwhere(must & conflict)[0].tolist()
        raise InvalidInput(f"forced: the pair ({row}, {column}) is in conflict; leave it out")
    if fairness not in FAIRNESS:
        raise InvalidInput(f"fairness: found {fairness!r}; give one of {', '.join(FAIRNESS)}")
    if not isinstance(seed, bytes):
        raise InvalidInput(f"seed: found {type(seed).__name__}; give bytes")
    return AssignmentProblem(
        affinity=values,
        demand=_counts("experts_per_proposal", experts_per_proposal, proposals, "proposal"),
        load_min=load_min,
        load_max=load_max,
        conflict=conflict,
        forced=must,
        sides=sides,
        side_of=side_of,
        quota=quota,
        fairness=fairness,
        seed=seed,
    )


def _dense(name: str, matrix: Matrix) -> NDArray[Any]:
    if isinstance(matrix, sparse.spmatrix | sparse.sparray):
        return np.asarray(cast("Any", matrix).toarray())
    try:
        return np.asarray(matrix)
    except ValueError as error:
        raise InvalidInput(f"{name}: found rows of unequal length; give proposals by experts") from error


def _affinities(affinity: Matrix) -> Integers:
    values = _dense("affinity", affinity)
    if values.ndim != 2:
        raise InvalidInput(f"affinity: found {values.ndim} dimension(s); give proposals by experts")
    if values.dtype.kind not in "iu":
        raise InvalidInput(f"affinity: found {values.dtype}; give integers, in millionths")
    if values.size and (values.max() > LARGEST_AFFINITY or values.min() < -LARGEST_AFFINITY):
        raise InvalidInput("affinity: found a value beyond 2^32; give millionths")
    return values.astype(np.int64)


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidInput(f"{name}: found {value!r}; give an integer")
    if not 0 <= value <= LARGEST_COUNT:
        raise InvalidInput(f"{name}: found {value}; give an integer from 0 to {LARGEST_COUNT}")
    return int(value)


def _counts(name: str, value: Counts, length: int, unit: str) -> Integers:
    if np.ndim(value) == 0:
        return np.full(length, _whole(name, value), dtype=np.int64)
    # An empty list has no integer type, and no value that could be wrong.
    numbers = np.asarray(value) if np.size(value) else np.zeros(np.shape(value), dtype=np.int64)
    if numbers.shape != (length,):
        raise InvalidInput(f"{name}: found the shape {numbers.shape}; give one integer, or {length}: one per {unit}")
    if numbers.dtype.kind not in "iu":
        raise InvalidInput(f"{name}: found {numbers.dtype}; give integers")
    if length and (numbers.min() < 0 or numbers.max() > LARGEST_COUNT):
        place = int(np.argmax((numbers < 0) | (numbers > LARGEST_COUNT)))
        _whole(f"{name}[{place}]", int(numbers[place]))
    return numbers.astype(np.int64)


def _conflicts(conflicts: Matrix | None, shape: tuple[int, ...]) -> Mask:
    if conflicts is None:
        return np.zeros(shape, dtype=np.bool_)
    mask = _dense("conflicts", conflicts)
    if mask.shape != shape:
        raise InvalidInput(f"conflicts: found the shape {mask.shape}; give {shape}, as affinity has")
    if mask.dtype != np.bool_:
        raise InvalidInput(f"conflicts: found {mask.dtype}; give booleans, True where a pair is forbidden")
    return mask


def _forced(forced: Iterable[tuple[int, int]], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, dtype=np.bool_)
    for pair in forced:
        if np.shape(pair) != (2,):
            raise InvalidInput(f"forced: found {pair!r}; give pairs (row, column)")
        row, column = (_whole("forced", index) for index in pair)
        if row >= shape[0] or column >= shape[1]:
            raise InvalidInput(f"forced: the pair ({row}, {column}) is outside the shape {shape} of affinity")
        mask[row, column] = True
    return mask


def _quotas(
    expert_side: Sequence[Side | None] | None, min_per_side: int | Mapping[Side, int] | None, experts: int
) -> tuple[tuple[Side, ...], Integers, Integers]:
    if expert_side is None and min_per_side is not None:
        raise InvalidInput("min_per_side: found without expert_side; give the Side of every expert")
    belongs = [None] * experts if expert_side is None else list(expert_side)
    if len(belongs) != experts:
        raise InvalidInput(f"expert_side: found {len(belongs)} entries; give {experts}, one per expert")
    try:
        present = tuple(dict.fromkeys(side for side in belongs if side is not None))
    except TypeError as error:
        raise InvalidInput(f"expert_side: {error}; give an identifier, or None, per expert") from error
    if min_per_side is None:
        wanted: dict[Side, int] = {}
    elif isinstance(min_per_side, Mapping):
        wanted = {side: _whole(f"min_per_side[{side!r}]", number) for side, number in min_per_side.items()}
    else:
        wanted = dict.fromkeys(present, _whole("min_per_side", min_per_side))
    for side in wanted:
        if side not in present:
            raise InvalidInput(f"min_per_side: no expert belongs to Side {side!r}; give one of expert_side")
    sides = tuple(side for side in present if wanted.get(side, 0) > 0)
    place = {side: index for index, side in enumerate(sides)}
    side_of = np.array([place.get(side, -1) for side in belongs], dtype=np.int64)
    return sides, side_of, np.array([wanted[side] for side in sides], dtype=np.int64)
