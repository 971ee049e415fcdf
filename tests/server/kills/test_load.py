"""Submissions of a 2 MB file by eight clients at once: none fails. `python benchmarks/site.py` measures how many a second."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from accord_server.settings.environment import Database

from ..proposals.conftest import FIELDS
from .siege import besieged

FULL = os.environ.get("SITE_BENCHMARK") == "full"
PROPOSALS, SIZE, CLIENTS = (200, 2_000_000, 8) if FULL else (16, 2_000_000, 8)


@pytest.mark.parametrize("receipts", [False, True] if FULL else [True])
def test_submissions_a_second(world: Any, database: Database, tmp_path: Path, capsys: Any, *, receipts: bool) -> None:
    siege = besieged(world, database, tmp_path, FIELDS, number=PROPOSALS, size=SIZE)
    siege.server.receipts = receipts
    connections.close_all()
    siege.server.start()
    try:
        begun = time.monotonic()
        for thread in siege.run(CLIENTS):
            thread.join(600)
        seconds = time.monotonic() - begun
    finally:
        siege.server.kill()
    assert siege.acknowledged() == PROPOSALS
    assert [one.tries for one in siege.wanted] == [1] * PROPOSALS
    times = sorted(one.seconds for one in siege.wanted)
    if FULL:
        with capsys.disabled():
            told = "in the answer" if receipts else "asked for later"
            median, late = times[len(times) // 2], times[len(times) * 95 // 100]
            print(
                f"\n{database.engine}: {PROPOSALS / seconds:.1f} submissions of {SIZE:,} bytes a second, receipts {told}; "
                f"median {median * 1000:.0f} ms, p95 {late * 1000:.0f} ms, load {os.getloadavg()[0]:.1f}"
            )
