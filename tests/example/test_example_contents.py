"""What the example call promises to hold: broken rules, conflicts, experts who suffice, budgets that run out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from example_reading import SIDES, Read, read

from accord.example import experts_needed
from accord.example.tables import topics
from accord.plan.money import amount_text, minor_units


@pytest.mark.parametrize("sides", SIDES)
def test_proposals_are_of_a_believable_size(sides: int) -> None:
    call = read(sides)
    proposals = call.rows("proposals")
    assert [row["id"] for row in proposals] == [f"P-{number:04d}" for number in range(1, 101)]
    assert len({row["title"] for row in proposals}) == 100
    assert all(100 <= len(row["abstract"].split()) <= 180 for row in proposals)
    assert not any(sign in row["title"] + row["abstract"] for row in proposals for sign in "{}")
    assert {row["topic"] for row in proposals} == {topic.id for topic in topics()}
    units = {side["id"]: side["unit"] for side in call.plan["side"]}
    for row in proposals:
        partners = row["partners"]
        assert len({partner["organisation"] for partner in partners}) == len(partners)
        assert 1 <= len({partner["side"] for partner in partners}) <= min(6, sides)
        assert sum(person.get("lead", False) for one in partners for person in one["investigators"]) == 1
        for partner in partners:
            asked, unit = partner["requested"], units[partner["side"]]
            assert partner["unit"] == unit
            assert asked == "0" or asked == amount_text(minor_units(asked, unit), unit)


def broken_rules(plan: Mapping[str, Any], proposal: Mapping[str, Any]) -> set[str]:
    """What a proposal breaks of the plan, by going through the rules one by one."""
    found = set()
    partners = proposal["partners"]
    counted = [partner for partner in partners if Decimal(partner["requested"]) > 0]
    rules = plan["eligibility"]
    if len(partners) < rules["partners"]["min"]:
        found.add("too few")
    elif len(counted) < rules["partners"]["min"]:
        found.add("too few that count")
    if len(partners) > rules["partners"]["max"]:
        found.add("too many")
    if not rules["duration_months"]["min"] <= proposal["duration_months"] <= rules["duration_months"]["max"]:
        found.add("duration")
    if next(one["side"] for one in partners if one["role"] == "coordinator") not in rules["coordinator_sides"]:
        found.add("coordinator")
    for side in plan["side"]:
        own = [partner for partner in partners if partner["side"] == side["id"]]
        if sum(Decimal(partner["requested"]) for partner in own) > Decimal(side["request"]["max_per_proposal"]):
            found.add("request")
        if not own and side["partners"]["min"]:
            found.add("no partner on a Side")
        elif sum(partner in counted for partner in own) < side["partners"]["min"]:
            found.add("too few on a Side")
        if own and len({partner["country"] for partner in own}) < side["partners"].get("min_countries", 0):
            found.add("countries")
        assert all(partner["country"] in side["countries"] for partner in own)
    return found


@pytest.mark.parametrize("sides", SIDES)
def test_a_few_proposals_break_each_rule_and_those_have_no_reviews(sides: int) -> None:
    call = read(sides)
    plan = call.plan
    broken = {row["id"]: broken_rules(plan, row) for row in call.rows("proposals")}
    ineligible = {name for name, rules in broken.items() if rules}
    assert 4 <= len(ineligible) <= 8
    wanted = {"too few", "too few that count", "duration", "request"}
    wanted |= {"no partner on a Side", "countries"} if sides <= 3 else set()
    wanted |= {"coordinator"} if sides >= 3 else set()
    assert wanted <= set().union(*broken.values())
    assert "too many" not in set().union(*broken.values())
    assert set(call.reviewed()) == set(broken) - ineligible
    some_unfunded = [
        row["id"] for row in call.rows("proposals") if "0" in {one["requested"] for one in row["partners"]}
    ]
    assert set(some_unfunded) - ineligible


def plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def conflicts(call: Read) -> dict[tuple[str, str], set[str]]:
    """Every conflict of proposal and expert, by looking at each pair."""
    closes = call.plan["timeline"]["closes"].year
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in call.table("conflicts"):
        found[row["proposal"], row["expert"]].add("declared")
    experts = call.rows("experts")
    called = {one["orcid"]: one["id"] for one in experts if "orcid" in one}
    for proposal in call.rows("proposals"):
        people = [person for partner in proposal["partners"] for person in partner["investigators"]]
        ids = {person["id"] for person in people}
        orcids = {person.get("orcid") for person in people} - {None}
        known = ids | {called[one] for one in orcids if one in called}
        places_of = {partner["organisation"] for partner in proposal["partners"]}
        for expert in experts:
            pair = proposal["id"], expert["id"]
            if expert["id"] in ids:
                found[pair].add("own proposal")
            elif expert.get("orcid") in orcids:
                found[pair].add("own proposal, by ORCID")
            if expert["organisation"] in places_of:
                found[pair].add("organisation")
            elif plain(expert["organisation"]) in {plain(one) for one in places_of}:
                found[pair].add("organisation, spelled differently")
            for other in expert["coauthors"]:
                recent = other["last_year"] >= closes - 3 and other["authors"] <= 20
                if other["id"] in known:
                    found[pair].add("coauthor" if recent else "coauthor, long ago or among many")
    return found


@pytest.mark.parametrize("sides", SIDES)
def test_every_kind_of_conflict_is_there_and_a_few_reviews_in_conflict_are_left_in(sides: int) -> None:
    call = read(sides)
    found = conflicts(call)
    kinds = set().union(*found.values())
    assert kinds == {
        "declared",
        "own proposal",
        "own proposal, by ORCID",
        "organisation",
        "organisation, spelled differently",
        "coauthor",
        "coauthor, long ago or among many",
    }
    left_in = []
    for proposal, given in call.reviewed().items():
        in_conflict = [expert for expert in given if (proposal, expert) in found]
        left_in += [found[proposal, expert] - {"coauthor, long ago or among many"} for expert in in_conflict]
        assert len(given) - len(in_conflict) == 3
        assert len(in_conflict) <= 1
        assert all(
            f"{expert} on {proposal}" in call.files["README.txt"].decode().replace("\n    ", " ")
            for expert in in_conflict
        )
    assert sorted(left_in, key=sorted) == [{"coauthor"}, {"declared"}, {"organisation, spelled differently"}]


@pytest.mark.parametrize(
    ("sides", "proposals", "seed"), [(2, 100, 1), (3, 100, 1), (40, 100, 1), (3, 9, 4), (2, 200, 3)]
)
def test_the_fewest_experts_suffice(sides: int, proposals: int, seed: int) -> None:
    call = read(sides, proposals, experts_needed(proposals), seed)
    found = conflicts(call)
    experts = {row["id"]: row for row in call.rows("experts")}
    loads: Counter[str] = Counter()
    for proposal, given in call.reviewed().items():
        loads.update(given.keys())
        free = [expert for expert in given if (proposal, expert) not in found]
        assert len(free) == 3
        if sides <= 3:
            assert {experts[expert].get("side") for expert in free} >= {one["id"] for one in call.plan["side"]}
    assert all(count <= experts[expert]["max_load"] for expert, count in loads.items())


@pytest.mark.parametrize("sides", SIDES)
def test_experts_and_publications_agree(sides: int) -> None:
    call = read(sides)
    papers = {row["id"]: row for row in call.rows("publications")}
    experts = call.rows("experts")
    writers = defaultdict(set)
    for expert in experts:
        assert 3 <= expert["max_load"] <= 6
        assert 2 <= len(set(expert["publications"])) == len(expert["publications"]) <= 5
        assert expert.get("orcid", "9999").startswith("9999")
        for paper in expert["publications"]:
            writers[paper].add(expert["id"])
    assert set(writers) == set(papers)
    assert 0 < sum("side" not in expert for expert in experts) < 10
    for expert in experts:
        others = {other["id"]: other for other in expert["coauthors"]}
        shared = defaultdict(list)
        for paper in expert["publications"]:
            for other in writers[paper] - {expert["id"]}:
                shared[other].append(papers[paper])
        # The rest are investigators: they have no list of publications.
        assert set(shared) <= set(others)
        assert all(not other.startswith("E-") or other in shared for other in others)
        for other, together in shared.items():
            assert others[other]["last_year"] == max(paper["year"] for paper in together)
            assert others[other]["authors"] == min(paper["authors"] for paper in together)
    if sides == 2:
        japanese = [expert["name"] for expert in experts if expert["country"] == "JP"]
        assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ \([㐀-鿿]{2} [㐀-鿿]{2}\)", name) for name in japanese)


def funded(call: Read) -> tuple[float, set[int]]:
    """The funded share by walking down the list of means, and where each Side first cannot pay."""
    totals = {}
    for proposal, given in call.reviewed().items():
        marks = np.array([[float(mark) for mark in scores.values()] for scores in given.values()]).mean(axis=0)
        if marks.min() >= 3 and marks.sum() >= 10:
            totals[proposal] = marks.sum()
    left = {side["id"]: Decimal(side["budget"]) for side in call.plan["side"]}
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for row in call.rows("proposals"):
        for partner in row["partners"]:
            asked[row["id"]][partner["side"]] += Decimal(partner["requested"])  # type: ignore[assignment]
    paid, first_short = 0, {}
    for place, proposal in enumerate(sorted(totals, key=lambda one: -totals[one])):
        short = [side for side, amount in asked[proposal].items() if amount > left[side]]
        for side in short:
            first_short.setdefault(side, place)
        if not short:
            paid += 1
            for side, amount in asked[proposal].items():
                left[side] -= amount
    return paid / len(asked), set(first_short.values())


@pytest.mark.parametrize("sides", SIDES)
def test_budgets_pay_for_some_and_run_out_at_different_points(sides: int) -> None:
    share, points = funded(read(sides))
    assert 0.15 <= share <= 0.30
    assert len(points) >= (1 if sides <= 3 else 3)  # where every Side pays in every proposal, one runs out for all
