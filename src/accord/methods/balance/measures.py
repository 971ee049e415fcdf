"""Reciprocity over one call or several: measures side by side, each with its formula, and no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.methods.balance.values import Balance, Counts, Flow, Kind, Opportunity
from accord.methods.scores import MILLION, millionths

TOLERANCE: Final = 100_000  # Teichler, Ferencz and Wächter (2011): ten percentage points
NO_SIDE: Final = -1

Integers: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]
Matrix: TypeAlias = Sequence[Sequence[int]] | NDArray[np.integer[Any]]


def balance(
    requests: Matrix,
    funded: Sequence[bool] | NDArray[np.bool_],
    coordinator_side: Integers,
    *,
    budgets: Integers,
    eligible: Sequence[bool] | NDArray[np.bool_] | None = None,
    partners: Matrix | None = None,
    reviewed: Integers | None = None,
    expert_side: Integers | None = None,
    may_coordinate: Sequence[bool] | NDArray[np.bool_] | None = None,
    rates: Sequence[Fraction | int] | None = None,
    reference: str | None = None,
    stays: Matrix | None = None,
    access: Matrix | None = None,
    tolerance: int = TOLERANCE,
    sides: Sequence[str] | None = None,
) -> Balance:
    """Measure how a call's opportunities, work and money spread over its Sides.

    `requests` is proposals by Sides in each Side's minor units, `budgets` one a Side, `funded` and `eligible` one
    truth a proposal (default: all are eligible), `coordinator_side` the number of a Side a proposal. `partners` is
    proposals by Sides, how many partners (default: one where something is requested). `reviewed` and `expert_side`
    have one entry a review: the proposal's row, and the Side of the expert, -1 for none. `may_coordinate` is one
    truth a Side (default: all). `rates` says of each Side how many of its minor units one unit of `reference` is
    worth, at the plan's date; without them money is told as each Side's own share only. `stays` and `access` are
    Sides by Sides, host and guest: people who stayed, hours of facilities. `tolerance` is in millionths. `sides` are
    names (default: their numbers).

    Raises InvalidInput for an argument that is not as said here.
    """
    budget = _whole("budgets", budgets, 1)
    count = len(budget)
    if not count:
        raise InvalidInput("budgets: is empty; give one a Side")
    asked = _by_side("requests", requests, count)
    proposals = len(asked)
    taken = _truths("funded", funded, proposals)
    able = _truths("eligible", [True] * proposals if eligible is None else eligible, proposals)
    if any(one and not other for one, other in zip(taken, able, strict=True)):
        raise InvalidInput("funded: holds a proposal that is not eligible; give funded ones that are")
    leads = _numbers("coordinator_side", coordinator_side, proposals, 0, count)
    open_to = _truths("may_coordinate", [True] * count if may_coordinate is None else may_coordinate, count)
    if not 0 <= tolerance <= MILLION:
        raise InvalidInput(f"tolerance: found {tolerance}; give millionths, 0 to 1000000")
    names = tuple(map(str, range(count))) if sides is None else tuple(sides)
    if len(names) != count or len(set(names)) != count:
        raise InvalidInput(f"sides: found {len(set(names))} names; give {count} that differ")
    there = asked > 0 if partners is None else _by_side("partners", partners, count)
    if there.shape != asked.shape:
        raise InvalidInput(f"partners: has {len(there)} rows; give {proposals}, as many as requests")
    used = [sum(row[side] for row, one in zip(asked.tolist(), taken, strict=True) if one) for side in range(count)]
    flows: dict[Kind, Counts | None] = {
        "partners": _partners(there, taken, leads, count),
        "reviews": _reviews(reviewed, expert_side, leads, able, count),
        "stays": _exchange("stays", stays, count),
        "access": _exchange("access", access, count),
    }
    return Balance(
        sides=names,
        calls=1,
        opportunities=tuple(_opportunities(there > 0, taken, able, leads, open_to)),
        parts=tuple(
            (millionths(Fraction(spent, have)),) if have else ()
            for spent, have in zip(used, budget.tolist(), strict=True)
        ),
        value=_value(used, rates),
        reference=reference,
        flows=tuple(Flow(kind=k, counts=rows, tolerance=tolerance) for k, rows in flows.items() if rows is not None),
        tolerance=tolerance,
    )


def together(balances: Sequence[Balance]) -> Balance:
    """The same measures over several calls; a Side is known by its name, wherever it stands in each call.

    Counts are added, utilisation is the mean over calls, and money is compared only where every call has dated rates
    to the same reference. Raises InvalidInput where there is no call or tolerances differ.
    """
    if not balances or len({one.tolerance for one in balances}) != 1:
        raise InvalidInput("balances: give one or more, all of the same tolerance")
    names = tuple(dict.fromkeys(name for one in balances for name in one.sides))
    comparable = len({one.reference for one in balances}) == 1 and all(one.value is not None for one in balances)
    kinds = [kind for kind in get_args(Kind) if any(flow.kind == kind for one in balances for flow in one.flows)]
    return Balance(
        sides=names,
        calls=sum(one.calls for one in balances),
        opportunities=tuple(_added(name, balances) for name in names),
        parts=tuple(tuple(part for one in balances for part in _of(one, name, one.parts, ())) for name in names),
        value=tuple(_worth(name, balances) for name in names) if comparable else None,
        reference=balances[0].reference if comparable else None,
        flows=tuple(
            Flow(kind=kind, counts=_summed(kind, names, balances), tolerance=balances[0].tolerance) for kind in kinds
        ),
        tolerance=balances[0].tolerance,
    )


def _of(one: Balance, name: str, entries: Sequence[Any], otherwise: Any) -> Any:
    return entries[one.sides.index(name)] if name in one.sides else otherwise


def _added(name: str, balances: Sequence[Balance]) -> Opportunity:
    nothing = Opportunity(calls=0, may_coordinate=0, proposals=0, coordinated=0, funded=0, funded_coordinated=0)
    every: list[Opportunity] = [_of(one, name, one.opportunities, nothing) for one in balances]
    return Opportunity(
        calls=sum(one.calls for one in every),
        may_coordinate=sum(one.may_coordinate for one in every),
        proposals=sum(one.proposals for one in every),
        coordinated=sum(one.coordinated for one in every),
        funded=sum(one.funded for one in every),
        funded_coordinated=sum(one.funded_coordinated for one in every),
    )


def _worth(name: str, balances: Sequence[Balance]) -> Fraction:
    return sum((_of(one, name, one.value or (), Fraction(0)) for one in balances), Fraction(0))


def _summed(kind: Kind, names: Sequence[str], balances: Sequence[Balance]) -> Counts:
    place = {name: number for number, name in enumerate(names)}
    rows = [[0] * len(names) for _ in names]
    for one in balances:
        for flow in one.flows:
            if flow.kind == kind:
                for giver, row in zip(one.sides, flow.counts, strict=True):
                    for taker, number in zip(one.sides, row, strict=True):
                        rows[place[giver]][place[taker]] += number
    return tuple(map(tuple, rows))


def _opportunities(
    there: NDArray[np.bool_], taken: Sequence[bool], able: Sequence[bool], leads: Sequence[int], open_to: Sequence[bool]
) -> Iterator[Opportunity]:
    for side, may in enumerate(open_to):
        inside = there[:, side].tolist() if len(there) else []
        yield Opportunity(
            calls=1,
            may_coordinate=int(may),
            proposals=sum(here and one for here, one in zip(inside, able, strict=True)),
            coordinated=sum(lead == side and one for lead, one in zip(leads, able, strict=True)),
            funded=sum(here and one for here, one in zip(inside, taken, strict=True)),
            funded_coordinated=sum(lead == side and one for lead, one in zip(leads, taken, strict=True)),
        )


def _partners(there: NDArray[Any], taken: Sequence[bool], leads: Sequence[int], count: int) -> Counts:
    rows = [[0] * count for _ in range(count)]
    for present, one, lead in zip(there.tolist(), taken, leads, strict=True):
        for side, number in enumerate(present if one else ()):
            rows[side][lead] += int(number)
    return tuple(map(tuple, rows))


def _reviews(reviewed: Any, expert_side: Any, leads: Sequence[int], able: Sequence[bool], count: int) -> Counts | None:
    if reviewed is None and expert_side is None:
        return None
    if reviewed is None or expert_side is None:
        raise InvalidInput("expert_side: goes with reviewed; give both, one entry a review, or neither")
    proposals = _numbers("reviewed", reviewed, None, 0, len(leads))
    experts = _numbers("expert_side", expert_side, len(proposals), NO_SIDE, count)
    rows = [[0] * count for _ in range(count)]
    for proposal, side in zip(proposals, experts, strict=True):
        if side != NO_SIDE and able[proposal]:
            rows[side][leads[proposal]] += 1
    return tuple(map(tuple, rows))


def _exchange(name: str, counts: Any, count: int) -> Counts | None:
    if counts is None:
        return None
    rows = _by_side(name, counts, count)
    if len(rows) != count:
        raise InvalidInput(f"{name}: has {len(rows)} rows; give Sides by Sides, {count} by {count}")
    return tuple(map(tuple, rows.tolist()))


def _value(used: Sequence[int], rates: Sequence[Fraction | int] | None) -> tuple[Fraction, ...] | None:
    if rates is None:
        return None
    if len(rates) != len(used) or any(rate <= 0 for rate in rates):
        raise InvalidInput(f"rates: give {len(used)} numbers above 0, one a Side")
    return tuple(spent / Fraction(rate) for spent, rate in zip(used, rates, strict=True))


def _by_side(name: str, values: Any, count: int) -> NDArray[Any]:
    """Rows of one entry a Side; there may be none."""
    if isinstance(values, np.ndarray | Sequence) and not len(values):
        return np.empty((0, count), dtype=object)
    found = _whole(name, values, 2)
    if found.shape[1] != count:
        raise InvalidInput(f"{name}: found {found.shape[1]} Sides; give {count}, as many as budgets")
    return found


def _whole(name: str, values: Any, dimensions: int) -> NDArray[Any]:
    """Whole numbers of any size, none below zero."""
    if not isinstance(values, np.ndarray | Sequence) or isinstance(values, str | Mapping):
        raise InvalidInput(f"{name}: found {type(values).__name__}; give whole numbers")
    found = np.array(values, dtype=object)
    if found.ndim != dimensions:
        raise InvalidInput(f"{name}: has {found.ndim} dimensions; give {dimensions}")
    for value in found.flat:
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
            raise InvalidInput(f"{name}: holds {value!r}; give whole numbers from 0")
    return found


def _numbers(name: str, values: Any, count: int | None, least: int, end: int) -> list[int]:
    listed = [int(value) for value in _whole(name, np.array(values, dtype=object) - least, 1) + least]
    if count is not None and len(listed) != count:
        raise InvalidInput(f"{name}: has {len(listed)} entries; give {count}")
    for value in listed:
        if value >= end:
            raise InvalidInput(f"{name}: holds {value}; give {least} to {end - 1}")
    return listed


def _truths(name: str, values: Any, count: int) -> list[bool]:
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if len(listed) != count or not all(isinstance(value, bool) for value in listed):
        raise InvalidInput(f"{name}: give {count} times True or False")
    return listed
