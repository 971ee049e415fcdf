"""A plan's simulation as one HTML file that needs nothing else: no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accord.methods.scores import MILLION
from accord.methods.simulation import Distribution, Model, SideOutcome, Simulation
from accord.plan.load import SignedPlan
from accord.report.charts.canvas import settings
from accord.report.environment import environment
from accord.report.language import Words, words
from accord.report.sides import SideView
from accord.report.simulation_charts import funded_chart, used_chart
from accord.report.simulation_words import MESSAGES, chance_text, mean_text
from accord.report.status import plan_sides
from accord.report.texts import PAGE_LANGUAGE

HUNDRED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """A Side's outcome as the page shows it."""

    side: SideView
    first: str
    out: str
    part: str
    used: str
    coordinated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRow:
    """A number over all runs: its mean with the error, and its quantiles."""

    what: str
    mean: str
    quantiles: tuple[str, ...]


def simulation_html(signed: SignedPlan, found: Simulation, language: str = PAGE_LANGUAGE) -> bytes:
    """What a plan would do, as a page in English or Japanese. UTF-8; the same simulation gives the same bytes.

    Raises InvalidInput for a language that the software does not speak.
    """
    say = words(language, MESSAGES)
    plan = signed.plan
    sides = plan_sides(plan, None, say)
    with settings():
        charts = (funded_chart(found, say), used_chart(found, say))
    context = {
        "t": say,
        "plan": plan,
        "plan_digest": signed.digest,
        "titles": (say.text(plan.call.title, plan.call.prevailing_language),),
        "sides": sides,
        "found": found,
        "funded_chart": charts[0],
        "used_chart": charts[1],
        "side_rows": tuple(_side(one, side, say) for one, side in zip(found.sides, sides, strict=True)),
        "nobody": chance_text(found.nobody_out),
        "numbers": tuple(_numbers(signed, found, say)),
        "topics": tuple(
            (
                say.text(topic.title, plan.call.prevailing_language),
                mean_text(one.eligible),
                mean_text(one.funded),
                one.experts.at(50),
                one.experts.at(95),
            )
            for topic, one in zip(plan.topic, found.topics, strict=True)
        ),
        "warnings": tuple(
            (say(key), chance_text(one))
            for key, one in (("refused", found.refused), ("unmet", found.unmet))
            if one.runs
        ),
        "drawn": tuple(_drawn(found.model, say)),
    }
    return environment(say.language).get_template("simulation.html.jinja").render(**context).encode()


def _side(one: SideOutcome, side: SideView, say: Words) -> SideRow:
    return SideRow(
        side=side,
        first=chance_text(one.first),
        out=chance_text(one.out),
        part=" · ".join(f"{HUNDRED * one.part.at(percent) / MILLION:.0f}%" for percent in (5, 50, 95)),
        used=say.amount(round(one.used.mean / MILLION), one.unit),
        coordinated=mean_text(one.coordinated),
    )


def _numbers(signed: SignedPlan, found: Simulation, say: Words) -> Iterator[NumberRow]:
    rows: list[tuple[str, Distribution]] = [
        ("eligible", found.eligible),
        ("fundable", found.fundable),
        ("tied", found.tied),
        ("by-lot", found.by_lot),
        ("funded", found.funded),
        ("reviews", found.reviews),
        ("experts", found.experts),
    ]
    if signed.plan.review.min_experts_per_side:
        rows.append(("side-experts", found.side_experts))
    for key, one in rows:
        quantiles = tuple(f"{quantile.value:,}" for quantile in one.quantiles)
        yield NumberRow(what=say(key), mean=mean_text(one), quantiles=quantiles)


def _drawn(model: Model, say: Words) -> Iterator[str]:
    def percent(share: float) -> str:
        return f"{HUNDRED * share:g}%"

    yield say("model.eligible", share=percent(model.eligible))
    yield say("model.sides")
    yield say("model.requests", least=percent(model.least_request), most=percent(model.most_request))
    yield say(
        "model.scores",
        level=percent(model.level),
        merit=percent(model.merit),
        leniency=percent(model.leniency),
        noise=percent(model.noise),
    )
