"""A call's status, and a plan's timeline, each as one HTML file that needs nothing else: no script, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accord.pipeline.disclosure_view import View
from accord.pipeline.status import Demand, Status
from accord.plan.calendar import CalendarChecks, calendar_checks
from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.report.calendar_words import calendar_words
from accord.report.environment import environment
from accord.report.figures import amount, percent
from accord.report.language import Words, words
from accord.report.sides import COLOURS, PATTERNS, SideView
from accord.report.status_words import MESSAGES
from accord.report.texts import PAGE_LANGUAGE, Worded, untagged, worded
from accord.report.tracks import bands, rows

MOST_COLUMNS: Final = 3  # of Sides beside each other in the drawing's table and of cells that stay readable
MOST_ORGANISATIONS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """What is asked of a Side, as a page shows it; `fill` is the budget's part of what is requested, in percent."""

    side: SideView
    ratio: str | None
    requested: str
    budget: str
    proposals: int
    fill: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Something that is missing: what, how often, and each of them in words."""

    what: str
    items: tuple[Worded, ...]
    note: str | None = None


def status_html(
    signed: SignedPlan, status: Status, language: str = PAGE_LANGUAGE, *, view: View | None = None
) -> bytes:
    """How a call stands, as a page in English or Japanese. UTF-8; the same status gives the same bytes.

    `view` is what the reader of a disclosed status may see: the page says for whom it is and what is held back.
    """
    say = words(language, MESSAGES)
    sides = plan_sides(signed.plan, status, say)
    known = {side.id: side for side in sides}
    context = {
        **_frame(signed, say, sides, status.calendar),
        "status": status,
        "view": view,
        "topics": {
            topic.id: say.text(topic.title, signed.plan.call.prevailing_language) for topic in signed.plan.topic
        },
        "demand": tuple(_demand(one, known, say) for one in status.demand),
        "demand_by_topic": {(one.topic, one.side): _demand(one, known, say) for one in status.demand_by_topic},
        "organisations": status.organisations[:MOST_ORGANISATIONS],
        "coordinated": _coordinated(status),
        "lacking": lacking(status, say),
        "kinds": say.joined([say("counted", what=say(f"conflict.{kind}"), n=n) for kind, n in status.experts.kinds]),
        "plan_counts_declared": signed.plan.conflicts.declared,
    }
    return environment(say.language).get_template("status.html.jinja").render(**context).encode()


def timeline_html(signed: SignedPlan, language: str = PAGE_LANGUAGE) -> bytes:
    """A plan's timeline with its checks, as a page in English or Japanese."""
    say = words(language, MESSAGES)
    context = _frame(signed, say, plan_sides(signed.plan, None, say), calendar_checks(signed.plan))
    return environment(say.language).get_template("timeline-page.html.jinja").render(**context).encode()


def plan_sides(plan: Plan, status: Status | None, say: Words) -> tuple[SideView, ...]:
    """Every Side as the report shows it, each in its colour, before anything is selected; named as the page speaks."""
    views = []
    for number, side in enumerate(plan.side):
        requested = 0 if status is None else status.demand[number].requested
        views.append(
            SideView(
                side=side,
                names=_names(side.signatory, plan, say),
                managed_by=() if side.managed_by is None else _names(side.managed_by, plan, say),
                colour=number % COLOURS + 1,
                pattern=number // COLOURS % PATTERNS,
                budget=amount(side.minor(side.budget), side.unit),
                requested=amount(requested, side.unit),
                recommended=None,
                left=None,
                filled=None,
            )
        )
    return tuple(views)


def _names(text: Mapping[str, str], plan: Plan, say: Words) -> tuple[Worded, ...]:
    """A text in all its languages: the page's first where it has it, else the prevailing one."""
    return worded(text, say.language if say.language in text else plan.call.prevailing_language)


def lacking(status: Status, say: Words) -> tuple[Lacking, ...]:
    """What is missing, in words; what is not missing is left out."""
    gone = status.missing
    few_experts = [
        (f"{one.proposal} {one.side or ''}".rstrip(), say("free", free=one.free, needed=one.needed))
        for one in gone.few_experts
    ]
    few_reviews = [
        (
            one.proposal,
            say(
                "reviews.in-conflict" if one.in_conflict else "reviews",
                counted=one.counted,
                needed=one.needed,
                n=one.in_conflict,
            ),
        )
        for one in (gone.reviews.few if gone.reviews else ())
    ]
    bare = Counter((one.proposal, one.side, one.organisation) for one in gone.without_investigators)
    every = (
        ("missing.tables", [say(f"table.{name}") for name in gone.tables], None),
        ("missing.abstracts", list(gone.empty_abstracts), None),
        ("missing.investigators", [f"{proposal} {side} {name}" for proposal, side, name in bare.elements()], None),
        ("missing.experts", [f"{one}: {free}" for one, free in few_experts], say("missing.experts.note")),
        ("missing.reviews", [f"{one}: {counted}" for one, counted in few_reviews], None),
        ("missing.consensus", list(gone.without_consensus), None),
    )
    return tuple(
        Lacking(what=say(key), items=tuple(untagged(item) for item in items), note=note)
        for key, items, note in every
        if items
    )


def _frame(signed: SignedPlan, say: Words, sides: tuple[SideView, ...], checks: CalendarChecks) -> dict[str, Any]:
    """What both pages need."""
    plan = signed.plan
    told = calendar_words(plan, checks, say.language)
    return {
        "t": say,
        "plan": plan,
        "plan_digest": signed.digest,
        "titles": _names(plan.call.title, plan, say),
        "sides": sides,
        "side_of": {side.id: side for side in sides},
        "by_columns": len(sides) <= MOST_COLUMNS,
        "bands": bands(checks, told.labels, sides, say.language),
        "rows": rows(plan, checks, told.labels, say.language),
        "calendar": told,
        "no_holidays": checks.no_holidays,
    }


def _demand(one: Demand, sides: dict[str, SideView], say: Words) -> DemandView:
    return DemandView(
        side=sides[one.side],
        ratio=None if one.ratio is None else str(one.ratio),
        requested=say.amount(one.requested, one.unit),
        budget=say.amount(one.budget, one.unit),
        proposals=one.proposals,
        fill=percent(one.budget, max(one.requested, one.budget)),
        own=one.own_budget,
    )


def _coordinated(status: Status) -> dict[tuple[str, str], int]:
    return {(topic.topic, side): number for topic in status.topics for side, number in topic.by_coordinator}
