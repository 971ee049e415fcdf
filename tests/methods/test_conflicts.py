from pathlib import Path
from typing import Any

import pytest

from accord.call.folder import Call, load_call
from accord.methods.conflicts import Conflict, conflicts, organisation_key
from calls import PLAN, expert, partner, proposal, publication, tables, write_call


def found(call: Call) -> tuple[Conflict, ...]:
    return conflicts(call.plan.plan, call.proposals, call.experts, call.publications, call.declared)


def of(tmp_path: Path, plan: str = PLAN, declared: str = "", **changed: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    files = {"conflicts": declared} if declared else {}
    folder = write_call(tmp_path / "call", plan=plan, rows={**tables(), **changed}, reviews=None, **files)
    return [(one.proposal, one.expert, one.kind, one.evidence) for one in found(load_call(folder))]


def test_the_small_call_has_none(tmp_path: Path) -> None:
    assert of(tmp_path) == []


def test_an_investigator_must_not_judge_the_own_proposal_whatever_the_plan_says(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", investigators=[{"id": "E1"}]),
        partner("EU", "Jena", "1", investigators=[{"id": "someone", "orcid": f"https://orcid.org/{orcid}"}]),
    ]
    plan = PLAN.replace("declared = true\nsame_organisation = true", "declared = false\nsame_organisation = false")
    told = of(
        tmp_path,
        plan,
        proposals=[proposal(1) | {"partners": partners}],
        experts=[expert(1, "JP"), expert(2, "EU", orcid=orcid), expert(3, "EU")],
    )
    assert told == [
        ("P1", "E1", "own-proposal", "takes part in it as investigator E1"),
        ("P1", "E2", "own-proposal", "takes part in it as investigator someone"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Université de Lille", "UNIVERSITE DE LILLE", True),
        ("Max-Planck-Institut (Halle)", "max planck institut, Halle", True),
        ("東京大学", "東京大学", True),
        ("ｱﾙﾌｧ研究所", "アルファ研究所", True),
        ("ガラス研究所", "カラス研究所", False),
        ("Institute of Light", "Institute of Matter", False),
    ],
)
def test_organisations_are_compared_without_case_accents_and_punctuation(one: str, other: str, *, same: bool) -> None:
    assert (organisation_key(one) == organisation_key(other)) is same


def test_the_same_organisation_by_name_and_by_ror(tmp_path: Path) -> None:
    partners = [
        partner("JP", "Institut für Licht", "1", role="coordinator"),
        partner("EU", "Centre of Matter", "1", ror="057zh3y96"),
    ]
    told = of(
        tmp_path,
        proposals=[proposal(1) | {"partners": partners}],
        experts=[
            expert(1, "JP", organisation="INSTITUT FUR LICHT"),
            expert(2, "EU", organisation="Matter Centre", ror="https://ror.org/057zh3y96"),
            expert(3, None),
        ],
    )
    assert told == [
        ("P1", "E1", "same-organisation", "both at Institut für Licht"),
        ("P1", "E2", "same-organisation", "both at ROR 057zh3y96"),
    ]


def test_coauthors_within_years_and_paper_size(tmp_path: Path) -> None:
    def wrote(year: int, authors: int | None = None) -> list[dict[str, Any]]:
        return [{"id": "I1", "last_year": year} | ({} if authors is None else {"authors": authors})]

    told = of(
        tmp_path,
        experts=[
            expert(1, "JP", coauthors=wrote(2023)),
            expert(2, "EU", coauthors=wrote(2022)),
            expert(3, "JP", coauthors=wrote(2026, 20)),
            expert(4, "EU", coauthors=wrote(2026, 21)),
        ],
    )
    assert told == [
        ("P1", "E1", "coauthor", "wrote with investigator I1, last in 2023"),
        ("P1", "E3", "coauthor", "wrote with investigator I1, last in 2026"),
    ]


def test_a_coauthor_who_applies_under_another_identifier_is_known_by_the_orcid(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", investigators=[{"id": "someone", "orcid": orcid}]),
        partner("EU", "Jena", "1"),
    ]
    told = of(
        tmp_path,
        proposals=[proposal(1) | {"partners": partners}],
        experts=[
            expert(1, "JP", orcid=orcid),
            expert(2, "EU", coauthors=[{"id": "E1", "last_year": 2026}]),
        ],
    )
    assert told == [
        ("P1", "E1", "own-proposal", "takes part in it as investigator someone"),
        ("P1", "E2", "coauthor", "wrote with investigator someone, last in 2026"),
    ]


def test_an_investigators_own_list_of_coauthors_counts_too(tmp_path: Path) -> None:
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", investigators=[{"id": "E1"}]),
        partner("EU", "Jena", "1"),
    ]
    told = of(
        tmp_path,
        proposals=[proposal(1) | {"partners": partners}],
        experts=[expert(1, "JP", coauthors=[{"id": "E2", "last_year": 2025}]), expert(2, "EU")],
    )
    assert told == [
        ("P1", "E1", "own-proposal", "takes part in it as investigator E1"),
        ("P1", "E2", "coauthor", "wrote with investigator E1, last in 2025"),
    ]


def test_a_paper_that_an_investigator_and_an_expert_both_list(tmp_path: Path) -> None:
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", investigators=[{"id": "E1"}]),
        partner("EU", "Jena", "1"),
    ]
    old = publication(2) | {"year": 2020}
    crowd = publication(3) | {"authors": 40}
    told = of(
        tmp_path,
        proposals=[proposal(1) | {"partners": partners}],
        experts=[
            expert(1, "JP") | {"publications": ["W1", "W2", "W3"]},
            expert(2, "EU") | {"publications": ["W1"]},
            expert(3, "EU") | {"publications": ["W2", "W3"]},
        ],
        publications=[publication(1), old, crowd],
    )
    assert told == [
        ("P1", "E1", "own-proposal", "takes part in it as investigator E1"),
        ("P1", "E2", "coauthor", "wrote W1 (2025) with investigator E1"),
    ]


def test_declared_ones_and_those_whom_applicants_exclude(tmp_path: Path) -> None:
    declared = "proposal,expert,reason,declared_by\nP2,E3,former supervisor,JP\n"
    plan = PLAN.replace("same_organisation = true", "same_organisation = true\nexcluded_by_applicants = { max = 2 }")
    excluding = [proposal(1) | {"excluded_experts": ["E4", "E99"]}, proposal(2)]
    assert of(tmp_path / "one", plan, declared, proposals=excluding) == [
        ("P1", "E4", "excluded-by-applicants", "named by the applicants"),
        ("P2", "E3", "declared", "former supervisor (declared by JP)"),
    ]
    without = PLAN.replace("declared = true", "declared = false")
    assert of(tmp_path / "two", without, declared, proposals=excluding) == []


def test_like_a_slow_search_on_the_reference_call(quantum_call: Path) -> None:
    call = load_call(quantum_call)
    papers = {paper.id: paper for paper in call.publications}
    by_id = {one.id: one for one in call.experts}
    slow = set()
    for one in call.proposals:
        investigators = {who.id for part in one.partners for who in part.investigators}
        for judge in call.experts:
            if judge.id in investigators:
                slow.add((one.id, judge.id, "own-proposal"))
            if any(part.organisation == judge.organisation for part in one.partners):
                slow.add((one.id, judge.id, "same-organisation"))
            shared = {
                name
                for who in investigators - {judge.id}
                if who in by_id
                for name in set(by_id[who].publications) & set(judge.publications)
                if papers[name].year >= 2023
            }
            listed = any(mate.id in investigators and mate.last_year >= 2023 for mate in judge.coauthors)
            named = any(
                mate.id == judge.id and mate.last_year >= 2023
                for who in investigators
                if who in by_id
                for mate in by_id[who].coauthors
            )
            if shared or listed or named:
                slow.add((one.id, judge.id, "coauthor"))
    assert {(one.proposal, one.expert, one.kind) for one in found(call)} == slow
    assert len(slow) > 500
