"""What a report can tell its reader: what it cannot do without, and what follows from what that reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from accord.pipeline.compared import ComparedRule, compared_rules
from accord.pipeline.disclosure import Disclosed
from accord.pipeline.disclosure_view import View
from accord.pipeline.walk import Walk
from accord.plan.model import Plan

NEEDED: Final = ("title", "topic", "partners", "amounts", "list", "not-funded")  # to be a report at all


def rules_for(shown: Disclosed, walk: Walk) -> tuple[ComparedRule, ...]:
    """What each of the four rules would fund of a walk, where everything that it follows from is shown.

    That is the list, its totals and the requests.
    """
    order = walk.inputs.call.plan.plan.ranking.order_by
    told = shown.view.shows("totals") and (order != "calibrated" or shown.view.shows("ranks"))
    return compared_rules(walk) if told else ()


def charts_for(plan: Plan, view: View) -> Iterator[str]:
    """The charts of what a reader may see, by name."""
    yield "budgets"
    if view.shows("ranks" if plan.ranking.order_by == "calibrated" else "totals"):
        yield "ranks"
    if view.shows("totals", "ranks"):
        yield "calibration"
    if view.shows("assignment"):
        yield "loads"
    yield "rules"
