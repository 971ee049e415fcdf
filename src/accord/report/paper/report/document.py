"""The report of a run as a PDF: what the page says, in the page's words, for a meeting that reads on paper."""

from __future__ import annotations

from typing import Final

from accord.pipeline.compared import compared_rules
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
#let template(told) = blocks(told.blocks)
"""


def report_pdf(walk: Walk, language: str = "en") -> bytes:
    """The report of a run as a PDF/UA-1, in English or Japanese; the same walk gives the same bytes.

    What the page folds away (every assigned pair, every conflict) is counted here and stands in the page and in the
    record. Raises InvalidInput for another language, and PaperUnavailable without the extra `accord[pdf]`.
    """
    say = report_words(language)
    plan = walk.inputs.call.plan
    compared = compared_rules(walk)
    writer = Writer(say, report_charts(walk, say, compared=compared))
    sides = side_views(walk, say)
    every = lists(walk, sides, say)
    front(writer, walk, sides, every)
    selection(writer, walk, sides, every)
    orders(writer, walk, sides, compared)
    experts(writer, walk)
    proposals(writer, walk, sides, every)
    title = spoken_first(plan.plan.call.title, say.language, plan.plan.call.prevailing_language)[0]
    heading = writer.told("page.title", title=writer.worded(title))
    footer = (*writer.text("Accord · "), *writer.code(plan.plan.call.id), *writer.text(" · SHA-256 "))
    sheet = Sheet(
        title=told(heading),
        subject=f"{say('page.report')} {plan.plan.call.id}, {say('page.plan-digest')} {plan.digest}",
        language=say.language,
        head=heading,
        footer=(*footer, *writer.code(plan.digest)),
        date=plan.plan.timeline.closes,
    )
    data = {"blocks": blocks_of(writer.blocks, lambda block: f"part{block.key}", _outlined)}
    files = {f"{CHARTS}/{name}.svg": chart.svg_plain.encode() for name, chart in writer.charts.items()}
    return compiled(TEMPLATE, data, sheet, files=files)


def _outlined(heading: Heading) -> bool:
    return heading.level < 3
