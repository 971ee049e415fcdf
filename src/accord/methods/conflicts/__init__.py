"""Conflicts of interest: the pairs of proposal and expert that must not meet, each with its evidence."""

from accord.methods.conflicts.organisations import organisation_key
from accord.methods.conflicts.search import METHOD, VERSION, Conflict, Kind, conflicts

__all__ = ["METHOD", "VERSION", "Conflict", "Kind", "conflicts", "organisation_key"]
