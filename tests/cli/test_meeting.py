import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from meeting_books import edited, plan_allowing

from accord.call.folder import load_call
from accord.cli.meeting import adjust, export
from accord.errors import UnusableFolder
from accord.pipeline.reading import UnreadableRecord, open_record
from accord.pipeline.walk import run
from accord.record.folder import FolderExists
from accord.writing import write
from calls import write_call


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(run(load_call(write_call(tmp_path / "call", plan=plan_allowing()))), tmp_path / "record")
    monkeypatch.chdir(tmp_path)
    return Path("record")


def call(command: Any, *arguments: str) -> str:
    finished = CliRunner().invoke(command, list(arguments), catch_exceptions=False, standalone_mode=False)
    assert finished.exception is None
    return finished.stdout


def test_there_and_back(record: Path) -> None:
    assert call(export, "record", "--xlsx").splitlines()[-1] == "next: accord adjust record --from small-meeting.xlsx"
    workbook = Path("small-meeting.xlsx")
    assert "0 adjustments" in call(adjust, "record", "--from", str(workbook))
    workbook.write_bytes(edited(workbook.read_bytes(), {"Budgets!E5": 130_000_000, "Budgets!F5": "日本側の増額"}))
    out = call(adjust, "record", "--from", str(workbook), "--out", "minutes")
    assert "budget-raise    JP  JPY 100,000,000 → JPY 130,000,000  日本側の増額" in out
    assert "JP  left  JPY 40,000,000  of JPY 130,000,000" in out
    acts = json.loads(Path("minutes/adjustments.json").read_bytes())
    told = json.loads(call(adjust, "record", "--from", str(workbook), "--json"))
    assert {name: told[name] for name in acts} == acts
    assert told["remaining"] == {"JP": 40_000_000, "EU": 15_000_000}
    with pytest.raises(FolderExists):
        CliRunner().invoke(
            adjust,
            ["record", "--from", str(workbook), "--out", "minutes"],
            catch_exceptions=False,
            standalone_mode=False,
        )
    open_record(record)  # it is as it was


def test_problems_write_nothing(record: Path) -> None:
    call(export, "record", "--xlsx", "会議.xlsx", "--language", "ja")
    workbook = Path("会議.xlsx")
    workbook.write_bytes(edited(workbook.read_bytes(), {"予算!E5": 130_000_000}))
    with pytest.raises(UnusableFolder, match="予算!F5: a reason is missing"):
        CliRunner().invoke(
            adjust, ["record", "--from", "会議.xlsx", "--out", "minutes"], catch_exceptions=False, standalone_mode=False
        )
    assert not Path("minutes").exists()


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["record", "--xlsx", "record/meeting.xlsx"], "lies in the record"),
        (["record"], "say what to write"),
        (["call", "--xlsx"], "is no record"),
    ],
)
def test_what_export_refuses(record: Path, arguments: list[str], found: str) -> None:
    finished = CliRunner().invoke(export, arguments, standalone_mode=False)
    assert found in str(finished.exception)
    if arguments[0] == "call":
        assert isinstance(finished.exception, UnreadableRecord)
