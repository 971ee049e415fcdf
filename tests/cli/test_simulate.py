"""`accord simulate`: the same answer from one process, from several and from a real cluster."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accord.cli.simulate import simulate
from accord.cli.workers import ClusterUnavailable, cluster, cores, local
from accord.errors import InvalidInput, UnusableFolder
from accord.methods.simulation import simulate as simulate_plan
from accord.plan.load import load_plan


def accord(*arguments: object, fails: type[Exception] | None = None) -> Result:
    done = CliRunner().invoke(simulate, [str(argument) for argument in arguments])
    assert (done.exit_code == 0) == (fails is None), (done.output, done.exception)
    if fails is not None:
        assert isinstance(done.exception, fails), done.exception
    return done


def answer(*arguments: object) -> Any:
    return json.loads(accord(*arguments, "--runs", 120, "--proposals", 12, "--seed", 4, "--json").stdout)


def test_the_answer_is_the_librarys(small_call: Path) -> None:
    plan = load_plan(small_call / "plan.toml")
    found = simulate_plan(plan.plan, proposals=12, runs=120, seed=4)
    told = answer(small_call, "--workers", 1)
    assert told["plan"] == plan.digest
    assert told["funded_runs"] == [list(one) for one in found.funded_runs]
    assert told["sides"][0]["used"]["mean"] == found.sides[0].used.mean
    assert told["sides"][1]["first"] == {"runs": found.sides[1].first.runs} | {
        "share": found.sides[1].first.share,
        "error": found.sides[1].first.error,
    }
    assert told["model"]["eligible"] == 0.95


def test_processes_and_a_real_cluster_give_the_same_answer(small_call: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="accord[cluster] is not installed: no cluster to start")
    alone = answer(small_call / "plan.toml", "--workers", 1)
    assert answer(small_call / "plan.toml", "--workers", 2) == alone
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address=None,
        silence_logs=40,
    ) as running:
        assert running.scheduler_address.startswith("tcp://")
        assert answer(small_call / "plan.toml", "--scheduler", running.scheduler_address) == alone


def test_a_task_that_fails_says_so_here(small_call: Path) -> None:
    with local(2) as work, pytest.raises(ZeroDivisionError):
        list(work(_failing, [0]))


def _failing(number: int) -> float:
    return 1 / number


def test_no_cluster_there(monkeypatch: pytest.MonkeyPatch, small_call: Path) -> None:
    pytest.importorskip("distributed", reason="accord[cluster] is not installed")
    monkeypatch.setattr("accord.cli.workers.SECONDS", 1)
    with pytest.raises(ClusterUnavailable, match="no cluster answers there"), cluster("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(ClusterUnavailable, match="no cluster answers there"), cluster("nonsense://x"):
        pass


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch, small_call: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = accord(small_call, "--scheduler", "tcp://127.0.0.1:8786", fails=ClusterUnavailable).exception
    assert str(error).endswith("pip install 'accord[cluster]'")


def test_the_terminal_shows_the_distributions(small_call: Path) -> None:
    shown = accord(small_call, "--runs", 60, "--proposals", 12, "--workers", 1).stdout
    for words in ("60 synthetic calls of 12 proposals each, seed 1.", "runs out first", "funded", "Light", "±"):
        assert words in shown
    assert accord(small_call, "--runs", 10, "--proposals", 3, "--workers", 1, "-q").output == ""


def test_the_page_is_written_in_both_languages(small_call: Path, tmp_path: Path) -> None:
    for language in ("en", "ja"):
        page = tmp_path / f"{language}.html"
        options = ("--runs", 10, "--proposals", 8, "--workers", 1, "--html", page, "--language", language)
        assert f"written: {page}" in accord(small_call, *options).stdout
        assert page.read_bytes().startswith(b"<!doctype html>")


def test_what_is_wrong_is_said(small_call: Path, tmp_path: Path) -> None:
    accord(small_call, "--workers", 2, "--scheduler", "tcp://x:1", fails=SystemExit)
    accord(small_call, "--workers", 0, fails=InvalidInput)
    accord(small_call, "--runs", 1, "--workers", 1, fails=InvalidInput)
    accord(tmp_path / "none.toml", fails=UnusableFolder)
    assert cores() >= 1
