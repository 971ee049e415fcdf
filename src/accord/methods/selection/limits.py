"""What a set of proposals has to keep: every purse, topic and balance, as rows of a program; and whether it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from accord.errors import Infeasible
from accord.methods.selection.program import Cells, Program, Row, row_of
from accord.methods.selection.search import best_set
from accord.methods.selection.values import Amounts, Items, Problem


def left_of(problem: Problem, taken: Iterable[int]) -> Amounts:
    """What each purse has left when these items are paid."""
    left = [purse.amount for purse in problem.purses]
    for item in taken:
        for purse, amount in problem.items[item].asks:
            left[purse] -= amount
    return tuple(left)


def paid(problem: Problem, item: int, left: Amounts) -> Amounts:
    """What each purse has left when one item more is paid."""
    after = list(left)
    for purse, amount in problem.items[item].asks:
        after[purse] -= amount
    return tuple(after)


def short(problem: Problem, item: int, left: Amounts) -> tuple[tuple[int, int], ...]:
    """Each Side that cannot pay an item from what is left, and how much is short."""
    asks = problem.items[item].asks
    return tuple((problem.purses[purse].side, amount - left[purse]) for purse, amount in asks if amount > left[purse])


def topic_full(problem: Problem, proposal: int, taken: Iterable[int]) -> bool:
    """Whether a proposal's topic has as many as it may have."""
    most = problem.topic_max.get(problem.topic[proposal])
    counts = Counter(problem.topic[problem.items[item].proposal] for item in taken)
    return most is not None and counts[problem.topic[proposal]] >= most


def rows_for(problem: Problem, taken: Items, open_items: Sequence[int]) -> tuple[Row, ...] | None:
    """The rows that what is chosen of `open_items` has to keep beside `taken`; None where nothing can keep them."""
    rows = []
    for row in _conditions(problem, taken, open_items):
        if row.limit >= sum(max(coefficient, 0) for _, coefficient in row.cells):
            continue  # every choice keeps it
        if not row.cells:
            return None
        rows.append(row)
    return tuple(rows)


def _conditions(problem: Problem, taken: Items, open_items: Sequence[int]) -> Iterator[Row]:
    items = [problem.items[item] for item in open_items]
    paid_by: list[list[tuple[int, int]]] = [[] for _ in problem.purses]
    of_proposal: dict[int, list[int]] = {}
    of_topic: dict[int, list[int]] = {}
    for column, item in enumerate(items):
        for purse, amount in item.asks:
            paid_by[purse].append((column, amount))
        of_proposal.setdefault(item.proposal, []).append(column)
        of_topic.setdefault(problem.topic[item.proposal], []).append(column)
    for cells, left in zip(paid_by, left_of(problem, taken), strict=True):
        yield row_of(cells, left)
    for columns in of_proposal.values():
        yield row_of(_each(columns), 1)
    inside = [problem.items[item].proposal for item in taken]
    topics = Counter(problem.topic[proposal] for proposal in inside)
    for topic, most in problem.topic_max.items():
        yield row_of(_each(of_topic.get(topic, ())), most - topics[topic])
    for topic, least in problem.topic_min.items():
        yield row_of(_each(of_topic.get(topic, ()), -1), topics[topic] - least)
    for proposal in sorted(problem.forced - set(inside)):
        yield row_of(_each(of_proposal.get(proposal, ()), -1), -1)
    yield from _balance(problem, inside, [item.proposal for item in items])


def _balance(problem: Problem, inside: Sequence[int], proposals: Sequence[int]) -> Iterator[Row]:
    """For every two Sides that coordinate: one does not coordinate too many more than the other."""
    if problem.max_imbalance is None:
        return
    columns: dict[int, list[int]] = {}
    for column, proposal in enumerate(proposals):
        columns.setdefault(problem.coordinator[proposal], []).append(column)
    counts = Counter(problem.coordinator[proposal] for proposal in inside)
    for more, less in permutations(problem.coordinating, 2):
        cells = sorted((*_each(columns.get(more, ())), *_each(columns.get(less, ()), -1)))
        yield row_of(cells, problem.max_imbalance - counts[more] + counts[less])


def _each(columns: Iterable[int], coefficient: int = 1) -> Cells:
    return tuple((column, coefficient) for column in columns)


class Completions:
    """Whether what is taken can be completed so that every limit is met; remembers the last set that does."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._known: Items | None = None
        self.closed = True
        """Whether every answer was proven."""

    def possible(self, taken: Items, open_items: Sequence[int], at_most: int | None = None) -> bool:
        """Whether some of `open_items`, at most so many, complete what is taken."""
        if not self._problem.limited:
            return True
        if self._known is not None and taken <= self._known and self._known - taken <= set(open_items):
            return True
        found = self._search(taken, open_items, [0] * len(open_items), at_most)
        if found is None:
            return False
        self._known = found
        return True

    def fewest(self, taken: Items, open_items: Sequence[int]) -> int:
        """How many of `open_items` it takes at least to meet every limit; some set of them does."""
        found = self._search(taken, open_items, [-1] * len(open_items), None)
        if found is None:
            raise Infeasible("no set that meets every limit was found within node_limit")
        self._known = found
        return len(found - taken)

    def remember(self, completed: Items) -> None:
        """Keep a set that is known to meet every limit."""
        self._known = completed

    def known_beside(self, taken: Items) -> Items:
        """What the last known set has beside what is taken."""
        return frozenset() if self._known is None else self._known - taken

    def _search(
        self, taken: Items, open_items: Sequence[int], values: Sequence[int], at_most: int | None
    ) -> Items | None:
        rows = rows_for(self._problem, taken, open_items)
        if rows is None:
            return None
        if at_most is not None and at_most < len(open_items):
            rows = (*rows, row_of(_each(range(len(open_items))), at_most))
        program = Program(values=tuple(values), weights=(0,) * len(open_items), rows=rows)
        start = frozenset(open_items.index(item) for item in self.known_beside(taken) if item in set(open_items))
        found = best_set(program, node_limit=self._problem.node_limit, start=start)
        self.closed = self.closed and found.closed
        return None if found.chosen is None else taken | {open_items[column] for column in found.chosen}


def unmet(problem: Problem, open_items: Sequence[int]) -> tuple[str, ...]:
    """Why no set meets every limit: each that cannot be met even alone, and how far it can be."""
    alone = replace(problem, topic_min={}, forced=frozenset(), max_imbalance=None)
    lines = []
    for topic, least in problem.topic_min.items():
        columns = [item for item in open_items if problem.topic[problem.items[item].proposal] == topic]
        rows = rows_for(alone, frozenset(), columns)
        program = Program(values=(1,) * len(columns), weights=(0,) * len(columns), rows=rows or ())
        most = best_set(program, node_limit=problem.node_limit).bound
        if most < least:
            lines.append(f"topic {topic}: at least {least} are asked for, {most} can be paid")
    left = left_of(problem, ())
    offered = {problem.items[item].proposal for item in open_items}
    lines += [f"proposal {p} is below the threshold of this rule" for p in sorted(problem.forced - offered)]
    for proposal in sorted(problem.forced & offered):
        lacks = short(problem, problem.items_of[proposal][0], left)
        if lacks and all(short(problem, item, left) for item in problem.items_of[proposal]):
            told = ", ".join(f"Side {side} is short of {amount}" for side, amount in lacks)
            lines.append(f"proposal {proposal} cannot be paid: {told}")
    return tuple(lines) or ("each limit can be met alone, not all together",)
