"""What one reader may see of a call: every Side together, one Side, the applicants of a proposal, the public.

`disclosed` gives a walk that is made anew of what the reader may see, so that a page made from it has nothing to
leak. What the plan's rules let out is asked of a `View`, value by value.
"""

from __future__ import annotations

from dataclasses import dataclass

from accord.call.folder import Call
from accord.errors import InvalidInput, Refused
from accord.pipeline.disclosure_call import comments_for, inputs_for
from accord.pipeline.disclosure_steps import steps_for
from accord.pipeline.disclosure_view import (
    EVERYTHING,
    OWN_OF_APPLICANTS,
    Comment,
    Outcome,
    Reader,
    View,
    pseudonyms,
)
from accord.pipeline.walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What a reader may see of a walk, and nothing else.

    In `walk` a text that is held back is empty, a person or (for the public) a proposal has a pseudonym, and a row
    or step that is held back is not there. Numbers that a value cannot do without are 0 where they are held back:
    ask `view` before you show one. `comments` are those that the reader may see, with or without their scores.
    """

    view: View
    walk: Walk
    comments: tuple[Comment, ...]


def disclosed(walk: Walk, reader: Reader) -> Disclosed:
    """What a reader may see of a walk by its plan's rules; for all Sides together, the walk itself.

    Raises InvalidInput where the call has no secret `salt.key` (what is held back could be tried out), for a
    proposal that is not there, and for the public where the plan publishes nothing or nothing is selected yet;
    Refused for applicants and the public while the selection is provisional.
    """
    view = view_for(walk, reader)
    if view.whole:
        return Disclosed(view=view, walk=walk, comments=comments_for(walk, view))
    return Disclosed(
        view=view,
        walk=steps_for(walk, inputs_for(walk, view), view),
        comments=comments_for(walk, view),
    )


def view_for(walk: Walk, reader: Reader) -> View:
    """What a reader may see of a walk by its plan's rules, for all Sides together everything; raises as `disclosed`."""
    call = walk.inputs.call
    if reader.kind == "sides":
        return _view_of_all(call, reader)
    return view_of_side(call, reader, outcomes(walk)) if reader.kind == "side" else _view_outside(walk, reader)


def outcomes(walk: Walk) -> dict[str, Outcome]:
    """How each proposal fared so far: those that are neither ineligible nor part of a selection are left out."""
    found: dict[str, Outcome] = {
        verdict.proposal: "ineligible" for verdict in walk.eligibility.result.verdicts if not verdict.eligible
    }
    if walk.selection is None:
        return found
    chosen = walk.selection.result
    found |= dict.fromkeys((one.proposal for one in chosen.funded), "funded")
    for one in chosen.not_funded:
        found[one.proposal] = "not-funded" if one.reserve_place is None else "reserve"
    return found


def _view_of_all(call: Call, reader: Reader) -> View:
    return View(
        reader=reader,
        matters=EVERYTHING,
        own=frozenset(call.plan.plan.sides),
        own_experts=frozenset(expert.id for expert in call.experts),
        proposals={proposal.id: proposal.id for proposal in call.proposals},
        experts={expert.id: expert.id for expert in call.experts},
    )


def view_of_side(call: Call, reader: Reader, found: dict[str, Outcome]) -> View:
    """What one Side may see: what is its own, and of the rest what the plan's `disclosure.side` lets out.

    `found` is how proposals fared, where there is a selection.
    """
    matters = frozenset[str](call.plan.plan.disclosure.side)
    own_experts = frozenset(expert.id for expert in call.experts if expert.side == reader.side)
    named = {expert.id for expert in call.experts if expert.id in own_experts or "experts" in matters}
    hidden = [expert.id for expert in call.experts if expert.id not in named]
    return View(
        reader=reader,
        matters=matters,
        own=frozenset({reader.side}) if reader.side is not None else frozenset(),
        own_experts=own_experts,
        proposals={
            proposal.id: proposal.id
            for proposal in call.proposals
            if "not-funded" in matters
            or found.get(proposal.id) == "funded"
            or any(partner.side == reader.side for partner in proposal.partners)
        },
        experts={name: name for name in named} | pseudonyms(call, reader, "expert", hidden, named),
    )


def _view_outside(walk: Walk, reader: Reader) -> View:
    """What applicants or the public may see: nothing of what is not decided yet."""
    if walk.selection is not None and walk.selection.result.provisional is not None:
        raise Refused(f"the selection is provisional ({walk.selection.result.provisional}): it is for the Sides only")
    return _view_of_applicants(walk, reader) if reader.proposal is not None else _view_of_public(walk, reader)


def _view_of_applicants(walk: Walk, reader: Reader) -> View:
    """Their own proposal whole, its outcome, what the letters to that outcome hold, and `disclosure.applicants`.

    Of a proposal that is not eligible no score counts, and none is told.
    """
    call, plan = walk.inputs.call, walk.inputs.call.plan.plan
    proposal = reader.proposal
    if proposal is None or all(one.id != proposal for one in call.proposals):
        raise InvalidInput(f"for: the call has no proposal {proposal!r}; write applicants: and a proposal's identifier")
    outcome = outcomes(walk).get(proposal)
    letters = [letter for letter in plan.letter if letter.to == outcome]
    matters = set(OWN_OF_APPLICANTS)
    if outcome != "ineligible":
        matters |= set(plan.disclosure.applicants)
        matters |= {"scores", "totals"} if any(letter.scores for letter in letters) else set()
        matters |= {"comments"} if any(letter.comments for letter in letters) else set()
    left_out = {(one.proposal, one.expert) for one in (walk.ranking.result.left_out if walk.ranking else ())}
    reviewed = {score.expert for score in call.reviews or () if score.proposal == proposal}
    experts = sorted(name for name in reviewed if (proposal, name) not in left_out)
    told = experts if {"scores", "comments"} & matters else []
    return View(
        reader=reader,
        matters=frozenset(matters),
        own=frozenset(plan.sides),
        own_experts=frozenset(),
        proposals={proposal: proposal},
        experts=pseudonyms(call, reader, "expert", told, set()),
    )


def _view_of_public(walk: Walk, reader: Reader) -> View:
    """Of the proposals to be funded what `results.publish` names; all others are not there."""
    call, results = walk.inputs.call, walk.inputs.call.plan.plan.results
    if walk.selection is None:
        raise InvalidInput(f"nothing is selected yet: there is nothing that {reader.name} may read")
    if results is None or not results.publish:
        raise InvalidInput(f"results.publish of the plan names nothing: {reader.name} may read nothing of it")
    funded = [one.proposal for one in walk.selection.result.funded]
    return View(
        reader=reader,
        matters=frozenset(results.publish),
        own=frozenset(),
        own_experts=frozenset(),
        proposals=pseudonyms(call, reader, "project", funded, set()),
        experts={},
    )
