"""The sheets to read: every proposal's reason, and what the workbook is and how it is given back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openpyxl.worksheet.worksheet import Worksheet

from accord.pipeline.steps import NotFunded
from accord.report.reasons import Reason, reduced, why_not_eligible, why_not_funded
from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents
from accord.report.workbook.layout import cell
from accord.report.workbook.look import arrange, heighten, put, put_number

PAPER_A4: Final = 9
WIDTHS: Final = {"A": 8.0, "B": 13.0, "C": 56.0, "D": 16.0, "E": 70.0}
ABOUT_WIDTHS: Final = {"A": 24.0, "B": 100.0}


def fill_reasons(sheet: Worksheet, contents: Contents) -> None:
    """Write every proposal of the call with its state and reason: the list first, then who is not on it."""
    words = contents.words
    put(sheet, 1, 1, words.reasons, "call")
    for place, name in enumerate((words.place, words.proposal, words.title, words.state, words.reason), 1):
        put(sheet, at.HEADER, place, name, "head")
    for row, (number, proposal, state, reason) in enumerate(_reasons(contents), at.FIRST):
        put_number(sheet, row, 1, number, "place")
        put(sheet, row, 2, proposal, "name")
        put(sheet, row, 3, contents.proposals[proposal].title, "wrapped")
        put(sheet, row, 4, state, "state")
        put(sheet, row, 5, reason, "wrapped")
        heighten(sheet, row, ((contents.proposals[proposal].title, WIDTHS["C"]), (reason, WIDTHS["E"])))
    arrange(
        sheet,
        dict(WIDTHS),
        freeze=cell(3, at.FIRST),
        header=at.HEADER,
        paper=PAPER_A4,
        footer=contents.footer,
    )


def _reasons(contents: Contents) -> Iterator[tuple[int | None, str, str, str]]:
    words, say, (ranked, _, selection) = contents.words, contents.say, contents.results
    unfunded = {one.proposal: one for one in selection.not_funded}
    for listed in contents.places:
        one = unfunded.get(listed.proposal)
        reason = _funded(contents, listed.proposal)
        if one is not None:
            reason = _told(contents, _why(contents, one)) or words.withheld
        yield listed.place, listed.proposal, contents.states[listed.proposal], reason
    for name in ranked.unranked:
        reason = say("reason.no-consensus" if ranked.order_by == "consensus" else "reason.no-review")
        yield None, name, words.unranked, reason
    sides = {view.id: view for view in contents.every_side}
    for verdict in contents.walk.eligibility.result.verdicts:
        if not verdict.eligible:
            reasons = tuple(why_not_eligible(failed, sides, say) for failed in verdict.failed)
            yield None, verdict.proposal, words.not_eligible, _told(contents, reasons)


def _funded(contents: Contents, proposal: str) -> str:
    """Why a proposal is funded: every Side pays it, where it is reduced, that version of it."""
    told = contents.words.funded_reason
    if proposal not in contents.reduced:
        return told
    version = reduced(contents.proposals[proposal], contents.reduced[proposal], contents.sides, contents.say)
    return contents.words.between.join((told, _told(contents, version)))


def _told(contents: Contents, reasons: tuple[Reason, ...]) -> str:
    """Reasons in one text, each after its Side where it is about one."""
    say = contents.say
    return contents.words.between.join(
        one.text if one.side is None else say("page.labelled", name=one.side.id, text=one.text) for one in reasons
    )


def _why(contents: Contents, one: NotFunded) -> tuple[Reason, ...]:
    """Why a proposal is not funded, in the report's words."""
    if not contents.view.shows("reasons"):
        return ()
    ranked, listed, _ = contents.results
    sides = {view.id: view for view in contents.every_side}
    places = {place.proposal: place.place for place in listed.places}
    missed = next(found for found in ranked.assessments if found.proposal == one.proposal)
    criteria = {
        known.id: contents.worded(known.title) for known in contents.plan.review.criterion if known.title is not None
    }
    return why_not_funded(one, missed, places, sides, say=contents.say, criteria=criteria)


def fill_about(sheet: Worksheet, contents: Contents) -> None:
    """Write what the workbook is of, how to give it back, and what it is not."""
    words, plan, say = contents.words, contents.plan, contents.say
    put(sheet, 1, 1, words.about, "call")
    simulated = contents.walk.inputs.simulated
    put(sheet, 2, 1, "" if simulated is None else words.simulated.format(seed=simulated), "banner")
    told = {
        "call": plan.call.id,
        "title": contents.worded(plan.call.title),
        "plan": contents.walk.inputs.call.plan.digest,
        "root": contents.root if contents.view.whole else f"{contents.root} ({contents.reader})",
        "rule": say(f"rule.{contents.selection.rule}"),
        "allows": say.joined([say(f"adjusted.{one}") for one in plan.selection.adjustments]) or words.allows_none,
        "format": at.FORMAT,
    }
    rows = words.about_rows
    if not contents.view.whole:
        withheld = say.joined([say(f"matter.{one}") for one in contents.view.withheld]) or words.withheld_none
        told |= {"reader": contents.reader, "withheld": withheld}
        rows = tuple(words.copy_row if name == words.give_back else (name, text) for name, text in rows)
    for row, (name, text) in enumerate(rows, at.FIRST):
        put(sheet, row, 1, name, "name")
        put(sheet, row, 2, text.format(**told), "wrapped")
        heighten(sheet, row, [(text.format(**told), ABOUT_WIDTHS["B"])])
    arrange(
        sheet,
        dict(ABOUT_WIDTHS),
        freeze="A1",
        header=1,
        paper=PAPER_A4,
        footer=contents.footer,
    )
