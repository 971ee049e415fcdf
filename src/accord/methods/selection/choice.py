"""The selection itself: the arguments read, the plan's rule carried out, what came of it told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, get_args

import numpy as np
import scipy
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.methods.selection.limits import left_of
from accord.methods.selection.reading import integers, problem_of
from accord.methods.selection.rules import Outcome, outcome
from accord.methods.selection.values import Amounts, Items, Problem, Rule, Selection, TopUp, Version

Integers: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]
Matrix: TypeAlias = Sequence[Sequence[int]] | NDArray[np.integer[Any]]
Flags: TypeAlias = Sequence[bool] | NDArray[np.bool_]


def select(
    merit: Integers,
    requests: Matrix,
    budgets: Integers,
    *,
    rule: Rule,
    order: Integers | None = None,
    tie_group: Integers | None = None,
    fundable: Flags | None = None,
    reserve: int | None = None,
    topic: Integers | None = None,
    topic_min: Mapping[int, int] | None = None,
    topic_max: Mapping[int, int] | None = None,
    topic_budgets: Mapping[tuple[int, int], int] | None = None,
    coordinator_side: Integers | None = None,
    max_imbalance: int | None = None,
    versions: Iterable[Version] = (),
    top_up: Integers | None = None,
    force: Iterable[int] = (),
    seed: bytes = b"",
    node_limit: int | None = None,
) -> Selection:
    """Select the proposals that are funded, by the plan's rule, each Side paying its own.

    `merit` is one integer a proposal, in millionths; `requests` is proposals x Sides and `budgets` one a Side,
    integers in minor units of each Side's own unit, never added up over Sides. `order` is the ranking list, best
    first (default: merit descending, then index). `tie_group` is one integer a proposal, equal where the list
    is tied (default: nowhere). A proposal that is not `fundable` is never funded nor in reserve. `reserve` is
    how many the reserve list holds at most (default: all). `seed` decides among sets of equal value.

    `topic` is one integer a proposal; `topic_min` and `topic_max` say of a topic how many are funded at least and
    at most; `topic_budgets` is, by (Side, topic), the part of a Side's budget from which that topic's proposals
    are paid, they alone and from nothing else. `max_imbalance` bounds how many more proposals one Side may
    coordinate than another among those funded, `coordinator_side` being one Side a proposal. `versions` are
    reduced versions, `(proposal, merit, requests)`: at most one of a proposal is funded, and under the list rules
    the whole one, else the first that can be paid. `force` are proposals that have to be funded. `top_up` is what
    each Side may add: the result then says what it would fund besides.

    'list-order' stops at the first fundable proposal that cannot be paid; 'list-with-skips' walks on.
    'ties-by-funds' takes from each group of equals, in list order, the set of the greatest sum of merit that
    what remains can pay. 'max-merit' takes such a set from all. In both, merit of zero or less adds nothing:
    those proposals are walked, in list order, with what the set leaves; a merit below zero is below the
    threshold under 'max-merit'. Every rule passes over a proposal with which what has to be reached (a minimum, a
    balance, a forced proposal) no longer can be. `node_limit` bounds the nodes of each search (default: a
    hundred thousand divided by the number of proposals and versions, at least 100); where it is hit, `optimal` is false
    and `bound` is what is proven.

    Raises InvalidInput for an argument that is not as said here, and Infeasible where no set meets the limits.
    """
    if rule not in get_args(Rule):
        raise InvalidInput(f"rule: {rule!r} is not known; give one of {', '.join(get_args(Rule))}")
    if reserve is not None:
        (reserve,) = integers("reserve", [reserve], least=0)
    problem = problem_of(
        merit,
        requests,
        budgets,
        order=order,
        tie_group=tie_group,
        fundable=fundable,
        topic=topic,
        topic_min=topic_min,
        topic_max=topic_max,
        topic_budgets=topic_budgets,
        coordinator_side=coordinator_side,
        max_imbalance=max_imbalance,
        versions=versions,
        force=force,
        seed=seed,
        node_limit=node_limit,
    )
    more = None if top_up is None else integers("top_up", top_up, count=len(problem.budgets), least=0)
    found = outcome(problem, rule)
    return _selection(problem, found, _topped_up(problem, found.taken, rule, more), rule=rule, reserve=reserve)


def _topped_up(problem: Problem, taken: Items, rule: Rule, more: Amounts | None) -> TopUp | None:
    """The rule carried on, with what the Sides may add, along what it has not funded."""
    if more is None:
        return None
    purses = [
        replace(purse, amount=purse.amount + more[purse.side]) if purse.topic is None else purse
        for purse in problem.purses
    ]
    raised = replace(problem, purses=tuple(purses), forced=frozenset())
    found = outcome(raised, rule, taken=taken)
    joins = _listed(problem, found.taken - taken)
    left = left_of(problem, found.taken)
    return TopUp(
        joins=tuple(problem.items[item].proposal for item in joins),
        versions=tuple(problem.items[item].version for item in joins),
        added=tuple(max(0, -left[side]) for side in range(len(more))),
        value=sum(problem.items[item].merit for item in joins),
        bound=found.bound,
        canonical=found.closed,
    )


def _listed(problem: Problem, items: Items) -> list[int]:
    """Items in list order."""
    place = {proposal: number for number, proposal in enumerate(problem.order)}
    return sorted(items, key=lambda item: place[problem.items[item].proposal])


def _selection(problem: Problem, found: Outcome, top_up: TopUp | None, *, rule: Rule, reserve: int | None) -> Selection:
    waiting = [entry.proposal for entry in found.not_funded if entry.reason != "below-threshold"][:reserve]
    places = {proposal: place for place, proposal in enumerate(waiting, start=1)}
    listed = _listed(problem, found.taken)
    left = list(problem.budgets)
    budget_after = list[Amounts]()
    for item in listed:
        left = [have - ask for have, ask in zip(left, problem.items[item].requests, strict=True)]
        budget_after.append(tuple(left))
    value = sum(problem.items[item].merit for item in listed)
    parts = zip(problem.purses, left_of(problem, found.taken), strict=True)
    canonical = found.closed and (top_up is None or top_up.canonical)
    return Selection(
        funded=tuple(problem.items[item].proposal for item in listed),
        versions=tuple(problem.items[item].version for item in listed),
        reserve=tuple(waiting),
        not_funded=tuple(replace(entry, reserve_place=places.get(entry.proposal)) for entry in found.not_funded),
        remaining=tuple(left),
        topic_remaining=tuple((purse.side, purse.topic, rest) for purse, rest in parts if purse.topic is not None),
        budget_after=tuple(budget_after),
        value=value,
        bound=found.bound,
        optimal=found.bound == value,
        canonical=found.closed,
        solver=None if canonical else f"HiGHS in SciPy {scipy.__version__}",
        top_up=top_up,
        rule=rule,
    )
