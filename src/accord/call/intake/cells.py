"""What a cell means: a number, an amount in its Side's unit, a part of a whole, a day, a length in months."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from accord.call.intake.mapping import NumberFormat
from accord.call.intake.sheet import Cell
from accord.call.intake.words import folded, plain
from accord.errors import InvalidInput
from accord.plan.money import amount_text, minor_units

Order = Literal["year-month-day", "day-month-year", "month-day-year"]

ERAS: Final = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}  # the year before an era's first
ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
MOST_DIGITS: Final = 18  # with a multiplier of up to a million, exact in decimal arithmetic
YEARS: Final = range(1900, 2201)

_PLACES: Final = {"year-month-day": (0, 1, 2), "day-month-year": (2, 1, 0), "month-day-year": (2, 0, 1)}
_DAY: Final = re.compile(r"(\d{1,4})[-/. 年]+(\d{1,4})(?:[-/. 月]+(\d{1,4}))?[日月.]?")


class Unreadable(ValueError):
    """A cell cannot be read; the text says what to write instead."""


def text(cell: Cell) -> str:
    """A cell as text; a whole number without decimals, a day as 2027-04-01."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    if cell in ERRORS:
        raise Unreadable("mend the formula in the spreadsheet")
    return cell


def number(cell: Cell, form: NumberFormat) -> Decimal:
    """A cell as an exact number, by the marks and units that the mapping declares."""
    if isinstance(cell, Decimal):
        if cell.adjusted() >= MOST_DIGITS:
            raise Unreadable(f"a number has at most {MOST_DIGITS} digits")
        return cell
    said = folded(text(cell)).replace("’", "'")
    for unit in sorted(form.ignore, key=lambda unit: (-len(unit), unit)):
        said = said.removeprefix(folded(unit)).removesuffix(folded(unit)).strip()
    groups = rf"\d{{1,3}}(?:{re.escape(form.thousands)}\d{{3}})+|" if form.thousands else ""
    found = re.fullmatch(rf"({groups}\d+)(?:{re.escape(form.decimal)}(\d+))?", said, re.ASCII)
    if found is None:
        marks = f"{form.decimal!r} before decimals, " + (
            f"{form.thousands!r} between thousands" if form.thousands else "no mark between thousands"
        )
        raise Unreadable(f"a number has {marks}; [number] in mapping.toml says so, and which units to ignore")
    whole = found[1].replace(form.thousands, "") if form.thousands else found[1]
    if len(whole) + len(found[2] or "") > MOST_DIGITS:
        raise Unreadable(f"a number has at most {MOST_DIGITS} digits")
    return Decimal(f"{whole}.{found[2] or 0}")


def amount(cell: Cell, form: NumberFormat, *, multiplier: int, unit: str) -> str:
    """A cell as an amount in a Side's unit, which has to be whole in the unit's smallest part."""
    value = number(cell, form) * multiplier
    if value < 0:
        raise Unreadable("a request is not less than zero")
    try:
        return amount_text(minor_units(f"{value:f}", unit), unit)
    except InvalidInput as error:
        raise Unreadable(str(error)) from error


def part(cell: Cell, form: NumberFormat) -> str:
    """A cell as a part of a whole: 0.3, or 30%."""
    said = plain(text(cell))
    if said.endswith("%"):
        return f"{number(said[:-1].strip(), form) / 100:f}"
    return f"{number(cell, form):f}"


def months(cell: Cell, form: NumberFormat, *, of_years: bool) -> int:
    """A cell as whole months; of years where it counts years."""
    value = number(cell, form) * (12 if of_years else 1)
    if value != value.to_integral_value() or not 1 <= value <= 1200:
        raise Unreadable("a project lasts whole months, at least one")
    return int(value)


def day(cell: Cell, order: Order, *, last: bool) -> date:
    """A cell as a day. A month alone is its first day, or its `last`; a year may be one of a Japanese era."""
    wanted = "write a day, " + ("2027-04-01" if order == "year-month-day" else f"by `dates` in mapping.toml: {order}")
    found = cell if isinstance(cell, date) else _day(text(cell), order, last=last)
    if found is None or found.year not in YEARS:
        raise Unreadable(wanted)
    return found


def _day(said: str, order: Order, *, last: bool) -> date | None:
    written = re.sub(r"[T ]\d{1,2}:\d{2}.*", "", plain(said).upper().replace("元年", "1年"))  # a time of day goes
    era = next((name for name in ERAS if written.startswith(name)), "")
    if era:
        order = "year-month-day"
    shape = _DAY.fullmatch(written.removeprefix(era).strip())
    if shape is None:
        return None
    parts = [int(part) for part in shape.groups() if part is not None]
    if len(parts) == 3:
        year, month, in_month = (parts[place] for place in _PLACES[order])
    else:
        year, month = parts if order == "year-month-day" else reversed(parts)
        in_month = 0
    year += ERAS.get(era, 0)
    try:
        return date(year, month, in_month or (monthrange(year, month)[1] if last else 1))
    except (ValueError, OverflowError):  # no such month or day
        return None


def months_between(starts: date, ends: date) -> int:
    """The months from the first day to the last, both within; a month that has begun counts."""
    after = ends + timedelta(days=1)
    whole = (after.year - starts.year) * 12 + after.month - starts.month
    length = whole + (after.day > starts.day)
    if length < 1:
        raise Unreadable("a project ends after it starts")
    return length
