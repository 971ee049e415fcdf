"""Which names are one organisation: spellings, legal forms, universities, RORs, departments; held against every pair."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.call.values import Expert, Partner, Proposal
from accord.methods.conflicts import organisation_key
from accord.methods.conflicts.organisations import at_one_organisation


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Université de Lille", "UNIVERSITE DE LILLE", True),
        ("Max-Planck-Institut (Halle)", "max planck institut, Halle", True),
        ("東京大学", "東京大学", True),
        ("ｱﾙﾌｧ研究所", "アルファ研究所", True),
        ("ガラス研究所", "カラス研究所", False),
        ("Institute of Light", "Institute of Matter", False),
        # legal forms
        ("Siemens AG", "SIEMENS", True),
        ("Example Research GmbH & Co. KG", "Example Research", True),
        ("Telecom S.p.A.", "Telecom SpA", True),
        ("Novo Nordisk A/S", "Novo Nordisk", True),
        ("Rolls-Royce plc", "Rolls Royce Public", False),
        ("Benes a Lat a.s.", "Benes a Lat", True),
        ("SHM, s. r. o.", "SHM", True),
        ("株式会社日立製作所", "日立製作所", True),
        ("㈱日立製作所", "日立製作所（株）", True),
        ("国立大学法人 東京大学", "東京大学", True),
        ("国立大学法人東京大学", "国立大学法人京都大学", False),
        ("株式会社", "有限会社", False),
        ("Limited", "GmbH", False),
        ("National University Corporation Tohoku University", "Tohoku University", True),
        ("TOKYO UNIVERSITY, National University Corporation", "University of Tokyo", True),
        # universities
        ("The University of Tokyo", "Tokyo University", True),
        ("KOKURITSU DAIGAKU HOJIN KYOTO DAIGAKU", "Kyoto University", True),
        ("Universität Bern", "University of Bern", True),
        ("UNIVERSITAET MUENCHEN", "Universität München", True),
        ("Università degli Studi di Parma", "Univ. of Parma", True),
        ("University of York", "University of New York", False),
        ("Københavns Universitet", "KOBENHAVNS UNIVERSITET", True),
        # the order of words counts elsewhere
        ("Institute of Physics Beijing", "Beijing Institute of Physics", False),
        ("The Royal Society", "Royal Society", True),
        ("Procter & Gamble", "Procter and Gamble Co.", True),
    ],
)
def test_names(one: str, other: str, *, same: bool) -> None:
    assert (organisation_key(one) == organisation_key(other)) is same


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_full_width_and_capitals_are_the_same_name(name: str) -> None:
    wide = name.upper().translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert organisation_key(wide) == organisation_key(name)


@given(st.text())
def test_a_name_with_a_letter_has_a_key(name: str) -> None:
    assert organisation_key(f"{name} x") != ""


def proposal(number: int, organisations: list[dict[str, Any]]) -> Proposal:
    partners = tuple(
        Partner(**{"country": "GB", **one}, side="UK", role="partner", requested="1", unit="GBP")
        for one in organisations
    )
    return Proposal(id=f"P{number}", title="x", abstract="", topic="t", duration_months=12, partners=partners)


def found(partner: dict[str, Any], expert: dict[str, Any], *, department: bool = False) -> list[str]:
    told = at_one_organisation([proposal(1, [partner])], [Expert(id="E1", **expert)], department=department)
    return [evidence for _, _, evidence in told]


ROR, OTHER_ROR = "057zh3y96", "02kn6nx58"


@pytest.mark.parametrize(
    ("partner", "expert", "evidence"),
    [
        ({"organisation": "A", "ror": ROR}, {"organisation": "B", "ror": ROR}, ["both at ROR 057zh3y96"]),
        ({"organisation": "A", "ror": ROR}, {"organisation": "A", "ror": ROR}, ["both at ROR 057zh3y96"]),
        ({"organisation": "A", "ror": ROR}, {"organisation": "A", "ror": OTHER_ROR}, []),
        ({"organisation": "A", "ror": ROR}, {"organisation": "a"}, ["both at A"]),
        ({"organisation": "University of York"}, {"organisation": "York University", "country": "CA"}, []),
        (
            {"organisation": "University of York"},
            {"organisation": "York University", "country": "GB"},
            ["both at University of York (the expert writes York University)"],
        ),
        (
            {"organisation": "University of York"},
            {"organisation": "York University"},
            ["both at University of York (the expert writes York University)"],
        ),
        ({"organisation": "Siemens"}, {"organisation": "SIEMENS", "country": "DE"}, ["both at Siemens"]),
    ],
)
def test_a_ror_decides_and_names_in_two_countries_have_to_be_spelled_alike(
    partner: dict[str, Any], expert: dict[str, Any], evidence: list[str]
) -> None:
    assert found(partner, expert) == evidence


@pytest.mark.parametrize(
    ("partner", "expert", "evidence"),
    [
        ("Physics", "PHYSICS", ["both at A, Physics"]),
        ("Physics", "Chemistry", []),
        ("Physics", None, ["both at A; the expert names no department"]),
        (None, "Physics", ["both at A; the partner names no department"]),
        (None, None, ["both at A; the partner names no department"]),
    ],
)
def test_departments_where_the_plan_says_so(partner: str | None, expert: str | None, evidence: list[str]) -> None:
    of_partner = {"organisation": "A", "department": partner}
    of_expert = {"organisation": "A", "department": expert}
    assert found(of_partner, of_expert, department=True) == evidence
    assert found(of_partner, of_expert) == ["both at A"]


NAMES = [
    "University of York",
    "York University",
    "YORK UNIVERSITY",
    "Siemens AG",
    "Siemens",
    "東京大学",
    "国立大学法人東京大学",
]
organisation = st.fixed_dictionaries(
    {"organisation": st.sampled_from(NAMES), "country": st.sampled_from(["GB", "DE", "JP"])},
    optional={"ror": st.sampled_from([ROR, OTHER_ROR]), "department": st.sampled_from(["One", "ONE", "Two"])},
)


def together(partner: dict[str, Any], expert: dict[str, Any], *, department: bool) -> bool:
    if "ror" in partner and "ror" in expert:
        same = partner["ror"] == expert["ror"]
    else:
        one, other = partner["organisation"], expert["organisation"]
        alike = one.casefold() == other.casefold()
        same = alike or (organisation_key(one) == organisation_key(other) and partner["country"] == expert["country"])
    if department and "department" in partner and "department" in expert:
        same = same and partner["department"].casefold() == expert["department"].casefold()
    return same


@settings(max_examples=100, deadline=None)
@given(
    proposals=st.lists(st.lists(organisation, min_size=1, max_size=3), max_size=3),
    experts=st.lists(organisation, max_size=4),
    department=st.booleans(),
)
def test_like_every_pair_compared(
    proposals: list[list[dict[str, Any]]], experts: list[dict[str, Any]], *, department: bool
) -> None:
    rows = [proposal(number, partners) for number, partners in enumerate(proposals)]
    judges = [Expert(id=f"E{number}", **one) for number, one in enumerate(experts)]
    pairs = {(one, judge) for one, judge, _ in at_one_organisation(rows, judges, department=department)}
    assert pairs == {
        (f"P{row}", f"E{column}")
        for (row, partners), (column, expert) in product(enumerate(proposals), enumerate(experts))
        if any(together(partner, expert, department=department) for partner in partners)
    }
