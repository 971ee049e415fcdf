"""`accord balance`: records in, measures out, and nothing read that is not a record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.call.folder import load_call
from accord.cli.balance import balance
from accord.errors import InvalidInput, UnusableFolder
from accord.methods.balance import together
from accord.pipeline.reading import UnreadableRecord
from accord.pipeline.walk import run
from accord.report.balance_records import balance_of
from accord.writing import write
from calls import PLAN, write_call


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    around = tmp_path_factory.mktemp("records")
    second = PLAN.replace('id = "small"', 'id = "second"').replace('rule = "list-with-skips"', 'rule = "list-order"')
    for name, plan in (("first", PLAN), ("second", second)):
        write(run(load_call(write_call(around / f"{name}-call", plan=plan))), around / name)
    return around / "first", around / "second"


def accord(*arguments: object, fails: type[Exception] | None = None) -> Result:
    done = CliRunner().invoke(balance, [str(argument) for argument in arguments])
    assert (done.exit_code == 0) == (fails is None), (done.output, done.exception)
    if fails is not None:
        assert isinstance(done.exception, fails), done.exception
    return done


def test_the_measures_of_two_records(records: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "exchanges.csv"
    file.write_text("call,host,home,stays,hours\nsecond,JP,EU,4,30\n")
    told = json.loads(accord(*records, "--exchanges", file, "--tolerance", "0.25", "--json").stdout)
    walks = [run(load_call(record.parent / f"{record.name}-call")) for record in records]
    every = [balance_of(walk, tolerance=250_000).balance for walk in walks]
    found = together(every)
    assert list(told["calls"]) == ["second", "small"]
    assert told["together"]["tolerance"] == 250_000
    assert told["together"]["utilisation_spread"] == found.utilisation_spread
    for number, side in enumerate(("JP", "EU")):
        assert told["together"]["sides"][side]["funded"] == found.opportunities[number].funded
        assert told["together"]["sides"][side]["utilisation"] == found.utilisation[number]
        assert told["calls"]["small"]["flows"]["reviews"][side]["exported"] == every[0].flows[1].exported[number]
    assert told["together"]["flows"]["stays"]["JP"] == {
        "to": {"JP": 0, "EU": 4},
        "exported": 4,
        "imported": 0,
        "difference": 1_000_000,
        "within": False,
    }
    assert told["together"]["flows"]["access"]["EU"]["imported"] == 30


def test_the_terminal_and_the_page(records: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "balance.html"
    shown = accord(*records, "--html", page).stdout
    for words in ("Reciprocity over 2 calls", "none of them is the verdict", "gave more", "percentage points"):
        assert words in shown
    assert page.read_bytes().startswith(b"<!doctype html>")
    assert "Reciprocity over 1 call\n" in accord(records[0]).stdout
    assert accord(records[0], "-q", "--html", page, "--language", "ja").output == ""
    assert "相互性" in page.read_text(encoding="utf-8")


def test_what_is_wrong_is_said(records: tuple[Path, Path], tmp_path: Path) -> None:
    assert "given twice" in str(accord(records[0], records[0], fails=InvalidInput).exception)
    accord(records[0], "--tolerance", "much", fails=InvalidInput)
    accord(records[0], "--tolerance", "2", fails=InvalidInput)
    accord(tmp_path, fails=UnreadableRecord)
    accord(fails=SystemExit)
    file = tmp_path / "exchanges.csv"
    file.write_text("call,host,home,stays,hours\nelsewhere,JP,EU,4,30\n")
    accord(records[0], "--exchanges", file, fails=UnusableFolder)
    early = write_call(tmp_path / "early", reviews=None)
    write(run(load_call(early)), tmp_path / "unselected")
    accord(tmp_path / "unselected", fails=InvalidInput)
