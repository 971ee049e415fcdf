"""Eligibility: a verdict for each proposal and Side, every failed rule by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Final

from accord.call.values import Investigator, Partner, Proposal
from accord.plan.model import Plan, Side
from accord.plan.money import amount_text, compared
from accord.plan.practice import type_of_list
from accord.plan.types import Block

METHOD: Final = "eligibility"
VERSION: Final = "1"


class FailedRule(Block):
    """A rule of the plan that a proposal does not meet, and what was found. No Side means: every Side's rule."""

    rule: str
    side: str | None = None
    found: str


class Verdict(Block):
    """Whether a proposal is eligible, and every rule that it fails."""

    proposal: str
    failed: Annotated[tuple[FailedRule, ...], type_of_list] = ()

    @property
    def eligible(self) -> bool:
        """Whether it meets every rule."""
        return not self.failed

    def eligible_for(self, side: str) -> bool:
        """Whether it meets the joint rules and those of one Side."""
        return all(rule.side not in {None, side} for rule in self.failed)


def eligibility(plan: Plan, proposals: Sequence[Proposal]) -> tuple[Verdict, ...]:
    """A verdict for each proposal, in their order, by the plan's joint rules and every Side's own."""
    limited = plan.eligibility.investigators is not None
    taking_part, coordinating = _appearances(proposals if limited else ())  # people are not read without a limit
    return tuple(
        Verdict(
            proposal=proposal.id,
            failed=(
                *_joint(plan, proposal),
                *_investigators(plan, proposal, taking_part, coordinating),
                *(failed for side in plan.side for failed in _of_side(plan, side, proposal)),
            ),
        )
        for proposal in proposals
    )


def _joint(plan: Plan, proposal: Proposal) -> Iterator[FailedRule]:
    rules = plan.eligibility
    unfunded = [partner for partner in proposal.partners if not partner.funded]
    counted = len(proposal.partners) - (0 if rules.unfunded_partners.count_to_minimum else len(unfunded))
    if counted < rules.partners.min:
        found = f"{counted} partners count, at least {rules.partners.min} are needed"
        yield FailedRule(rule="partners.min", found=found)
    if len(proposal.partners) > rules.partners.max:
        found = f"{len(proposal.partners)} partners, at most {rules.partners.max} are allowed"
        yield FailedRule(rule="partners.max", found=found)
    if unfunded and not rules.unfunded_partners.allowed:
        names = ", ".join(partner.organisation for partner in unfunded)
        yield FailedRule(rule="unfunded_partners.allowed", found=f"no request for {names}")
    months = rules.duration_months
    if months is not None and not months.min <= proposal.duration_months <= months.max:
        found = f"{proposal.duration_months} months, the plan allows {months.min} to {months.max}"
        yield FailedRule(rule="duration_months", found=found)
    coordinator = next(partner for partner in proposal.partners if partner.role == "coordinator")
    if coordinator.side not in rules.coordinator_sides:
        found = f"coordinated on {coordinator.side}, the plan allows {', '.join(rules.coordinator_sides)}"
        yield FailedRule(rule="coordinator_sides", found=found)
    exclusions = plan.conflicts.excluded_by_applicants
    if exclusions is not None and len(proposal.excluded_experts) > exclusions.max:
        found = f"{len(proposal.excluded_experts)} experts excluded, at most {exclusions.max} may be"
        yield FailedRule(rule="excluded_by_applicants.max", found=found)


def _of_side(plan: Plan, side: Side, proposal: Proposal) -> Iterator[FailedRule]:
    partners = [partner for partner in proposal.partners if partner.side == side.id]
    yield from _partners_of_side(plan, side, partners)
    requested = proposal.requested(side)
    most, least = side.request.max_per_proposal, side.request.min_per_proposal
    if most is not None and requested > side.minor(most):
        found = f"{amount_text(requested, side.unit)} {side.unit} requested, at most {most} may be"
        yield FailedRule(rule="request.max_per_proposal", side=side.id, found=found)
    if least is not None and 0 < requested < side.minor(least):
        found = f"{amount_text(requested, side.unit)} {side.unit} requested, at least {least} has to be"
        yield FailedRule(rule="request.min_per_proposal", side=side.id, found=found)
    ceiling = side.request.overhead_max
    for partner in partners:
        if ceiling is not None and partner.overhead is not None and partner.overhead > ceiling:
            found = f"overhead {partner.overhead} of {partner.organisation}, at most {ceiling} is paid"
            yield FailedRule(rule="request.overhead_max", side=side.id, found=found)
    if side.max_share is not None:
        share = _share(plan, proposal, side)
        if share > Fraction(side.max_share):
            found = f"{float(share):.1%} of the whole request, at most {float(side.max_share):.1%} may be"
            yield FailedRule(rule="max_share", side=side.id, found=found)


def _partners_of_side(plan: Plan, side: Side, partners: Sequence[Partner]) -> Iterator[FailedRule]:
    counts = plan.eligibility.unfunded_partners.count_to_minimum
    counted = [partner for partner in partners if partner.funded or counts]
    if len(counted) < side.partners.min:
        found = f"{len(counted)} partners count, at least {side.partners.min} are needed"
        yield FailedRule(rule="partners.min", side=side.id, found=found)
    if side.partners.max is not None and len(partners) > side.partners.max:
        found = f"{len(partners)} partners, at most {side.partners.max} are allowed"
        yield FailedRule(rule="partners.max", side=side.id, found=found)
    countries = sorted({partner.country for partner in counted})
    if len(countries) < side.partners.min_countries:
        found = f"partners in {', '.join(countries) or 'no country'}, {side.partners.min_countries} are needed"
        yield FailedRule(rule="partners.min_countries", side=side.id, found=found)
    for partner in partners:
        if partner.country not in side.countries:
            found = f"{partner.organisation} is in {partner.country}, none of this Side's countries"
            yield FailedRule(rule="countries", side=side.id, found=found)
    if side.lead_required and partners and not any(who.lead for one in partners for who in one.investigators):
        yield FailedRule(rule="lead_required", side=side.id, found="no investigator is named as lead")


def _share(plan: Plan, proposal: Proposal, side: Side) -> Fraction:
    """The part of a proposal's whole request that falls to one Side, compared at the plan's dated rates."""
    if plan.exchange is None:
        raise ValueError("a limit to one Side's share needs the plan's rates; loading has checked it")
    rates = {plan.exchange.reference: "1", **plan.exchange.rates}
    parts = {one.id: compared(proposal.requested(one), one.unit, rates[one.unit]) for one in plan.side}
    whole = sum(parts.values())
    return parts[side.id] / whole if whole else Fraction(0)


def _appearances(proposals: Sequence[Proposal]) -> tuple[Counter[str], Counter[str]]:
    taking_part: Counter[str] = Counter()
    coordinating: Counter[str] = Counter()
    for proposal in proposals:
        taking_part.update({person(who) for partner in proposal.partners for who in partner.investigators})
        for partner in proposal.partners:
            if partner.role == "coordinator":
                coordinating.update({person(who) for who in partner.investigators})
    return taking_part, coordinating


def person(investigator: Investigator) -> str:
    """What tells an investigator apart across proposals: the ORCID where known, else the identifier."""
    return investigator.orcid or investigator.id


def _investigators(
    plan: Plan, proposal: Proposal, taking_part: Counter[str], coordinating: Counter[str]
) -> Iterator[FailedRule]:
    limits = plan.eligibility.investigators
    if limits is None:
        return
    for partner in proposal.partners:
        for who in partner.investigators:
            count = taking_part[person(who)]
            if limits.proposals is not None and count > limits.proposals:
                found = f"{who.id} takes part in {count} proposals, at most {limits.proposals} are allowed"
                yield FailedRule(rule="investigators.proposals", found=found)
            count = coordinating[person(who)]
            if partner.role == "coordinator" and limits.as_coordinator is not None and count > limits.as_coordinator:
                found = f"{who.id} coordinates {count} proposals, at most {limits.as_coordinator} are allowed"
                yield FailedRule(rule="investigators.as_coordinator", found=found)
