"""The example call: loads without a problem, holds what it promises, and is the same whenever it is made."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from accord.call.folder import Call, load_call
from accord.errors import InvalidInput
from accord.example import example_call, experts_needed
from accord.example.tables import first_sides, places, topics
from accord.plan.money import amount_text, minor_units

SIDES = (2, 3, 5, 12, 40)


@dataclass(frozen=True)
class Read:
    """An example call, read back by this test's own means."""

    files: Mapping[str, bytes]

    @property
    def plan(self) -> dict[str, Any]:
        return tomllib.loads(self.files["plan.toml"].decode())

    def rows(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[f"{name}.jsonl"].decode().split("\n") if line]

    def table(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[f"{name}.csv"].decode())))

    def reviewed(self) -> dict[str, dict[str, dict[str, Decimal]]]:
        found: dict[str, dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.table("reviews"):
            found[row["proposal"]][row["expert"]][row["criterion"]] = Decimal(row["score"])
        return found


@cache
def read(sides: int, proposals: int = 100, experts: int = 150, seed: int = 1) -> Read:
    return Read(example_call(sides=sides, proposals=proposals, experts=experts, seed=seed))


def loaded(files: Mapping[str, bytes], folder: Path) -> Call:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return load_call(folder)


@pytest.mark.parametrize("sides", [2, 3, 5])
def test_few_sides_load_without_error_or_warning(sides: int, tmp_path: Path) -> None:
    call = loaded(read(sides).files, tmp_path)
    assert call.warnings == ()
    assert (len(call.plan.plan.side), len(call.proposals), len(call.experts)) == (sides, 100, 150)
    assert call.reviews is not None
    assert call.consensus is None
    assert call.declared
    assert call.salt_key is not None
    assert len(call.salt_key) == 32


@pytest.mark.parametrize("sides", [12, 40])
def test_many_sides_load_and_only_miss_office_hours(sides: int, tmp_path: Path) -> None:
    call = loaded(read(sides).files, tmp_path)
    assert {warning.field for warning in call.warnings} == {"timeline.closes"}
    assert all("outside office hours" in warning.found for warning in call.warnings)


@pytest.mark.parametrize("sides", [2, 40])
@pytest.mark.parametrize("proposals", [1, 7])
def test_small_calls_load(sides: int, proposals: int, tmp_path: Path) -> None:
    files = example_call(sides=sides, proposals=proposals, experts=experts_needed(proposals), seed=0)
    call = loaded(files, tmp_path)
    assert len(call.proposals) == proposals
    assert call.reviews is not None
    assert len(call.reviews) == len({(row.proposal, row.expert) for row in call.reviews}) * 3
    assert {row.proposal for row in call.reviews} == {proposal.id for proposal in call.proposals}


def test_same_arguments_give_the_same_bytes() -> None:
    again = example_call(sides=2, proposals=100, experts=150, seed=1)
    assert again == read(2).files
    assert sorted(again) == [
        "README.txt",
        "conflicts.csv",
        "experts.jsonl",
        "plan.toml",
        "proposals.jsonl",
        "publications.jsonl",
        "reviews.csv",
        "salt.key",
    ]


def test_bytes_are_those_of_every_python_and_numpy() -> None:
    files = example_call(sides=3, proposals=40, experts=60, seed=7)
    digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
    # Changes with every change of the example's words and tables, on purpose; it may not change by itself.
    assert digest == "b57a4d98292b3f411be9eb1ceed3b2264efd16c39eef66b46a3a844dfae8c1f6"


def test_another_seed_gives_other_bytes_in_every_file() -> None:
    other = example_call(sides=2, proposals=100, experts=150, seed=2)
    assert all(content != other[name] for name, content in read(2).files.items())


def test_without_reviews_only_the_reviews_are_missing() -> None:
    before = example_call(sides=2, proposals=100, experts=150, seed=1, reviews=False)
    after = dict(read(2).files)
    readme = after.pop("README.txt").decode()
    del after["reviews.csv"]
    plain_readme = before.pop("README.txt").decode()
    assert plain_readme.count("review") == plain_readme.count("--without-reviews") == 1
    assert "reviews.csv" in readme
    assert before == after


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sides": 1}, "sides: found 1; give 2 to 40"),
        ({"sides": 41}, "sides: found 41; give 2 to 40"),
        ({"proposals": 0}, "proposals: found 0; give 1 to 30,000"),
        ({"proposals": 30_001}, "proposals: found 30,001; give 1 to 30,000"),
        ({"experts": 101}, "experts: found 101; give 102 to 100,000; fewer could not judge so many proposals"),
        ({"experts": 100_001}, "experts: found 100,001; give 102 to 100,000"),
        ({"seed": -1}, "seed: found -1; give at least 0"),
        ({"seed": 1.0}, "seed: found 1.0; give a whole number"),
        ({"sides": True}, "sides: found True; give a whole number"),
    ],
)
def test_arguments_out_of_range_are_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        example_call(**{"sides": 2, "proposals": 100, "experts": 150, "seed": 1, **changed})
    assert str(error.value) == told


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


def nearest_centroid(texts: list[str], labels: list[str]) -> float:
    """How often the centroid of the first half tells the label of the second."""
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts).toarray()
    half = len(texts) // 2
    known = sorted(set(labels[:half]))
    centroids = np.array([vectors[:half][np.array(labels[:half]) == label].mean(axis=0) for label in known])
    distances = ((vectors[half:, None, :] - centroids[None]) ** 2).sum(axis=2)
    told = [known[place] for place in distances.argmin(axis=1)]
    return float(np.mean([one == label for one, label in zip(told, labels[half:], strict=True)]))


def field_of(text: str) -> str:
    """The sub-field that most of a text's phrases come from."""
    known = {
        field.id: [*field.systems, *field.methods, *field.problems, *field.goals, *field.measures, *field.uses]
        for topic in topics()
        for field in topic.fields
    }
    return max(known, key=lambda one: sum(phrase.lower() in text.lower() for phrase in known[one]))


def test_words_tell_topics_and_subfields_apart() -> None:
    proposals = read(2, 400, 400).rows("proposals")
    texts = [f"{row['title']}\n{row['abstract']}" for row in proposals]
    fields = [field_of(text) for text in texts]
    of_topic = {field.id: topic.id for topic in topics() for field in topic.fields}
    assert [of_topic[field] for field in fields] == [row["topic"] for row in proposals]
    assert set(fields) == set(of_topic)
    assert nearest_centroid(texts, [row["topic"] for row in proposals]) > 0.9
    assert nearest_centroid(texts, fields) > 0.9
    papers = [f"{row['title']}\n{row['abstract']}" for row in read(2, 400, 400).rows("publications")]
    assert nearest_centroid(papers, [field_of(text) for text in papers]) > 0.9


@pytest.mark.parametrize("sides", range(2, 41))
def test_no_country_belongs_to_two_sides(sides: int) -> None:
    found = first_sides(sides)
    assert len({side.id for side in found}) == len(found) == sides
    countries = [country for side in found for country in side.countries]
    assert len(countries) == len(set(countries))
    assert set(countries) <= set(places())
    assert all(side.signatory["en"].startswith("Example") and "架空" in side.signatory["ja"] for side in found)


def test_no_city_stands_in_two_countries() -> None:
    cities = [city for place in places().values() for city in place.cities]
    assert len(cities) == len(set(cities))


def test_the_first_sides_are_those_of_the_instruments() -> None:
    assert [(side.id, side.countries[0], side.unit) for side in first_sides(5) if side.id != "EU"] == [
        ("JP", "JP", "JPY"),
        ("UK", "GB", "GBP"),
        ("DK", "DK", "DKK"),
        ("CH", "CH", "CHF"),
    ]
