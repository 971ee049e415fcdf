"""What each funded proposal keeps out: whom its money would pay instead, with all else unchanged."""

from __future__ import annotations

from accord.pipeline.walk import Walk


def kept_out(walk: Walk) -> dict[str, tuple[str, ...]]:
    """For each funded proposal, those that what it takes and what is left would pay, in list order.

    The list's fundable proposals that are not funded are walked once, each paid where every Side can: under
    `list-order` up to the first that cannot be paid, under the other rules past it. That is a statement about
    money, not the rule carried out again: with one proposal less, a rule that looks for the best set may find
    another one altogether. Empty before a selection.
    """
    if walk.selection is None:
        return {}
    plan, chosen = walk.inputs.call.plan.plan, walk.selection.result
    proposals = {one.id: one for one in walk.inputs.call.proposals}
    waiting = [
        (one.proposal, [proposals[one.proposal].requested(side) for side in plan.side])
        for one in sorted(chosen.not_funded, key=lambda one: one.place)
        if one.reason != "below-threshold"
    ]
    found = {}
    for funded in chosen.funded:
        left = [chosen.remaining[side] + funded.requested[side] for side in plan.sides]
        paid = []
        for name, asked in waiting:
            if all(part <= room for part, room in zip(asked, left, strict=True)):
                paid.append(name)
                left = [room - part for part, room in zip(asked, left, strict=True)]
            elif chosen.rule == "list-order":
                break
        found[funded.proposal] = tuple(paid)
    return found
