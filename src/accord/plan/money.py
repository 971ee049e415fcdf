"""Amounts: whole minor units of a Side's own unit, exact both ways."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import iso4217

from accord.errors import InvalidInput


@cache
def exponent(unit: str) -> int:
    """How many decimals a unit has: ISO 4217's for a currency, none for any other counted unit.

    A unit of three capital letters is meant as a currency; raises InvalidInput where ISO 4217 has none of that code.
    """
    if not (len(unit) == 3 and unit.isascii() and unit.isupper()):
        return 0
    try:
        decimals = iso4217.Currency(unit).exponent
    except ValueError as error:
        raise InvalidInput(f"{unit} is no currency of ISO 4217; another unit is written in small letters") from error
    return decimals or 0


def minor_units(amount: str, unit: str) -> int:
    """Decimal text in whole minor units of a unit: `"12.50"` in EUR is 1250. Raises InvalidInput if it is not whole."""
    decimals = exponent(unit)
    scaled = Fraction(amount) * 10**decimals
    if scaled.denominator != 1:
        allowed = f"at most {decimals} decimals" if decimals else "no decimals"
        raise InvalidInput(f"{amount} has too many decimals: {unit} has {allowed}")
    return int(scaled)


def amount_text(minor: int, unit: str) -> str:
    """Whole minor units as decimal text with the unit's decimals: 1250 in EUR is `"12.50"`."""
    decimals = exponent(unit)
    whole, part = divmod(abs(minor), 10**decimals)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def compared(minor: int, unit: str, rate: str) -> Fraction:
    """Minor units as units of the reference currency, exactly; for comparison only, nothing is pooled.

    `rate` is how many units one unit of the reference is worth, as in the plan's `[exchange]`.
    """
    return Fraction(minor, 10 ** exponent(unit)) / Fraction(rate)
