"""How a selection stands, in sentences: why it is provisional, and what the plan's top-ups would bring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.pipeline.steps import SelectionResult
from accord.pipeline.walk import Walk
from accord.report.language import Words
from accord.report.retold import retold
from accord.report.sides import SideView
from accord.report.ties import lottery


def why_provisional(walk: Walk, say: Words) -> tuple[str, ...]:
    """Why a selection is provisional, in sentences: the lottery that it waits for, the plan's limits that no set meets.

    Nothing where it is not provisional, or there is none; where the reasons are held back, that they are.
    """
    if walk.selection is None or walk.selection.result.provisional is None:
        return ()
    return tuple(_why(walk, walk.selection.result, say)) or (say("page.provisional-untold"),)


def _why(walk: Walk, chosen: SelectionResult, say: Words) -> Iterator[str]:
    if walk.list is not None:
        call, draw = walk.inputs.call, walk.list.result.lottery
        if draw.status == "stopped" or (draw.status == "provisional" and draw.decided):
            yield lottery(walk.list.result, say, secrets=bool(call.commitments or call.reveals)).sentence
    if chosen.unmet:
        limits = say.joined([retold("unmet", line, say).text for line in chosen.unmet])
        yield say("page.unmet", limits=limits)


def topped_up(walk: Walk, sides: Sequence[SideView], say: Words) -> tuple[str, ...]:
    """What the plan's rule would fund besides if Sides added what the plan says they may, in sentences.

    Nothing where the plan names no top-up, before a selection, and where it is held back.
    """
    found = None if walk.selection is None else walk.selection.result.top_up
    if found is None:
        return ()
    told = [say("budgets.top-up-none")]
    if found.joins:
        amounts = [
            say("budgets.top-up-amount", side=side.id, amount=side.amount(found.added[side.id]))
            for side in sides
            if found.added[side.id]
        ]
        told = [say("budgets.top-up", proposals=say.joined(found.joins), amounts=say.joined(amounts))]
    if found.bound != found.value:
        told.append(say("budgets.top-up-bound"))
    return tuple(told)
