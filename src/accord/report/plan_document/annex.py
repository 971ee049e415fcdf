"""A Side's annex: its programme and money, its limits to requests and partners, its own rules and checks."""

from __future__ import annotations

from collections.abc import Iterator

from accord.plan.model import Side
from accord.report.plan_document.blocks import Block, Line
from accord.report.plan_document.voice import Voice, unique


def annex(voice: Voice, side: Side) -> Iterator[Block]:
    """One Side's annex."""
    key = f"annex/{side.id}"
    yield voice.heading(
        key,
        voice.say("annex.heading", side=voice.plain(side.id), signatory=voice.text(side.signatory)),
        numbered=False,
        new_page=True,
    )
    name = voice.side(side.id)
    yield voice.table(
        f"{key}/facts",
        voice.say("annex.caption", side=name),
        [voice.say("annex.what"), voice.say("annex.stated")],
        (34, 66),
        {fact: (voice.say(f"annex.{fact}"), stated) for fact, stated in _facts(voice, side).items()},
    )
    if side.rules is not None:
        yield voice.heading(f"{key}/rules", voice.say("annex.rules", side=name), 3, numbered=False)
        yield voice.paragraphs(f"{key}/rules/free", side.rules)
    yield voice.heading(f"{key}/requests", voice.say("annex.requests"), 3, numbered=False)
    yield voice.bullets(f"{key}/requests/list", _requests(voice, side))
    yield from _tables(voice, side)
    yield voice.heading(f"{key}/partners", voice.say("annex.partners"), 3, numbered=False)
    yield voice.bullets(f"{key}/partners/list", _partners(voice, side))
    if side.prechecks:
        yield voice.heading(f"{key}/prechecks", voice.say("annex.prechecks"), 3, numbered=False)
        yield voice.bullets(f"{key}/prechecks/list", _prechecks(voice, side))


def _facts(voice: Voice, side: Side) -> dict[str, Line]:
    facts = {
        "signatory": voice.text(side.signatory),
        "programme": voice.name(side.programme),
        "managed_by": None if side.managed_by is None else voice.text(side.managed_by),
        "countries": voice.plain(", ".join(side.countries)),
        "budget": voice.amount(side.budget, side),
        "unit": voice.plain(side.unit),
        "language": voice.language_name(side.language),
        "timezone": voice.plain(side.timezone),
        "holidays": None if side.holidays is None else voice.name(side.holidays),
        "award_form": voice.word("annex", side.award_form),
    }
    contact = side.contact
    if contact is not None:
        told = [one for one in (contact.name, contact.email, contact.url) if one is not None]
        facts["contact"] = voice.stacked(voice.name(one) for one in told)
    return {name: line for name, line in facts.items() if line is not None}


def _requests(voice: Voice, side: Side) -> dict[str, Line]:
    request, name = side.request, voice.side(side.id)
    said = {
        "most": (
            voice.say("annex.no_max_request", side=name)
            if request.max_per_proposal is None
            else voice.say("annex.max_request", side=name, amount=voice.amount(request.max_per_proposal, side))
        )
    }
    if request.min_per_proposal is not None:
        least = voice.amount(request.min_per_proposal, side)
        said["least"] = voice.say("annex.min_request", side=name, amount=least)
    said["basis"] = voice.say(f"annex.basis_{request.basis}")
    said["overhead"] = (
        voice.say("annex.no_overhead", side=name)
        if request.overhead_max is None
        else voice.say("annex.overhead", share=voice.percent(request.overhead_max))
    )
    said["share"] = (
        voice.say("annex.no_max_share", side=name)
        if side.max_share is None
        else voice.say("annex.max_share", side=name, share=voice.percent(side.max_share))
    )
    return said


def _tables(voice: Voice, side: Side) -> Iterator[Block]:
    key = f"annex/{side.id}"
    rates = side.request.rates
    if rates:
        yield voice.table(
            f"{key}/rates",
            voice.say("annex.rates"),
            [voice.say("annex.organisation"), voice.say("annex.rate")],
            (60, 40),
            {
                name: (voice.name(one.organisation), voice.percent(one.rate))
                for name, one in zip(unique(one.organisation for one in rates), rates, strict=True)
            },
        )
    titles = {topic.id: topic.title for topic in voice.plan.topic}
    parts = side.topic_budgets
    if parts:
        yield voice.table(
            f"{key}/topics",
            voice.say("annex.topic_budgets"),
            [voice.say("annex.topic"), voice.say("annex.amount")],
            (60, 40),
            {
                name: (voice.identified(titles.get(one.topic), one.topic), voice.amount(one.amount, side))
                for name, one in zip(unique(one.topic for one in parts), parts, strict=True)
            },
        )
    years = side.year_budgets
    if years:
        yield voice.table(
            f"{key}/years",
            voice.say("annex.year_budgets"),
            [voice.say("annex.year"), voice.say("annex.amount")],
            (60, 40),
            {
                name: (voice.plain(voice.date(one.begins)), voice.amount(one.amount, side))
                for name, one in zip(unique(one.begins.isoformat() for one in years), years, strict=True)
            },
        )


def _partners(voice: Voice, side: Side) -> dict[str, Line]:
    rules, name = side.partners, voice.side(side.id)
    return {
        "least": (
            voice.say("annex.min_partners", partners=voice.count("partners", rules.min), side=name)
            if rules.min
            else voice.say("annex.no_min_partners", side=name)
        ),
        "most": (
            voice.say("annex.no_max_partners", side=name)
            if rules.max is None
            else voice.say("annex.max_partners", partners=voice.count("partners", rules.max), side=name)
        ),
        "countries": (
            voice.say("annex.min_countries", countries=voice.count("countries", rules.min_countries), side=name)
            if rules.min_countries
            else voice.say("annex.no_min_countries")
        ),
        "lead": voice.say("annex.lead_yes" if side.lead_required else "annex.lead_no", side=name),
    }


def _prechecks(voice: Voice, side: Side) -> dict[str, Line]:
    said = {}
    for name, check in zip(unique(one.id for one in side.prechecks), side.prechecks, strict=True):
        title = voice.identified(check.title, check.id)
        said[name] = (
            title
            if check.by is None
            else voice.say("annex.precheck_by", title=title, when=voice.when(check.by, side.timezone))
        )
    return said
