"""The best set of proposals under every Side's budget, proven: in integers where few, else by HiGHS."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from accord.errors import InvalidInput

# Up to so many proposals every set that could be the best is looked at, in integers.
FEW = 16
# HiGHS takes what lies within a millionth of a whole number for whole. While the coefficients of a row add up
# to no more than this, all such variables together move it by 0.4: with half a unit of room no set of whole
# proposals changes sides of the row, whichever way it is rounded.
LARGEST_ROW = 400_000
# Above this a double could not tell two neighbouring values of the objective apart safely.
LARGEST_VALUE = 10**12
# A set that the solver takes and the integers refuse is cut off and the rest solved again, so many times.
MOST_ROUNDS = 100
# What HiGHS takes for no limit.
MOST_NODES = 2**31 - 1
# Room for the weights of FEW proposals below their values.
_WEIGHT_BITS = 32

_INFEASIBLE = 2

Chosen = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """A set of proposals (their places, ascending), its value, and what is proven about it."""

    chosen: Chosen
    value: int
    bound: int
    """No set that the budgets can pay is worth more; equal to `value` when the optimum is proven."""
    canonical: bool
    """Whether it is proven, too, that no set of equal value has a greater sum of weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knapsack:
    """One row: the coefficients of the chosen proposals add up to no more than the capacity."""

    coefficients: tuple[int, ...]
    capacity: int

    def room(self, chosen: Chosen) -> int:
        return self.capacity - sum(self.coefficients[place] for place in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    chosen: Chosen
    bound: int
    nodes: int


def best_set(
    values: Sequence[int],
    requests: Sequence[Sequence[int]],
    budgets: Sequence[int],
    *,
    weights: Sequence[int],
    node_limit: int = MOST_NODES,
) -> Optimum:
    """Find the set of proposals of the greatest value that every Side can pay; among equals, by weight.

    `values` are above zero, one a proposal; `requests` are proposals x Sides and `budgets` one a Side, in minor
    units, none below zero; every proposal can be paid alone. `weights` (24 bits, one a proposal) decide among
    sets of equal value: the greatest sum. `node_limit` bounds the nodes that HiGHS opens. The result cannot be
    extended by any proposal, proven or not.

    Raises InvalidInput when the values add up to more than 10^12 times their greatest common divisor.
    """
    divisor = math.gcd(*values)
    if sum(values) > LARGEST_VALUE * divisor:
        raise InvalidInput(
            f"merit: adds up to {sum(values)} in one optimum; give values that add up to {LARGEST_VALUE} or less"
        )
    sides = [side for side, budget in enumerate(budgets) if sum(row[side] for row in requests) > budget]
    everyone = tuple(range(len(values)))
    if not sides:
        return _optimum(everyone, values, bound=sum(values), canonical=True)
    if len(values) <= FEW:
        gains = [(value << _WEIGHT_BITS) + weight for value, weight in zip(values, weights, strict=True)]
        asked = [tuple(row[side] for side in sides) for row in requests]
        chosen = _enumerated(gains, asked, tuple(budgets[side] for side in sides))
        return _optimum(chosen, values, bound=sum(values[place] for place in chosen), canonical=True)
    purses = [_Knapsack(coefficients=tuple(row[side] for row in requests), capacity=budgets[side]) for side in sides]
    first = _search(values, purses, None, _extended((), purses), node_limit)
    value = sum(values[place] for place in first.chosen)
    if first.bound > value:
        return _optimum(first.chosen, values, bound=first.bound, canonical=False)
    floor = _Knapsack(coefficients=tuple(-value for value in values), capacity=-value)
    second = _search(weights, purses, floor, first.chosen, node_limit - first.nodes)
    heaviest = sum(weights[place] for place in second.chosen) == second.bound
    return _optimum(second.chosen, values, bound=value, canonical=heaviest)


def _optimum(chosen: Chosen, values: Sequence[int], *, bound: int, canonical: bool) -> Optimum:
    value = sum(values[place] for place in chosen)
    return Optimum(chosen=tuple(sorted(chosen)), value=value, bound=bound, canonical=canonical)


def _enumerated(gains: Sequence[int], requests: Sequence[tuple[int, ...]], budgets: tuple[int, ...]) -> Chosen:
    """Find the set of the greatest gain by trying all that could be, most gainful proposals first."""
    places = sorted(range(len(gains)), key=lambda place: -gains[place])
    ahead = [sum(gains[place] for place in places[depth:]) for depth in range(len(places) + 1)]
    best: tuple[int, Chosen] = (0, ())

    def visit(depth: int, gain: int, left: tuple[int, ...], chosen: Chosen) -> None:
        nonlocal best
        if gain > best[0]:
            best = gain, chosen
        if gain + ahead[depth] <= best[0]:
            return
        place = places[depth]
        rest = tuple(have - ask for have, ask in zip(left, requests[place], strict=True))
        if min(rest) >= 0:
            visit(depth + 1, gain + gains[place], rest, (*chosen, place))
        visit(depth + 1, gain, left, chosen)

    visit(0, 0, budgets, ())
    return best[1]


def _search(
    gains: Sequence[int],
    purses: Sequence[_Knapsack],
    floor: _Knapsack | None,
    start: Chosen,
    node_limit: int,
) -> _Found:
    """Find the set of the greatest gain among those that the purses can pay and that stay above the floor.

    `start` is such a set. What HiGHS returns is rounded and checked in integers. A set that a purse cannot pay
    gives a cover inequality; of any other set no subset can be better (or above the floor, if it is not), so
    at least one further proposal is asked for. Both only cut off what cannot be better than the best known.
    """
    divisor = math.gcd(*gains) or 1
    best, best_gain, bound, nodes = start, sum(gains[place] for place in start), sum(gains), 0
    rows, limits, tops = _program([*purses, floor] if floor else purses, len(gains))
    objective = np.zeros(tops.size)
    objective[: len(gains)] = [-(gain // divisor) for gain in gains]
    cuts: list[_Knapsack] = []
    while best_gain < bound and len(cuts) < MOST_ROUNDS and nodes < node_limit:
        cut_rows, cut_limits, _ = _program(cuts, len(gains), columns=tops.size)
        result = milp(
            objective,
            integrality=np.ones(tops.size, dtype=np.int64),
            bounds=Bounds(0, tops),
            constraints=[
                LinearConstraint(rows, -np.inf, limits),
                *([LinearConstraint(cut_rows, -np.inf, cut_limits)] if cuts else []),
            ],
            options={"mip_rel_gap": 0.0, "node_limit": node_limit - nodes},
        )
        nodes += max(1, result.mip_node_count or 0)
        if result.status == _INFEASIBLE and cuts:
            bound = best_gain
        elif result.mip_dual_bound is not None and math.isfinite(result.mip_dual_bound):
            bound = min(bound, max(best_gain, math.floor(0.5 - result.mip_dual_bound) * divisor))
        if result.x is None:
            break
        found = tuple(int(place) for place in np.flatnonzero(result.x[: len(gains)] > 0.5))
        broken = next((purse for purse in purses if purse.room(found) < 0), None)
        if broken:
            cuts.append(_cover(found, broken))
        else:
            found = _extended(found, purses)
            gain = sum(gains[place] for place in found)
            if gain > best_gain and (floor is None or floor.room(found) >= 0):
                best, best_gain = found, gain
            inside = frozenset(found)
            left_out = tuple(-int(place not in inside) for place in range(len(gains)))
            cuts.append(_Knapsack(coefficients=left_out, capacity=-1))
    return _Found(chosen=best, bound=max(bound, best_gain), nodes=nodes)


def _cover(chosen: Chosen, purse: _Knapsack) -> _Knapsack:
    """Forbid the fewest of `chosen` that the purse cannot pay together, and whatever asks for more."""
    cover: Chosen = ()
    for place in sorted(chosen, key=lambda place: -purse.coefficients[place]):
        cover = (*cover, place)
        if purse.room(cover) < 0:
            break
    # Whatever asks for as much as the cover's greatest can stand in for any of its members.
    greatest = purse.coefficients[cover[0]]
    members = tuple(int(place in cover or ask >= greatest) for place, ask in enumerate(purse.coefficients))
    return _Knapsack(coefficients=members, capacity=len(cover) - 1)


def _extended(chosen: Chosen, purses: Sequence[_Knapsack]) -> Chosen:
    """Add, in their order, the proposals that what is left still pays."""
    left = [purse.room(chosen) for purse in purses]
    extended, inside = list(chosen), frozenset(chosen)
    for place in range(len(purses[0].coefficients)):
        asked = [purse.coefficients[place] for purse in purses]
        if place not in inside and all(ask <= have for ask, have in zip(asked, left, strict=True)):
            extended.append(place)
            left = [have - ask for ask, have in zip(asked, left, strict=True)]
    return tuple(extended)


def _program(
    knapsacks: Sequence[_Knapsack], count: int, columns: int = 0
) -> tuple[Any, NDArray[np.float64], NDArray[np.float64]]:
    """Write knapsacks as a matrix, its rows' limits and its columns' upper ends; carries follow proposals."""
    tops = [1] * count
    rows: list[tuple[dict[int, int], int]] = []
    for knapsack in knapsacks:
        rows += _digits(knapsack, tops)
    entries = [(row, column, entry) for row, (cells, _) in enumerate(rows) for column, entry in cells.items()]
    shape = (len(rows), max(columns, len(tops)))
    at_row, at_column, entry = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = coo_array((np.array(entry, dtype=np.float64), (at_row, at_column)), shape=shape).tocsr()
    return matrix, np.array([limit + 0.5 for _, limit in rows]), np.array(tops, dtype=np.float64)


def _digits(knapsack: _Knapsack, tops: list[int]) -> list[tuple[dict[int, int], int]]:
    """Split a knapsack into rows of small coefficients, as one adds on paper: digit by digit, with a carry.

    Each row is its cells (column to coefficient) and its limit; the carries' upper ends are added to `tops`.
    """
    divisor = math.gcd(*knapsack.coefficients) or 1
    rest = [coefficient // divisor for coefficient in knapsack.coefficients]
    limit = knapsack.capacity // divisor
    base = 1 << max(1, (LARGEST_ROW // max(1, sum(map(bool, rest)))).bit_length() - 1)
    rows: list[tuple[dict[int, int], int]] = []
    carry: dict[int, int] = {}
    carried = 0
    while sum(map(abs, rest)) > LARGEST_ROW:
        low = {place: coefficient % base for place, coefficient in enumerate(rest) if coefficient % base}
        carried = (sum(low.values()) + carried) // base + 1
        rows.append((low | carry | {len(tops): -base}, limit % base))
        carry = {len(tops): 1}
        tops.append(carried)
        rest, limit = [coefficient // base for coefficient in rest], limit // base
    high = {place: coefficient for place, coefficient in enumerate(rest) if coefficient}
    return [*rows, (high | carry, limit)]
