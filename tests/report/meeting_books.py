"""Records for meetings, workbooks edited as in a meeting, and a spreadsheet that recomputes them."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accord.call.folder import load_call
from accord.pipeline.bundle import FrontPage, record_files
from accord.pipeline.reading import Record
from accord.pipeline.walk import Walk, run
from calls import PLAN, write_call

ALL = '"budget-raise", "cut-request", "drop-partner", "order-change"'


def plan_allowing(kinds: str = ALL, plan: str = PLAN) -> str:
    """The small call's plan with adjustments."""
    return plan.replace("reserve = 2", f"reserve = 2\nadjustments = [{kinds}]")


def record_of(walk: Walk) -> Record:
    """The record of a walk, as it would be read back."""
    return Record(page=FrontPage.model_validate_json(record_files(walk)["record.json"]), walk=walk)


def small_record(folder: Path, plan: str | None = None, **more: Any) -> Record:
    """The record of the small call, with every adjustment allowed."""
    return record_of(run(load_call(write_call(folder, plan=plan or plan_allowing(), **more))))


def opened(content: bytes) -> Any:
    """A workbook as it stands, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(content))


def edited(content: bytes, changes: dict[str, Any]) -> bytes:
    """The workbook with other values in some cells, named `List!D5`."""
    book = opened(content)
    for where, value in changes.items():
        sheet, cell = where.split("!")
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def recomputed(content: bytes, folder: Path) -> Any:
    """The workbook with the values that LibreOffice gives its formulas; skips where it is not installed."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: no spreadsheet to recompute the workbook")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.xlsx").write_bytes(content)
    profile = (folder / "profile").resolve().as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", "out"]
    subprocess.run([*command, "book.xlsx"], cwd=folder, check=True, capture_output=True, timeout=120)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
        return openpyxl.load_workbook(folder / "out" / "book.xlsx", data_only=True)


def rows_of(sheet: Any, first: int = 4) -> list[list[Any]]:
    """A sheet's values from a row on."""
    return [list(row) for row in sheet.iter_rows(min_row=first, values_only=True)]
