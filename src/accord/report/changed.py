"""A report under what a meeting changed: which walk it tells, each change with its reason, and who is to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from accord.pipeline.adjustments import Adjustment
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.minutes import Minutes
from accord.pipeline.selecting import selection_step
from accord.pipeline.walk import Walk
from accord.report.language import Words
from accord.report.sides import SideView
from accord.report.texts import Worded, untagged


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change in words: what kind, of which proposal and Side, from what to what, and why."""

    kind: str
    proposal: str | None
    side: SideView | None
    before: str
    after: str
    reason: Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a meeting changed; `own_set` where it chose among the proposals itself, and no rule gives its set."""

    rows: tuple[Change, ...]
    own_set: bool
    digest: str


def changes_of(minutes: Minutes, sides: Sequence[SideView], say: Words) -> Changes:
    """Every change of a meeting, in its order."""
    known = {side.id: side for side in sides}
    return Changes(
        rows=tuple(_change(act, known, say) for act in minutes.adjusted.acts),
        own_set=minutes.adjusted.as_switched,
        digest=minutes.digest,
    )


def _change(act: Adjustment, sides: Mapping[str, SideView], say: Words) -> Change:
    side = None if act.side is None else sides[act.side]
    before, after = (
        say("page.funded" if step else "page.not-funded") if side is None else side.amount(step)
        for step in (act.before, act.after)
    )
    return Change(
        kind=say(f"adjusted.{act.kind}"),
        proposal=act.proposal,
        side=side,
        before=before,
        after=after,
        reason=untagged(act.reason),
    )


def told_walk(walk: Walk, minutes: Minutes | None, reader: Reader) -> Walk:
    """The walk that a report tells.

    Under a meeting's changes Sides read of the raised budgets and the cut requests; whoever is outside them reads of
    the requests as they were made, and of what is recommended.
    """
    if minutes is None:
        return walk
    return minutes.under if reader.kind in {"sides", "side"} else minutes.walk


def ruled_walk(walk: Walk, minutes: Minutes | None) -> Walk:
    """The walk with what the plan's rule itself gives, where a meeting chose the set."""
    if minutes is None or not minutes.adjusted.as_switched or walk.ranking is None or walk.list is None:
        return walk
    return replace(walk, selection=selection_step(walk.inputs, walk.ranking, walk.list))
