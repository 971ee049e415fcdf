"""The report of a run as a PDF: what the page says, in the page's words, for a meeting that reads on paper."""

from __future__ import annotations

from typing import Final

from accord.pipeline.compared import compared_rules
from accord.pipeline.minutes import Minutes
from accord.pipeline.walk import Walk
from accord.report.charts import report_charts
from accord.report.language import report_words
from accord.report.paper.press import Sheet, compiled
from accord.report.paper.report.experts import experts
from accord.report.paper.report.front import front
from accord.report.paper.report.lists import selection
from accord.report.paper.report.orders import orders
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


def report_pdf(walk: Walk, language: str = "en", *, minutes: Minutes | None = None) -> bytes:
    """The report of a run as a PDF/UA-1, in English or Japanese; the same walk gives the same bytes.

    What the page folds away (every assigned pair, every conflict) is counted here and stands in the page and in the
    record. With the `minutes` of a meeting on this walk it tells the selection under the meeting's changes, and what
    they are. Raises InvalidInput for another language, and PaperUnavailable without the extra `accord[pdf]`.
    """
    say = report_words(language)
    recorded = walk
    if minutes is not None:
        walk = minutes.under
    plan = walk.inputs.call.plan
    compared = compared_rules(walk)
    writer = Writer(say, report_charts(walk, say, compared=compared))
    sides = side_views(walk, say)
    every = lists(walk, sides, say)
    front(writer, walk, sides, every, minutes)
    selection(writer, walk, sides, every, by_rule=minutes is None or not minutes.adjusted.as_switched)
    orders(writer, walk, sides, compared)
    experts(writer, recorded)
    proposals(writer, walk, sides, every)
    title = spoken_first(plan.plan.call.title, say.language, plan.plan.call.prevailing_language)[0]
    heading = writer.told("page.title", title=writer.worded(title))
    footer = (*writer.text("Accord · "), *writer.code(plan.plan.call.id), *writer.text(" · SHA-256 "))
    subject = f"{say('page.report')} {plan.plan.call.id}, {say('page.plan-digest')} {plan.digest}"
    if minutes is not None:
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
    return compiled(TEMPLATE, data, sheet, files=files)


def _outlined(heading: Heading) -> bool:
    return heading.level < 3
