"""The four rules: down the list, or the best set of each group of equals, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from accord.errors import Infeasible
from accord.methods.selection.limits import Completions, left_of, paid, rows_for, short, topic_full, unmet
from accord.methods.selection.program import Program
from accord.methods.selection.search import best_set
from accord.methods.selection.values import Items, NotFunded, Problem, Reason, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The items that a rule takes, and why it leaves the rest."""

    taken: Items
    not_funded: tuple[NotFunded, ...]
    bound: int
    closed: bool


def outcome(problem: Problem, rule: Rule, *, taken: Items = frozenset()) -> Outcome:
    """Carry out a rule on what is not taken yet. Raises Infeasible where no set meets every limit."""
    inside = {problem.items[item].proposal for item in taken}
    proposals = [proposal for proposal in problem.order if proposal not in inside]
    completions = Completions(problem)
    allowed = [item for p in proposals if problem.fundable[p] for item in _offered(problem, p, rule)]
    if not completions.possible(taken, allowed):
        what = "the limits cannot be met" if completions.closed else "no set was found that meets the limits"
        lines = unmet(problem, allowed)
        raise Infeasible(f"{what}: {'; '.join(lines)}", lines)
    if rule in {"list-order", "list-with-skips"}:
        return _Walk(problem, taken, completions).along(proposals, stops=rule == "list-order")
    return _optimised(problem, rule, proposals, taken, completions)


def _offered(problem: Problem, proposal: int, rule: Rule) -> Sequence[int]:
    """The items of a proposal that a rule may take: under 'max-merit' none whose merit is below zero."""
    items = problem.items_of[proposal]
    return [item for item in items if rule != "max-merit" or problem.items[item].merit >= 0]


class _Walk:
    """Walks the list: each proposal is taken if it can be paid and every limit can still be met."""

    def __init__(self, problem: Problem, taken: Items, completions: Completions) -> None:
        self._problem = problem
        self._before = taken
        self._taken = taken
        self._left = left_of(problem, taken)
        self._completions = completions
        self._not_funded: list[NotFunded] = []

    def along(self, proposals: Sequence[int], *, stops: bool) -> Outcome:
        for place, proposal in enumerate(proposals):
            reason = self._turn(proposal, self._open(proposals[place + 1 :] if self._problem.limited else ()), None)
            if reason is not None:
                self._leave(proposal, reason)
            if reason == "budget" and stops:
                self._after_stop(proposal, proposals[place + 1 :])
                break
        bound = sum(self._problem.items[item].merit for item in self._taken - self._before)
        return Outcome(
            taken=self._taken, not_funded=tuple(self._not_funded), bound=bound, closed=self._completions.closed
        )

    def _after_stop(self, stopped_at: int, rest: Sequence[int]) -> None:
        """Take no more than the limits need: as few as there can be, those first in the list."""
        most = self._completions.fewest(self._taken, self._open(rest)) if self._problem.limited else 0
        for place, proposal in enumerate(rest):
            if most and self._turn(proposal, self._open(rest[place + 1 :]), most - 1) is None:
                most -= 1
            elif not self._problem.fundable[proposal]:
                self._leave(proposal, "below-threshold")
            else:
                self._leave(proposal, "list-stopped", stopped_at)

    def _turn(self, proposal: int, later: Sequence[int], most_later: int | None) -> Reason | None:
        """Take a proposal, or say why not; `later` are the items of those after it."""
        problem = self._problem
        if not problem.fundable[proposal]:
            return "below-threshold"
        payable = [item for item in problem.items_of[proposal] if not short(problem, item, self._left)]
        if not payable:
            return "budget"
        if topic_full(problem, proposal, self._taken):
            return "topic-full"
        for item in payable:
            if self._completions.possible(self._taken | {item}, later, most_later):
                self._taken |= {item}
                self._left = paid(problem, item, self._left)
                return None
        return "limits"

    def _open(self, proposals: Sequence[int]) -> list[int]:
        return [item for p in proposals if self._problem.fundable[p] for item in self._problem.items_of[p]]

    def _leave(self, proposal: int, reason: Reason, stopped_at: int | None = None) -> None:
        blocking = short(self._problem, self._problem.items_of[proposal][0], self._left)
        self._not_funded.append(
            NotFunded(
                proposal=proposal,
                reason=reason,
                blocking=() if reason == "below-threshold" else blocking,
                stopped_at=stopped_at,
            )
        )


def _optimised(
    problem: Problem, rule: Rule, proposals: Sequence[int], taken: Items, completions: Completions
) -> Outcome:
    """Take the best set of each group of equals (of all, for 'max-merit') with what the groups before left."""
    not_funded, bound, closed = list[NotFunded](), 0, True
    groups = [list(tied) for _, tied in groupby(proposals, lambda p: rule == "max-merit" or problem.tie_group[p])]
    for place, group in enumerate(groups):
        before, left = taken, left_of(problem, taken)
        later = [p for following in groups[place + 1 :] for p in following]
        payable = [item for item in _open(problem, group, rule) if not short(problem, item, left)]
        after = _open(problem, later, rule) if problem.limited else []
        gainful = [item for item in payable if problem.items[item].merit > 0]
        rest = [item for item in payable if problem.items[item].merit <= 0]
        columns = [*gainful, *(rest if problem.limited else ()), *after]
        program = Program(
            values=tuple(problem.items[item].merit for item in gainful) + (0,) * (len(columns) - len(gainful)),
            weights=tuple(problem.items[item].weight for item in gainful) + (0,) * (len(columns) - len(gainful)),
            rows=rows_for(problem, taken, columns) or (),
        )
        start = frozenset(columns.index(item) for item in completions.known_beside(taken))
        best = best_set(program, node_limit=problem.node_limit, start=start)
        chosen = [columns[column] for column in sorted(best.chosen or ())]
        completions.remember(taken | set(chosen))
        closed = closed and best.closed
        taken |= {item for item in chosen if problem.items[item].merit > 0 and item in payable}
        taken = _walked_on(problem, rest, after, taken, completions)
        bound += best.bound + sum(min(problem.items[item].merit, 0) for item in taken - before)
        not_funded += _left_out(problem, rule, group, before, taken)
    return Outcome(taken=taken, not_funded=tuple(not_funded), bound=bound, closed=closed and completions.closed)


def _open(problem: Problem, proposals: Iterable[int], rule: Rule) -> list[int]:
    return [item for p in proposals if problem.fundable[p] for item in _offered(problem, p, rule)]


def _walked_on(
    problem: Problem,
    rest: Sequence[int],
    after: Sequence[int],
    taken: Items,
    completions: Completions,
) -> Items:
    """Take, in list order, what has no merit to add and can still be paid."""
    for place, item in enumerate(rest):
        proposal = problem.items[item].proposal
        if proposal in {problem.items[one].proposal for one in taken} or topic_full(problem, proposal, taken):
            continue
        inside = {proposal, *(problem.items[one].proposal for one in taken)}
        later = [one for one in rest[place + 1 :] if problem.items[one].proposal not in inside]
        payable = not short(problem, item, left_of(problem, taken))
        if payable and completions.possible(taken | {item}, [*later, *after]):
            taken |= {item}
    return taken


def _left_out(problem: Problem, rule: Rule, group: Sequence[int], before: Items, taken: Items) -> list[NotFunded]:
    inside = {problem.items[item].proposal for item in taken}
    left_before, left = left_of(problem, before), left_of(problem, taken)
    entries = []
    for proposal in group:
        offered = _offered(problem, proposal, rule) if problem.fundable[proposal] else ()
        if proposal in inside:
            continue
        if not offered:
            entries.append(NotFunded(proposal=proposal, reason="below-threshold"))
            continue
        reason: Reason = "topic-full" if topic_full(problem, proposal, before) else "displaced"
        if all(short(problem, item, left_before) for item in offered):
            reason = "budget"
        blocking = short(problem, problem.items_of[proposal][0], left)
        entries.append(NotFunded(proposal=proposal, reason=reason, blocking=blocking))
    return entries
