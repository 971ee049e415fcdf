"""Randomised assignment: no pair is more likely than q, and every outcome meets all loads and quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from numbers import Real
from typing import Any

import numpy as np

from accord.errors import InvalidInput
from accord.methods.assignment.flow import LACK, Constraints, cheapest_flow
from accord.methods.assignment.optimum import Assignment, assign
from accord.methods.assignment.prices import tie_weights
from accord.methods.assignment.problem import AssignmentProblem, Counts, Integers, Matrix, Side, read_problem

# Beyond it an outcome is so unlikely that no assignment would be drawn twice in a lifetime of calls.
_MOST_OUTCOMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RandomisedAssignment:
    """One of `outcomes`, drawn by the seed; each was as likely as any other.

    `pairs` is n by 2 (row, column), as each outcome is. `marginals` are the pairs that are in some outcome; each
    is in exactly one, so that its probability is `probability`. `expected_total` is in millionths. `optimum`
    holds the certificate that no other marginals within q have a greater expected total: it proves them as an
    assignment of `outcomes` times the demands, quotas and loads.
    """

    pairs: Integers
    drawn: int
    outcomes: tuple[Integers, ...]
    probability: Fraction
    marginals: Integers
    expected_total: Fraction
    optimum: Assignment


def randomised(
    affinity: Matrix,
    *,
    experts_per_proposal: Counts,
    max_load: Counts,
    min_load: Counts = 0,
    conflicts: Matrix | None = None,
    expert_side: Sequence[Side | None] | None = None,
    min_per_side: int | Mapping[Side, int] | None = None,
    q: float | Fraction = 0.5,
    seed: bytes = b"",
) -> RandomisedAssignment:
    """Draw an assignment in which no pair was more likely than q, with the greatest expected total affinity.

    The arguments are those of `assign`; q is one of 1/2, 1/3, 1/4 and so on (a float next to it will do).
    Every outcome meets all conditions. Raises InvalidInput, and AssignmentInfeasible, in multiples of 1/q,
    where conflicts and loads leave no such marginals.

    Source: the linear program of Jecmen et al., Mitigating Manipulation in Peer Review via Randomized
    Reviewer Assignments (NeurIPS 2020), which is whole at multiples of q; the decomposition goes by
    the integrality of flows (Birkhoff; Budish, Che, Kojima and Milgrom 2013).
    """
    count = _outcomes(q)
    arguments: dict[str, Any] = {"conflicts": conflicts, "expert_side": expert_side}
    problem = read_problem(
        affinity,
        experts_per_proposal=experts_per_proposal,
        max_load=max_load,
        min_load=min_load,
        min_per_side=min_per_side,
        seed=seed,
        **arguments,
    )
    optimum = assign(
        affinity,
        experts_per_proposal=problem.demand * count,
        max_load=problem.load_max * count,
        min_load=problem.load_min * count,
        min_per_side=_times(min_per_side, count),
        seed=seed,
        **arguments,
    )
    keys = optimum.pairs[:, 0] * problem.experts + optimum.pairs[:, 1]
    outcomes = tuple(
        np.stack(problem.rows_and_columns(part), axis=-1) for part in _decomposed(problem, keys, count, seed)
    )
    for outcome in outcomes:
        outcome.setflags(write=False)
    drawn = _drawn(seed, count)
    return RandomisedAssignment(
        pairs=outcomes[drawn],
        drawn=drawn,
        outcomes=outcomes,
        probability=Fraction(1, count),
        marginals=optimum.pairs,
        expected_total=Fraction(optimum.total, count),
        optimum=optimum,
    )


def _outcomes(q: float | Fraction) -> int:
    if isinstance(q, bool) or not isinstance(q, Real):
        raise InvalidInput(f"q: found {q!r}; give a number such as 0.5 or 0.25")
    count = round(1 / q) if q > 0 else 0
    if not 1 <= count <= _MOST_OUTCOMES or abs(count * q - 1) > 1e-6:
        raise InvalidInput(f"q: found {q!r}; give 1 over a whole number up to {_MOST_OUTCOMES}, such as 0.5 or 0.25")
    return count


def _times(min_per_side: int | Mapping[Side, int] | None, count: int) -> int | Mapping[Side, int] | None:
    if isinstance(min_per_side, Mapping):
        return {side: number * count for side, number in min_per_side.items()}
    return None if min_per_side is None else min_per_side * count


def _decomposed(problem: AssignmentProblem, keys: Integers, count: int, seed: bytes) -> list[Integers]:
    """Split the marginals into so many assignments; the weights of the pairs decide how.

    A split into equal fractions meets all bounds, rounded to both sides; so a whole one does, one at a time.
    """
    parts = []
    for left in range(count, 0, -1):
        load, of_side, pairs = problem.loads(keys), problem.side_counts(keys).ravel(), problem.counts(keys)
        need = of_side // left
        owed = pairs // left - need.reshape(problem.proposals, len(problem.sides)).sum(axis=1)
        supply = np.concatenate([owed, need])
        constraints = Constraints(
            side_of=problem.side_of,
            sides=len(problem.sides),
            supply=supply,
            spare=-(-of_side // left) - need,
            least=load // left,
            room=-(-load // left) - load // left,
            lack_cost=np.full(supply.size, LACK),
            phantom_cost=np.full(load.size, LACK),
        )
        weights = tie_weights(b"decomposition" + seed, keys)
        flow = cheapest_flow(constraints, keys, weights, fast=keys.size >= 40_000)
        parts.append(keys[flow.assigned])
        keys = keys[~flow.assigned]
    return parts


def _drawn(seed: bytes, count: int) -> int:
    """A whole number below `count`, each as likely: draws beyond its greatest multiple are left out."""
    generator = np.random.PCG64(int.from_bytes(sha256(b"randomised assignment" + seed).digest()))
    number = int(generator.random_raw())
    while number >= 2**64 // count * count:
        number = int(generator.random_raw())
    return number % count
