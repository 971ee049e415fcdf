"""Reciprocity over records as one HTML file that needs nothing else: no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.methods.balance import Balance, Flow, together
from accord.methods.scores import MILLION
from accord.report.balance_chart import balance_chart
from accord.report.balance_records import CallBalance
from accord.report.balance_words import MESSAGES
from accord.report.charts.canvas import settings
from accord.report.environment import environment
from accord.report.figures import decimal, percent
from accord.report.language import Words, words
from accord.report.sides import COLOURS, PATTERNS
from accord.report.texts import PAGE_LANGUAGE, Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSide:
    """A Side by its identifier, in its colour and pattern."""

    id: str
    colour: int
    pattern: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """What one Side gave and received of one kind."""

    side: NamedSide
    counts: tuple[int, ...]
    gave: int
    received: int
    difference: str
    within: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """A Side's use of its budget, for a bar and in words, and its return coefficient."""

    side: NamedSide
    fill: str | None
    used: str
    coefficient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call: what it is called, and a cell a Side."""

    title: Worded
    cells: tuple[str, ...]


def balance_html(calls: Sequence[CallBalance], language: str = PAGE_LANGUAGE) -> bytes:
    """Measures of reciprocity over calls, as a page in English or Japanese. UTF-8; the same calls give the same bytes.

    Raises InvalidInput for a language that the software does not speak.
    """
    say = words(language, MESSAGES)
    found = together([one.balance for one in calls])
    sides = tuple(
        NamedSide(id=name, colour=number % COLOURS + 1, pattern=number // COLOURS % PATTERNS)
        for number, name in enumerate(found.sides)
    )
    with settings():
        charts = tuple(balance_chart(flow, found.sides, say) for flow in found.flows)
    context = {
        "t": say,
        "found": found,
        "sides": sides,
        "opportunities": tuple(zip(sides, found.opportunities, strict=True)),
        "flows": tuple(
            (flow.kind, chart, _flow(flow, sides, say)) for flow, chart in zip(found.flows, charts, strict=True)
        ),
        "tolerance": f"{100 * found.tolerance / MILLION:g}",
        "money": _money(found, sides),
        "has_coefficient": found.return_coefficient is not None,
        "spread": None if found.utilisation_spread is None else f"{100 * found.utilisation_spread / MILLION:.1f}",
        "calls": tuple(_call(one, found.sides, say) for one in calls),
    }
    return environment(say.language).get_template("balance.html.jinja").render(**context).encode()


def difference_text(millionths: int | None) -> str:
    """A difference with its sign: `"+0.250"`, `"−0.103"`."""
    if millionths is None:
        return "–"
    return f"{millionths / MILLION:+.3f}".replace("-", "−")


def within_text(flow: Flow, side: int, say: Words) -> str:
    """Whether a Side's difference lies within the tolerance, and if not, which way it leans."""
    within = flow.within[side]
    if within is None:
        return say("neither")
    if within:
        return say("yes")
    return say("more-given" if flow.exported[side] > flow.imported[side] else "more-received")


def _flow(flow: Flow, sides: Sequence[NamedSide], say: Words) -> tuple[FlowRow, ...]:
    return tuple(
        FlowRow(
            side=side,
            counts=flow.counts[number],
            gave=flow.exported[number],
            received=flow.imported[number],
            difference=difference_text(flow.difference[number]),
            within=within_text(flow, number, say),
        )
        for number, side in enumerate(sides)
    )


def _money(found: Balance, sides: Sequence[NamedSide]) -> tuple[MoneyRow, ...]:
    coefficients = found.return_coefficient or (None,) * len(sides)
    return tuple(
        MoneyRow(
            side=side,
            fill=None if used is None else percent(used, MILLION),
            used="–" if used is None else f"{100 * used / MILLION:.1f}%",
            coefficient="–" if coefficient is None else decimal(coefficient),
        )
        for side, used, coefficient in zip(sides, found.utilisation, coefficients, strict=True)
    )


def _call(one: CallBalance, names: Sequence[str], say: Words) -> CallRow:
    found = one.balance
    cells = []
    for name in names:
        if name not in found.sides:
            cells.append("–")
            continue
        number = found.sides.index(name)
        used = found.utilisation[number]
        led = found.opportunities[number].funded_coordinated
        cells.append(say("per-call.cell", used="–" if used is None else f"{100 * used / MILLION:.0f}%", led=led))
    return CallRow(title=say.text(one.plan.call.title, one.plan.call.prevailing_language), cells=tuple(cells))
