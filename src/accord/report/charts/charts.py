"""All charts of a walk, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.pipeline.compared import ComparedRule, compared_rules
from accord.pipeline.walk import Walk
from accord.report.charts.budgets import budgets_chart
from accord.report.charts.calibration import calibration_chart
from accord.report.charts.canvas import settings
from accord.report.charts.chart import Chart
from accord.report.charts.loads import loads_chart
from accord.report.charts.ranks import ranks_chart
from accord.report.charts.rules import rules_chart
from accord.report.charts.words import MESSAGES
from accord.report.language import Words, words


def report_charts(
    walk: Walk, words_of_page: Words, *, compared: Sequence[ComparedRule] | None = None
) -> Mapping[str, Chart]:
    """The charts that there is something to draw for: `ranks`, `budgets`, `calibration`, `loads`, `rules`.

    They speak the page's language, in words of their own. `compared` saves computing the rules side by side
    again. The same walk gives the same bytes.
    """
    say = words(words_of_page.language, MESSAGES)
    with settings():
        drawn = (
            ranks_chart(walk, say),
            budgets_chart(walk, say),
            calibration_chart(walk, say),
            loads_chart(walk, say),
            rules_chart(walk, compared_rules(walk) if compared is None else compared, say),
        )
    return {one.name: one for one in drawn if one is not None}
