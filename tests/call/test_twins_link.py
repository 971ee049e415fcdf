"""Linking two Sides' exports: the whole result, what the plan says of it, and what cannot be linked."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linked_proposals import PROJECT, expected
from planted_faults import KEY, doubled, drop_eu, finding, months, topic, typo

from accord.call.tables import jsonl, read_table
from accord.call.twins.link import Linked, link
from accord.call.values import Proposal
from accord.errors import Problem, UnusableFolder
from twin_exports import COORDINATED, JP_HEADER, Exports, exports, projects


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


def test_the_header_of_the_generator_is_the_mapping_s() -> None:
    assert len(JP_HEADER) == len(exports(projects(1)).jp[0])
