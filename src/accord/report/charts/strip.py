"""One proposal's expected rank among all, as a strip: written directly, a thousand of them in a blink."""

from __future__ import annotations

from html import escape
from typing import Final

from accord.methods.scores import MILLION
from accord.pipeline.steps import CalibratedRank
from accord.report.charts.chart import Chart
from accord.report.charts.palette import paint
from accord.report.charts.words import MESSAGES, sentences
from accord.report.figures import decimal, plain
from accord.report.language import Words, words

WIDTH: Final = 358
HEIGHT: Final = 44
MARGIN: Final = 6
RAIL: Final = 14
GLYPH: Final = 7  # about as wide as a digit


def proposal_chart(rank: CalibratedRank, *, number: int, line: int | None, credible: str, say: Words) -> Chart:
    """A strip of one proposal's expected rank and interval among `number` proposals, the first rank at the left.

    `line` is the funding line's expected rank in millionths, None where there is none; `credible` is the
    interval's probability in percent, as people write it. Only the language of `say` matters.
    """
    told = words(say.language, MESSAGES)
    low, high = rank.interval
    text = [
        told(
            "strip.text",
            rank=decimal(rank.expected_rank, 1),
            n=number,
            credible=credible,
            low=plain(low),
            high=plain(high),
        )
    ]
    if line is not None:
        text.append(told("strip.held" if low <= line <= high else "strip.line", at=decimal(line, 1)))
    title, description = told("strip.title", proposal=rank.proposal), sentences(text, told)
    name = f"chart-rank-{rank.proposal}"
    drawn = [
        _drawn(rank, name, title, description, number=number, line=line, on_paper=on_paper)
        for on_paper in (False, True)
    ]
    return Chart(name=f"rank-{rank.proposal}", title=title, description=description, svg=drawn[0], svg_plain=drawn[1])


def _drawn(
    rank: CalibratedRank, name: str, title: str, description: str, *, number: int, line: int | None, on_paper: bool
) -> str:
    def at(place: int) -> str:
        part = (place - MILLION) / ((number - 1) * MILLION) if number > 1 else 0.5
        return f"{MARGIN + min(max(part, 0), 1) * (WIDTH - 2 * MARGIN):.2f}".rstrip("0").rstrip(".")

    ink, quiet, rule, stop = (paint(tone, plain=on_paper) for tone in ("ink", "quiet", "line", "stop"))
    name = escape(name, quote=True)
    x, low, high = at(rank.expected_rank), at(rank.interval[0]), at(rank.interval[1])
    shown = decimal(rank.expected_rank, 1)
    middle = min(max(float(x), MARGIN + GLYPH * 5), WIDTH - MARGIN - GLYPH * 5)
    limit = (
        ""
        if line is None
        else (
            f'<path id="{name}-line" d="M{at(line)} 2V26" style="stroke:{stop};stroke-width:1.4;stroke-dasharray:4,3"/>'
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' style="max-width:100%;height:auto" role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-text">{escape(description)}</desc>'
        f'<path d="M{MARGIN} {RAIL}H{WIDTH - MARGIN}" style="stroke:{rule}"/>{limit}'
        f'<path id="{name}-interval" d="M{low} {RAIL}H{high}" style="stroke:{quiet};stroke-width:2"/>'
        f'<circle id="{name}-rank" cx="{x}" cy="{RAIL}" r="5" style="fill:{ink}"/>'
        f'<g font-family="sans-serif" font-size="12.5" style="fill:{quiet};font-variant-numeric:tabular-nums">'
        f'<text x="{MARGIN - 2}" y="40">1</text><text x="{WIDTH - MARGIN + 2}" y="40" text-anchor="end">{number}</text>'
        f'<text x="{middle:g}" y="40" text-anchor="middle" style="fill:{ink}">{shown}</text></g></svg>'
    )
