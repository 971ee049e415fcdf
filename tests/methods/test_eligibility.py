from pathlib import Path
from typing import Any

import pytest

from accord.call.folder import load_call
from accord.methods.eligibility import FailedRule, Verdict, eligibility
from calls import PLAN, partner, proposal, tables, write_call


def verdict(tmp_path: Path, changed: dict[str, Any], plan: str = PLAN) -> Verdict:
    """The verdict on the first proposal with some keys changed, beside a second eligible one."""
    rows = {**tables(), "proposals": [proposal(1) | changed, proposal(2)]}
    call = load_call(write_call(tmp_path / "call", plan=plan, rows=rows, reviews=None))
    first, second = eligibility(call.plan.plan, call.proposals)
    assert second.proposal == "P2"
    return first


def failed(rule: str, found: str, side: str | None = None) -> FailedRule:
    return FailedRule(rule=rule, side=side, found=found)


JP = partner("JP", "Kyoto", "30000000", role="coordinator", investigators=[{"id": "I1"}])
EU = partner("EU", "Jena", "250000.00")


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({}, []),
        (
            {"partners": [JP]},
            [
                failed("partners.min", "1 partners count, at least 2 are needed"),
                failed("partners.min", "0 partners count, at least 1 are needed", "EU"),
                failed("partners.min_countries", "partners in no country, 1 are needed", "EU"),
            ],
        ),
        (
            {"partners": [JP, EU | {"requested": "0"}]},
            [
                failed("partners.min", "1 partners count, at least 2 are needed"),
                failed("partners.min", "0 partners count, at least 1 are needed", "EU"),
                failed("partners.min_countries", "partners in no country, 1 are needed", "EU"),
            ],
        ),
        (
            {"partners": [JP, *[EU | {"organisation": f"I{n}", "requested": "10"} for n in range(4)]]},
            [failed("partners.max", "5 partners, at most 4 are allowed")],
        ),
        ({"duration_months": 60}, [failed("duration_months", "60 months, the plan allows 12 to 48")]),
        (
            {"partners": [JP | {"requested": "60000001"}, EU]},
            [failed("request.max_per_proposal", "60000001 JPY requested, at most 60000000 may be", "JP")],
        ),
        ({"partners": [JP | {"requested": "60000000"}, EU]}, []),
        (
            {"partners": [JP, EU, EU | {"requested": "250000.01"}]},
            [failed("request.max_per_proposal", "500000.01 EUR requested, at most 500000.00 may be", "EU")],
        ),
        (
            {"partners": [JP, EU | {"country": "NO"}]},
            [failed("countries", "Jena is in NO, none of this Side's countries", "EU")],
        ),
    ],
)
def test_each_rule_by_name_and_side(tmp_path: Path, changed: dict[str, Any], rules: list[FailedRule]) -> None:
    assert verdict(tmp_path, changed) == Verdict(proposal="P1", failed=tuple(rules))


@pytest.mark.parametrize(
    ("old", "new", "changed", "rules"),
    [
        (
            'coordinator_sides = ["JP", "EU"]',
            'coordinator_sides = ["EU"]',
            {},
            [failed("coordinator_sides", "coordinated on JP, the plan allows EU")],
        ),
        (
            "partners = { min = 2, max = 4 }",
            "partners = { min = 2, max = 4 }\nunfunded_partners = { allowed = false, count_to_minimum = false }",
            {"partners": [JP, EU, EU | {"organisation": "Ulm", "requested": "0.00"}]},
            [failed("unfunded_partners.allowed", "no request for Ulm")],
        ),
        (
            "partners = { min = 2, max = 4 }",
            "partners = { min = 2, max = 4 }\nunfunded_partners = { allowed = true, count_to_minimum = true }",
            {"partners": [JP, EU | {"requested": "0"}]},
            [],
        ),
        (
            'request = { max_per_proposal = "60000000", basis = "total" }',
            'request = { max_per_proposal = "60000000", min_per_proposal = "30000001", basis = "total", '
            'overhead_max = "0.30" }',
            {"partners": [JP | {"overhead": "0.31"}, EU]},
            [
                failed("request.min_per_proposal", "30000000 JPY requested, at least 30000001 has to be", "JP"),
                failed("request.overhead_max", "overhead 0.31 of Kyoto, at most 0.3 is paid", "JP"),
            ],
        ),
        (
            'award_form = "commissioned-research"',
            'award_form = "commissioned-research"\nlead_required = true',
            {},
            [failed("lead_required", "no investigator is named as lead", "JP")],
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\nmax_share = "0.57"\n\n[exchange]\nreference = "EUR"\nas_of = 2026-01-05\n'
            'source = "illustrative"\nrates = { JPY = "160.00" }\n',
            {},
            [failed("max_share", "57.1% of the whole request, at most 57.0% may be", "EU")],
        ),
        (
            'coordinator_sides = ["JP", "EU"]',
            'coordinator_sides = ["JP", "EU"]\ninvestigators = { proposals = 1, as_coordinator = 1 }',
            {"partners": [JP | {"investigators": [{"id": "I2"}]}, EU]},
            [
                failed("investigators.proposals", "I2 takes part in 2 proposals, at most 1 are allowed"),
                failed("investigators.as_coordinator", "I2 coordinates 2 proposals, at most 1 are allowed"),
            ],
        ),
        (
            "same_organisation = true",
            "same_organisation = true\nexcluded_by_applicants = { max = 1 }",
            {"excluded_experts": ["E1", "E2"]},
            [failed("excluded_by_applicants.max", "2 experts excluded, at most 1 may be")],
        ),
    ],
)
def test_each_optional_rule(
    tmp_path: Path, old: str, new: str, changed: dict[str, Any], rules: list[FailedRule]
) -> None:
    assert PLAN.count(old) == 1
    assert verdict(tmp_path, changed, PLAN.replace(old, new)) == Verdict(proposal="P1", failed=tuple(rules))


def test_one_side_may_find_eligible_what_another_does_not() -> None:
    told = Verdict(proposal="P1", failed=(failed("countries", "…", "EU"),))
    assert [told.eligible_for("JP"), told.eligible_for("EU"), told.eligible] == [True, False, False]
    joint = Verdict(proposal="P1", failed=(failed("duration_months", "…"),))
    assert [joint.eligible_for("JP"), joint.eligible_for("EU")] == [False, False]


def test_the_reference_call(quantum_call: Path) -> None:
    call = load_call(quantum_call)
    refused = [one for one in eligibility(call.plan.plan, call.proposals) if not one.eligible]
    limits = {"JP": 110_000_000, "EU": 250_000_000}
    slow = {
        proposal.id
        for proposal in call.proposals
        for side in call.plan.plan.side
        if sum(side.minor(one.requested) for one in proposal.partners if one.side == side.id) > limits[side.id]
    }
    assert {one.proposal for one in refused} == slow
    assert len(slow) == 19
    assert {rule.rule for one in refused for rule in one.failed} == {"request.max_per_proposal"}
