"""Reciprocity between Sides: measures side by side, over one call or several, and never a verdict."""

from accord.methods.balance.measures import NO_SIDE, TOLERANCE, balance, together
from accord.methods.balance.values import METHOD, VERSION, Balance, Flow, Kind, Opportunity

__all__ = ["METHOD", "NO_SIDE", "TOLERANCE", "VERSION", "Balance", "Flow", "Kind", "Opportunity", "balance", "together"]
