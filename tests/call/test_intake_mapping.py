"""Everything wrong with a mapping file, told at its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from intake_reading import ENCODING, EU_XLSX, JP_CSV, line_of, told

from accord.call.intake.mapping import MappingFile
from accord.call.twins.findings import Kind
from twin_exports import EU_HEADER, EU_MAPPING, JP_HEADER, JP_MAPPING, exports, projects, write_xlsx

MAPPING_FAULTS: list[tuple[str, str, list[str]]] = [
    ('layout = "row-per-proposal"', 'layuot = "row-per-proposal"', [
        ("2: layuot: unknown key 'layuot'; did you mean 'layout'? known here: columns, constants, dates, delimiter, "
        "encoding, header_row, language, layout, leave_out, more_partners, number, only, other, references, sheet, "
        "values, version"),
        "1: layout: it is missing; write it",
    ]),
    ('title = { ja = "研究課題名", en', 'title = { Ja = "研究課題名", en', [
        "COLUMN: columns.title.Ja.[key]: found \"Ja\"; it has to look like ^([a-z]{2,3}(-[A-Za-z0-9]+)*)?$",
    ]),
    ('department = "所属部局"', 'departement = "所属部局"', [
        ("COLUMN: columns.departement: unknown key 'departement'; did you mean 'department'? known here: abstract, acronym, "
        "also_named, city, country, department, duration_months, duration_years, ends, investigator, investigator_id, "
        "joint_reference, number, orcid, organisation, overhead, requested, requested_total, role, ror, starts, title, topic"),
    ]),
    ('department = "所属部局"', 'department = "所属部所"', [
        "COLUMN: columns.department: intake/JP/export.csv has no column '所属部所'; did you mean '所属部局'? it begins with "
        + ", ".join(repr(name) for name in JP_HEADER[:12]),
    ]),
    ('department = "所属部局"', 'department = "分担機関{n}"', [
        "COLUMN: columns.department: found '分担機関{n}'; columns with {n} belong in [more_partners]",
    ]),
    ('department = "所属部局"', 'role = "所属部局"', [
        "COLUMN: columns.role: it is there; a row a proposal: its own organisation coordinates, leave it out",
    ]),
    ('department = "所属部局"', 'duration_months = "所属部局"', [
        "COLUMNS: columns: the duration stands in several ways; map duration_months, duration_years, or starts and ends",
    ]),
    ('department = "所属部局"', 'country = "所属部局"', [
        "CONSTANTS+1: constants.country: it stands in [columns] too; keep one of them",
    ]),
    ('ends = "研究終了日"', "", [
        "COLUMNS: columns: one of starts and ends is missing; map duration_months, duration_years, or starts and ends",
    ]),
    ('topic = "研究領域"', "", ["COLUMNS: columns: topic is missing; name its column, or give it in [constants]"]),
    ('joint_reference = "国際共同提案番号"', "", [
        "COLUMNS: columns: joint_reference is missing; name the column that holds it",
    ]),
    ('joint_reference =', 'acronym =', [
        "COLUMNS: columns: joint_reference is missing; name the column that holds it",
        "COLUMN: columns.acronym: acronym is mapped; this plan links by joint_reference: leave it out",
    ]),
    ('requested = "申請額（千円）"', 'requested = ["申請額（千円）", "備考"]', [
        "COLUMN: columns.requested: 2 columns; one column holds it; only texts can be joined",
    ]),
    ('requested = "申請額（千円）"', "", ["COLUMNS: columns: requested is missing; name the column that holds it"]),
    ('requested = "申請額（千円）"', 'requested = "申請額（千円）"\nrequested_total = "備考"', [
        "COLUMN+1: columns.requested_total: requested is there too; keep one of them",
    ]),
    ('requested = "申請額（千円）"', "requested = []", [
        "COLUMN: columns.requested: found []; name at least one column",
    ]),
    ('requested = "分担額{n}（千円）"', 'requested = "分担額（千円）"', [
        "COLUMN: more_partners.requested: found '分担額（千円）'; write {n} once, where the number stands",
    ]),
    ('requested = "分担額{n}（千円）"', 'requested = "分担金{n}"', [
        f"COLUMN: more_partners.requested: intake/JP/export.csv has no column '分担金{number}'; did you mean '分担者{wide}'? "
        "it begins with " + ", ".join(repr(name) for name in JP_HEADER[:12])
        for number, wide in ((1, "１"), (2, "２"))
    ]),
    ('organisation = "分担機関{n}"', 'organisation = "分担先{n}"', [
        ("COLUMN: more_partners.organisation: intake/JP/export.csv has no column of this pattern; "
        "{n} stands for 1, 2, 3 in the columns' names"),
    ]),
    ('encoding = "Shift_JIS"', 'encoding = "sjis2"', [
        '3: encoding: found "sjis2"; write one of utf-8, utf-16, cp932, shift_jis, euc-jp, cp1252, iso-8859-1, iso-8859-15',
    ]),
    ('encoding = "Shift_JIS"', 'encoding = "euc-jp"', [
        f"EXPORT:1: byte 0x90 is no euc-jp; {ENCODING}",
    ]),
    ('encoding = "Shift_JIS"', 'sheet = "申請"\nencoding = "cp932"', [
        "3: sheet: the export is export.csv; leave it out",
    ]),
    ("header_row = 3", "header_row = 300", [
        "EXPORT: it ends before row 300; header_row is the row with the columns' names",
    ]),
    ('"量子光学" = "light"', '"量子光学" = "sound"', [
        "COLUMN: values.topic.量子光学: found 'sound'; write a topic of the plan: light, matter",
    ]),
    ('"量子光学" = "light"', '"量子光学" = "light"\n"量子光学　" = "matter"', [
        "COLUMN+1: values.topic.量子光学　: '量子光学\\u3000' stands twice, read in two ways; keep one of them",
    ]),
    ('country = "JP"', 'country = "JP"\ntopic = "sound"', [
        "COLUMN+1: constants.topic: it stands in [columns] too; keep one of them",
        "COLUMN+1: constants.topic: found 'sound'; write a topic of the plan: light, matter",
    ]),
    ('country = "JP"', "", [
        "COLUMNS: columns: country is missing; name its column, or give it in [constants]",
        "MORE: more_partners: country is missing; name its columns, or give it in [constants]",
    ]),
    ('thousands = ","', 'thousands = "."', [
        "NUMBER: number: decimal and thousands are both '.'; no number could be read; give each its own mark",
    ]),
    ("[other.EU]", "[other.JP]", ["COLUMN: other.JP: found 'JP'; write another Side of the plan: EU"]),
    ("version = 1", "version = 2", ["1: version: found 2; write 1"]),
    ("version = 1", "version = ", ["1: Invalid value; mend the TOML there"]),
    ("[columns]", 'leave_out = ["JP0404"]\nreferences = { JP0405 = "QJ-5" }\n[columns]', [
        "COLUMN: leave_out[0]: 'JP0404' is no number of intake/JP/export.csv; write a number that the export has",
        "COLUMN+1: references.JP0405: 'JP0405' is no number of intake/JP/export.csv; write a number that the export has",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), MAPPING_FAULTS, ids=[new or old for old, new, _ in MAPPING_FAULTS])
def test_each_fault_of_a_mapping_is_told_at_its_line(tmp_path: Path, old: str, new: str, wanted: list[str]) -> None:
    folder = exports(projects(3))
    assert JP_MAPPING.count(f"{old}") >= 1
    at = JP_MAPPING[: JP_MAPPING.index(old)].count("\n") + 1
    folder.jp_mapping = JP_MAPPING.replace(old, new, 1)
    lines = {
        "COLUMN+1": at + 1,
        "COLUMN": at,
        "CONSTANTS+1": line_of(folder.jp_mapping, "[constants") + 1,
        **{name: line_of(folder.jp_mapping, start) for name, start in (("MORE", "[more"), ("NUMBER", "[number"))},
        "COLUMNS": next((n for n, line in enumerate(folder.jp_mapping.splitlines(), 1) if line == "[columns]"), 0),
    }
    expected = []
    for one in wanted:
        head, rest = one.split(":", 1)
        if head == "EXPORT":
            expected.append(f"{JP_CSV}:{rest}")
        else:
            expected.append(f"intake/JP/mapping.toml:{lines.get(head, head)}:{rest}")
    assert sorted(told(folder.write(tmp_path), "JP")) == sorted(expected)


EU_MAPPING_FAULTS = [
    ('role = "Role"', "", "6: columns: role is missing; a row a partner: name the column that tells who coordinates"),
    ('"Participant" = "partner"', '"Participant" = "lead"', ("22: values.role.Participant: found 'lead'; "
     "write coordinator or partner")),
    ("header_row = 2", 'header_row = 2\nmore_partners = { organisation = "a{n}", requested = "b{n}", country = "c{n}" }',
     "5: more_partners: it is there; a row a partner holds no other partner: leave it out"),
    ('sheet = "Participants"', 'sheet = "participants"', ("3: sheet: intake/EU/export.xlsx has no sheet 'participants'; "
     "did you mean 'Participants'? it has 'Read me', 'Participants'")),
    ('sheet = "Participants"\n', "", "1: sheet: intake/EU/export.xlsx has 2 sheets; name one: 'Read me', 'Participants'"),
    ("header_row = 2", 'header_row = 2\nencoding = "cp932"', "5: encoding: the export is export.xlsx; leave it out"),
    ("header_row = 2\n", "header_row = 1\n", None),
    ('requested = "Requested', 'requested_total = "Requested',
     "19: columns.requested_total: it is there; a row a partner: name the column of its own request, requested"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), EU_MAPPING_FAULTS)
def test_each_fault_of_the_other_layout_s_mapping_is_told(
    tmp_path: Path, old: str, new: str, wanted: str | None
) -> None:
    folder = exports(projects(3))
    folder.eu_mapping = EU_MAPPING.replace(old, new, 1)
    found = told(folder.write(tmp_path), "EU")
    if wanted is None:  # the wrong header row: every column is told
        assert len(found) == len([line for line in EU_MAPPING.split("[values")[0].splitlines() if " = " in line]) - 3
        assert all("has no column" in one for one in found)
    else:
        assert found == [f"intake/EU/mapping.toml:{wanted}"]


def test_two_columns_of_one_name_are_refused_where_the_mapping_needs_them(tmp_path: Path) -> None:
    folder = exports(projects(2)).write(tmp_path)
    write_xlsx(folder / EU_XLSX, exports(projects(2)).eu, [*EU_HEADER, "Country"])
    line = line_of(EU_MAPPING, "country")
    assert told(folder, "EU") == [
        (
            f"intake/EU/mapping.toml:{line}: columns.country: column 'Country' stands 2 times in {EU_XLSX}; "
            "give each its own name in the export"
        )
    ]


def test_no_export_two_exports_and_a_missing_mapping_are_told(tmp_path: Path) -> None:
    folder = exports(projects(2)).write(tmp_path)
    (folder / "intake/JP/export.xlsx").write_bytes(b"")
    (folder / EU_XLSX).unlink()
    both = "intake/{}/export.csv or export.xlsx: {}; put one of the two there"
    assert told(folder, "JP") == [both.format("JP", "both are there")]
    assert told(folder, "EU") == [both.format("EU", "there is no export")]
    (folder / "intake/EU/mapping.toml").unlink()
    assert told(folder, "EU") == ["intake/EU/mapping.toml: the file is missing; put it there"]
    (folder / EU_XLSX).mkdir()
    (folder / "intake/EU/mapping.toml").write_text(EU_MAPPING, encoding="utf-8")
    assert told(folder, "EU") == [f"{EU_XLSX}: this is a folder; a file is needed here"]


def test_the_mapping_files_in_the_docs_are_whole() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "coordinated.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    mappings = [MappingFile.model_validate(tomllib.loads(block)) for block in blocks]
    assert [one.layout for one in mappings] == ["row-per-proposal", "row-per-partner"]
    assert set(get_args(Kind)) == set(re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.MULTILINE))
