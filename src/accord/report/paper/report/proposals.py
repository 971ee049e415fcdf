"""Proposals one by one: consortium by Side, scores, place, reason; as many on a page as fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from accord.pipeline.walk import Walk
from accord.report.paper.report.lists import reason_of
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.proposal_pages import ProposalPage, ScoreLine, proposal_pages, thresholds
from accord.report.rows import Lists, criterion_names
from accord.report.sides import SideView
from accord.report.texts import Worded
from accord.report.ties import tie_notes, ties

NO_SCORE: Final = "–"


def proposals(writer: Writer, walk: Walk, sides: Sequence[SideView], every: Lists) -> None:
    """What the decision on each proposal rests on, the list from its first place on."""
    plan, say = walk.inputs.call.plan.plan, writer.say
    criteria = [
        say.text(one.title or {say.language: one.id}, plan.call.prevailing_language) for one in plan.review.criterion
    ]
    notes: Mapping[str, str] = {}
    if walk.list is not None and walk.ranking is not None:
        notes = tie_notes(ties(walk.list.result, walk.ranking.result, say, criterion_names(plan, say)), say)
    writer.heading(writer.told("proposal.heading"), new_page=True)
    writer.paragraph(writer.told("proposal.lead"))
    for page in proposal_pages(walk, every, sides, say):
        _proposal(writer, page, criteria, thresholds(plan), notes.get(page.row.id))


def _proposal(
    writer: Writer, page: ProposalPage, criteria: Sequence[Worded], needed: ScoreLine | None, note: str | None
) -> None:
    row = page.row
    writer.heading((*writer.code(row.id), *writer.text("  "), *writer.worded(row.title)), 2)
    told = [writer.worded(row.topic), writer.text(page.months), writer.text(page.outcome)]
    if row.list_place:
        told.append(writer.told("page.list-place", place=row.list_place))
    if row.strip is not None:
        told.append(writer.text(row.strip.words))
    if page.posterior:
        told.append(writer.told("proposal.posterior", mean=page.posterior))
    writer.paragraph(writer.quiet(writer.joined(told, " · ")))
    writer.bullets([*_grounds(writer, page), *([] if note is None else [writer.quiet(writer.text(note))])])
    writer.table(
        writer.told("proposal.consortium"),
        [
            (writer.told("page.side"), 12),
            (writer.told("proposal.organisation"), 52),
            (writer.told("proposal.country"), 12),
            (writer.told("proposal.request"), 24),
        ],
        _consortium(writer, page),
        numbers=(3,),
    )
    _scores(writer, page, criteria, needed)


def _grounds(writer: Writer, page: ProposalPage) -> Iterator[Line]:
    if page.state == "funded":
        names = writer.listed(
            writer.told("proposal.kept-out-one", proposal=writer.code(name), place=place)
            for name, place in page.kept_out
        )
        kept = writer.told("proposal.kept-out-none")
        if page.kept_out_more:
            others = writer.say("count.others", n=page.kept_out_more)
            kept = writer.told("proposal.kept-out-more", proposals=names, others=others)
        elif page.kept_out:
            kept = writer.told("proposal.kept-out-note", proposals=names)
        yield writer.sentences(writer.told("proposal.every-side-pays"), kept)
    for one in page.row.reasons:
        yield reason_of(writer, one)


def _consortium(writer: Writer, page: ProposalPage) -> Iterator[list[Line]]:
    for part in page.parts:
        for number, one in enumerate(part.partners):
            organisation = writer.worded(one.organisation)
            if one.coordinates:
                organisation = (*organisation, *writer.quiet(writer.text(f" · {writer.say('proposal.coordinator')}")))
            asked = writer.text(one.requested) if one.requested else writer.told("page.none")
            yield [() if number else writer.side(part.side), organisation, writer.text(one.country), asked]


def _scores(writer: Writer, page: ProposalPage, criteria: Sequence[Worded], needed: ScoreLine | None) -> None:
    share = 60 // (len(criteria) + 1)
    if page.reviews or page.consensus:
        rows = []
        for one in page.reviews:
            name = (*writer.code(one.expert), *writer.text(" "), *writer.side(one.side))
            if not one.counts:
                name = (*name, *writer.quiet(writer.text(f" {writer.say('proposal.not-counted')}")))
            rows.append([name, *_figures(writer, ScoreLine(scores=one.scores, total=one.total))])
        lines = {"mean": page.mean, "consensus": page.consensus, "threshold": needed}
        rows += [
            [writer.told(f"proposal.{name}"), *_figures(writer, line)]
            for name, line in lines.items()
            if line is not None
        ]
        columns = [(writer.told("page.expert"), 40), *((writer.worded(one), share) for one in criteria)]
        columns.append((writer.told("proposal.total"), share))
        writer.table(writer.told("proposal.scores-caption"), columns, rows, numbers=range(1, len(columns)))
    elif page.assigned:
        columns = [(writer.told("page.expert"), 70), (writer.told("assignment.affinity"), 30)]
        rows = [
            [(*writer.code(expert), *writer.text(" "), *writer.side(side)), writer.text(affinity)]
            for expert, side, affinity in page.assigned
        ]
        writer.table(writer.told("proposal.assigned"), columns, rows, numbers=(1,))
    else:
        writer.paragraph(writer.told("proposal.no-scores"))


def _figures(writer: Writer, line: ScoreLine) -> list[Line]:
    return [writer.text(score or NO_SCORE) for score in (*line.scores, line.total)]
