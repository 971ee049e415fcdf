"""The plan's instants as an iCalendar file (RFC 5545), one event each, in English and Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from icalendar import Calendar, Event

from accord.plan.calendar import Moment, moments
from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.record.canonical import canonical, digest
from accord.report.calendar_words import MESSAGES, label
from accord.report.language import LANGUAGES, words
from accord.report.texts import NO_TEXT

MAKER: Final = "-//Accord//Partnership Plan//EN"


def calendar_file(signed: SignedPlan) -> bytes:
    """Every instant of a plan as an event without length, in UTC; the same plan gives the same bytes.

    An event's identifier comes from the plan's digest and the instant's place in the plan. Its stamp is the
    plan's first instant, for there is no clock here.
    """
    plan = signed.plan
    every = moments(plan)
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _titles(plan))
    for moment in every:
        calendar.add_component(_event(signed, moment, every[0]))
    return bytes(calendar.to_ical())


def identifier(plan_digest: str, key: str) -> str:
    """What tells an event from every other: SHA-256 of the plan's digest and the instant's place in it."""
    return digest(canonical({"plan": plan_digest, "moment": key}))


def _event(signed: SignedPlan, moment: Moment, first: Moment) -> Event:
    plan = signed.plan
    names = [label(moment, plan.call.prevailing_language, words(language, MESSAGES)) for language in LANGUAGES]
    english = words("en", MESSAGES)
    times = [f"{side}: {english.instant(moment.at, plan.side_of(side).timezone)}" for side in moment.sides]
    event = Event()
    event.add("uid", identifier(signed.digest, moment.key))
    event.add("dtstamp", first.at)
    event.add("dtstart", moment.at)
    event.add("summary", _one_line(names))
    event.add("description", "\n".join([_titles(plan), *times, f"plan.toml {moment.key}, SHA-256 {signed.digest}"]))
    event.add("transp", "TRANSPARENT")
    return event


def _titles(plan: Plan) -> str:
    names = [words(language, {}).text(plan.call.title, plan.call.prevailing_language).text for language in LANGUAGES]
    return _one_line(names)


def _one_line(names: Sequence[str]) -> str:
    """The different ones of some texts on one line, without signs that the format forbids."""
    return " / ".join(dict.fromkeys(NO_TEXT.sub("\ufffd", " ".join(name.split())) for name in names))
