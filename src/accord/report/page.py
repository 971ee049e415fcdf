"""The report of a run as one HTML file that needs nothing else: no script, no network, no clock."""

from __future__ import annotations

from typing import Any, Final

from accord.methods.scores import scale_of_totals
from accord.pipeline.compared import ComparedRule
from accord.pipeline.disclosure import Disclosed, disclosed
from accord.pipeline.disclosure_view import ALL_SIDES, Reader
from accord.pipeline.minutes import Minutes
from accord.pipeline.walk import Walk
from accord.report.audience import NEEDED, charts_for, rules_for
from accord.report.changed import changes_of, ruled_walk, told_walk
from accord.report.charts import report_charts
from accord.report.environment import MOST_UNFOLDED, for_reader, rendered
from accord.report.language import Words, report_words
from accord.report.outside import applicants_html, results_html
from accord.report.proposal_pages import proposal_pages, thresholds
from accord.report.rows import criterion_names, lists
from accord.report.side_by_side import moves, rules_view
from accord.report.sides import side_views, spending
from accord.report.standing import topped_up, why_provisional
from accord.report.strips import credible_share
from accord.report.texts import PAGE_LANGUAGE, spoken_first
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
TIMELINE_FIRST: Final = MOST_UNFOLDED  # Sides whose tracks leave that room too
STANDING_OPEN: Final = 20  # rows of a table that need not be folded away


def report_html(
    walk: Walk, language: str = PAGE_LANGUAGE, *, reader: Reader = ALL_SIDES, minutes: Minutes | None = None
) -> bytes:
    """The report of a run: what is computed so far, each proposal with its reason, and how to verify it.

    In English or Japanese; the plan's own texts in that language where the plan has it, the prevailing one beside
    it, people's texts as they are. For one Side it is made from what the plan lets that Side see; applicants of a
    proposal have the page of its result, the public and applicants in general what is published. With the `minutes`
    of a meeting on this walk it tells the selection under the meeting's changes; all Sides together read what they
    are. UTF-8; the same walk gives the same bytes. Raises InvalidInput for another language, and where the plan
    holds back what the reader's page cannot do without.
    """
    say = report_words(language)
    shown = disclosed(told_walk(walk, minutes, reader), reader)
    if reader.proposal is not None:
        return applicants_html(shown, say, after_meeting=minutes is not None)
    if reader.kind not in {"sides", "side"}:
        return results_html(shown, say, after_meeting=minutes is not None)
    shown.view.need("the report", *NEEDED)
    compared = rules_for(shown, ruled_walk(told_walk(walk, minutes, reader), minutes))
    context = {**_before_review(shown, say), **_after_review(shown, compared, say), **_meeting(shown, minutes, say)}
    if shown.view.whole:
        context["steps"] = tuple(walk.steps())
    return rendered("report.html.jinja", say, context)


def _meeting(shown: Disclosed, minutes: Minutes | None, say: Words) -> dict[str, Any]:
    """What a meeting changed: each change for all Sides together, for one Side that there were some."""
    if minutes is None:
        return {"after_meeting": False, "changes": None, "own_set": False}
    told = changes_of(minutes, side_views(shown.walk, say), say)
    return {"after_meeting": True, "changes": told if shown.view.whole else None, "own_set": told.own_set}


def _before_review(shown: Disclosed, say: Words) -> dict[str, Any]:
    walk, view = shown.walk, shown.view
    call = walk.inputs.call
    plan = call.plan.plan
    prevailing = plan.call.prevailing_language
    sides = side_views(walk, say)
    every = lists(walk, sides, say, view)
    tracks, instants = joint_instants(plan, sides, say.language)
    found = conflicts(walk.conflicts.result.conflicts, say)
    return {
        **for_reader(view, say),
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
        "pages": proposal_pages(walk, every, sides, say, view),
        "criteria": tuple(say.text(one.title or {say.language: one.id}, prevailing) for one in plan.review.criterion),
        "thresholds": thresholds(plan),
        "standing_open": STANDING_OPEN,
        "assignment": assignment(walk, say, view),
        "loads": loads(walk, view),
        "conflicts": found,
        "conflict_pairs": len(walk.conflicts.result.pairs),
        "conflict_kinds": counted_kinds(found, KINDS_OF_CONFLICT),
        "steps": tuple(walk.steps()),
    }


def _after_review(shown: Disclosed, compared: tuple[ComparedRule, ...], say: Words) -> dict[str, Any]:
    walk, view = shown.walk, shown.view
    plan = walk.inputs.call.plan.plan
    charts = report_charts(walk, say, compared=compared, names=tuple(charts_for(plan, view)))
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return {"ranking": None, "selection": None, "charts": charts}
    call = walk.inputs.call
    ranked, listed, chosen = walk.ranking.result, walk.list.result, walk.selection.result
    tied = ties(listed, ranked, say, criterion_names(plan, say))
    omitted = left_out(ranked.left_out, say)
    sides = side_views(walk, say)
    return {
        "ranking": ranked,
        "ranks": ranked.order_by == "calibrated" and view.shows("ranks"),
        "greatest_total": f"{scale_of_totals(plan.review)[1]:g}",
        "credible": credible_share(plan),
        "line": listed.line is not None,
        "selection": chosen,
        "provisional": why_provisional(walk, say),
        "topped_up": topped_up(walk, sides, say),
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
        "charts": charts,
    }
