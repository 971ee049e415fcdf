"""Leniency and sampled ranks in a record: there only where the plan or the size says so, and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.call.folder import load_call
from accord.methods.ranking import calibrated
from accord.pipeline.bundle import record_files
from accord.pipeline.walk import run
from accord.record.canonical import canonical, digest
from accord.record.folder import write_folder
from accord.verify import verify
from calls import PLAN, write_call

CALIBRATED = PLAN.replace('order_by = "mean"', 'order_by = "calibrated"')
TOLD = CALIBRATED.replace('ties_are = "equal"', 'ties_are = "equal"\nleniency = true')


def record_of(folder: Path, plan: str) -> Path:
    target = folder / "record"
    found = run(load_call(write_call(folder / "call", plan=plan)))
    write_folder(target, record_files(found, beside={"report.html": b"<p>"}))
    return target


def step_of(record: Path) -> dict[str, Any]:
    step: dict[str, Any] = json.loads((record / "steps/ranking.json").read_bytes())
    return step


def forged(record: Path, step: dict[str, Any]) -> None:
    """Change the ranking's step and every digest of it, as someone with the whole folder could."""
    (record / "steps/ranking.json").write_bytes(canonical(step))
    files = json.loads((record / "files.json").read_bytes())
    files["files"]["steps/ranking.json"] = digest(canonical(step))
    (record / "files.json").write_bytes(canonical(files) + b"\n")
    page = json.loads((record / "record.json").read_bytes())
    page["files"] = digest((record / "files.json").read_bytes())
    (record / "record.json").write_bytes(canonical(page) + b"\n")


def refused(record: Path) -> bool:
    verification = verify(record)
    return not verification.holds


def test_leniency_is_recorded_only_where_the_plan_allows_it(tmp_path: Path) -> None:
    silent = record_of(tmp_path / "silent", CALIBRATED)
    assert "leniency" not in step_of(silent)["result"]
    told = record_of(tmp_path / "told", TOLD)
    rows = step_of(told)["result"]["leniency"]
    assert [row["expert"] for row in rows] == sorted({row["expert"] for row in rows})
    assert all(row["interval"][0] <= row["leniency"] <= row["interval"][1] for row in rows)
    assert all(value % 1000 == 0 for row in rows for value in (row["leniency"], *row["interval"]))
    assert verify(told).holds


def test_a_leniency_that_is_not_computed_is_refused(tmp_path: Path) -> None:
    record = record_of(tmp_path, TOLD)
    step = step_of(record)
    step["result"]["leniency"][0]["leniency"] += 1000
    forged(record, step)
    assert refused(record)


def test_sampled_ranks_are_recorded_in_steps_and_recomputed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrated, "SAMPLED_BEYOND", 1)
    monkeypatch.setattr(calibrated, "_SWEEPS", 256)
    monkeypatch.setattr(calibrated, "_SAVED", 256)
    record = record_of(tmp_path, CALIBRATED)
    step = step_of(record)
    assert step["method"] == "calibrated-rank-gibbs+scores"
    assert all(row["expected_rank"] % 10_000 == 0 for row in step["result"]["calibrated"])
    assert verify(record).holds
    step["result"]["calibrated"][0]["expected_rank"] += 1
    forged(record, step)
    assert refused(record)
