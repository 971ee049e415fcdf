"""Linking two Sides' exports: the whole result, and every planted fault found exactly."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.call.intake.words import one_sign_apart
from accord.call.tables import jsonl, read_table
from accord.call.twins.findings import Finding, findings_csv, findings_json, findings_text
from accord.call.twins.link import Linked, link
from accord.call.values import Investigator, Partner, Proposal
from accord.errors import Problem, UnusableFolder
from twin_exports import COORDINATED, EU_PEOPLE, JP_HEADER, ORCIDS, Exports, Project, exports, projects


def person(side: str, name: str, organisation: str) -> str:
    """The identifier of someone of whom only the name is known."""
    text = "\n".join((side, name.casefold().replace(" ", ""), organisation.casefold()))
    return f"person-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def expected(one: Project, *, coordinating: str = "JP") -> Proposal:
    """The proposal that a project's two halves make."""
    partners = []
    for rank, partner in enumerate(one.jp):
        identifier = str(10_000_000 + one.number)
        plain_name = partner["person"].replace("　", " ")
        partners.append(
            Partner(
                organisation=partner["organisation"],
                country="JP",
                department=None if rank else "工学系研究科",
                side="JP",
                role="partner" if rank or coordinating != "JP" else "coordinator",
                investigators=(
                    Investigator(
                        id=person("JP", plain_name, partner["organisation"]) if rank else identifier,
                        name=partner["person"],
                        lead=not rank,
                    ),
                ),
                requested=str(partner["requested"]),
                unit="JPY",
            )
        )
    for rank, partner in sorted(enumerate(one.eu), key=lambda pair: (pair[0] > 0, pair[1]["place"][0])):
        name, _, country, city = partner["place"]
        who, orcid = " ".join(EU_PEOPLE[partner["person"]]), ORCIDS[partner["person"]]
        partners.append(
            Partner(
                organisation=name,
                country=country,
                city=city,
                side="EU",
                role="partner" if rank or coordinating != "EU" else "coordinator",
                investigators=(
                    Investigator(id=orcid or person("EU", who, name), name=who, orcid=orcid, lead=not rank),
                ),
                requested=f"{partner['requested'] // 100}.{partner['requested'] % 100:02d}",
                unit="EUR",
            )
        )
    return Proposal(
        id=one.reference if one.number % 3 else one.reference.lower(),  # as the first Side writes it
        title=one.title,
        abstract=f"On {one.topic}: résumé {one.number}",
        topic=one.topic,
        duration_months=one.months,
        partners=tuple(partners),
        joint_reference=jp_spelling(one),
    )


def jp_spelling(one: Project) -> str:
    """The reference as the Japanese export has it."""
    if one.number % 3:
        return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in one.reference)
    return one.reference.lower().replace("-", "－")


def summary(linked: Linked) -> tuple[Any, ...]:
    """What does not depend on the order of rows."""
    return linked.proposals, linked.findings, linked.halves, linked.left_out


def told(folder: Path) -> tuple[Problem, ...]:
    """The problems of a folder that cannot be linked."""
    with pytest.raises(UnusableFolder) as caught:
        link(folder)
    return caught.value.problems


def test_two_exports_of_sixty_proposals_are_linked_as_they_were_meant(tmp_path: Path) -> None:
    made = projects(60)
    linked = link(exports(made).write(tmp_path))
    assert linked.findings == ()
    assert linked.proposals == tuple(sorted((expected(one) for one in made), key=lambda one: one.id))
    assert linked.halves == {"JP": 60, "EU": 60}
    assert list(linked.sources) == [
        "plan.toml",
        "intake/JP/export.csv",
        "intake/JP/mapping.toml",
        "intake/EU/export.xlsx",
        "intake/EU/mapping.toml",
    ]
    assert linked.sources["plan.toml"] == hashlib.sha256((tmp_path / "plan.toml").read_bytes()).hexdigest()


def test_the_proposals_are_read_again_as_a_table(tmp_path: Path) -> None:
    linked = link(exports(projects(5)).write(tmp_path))
    (tmp_path / "proposals.jsonl").write_bytes(jsonl(linked.proposals))
    assert read_table(tmp_path / "proposals.jsonl", Proposal).rows == linked.proposals


def test_the_coordinator_is_of_a_side_that_may_coordinate(tmp_path: Path) -> None:
    made = projects(8)
    folder = exports(made)
    folder.plan = COORDINATED.replace('coordinator_sides = ["JP", "EU"]', 'coordinator_sides = ["EU"]')
    assert link(folder.write(tmp_path)).proposals == tuple(
        sorted((expected(one, coordinating="EU") for one in made), key=lambda one: one.id)
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(tmp_path: Path, seed: int) -> None:
    def faulty() -> Exports:
        folder = exports(projects(12))
        folder.set_jp(3, "研究領域", "量子光学")
        folder.set_jp(5, "国際共同提案番号", "QJ-004")
        folder.eu = [row for row in folder.eu if row not in folder.eu_at(7)]
        return folder

    shuffled = faulty()
    random.Random(seed).shuffle(shuffled.jp)
    random.Random(seed + 1).shuffle(shuffled.eu)
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "b").mkdir(exist_ok=True)
    first, second = link(faulty().write(tmp_path / "a")), link(shuffled.write(tmp_path / "b"))
    assert summary(first) == summary(second)
    assert first.findings


def drop_eu(number: int) -> Callable[[Exports], None]:
    def change(folder: Exports) -> None:
        folder.eu = [row for row in folder.eu if row not in folder.eu_at(number)]

    return change


def drop_jp(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.jp.remove(folder.jp_at(number))


def typo(folder: Exports) -> None:
    folder.set_eu(10, "Joint reference", "QJ-O10")


def swapped(folder: Exports) -> None:
    folder.set_jp(10, "国際共同提案番号", "QJ-100")


def no_reference_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "国際共同提案番号", "－")


def doubled(folder: Exports) -> None:
    again = list(folder.jp_at(10))
    again[0] = "JP0910"
    folder.jp.append(again)


def two_with_one(folder: Exports) -> None:
    folder.set_jp(10, "国際共同提案番号", "QJ-011")


def english_title(folder: Exports) -> None:
    folder.set_jp(10, "研究課題名（英文）", "Something else")


def no_english_title_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "研究課題名（英文）", "")


def japanese_as_english(folder: Exports) -> None:
    folder.set_jp(10, "研究課題名（英文）", "量子の研究")


def topic(folder: Exports) -> None:
    folder.set_jp(10, "研究領域", "量子光学")
    folder.set_eu(10, "Topic", "CL4-2026-MATTER")


def months(folder: Exports) -> None:
    folder.set_eu(10, "Duration (months)", 30)


def unlisted_of(number: int) -> Callable[[Exports], None]:
    return lambda folder: folder.set_jp(number, "相手国機関名", "UNIVERSITE DE LYON")


def in_japanese(folder: Exports) -> None:
    folder.set_jp(10, "相手国機関名", "リヨン大学")


def listed_by_europe(folder: Exports) -> None:
    folder.set_jp(10, "所属機関（英文）", "KYOTO UNIVERSITY")
    folder.set_eu(10, "Joint reference", "qj 010")
    row = list(folder.eu_at(10)[0])
    row[8:16] = ["NIIGATA UNIVERSITY", "Japan", "Niigata", "Associated partner", "N", "M", None, 0]
    folder.eu = [one for one in folder.eu if not (one in folder.eu_at(10) and one[9] == "Japan")]
    folder.eu.append(row)


def amounts(folder: Exports) -> None:
    folder.set_jp(10, "相手国申請額（千ユーロ）", "99999")


PROJECT = projects(60)[9]
ASKED = sum(partner["requested"] for partner in PROJECT.eu)


def european(one: Project) -> str:
    """The European partners as a finding lists them."""
    return "; ".join(partner.organisation for partner in expected(one).partners if partner.side == "EU")


EUROPEAN = european(PROJECT)
JAPANESE = "; ".join(partner["organisation"] for partner in PROJECT.jp)
KEY = "joint_reference"


def finding(kind: Any, sides: str, field: str, *values: str, reference: str = "QJ-010") -> Finding:
    return Finding(kind=kind, reference=reference, sides=tuple(sides.split()), field=field, values=values)


FAULTS: list[tuple[Callable[[Exports], None], list[Finding]]] = [
    (drop_eu(10), [finding("no-twin", "EU", "", "JP JP0010")]),
    (drop_jp(10), [finding("no-twin", "JP", "", "EU 101000010")]),
    (
        typo,
        [
            finding("no-twin", "EU", "", "JP JP0010"),
            finding("no-twin", "JP", "", "EU 101000010", reference="QJ-O10"),
            finding("near-miss", "JP EU", KEY, jp_spelling(PROJECT), "QJ-O10"),
        ],
    ),
    (
        swapped,
        [
            finding("no-twin", "JP", "", "EU 101000010"),
            finding("no-twin", "EU", "", "JP JP0010", reference="QJ-100"),
            finding("near-miss", "JP EU", KEY, "QJ-100", "QJ-010", reference="QJ-100"),
        ],
    ),
    (
        no_reference_of(10),
        [
            finding("no-reference", "JP", KEY, "JP0010", reference=""),
            finding("no-twin", "JP", "", "EU 101000010"),
        ],
    ),
    (doubled, [finding("two-halves", "JP", "number", "JP0010", "JP0910")]),
    (
        two_with_one,
        [
            finding("two-halves", "JP", "number", "JP0010", "JP0011", reference="QJ-011"),
            finding("no-twin", "JP", "", "EU 101000010"),
            finding("near-miss", "JP EU", KEY, "QJ-０１１", "QJ-010", reference="QJ-011"),
        ],
    ),
    (english_title, [finding("two-stories", "JP EU", "title", "Something else", PROJECT.title)]),
    (no_english_title_of(10), [finding("not-comparable", "JP EU", "title", PROJECT.title_ja, PROJECT.title)]),
    (japanese_as_english, [finding("not-comparable", "JP EU", "title", PROJECT.title_ja, PROJECT.title)]),
    (topic, [finding("two-stories", "JP EU", "topic", "light", "matter")]),
    (months, [finding("two-stories", "JP EU", "duration_months", str(PROJECT.months), "30")]),
    (unlisted_of(10), [finding("two-stories", "JP EU", "partners", "UNIVERSITE DE LYON", EUROPEAN)]),
    (in_japanese, [finding("not-comparable", "JP EU", "partners", "リヨン大学", EUROPEAN)]),
    (listed_by_europe, [finding("two-stories", "EU JP", "partners", "NIIGATA UNIVERSITY", JAPANESE)]),
    (
        amounts,
        [finding("two-stories", "JP EU", "amounts", "99999000.00 EUR", f"{ASKED // 100}.{ASKED % 100:02d} EUR")],
    ),
]


@pytest.mark.parametrize(("change", "wanted"), FAULTS, ids=[change.__qualname__ for change, _ in FAULTS])
def test_each_planted_fault_is_found_and_nothing_else(
    tmp_path: Path, change: Callable[[Exports], None], wanted: list[Finding]
) -> None:
    folder = exports(projects(60))
    change(folder)
    linked = link(folder.write(tmp_path))
    assert list(linked.findings) == wanted


def test_a_half_without_a_twin_is_a_proposal_of_what_is_there(tmp_path: Path) -> None:
    made = projects(60)
    folder = exports(made)
    drop_eu(10)(folder)
    found = {one.id: one for one in link(folder.write(tmp_path)).proposals}["QJ-010"]
    whole = expected(PROJECT)
    own = tuple(partner for partner in whole.partners if partner.side == "JP")
    abstract = f"{PROJECT.topic}に関する研究。\n第10号"
    title = PROJECT.title.upper()  # the half's own text in the prevailing language
    assert found == whole.model_copy(update={"title": title, "abstract": abstract, "partners": own})


def test_two_halves_of_one_side_make_no_proposal_until_one_is_left_out(tmp_path: Path) -> None:
    made = projects(20)
    folder = exports(made)
    doubled(folder)
    linked = link(folder.write(tmp_path))
    assert "QJ-010" not in {one.id for one in linked.proposals}
    folder.jp_mapping = folder.jp_mapping.replace("[columns]", 'leave_out = ["JP0910"]\n\n[columns]', 1)
    linked = link(folder.write(tmp_path))
    assert linked.proposals == tuple(sorted((expected(one) for one in made), key=lambda one: one.id))
    assert (linked.findings, linked.left_out) == ((), {"JP": 1, "EU": 0})


def test_a_mistyped_reference_is_mended_in_the_mapping(tmp_path: Path) -> None:
    made = projects(20)
    folder = exports(made)
    typo(folder)
    folder.eu_mapping += '\n[references]\n"101000010" = "QJ-010"\n'
    linked = link(folder.write(tmp_path))
    assert linked.findings == ()
    assert linked.proposals == tuple(sorted((expected(one) for one in made), key=lambda one: one.id))


def test_only_what_the_plan_compares_is_compared(tmp_path: Path) -> None:
    folder = exports(projects(20))
    topic(folder)
    months(folder)
    folder.plan = COORDINATED + 'compare = ["title", "topic"]\n'
    assert [one.field for one in link(folder.write(tmp_path)).findings] == ["topic"]


def test_the_plan_may_link_by_acronym(tmp_path: Path) -> None:
    made = projects(10)
    folder = exports(made)
    folder.plan = COORDINATED + 'key = "acronym"\n'
    folder.jp_mapping = folder.jp_mapping.replace("joint_reference =", "acronym =")
    folder.eu_mapping = folder.eu_mapping.replace('joint_reference = "Joint', 'acronym = "Acronym" # "Joint')
    for number in range(1, 11):
        folder.set_jp(number, "国際共同提案番号", f"acro{number}" if number < 10 else "Ａｃｒｏ　Ｘ")
    folder.set_eu(10, "Acronym", "ACRO-X")
    linked = link(folder.write(tmp_path))
    assert linked.findings == ()
    assert [one.id for one in linked.proposals] == ["Acro-X", *(f"acro{number}" for number in range(1, 10))]


def test_references_that_cannot_be_identifiers_are_told_with_their_row(tmp_path: Path) -> None:
    folder = exports(projects(10))
    for column, eu_column in (("国際共同提案番号", "Joint reference"),):
        for number, reference in ((1, "日欧一号"), (2, "Q&J"), (3, "Q_J")):
            folder.set_jp(number, column, reference)
            folder.set_eu(number, eu_column, reference)
    mended = "[references] in mapping.toml can give another, on every Side the same"
    assert told(folder.write(tmp_path)) == (
        Problem(
            file="intake/JP/export.csv",
            line=6,
            field=KEY,
            found="'Q_J' and 'Q&J' would be one identifier, Q_J",
            expected=mended,
        ),
        Problem(
            file="intake/JP/export.csv",
            line=4,
            field=KEY,
            found="found '日欧一号'",
            expected=f"it begins with a Latin letter or digit; {mended}",
        ),
    )


def test_with_three_sides_one_that_takes_no_part_is_not_missed(tmp_path: Path) -> None:
    made = projects(6)
    made[0].topic, made[0].months = "matter", 24
    folder = exports(made)
    jp, eu = COORDINATED.split("[[side]]")[1], COORDINATED.split("[[side]]")[2].split("[timeline]")[0]
    third = eu.replace('"EU"', '"CH"').replace('["DE", "FR", "DK"]', '["CH"]').replace('"EUR"', '"CHF"')
    third = third.replace("min = 1, min_countries = 1", "min = 0")
    folder.plan = COORDINATED.replace(jp, f"{jp}[[side]]{third}", 1).replace("min_experts_per_side = 1\n", "")
    folder.write(tmp_path)
    (tmp_path / "intake/CH").mkdir()
    (tmp_path / "intake/CH/mapping.toml").write_text(CH_MAPPING, encoding="utf-8")
    rows = ["no;ref;title;asked", "C1;QJ-001;A Swiss story;1'250.50", "C2;QJ-077;Alone;0"]
    (tmp_path / "intake/CH/export.csv").write_text("\n".join(rows), encoding="utf-8")
    linked = link(tmp_path)
    titles = (made[0].title.upper(), "A Swiss story", made[0].title)
    assert list(linked.findings) == [
        finding("no-twin", "JP EU", "", "CH C2", reference="QJ-077"),
        finding("two-stories", "JP CH EU", "duration_months", "24", "36", "24", reference="QJ-001"),
        finding("two-stories", "JP CH EU", "title", *titles, reference="QJ-001"),
        finding("two-stories", "JP CH EU", "topic", "matter", "light", "matter", reference="QJ-001"),
    ]
    one = next(one for one in linked.proposals if one.id == "QJ-001")
    assert [(partner.side, partner.role, partner.requested) for partner in one.partners if partner.side == "CH"] == [
        ("CH", "partner", "1250.50")
    ]
    alone = next(one for one in linked.proposals if one.id == "QJ-077")
    assert [partner.role for partner in alone.partners] == ["coordinator"]


CH_MAPPING = """\
version = 1
layout = "row-per-proposal"
delimiter = ";"
constants = { topic = "light", duration_months = 36, country = "CH" }
number = { thousands = "'" }

[columns]
number = "no"
joint_reference = "ref"
title = "title"
organisation = "no"
requested = "asked"
"""


def test_the_list_as_text_csv_and_json(tmp_path: Path) -> None:
    folder = exports(projects(60))
    for change in (typo, drop_jp(35)):
        change(folder)
    folder.set_jp(11, "研究課題名（英文）", "=HYPERLINK(1)")
    findings = link(folder.write(tmp_path)).findings
    assert findings_text(findings) == (
        "Halves without a twin, among the proposals with what is there (3)\n"
        "  QJ-010: no half of EU; there is JP JP0010\n"
        "  QJ-035: no half of JP; there is EU 101000035\n"
        "  QJ-O10: no half of JP; there is EU 101000010\n"
        "References that differ in one sign, not linked (1)\n"
        "  JP has QJ-０１０: did you mean QJ-O10 of EU?\n"
        "Twins that tell two stories (1)\n"
        f"  QJ-011 title: JP says =HYPERLINK(1), EU says {projects(60)[10].title}\n"
    )
    rows = list(csv.DictReader(io.StringIO(findings_csv(findings))))
    assert rows[3] == {
        "kind": "near-miss",
        "reference": "QJ-010",
        "sides": "JP | EU",
        "field": "joint_reference",
        "values": "QJ-０１０ | QJ-O10",
        "says": "JP has QJ-０１０: did you mean QJ-O10 of EU?",
    }
    assert rows[4]["values"].startswith("'=HYPERLINK(1) | ")
    assert [row["kind"] for row in rows] == [one.kind for one in findings]
    read = [
        Finding(**{**row, "sides": tuple(row["sides"]), "values": tuple(row["values"])})
        for row in json.loads(findings_json(findings))
    ]
    assert tuple(read) == findings
    assert findings_text(()) == "Every half has its twin, and no two tell two stories.\n"
    assert (findings_csv(()), findings_json(())) == ("kind,reference,sides,field,values,says\n", "[]\n")


def test_each_kind_of_finding_says_what_it_is(tmp_path: Path) -> None:
    folder = exports(projects(60))
    for change in (doubled, no_reference_of(20), no_english_title_of(30), unlisted_of(40)):
        change(folder)
    assert findings_text(link(folder.write(tmp_path)).findings) == (
        "Halves without a reference, not among the proposals (1)\n"
        "  JP JP0020 has no joint_reference\n"
        "Two halves of one Side with one reference, not among the proposals (1)\n"
        "  QJ-010: JP has JP0010, JP0910\n"
        "Halves without a twin, among the proposals with what is there (1)\n"
        "  QJ-020: no half of JP; there is EU 101000020\n"
        "References that differ in one sign, not linked (1)\n"
        f"  JP has {jp_spelling(PROJECT)}: did you mean QJ-020 of EU?\n"
        "Twins that tell two stories (1)\n"
        f"  QJ-040 partners: JP says UNIVERSITE DE LYON, EU has {european(projects(60)[39])}\n"
        "Not comparable, for a person to read (1)\n"
        f"  qj-030 title: JP says {projects(60)[29].title_ja}, EU says {projects(60)[29].title}\n"
    )


def test_a_plan_with_one_intake_is_refused_at_its_line(tmp_path: Path) -> None:
    folder = exports(projects(3))
    folder.plan = COORDINATED.replace('"coordinated"', '"single"')
    assert told(folder.write(tmp_path)) == (
        Problem(
            file="plan.toml",
            line=6,
            field="call.mode",
            found='found "single"',
            expected='only Sides that keep their own intake are linked: mode = "coordinated"',
        ),
    )


def test_a_folder_that_is_no_sides_and_a_side_without_one_are_told(tmp_path: Path) -> None:
    exports(projects(3)).write(tmp_path)
    (tmp_path / "intake/EU").rename(tmp_path / "intake/Eu")
    assert [str(one) for one in told(tmp_path)] == [
        "intake/Eu: 'Eu' is no Side; did you mean 'EU'? the Sides of the plan are JP, EU",
        "intake/EU/mapping.toml: the file is missing; put it there",
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert [one.found for one in told(tmp_path / "none")] == ["there is no such folder"]


def test_an_unknown_key_of_twins_is_refused(tmp_path: Path) -> None:
    folder = exports(projects(3))
    folder.plan = COORDINATED + 'key = "title"\n'
    assert [one.expected for one in told(folder.write(tmp_path))] == ["write 'joint_reference' or 'acronym'"]


@given(st.text("ab1", max_size=5), st.text("ab1", max_size=5))
def test_one_sign_apart_is_one_edit_or_one_swap(first: str, second: str) -> None:
    edits = {first[:at] + first[at + 1 :] for at in range(len(first))}
    edits |= {first[:at] + sign + first[at:] for at in range(len(first) + 1) for sign in "ab1"}
    edits |= {first[:at] + sign + first[at + 1 :] for at in range(len(first)) for sign in "ab1"}
    edits |= {first[:at] + first[at + 1] + first[at] + first[at + 2 :] for at in range(len(first) - 1)}
    assert one_sign_apart(first, second) == (second in edits - {first})
    assert one_sign_apart(first, second) == one_sign_apart(second, first)


def test_the_header_of_the_generator_is_the_mapping_s() -> None:
    assert len(JP_HEADER) == len(exports(projects(1)).jp[0])
