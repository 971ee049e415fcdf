"""How a call stands, against counts made the slow way: row by row from the files' own JSON."""

import csv
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.call.folder import load_call
from accord.errors import UnusableFolder
from accord.example import example_call
from accord.methods.conflicts import conflicts
from accord.methods.eligibility import eligibility
from accord.pipeline.missing import BarePartner, FewExperts, FewReviews, Missing, ReviewsStatus
from accord.pipeline.panel import ConflictedExpert, ExpertsStatus, SideExperts
from accord.pipeline.status import (
    CountryStatus,
    Demand,
    FailedStatus,
    InvestigatorStatus,
    OrganisationStatus,
    Status,
    TopicStatus,
    ratio,
    status,
)
from accord.plan.calendar import calendar_checks
from calls import PLAN, REVIEWS, expert, partner, proposal, tables, write_call


def of(folder: Path) -> Status:
    return status(load_call(folder))


def test_the_small_call_as_a_whole(small_call: Path) -> None:
    call = load_call(small_call)
    jp = {"side": "JP", "unit": "JPY", "own_budget": False}
    eu = {"side": "EU", "unit": "EUR", "own_budget": False}
    topic_demand = [
        Demand(topic=topic, proposals=3, requested=requested, budget=budget, ratio=Decimal(part), **side)
        for topic in ("light", "matter")
        for side, requested, budget, part in ((jp, 90_000_000, 100_000_000, "0.9"), (eu, 75_000_000, 90_000_000, "0.8"))
    ]
    assert status(call) == Status(
        call="small",
        plan=call.plan.digest,
        proposals=6,
        eligible=6,
        topics=tuple(
            TopicStatus(topic=topic, proposals=3, eligible=3, by_coordinator=(("JP", 3), ("EU", 0)))
            for topic in ("light", "matter")
        ),
        demand=(
            Demand(topic=None, proposals=6, requested=180_000_000, budget=100_000_000, ratio=Decimal("1.8"), **jp),
            Demand(topic=None, proposals=6, requested=150_000_000, budget=90_000_000, ratio=Decimal("1.7"), **eu),
        ),
        demand_by_topic=tuple(topic_demand),
        failed=(),
        partners=12,
        countries=(
            CountryStatus(side="JP", country="JP", funded=6, unfunded=0, proposals=6),
            CountryStatus(side="EU", country="DE", funded=6, unfunded=0, proposals=6),
        ),
        organisations=(),
        investigators=(),
        experts=ExpertsStatus(
            number=6,
            load=24,
            needed=12,
            by_side=(
                SideExperts(side="JP", experts=3, load=12, needed=6),
                SideExperts(side="EU", experts=2, load=8, needed=6),
                SideExperts(side=None, experts=1, load=4, needed=0),
            ),
            without_publications=(),
            many=2,
            conflicted=(),
            pairs=0,
            kinds=(),
        ),
        declared=(),
        missing=Missing(
            tables=("conflicts", "lottery-commitments", "lottery-reveals"),
            empty_abstracts=(),
            without_investigators=tuple(
                BarePartner(proposal=f"P{number}", organisation=f"Institut {number} Jena", side="EU")
                for number in range(1, 7)
            ),
            few_experts=(),
            reviews=ReviewsStatus(counted=12, needed=12, few=()),
            without_consensus=(),
        ),
        recorded_only=(),
        calendar=calendar_checks(call.plan.plan),
    )


@given(st.integers(0, 10**12), st.integers(1, 10**10))
def test_a_ratio_has_one_decimal_rounded_half_up(part: int, whole: int) -> None:
    exact = Fraction(part, whole)
    lower = Decimal(exact.numerator * 10**20 // exact.denominator).scaleb(-20)  # exact enough to tell a half
    assert ratio(part, whole) == lower.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def test_a_budget_of_zero_has_no_ratio() -> None:
    assert ratio(5, 0) is None


def test_a_budget_of_one_topic_is_what_that_topic_is_held_against(tmp_path: Path) -> None:
    plan = PLAN.replace(
        'award_form = "grant"', 'award_form = "grant"\ntopic_budgets = [{ topic = "light", amount = "300000.00" }]'
    )
    found = of(write_call(tmp_path / "call", plan=plan))
    of_light, of_matter = (
        next(one for one in found.demand_by_topic if (one.side, one.topic) == ("EU", topic))
        for topic in ("light", "matter")
    )
    assert (of_light.budget, of_light.own_budget, of_light.ratio) == (30_000_000, True, Decimal("2.5"))
    assert (of_matter.budget, of_matter.own_budget, of_matter.ratio) == (90_000_000, False, Decimal("0.8"))
    assert found.recorded_only == ()


def test_failed_rules_by_side_and_money_of_eligible_proposals_only(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["duration_months"] = 60
    for number in (1, 2):
        rows["proposals"][number]["partners"][1]["requested"] = "500000.01"
    rows["proposals"][2]["duration_months"] = 6
    found = of(write_call(tmp_path / "call", rows=rows))
    assert found.failed == (
        FailedStatus(rule="duration_months", side=None, proposals=("P1", "P3")),
        FailedStatus(rule="request.max_per_proposal", side="EU", proposals=("P2", "P3")),
    )
    assert (found.proposals, found.eligible) == (6, 3)
    assert [(one.proposals, one.requested) for one in found.demand] == [(3, 90_000_000), (3, 75_000_000)]
    assert [(one.proposals, one.eligible) for one in found.topics] == [(3, 1), (3, 2)]
    assert found.experts.needed == 6
    assert found.missing.reviews == ReviewsStatus(counted=6, needed=6, few=())


def test_organisations_by_ror_or_name_and_people_by_orcid_or_identifier(tmp_path: Path) -> None:
    rows = tables()
    ror, orcid = "https://ror.org/057zh3y96", "0000-0002-1825-0097"
    partners = [row["partners"] for row in rows["proposals"]]
    partners[0][0] |= {"organisation": "University of Tokyo", "ror": ror}
    partners[1][0] |= {"organisation": "東京大学", "ror": ror}
    partners[2][0] |= {"organisation": "UNIVERSITY of  Tokyo"}
    partners[2].append(partner("JP", "University of Tokyo", "0"))
    partners[3][1] |= {"organisation": "Institut 5 Jena", "investigators": [{"id": "A", "name": "Ada", "orcid": orcid}]}
    partners[5][0]["investigators"] = [{"id": "B", "orcid": orcid}, {"id": "I5"}]
    found = of(write_call(tmp_path / "call", rows=rows, reviews=None))
    assert found.organisations == (
        OrganisationStatus(name="University of Tokyo", sides=("JP",), proposals=("P1", "P2", "P3"), coordinates=3),
        OrganisationStatus(name="Institut 5 Jena", sides=("EU",), proposals=("P4", "P5"), coordinates=0),
    )
    assert found.investigators == (
        InvestigatorStatus(id=orcid, name="Ada", proposals=("P4", "P6"), coordinates=1),
        InvestigatorStatus(id="I5", name=None, proposals=("P5", "P6"), coordinates=2),
    )
    assert found.countries[0] == CountryStatus(side="JP", country="JP", funded=6, unfunded=1, proposals=6)
    assert found.missing.reviews is None
    assert found.missing.tables[:2] == ("conflicts", "reviews")


def test_experts_who_cannot_be_asked(tmp_path: Path) -> None:
    rows = tables()
    rows["experts"][1]["organisation"] = "Institut 1 Jena"
    rows["experts"][3]["max_load"] = 0
    rows["experts"].append(expert(7, "EU", publications=[], organisation="Institut 1 Jena"))
    declared = "proposal,expert,reason,declared_by\nP2,E1,supervised,JP\nP3,E1,friend,\nP2,E2,,JP\n".replace(
        ",,JP", ",kin,JP"
    )
    found = of(write_call(tmp_path / "call", rows=rows, conflicts=declared, reviews=None))
    panel = found.experts
    assert panel.without_publications == ("E7",)
    assert panel.conflicted == (
        ConflictedExpert(expert="E1", side="JP", proposals=2),
        ConflictedExpert(expert="E2", side="EU", proposals=2),
    )
    assert (panel.pairs, panel.kinds) == (5, (("declared", 3), ("same-organisation", 2)))
    assert (panel.number, panel.load) == (7, 24)
    assert found.missing.few_experts == (FewExperts(proposal="P1", side="EU", free=0, needed=1),)
    assert [(one.proposal, one.expert, one.declared_by) for one in found.declared] == [
        ("P2", "E1", "JP"),
        ("P2", "E2", "JP"),
        ("P3", "E1", None),
    ]
    assert "conflicts" not in found.missing.tables


def test_reviews_that_are_missing_or_do_not_count(tmp_path: Path) -> None:
    lines = [line for line in REVIEWS.splitlines(keepends=True) if not line.startswith(("P2,E3", "P5"))]
    declared = "proposal,expert,reason\nP1,E1,friend\n"
    found = of(write_call(tmp_path / "call", reviews="".join(lines), conflicts=declared))
    assert found.missing.reviews == ReviewsStatus(
        counted=8,
        needed=12,
        few=(
            FewReviews(proposal="P1", counted=1, in_conflict=1, needed=2),
            FewReviews(proposal="P2", counted=1, in_conflict=0, needed=2),
            FewReviews(proposal="P5", counted=0, in_conflict=0, needed=2),
        ),
    )


def test_what_the_panel_has_not_agreed_on_yet(tmp_path: Path) -> None:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "consensus"')
    agreed = "proposal,criterion,score\n" + "".join(
        f"P{n},{c},4\n" for n in (1, 2, 4) for c in ("excellence", "impact")
    )
    assert of(write_call(tmp_path / "some", plan=plan, consensus=agreed)).missing.without_consensus == (
        "P3",
        "P5",
        "P6",
    )
    early = of(write_call(tmp_path / "none", plan=plan, reviews=None))
    assert early.missing.without_consensus == ()
    assert "consensus" in early.missing.tables


def test_empty_abstracts(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][4]["abstract"] = " \n"
    assert of(write_call(tmp_path / "call", rows=rows)).missing.empty_abstracts == ("P5",)


def test_the_day_after_closing_experts_are_not_there_yet(tmp_path: Path) -> None:
    rows = {"proposals": tables()["proposals"]}
    folder = write_call(tmp_path / "call", rows=rows, reviews=None)
    found = status(load_call(folder, early=True))
    assert found.missing.tables[:2] == ("experts", "publications")
    assert (found.experts.number, found.experts.needed, found.missing.few_experts) == (0, 12, ())
    assert (found.proposals, found.demand) == (6, of(write_call(tmp_path / "whole")).demand)
    with pytest.raises(UnusableFolder, match=r"experts\.jsonl: the file is missing"):
        load_call(write_call(tmp_path / "reviewed", rows=rows), early=True)
    rows["proposals"].append(proposal(7, duration_months=0))
    with pytest.raises(UnusableFolder, match=r"proposals\.jsonl:7"):
        load_call(write_call(tmp_path / "faulty", rows=rows, reviews=None), early=True)


def test_a_whole_folder_loads_the_same_both_ways(small_call: Path) -> None:
    assert load_call(small_call, early=True) == load_call(small_call)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def check_against_the_files(folder: Path) -> None:
    """The counts that a person could make with the files open, by other means than the software's own."""
    call = load_call(folder)
    found = status(call)
    plan = call.plan.plan
    proposals, experts = rows_of(folder / "proposals.jsonl"), rows_of(folder / "experts.jsonl")
    able = {one.proposal for one in eligibility(plan, call.proposals) if one.eligible}
    must_not_meet = {
        (one.proposal, one.expert)
        for one in conflicts(plan, call.proposals, call.experts, call.publications, call.declared)
    }
    for demand in found.demand + found.demand_by_topic:
        asked = [
            sum(Decimal(row["requested"]) for row in one["partners"] if row["side"] == demand.side)
            for one in proposals
            if one["id"] in able and demand.topic in {None, one["topic"]}
        ]
        budget = Decimal(plan.side_of(demand.side).budget)
        scale = 10 ** plan.side_of(demand.side).exponent
        assert (demand.requested, demand.budget) == (sum(asked) * scale, budget * scale)
        assert demand.ratio == (sum(asked) / budget).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        assert demand.proposals == sum(amount > 0 for amount in asked)
    for topic in found.topics:
        for side, number in topic.by_coordinator:
            assert number == sum(
                one["topic"] == topic.topic
                and [row["side"] for row in one["partners"] if row["role"] == "coordinator"] == [side]
                for one in proposals
            )
    partners = [
        (row["side"], row["country"], float(row["requested"]) > 0) for one in proposals for row in one["partners"]
    ]
    assert sum(one.funded + one.unfunded for one in found.countries) == len(partners) == found.partners
    for country in found.countries:
        assert country.funded == partners.count((country.side, country.country, True))
        assert country.unfunded == partners.count((country.side, country.country, False))
    load = sum(one.get("max_load", plan.review.max_load) for one in experts)
    assert (found.experts.number, found.experts.load) == (len(experts), load)
    assert found.experts.needed == len(able) * plan.review.experts_per_proposal
    barred = Counter(who for one, who in must_not_meet if one in able)
    assert {(one.expert, one.proposals) for one in found.experts.conflicted} == {
        (who, number) for who, number in barred.items() if number >= found.experts.many
    }
    few = set()
    for one in able:
        free = [who for who in experts if (one, who["id"]) not in must_not_meet and who.get("max_load", 1) > 0]
        if len(free) < plan.review.experts_per_proposal:
            few.add((one, None, len(free)))
        for side in plan.sides:
            own = sum(who.get("side") == side for who in free)
            if own < plan.review.min_experts_per_side:
                few.add((one, side, own))
    assert {(one.proposal, one.side, one.free) for one in found.missing.few_experts} == few
    if call.reviews is not None:
        with (folder / "reviews.csv").open(encoding="utf-8") as stream:
            pairs = {(row["proposal"], row["expert"]) for row in csv.DictReader(stream)}
        counted = [pair for pair in pairs if pair[0] in able and pair not in must_not_meet]
        assert found.missing.reviews is not None
        assert found.missing.reviews.counted == len(counted)


def test_the_reference_call(quantum_call: Path) -> None:
    check_against_the_files(quantum_call)
    found = of(quantum_call)
    assert [(one.side, str(one.ratio)) for one in found.demand] == [("JP", "9.1"), ("EU", "9.4")]
    assert (found.proposals, found.eligible, found.experts.number, found.experts.load) == (117, 98, 195, 847)


@pytest.mark.parametrize("sides", [2, 5, 12])
def test_example_calls(tmp_path: Path, sides: int) -> None:
    folder = tmp_path / "call"
    folder.mkdir()
    for name, content in example_call(sides=sides, proposals=40, experts=60, seed=sides).items():
        (folder / name).write_bytes(content)
    check_against_the_files(folder)
