"""The command `accord status`: how a call stands, in a terminal, for machines, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click
from pydantic import BaseModel

from accord.call.folder import load_call
from accord.cli.output import amount, bar, cut, done, padded, progress, say_json, say_problems, table
from accord.cli.timeline import calendar_lines, terminal_columns
from accord.pipeline.disclosure_status import disclosed_status
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.status import Status
from accord.pipeline.status import status as status_of
from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.record.folder import write_file
from accord.report.calendar_words import calendar_words
from accord.report.language import LANGUAGES, Words, words
from accord.report.status import lacking, status_html
from accord.report.status_words import MESSAGES

TOPIC: Final = 18
SHORT: Final = 24
NAME: Final = 60
FEW: Final = 8


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the status as a page.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the page."
)
@click.option("--for", "readers", default="sides", show_default=True, metavar="READER", help="sides, or one Side.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def status(folder: Path, html: Path | None, language: str, readers: str, *, as_json: bool, quiet: bool) -> None:
    """Tell how the call in FOLDER stands, from the day after closing on: money asked, eligibility, what is missing."""
    tell = progress(quiet=quiet or as_json)
    call = load_call(folder, early=True, progress=tell)
    reader = Reader.named(readers, call.plan.plan)
    shown = None if reader.kind == "sides" else disclosed_status(call, reader)
    stands = status_of(call) if shown is None else shown.status
    if html is not None:
        write_file(html, status_html(call.plan, stands, language, view=None if shown is None else shown.view))
    done(tell)
    if as_json:
        say_json(plain(stands))
        return
    if shown is None:
        say_problems(call.warnings)  # which quote what stands in the files
    if not quiet:
        if shown is not None:
            withheld = ", ".join(shown.view.withheld) or "nothing"
            click.echo(words("en", MESSAGES)("reader", reader=reader.name, withheld=withheld))
        own = shown is not None and not shown.view.shows("conflicts")
        click.echo("\n".join(status_lines(call.plan, stands, own_conflicts=own)))
        if html is not None:
            click.echo(f"\nwritten: {html}")


def plain(value: Any) -> Any:
    """A frozen value as JSON has it: amounts in minor units, ratios and weeks as decimal text, instants as ISO 8601."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def status_lines(signed: SignedPlan, stands: Status, *, own_conflicts: bool = False) -> Iterator[str]:
    """How a call stands, in a screen or two; `own_conflicts` says that a Side sees its own experts' only."""
    plan = signed.plan
    say = words("en", MESSAGES)
    yield _head(say.text(plan.call.title, plan.call.prevailing_language).text)
    yield f"  {stands.proposals:,} proposals, {stands.eligible:,} eligible · {stands.experts.number:,} experts"
    if plan.call.indicative:
        yield f"  {say('indicative')}"
    yield from ("", _head(say("demand")))
    yield table(
        (
            (
                one.side,
                bar(one.budget, max(one.requested, one.budget)),
                "no budget" if one.ratio is None else f"{one.ratio}×",
                amount(one.requested, one.unit),
                f"for {amount(one.budget, one.unit)}",
            )
            for one in stands.demand
        ),
        right=frozenset({2, 3}),
    )
    yield from _by_topic(plan, stands, say)
    yield from _missing(stands, say)
    yield from _eligibility(stands, say)
    yield from _partners(stands, say)
    yield from _experts(signed, stands, say, own=own_conflicts)
    yield from ("", _head(say("timeline")))
    yield from calendar_lines(stands.calendar, calendar_words(plan, stands.calendar, "en"), terminal_columns())
    if stands.recorded_only:
        yield f"\n  recorded, not executed: {', '.join(stands.recorded_only)}"


def _head(text: str) -> str:
    return click.style(text, bold=True)


def _few(names: Sequence[str], *, between: str = " ") -> str:
    return between.join(names[:FEW]) + (f" … {len(names):,} in all" if len(names) > FEW else "")


def _by_topic(plan: Plan, stands: Status, say: Words) -> Iterator[str]:
    titles = [cut(topic.id, TOPIC) for topic in plan.topic]
    ratios = {(one.topic, one.side): one for one in stands.demand_by_topic}
    asked = [["", *titles]]
    for side in plan.sides:
        cells = [ratios[topic.id, side] for topic in plan.topic]
        asked.append(
            [side, *("–" if one.ratio is None else f"{one.ratio}×{'*' if one.own_budget else ''}" for one in cells)]
        )
    right = frozenset(range(1, len(titles) + 2))
    yield from ("", _head("Asked of each Side's budget, by topic"), table(asked, right=right))
    if any(one.own_budget for one in stands.demand_by_topic):
        yield "  * of the Side's budget for that topic alone"
    counts = {topic.topic: dict(topic.by_coordinator) for topic in stands.topics}
    rows = [["", *titles, "all"]]
    for side in plan.sides:
        numbers = [counts[topic.id][side] for topic in plan.topic]
        rows.append([side, *map(str, numbers), str(sum(numbers))])
    rows.append(["all", *(str(topic.proposals) for topic in stands.topics), str(stands.proposals)])
    rows.append(["eligible", *(str(topic.eligible) for topic in stands.topics), str(stands.eligible)])
    yield from ("", _head(say("coordination")), table(rows, right=right))


def _missing(stands: Status, say: Words) -> Iterator[str]:
    yield from ("", _head(say("missing")))
    gone = lacking(stands, say)
    for one in gone:
        yield f"  {one.what}: {click.style(f'{len(one.items):,}', fg='yellow')}"
        texts = [item.text for item in one.items]
        if max(map(len, texts)) < SHORT:
            yield f"    {_few(texts, between=', ')}"
        else:
            yield from (f"    {cut(text, NAME)}" for text in texts[:FEW])
            if len(texts) > FEW:
                yield f"    … {len(texts):,} in all"
    if not gone:
        yield click.style("  nothing is missing", fg="green")
    reviews = stands.missing.reviews
    if reviews is not None:
        yield f"  reviews   {bar(reviews.counted, reviews.needed)} {reviews.counted:,} of {reviews.needed:,}"


def _eligibility(stands: Status, say: Words) -> Iterator[str]:
    yield from ("", _head(say("eligibility")))
    if not stands.failed:
        yield click.style("  every proposal is eligible", fg="green")
        return
    yield table(
        (
            (one.side or say("joint"), say(f"rule.{one.rule}"), str(len(one.proposals)), _few(one.proposals))
            for one in stands.failed
        ),
        right=frozenset({2}),
    )


def _partners(stands: Status, say: Words) -> Iterator[str]:
    yield from ("", _head(f"{stands.partners:,} partners, with a request and without"))
    by_side: dict[str, list[str]] = {}
    for one in stands.countries:
        without = f"+{one.unfunded}" if one.unfunded else ""
        by_side.setdefault(one.side, []).append(f"{one.country} {one.funded}{without}")
    yield table((side, "  ".join(countries)) for side, countries in by_side.items())
    if stands.organisations:
        yield from ("", _head(say("organisations") + f": {len(stands.organisations):,}"))
        yield table(
            ((str(len(one.proposals)), " ".join(one.sides), cut(one.name, NAME)) for one in stands.organisations[:FEW]),
            right=frozenset({0}),
        )
    if stands.investigators:
        yield from ("", _head(say("investigators") + f": {len(stands.investigators):,}"))
        yield table(
            (one.name or one.id, _few(one.proposals), f"coordinates {one.coordinates}" if one.coordinates else "")
            for one in stands.investigators[:FEW]
        )


def _experts(signed: SignedPlan, stands: Status, say: Words, *, own: bool) -> Iterator[str]:
    panel = stands.experts
    yield from ("", _head(say("experts")))
    if panel.number == 0:
        yield "  none yet"
        return
    if panel.load:
        yield f"  {bar(panel.needed, panel.load)} {panel.needed:,} reviews needed, {panel.load:,} possible"
    rows = [("", "experts", "possible", "at least needed")]
    rows += [
        (one.side or say("no-side"), f"{one.experts:,}", f"{one.load:,}", f"{one.needed:,}" if one.side else "")
        for one in panel.by_side
        if one.side or one.experts
    ]
    yield table(rows, right=frozenset({1, 2, 3}))
    if panel.pairs:
        kinds = ", ".join(f"{say(f'conflict.{kind}')} {number}" for kind, number in panel.kinds)
        yield f"  {say('conflicts', pairs=f'{panel.pairs:,}', kinds=kinds)}"
    for names, what in (
        ([f"{one.expert} ({one.proposals})" for one in panel.conflicted], say("conflicted", many=panel.many)),
        (list(panel.without_publications), say("without-publications")),
    ):
        if names:
            yield f"  {what}: {click.style(f'{len(names):,}', fg='yellow')}"
            yield f"    {_few(names, between=', ')}"
    counts = "" if signed.plan.conflicts.declared else "; the plan does not count them"
    yield f"  {len(stands.declared):,} declared conflicts{' of its own experts' if own else ''}{counts}"
    for one in stands.declared[:FEW]:
        yield f"    {padded(one.proposal, 10)} {one.expert}: {cut(one.reason, NAME)}"
