"""How the list becomes a selection: ranking, ties, the rule, what the meeting may adjust, lottery, rates."""

from __future__ import annotations

from collections.abc import Iterator

from accord.report.plan_document.blocks import Block, Line
from accord.report.plan_document.voice import Voice, unique


def ranking_and_selection(voice: Voice) -> Iterator[Block]:
    """Ranking and selection, in sentences."""
    yield voice.heading("ranking", voice.say("ranking.heading"))
    yield from _ranking(voice)
    yield from _selection(voice)
    yield from _reduced(voice)
    lottery = voice.plan.lottery
    if lottery is not None:
        yield voice.heading("ranking/lottery", voice.say("ranking.lottery"), 3)
        yield voice.paragraph("ranking/lottery/how", voice.say("ranking.lottery_how"))
        yield voice.paragraph("ranking/lottery/fallback", voice.say(f"ranking.fallback_{lottery.fallback}"))
    yield from _exchange(voice)


def _ranking(voice: Voice) -> Iterator[Block]:
    rule = voice.plan.ranking
    yield voice.heading("ranking/list", voice.say("ranking.ranking"), 3)
    yield voice.paragraph("ranking/order", voice.say(f"ranking.order_{rule.order_by}"))
    orders = voice.joined(voice.say(f"ranking.{one}") for one in rule.advice)
    yield voice.paragraph(
        "ranking/advice", voice.say("ranking.advice", orders=orders) if orders else voice.say("ranking.no_advice")
    )
    yield voice.paragraph(
        "ranking/credible", voice.say("ranking.credible", share=voice.percent(rule.credible_interval))
    )
    if "leniency" in rule.model_fields_set:
        shown = "ranking.leniency_yes" if rule.leniency else "ranking.leniency_no"
        yield voice.paragraph("ranking/leniency", voice.say(shown))
    yield voice.paragraph("ranking/ties", voice.say(f"ranking.ties_{rule.ties_are}"))
    breaks = voice.plan.selection.ties
    yield voice.paragraph("ranking/tie-order", voice.say("ranking.tie_order"))
    yield voice.bullets(
        "ranking/tie-breaks",
        {name: _tie_break(voice, one) for name, one in zip(unique(breaks), breaks, strict=True)},
        kind="numbers",
    )


def _tie_break(voice: Voice, tie: str) -> Line:
    kind, _, criterion = tie.partition(":")
    if not criterion:
        return voice.say(f"ranking.tie_{kind}")
    titles = {one.id: one.title for one in voice.plan.review.criterion}
    return voice.say("ranking.tie_score", criterion=voice.identified(titles.get(criterion), criterion))


def _selection(voice: Voice) -> Iterator[Block]:
    rule = voice.plan.selection
    yield voice.heading("ranking/selection", voice.say("ranking.selection"), 3)
    yield voice.paragraph("ranking/rule", voice.say(f"ranking.rule_{rule.rule}"))
    if rule.reserve is None:
        reserve = voice.say("ranking.reserve_all")
    elif rule.reserve:
        reserve = voice.say("ranking.reserve", proposals=voice.count("proposals", rule.reserve))
    else:
        reserve = voice.say("ranking.reserve_none")
    yield voice.paragraph("ranking/reserve", reserve)
    if rule.max_coordinator_imbalance is not None:
        more = voice.count("proposals", rule.max_coordinator_imbalance)
        yield voice.paragraph("ranking/imbalance", voice.say("ranking.imbalance", proposals=more))
    kinds = voice.joined(voice.say(f"ranking.{one}") for one in rule.adjustments)
    yield voice.paragraph(
        "ranking/adjustments",
        voice.say("ranking.adjustments", kinds=kinds) if kinds else voice.say("ranking.no_adjustments"),
    )
    if rule.top_up:
        yield voice.bullets(
            "ranking/top-up",
            {
                name: voice.say(
                    "ranking.top_up",
                    side=voice.side(one.side),
                    amount=voice.amount(one.max, voice.plan.side_of(one.side)),
                )
                for name, one in zip(unique(one.side for one in rule.top_up), rule.top_up, strict=True)
            },
        )


def _reduced(voice: Voice) -> Iterator[Block]:
    reduced = voice.plan.selection.reduced
    if reduced is None:
        return
    yield voice.heading("ranking/reduced", voice.say("ranking.reduced"), 3)
    said = {"partner": voice.say("ranking.reduced_drop" if reduced.drop_partner else "ranking.reduced_no_drop")}
    if reduced.max_cut is not None:
        said["cut"] = voice.say("ranking.reduced_cut", share=voice.percent(reduced.max_cut))
    if reduced.penalty is not None:
        said["penalty"] = voice.say("ranking.reduced_penalty", penalty=voice.number(reduced.penalty))
    yield voice.bullets("ranking/reduced/list", said)


def _exchange(voice: Voice) -> Iterator[Block]:
    rates = voice.plan.exchange
    if rates is None:
        return
    yield voice.heading("ranking/exchange", voice.say("ranking.exchange"), 3)
    yield voice.paragraph(
        "ranking/exchange/why",
        voice.say(
            "ranking.exchange_why",
            date=voice.date(rates.as_of),
            source=voice.name(rates.source),
            reference=voice.name(rates.reference),
        ),
    )
    if not rates.rates:
        yield voice.paragraph("ranking/exchange/none", voice.say("ranking.no_rates"))
        return
    yield voice.bullets(
        "ranking/exchange/rates",
        {
            unit: voice.say("ranking.rate", reference=rates.reference, rate=rate, unit=unit)
            for unit, rate in rates.rates.items()
        },
    )
