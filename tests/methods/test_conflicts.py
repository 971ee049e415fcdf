from pathlib import Path
from typing import Any

import pytest

from accord.call.folder import Call, load_call
from accord.errors import UnusableFolder
from accord.methods.conflicts import Conflict, conflicts
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


def test_an_investigator_under_two_identifiers_is_one_person_everywhere(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"

    def applying(who: dict[str, Any]) -> list[dict[str, Any]]:
        return [partner("JP", "Kyoto", "1", role="coordinator", investigators=[who]), partner("EU", "Jena", "1")]

    told = of(
        tmp_path,
        proposals=[
            proposal(1) | {"partners": applying({"id": "E1"})},
            proposal(2) | {"partners": applying({"id": "someone", "orcid": orcid})},
        ],
        experts=[
            expert(1, "JP", orcid=orcid) | {"publications": ["W1"], "coauthors": [{"id": "E3", "last_year": 2025}]},
            expert(2, "EU") | {"publications": ["W1"]},
            expert(3, "EU"),
        ],
    )
    assert [(name, who, kind) for name, who, kind, _ in told] == [
        (name, who, kind)
        for name in ("P1", "P2")
        for who, kind in (("E1", "own-proposal"), ("E2", "coauthor"), ("E3", "coauthor"))
    ]


def test_joint_projects_count_as_far_back_as_the_plan_says(tmp_path: Path) -> None:
    declared = (
        "proposal,expert,reason,declared_by,kind,year\n"
        "P1,E3,Project Alpha,JP,joint-project,2021\n"
        "P1,E4,Project Beta,,joint-project,2020\n"
        "P2,E4,Project Gamma,,joint-project,2029\n"
        "P2,E5,former supervisor,,,\n"
    )
    plan = PLAN.replace("same_organisation = true", "same_organisation = true\njoint_projects = { years = 5 }")
    supervisor = ("P2", "E5", "declared", "former supervisor")
    assert of(tmp_path / "one", plan, declared) == [
        ("P1", "E3", "joint-project", "Project Alpha, until 2021 (declared by JP)"),
        ("P2", "E4", "joint-project", "Project Gamma, until 2029"),
        supervisor,
    ]
    assert of(tmp_path / "two", PLAN, declared) == [supervisor]
    told = [str(problem) for problem in load_call(tmp_path / "two" / "call").warnings]
    without = "kind: found 'joint-project'; it counts for nothing: the plan has no conflicts.joint_projects"
    assert told == [f"conflicts.csv:{line}: {without}" for line in (2, 3, 4)]
    undeclared = plan.replace("declared = true", "declared = false")
    assert [kind for _, _, kind, _ in of(tmp_path / "three", undeclared, declared)] == ["joint-project"] * 2


@pytest.mark.parametrize(("kind", "year"), [("joint-project", ""), ("declared", "2020"), ("", "2020")])
def test_a_joint_project_has_a_year_and_nothing_else_has(tmp_path: Path, kind: str, year: str) -> None:
    declared = f"proposal,expert,reason,declared_by,kind,year\nP1,E3,Alpha,,{kind},{year}\n"
    with pytest.raises(UnusableFolder, match="a joint-project has the year in which it ended or will end"):
        of(tmp_path, PLAN, declared)


def test_departments_count_where_the_plan_says_so(tmp_path: Path) -> None:
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", department="Physics"),
        partner("EU", "Jena", "1"),
    ]
    changed = {
        "proposals": [proposal(1) | {"partners": partners}],
        "experts": [
            expert(1, "JP", organisation="Kyoto", department="physics"),
            expert(2, "JP", organisation="Kyoto", department="Chemistry"),
            expert(3, "EU", organisation="Jena"),
        ],
    }
    plan = PLAN.replace("same_organisation = true", 'same_organisation = "department"')
    assert of(tmp_path / "one", plan, **changed) == [
        ("P1", "E1", "same-organisation", "both at Kyoto, Physics"),
        ("P1", "E3", "same-organisation", "both at Jena; the partner names no department"),
    ]
    whole = [name for _, name, _, _ in of(tmp_path / "two", PLAN, **changed)]
    assert whole == ["E1", "E2", "E3"]
    with pytest.raises(UnusableFolder, match=r"conflicts\.same_organisation: .*write true"):
        of(tmp_path / "three", PLAN.replace("same_organisation = true", 'same_organisation = "faculty"'))


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


KYOTO = {"Kyoto University", "KOKURITSU DAIGAKU HOJIN KYOTO DAIGAKU"}  # the only one that this call spells in two ways


def one_organisation(one: str, other: str) -> bool:
    return one == other or {one, other} == KYOTO


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
            if any(one_organisation(part.organisation, judge.organisation) for part in one.partners):
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
