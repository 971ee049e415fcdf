"""The plan's calendar: every instant in each Side's own time, and what is wrong with the day or the order.

Holidays are those of the package `holidays`, by the country that the plan names for a Side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

import holidays

from accord.plan.model import Plan, Side, Timeline

OFFICE_HOURS: Final = (time(9), time(18))  # local time; an instant outside of them is worth a warning
SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})
SECOND: Final = timedelta(seconds=1)
WEEK: Final = timedelta(weeks=1)
PROJECTS_START: Final = "timeline.projects_start"

Kind = Literal["timeline", "stage", "gate", "interview", "rebuttal", "pre-check", "lottery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant of the plan, in UTC. `key` is its place in the plan, `sides` whom it concerns, in the plan's order."""

    key: str
    kind: Kind
    at: datetime
    sides: tuple[str, ...]
    title: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFinding:
    """What a Side's local time at an instant is: a holiday, a weekend, or outside of office hours."""

    kind: Literal["holiday", "weekend", "office-hours"]
    moment: str
    side: str
    local: datetime
    holiday: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesApart:
    """An instant that falls on more than one calendar date: each date with its Sides, the earliest first."""

    moment: str
    dates: tuple[tuple[date, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder:
    """Two instants, of which the first should not come after the second, and does."""

    earlier: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A holiday."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideWindow:
    """A Side's days in a window: `weekdays` are all but weekends; `holidays` those that fall on a weekday.

    `holidays` is None where the plan names no calendar for the Side.
    """

    side: str
    weekdays: int
    holidays: tuple[DayOff, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsWindow:
    """The time that experts have, from one instant to another: `weeks` to a tenth, and each Side's days in it.

    A day counts where it comes after the Side's date of the first instant, the date of the last one included.
    """

    begins: str
    ends: str
    weeks: Decimal
    sides: tuple[SideWindow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYear:
    """How projects start beside a Side's fiscal year, where its plan gives budgets by year.

    `begins` is the year in which projects start, or the first one where they start before it; `days` from then
    to the start, less than zero where projects start before.
    """

    side: str
    begins: date
    starts: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChecks:
    """Every instant of a plan and what its calendar says. `no_holidays` are the Sides without a calendar."""

    moments: tuple[Moment, ...]
    days: tuple[DayFinding, ...]
    dates_apart: tuple[DatesApart, ...]
    out_of_order: tuple[OutOfOrder, ...]
    windows: tuple[ExpertsWindow, ...]
    fiscal_years: tuple[FiscalYear, ...]
    no_holidays: tuple[str, ...]


def calendar_checks(plan: Plan) -> CalendarChecks:
    """Every instant of a plan in its order, and what its calendar says, by instant and then by Side."""
    found = moments(plan)
    known = {side.id: side for side in plan.side}
    return CalendarChecks(
        moments=found,
        days=tuple(
            finding for one in found for side in one.sides for finding in day_findings(known[side], one.key, one.at)
        ),
        dates_apart=tuple(_dates_apart(known, found)),
        out_of_order=tuple(_out_of_order(plan, found)),
        windows=tuple(_windows(plan, found)),
        fiscal_years=tuple(_fiscal_years(plan)),
        no_holidays=tuple(side.id for side in plan.side if side.holidays is None),
    )


def moments(plan: Plan) -> tuple[Moment, ...]:
    """Every instant that a plan holds, the earliest first; at one instant, in the plan's order."""
    return tuple(sorted(_moments(plan), key=lambda one: one.at))


def _moments(plan: Plan) -> Iterator[Moment]:
    everyone = plan.sides
    for stage in plan.stage:
        if stage.opens is not None:
            yield _moment(f"stage.{stage.id}.opens", "stage", stage.opens, everyone, stage.title)
        yield _moment(f"stage.{stage.id}.closes", "stage", stage.closes, everyone, stage.title)
    for name in Timeline.model_fields:
        at = getattr(plan.timeline, name)
        if at is not None:
            yield _moment(f"timeline.{name}", "timeline", at, everyone)
    for side in plan.side:
        for check in side.prechecks:
            if check.by is not None:
                yield _moment(f"side.{side.id}.prechecks.{check.id}", "pre-check", check.by, (side.id,), check.title)
    yield from _moments_of_review(plan)
    for gate in plan.gate:
        sides = tuple(side for side in everyone if gate.sides is None or side in gate.sides)
        yield _moment(f"gate.{gate.id}", "gate", gate.at, sides, gate.title)


def _moments_of_review(plan: Plan) -> Iterator[Moment]:
    interview, rebuttal = plan.review.interview, plan.review.rebuttal
    if interview is not None:
        yield _moment("review.interview.on", "interview", interview.on, plan.sides)
    if rebuttal is not None:
        yield _moment("review.rebuttal.opens", "rebuttal", rebuttal.opens, plan.sides)
        yield _moment("review.rebuttal.closes", "rebuttal", rebuttal.closes, plan.sides)
    if plan.lottery is not None:
        yield _moment("lottery.commit_by", "lottery", plan.lottery.commit_by, plan.sides)
        yield _moment("lottery.reveal_by", "lottery", plan.lottery.reveal_by, plan.sides)


def _moment(
    key: str, kind: Kind, at: datetime, sides: tuple[str, ...], title: Mapping[str, str] | None = None
) -> Moment:
    return Moment(key=key, kind=kind, at=at.astimezone(UTC), sides=sides, title=title)


def day_findings(side: Side, moment: str, at: datetime) -> Iterator[DayFinding]:
    """What is unusual about a Side's local day and hour at an instant; nobody has to be at work when projects start."""
    local = at.astimezone(ZoneInfo(side.timezone))
    calendar = _calendar(side.holidays)
    if calendar is not None and local.date() in calendar:
        name = calendar[local.date()]
        yield DayFinding(kind="holiday", moment=moment, side=side.id, local=local, holiday=name)
    elif local.weekday() in _weekend(calendar):
        yield DayFinding(kind="weekend", moment=moment, side=side.id, local=local)
    if moment != PROJECTS_START and not OFFICE_HOURS[0] <= local.time() <= OFFICE_HOURS[1]:
        yield DayFinding(kind="office-hours", moment=moment, side=side.id, local=local)


def has_holidays(country: str) -> bool:
    """Whether there is a calendar of holidays for a country's code."""
    return country in holidays.list_supported_countries()


def holiday_name(country: str, day: date, language: str) -> str | None:
    """What a country's holiday on a day is called: in the language, else in English, else in the country's own."""
    calendar = _calendar(country, language)
    return None if calendar is None else calendar.get(day)


@cache
def _calendar(country: str | None, language: str = "en") -> holidays.HolidayBase | None:
    """A country's holidays, whose names never depend on the language of the machine."""
    if country is None or not has_holidays(country):
        return None
    plain = holidays.country_holidays(country)
    tags = sorted(plain.supported_languages, reverse=True)
    named = [tag for wanted in (language, "en") for tag in tags if tag.partition("_")[0] == wanted]
    return holidays.country_holidays(country, language=named[0] if named else plain.default_language)


def _weekend(calendar: holidays.HolidayBase | None) -> frozenset[int]:
    return SATURDAY_AND_SUNDAY if calendar is None else frozenset(calendar.weekend)


def _dates_apart(sides: Mapping[str, Side], found: tuple[Moment, ...]) -> Iterator[DatesApart]:
    for one in found:
        dates: dict[date, list[str]] = defaultdict(list)
        for side in one.sides:
            dates[one.at.astimezone(ZoneInfo(sides[side].timezone)).date()].append(side)
        if len(dates) > 1:
            yield DatesApart(moment=one.key, dates=tuple((day, tuple(dates[day])) for day in sorted(dates)))


def _out_of_order(plan: Plan, found: tuple[Moment, ...]) -> Iterator[OutOfOrder]:
    at = {one.key: one.at for one in found}
    last = [f"timeline.{name}" for name in Timeline.model_fields if f"timeline.{name}" in at][-1]
    pairs = [
        *((f"stage.{stage.id}.opens", f"stage.{stage.id}.closes") for stage in plan.stage),
        *((f"stage.{one.id}.closes", f"stage.{other.id}.closes") for one, other in pairwise(plan.stage)),
        *((f"stage.{stage.id}.closes", "timeline.closes") for stage in plan.stage),
        *((one.key, "timeline.reviews_by") for one in found if one.kind == "pre-check"),
        ("review.rebuttal.opens", "review.rebuttal.closes"),
        ("review.rebuttal.closes", "timeline.panel_on"),
        ("review.interview.on", "timeline.panel_on"),
        ("lottery.reveal_by", "timeline.recommendation_by"),
        *(("timeline.opens", one.key) for one in found if one.kind == "gate" and not plan.stage),
        *((one.key, last) for one in found if one.kind == "gate"),
    ]
    for earlier, later in pairs:
        if earlier in at and later in at and at[earlier] > at[later]:
            yield OutOfOrder(earlier=earlier, later=later)


def _windows(plan: Plan, found: tuple[Moment, ...]) -> Iterator[ExpertsWindow]:
    at = {one.key: one.at for one in found}
    ends = "timeline.reviews_by"
    for begins in ("timeline.closes", "timeline.eligibility_by"):
        if begins in at and ends in at:
            yield ExpertsWindow(
                begins=begins,
                ends=ends,
                weeks=round(Decimal((at[ends] - at[begins]) // SECOND) / (WEEK // SECOND), 1),
                sides=tuple(_side_window(side, at[begins], at[ends]) for side in plan.side),
            )


def _side_window(side: Side, begins: datetime, ends: datetime) -> SideWindow:
    zone = ZoneInfo(side.timezone)
    first, last = begins.astimezone(zone).date(), ends.astimezone(zone).date()
    calendar = _calendar(side.holidays)
    days = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    weekdays = [day for day in days if day.weekday() not in _weekend(calendar)]
    free = None
    if calendar is not None:
        free = tuple(DayOff(day=day, name=calendar[day]) for day in weekdays if day in calendar)
    return SideWindow(side=side.id, weekdays=len(weekdays), holidays=free)


def _fiscal_years(plan: Plan) -> Iterator[FiscalYear]:
    at = plan.timeline.projects_start
    if at is None:
        return
    for side in plan.side:
        starts = at.astimezone(ZoneInfo(side.timezone)).date()
        years = sorted(year.begins for year in side.year_budgets)
        if years:
            begins = max((year for year in years if year <= starts), default=years[0])
            yield FiscalYear(side=side.id, begins=begins, starts=starts, days=(starts - begins).days)
