"""A call as one reader may see it: every value made anew, from the fields that the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accord.call.folder import Call
from accord.call.values import (
    ConsensusScore,
    DeclaredConflict,
    Expert,
    Investigator,
    Partner,
    Proposal,
    Publication,
    Score,
)
from accord.pipeline.disclosure_view import Comment, View
from accord.pipeline.step import Inputs
from accord.pipeline.walk import Walk
from accord.plan.model import Plan
from accord.plan.money import amount_text


def inputs_for(walk: Walk, view: View) -> Inputs:
    """The walk's call as a reader may see it; made-up scores stay called so."""
    return Inputs(call_for(walk.inputs.call, view, _not_counted(walk)), simulated=walk.inputs.simulated)


def call_for(call: Call, view: View, not_counted: frozenset[tuple[str, str]] = frozenset()) -> Call:
    """A call as a reader may see it: neither its key nor its files' digests, nor what loading said of it.

    `not_counted` are pairs whose reviews do not count; nobody outside the Sides reads them. The plan stays whole:
    it is the call's text.
    """
    plan = call.plan.plan
    proposals = (proposal_for(one, plan, view) for one in call.proposals if one.id in view.proposals)
    experts = (_expert(one, view) for one in call.experts if one.id in view.experts)
    reviews = (_score(one, view) for one in call.reviews or () if _score_is_shown(one, view, not_counted))
    own = view.reader.side
    return Call(
        plan=replace(call.plan, warnings=()),
        proposals=tuple(sorted(proposals, key=lambda one: one.id)),
        experts=tuple(sorted(experts, key=lambda one: one.id)),
        publications=tuple(_publications(call, view)),
        declared=tuple(
            sorted(
                declared_for(call, view), key=lambda one: (one.proposal, one.expert, one.reason, str(one.declared_by))
            )
        ),
        reviews=None
        if call.reviews is None
        else tuple(sorted(reviews, key=lambda one: (one.proposal, one.expert, one.criterion))),
        consensus=None if call.consensus is None else tuple(_consensus(call, view)),
        commitments=tuple(one for one in call.commitments if view.shows("lottery") or one.side == own),
        reveals=tuple(one for one in call.reveals if view.shows("lottery") or one.side == own),
        lottery_root=call.lottery_root,
    )


def _not_counted(walk: Walk) -> frozenset[tuple[str, str]]:
    left_out = () if walk.ranking is None else walk.ranking.result.left_out
    return frozenset((one.proposal, one.expert) for one in left_out)


def comments_for(walk: Walk, view: View) -> tuple[Comment, ...]:
    """Every comment that a reader may see, by proposal, criterion and expert; the panel's first."""
    call, dropped = walk.inputs.call, _not_counted(walk)
    found = [
        Comment(proposal=view.proposals[one.proposal], criterion=one.criterion, expert=None, text=one.comment)
        for one in call.consensus or ()
        if one.comment and one.proposal in view.proposals and view.shows("comments")
    ]
    for one in call.reviews or ():
        counts = view.reader.kind in {"sides", "side"} or (one.proposal, one.expert) not in dropped
        if one.comment and counts and one.proposal in view.proposals and view.of_expert(one.expert, "comments"):
            expert = view.experts[one.expert]
            proposal = view.proposals[one.proposal]
            found.append(Comment(proposal=proposal, criterion=one.criterion, expert=expert, text=one.comment))
    return tuple(sorted(found, key=lambda one: (one.proposal, one.criterion, one.expert or "")))


def proposal_for(proposal: Proposal, plan: Plan, view: View) -> Proposal:
    """A proposal as a reader may see it; a text that is held back is empty, and a length that is, 0."""
    side, applicants = view.reader.kind == "side", view.reader.proposal is not None
    return Proposal.model_construct(
        id=view.proposals[proposal.id],
        title=proposal.title if view.shows("title") else "",
        abstract=proposal.abstract if view.shows("abstract") else "",
        topic=proposal.topic if view.shows("topic") else "",
        duration_months=proposal.duration_months if view.shows("abstract") else 0,
        partners=tuple(_partners(proposal, plan, view)),
        joint_reference=proposal.joint_reference if (side or applicants) and view.shows("title") else None,
        excluded_experts=()
        if not side
        else tuple(
            sorted(view.experts[name] for name in proposal.excluded_experts if view.of_expert(name, "conflicts"))
        ),
    )


def _partners(proposal: Proposal, plan: Plan, view: View) -> Iterator[Partner]:
    """The partners in their order; of a Side whose money alone is shown, one without a name that asks for all of it."""
    asking = {side.id for side in plan.side if view.money(side.id) and not view.partners(side.id)}
    for partner in proposal.partners:
        if view.partners(partner.side):
            yield _partner(partner, view)
        elif partner.side in asking:
            asking.remove(partner.side)
            side = plan.side_of(partner.side)
            yield Partner.model_construct(
                organisation="",
                country="",
                side=side.id,
                role="partner",
                requested=amount_text(proposal.requested(side), side.unit),
                unit=side.unit,
            )


def _partner(partner: Partner, view: View) -> Partner:
    money, people = view.money(partner.side), view.people(partner.side)
    return Partner.model_construct(
        organisation=partner.organisation,
        country=partner.country,
        city=partner.city,
        ror=partner.ror,
        department=partner.department,
        side=partner.side,
        role=partner.role,
        investigators=tuple(_investigator(who) for who in partner.investigators) if people else (),
        requested=partner.requested if money else "0",
        unit=partner.unit,
        overhead=partner.overhead if money else None,
    )


def _investigator(who: Investigator) -> Investigator:
    return Investigator.model_construct(id=who.id, name=who.name, orcid=who.orcid, lead=who.lead)


def _expert(expert: Expert, view: View) -> Expert:
    """An expert by name and with all that the own Side knows, or by a pseudonym with the Side and nothing else."""
    if view.of_expert(expert.id, "experts"):
        return expert
    side = expert.side if view.reader.kind == "side" else None
    return Expert.model_construct(id=view.experts[expert.id], side=side, organisation="")


def _publications(call: Call, view: View) -> Iterator[Publication]:
    """The papers that a named expert lists: a paper gives its author away."""
    named = {name for one in call.experts if view.of_expert(one.id, "experts") for name in one.publications}
    yield from (one for one in call.publications if one.id in named or view.shows("experts"))


def declared_for(call: Call, view: View) -> Iterator[DeclaredConflict]:
    """The declared conflicts that a reader may see, in the call's order; the reason only where it gives nobody away."""
    for one in call.declared:
        if one.proposal in view.proposals and view.of_expert(one.expert, "conflicts"):
            told = view.evidence(one.expert)
            yield DeclaredConflict.model_construct(
                proposal=view.proposals[one.proposal],
                expert=view.experts[one.expert],
                reason=one.reason if told else "",
                declared_by=one.declared_by if told else None,
                kind=one.kind,
                year=one.year if told else None,
            )


def _score_is_shown(score: Score, view: View, not_counted: frozenset[tuple[str, str]]) -> bool:
    counts = view.reader.kind == "side" or (score.proposal, score.expert) not in not_counted
    return counts and score.proposal in view.proposals and view.of_expert(score.expert, "scores")


def _score(score: Score, view: View) -> Score:
    return Score.model_construct(
        proposal=view.proposals[score.proposal],
        expert=view.experts[score.expert],
        criterion=score.criterion,
        score=score.score,
        comment=score.comment if view.of_expert(score.expert, "comments") else None,
    )


def _consensus(call: Call, view: View) -> Iterator[ConsensusScore]:
    for one in call.consensus or ():
        if one.proposal in view.proposals and view.shows("totals"):
            yield ConsensusScore.model_construct(
                proposal=view.proposals[one.proposal],
                criterion=one.criterion,
                score=one.score,
                comment=one.comment if view.shows("comments") else None,
            )
