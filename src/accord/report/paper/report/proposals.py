"""Proposals one by one: consortium by Side, scores, place, reason; as many on a page as fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Final

from accord.pipeline.disclosure_view import View
from accord.pipeline.walk import Walk
from accord.report.paper.report.lists import reason_of
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.proposal_pages import ProposalPage, ScoreLine, SidePart, proposal_pages, thresholds
from accord.report.rows import Lists, criterion_names
from accord.report.sides import SideView
from accord.report.texts import Worded
from accord.report.ties import tie_notes, ties

NO_SCORE: Final = "–"
MOST_TOGETHER: Final = 36  # lines of a proposal that stay on one page


def proposals(writer: Writer, walk: Walk, sides: Sequence[SideView], every: Lists, view: View) -> None:
    """What the decision on each proposal rests on, the list from its first place on."""
    plan, say = walk.inputs.call.plan.plan, writer.say
    criteria = [
        say.text(one.title or {say.language: one.id}, plan.call.prevailing_language) for one in plan.review.criterion
    ]
    notes: Mapping[str, str] = {}
    if walk.list is not None and walk.ranking is not None:
        notes = tie_notes(ties(walk.list.result, walk.ranking.result, say, criterion_names(plan, say)), say)
    writer.heading(writer.told("proposal.heading"))
    lead = [writer.told("proposal.lead")]
    needed = thresholds(plan)
    if needed is not None:
        lead.append((*needed_of(writer, needed, criteria), *writer.told("page.stop")))
    writer.paragraph(writer.sentences(*lead))
    for page in proposal_pages(walk, every, sides, say, view):
        lines = sum(len(part.partners) for part in page.parts) + len(page.reviews) + 2 * len(page.row.reasons)
        with nullcontext() if lines > MOST_TOGETHER else writer.card():
            _proposal(writer, page, criteria, notes.get(page.row.id), view)


def needed_of(writer: Writer, needed: ScoreLine, criteria: Sequence[Worded]) -> Line:
    """The thresholds, told once: `"Threshold: excellence 3, total 10"`."""
    names = [*map(writer.worded, criteria), writer.told("proposal.total")]
    figures = (*needed.scores, needed.total)
    told = [
        (*name, *writer.text(f" {figure}")) for name, figure in zip(names, figures, strict=True) if figure is not None
    ]
    return writer.told("page.labelled", name=writer.told("proposal.threshold"), text=writer.listed(told))


def _proposal(writer: Writer, page: ProposalPage, criteria: Sequence[Worded], note: str | None, view: View) -> None:
    row = page.row
    writer.heading((*writer.code(row.id), *writer.text("  "), *writer.worded(row.title)), 2)
    told = [writer.text(page.outcome), writer.worded(row.topic), writer.text(page.months)]
    if row.list_place:
        told.append(writer.told("page.list-place", place=row.list_place))
    if row.strip is not None:
        told.append(writer.text(row.strip.words))
    if page.posterior:
        told.append(writer.told("proposal.posterior", mean=page.posterior))
    writer.paragraph(writer.quiet(writer.joined(told, " · ")))
    grounds = [*_grounds(writer, page), *([] if note is None else [writer.quiet(writer.text(note))])]
    if len(grounds) == 1:
        writer.paragraph(grounds[0])
    else:
        writer.bullets(grounds)
    writer.roster(consortium_of(writer, page.parts))
    scores(writer, page, criteria, view)


def _grounds(writer: Writer, page: ProposalPage) -> Iterator[Line]:
    if page.state == "funded":
        names = writer.listed(
            writer.told("proposal.kept-out-one", proposal=writer.code(name), place=place)
            for name, place in page.kept_out or ()
        )
        kept = writer.told("proposal.kept-out-none")
        if page.kept_out is None:
            kept = ()
        elif page.kept_out_more:
            others = writer.say("count.others", n=page.kept_out_more)
            kept = writer.told("proposal.kept-out-more", proposals=names, others=others)
        elif page.kept_out:
            kept = writer.told("proposal.kept-out-note", proposals=names)
        yield writer.sentences(writer.told("proposal.every-side-pays"), kept)
    for one in page.row.reasons:
        yield reason_of(writer, one)


def consortium_of(writer: Writer, parts: Sequence[SidePart]) -> Iterator[tuple[Line, Line, Line]]:
    """The partners by Side with their requests; a Side whose partners are held back with what is asked of it."""
    money = any(part.requested is not None for part in parts)
    for part in parts:
        if not part.partners:
            yield writer.side(part.side), (), writer.text(part.requested or "")
        for number, one in enumerate(part.partners):
            about = [writer.text(one.country)]
            if one.coordinates:
                about.append(writer.told("proposal.coordinator"))
            named = (*writer.worded(one.organisation), *writer.quiet(writer.text("  ")))
            asked = writer.text(one.requested) if one.requested else writer.quiet(writer.told("page.none"))
            asked = asked if money else ()
            side = () if number else writer.side(part.side)
            yield side, (*named, *writer.quiet(writer.joined(about, " · "))), asked


def scores(writer: Writer, page: ProposalPage, criteria: Sequence[Worded], view: View) -> None:
    """Scores by expert and criterion, their mean and the panel's; else who is assigned. The rest is held back."""
    if page.reviews or page.consensus or page.mean:
        rows = []
        for one in page.reviews:
            name = writer.code(one.expert)
            if view.reader.kind != "applicants":
                name = (*name, *writer.text(" "), *writer.side(one.side))
            if not one.counts:
                name = (*name, *writer.quiet(writer.text(f" {writer.say('proposal.not-counted')}")))
            rows.append([name, *_figures(writer, ScoreLine(scores=one.scores, total=one.total))])
        lines = {"mean": page.mean, "consensus": page.consensus}
        rows += [
            [writer.told(f"proposal.{name}"), *_figures(writer, line)]
            for name, line in lines.items()
            if line is not None
        ]
        columns = [(writer.told("page.expert"), 1), *((writer.worded(one), 1) for one in criteria)]
        columns.append((writer.told("proposal.total"), 1))
        writer.table((), columns, rows, numbers=range(1, len(columns)), light=True)
    elif page.assigned:
        columns = [(writer.told("proposal.assigned"), 1), (writer.told("assignment.affinity"), 1)]
        rows = [
            [
                (*writer.code(expert), *writer.text(" "), *writer.side(side)),
                writer.quiet(writer.told("page.withheld")) if affinity is None else writer.text(affinity),
            ]
            for expert, side, affinity in page.assigned
        ]
        writer.table((), columns, rows, numbers=(1,), light=True)
    elif view.shows("scores"):
        writer.paragraph(writer.told("proposal.no-scores"))
    if view.reader.kind == "side" and not view.shows("scores"):
        writer.paragraph(writer.quiet(writer.told("proposal.own-scores")))


def _figures(writer: Writer, line: ScoreLine) -> list[Line]:
    return [writer.text(score or NO_SCORE) for score in (*line.scores, line.total)]
