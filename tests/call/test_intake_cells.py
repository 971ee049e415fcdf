"""What a cell means: numbers, amounts, days, durations and parts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.call.intake import cells as intake_cells
from accord.call.intake.cells import Unreadable
from accord.call.intake.mapping import NumberFormat

NUMBERS: list[tuple[Any, dict[str, Any], str]] = [
    ("1234", {}, "1234"),
    ("１２，３４５", {"thousands": ","}, "12345"),
    ("1.234.567,89", {"decimal": ",", "thousands": "."}, "1234567.89"),
    ("1 234,5", {"decimal": ",", "thousands": " "}, "1234.5"),
    ("1\u202f234", {"thousands": " "}, "1234"),
    ("1’234’567", {"thousands": "'"}, "1234567"),
    ("\N{YEN SIGN}1,000", {"thousands": ",", "ignore": ("¥",)}, "1000"),
    ("1,000 千円", {"thousands": ",", "ignore": ("円", "千円")}, "1000"),
    ("EUR 12.5", {"ignore": ("eur",)}, "12.5"),
    (Decimal("12.5"), {"decimal": ","}, "12.5"),
]


@pytest.mark.parametrize(("cell", "form", "wanted"), NUMBERS)
def test_a_number_is_read_by_the_marks_that_are_declared(cell: Any, form: dict[str, Any], wanted: str) -> None:
    assert intake_cells.number(cell, NumberFormat(**form)) == Decimal(wanted)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("1,234", {}),
        ("1.234,5", {}),
        ("12,34", {"thousands": ","}),
        ("1,2345", {"thousands": ","}),
        ("1234,567", {"thousands": ","}),
        ("1.5", {"decimal": ","}),
        ("1.", {}),
        (".5", {}),
        ("-1", {}),
        ("1e5", {}),
        ("¥1", {}),
        ("", {}),
        ("1" * 19, {}),
        ("nan", {}),
        ("\N{ARABIC-INDIC DIGIT ONE}", {}),
    ],
)
def test_a_number_with_other_marks_is_refused(cell: str, form: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        intake_cells.number(cell, NumberFormat(**form))


@given(st.integers(0, 10**18 - 1), st.sampled_from([(",", "."), (".", ","), (".", "'"), (",", " ")]), st.booleans())
def test_an_amount_is_what_was_written(cents: int, marks: tuple[str, str], wide: bool) -> None:
    decimal, thousands = marks
    whole = f"{cents // 100:,}".replace(",", thousands)
    written = f"{whole}{decimal}{cents % 100:02d}"
    if wide:
        written = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in written)
    form = NumberFormat(decimal=decimal, thousands=thousands)  # type: ignore[arg-type]
    amount = intake_cells.amount(written, form, multiplier=1, unit="EUR")
    assert amount == f"{cents // 100}.{cents % 100:02d}"
    assert intake_cells.amount(written, form, multiplier=1000, unit="JPY") == str(cents * 10)


DAYS: list[tuple[Any, str, bool, tuple[int, int, int]]] = [
    ("2027-04-01", "year-month-day", False, (2027, 4, 1)),
    ("2027/4/1 0:00:00", "year-month-day", False, (2027, 4, 1)),
    ("2027-04-01T09:00:00+09:00", "year-month-day", False, (2027, 4, 1)),
    ("２０２７年４月１日", "year-month-day", False, (2027, 4, 1)),
    ("2027年4月", "year-month-day", False, (2027, 4, 1)),
    ("2028年2月", "year-month-day", True, (2028, 2, 29)),
    ("令和9年4月1日", "year-month-day", False, (2027, 4, 1)),
    ("令和元年5月1日", "year-month-day", False, (2019, 5, 1)),
    ("R9.4.1", "day-month-year", False, (2027, 4, 1)),
    ("h31/4/30", "year-month-day", False, (2019, 4, 30)),
    ("01.04.2027", "day-month-year", False, (2027, 4, 1)),
    ("04/01/2027", "month-day-year", False, (2027, 4, 1)),
    ("03/2027", "day-month-year", True, (2027, 3, 31)),
    (date(2027, 4, 1), "day-month-year", False, (2027, 4, 1)),
]


@pytest.mark.parametrize(("cell", "order", "last", "wanted"), DAYS)
def test_a_day_is_read_as_portals_write_it(cell: Any, order: Any, last: bool, wanted: tuple[int, int, int]) -> None:
    assert intake_cells.day(cell, order, last=last) == date(*wanted)


@pytest.mark.parametrize(
    "cell", ["", "46478", "27-04-01", "2027-13-01", "2027-02-30", "2027-00", "9999-12-31", "soon", date(1899, 1, 1)]
)
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(Unreadable):
        intake_cells.day(cell, "year-month-day", last=False)


def month_after(start: date, months: int) -> date | None:
    """The day so many months after another, or None where that month has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return start.replace(year=year, month=month + 1)
    except ValueError:
        return None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)).filter(lambda day: day.day <= 28), st.integers(1, 2000))
def test_months_are_counted_as_they_begin(starts: date, days: int) -> None:
    ends = starts + timedelta(days=days)
    counted = next(n for n in range(1, 100) if (month_after(starts, n) or starts) > ends)
    assert intake_cells.months_between(starts, ends) == counted


def test_parts_and_lengths() -> None:
    form = NumberFormat()
    assert [intake_cells.part(cell, form) for cell in ("30%", "０．３", Decimal("0.3"))] == ["0.3", "0.3", "0.3"]
    assert intake_cells.months("３６ヶ月", NumberFormat(ignore=("ヶ月",)), of_years=False) == 36
    assert intake_cells.months("2.5年", NumberFormat(ignore=("年",)), of_years=True) == 30
    for cell in ("0", "2.55", "101"):
        with pytest.raises(Unreadable):
            intake_cells.months(cell, form, of_years=True)
