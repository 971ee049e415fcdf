"""Compiled and plain functions give the same; nothing is written where the user cannot write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accord.methods import compiled
from accord.methods.assignment import assign
from accord.methods.assignment import problem as assignment_problem

needs_numba = pytest.mark.skipif(not compiled.compiler_is_installed(), reason="Numba (accord[fast]) is not installed")

WITHOUT_A_HOME = """
import sys
import numpy as np
from accord.methods.compiled import cache_folder
from accord.methods.assignment import assign, problem
assert cache_folder() is None, cache_folder()
problem.COMPILED_FROM = 0
print(assign(np.arange(12).reshape(3, 4), experts_per_proposal=1, max_load=1).total)
assert "numba" in sys.modules
"""

SMALL_WALKS = """
import numpy as np
from accord.methods.assignment import assign, problem
from accord.methods.selection import search, select
problem.COMPILED_FROM = search.MANY = 0
search._MOST_MOVES = 5000
chance = np.random.default_rng(4)
affinity = chance.integers(0, 50, (20, 15))
sides = ["CH", "JP", "EU"] * 5
found = assign(affinity, experts_per_proposal=2, max_load=4, expert_side=sides, min_per_side={"CH": 1}, seed=b"same")
requests = chance.integers(0, 50, (40, 3)) * chance.integers(0, 2, (40, 3))
funded = select(chance.integers(1, 10**6, 40), requests, requests.sum(axis=0) // 4, rule="max-merit", seed=b"same")
print(found.pairs.tolist(), found.certificate.prices.expert.tolist(), funded)
"""


def outcome(affinity: Any) -> tuple[Any, ...]:
    result = assign(
        affinity, experts_per_proposal=2, max_load=3, expert_side=["CH", "JP"] * 20, min_per_side=1, seed=b"same"
    )
    prices = result.certificate.prices
    return result.pairs.tolist(), result.reasons, prices.proposal.tolist(), prices.side.tolist(), prices.expert.tolist()


@needs_numba
def test_compiled_and_plain_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    affinity = np.random.default_rng(2).integers(0, 50, (50, 40))
    monkeypatch.setattr(assignment_problem, "COMPILED_FROM", 10**9)
    plain = outcome(affinity)
    monkeypatch.setattr(assignment_problem, "COMPILED_FROM", 0)
    assert outcome(affinity) == plain
    monkeypatch.setattr(compiled, "compiler_is_installed", lambda: False)
    assert outcome(affinity) == plain


@needs_numba
def test_numba_switched_off_gives_the_same() -> None:
    said = []
    for switch in ("0", "1"):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "NUMBA_DISABLE_JIT": switch}
        done = subprocess.run(
            [sys.executable, "-c", SMALL_WALKS], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]
    assert "optimal=True" in said[0]


@needs_numba
def test_a_user_who_can_write_nowhere_computes_all_the_same(tmp_path: Path) -> None:
    # A home in which not even root can make a folder.
    home = tmp_path / "home"
    home.write_text("")
    environment = {"HOME": str(home), "LOCALAPPDATA": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_HOME], env=environment, capture_output=True, text=True, check=False, cwd="/"
    )
    assert (done.stdout, done.returncode) == ("18\n", 0), done.stderr


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "given"))
    assert compiled.cache_folder() == tmp_path / "given"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert compiled.cache_folder() == tmp_path / "cache" / "accord" / "compiled"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled.cache_folder() is None
