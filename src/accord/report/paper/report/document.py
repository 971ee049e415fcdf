"""The report of a run as a PDF: what the page says, in the page's words, for a meeting that reads on paper."""

from __future__ import annotations

from typing import Final

from accord.pipeline.disclosure import Disclosed, disclosed
from accord.pipeline.disclosure_view import ALL_SIDES, Reader
from accord.pipeline.minutes import Minutes
from accord.pipeline.walk import Walk
from accord.report.audience import NEEDED, charts_for, rules_for
from accord.report.changed import changes_of, ruled_walk, told_walk
from accord.report.charts import report_charts
from accord.report.environment import for_reader
from accord.report.language import Words, report_words
from accord.report.paper.packing import packed
from accord.report.paper.press import Sheet, compiled
from accord.report.paper.report.experts import experts
from accord.report.paper.report.front import front
from accord.report.paper.report.lists import selection
from accord.report.paper.report.orders import orders
from accord.report.paper.report.outside import applicants_paper, results_paper
from accord.report.paper.report.proposals import proposals
from accord.report.paper.report.writer import CHARTS, Writer
from accord.report.paper.setting import blocks_of
from accord.report.plan_document.blocks import Heading, told
from accord.report.rows import lists
from accord.report.sides import side_views
from accord.report.texts import spoken_first

TEMPLATE: Final = """\
#import "theme.typ": *
#let template(told) = {
  show heading.where(level: 2): it => block(
    width: 100%,
    above: 1.9em,
    below: 0.75em,
    sticky: true,
    stroke: (top: 0.5pt + ink),
    inset: (top: 6pt),
    text(font: serif, size: 11.5pt, weight: 600, it.body),
  )
  blocks(told.blocks)
}
"""


def report_pdf(
    walk: Walk, language: str = "en", *, reader: Reader = ALL_SIDES, minutes: Minutes | None = None
) -> bytes:
    """The report of a run as a PDF/UA-1, in English or Japanese; the same walk gives the same bytes.

    What the page folds away (every assigned pair, every conflict) is counted here and stands in the page and in the
    record. For one Side, the applicants of a proposal and the public it is made from what the plan lets them see, as
    the page is. With the `minutes` of a meeting on this walk it tells the selection under the meeting's changes, and
    for all Sides together what they are. Raises InvalidInput for another language, and where the plan holds back
    what the reader's report cannot do without; PaperUnavailable without the extra `accord[pdf]`.
    """
    say = report_words(language)
    shown = disclosed(told_walk(walk, minutes, reader), reader)
    if reader.kind in {"sides", "side"}:
        writer, kind = _for_sides(walk, shown, say, minutes), "page.report"
        titled = "page.title" if shown.view.whole else "page.title-for"
    elif reader.proposal is not None:
        writer, kind = applicants_paper(shown, say, after_meeting=minutes is not None), "applicants.report"
        titled = "applicants.title"
    else:
        writer, kind = results_paper(shown, say, after_meeting=minutes is not None), "public.report"
        titled = "public.title"
    plan = walk.inputs.call.plan
    title = spoken_first(plan.plan.call.title, say.language, plan.plan.call.prevailing_language)[0]
    heading = writer.told(
        titled, title=writer.worded(title), proposal=reader.proposal, reader=for_reader(shown.view, say)["reader"]
    )
    footer = (*writer.text("Accord · "), *writer.code(plan.plan.call.id), *writer.text(" · SHA-256 "))
    subject = f"{say(kind)} {plan.plan.call.id}, {say('page.plan-digest')} {plan.digest}"
    if minutes is not None and shown.view.whole:
        subject += f", {say('adjusted.digest')} {minutes.digest}"
    sheet = Sheet(
        title=told(heading),
        subject=subject,
        language=say.language,
        head=heading,
        footer=(*footer, *writer.code(plan.digest)),
        date=plan.plan.timeline.closes,
        margin=18,
    )
    data = {"blocks": blocks_of(writer.blocks, lambda block: f"part{block.key}", _outlined)}
    files = {f"{CHARTS}/{name}.svg": chart.svg_plain.encode() for name, chart in writer.charts.items()}
    return packed(compiled(TEMPLATE, data, sheet, files=files))


def _for_sides(recorded: Walk, shown: Disclosed, say: Words, minutes: Minutes | None) -> Writer:
    """The report for all Sides together, or for one of them."""
    walk, view = shown.walk, shown.view
    view.need("the report", *NEEDED)
    reader = view.reader
    compared = rules_for(shown, ruled_walk(told_walk(recorded, minutes, reader), minutes))
    names = tuple(charts_for(walk.inputs.call.plan.plan, view))
    writer = Writer(say, report_charts(walk, say, compared=compared, names=names))
    sides = side_views(walk, say)
    every = lists(walk, sides, say, view)
    changed = None if minutes is None else changes_of(minutes, sides, say)
    front(writer, walk, sides, every, view=view, changed=changed)
    selection(writer, walk, sides, every, view=view, by_rule=changed is None or not changed.own_set)
    orders(writer, walk, sides, compared)
    experts(writer, recorded if view.whole else walk, view)
    proposals(writer, walk, sides, every, view)
    return writer


def _outlined(heading: Heading) -> bool:
    return heading.level < 3
