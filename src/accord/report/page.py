"""The report of a run as one HTML file that needs nothing else: no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from accord.methods.scores import scale_of_totals
from accord.pipeline.compared import compared_rules
from accord.pipeline.walk import Walk
from accord.report.charts import report_charts
from accord.report.language import LANGUAGES, Words, report_words
from accord.report.proposal_pages import proposal_pages, thresholds
from accord.report.rows import criterion_names, lists
from accord.report.side_by_side import moves, rules_view
from accord.report.sides import side_views, spending
from accord.report.strips import credible_share
from accord.report.texts import PAGE_LANGUAGE, printable, spoken_first
from accord.report.ties import advice, lottery, tie_notes, ties
from accord.report.tracks import joint_instants
from accord.report.work import (
    KINDS_LEFT_OUT,
    KINDS_OF_CONFLICT,
    assignment,
    conflicts,
    counted_kinds,
    left_out,
    loads,
)

MOST_COLUMNS: Final = 3  # of Sides beside each other in a table; more stand within one cell
TIMELINE_FIRST: Final = 6  # Sides whose tracks leave room for the rest of the first screen
STANDING_OPEN: Final = 20  # rows of a table that need not be folded away


def report_html(walk: Walk, language: str = PAGE_LANGUAGE) -> bytes:
    """The report of a run: what is computed so far, each proposal with its reason, and how to verify it.

    In English or Japanese; the plan's own texts in that language where the plan has it, the prevailing one beside
    it, people's texts as they are. UTF-8; the same walk gives the same bytes. Raises InvalidInput for another
    language.
    """
    say = report_words(language)
    context = {**_before_review(walk, say), **_after_review(walk, say)}
    return _environment(say.language).get_template("report.html.jinja").render(**context).encode()


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    say = report_words(language)
    grouped: Callable[[int], str] = "{:,}".format
    environment.filters["grouped"] = grouped
    environment.globals.update(
        t=say,
        told=lambda key, **values: _marked(say, key, values),
        gap="" if language == "ja" else " ",  # between two sentences
        page_language=language,
        other_language=next(one for one in LANGUAGES if one != language),
    )
    return environment


def _marked(say: Words, key: str, values: dict[str, Any]) -> Markup:
    """A message whose places may hold markup; the rest of them is escaped."""
    safe = {name: Markup.escape(value) if isinstance(value, str) else value for name, value in values.items()}
    return Markup(say.template(key, values.get("n", 1))).format(**safe)  # noqa: S704 - a message of the software


def _before_review(walk: Walk, say: Words) -> dict[str, Any]:
    call = walk.inputs.call
    plan = call.plan.plan
    prevailing = plan.call.prevailing_language
    sides = side_views(walk, say)
    every = lists(walk, sides, say)
    tracks, instants = joint_instants(plan, sides, say.language)
    found = conflicts(walk.conflicts.result.conflicts, say)
    return {
        "plan": plan,
        "plan_digest": call.plan.digest,
        "titles": spoken_first(plan.call.title, say.language, prevailing),
        "proposals": len(call.proposals),
        "simulated": walk.inputs.simulated,
        "sides": sides,
        "side_of": {side.id: side for side in sides},
        "by_columns": len(sides) <= MOST_COLUMNS,
        "timeline_first": len(sides) <= TIMELINE_FIRST,
        "timeline": tracks,
        "instants": instants,
        "lists": every,
        "pages": proposal_pages(walk, every, sides, say),
        "criteria": tuple(say.text(one.title or {say.language: one.id}, prevailing) for one in plan.review.criterion),
        "thresholds": thresholds(plan),
        "standing_open": STANDING_OPEN,
        "assignment": assignment(walk, say),
        "loads": loads(walk),
        "conflicts": found,
        "conflict_pairs": len(walk.conflicts.result.pairs),
        "conflict_kinds": counted_kinds(found, KINDS_OF_CONFLICT),
        "steps": tuple(walk.steps()),
    }


def _after_review(walk: Walk, say: Words) -> dict[str, Any]:
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return {"ranking": None, "selection": None, "charts": report_charts(walk, say)}
    call = walk.inputs.call
    plan = call.plan.plan
    ranked, listed, chosen = walk.ranking.result, walk.list.result, walk.selection.result
    tied = ties(listed, ranked, say, criterion_names(plan, say))
    omitted = left_out(ranked.left_out, say)
    sides = side_views(walk, say)
    compared = compared_rules(walk)
    return {
        "ranking": ranked,
        "greatest_total": f"{scale_of_totals(plan.review)[1]:g}",
        "credible": credible_share(plan),
        "line": listed.line is not None,
        "selection": chosen,
        "spending": spending(walk, sides),
        "rules": rules_view(walk, compared, sides),
        "moves": moves(ranked, say),
        "advice": advice(listed),
        "advised": tuple(listed.advice),
        "ties": tied,
        "tie_notes": tie_notes(tied, say),
        "lottery": lottery(listed, say, secrets=bool(call.commitments or call.reveals)),
        "left_out": omitted,
        "left_out_kinds": counted_kinds(omitted, KINDS_LEFT_OUT),
        "charts": report_charts(walk, say, compared=compared),
    }
