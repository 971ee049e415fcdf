"""Counter-examples that were hunted for in the conflicts: names of real organisations, and who is known by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.call.values import Expert, Partner, Proposal
from accord.methods.conflicts import conflicts
from accord.methods.conflicts.organisations import at_one_organisation
from calls import expert, partner, proposal, tables, write_call

ORCID = "0000-0002-1825-0097"


def are_one(one: str, other: str) -> bool:
    """Whether a partner and an expert of these organisations, in one country, are in conflict."""
    who = Partner(organisation=one, country="DK", side="DK", role="partner", requested="1", unit="DKK")
    whole = Proposal(id="P1", title="x", abstract="", topic="t", duration_months=12, partners=(who,))
    return bool(
        list(at_one_organisation([whole], [Expert(id="E1", organisation=other, country="DK")], department=False))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東京大学", "東京　大学"),
        ("University of Tokyo", "Tokyo University"),
        ("Rolls-Royce plc", "RollsRoyce"),
        ("日本電信電話株式会社", "日本電信電話 株式会社"),
        ("理化学研究所", "国立研究開発法人 理化学研究所"),
        ("ETH Zürich", "ETH Zuerich"),
        ("King's College London", "King’s College, London"),
        ("Fraunhofer-Gesellschaft e. V.", "Fraunhofer-Gesellschaft"),
        ("Aarhus Universitet", "Århus University"),
        ("Copenhagen University", "University of Copenhagen"),
        ("Technical University of Denmark", "Technical University Denmark"),
        ("Novo Nordisk A/S", "NOVO NORDISK"),
        ("IQM Finland Oy", "IQM Finland"),
        ("L'Oréal S.A.", "L’Oreal SA"),
        ("ＮＴＴ", "NTT Corporation"),
        ("Ecole Normale Supérieure", "École normale supérieure"),
    ],
)
def test_names_of_one_organisation(one: str, other: str) -> None:
    assert are_one(one, other)
    assert are_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Tokyo", "Tokyo University of Science"),
        ("東京大学", "東京理科大学"),
        ("大阪大学", "大阪市立大学"),
        ("University of Oxford", "Oxford Brookes University"),
        ("Technical University of Munich", "University of Munich"),
        ("Imperial College London", "University College London"),
        ("King's College London", "King's College Cambridge"),
        ("Max Planck Institute for Physics", "Max Planck Institute for Chemistry"),
        ("NEC", "NTT"),
        ("École Polytechnique", "École Polytechnique Fédérale de Lausanne"),
        ("Queen's University Belfast", "Queen Mary University"),
        ("かがく株式会社", "がかく株式会社"),
        ("Northwestern University", "Northeastern University"),
        ("---", "***"),
    ],
)
def test_names_of_two_organisations(one: str, other: str) -> None:
    assert not are_one(one, other)


def test_whom_an_investigators_list_of_coauthors_names_by_the_orcid(tmp_path: Path) -> None:
    partners = [
        partner("JP", "Kyoto", "1", role="coordinator", investigators=[{"id": "E1"}]),
        partner("EU", "Jena", "1"),
    ]
    rows = tables() | {
        "proposals": [proposal(1) | {"partners": partners}],
        "experts": [expert(1, "JP", coauthors=[{"id": ORCID, "last_year": 2025}]), expert(2, "EU", orcid=ORCID)],
    }
    call = load_call(write_call(tmp_path / "call", rows=rows, reviews=None))
    told = conflicts(call.plan.plan, call.proposals, call.experts, call.publications, call.declared)
    assert [(one.expert, one.kind, one.evidence) for one in told] == [
        ("E1", "own-proposal", "takes part in it as investigator E1"),
        ("E2", "coauthor", "wrote with investigator E1, last in 2025"),
    ]
