"""What people outside the Sides read, on paper: one proposal's result for its applicants, the published results."""

from __future__ import annotations

from accord.pipeline.disclosure import Disclosed
from accord.report.language import Words
from accord.report.outside import OneResult, Result, one_result, results
from accord.report.paper.report.front import titles
from accord.report.paper.report.lists import reason_of
from accord.report.paper.report.proposals import consortium_of, needed_of, scores
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.sides import side_views


def applicants_paper(shown: Disclosed, say: Words, *, after_meeting: bool) -> Writer:
    """How one proposal fared, for those who take part in it."""
    writer = Writer(say, {})
    result = one_result(shown, side_views(shown.walk, say), say)
    _opening(writer, shown, "applicants", "applicants.no-award", after_meeting=after_meeting)
    page, row = result.page, result.page.row
    writer.heading((*writer.code(row.id), *writer.text("  "), *writer.worded(row.title)))
    writer.paragraph(writer.quiet(writer.joined(_about(writer, result), " · ")))
    outcome = [writer.text(page.outcome)]
    if row.list_place:
        outcome.append(writer.told("page.list-place", place=row.list_place))
    writer.paragraph(writer.joined([*outcome, *map(writer.text, result.figures)], " · "))
    writer.bullets([reason_of(writer, one) for one in row.reasons])
    writer.roster(consortium_of(writer, page.parts))
    if page.reviews or page.consensus or page.mean:
        if result.thresholds is not None:
            writer.paragraph((*needed_of(writer, result.thresholds, result.criteria), *writer.told("page.stop")))
        scores(writer, page, result.criteria, shown.view)
    if result.comments:
        writer.heading(writer.told("applicants.comments"))
    for criterion, texts in result.comments:
        writer.heading(writer.worded(criterion), 2)
        writer.bullets([writer.worded(text) for text in texts])
    if result.abstract is not None:
        writer.heading(writer.told("applicants.abstract"))
        writer.paragraph(writer.worded(result.abstract))
    return writer


def results_paper(shown: Disclosed, say: Words, *, after_meeting: bool) -> Writer:
    """What the plan publishes of the proposals to be funded, in no order of merit."""
    writer = Writer(say, {})
    _opening(writer, shown, "public", "public.lead", after_meeting=after_meeting)
    writer.heading(writer.told("public.heading"))
    found = results(shown, side_views(shown.walk, say), say)
    if not found:
        writer.paragraph(writer.told("public.none"))
    for one in found:
        _result(writer, one)
    return writer


def _opening(writer: Writer, shown: Disclosed, room: str, said: str, *, after_meeting: bool) -> None:
    plan = shown.walk.inputs.call.plan
    titles(writer, shown.walk, f"{room}.report", shown.view, after_meeting=after_meeting)
    told = [writer.told(said)]
    if plan.plan.call.indicative:
        told.append(writer.told("page.indicative"))
    writer.paragraph(writer.sentences(*told))
    writer.paragraph((*writer.told("page.plan-digest"), *writer.text(" "), *writer.code(plan.digest)))


def _about(writer: Writer, result: OneResult) -> list[Line]:
    told = [writer.worded(result.page.row.topic), writer.text(result.page.months)]
    if result.reference is not None:
        told.append(writer.told("applicants.reference", reference=result.reference))
    return told


def _result(writer: Writer, one: Result) -> None:
    name = writer.code(one.id)
    writer.heading(name if one.title is None else (*name, *writer.text("  "), *writer.worded(one.title)), 2)
    about = [] if one.topic is None else [writer.worded(one.topic)]
    about += [] if one.months is None else [writer.text(one.months)]
    if about:
        writer.paragraph(writer.quiet(writer.joined(about, " · ")))
    writer.bullets([reason_of(writer, reason) for reason in one.reasons])
    if one.abstract is not None:
        writer.paragraph(writer.worded(one.abstract))
    if one.parts:
        writer.roster(consortium_of(writer, one.parts))
