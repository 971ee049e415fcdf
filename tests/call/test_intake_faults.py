"""Everything wrong with an export, told at its row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from intake_reading import ENCODING, EU_XLSX, JP_CSV, line_of, told

from twin_exports import EU_HEADER, JP_MAPPING, Exports, exports, projects

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
