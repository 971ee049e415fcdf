"""What a workbook or a CSV holds, and what is damaged, hostile or too large."""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from intake_reading import EU_XLSX, JP_CSV, read, told
from openpyxl.worksheet.datavalidation import DataValidation

from accord.call.intake import sheet as intake_sheet
from twin_exports import EU_HEADER, EU_MAPPING, exports, projects, write_xlsx

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


# What a workbook holds.


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


def test_the_only_sheet_needs_no_name(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook / EU_XLSX)
    del book["Read me"]
    book.save(workbook / EU_XLSX)
    lines = EU_MAPPING.replace('sheet = "Participants"\n', "")
    (workbook / "intake/EU/mapping.toml").write_text(lines, encoding="utf-8")
    assert len(read(workbook, "EU").halves) == 3
