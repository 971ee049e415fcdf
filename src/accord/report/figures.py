"""Figures as people read them: amounts in their Side's unit, scores and ranks from millionths."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from accord.plan.money import amount_text

MOST_DECIMALS: Final = 6  # a millionth


def amount(minor: int, unit: str) -> str:
    """An amount with its unit before it, thousands grouped: 4300000000 in EUR is `"EUR 43,000,000.00"`."""
    whole, point, decimals = amount_text(minor, unit).partition(".")
    return f"{unit} {int(whole):,}{point}{decimals}"


def decimal(millionths: int, places: int = 2) -> str:
    """Millionths as a decimal of so many places."""
    return f"{Decimal(millionths).scaleb(-MOST_DECIMALS):.{places}f}"


def plain(millionths: int) -> str:
    """Millionths as the shortest exact decimal: 3000000 is `"3"`."""
    text = decimal(millionths, MOST_DECIMALS)
    return text.rstrip("0").rstrip(".")


def told_apart(reached: int, needed: int) -> tuple[str, str]:
    """What was reached and what lacks, with as many places, from two on, as keep both from being rounded away."""
    places = 2
    while places < MOST_DECIMALS and (
        decimal(reached, places) == decimal(needed, places) or Decimal(decimal(needed - reached, places)) == 0
    ):
        places += 1
    return decimal(reached, places), decimal(needed - reached, places)


def percent(part: int, whole: int) -> str:
    """A part of a whole for a drawing, between 0 and 100, to a tenth."""
    return f"{100 * min(max(part, 0), whole) / whole:.1f}" if whole > 0 else "0.0"
