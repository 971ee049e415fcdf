from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import InvalidInput
from accord.plan.money import amount_text, compared, exponent, minor_units

UNITS = {"JPY": 0, "EUR": 2, "GBP": 2, "DKK": 2, "CHF": 2, "KWD": 3, "node-hours": 0}


def test_the_decimals_of_iso_4217() -> None:
    assert {unit: exponent(unit) for unit in UNITS} == UNITS
    with pytest.raises(InvalidInput, match="EUX is no currency"):
        exponent("EUX")


@given(st.sampled_from(sorted(UNITS)), st.integers(-(10**24), 10**24))
def test_minor_units_and_text_are_each_others_inverse(unit: str, minor: int) -> None:
    if minor >= 0:
        assert minor_units(amount_text(minor, unit), unit) == minor
    assert Fraction(amount_text(minor, unit)) == Fraction(minor, 10 ** UNITS[unit])


@pytest.mark.parametrize("amount", ["0.5", "1000000000000000000000000000000.5", "100." + "0" * 40 + "1"])
def test_what_is_not_whole_is_refused_however_long(amount: str) -> None:
    with pytest.raises(InvalidInput, match="too many decimals"):
        minor_units(amount, "JPY" if amount.endswith(".5") else "EUR")


def test_compared_is_exact() -> None:
    assert compared(16_000, "JPY", "160.00") == Fraction(100)
    assert compared(12_345, "EUR", "1") == Fraction(12_345, 100)
