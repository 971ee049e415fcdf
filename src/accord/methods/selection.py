"""Who is funded: the selection from a ranking list, the requests and every Side's budget, with reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
import scipy
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.methods.selection_optimum import MOST_NODES, best_set

METHOD: Final = "selection"
VERSION: Final = "1"

Rule: TypeAlias = Literal["list-order", "list-with-skips", "ties-by-funds", "max-merit"]
Reason: TypeAlias = Literal["below-threshold", "budget", "list-stopped", "displaced"]
Integers: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]
Amounts: TypeAlias = Sequence[Sequence[int]] | NDArray[np.integer[Any]]
Flags: TypeAlias = Sequence[bool] | NDArray[np.bool_]

_Row: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFunded:
    """A proposal that is not funded, and why."""

    proposal: int
    reason: Reason
    """'below-threshold'; 'budget' (it could not be paid when its turn came); 'list-stopped' (the list had
    stopped before it); 'displaced' (it could have been paid, but a better set uses the money)."""
    blocking: tuple[tuple[int, int], ...] = ()
    """Each Side (its place in `budgets`) that cannot pay it, and the amount short in that Side's minor units."""
    stopped_at: int | None = None
    """The proposal that stopped the list, where the reason is 'list-stopped'."""
    reserve_place: int | None = None
    """Its place on the reserve list, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which proposals are funded, in reserve and not funded, in list order; amounts are in minor units."""

    funded: tuple[int, ...]
    reserve: tuple[int, ...]
    not_funded: tuple[NotFunded, ...]
    """Every proposal that is not funded, those on the reserve list included."""
    remaining: tuple[int, ...]
    """What each Side has left."""
    budget_after: tuple[tuple[int, ...], ...]
    """What each Side has left after each funded proposal, in the order of `funded`."""
    value: int
    """The sum of the merit of what is funded."""
    bound: int
    """The rule could not give a greater value; equal to `value` when that is proven."""
    optimal: bool
    """Whether the rule was carried out to the end: always for the list rules, else whether it is proven."""
    canonical: bool
    """Whether this is proven to be the one set that everybody who recomputes it gets."""
    solver: str | None
    """The solver and its version, named only where the result is not canonical."""
    rule: Rule
    method: str = METHOD
    version: str = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    merit: _Row
    requests: tuple[_Row, ...]
    budgets: _Row
    order: _Row
    tie_group: _Row
    fundable: tuple[bool, ...]
    seed: bytes
    node_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    funded: frozenset[int]
    not_funded: tuple[NotFunded, ...]
    bound: int
    canonical: bool = True


def select(
    merit: Integers,
    requests: Amounts,
    budgets: Integers,
    *,
    rule: Rule,
    order: Integers | None = None,
    tie_group: Integers | None = None,
    fundable: Flags | None = None,
    reserve: int | None = None,
    seed: bytes = b"",
    node_limit: int | None = None,
) -> Selection:
    """Select the proposals that are funded, by the plan's rule, each Side paying its own.

    `merit` is one integer a proposal, in millionths; `requests` is proposals x Sides and `budgets` one a Side,
    integers in minor units of each Side's own unit, never added up over Sides. `order` is the ranking list, best
    first (default: merit descending, then index). `tie_group` is one integer a proposal, equal where the list
    is tied (default: nowhere). A proposal that is not `fundable` is never funded nor in reserve. `reserve` is
    how many the reserve list holds at most (default: all). `seed` decides among sets of equal value.

    'list-order' stops at the first fundable proposal that cannot be paid; 'list-with-skips' walks on.
    'ties-by-funds' takes from each group of equals, in list order, the set of the greatest sum of merit that
    what remains can pay. 'max-merit' takes such a set from all. In both, merit of zero or less adds nothing:
    those proposals are walked, in list order, with what the set leaves; a merit below zero is below the
    threshold under 'max-merit'. `node_limit` bounds the solver's nodes for each optimum (default: no bound);
    where it is hit, `optimal` is false and `bound` is what is proven.

    Raises InvalidInput for an argument that is not as said here.
    """
    if rule not in get_args(Rule):
        raise InvalidInput(f"rule: {rule!r} is not known; give one of {', '.join(get_args(Rule))}")
    if reserve is not None:
        (reserve,) = _integers("reserve", [reserve], least=0)
    problem = _read(
        merit,
        requests,
        budgets,
        order=order,
        tie_group=tie_group,
        fundable=fundable,
        seed=seed,
        node_limit=node_limit,
    )
    outcome = _walked(problem, rule) if rule.startswith("list") else _optimised(problem, rule)
    return _selection(problem, outcome, rule, reserve)


def _walked(problem: _Problem, rule: Rule) -> _Outcome:
    """Walk the list; with budgets alone this is the best set for the first proposal, then the second, and on."""
    funded, not_funded, left = list[int](), list[NotFunded](), problem.budgets
    stopped_at: int | None = None
    for proposal in problem.order:
        blocking = _short(problem.requests[proposal], left)
        if not problem.fundable[proposal]:
            not_funded.append(NotFunded(proposal=proposal, reason="below-threshold"))
        elif stopped_at is not None:
            not_funded.append(
                NotFunded(proposal=proposal, reason="list-stopped", blocking=blocking, stopped_at=stopped_at)
            )
        elif blocking:
            not_funded.append(NotFunded(proposal=proposal, reason="budget", blocking=blocking))
            stopped_at = proposal if rule == "list-order" else None
        else:
            funded.append(proposal)
            left = _paid(problem.requests[proposal], left)
    bound = sum(problem.merit[proposal] for proposal in funded)
    return _Outcome(funded=frozenset(funded), not_funded=tuple(not_funded), bound=bound)


def _optimised(problem: _Problem, rule: Rule) -> _Outcome:
    """Take the best set of each group of equals (of all, for 'max-merit') with what the groups before left."""
    weights = _weights(len(problem.order), problem.seed)
    funded, not_funded, left = set[int](), list[NotFunded](), problem.budgets
    bound, canonical = 0, True
    for _, tied in groupby(problem.order, lambda i: problem.tie_group[i] if rule == "ties-by-funds" else 0):
        group = list(tied)
        candidates = [i for i in group if problem.fundable[i] and (rule == "ties-by-funds" or problem.merit[i] >= 0)]
        payable = [i for i in candidates if not _short(problem.requests[i], left)]
        gainful = [i for i in payable if problem.merit[i] > 0]
        optimum = best_set(
            [problem.merit[i] for i in gainful],
            [problem.requests[i] for i in gainful],
            left,
            weights=[weights[i] for i in gainful],
            node_limit=problem.node_limit,
        )
        bound, canonical = bound + optimum.bound, canonical and optimum.canonical
        chosen = {gainful[place] for place in optimum.chosen}
        for i in chosen:
            left = _paid(problem.requests[i], left)
        for i in payable:
            if problem.merit[i] <= 0 and not _short(problem.requests[i], left):
                chosen.add(i)
                bound += problem.merit[i]
                left = _paid(problem.requests[i], left)
        funded |= chosen
        for i in group:
            if i not in candidates:
                not_funded.append(NotFunded(proposal=i, reason="below-threshold"))
            elif i not in chosen:
                blocking = _short(problem.requests[i], left)
                reason: Reason = "displaced" if i in payable else "budget"
                not_funded.append(NotFunded(proposal=i, reason=reason, blocking=blocking))
    return _Outcome(funded=frozenset(funded), not_funded=tuple(not_funded), bound=bound, canonical=canonical)


def _selection(problem: _Problem, outcome: _Outcome, rule: Rule, reserve: int | None) -> Selection:
    waiting = [entry.proposal for entry in outcome.not_funded if entry.reason != "below-threshold"][:reserve]
    places = {proposal: place for place, proposal in enumerate(waiting, start=1)}
    funded = tuple(proposal for proposal in problem.order if proposal in outcome.funded)
    left, budget_after = problem.budgets, list[_Row]()
    for proposal in funded:
        left = _paid(problem.requests[proposal], left)
        budget_after.append(left)
    value = sum(problem.merit[proposal] for proposal in funded)
    return Selection(
        funded=funded,
        reserve=tuple(waiting),
        not_funded=tuple(replace(entry, reserve_place=places.get(entry.proposal)) for entry in outcome.not_funded),
        remaining=left,
        budget_after=tuple(budget_after),
        value=value,
        bound=outcome.bound,
        optimal=outcome.bound == value,
        canonical=outcome.canonical,
        solver=None if outcome.canonical else f"HiGHS in SciPy {scipy.__version__}",
        rule=rule,
    )


def _short(request: _Row, left: _Row) -> tuple[tuple[int, int], ...]:
    pairs = enumerate(zip(request, left, strict=True))
    return tuple((side, ask - have) for side, (ask, have) in pairs if ask > have)


def _paid(request: _Row, left: _Row) -> _Row:
    return tuple(have - ask for ask, have in zip(request, left, strict=True))


def _weights(count: int, seed: bytes) -> list[int]:
    """Draw 24 bits a proposal from the seed; the isolation lemma makes the heaviest of equal sets unique."""
    digest = hashlib.sha256(METHOD.encode() + seed).digest()
    drawn = np.random.PCG64(int.from_bytes(digest, "big")).random_raw(count)
    return [int(number) >> 40 for number in drawn]


def _read(
    merit: Integers,
    requests: Amounts,
    budgets: Integers,
    *,
    order: Integers | None,
    tie_group: Integers | None,
    fundable: Flags | None,
    seed: bytes,
    node_limit: int | None,
) -> _Problem:
    """Read the arguments into tuples of Python's own integers, and refuse what cannot be meant."""
    merits = _integers("merit", merit)
    count = len(merits)
    purse = _integers("budgets", budgets, least=0)
    if not purse:
        raise InvalidInput("budgets: is empty; give one budget a Side")
    rows = _listed("requests", requests, count)
    asked = tuple(_integers(f"requests[{i}]", row, count=len(purse), least=0) for i, row in enumerate(rows))
    ranked = sorted(range(count), key=lambda i: (-merits[i], i))
    listed = tuple(ranked) if order is None else _integers("order", order, count=count)
    if set(listed) != set(range(count)):
        raise InvalidInput(f"order: is not a permutation; give each of 0 to {count - 1} once")
    groups = tuple(range(count)) if tie_group is None else _integers("tie_group", tie_group, count=count)
    runs = [group for group, _ in groupby(groups[i] for i in listed)]
    if len(runs) != len(set(runs)):
        raise InvalidInput("tie_group: a group is interrupted in `order`; give groups whose members follow each other")
    flags = [True] * count if fundable is None else _listed("fundable", fundable, count)
    if not all(isinstance(flag, bool) for flag in flags):
        raise InvalidInput("fundable: holds something else than booleans; give True or False for each proposal")
    if not isinstance(seed, bytes):
        raise InvalidInput(f"seed: found {type(seed).__name__}; give bytes")
    (nodes,) = _integers("node_limit", [MOST_NODES if node_limit is None else node_limit], least=1)
    return _Problem(
        merit=merits,
        requests=asked,
        budgets=purse,
        order=listed,
        tie_group=groups,
        fundable=tuple(flags),
        seed=seed,
        node_limit=min(nodes, MOST_NODES),
    )


def _listed(name: str, values: Any, count: int | None = None) -> list[Any]:
    """Read a sequence or an array into a list of Python's own values."""
    if isinstance(values, np.ndarray) and values.ndim:
        listed: list[Any] = values.tolist()
    elif isinstance(values, Sequence) and not isinstance(values, str | bytes | bytearray):
        listed = [value.item() if isinstance(value, np.generic) else value for value in values]
    else:
        raise InvalidInput(f"{name}: found {type(values).__name__}; give a list or an array")
    if count is not None and len(listed) != count:
        raise InvalidInput(f"{name}: has {len(listed)} entries; give {count}")
    return listed


def _integers(name: str, values: Any, *, count: int | None = None, least: int | None = None) -> _Row:
    listed = _listed(name, values, count)
    for place, value in enumerate(listed):
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidInput(f"{name}: entry {place} is {value!r}; give whole numbers")
        if least is not None and value < least:
            raise InvalidInput(f"{name}: entry {place} is {value}; give {least} or more")
    return tuple(listed)
