"""The four rules of selection side by side: what each would fund from the walk's list and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from accord.errors import Infeasible
from accord.methods.selection import Rule
from accord.pipeline.selecting import Question, question
from accord.pipeline.steps import SelectionResult
from accord.pipeline.walk import Walk

# The comparison decides nothing, so it may stop early. Enough for a proof at most sizes; where it is not, the
# result says that it is not proven.
MOST_NODES: Final = 100
FEWER_NODES: Final = 30  # where the list is long: a node takes longer, and a proof is out of reach anyway
LONG_LIST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRule:
    """What one rule would fund, in list order, from the same list, requests, budgets and limits of the plan.

    `remaining` is what each Side would have left, in its minor units. `value` is the sum of merit, in millionths; no
    set that the rule could give is worth more than `bound`. `proven` says that the two are equal. `chosen` marks the
    plan's own rule, whose row is the walk's selection.
    """

    rule: Rule
    funded: tuple[str, ...]
    remaining: Mapping[str, int]
    value: int
    bound: int
    proven: bool
    chosen: bool


def compared_rules(walk: Walk, *, node_limit: int | None = None) -> tuple[ComparedRule, ...]:
    """What each of the four rules would fund; empty before a selection.

    The plan's own rule is not computed again. The others' optima open at most `node_limit` nodes of the solver's
    search each (100 where it is None, 30 for a list of more than 500), so that the same walk gives the same rows
    however fast the machine is.
    """
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return ()
    own = walk.selection.result
    asked = question(walk.inputs, walk.ranking.result, walk.list.result)
    if node_limit is None:
        node_limit = MOST_NODES if len(asked.names) <= LONG_LIST else FEWER_NODES
    return tuple(_chosen(own, rule) if rule == own.rule else _other(asked, rule, node_limit) for rule in get_args(Rule))


def _chosen(own: SelectionResult, rule: Rule) -> ComparedRule:
    return ComparedRule(
        rule=rule,
        funded=tuple(one.proposal for one in own.funded),
        remaining=own.remaining,
        value=own.value,
        bound=own.bound,
        proven=own.optimal,
        chosen=True,
    )


def _other(asked: Question, rule: Rule, node_limit: int) -> ComparedRule:
    """What another rule would fund; without the plan's limits where no set meets them, as in the walk."""
    try:
        found = asked.answer(rule=rule, top_up=None, node_limit=node_limit)
    except Infeasible:
        found = asked.answer(rule=rule, top_up=None, node_limit=node_limit, topic_min=None, max_imbalance=None)
    return ComparedRule(
        rule=rule,
        funded=tuple(asked.names[number] for number in found.funded),
        remaining=dict(zip(asked.plan.sides, map(int, found.remaining), strict=True)),
        value=found.value,
        bound=found.bound,
        proven=found.optimal,
        chosen=False,
    )
