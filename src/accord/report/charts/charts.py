"""All charts of a walk, by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

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

NAMES: Final = ("ranks", "budgets", "calibration", "loads", "rules")


def report_charts(
    walk: Walk,
    words_of_page: Words,
    *,
    compared: Sequence[ComparedRule] | None = None,
    names: Collection[str] = NAMES,
) -> Mapping[str, Chart]:
    """The charts that there is something to draw for: `ranks`, `budgets`, `calibration`, `loads`, `rules`.

    They speak the page's language, in words of their own. `compared` saves computing the rules side by side
    again; `names` are those to draw, for a reader who may not see what others show. The same walk gives the same
    bytes.
    """
    say = words(words_of_page.language, MESSAGES)
    draw: Mapping[str, Callable[[], Chart | None]] = {
        "ranks": lambda: ranks_chart(walk, say),
        "budgets": lambda: budgets_chart(walk, say),
        "calibration": lambda: calibration_chart(walk, say),
        "loads": lambda: loads_chart(walk, say),
        "rules": lambda: rules_chart(walk, compared_rules(walk) if compared is None else compared, say),
    }
    with settings():
        drawn = [draw[name]() for name in NAMES if name in names]
    return {one.name: one for one in drawn if one is not None}
