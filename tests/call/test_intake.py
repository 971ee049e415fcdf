"""One Side's intake: mapping files, cells, exports, and everything wrong with them at its row and column."""

from __future__ import annotations

import hashlib
import io
import random
import re
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.datavalidation import DataValidation

from accord.call.intake import cells as intake_cells
from accord.call.intake import sheet as intake_sheet
from accord.call.intake.cells import Unreadable
from accord.call.intake.halves import Half, Intake, read_intake
from accord.call.intake.mapping import MappingFile, NumberFormat
from accord.call.intake.partners import NamedPartner, StatedAmount
from accord.call.intake.words import identifier, reference_key, same_words, script
from accord.call.twins.findings import Kind
from accord.call.values import Investigator, Partner
from accord.errors import UnusableFolder
from accord.plan.load import parse_plan
from twin_exports import (
    COORDINATED,
    EU_HEADER,
    EU_MAPPING,
    JP_HEADER,
    JP_MAPPING,
    Exports,
    exports,
    projects,
    write_xlsx,
)

PLAN = parse_plan(COORDINATED.encode()).plan
JP_CSV, EU_XLSX = "intake/JP/export.csv", "intake/EU/export.xlsx"


def read(folder: Path, side: str) -> Intake:
    return read_intake(folder, PLAN, PLAN.side_of(side))


def told(folder: Path, side: str) -> list[str]:
    """Every problem of a Side's intake as people read it; none where it can be read."""
    try:
        read(folder, side)
    except UnusableFolder as error:
        return [str(problem) for problem in error.problems]
    return []


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def test_a_row_of_the_japanese_portal_is_a_half(tmp_path: Path) -> None:
    one = projects(1)[0]
    one.jp[1:] = [{"organisation": "九州大学", "requested": 1_234_000, "person": "鈴木一郎", "english": ""}]
    intake = read(exports([one]).write(tmp_path), "JP")
    lead = Investigator(id="10000001", name=one.jp[0]["person"], lead=True)
    hashed = hashlib.sha256("JP\n鈴木一郎\n九州大学".encode()).hexdigest()[:16]
    other = Investigator(id=f"person-{hashed}", name="鈴木一郎")
    own = {"country": "JP", "side": "JP", "unit": "JPY"}
    asked = sum(partner["requested"] for partner in one.eu) // 100_000 * 100_000
    half = Half(
        side="JP",
        number="JP0001",
        reference="QJ-００１",
        titles=(("ja", one.title_ja), ("en", one.title.upper())),
        abstracts=(("ja", f"{one.topic}に関する研究。\n第1号"),),
        topic=one.topic,
        duration_months=one.months,
        partners=(
            Partner(
                organisation=one.jp[0]["organisation"],
                department="工学系研究科",
                role="coordinator",
                investigators=(lead,),
                requested=str(one.jp[0]["requested"]),
                **own,
            ),
            Partner(organisation="九州大学", role="partner", investigators=(other,), requested="1234000", **own),
        ),
        names=(one.jp[0]["organisation"], one.jp[0]["english"], "九州大学"),
        named=tuple(
            NamedPartner(organisation=partner["place"][0].replace("Ä", "A"), side="EU") for partner in one.eu[:2]
        ),
        stated=(StatedAmount(side="EU", minor=asked, step=100_000),),
        language="ja",
        file=JP_CSV,
        row=4,
    )
    assert intake.halves == (half,)
    assert (intake.halves[0].file, intake.halves[0].row) == (half.file, half.row)
    assert [name for name, _ in intake.sources] == [JP_CSV, "intake/JP/mapping.toml"]


def test_rows_of_the_european_portal_are_one_half(tmp_path: Path) -> None:
    one = projects(5)[0]
    folder = exports([one])
    one_row = list(folder.eu_at(1)[0])
    one_row[7:16] = [None, "UNIVERSITAET ZUERICH", "CH", "Zürich", "Associated partner", None, None, None, "0"]
    paid = list(one_row)
    paid[8:10], paid[15] = ["KEIO GIJUKU", "Japan"], "1.000,00 €"
    unpaid = list(one_row)
    unpaid[8:10] = ["NAGOYA DAIGAKU", "Japan"]
    folder.eu = [one_row, paid, unpaid, *(row for row in folder.eu if row[9] != "Japan")]
    for row in folder.eu[1:]:
        row[4] = None  # what the first row of a proposal says may be left out below
    (half,) = read(folder.write(tmp_path), "EU").halves
    assert half.named == (NamedPartner(organisation="NAGOYA DAIGAKU", side="JP"),)
    assert half.abstracts == (("en", f"On {one.topic}: résumé 1"),)
    names = sorted([partner["place"][0] for partner in one.eu[1:]] + ["UNIVERSITAET ZUERICH", "KEIO GIJUKU"])
    assert [partner.organisation for partner in half.partners] == [one.eu[0]["place"][0], *names]
    kept = {partner.organisation: (partner.country, partner.requested) for partner in half.partners}
    assert kept["UNIVERSITAET ZUERICH"] == ("CH", "0.00")  # in no Side's country: who lists it answers for it
    assert kept["KEIO GIJUKU"] == ("JP", "1000.00")  # what this Side is asked to pay is this Side's
    assert {partner.side for partner in half.partners} == {"EU"}


# What is wrong with an export, at its row and column.

ENCODING = "in mapping.toml, write encoding = one of utf-8, utf-16, cp932, euc-jp, cp1252, iso-8859-15"

JP_FAULTS: list[tuple[Callable[[Exports], None], list[str]]] = [
    (
        lambda folder: folder.set_jp(2, "申請額（千円）", "12.3456"),
        [f'{JP_CSV}:5: 申請額（千円）: found "12.3456"; 12345.6000 has too many decimals: JPY has no decimals'],
    ),
    (
        lambda folder: folder.set_jp(2, "申請額（千円）", "一千"),
        [
            (
                f"{JP_CSV}:5: 申請額（千円）: found \"一千\"; a number has '.' before decimals, ',' between thousands; "
                "[number] in mapping.toml says so, and which units to ignore"
            )
        ],
    ),
    (
        lambda folder: folder.set_jp(2, "申請額（千円）", ""),
        [f"{JP_CSV}:5: 申請額（千円）: the cell is empty; write it"],
    ),
    (
        lambda folder: (folder.set_jp(3, "研究領域", "天文学"), folder.set_jp(2, "研究終了日", "来年度末"))[0],
        [
            f'{JP_CSV}:5: 研究終了日: found "来年度末"; write a day, 2027-04-01',
            f'{JP_CSV}:6: 研究領域: found "天文学"; in [values.topic], read it as a topic of the plan: light, matter',
        ],
    ),
    (
        lambda folder: folder.set_jp(2, "研究終了日", "2026-01-01"),
        [f"{JP_CSV}:5: 研究終了日: found 2026-01-01, it starts 2027-04-01; a project ends after it starts"],
    ),
    (
        lambda folder: folder.set_jp(2, "課題番号", "JP0003"),
        [f"{JP_CSV}:6: 課題番号: JP0003 stands twice, first on row 5; a row a proposal has one row of each number"],
    ),
    (
        lambda folder: folder.set_jp(2, "課題番号", "　"),
        [f"{JP_CSV}:5: 課題番号: the cell is empty; write it"],
    ),
    (
        lambda folder: folder.set_jp(2, "研究者番号", "番号なし"),
        [
            f'{JP_CSV}:5: 研究者番号: found "番号なし"; an identifier is letters, digits and . _ : @ + -, a letter or digit first'
        ],
    ),
    (
        lambda folder: (folder.set_jp(2, "分担機関１", ""), folder.set_jp(2, "分担額１（千円）", "5"))[0],
        [f"{JP_CSV}:5: 分担機関１: the cell is empty; write it"],
    ),
    (
        lambda folder: (folder.set_jp(2, "研究課題名", ""), folder.set_jp(2, "研究課題名（英文）", ""))[0],
        [f"{JP_CSV}:5: 研究課題名: the cell is empty; write it"],
    ),
    (
        lambda folder: folder.jp_at(2).append("と、"),
        [f"{JP_CSV}:5: 25 cells under 24 columns; quote a cell that holds the delimiter, and leave none out"],
    ),
    (
        lambda folder: setattr(folder, "jp", []),
        [f"{JP_CSV}: no row is left to read; look at header_row and [only] in mapping.toml"],
    ),
    (
        lambda folder: setattr(folder, "jp_encoding", "utf-8"),
        [
            (
                f"intake/JP/mapping.toml:{line_of(JP_MAPPING, 'encoding')}: encoding: {JP_CSV} is UTF-8; "
                'leave it out, or write encoding = "utf-8"'
            )
        ],
    ),
    (
        lambda folder: setattr(folder, "jp_mapping", JP_MAPPING.replace('encoding = "Shift_JIS"\n', "")),
        [f"{JP_CSV}:1: byte 0x90 is no UTF-8 (it looks like Shift_JIS); {ENCODING}"],
    ),
]


@pytest.mark.parametrize(("change", "wanted"), JP_FAULTS)
def test_each_fault_of_a_csv_export_is_told_at_its_row_and_column(
    tmp_path: Path, change: Callable[[Exports], None], wanted: list[str]
) -> None:
    folder = exports(projects(5))
    change(folder)
    assert told(folder.write(tmp_path), "JP") == wanted


def of_eu(number: int, row: int, column: str, value: Any) -> Callable[[Exports], None]:
    def change(folder: Exports) -> None:
        folder.eu_at(number)[row][EU_HEADER.index(column)] = value

    return change


EMPTY = "write it; a formula's value is there once a spreadsheet has saved it"

EU_FAULTS: list[tuple[Callable[[Exports], None], list[str]]] = [
    (
        of_eu(1, 1, "Country", "Atlantis"),
        [
            (
                'ROW2: Country: found "Atlantis"; a country is two capital letters (ISO 3166-1): "JP"; '
                "[values.country] in mapping.toml reads names as codes"
            )
        ],
    ),
    (of_eu(1, 1, "Legal name", None), [f"ROW2: Legal name: the cell is empty; {EMPTY}"]),
    (
        of_eu(1, 1, "Requested EU contribution", "=1+1"),
        [f"ROW2: Requested EU contribution: the cell is empty; {EMPTY}"],
    ),
    (
        of_eu(1, 1, "Requested EU contribution", "#REF!"),
        ["ROW2: Requested EU contribution: found #REF!; mend the formula in the spreadsheet"],
    ),
    (
        of_eu(1, 1, "Requested EU contribution", -5),
        ['ROW2: Requested EU contribution: found "-5"; a request is not less than zero'],
    ),
    (
        of_eu(1, 1, "Requested EU contribution", 1.005),
        ['ROW2: Requested EU contribution: found "1.005"; 1.005 has too many decimals: EUR has at most 2 decimals'],
    ),
    (
        of_eu(1, 1, "Requested EU contribution", 10**40),
        [f'ROW2: Requested EU contribution: found "{10**40}"; a number has at most 18 digits'],
    ),
    (
        of_eu(1, 1, "Role", "Boss"),
        ['ROW2: Role: found "Boss"; in [values.role], read it as coordinator or partner'],
    ),
    (
        of_eu(1, 0, "Role", "Participant"),
        ["ROW1: Role: the proposal has 0 coordinators; exactly one row coordinates"],
    ),
    (
        of_eu(1, 1, "Role", " coordinator"),
        ["ROW1: Role: the proposal has 2 coordinators; exactly one row coordinates"],
    ),
    (
        of_eu(1, 1, "Title", "Another"),
        [
            (
                'ROW2: Title: found "Another", row 3 of the same proposal has another; '
                "a proposal's rows repeat it, or leave it empty"
            )
        ],
    ),
    (
        of_eu(1, 0, "ORCID", "0000-0002-1825-0098"),
        [
            'ROW1: ORCID: found "0000-0002-1825-0098"; its last digit does not fit (ISO 7064, 11-2); look for a typing error'
        ],
    ),
    (
        of_eu(1, 0, "ORCID", "not given"),
        [
            'ROW1: ORCID: found "not given"; an ORCID has four groups of four: "0000-0002-1825-0097"',
        ],
    ),
    (
        lambda folder: folder.eu.insert(1, list(folder.eu[0])),
        ["ROW2: Proposal number: a row of 101000001 stands twice; take one of the two out of the export"],
    ),
    (
        lambda folder: folder.set_eu(1, "Duration (months)", 30.5),
        ['ROW1: Duration (months): found "30.5"; a project lasts whole months, at least one'],
    ),
]


@pytest.mark.parametrize(("change", "wanted"), EU_FAULTS)
def test_each_fault_of_a_workbook_is_told_at_its_row_and_column(
    tmp_path: Path, change: Callable[[Exports], None], wanted: list[str]
) -> None:
    folder = exports(projects(5))
    change(folder)
    found = told(folder.write(tmp_path), "EU")
    assert found == [re.sub(r"^ROW(\d)", lambda at: f"{EU_XLSX}:{int(at[1]) + 2}", one) for one in wanted]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    folder = exports(projects(5))
    for number in range(1, 6):
        folder.set_jp(number, "申請額（千円）", "?")
        folder.set_jp(number, "研究領域", "?")
    assert len(told(folder.write(tmp_path), "JP")) == 10


# What is wrong with a mapping file, at its line.

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


# Workbooks that are damaged or hostile.


def book_of(folder: Path) -> bytes:
    return (folder / EU_XLSX).read_bytes()


def repacked(content: bytes, changed: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", compression) as target:
        names = [*source.namelist(), *(name for name in changed if name not in source.namelist())]
        for name in names:
            target.writestr(name, changed[name] if name in changed else source.read(name))
    return out.getvalue()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return exports(projects(3)).write(tmp_path)


UNREADABLE = "open it in a spreadsheet and save it as XLSX, without a password"


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_workbook_is_told(workbook: Path, content: bytes) -> None:
    (workbook / EU_XLSX).write_bytes(content)
    (found,) = told(workbook, "EU")
    assert re.fullmatch(rf"{EU_XLSX}: it is no readable workbook \(\w+\); {UNREADABLE}", found)


def test_a_damaged_workbook_never_ends_in_a_traceback(workbook: Path) -> None:
    whole = book_of(workbook)
    rng = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    refused = 0
    for number in range(150):
        if number % 3 == 0:  # bytes of the archive
            at = rng.randrange(len(whole))
            damaged = whole[:at] + rng.randbytes(rng.randrange(1, 9)) + whole[at + rng.randrange(9) :]
        else:  # bytes of the XML in it
            name = rng.choice([part for part in parts if part.endswith((".xml", ".rels"))])
            part, at = parts[name], rng.randrange(len(parts[name]))
            junk = rng.choice([b"", b"9", b'"', b"<", b"x", b"-1", b"1e999"])
            damaged = repacked(whole, {name: part[:at] + junk + part[at + rng.randrange(6) :]})
        (workbook / EU_XLSX).write_bytes(damaged)
        refused += bool(told(workbook, "EU"))
    assert 75 < refused <= 150


def test_what_unpacks_to_too_much_is_refused_before_it_is_opened(workbook: Path) -> None:
    bomb = repacked(book_of(workbook), {"xl/media/a.bin": bytes(intake_sheet.MOST_BYTES)})
    assert len(bomb) < 1_000_000
    (workbook / EU_XLSX).write_bytes(bomb)
    (found,) = told(workbook, "EU")
    assert re.fullmatch(
        rf"{EU_XLSX}: it would unpack to 268,[0-9,]+ bytes in 11 parts; at most 268,435,456 .* are read", found
    )


def test_entities_that_multiply_and_unknown_packing_are_refused(workbook: Path) -> None:
    whole = book_of(workbook)
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a0 "ha">{lines}]><sst><si><t>&a9;</t></si></sst>'
    for encoded in (xml.encode(), xml.encode("utf-16")):
        (workbook / EU_XLSX).write_bytes(repacked(whole, {"xl/sharedStrings.xml": encoded}))
        assert told(workbook, "EU") == [
            f"{EU_XLSX}: xl/sharedStrings.xml declares a document type; a workbook never does"
        ]
    (workbook / EU_XLSX).write_bytes(repacked(whole, {}, zipfile.ZIP_BZIP2))
    (found,) = told(workbook, "EU")
    assert found.endswith("is packed in an unknown way; a workbook is never packed so")


def test_too_many_rows_and_columns_are_refused(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_sheet, "MOST_ROWS", 5)
    rows = exports(projects(3)).eu
    assert len(rows) > 5
    assert told(workbook, "EU") == [f"{EU_XLSX}:8: it has too many rows; at most 5 are read"]
    monkeypatch.undo()
    write_xlsx(workbook / EU_XLSX, [[*rows[0], *[None] * 490, "far"]])
    assert told(workbook, "EU") == [f"{EU_XLSX}:3: it has too many columns; at most 500 are read"]


def test_a_row_far_below_is_refused_without_walking_there(workbook: Path) -> None:
    with zipfile.ZipFile(workbook / EU_XLSX) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    last = sheet.rindex(b'<row r="')
    far = sheet[:last] + re.sub(rb'r="(\w*?)\d+"', rb'r="\g<1>1048576"', sheet[last:])
    (workbook / EU_XLSX).write_bytes(repacked(book_of(workbook), {"xl/worksheets/sheet2.xml": far}))
    assert told(workbook, "EU") == [f"{EU_XLSX}:100003: it has too many rows; at most 100,000 are read"]


def test_a_large_csv_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exports(projects(2)).write(tmp_path)
    monkeypatch.setattr(intake_sheet, "MOST_BYTES", 100)
    size = (folder / JP_CSV).stat().st_size
    assert told(folder, "JP") == [f"{JP_CSV}: it has {size:,} bytes; at most 100 are read"]


def test_a_quote_that_never_ends_is_told_at_its_row(tmp_path: Path) -> None:
    folder = exports(projects(2)).write(tmp_path)
    with (folder / JP_CSV).open("ab") as file:
        file.write(b'"open')
    assert told(folder, "JP") == [f"{JP_CSV}:7: unexpected end of data; mend the CSV there"]


def test_what_a_workbook_holds_besides_values_is_no_warning(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook / EU_XLSX)
    sheet = book["Participants"]
    sheet.add_data_validation(DataValidation(type="list", formula1='"A,B"'))
    sheet["Z1"] = 1e12
    sheet["Z1"].number_format = "yyyy-mm-dd"  # a day beyond all days
    book.save(workbook / EU_XLSX)
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    with zipfile.ZipFile(workbook / EU_XLSX) as archive:
        content = archive.read("xl/worksheets/sheet2.xml").replace(b"</worksheet>", extension)
    (workbook / EU_XLSX).write_bytes(repacked(book_of(workbook), {"xl/worksheets/sheet2.xml": content}))
    assert len(read(workbook, "EU").halves) == 3


def test_the_saved_value_of_a_formula_is_read(workbook: Path) -> None:
    with zipfile.ZipFile(workbook / EU_XLSX) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    formula = b'<c r="P3" t="n"><f>SUM(A1:A2)</f><v>1234.5</v></c>'
    changed, times = re.subn(rb'<c r="P3"[^>]*>.*?</c>', formula, sheet)
    assert times == 1
    (workbook / EU_XLSX).write_bytes(repacked(book_of(workbook), {"xl/worksheets/sheet2.xml": changed}))
    assert read(workbook, "EU").halves[0].partners[0].requested == "1234.50"


# What a cell means.

NUMBERS: list[tuple[Any, dict[str, Any], str]] = [
    ("1234", {}, "1234"),
    ("１２，３４５", {"thousands": ","}, "12345"),
    ("1.234.567,89", {"decimal": ",", "thousands": "."}, "1234567.89"),
    ("1 234,5", {"decimal": ",", "thousands": " "}, "1234.5"),
    ("1\u202f234", {"thousands": " "}, "1234"),
    ("1’234’567", {"thousands": "'"}, "1234567"),
    ("\N{YEN SIGN}1,000", {"thousands": ",", "ignore": ("¥",)}, "1000"),
    ("1,000 千円", {"thousands": ",", "ignore": ("円", "千円")}, "1000"),
    ("EUR 12.5", {"ignore": ("eur",)}, "12.5"),
    (Decimal("12.5"), {"decimal": ","}, "12.5"),
]


@pytest.mark.parametrize(("cell", "form", "wanted"), NUMBERS)
def test_a_number_is_read_by_the_marks_that_are_declared(cell: Any, form: dict[str, Any], wanted: str) -> None:
    assert intake_cells.number(cell, NumberFormat(**form)) == Decimal(wanted)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("1,234", {}),
        ("1.234,5", {}),
        ("12,34", {"thousands": ","}),
        ("1,2345", {"thousands": ","}),
        ("1234,567", {"thousands": ","}),
        ("1.5", {"decimal": ","}),
        ("1.", {}),
        (".5", {}),
        ("-1", {}),
        ("1e5", {}),
        ("¥1", {}),
        ("", {}),
        ("1" * 19, {}),
        ("nan", {}),
        ("\N{ARABIC-INDIC DIGIT ONE}", {}),
    ],
)
def test_a_number_with_other_marks_is_refused(cell: str, form: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        intake_cells.number(cell, NumberFormat(**form))


@given(st.integers(0, 10**18 - 1), st.sampled_from([(",", "."), (".", ","), (".", "'"), (",", " ")]), st.booleans())
def test_an_amount_is_what_was_written(cents: int, marks: tuple[str, str], wide: bool) -> None:
    decimal, thousands = marks
    whole = f"{cents // 100:,}".replace(",", thousands)
    written = f"{whole}{decimal}{cents % 100:02d}"
    if wide:
        written = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in written)
    form = NumberFormat(decimal=decimal, thousands=thousands)  # type: ignore[arg-type]
    amount = intake_cells.amount(written, form, multiplier=1, unit="EUR")
    assert amount == f"{cents // 100}.{cents % 100:02d}"
    assert intake_cells.amount(written, form, multiplier=1000, unit="JPY") == str(cents * 10)


DAYS: list[tuple[Any, str, bool, tuple[int, int, int]]] = [
    ("2027-04-01", "year-month-day", False, (2027, 4, 1)),
    ("2027/4/1 0:00:00", "year-month-day", False, (2027, 4, 1)),
    ("2027-04-01T09:00:00+09:00", "year-month-day", False, (2027, 4, 1)),
    ("２０２７年４月１日", "year-month-day", False, (2027, 4, 1)),
    ("2027年4月", "year-month-day", False, (2027, 4, 1)),
    ("2028年2月", "year-month-day", True, (2028, 2, 29)),
    ("令和9年4月1日", "year-month-day", False, (2027, 4, 1)),
    ("令和元年5月1日", "year-month-day", False, (2019, 5, 1)),
    ("R9.4.1", "day-month-year", False, (2027, 4, 1)),
    ("h31/4/30", "year-month-day", False, (2019, 4, 30)),
    ("01.04.2027", "day-month-year", False, (2027, 4, 1)),
    ("04/01/2027", "month-day-year", False, (2027, 4, 1)),
    ("03/2027", "day-month-year", True, (2027, 3, 31)),
    (date(2027, 4, 1), "day-month-year", False, (2027, 4, 1)),
]


@pytest.mark.parametrize(("cell", "order", "last", "wanted"), DAYS)
def test_a_day_is_read_as_portals_write_it(cell: Any, order: Any, last: bool, wanted: tuple[int, int, int]) -> None:
    assert intake_cells.day(cell, order, last=last) == date(*wanted)


@pytest.mark.parametrize(
    "cell", ["", "46478", "27-04-01", "2027-13-01", "2027-02-30", "2027-00", "9999-12-31", "soon", date(1899, 1, 1)]
)
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(Unreadable):
        intake_cells.day(cell, "year-month-day", last=False)


def month_after(start: date, months: int) -> date | None:
    """The day so many months after another, or None where that month has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return start.replace(year=year, month=month + 1)
    except ValueError:
        return None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)).filter(lambda day: day.day <= 28), st.integers(1, 2000))
def test_months_are_counted_as_they_begin(starts: date, days: int) -> None:
    ends = starts + timedelta(days=days)
    counted = next(n for n in range(1, 100) if (month_after(starts, n) or starts) > ends)
    assert intake_cells.months_between(starts, ends) == counted


def test_parts_and_lengths() -> None:
    form = NumberFormat()
    assert [intake_cells.part(cell, form) for cell in ("30%", "０．３", Decimal("0.3"))] == ["0.3", "0.3", "0.3"]
    assert intake_cells.months("３６ヶ月", NumberFormat(ignore=("ヶ月",)), of_years=False) == 36
    assert intake_cells.months("2.5年", NumberFormat(ignore=("年",)), of_years=True) == 30
    for cell in ("0", "2.55", "101"):
        with pytest.raises(Unreadable):
            intake_cells.months(cell, form, of_years=True)


def test_overhead_years_and_a_datetime_are_read(workbook: Path) -> None:
    rows = [[*row, "25%", 3, datetime(2027, 4, 1, 9, 30)] for row in exports(projects(1)).eu]  # noqa: DTZ001
    write_xlsx(workbook / EU_XLSX, rows, [*EU_HEADER, "Indirect", "Years", "Begin"])
    lines = EU_MAPPING.replace(
        'duration_months = "Duration (months)"', 'duration_years = "Years"\noverhead = "Indirect"'
    )
    (workbook / "intake/EU/mapping.toml").write_text(lines, encoding="utf-8")
    (half,) = read(workbook, "EU").halves
    assert half.duration_months == 36
    assert {partner.overhead for partner in half.partners} == {Decimal("0.25")}
    dated = lines.replace('duration_years = "Years"', 'starts = "Begin"\nends = "Begin"')
    (workbook / "intake/EU/mapping.toml").write_text(dated, encoding="utf-8")
    assert read(workbook, "EU").halves[0].duration_months == 1


def test_a_total_is_parted_between_the_coordinator_and_the_further_partners(tmp_path: Path) -> None:
    (one,) = made = projects(1)
    one.jp[1:] = [
        {"organisation": name, "requested": 1_500_000, "person": "鈴木一郎", "english": ""} for name in "甲乙"
    ]
    folder = exports(made)
    folder.jp_mapping = JP_MAPPING.replace('requested = "申請額（千円）"', 'requested_total = "申請額（千円）"')
    folder.set_jp(1, "申請額（千円）", "10,000")
    (half,) = read(folder.write(tmp_path), "JP").halves
    assert [partner.requested for partner in half.partners] == ["7000000", "1500000", "1500000"]
    folder.set_jp(1, "申請額（千円）", "2,999")
    assert told(folder.write(tmp_path), "JP") == [
        f"{JP_CSV}:4: 申請額（千円）: found 2999000 in all; the further partners ask for 3000000 of it, which is more"
    ]


def test_a_further_partner_with_a_zero_only_is_none(tmp_path: Path) -> None:
    made = projects(1)
    made[0].jp[1:] = []
    for zero in ("０", "0千円", "", "0.0"):
        folder = exports(made)
        folder.set_jp(1, "分担額１（千円）", zero)
        assert len(read(folder.write(tmp_path), "JP").halves[0].partners) == 1


def test_a_further_partner_without_a_name_that_may_ask_for_money_is_told(tmp_path: Path) -> None:
    made = projects(1)
    made[0].jp[1:] = []
    folder = exports(made)
    folder.set_jp(1, "分担額１（千円）", "未定")
    found = told(folder.write(tmp_path), "JP")
    assert [one.split(";")[0] for one in found] == [
        f"{JP_CSV}:4: 分担機関１: the cell is empty",
        f'{JP_CSV}:4: 分担額１（千円）: found "未定"',
    ]


def test_the_only_sheet_needs_no_name(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook / EU_XLSX)
    del book["Read me"]
    book.save(workbook / EU_XLSX)
    lines = EU_MAPPING.replace('sheet = "Participants"\n', "")
    (workbook / "intake/EU/mapping.toml").write_text(lines, encoding="utf-8")
    assert len(read(workbook, "EU").halves) == 3


def test_a_translation_of_an_empty_cell_is_its_default(tmp_path: Path) -> None:
    folder = exports(projects(2))
    folder.eu_at(1)[1][EU_HEADER.index("Requested EU contribution")] = None
    folder.eu_mapping += '\n[values.requested]\n"" = "0"\n"n/a" = "0"\n'
    halves = read(folder.write(tmp_path), "EU").halves
    assert any(partner.requested == "0.00" for partner in halves[0].partners)


# When two texts are one.


def test_references_are_one_whatever_their_case_width_dashes_and_spaces() -> None:
    for spelling in (
        "QJ-001",
        "qj-001",
        "ＱＪ－００１",
        " QJ – 001",
        "QJ‐001",
        "QJ−001",
        "QJー001",
        "QJ\u3000001",
        "-QJ--001-",
    ):
        assert reference_key(spelling) == "qj-001"
    assert len({reference_key(one) for one in ("QJ-001", "QJ001", "QJ-0001", "QJ_001", "QJ-00l")}) == 5
    assert reference_key("データ") == "データ"
    assert [reference_key(one) for one in ("", " - ", "－")] == ["", "", ""]


def test_a_reference_becomes_an_identifier_where_it_can() -> None:
    spellings = ["QJ-001", "ＱＪ　００１", "café & co", "Zürich²", "日本-1", "", "a" * 201]
    assert [identifier(one) for one in spellings] == ["QJ-001", "QJ-001", "cafe-_-co", "Zurich2", None, None, None]


def test_words_are_the_same_without_accents_case_and_punctuation() -> None:
    assert same_words("The Université—Paris ") == same_words("universite paris")
    assert same_words("光：量子") == same_words("光 量子")
    assert same_words("ガ") != same_words("カ")
    assert same_words("T > 0") != same_words("T < 0")
    assert [script(one) for one in ("Quantum", "量子", "Quantumの光", "ｶﾅ", "양자", "Квант", "123")] == [
        *("LATIN", "CJK", "CJK", "CJK", "HANGUL", "CYRILLIC", "")
    ]


def test_the_mapping_files_in_the_docs_are_whole() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "coordinated.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    mappings = [MappingFile.model_validate(tomllib.loads(block)) for block in blocks]
    assert [one.layout for one in mappings] == ["row-per-proposal", "row-per-partner"]
    assert set(get_args(Kind)) == set(re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.MULTILINE))
