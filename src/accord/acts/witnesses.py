"""Whose cosignature counts under which head: the plan's witness keys, as acts in the log replaced them.

The order of the log decides and no clock: a head that holds the rotation counts by the new key, a smaller one by the
old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accord.errors import AccordError
from accord.plan.model import Plan
from accord.record.log.notes import VerifierKey


class NoLog(AccordError):
    """The plan names no log, or a key in it is none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A Side's witness key, and the smallest head that it cosigns: one more than the index of its rotation."""

    side: str
    key: VerifierKey
    first: int = 0


def witnesses(plan: Plan) -> dict[str, VerifierKey]:
    """Every Side's witness key, as the plan names it; raises NoLog."""
    if plan.log is None:
        raise NoLog("the plan has no [log]: it names no host and no witness")
    return {side: VerifierKey.of(text) for side, text in plan.log.witness.items()}


def first_turns(plan: Plan) -> tuple[Turn, ...]:
    """The turns that a plan begins with; none where it names no log."""
    return () if plan.log is None else tuple(Turn(side, key) for side, key in witnesses(plan).items())


def keys_at(turns: Iterable[Turn], size: int) -> dict[str, VerifierKey]:
    """By Side: the key that cosigns a head of that size. `turns` are in the log's order."""
    return {one.side: one.key for one in turns if one.first <= size}
