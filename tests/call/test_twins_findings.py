"""Every planted fault is found exactly, and the list of findings is written as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from linked_proposals import PROJECT, european, jp_spelling
from planted_faults import (
    KEY,
    amounts,
    doubled,
    drop_eu,
    drop_jp,
    english_title,
    finding,
    in_japanese,
    japanese_as_english,
    listed_by_europe,
    months,
    no_english_title_of,
    no_reference_of,
    swapped,
    topic,
    two_with_one,
    typo,
    unlisted_of,
)

from accord.call.twins.findings import Finding, findings_csv, findings_json, findings_text
from accord.call.twins.link import link
from twin_exports import Exports, exports, projects

ASKED = sum(partner["requested"] for partner in PROJECT.eu)


EUROPEAN = european(PROJECT)
JAPANESE = "; ".join(partner["organisation"] for partner in PROJECT.jp)


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
