"""Figures: amounts and decimals against other ways to write them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from accord.plan.money import minor_units
from accord.report.figures import amount, decimal, percent, plain, told_apart

MILLION = 1_000_000


@given(st.integers(0, 10**24), st.sampled_from(["JPY", "EUR", "TND", "node-hours"]))
def test_an_amount_reads_back_as_itself(minor: int, unit: str) -> None:
    text = amount(minor, unit)
    assert text.startswith(f"{unit} ")
    digits = text.removeprefix(f"{unit} ")
    whole = digits.partition(".")[0].split(",")
    assert 1 <= len(whole[0]) <= 3
    assert all(len(group) == 3 for group in whole[1:])
    assert minor_units(digits.replace(",", ""), unit) == minor


def test_amounts_have_their_units_decimals() -> None:
    assert amount(43_000_000, "JPY") == "JPY 43,000,000"
    assert amount(87_000_000, "EUR") == "EUR 870,000.00"
    assert amount(5, "EUR") == "EUR 0.05"
    assert amount(1_234_567, "TND") == "TND 1,234.567"
    assert amount(1_200, "node-hours") == "node-hours 1,200"


@given(st.integers(0, 100 * MILLION), st.integers(1, MILLION))
def test_what_lacks_is_never_rounded_away(reached: int, lacking: int) -> None:
    needed = reached + lacking
    text, lack = told_apart(reached, needed)
    assert Fraction(text) < Fraction(plain(needed))
    assert Fraction(lack) > 0
    assert abs(Fraction(text) - Fraction(reached, MILLION)) <= Fraction(1, 200)
    assert abs(Fraction(lack) - Fraction(lacking, MILLION)) <= Fraction(1, 200)


def test_decimals() -> None:
    assert told_apart(2_833_333, 3_000_000) == ("2.83", "0.17")
    assert told_apart(2_999_999, 3_000_000) == ("2.999999", "0.000001")
    assert (plain(3_000_000), plain(2_500_000), plain(10 * MILLION), plain(0)) == ("3", "2.5", "10", "0")
    assert (decimal(12_345_678), decimal(-5_000, 3)) == ("12.35", "-0.005")


def test_a_part_of_a_whole_stays_within_it() -> None:
    assert [percent(*one) for one in ((1, 3), (0, 5), (5, 5), (7, 5), (-1, 5), (0, 0))] == [
        "33.3", "0.0", "100.0", "100.0", "0.0", "0.0",
    ]  # fmt: skip
