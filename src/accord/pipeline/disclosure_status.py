"""How a call stands, as one Side may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accord.call.folder import Call
from accord.errors import InvalidInput
from accord.pipeline.disclosure import view_of_side
from accord.pipeline.disclosure_call import call_for, declared_for
from accord.pipeline.disclosure_view import Reader, View
from accord.pipeline.panel import ConflictedExpert, ExpertsStatus
from accord.pipeline.status import Status, investigators_status, status

NEEDED = ("topic", "partners", "amounts", "not-funded")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedStatus:
    """How a call stands, with nothing that its reader may not see; counts are of the whole call."""

    view: View
    status: Status


def disclosed_status(call: Call, reader: Reader) -> DisclosedStatus:
    """How a call stands, as a Side may read it: other Sides' experts by pseudonym, their people and conflicts not.

    Raises InvalidInput for applicants and the public, who have no such page, where the plan does not let a Side
    see what it counts, and where the call has no secret `salt.key`.
    """
    if reader.kind != "side":
        raise InvalidInput(f"for: {reader.name} has no status of the call; it is for the Sides")
    view = view_of_side(call, reader, {})
    view.need("the status of a call", *NEEDED)
    whole = status(call)
    seen = call_for(call, view)
    return DisclosedStatus(
        view=view,
        status=replace(
            whole,
            investigators=investigators_status(seen.proposals),
            experts=_experts(whole.experts, view),
            declared=tuple(sorted(declared_for(call, view), key=lambda one: (one.proposal, one.expert, one.reason))),
        ),
    )


def _experts(panel: ExpertsStatus, view: View) -> ExpertsStatus:
    conflicted = [
        ConflictedExpert(expert=view.experts[one.expert], side=one.side, proposals=one.proposals)
        for one in panel.conflicted
        if view.of_expert(one.expert, "conflicts")
    ]
    return replace(
        panel,
        without_publications=tuple(sorted(_shown(panel.without_publications, view.experts))),
        conflicted=tuple(sorted(conflicted, key=lambda one: (-one.proposals, one.expert))),
    )


def _shown(names: tuple[str, ...], shown: Mapping[str, str]) -> list[str]:
    return [shown[name] for name in names]
