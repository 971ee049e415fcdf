"""What an assignment is asked to meet, read once and refused where it cannot be meant."""

from __future__ import annotations

import math
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
# Path lengths in a network of 2^24 nodes stay far below 2^63.
LARGEST_AFFINITY = 2**32
LARGEST_COUNT = 2**31 - 1
# Calls of so many pairs are searched by compiled code: below, loading it costs more.
COMPILED_FROM = 40_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentProblem:
    """The arguments of an assignment as arrays; rows are proposals, columns are experts.

    A set of pairs is kept as sorted *keys*, row x experts + column. Sparse affinities stay sparse.
    """

    affinity: Integers | sparse.csr_array
    demand: Integers
    load_min: Integers
    load_max: Integers
    conflict: Integers
    forced: Integers
    sides: tuple[Side, ...]
    """The Sides with a quota above zero, in the order of their first expert."""
    side_of: Integers
    """Per expert its place in `sides`, or -1."""
    quota: Integers
    fairness: str
    seed: bytes

    @property
    def proposals(self) -> int:
        return int(self.demand.size)

    @property
    def experts(self) -> int:
        return int(self.load_max.size)

    @property
    def is_large(self) -> bool:
        """Whether compiled code, where there is some, saves more than it costs to load."""
        return self.proposals * self.experts >= COMPILED_FROM

    def rows_and_columns(self, keys: Integers) -> tuple[Integers, Integers]:
        """The rows and the columns of the pairs with these keys."""
        rows, columns = np.divmod(keys, max(self.experts, 1))
        return rows, columns

    def affinity_of(self, keys: Integers) -> Integers:
        """The affinities of the pairs with these keys."""
        rows, columns = self.rows_and_columns(keys)
        if isinstance(self.affinity, np.ndarray):
            return self.affinity[rows, columns].astype(np.int64)
        stored = self.stored_keys()
        place = np.searchsorted(stored, keys).clip(max=max(stored.size - 1, 0))
        found = stored[place] == keys if stored.size else np.zeros(keys.size, dtype=np.bool_)
        values = np.zeros(keys.size, dtype=np.int64)
        values[found] = self.affinity.data[place[found]]
        return values

    def stored_keys(self) -> Integers:
        """The keys of the pairs that sparse affinities hold."""
        matrix = cast("sparse.csr_array", self.affinity)
        rows = np.repeat(np.arange(self.proposals), np.diff(matrix.indptr))
        keys: Integers = rows * self.experts + matrix.indices
        return keys

    def is_open(self, keys: Integers) -> Mask:
        """Which of the pairs may be chosen: neither in conflict nor forced."""
        mask: Mask = ~(contains(self.conflict, keys) | contains(self.forced, keys))
        return mask

    def loads(self, keys: Integers) -> Integers:
        """How many of the pairs each expert has."""
        return np.bincount(self.rows_and_columns(keys)[1], minlength=self.experts)

    def counts(self, keys: Integers) -> Integers:
        """How many of the pairs each proposal has."""
        return np.bincount(self.rows_and_columns(keys)[0], minlength=self.proposals)

    def side_counts(self, keys: Integers) -> Integers:
        """How many of the pairs each proposal has on each Side with a quota: proposals by Sides."""
        rows, columns = self.rows_and_columns(keys)
        counts = np.zeros((self.proposals, len(self.sides)), dtype=np.int64)
        with_quota = self.side_of[columns] >= 0
        np.add.at(counts, (rows[with_quota], self.side_of[columns[with_quota]]), 1)
        return counts


def merged(*keys: Integers) -> Integers:
    """All the keys, sorted, each once."""
    together = np.sort(np.concatenate(keys))
    kept: Integers = together[np.concatenate([[True], together[1:] != together[:-1]])[: together.size]]
    return kept


def contains(keys: Integers, asked: Integers) -> Mask:
    """Which of the keys asked are among the sorted keys."""
    if not keys.size:
        return np.zeros(asked.shape, dtype=np.bool_)
    found: Mask = keys[np.searchsorted(keys, asked).clip(max=keys.size - 1)] == asked
    return found


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
    proposals, experts = cast("tuple[int, int]", values.shape)
    load_min = _counts("min_load", min_load, experts, "expert")
    load_max = _counts("max_load", max_load, experts, "expert")
    if (load_min > load_max).any():
        column = int(np.argmax(load_min > load_max))
        raise InvalidInput(
            f"min_load: {load_min[column]} for the expert of column {column}, whose max_load is "
            f"{load_max[column]}; give at most that"
        )
    sides, side_of, quota = _quotas(expert_side, min_per_side, experts)
    conflict = _conflicts(conflicts, (proposals, experts))
    must = _forced(forced, (proposals, experts))
    if contains(conflict, must).any():
        row, column = divmod(int(must[contains(conflict, must)][0]), experts)
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


def _array(name: str, values: ArrayLike, wanted: str = "proposals by experts") -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise InvalidInput(f"{name}: found rows of unequal length; give {wanted}") from error


def _affinities(affinity: Matrix) -> Integers | sparse.csr_array:
    is_sparse = isinstance(affinity, sparse.spmatrix | sparse.sparray)
    matrix: Any = affinity if is_sparse else _array("affinity", cast("ArrayLike", affinity))
    if matrix.ndim != 2:
        raise InvalidInput(f"affinity: found {matrix.ndim} dimension(s); give proposals by experts")
    if matrix.dtype.kind not in "iu":
        raise InvalidInput(f"affinity: found {matrix.dtype}; give integers, in millionths")
    if not is_sparse:
        _within_limits(matrix)
        # Neither the caller's matrix is changed nor, where it serves as it is, a second one made.
        return cast("Integers", matrix if _serves(matrix) else matrix.astype(np.int64))
    if matrix.format not in {"csr", "csc"}:
        matrix = matrix.tocoo().astype(np.int64)  # what is stored twice is added up without overflow
    rows = sparse.csr_array(matrix)
    _within_limits(rows.data)
    added: Any = rows if _serves(rows) else rows.astype(np.int64)
    if not added.has_canonical_format:
        added = added.astype(np.int64, copy=True)
        added.sum_duplicates()
        _within_limits(added.data)
    return cast("sparse.csr_array", added)


def _serves(matrix: Any) -> bool:
    return matrix.dtype in {np.dtype(np.int32), np.dtype(np.int64)}


def _within_limits(values: NDArray[Any]) -> None:
    if values.size and (values.max() > LARGEST_AFFINITY or values.min() < -LARGEST_AFFINITY):
        raise InvalidInput("affinity: found a value beyond 2^32; give millionths")


def whole(name: str, value: object) -> int:
    """A count as an integer; raise InvalidInput for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidInput(f"{name}: found {value!r}; give an integer")
    if not 0 <= value <= LARGEST_COUNT:
        raise InvalidInput(f"{name}: found {value}; give an integer from 0 to {LARGEST_COUNT}")
    return int(value)


def _counts(name: str, value: Counts, length: int, unit: str) -> Integers:
    if not isinstance(value, Sequence | np.ndarray) and np.ndim(value) == 0:
        return np.full(length, whole(name, value), dtype=np.int64)
    numbers = _array(name, value, "one integer, or one per " + unit)
    # An empty list has no integer type, and no value that could be wrong.
    numbers = numbers if numbers.size else np.zeros(numbers.shape, dtype=np.int64)
    if numbers.shape != (length,):
        raise InvalidInput(f"{name}: found the shape {numbers.shape}; give one integer, or {length}: one per {unit}")
    # NumPy would take True among integers for 1.
    mixed = isinstance(value, list | tuple) and any(isinstance(number, bool) for number in value)
    if numbers.dtype.kind not in "iu" or mixed:
        raise InvalidInput(f"{name}: found {'a boolean' if mixed else numbers.dtype}; give integers")
    if length and (numbers.min() < 0 or numbers.max() > LARGEST_COUNT):
        place = int(np.argmax((numbers < 0) | (numbers > LARGEST_COUNT)))
        whole(f"{name}[{place}]", int(numbers[place]))
    return numbers.astype(np.int64)


def _conflicts(conflicts: Matrix | None, shape: tuple[int, int]) -> Integers:
    """The keys of the pairs in conflict."""
    if conflicts is None:
        return np.zeros(0, dtype=np.int64)
    is_sparse = isinstance(conflicts, sparse.spmatrix | sparse.sparray)
    mask: Any = conflicts if is_sparse else _array("conflicts", cast("ArrayLike", conflicts))
    if mask.shape != shape:
        raise InvalidInput(f"conflicts: found the shape {mask.shape}; give {shape}, as affinity has")
    if mask.dtype != np.bool_:
        raise InvalidInput(f"conflicts: found {mask.dtype}; give booleans, True where a pair is forbidden")
    if is_sparse:
        cells = sparse.coo_array(mask)
        set_cells = cells.data
        return merged(cells.coords[0][set_cells].astype(np.int64) * shape[1] + cells.coords[1][set_cells])
    return np.flatnonzero(mask)


def _forced(forced: Iterable[tuple[int, int]], shape: tuple[int, int]) -> Integers:
    """The keys of the pairs that must be in."""
    if not isinstance(forced, Iterable):
        raise InvalidInput(f"forced: found {forced!r}; give pairs (row, column)")
    keys = set()
    for pair in forced:
        if np.shape(pair) != (2,):
            raise InvalidInput(f"forced: found {pair!r}; give pairs (row, column)")
        row, column = (whole("forced", index) for index in pair)
        if row >= shape[0] or column >= shape[1]:
            raise InvalidInput(f"forced: the pair ({row}, {column}) is outside the shape {shape} of affinity")
        keys.add(row * shape[1] + column)
    return np.array(sorted(keys), dtype=np.int64)


def _quotas(
    expert_side: Sequence[Side | None] | None, min_per_side: int | Mapping[Side, int] | None, experts: int
) -> tuple[tuple[Side, ...], Integers, Integers]:
    if expert_side is None and min_per_side is not None:
        raise InvalidInput("min_per_side: found without expert_side; give the Side of every expert")
    if isinstance(expert_side, str) or not isinstance(expert_side, Iterable | None):
        raise InvalidInput(f"expert_side: found {expert_side!r}; give a Side, or None, per expert")
    belongs = [None] * experts if expert_side is None else list(expert_side)
    if len(belongs) != experts:
        raise InvalidInput(f"expert_side: found {len(belongs)} entries; give {experts}, one per expert")
    try:
        present = tuple(dict.fromkeys(side for side in belongs if side is not None))
    except TypeError as error:
        raise InvalidInput(f"expert_side: {error}; give an identifier, or None, per expert") from error
    if any(isinstance(side, float) and math.isnan(side) for side in present):
        raise InvalidInput("expert_side: found nan; give None for an expert of no Side")
    if min_per_side is None:
        wanted: dict[Side, int] = {}
    elif isinstance(min_per_side, Mapping):
        wanted = {side: whole(f"min_per_side[{side!r}]", number) for side, number in min_per_side.items()}
    else:
        wanted = dict.fromkeys(present, whole("min_per_side", min_per_side))
    for side in wanted:
        if side not in present:
            raise InvalidInput(f"min_per_side: no expert belongs to Side {side!r}; give one of expert_side")
    sides = tuple(side for side in present if wanted.get(side, 0) > 0)
    place = {side: index for index, side in enumerate(sides)}
    side_of = np.array([place.get(side, -1) for side in belongs], dtype=np.int64)
    return sides, side_of, np.array([wanted[side] for side in sides], dtype=np.int64)
