"""The report of a run as one HTML file that needs nothing else: no script, no network, no clock."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from accord.methods.scores import scale_of_totals
from accord.pipeline.walk import Walk
from accord.report.figures import counted
from accord.report.reasons import RULES
from accord.report.rows import lists
from accord.report.sides import side_views
from accord.report.texts import PAGE_LANGUAGE, printable, worded
from accord.report.ties import advice, lottery, tie_notes, ties
from accord.report.timeline import timeline
from accord.report.work import CONFLICTS, assignment, conflict_kinds, left_out

MOST_COLUMNS: Final = 3  # of Sides beside each other in a table; more stand within one cell

ORDERS: Final = {
    "consensus": "the totals that the panel agreed on",
    "mean": "the mean of the experts' totals",
    "calibrated": "calibrated ranks: what the experts' totals say once leniency and noise are allowed for",
}


def report_html(walk: Walk) -> bytes:
    """The report of a run: what is computed so far, each proposal with its reason, and how to verify it.

    English, with the plan's own texts in the prevailing language first. UTF-8; the same walk gives the same bytes.
    """
    template = _environment().get_template("report.html.jinja")
    text = template.render(**_before_review(walk), **_after_review(walk))
    return text.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(counted=counted, page_language=PAGE_LANGUAGE)
    return environment


def _before_review(walk: Walk) -> dict[str, Any]:
    call = walk.inputs.call
    plan = call.plan.plan
    sides = side_views(walk)
    found = walk.conflicts.result
    return {
        "plan": plan,
        "plan_digest": call.plan.digest,
        "titles": worded(plan.call.title, plan.call.prevailing_language),
        "proposals": len(call.proposals),
        "simulated": walk.inputs.simulated,
        "sides": sides,
        "side_of": {side.id: side for side in sides},
        "by_columns": len(sides) <= MOST_COLUMNS,
        "timeline": timeline(plan, sides),
        "lists": lists(walk, sides),
        "assignment": assignment(walk),
        "conflicts": found.conflicts,
        "conflict_pairs": len(found.pairs),
        "conflict_kinds": conflict_kinds(found.conflicts),
        "kind_of_conflict": CONFLICTS,
        "steps": tuple(walk.steps()),
    }


def _after_review(walk: Walk) -> dict[str, Any]:
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return {"ranking": None, "selection": None}
    plan = walk.inputs.call.plan.plan
    ranked, listed, chosen = walk.ranking.result, walk.list.result, walk.selection.result
    tied = ties(listed, ranked)
    return {
        "ranking": ranked,
        "order": ORDERS[ranked.order_by],
        "greatest_total": f"{scale_of_totals(plan.review)[1]:g}",
        "line": listed.line is not None,
        "advice": advice(listed),
        "advised": tuple(listed.advice),
        "selection": chosen,
        "rule": RULES[chosen.rule],
        "ties": tied,
        "tie_notes": tie_notes(tied),
        "lottery": lottery(listed, secrets=bool(walk.inputs.call.commitments or walk.inputs.call.reveals)),
        "left_out": ranked.left_out,
        "left_out_kinds": left_out(ranked.left_out),
    }
