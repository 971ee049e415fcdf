"""Where the real input lies, and a small call for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls import write_call

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def quantum_call() -> Path:
    """The folder of the reference call; tests that need it are skipped where it is not beside the checkout."""
    folder = DATA / "quantum-call"
    if not folder.is_dir():
        pytest.skip("the reference call is not beside this checkout (../shared/data/quantum-call)")
    return folder


@pytest.fixture
def small_call(tmp_path: Path) -> Path:
    """A small call of two Sides, written by hand."""
    return write_call(tmp_path / "call")
