from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import UnusableFolder
from accord.plan.calendar import (
    DatesApart,
    DayFinding,
    DayOff,
    ExpertsWindow,
    FiscalYear,
    Moment,
    OutOfOrder,
    SideWindow,
    calendar_checks,
    holiday_name,
    moments,
)
from accord.plan.load import load_plan, parse_plan
from accord.plan.model import Plan
from calls import PLAN

TOKYO, BRUSSELS = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Brussels")

FULL = PLAN.replace(
    "closes = 2026-04-15T10:00:00+02:00\n",
    "closes = 2026-04-15T10:00:00+02:00\n"
    "eligibility_by = 2026-05-15T17:00:00+02:00\n"
    "reviews_by = 2026-07-10T10:00:00+02:00\n"
    "panel_on = 2026-09-08T09:00:00+02:00\n"
    "recommendation_by = 2026-10-15T10:00:00+02:00\n"
    "projects_start = 2027-04-01T00:00:00+09:00\n",
)
MORE = """
[review.interview]
on = 2026-09-09T09:00:00+02:00

[review.rebuttal]
opens = 2026-08-03T09:00:00+02:00
closes = 2026-08-17T09:00:00+02:00

[lottery]
commit_by = 2026-09-01T10:00:00+02:00
reveal_by = 2026-10-20T10:00:00+02:00

[[stage]]
id = "pre.proposal"
title = { en = "Pre-proposals" }
opens = 2025-12-01T10:00:00+09:00
closes = 2026-02-02T10:00:00+01:00

[[gate]]
id = "evaluated"
title = { en = "All evaluated" }
at = 2026-07-20T10:00:00+02:00

[[gate]]
id = "council"
title = { en = "A council meets" }
at = 2027-05-04T10:00:00+02:00
sides = ["EU"]
"""


def plan(text: str = FULL) -> Plan:
    return parse_plan(text.encode()).plan


def with_side_keys(text: str, side: str, keys: str) -> str:
    award = {"JP": 'award_form = "commissioned-research"\n', "EU": 'award_form = "grant"\n'}[side]
    assert text.count(award) == 1
    return text.replace(award, f"{award}{keys}\n")


def test_every_instant_stands_in_its_order_with_those_whom_it_concerns() -> None:
    text = with_side_keys(
        FULL + MORE,
        "JP",
        'prechecks = [{ id = "security", title = { en = "Security" }, by = 2026-05-01T10:00:00+09:00 }]',
    )
    found = moments(plan(text))
    assert [(one.key, one.kind, one.sides) for one in found] == [
        ("stage.pre.proposal.opens", "stage", ("JP", "EU")),
        ("timeline.opens", "timeline", ("JP", "EU")),
        ("stage.pre.proposal.closes", "stage", ("JP", "EU")),
        ("timeline.closes", "timeline", ("JP", "EU")),
        ("side.JP.prechecks.security", "pre-check", ("JP",)),
        ("timeline.eligibility_by", "timeline", ("JP", "EU")),
        ("timeline.reviews_by", "timeline", ("JP", "EU")),
        ("gate.evaluated", "gate", ("JP", "EU")),
        ("review.rebuttal.opens", "rebuttal", ("JP", "EU")),
        ("review.rebuttal.closes", "rebuttal", ("JP", "EU")),
        ("lottery.commit_by", "lottery", ("JP", "EU")),
        ("timeline.panel_on", "timeline", ("JP", "EU")),
        ("review.interview.on", "interview", ("JP", "EU")),
        ("timeline.recommendation_by", "timeline", ("JP", "EU")),
        ("lottery.reveal_by", "lottery", ("JP", "EU")),
        ("timeline.projects_start", "timeline", ("JP", "EU")),
        ("gate.council", "gate", ("EU",)),
    ]
    assert found[4] == Moment(
        key="side.JP.prechecks.security",
        kind="pre-check",
        at=datetime(2026, 5, 1, 1, tzinfo=UTC),
        sides=("JP",),
        title={"en": "Security"},
    )
    assert len({one.key for one in found}) == len(found)


def test_days_are_told_at_every_instant_and_not_only_at_closing() -> None:
    found = calendar_checks(plan())
    assert found.days == (
        DayFinding(
            kind="office-hours", moment="timeline.opens", side="EU", local=datetime(2026, 1, 15, 2, tzinfo=BRUSSELS)
        ),
        DayFinding(
            kind="weekend", moment="timeline.eligibility_by", side="JP", local=datetime(2026, 5, 16, tzinfo=TOKYO)
        ),
        DayFinding(
            kind="office-hours", moment="timeline.eligibility_by", side="JP", local=datetime(2026, 5, 16, tzinfo=TOKYO)
        ),
    )  # projects start at midnight, when nobody has to be at work
    assert found.no_holidays == ()


def test_a_holiday_of_one_side_only() -> None:
    found = calendar_checks(plan(FULL.replace("reviews_by = 2026-07-10", "reviews_by = 2026-07-21")))
    assert [one for one in found.days if one.moment == "timeline.reviews_by"] == [
        DayFinding(
            kind="holiday",
            moment="timeline.reviews_by",
            side="EU",
            local=datetime(2026, 7, 21, 10, tzinfo=BRUSSELS),
            holiday="National Day",
        )
    ]


def test_a_weekend_is_that_of_the_sides_calendar() -> None:
    friday = FULL.replace("closes = 2026-04-15T10", "closes = 2026-04-17T10").replace(
        'holidays = "BE"', 'holidays = "EG"'
    )
    weekends = [(one.moment, one.side) for one in calendar_checks(plan(friday)).days if one.kind == "weekend"]
    assert ("timeline.closes", "EU") in weekends
    assert ("timeline.closes", "JP") not in weekends


def test_the_date_differs_between_zones_and_both_are_told() -> None:
    late = FULL.replace("closes = 2026-04-15T10:00:00+02:00", "closes = 2026-04-15T17:00:00+02:00")
    apart = calendar_checks(plan(late)).dates_apart
    assert apart[0] == DatesApart(
        moment="timeline.closes", dates=((date(2026, 4, 15), ("EU",)), (date(2026, 4, 16), ("JP",)))
    )
    assert [one.moment for one in apart] == ["timeline.closes", "timeline.eligibility_by", "timeline.projects_start"]


def test_what_comes_after_what_it_should_precede_is_told() -> None:
    assert calendar_checks(plan(FULL + MORE)).out_of_order == (
        OutOfOrder(earlier="review.interview.on", later="timeline.panel_on"),
        OutOfOrder(earlier="lottery.reveal_by", later="timeline.recommendation_by"),
        OutOfOrder(earlier="gate.council", later="timeline.projects_start"),
    )
    assert calendar_checks(plan()).out_of_order == ()


def test_the_experts_weeks_and_the_holidays_in_them() -> None:
    golden_week = (
        DayOff(day=date(2026, 4, 29), name="Showa Day"),
        DayOff(day=date(2026, 5, 4), name="Greenery Day"),
        DayOff(day=date(2026, 5, 5), name="Children's Day"),
        DayOff(day=date(2026, 5, 6), name="Substitute Holiday"),
    )
    belgian = (
        DayOff(day=date(2026, 5, 1), name="Labor Day"),
        DayOff(day=date(2026, 5, 14), name="Ascension Day"),
        DayOff(day=date(2026, 5, 25), name="Pentecost Monday"),
    )
    assert (
        calendar_checks(plan()).windows
        == (
            ExpertsWindow(
                begins="timeline.closes",
                ends="timeline.reviews_by",
                weeks=Decimal("12.3"),
                sides=(
                    SideWindow(side="JP", weekdays=62, holidays=golden_week),
                    SideWindow(side="EU", weekdays=62, holidays=belgian),
                ),
            ),
            ExpertsWindow(
                begins="timeline.eligibility_by",
                ends="timeline.reviews_by",
                weeks=Decimal("8.0"),
                sides=(
                    SideWindow(side="JP", weekdays=40, holidays=()),  # the first day there is already a Saturday
                    SideWindow(side="EU", weekdays=40, holidays=belgian[2:]),
                ),
            ),
        )
    )


@given(st.integers(0, 700), st.integers(1, 200))
def test_weekdays_and_holidays_are_those_that_one_counts_day_by_day(start: int, length: int) -> None:
    closes = datetime(2026, 2, 1, 1, tzinfo=UTC) + timedelta(days=start)
    reviews = closes + timedelta(days=length)
    text = PLAN.replace(
        "closes = 2026-04-15T10:00:00+02:00", f"closes = {closes.isoformat()}\nreviews_by = {reviews.isoformat()}"
    )
    (window,) = calendar_checks(plan(text)).windows
    japanese = holidays.country_holidays("JP", language="en_US")
    counted = list(weekdays_after(closes.astimezone(TOKYO).date(), length))
    assert window.sides[0] == SideWindow(
        side="JP",
        weekdays=len(counted),
        holidays=tuple(DayOff(day=day, name=japanese[day]) for day in counted if day in japanese),
    )
    assert abs(window.weeks - Decimal(length) / 7) <= Decimal("0.05")


def weekdays_after(first: date, length: int) -> Iterator[date]:
    for _ in range(length):
        first += timedelta(days=1)
        if first.strftime("%a") not in {"Sat", "Sun"}:
            yield first


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        (("2026-04-01", "2027-04-01"), (date(2027, 4, 1), 0)),
        (("2026-04-01",), (date(2026, 4, 1), 365)),
        (("2027-10-01", "2028-10-01"), (date(2027, 10, 1), -183)),
    ],
)
def test_where_projects_start_in_the_fiscal_year(begins: tuple[str, ...], told: tuple[date, int]) -> None:
    years = ", ".join(f'{{ begins = {day}, amount = "1000" }}' for day in begins)
    found = calendar_checks(plan(with_side_keys(FULL, "JP", f"year_budgets = [{years}]"))).fiscal_years
    assert found == (FiscalYear(side="JP", begins=told[0], starts=date(2027, 4, 1), days=told[1]),)


def test_a_side_without_a_calendar_of_holidays_is_named_and_not_counted() -> None:
    found = calendar_checks(plan(FULL.replace('holidays = "JP"\n', "")))
    assert found.no_holidays == ("JP",)
    assert found.windows[0].sides[0] == SideWindow(side="JP", weekdays=62, holidays=None)


def test_a_gate_twice_or_of_a_stranger_is_refused() -> None:
    gate = '\n[[gate]]\nid = "one"\ntitle = { en = "One" }\nat = 2026-07-20T10:00:00+02:00\n'
    for text, told in (
        (FULL + gate + gate, r"gate\[1\].id: 'one' stands twice"),
        (
            FULL + gate + 'sides = ["JP", "UK"]\n',
            r"gate\[0\].sides\[1\]: found 'UK'; write a Side of this plan: JP, EU",
        ),
    ):
        with pytest.raises(UnusableFolder, match=told):
            parse_plan(text.encode())


def test_names_of_holidays_do_not_depend_on_the_machines_language(monkeypatch: pytest.MonkeyPatch) -> None:
    before = calendar_checks(plan())
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "ja_JP.UTF-8")
    holiday_name.__globals__["_calendar"].cache_clear()
    assert calendar_checks(plan()) == before
    assert holiday_name("JP", date(2026, 4, 29), "ja") == "昭和の日"
    assert holiday_name("BE", date(2026, 5, 1), "ja") == "Labor Day"
    assert holiday_name("JP", date(2026, 4, 30), "ja") is None


def test_the_reference_plan(quantum_call: Path) -> None:
    found = calendar_checks(load_plan(quantum_call / "plan.toml").plan)
    assert [one.key for one in found.moments if one.kind != "timeline"] == []
    assert ("timeline.reviews_by", "weekend") in {(one.moment, one.kind) for one in found.days}
    assert (found.out_of_order, found.fiscal_years, found.no_holidays) == ((), (), ())
    assert [(one.begins, one.weeks) for one in found.windows] == [
        ("timeline.closes", Decimal("12.3")),
        ("timeline.eligibility_by", Decimal("8.0")),
    ]
