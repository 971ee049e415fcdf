"""The server is killed while eight clients submit: every acknowledged proposal is there, once, under one log.

`python benchmarks/site.py` runs the same with a thousand proposals and ten kills.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import metamorphic_log as other
import pytest
from django.db import connections

from accord.record.canonical import digest
from accord.record.log.entry import Entry as Logged
from accord.record.log.proof import LogProof
from accord.record.log.reader import audit, folder, head
from accord.record.log.tree import Frontier
from accord.record.merkle import leaf_hash
from accord_server.database.sessions import publishing, reading
from accord_server.log.publishing import forget, publish
from accord_server.log.queries import entries
from accord_server.proposals.queries import submitted_versions
from accord_server.settings.environment import Database

from ..proposals.conftest import FIELDS
from .siege import Siege, besieged

FULL = os.environ.get("SITE_BENCHMARK") == "full"
PROPOSALS, STOPS, SIZE = (1000, 2, 20_000) if FULL else (60, 1, 2_000)
CLIENTS, KILLS = 8, {"sqlite": 10, "postgresql": 10} if FULL else {"sqlite": 2, "postgresql": 1}


def waited(siege: Siege, number: int) -> None:
    deadline = time.monotonic() + 300
    while siege.acknowledged() < number:
        assert time.monotonic() < deadline, "nothing is acknowledged any more"
        time.sleep(0.002)


def stopped_at_once(cluster: Any) -> None:
    """PostgreSQL stopped without a word to its clients, as by a failure, and started again."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    command = [
        programs / "pg_ctl",
        "-D",
        cluster.socket / "rows",
        "-m",
        "immediate",
        "-w",
        "-l",
        "/dev/null",
        "restart",
    ]
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        user=user,
        check=True,
        cwd=cluster.socket,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )


def test_what_was_acknowledged_is_there(
    request: pytest.FixtureRequest, world: Any, database: Database, tmp_path: Path
) -> None:
    siege = besieged(world, database, tmp_path, FIELDS, number=PROPOSALS, size=SIZE)
    connections.close_all()
    siege.server.start()
    try:
        threads = siege.run(CLIENTS, patience=600)
        stops = STOPS if database.engine == "postgresql" else 0
        interruptions = ["kill"] * KILLS[database.engine] + ["stop"] * stops
        for number, what in enumerate(interruptions, start=1):
            waited(siege, number * PROPOSALS // (len(interruptions) + 1))
            if what == "kill":
                siege.server.kill()
                siege.server.start()
            else:
                stopped_at_once(request.getfixturevalue("cluster"))
        for thread in threads:
            thread.join(600)
    finally:
        siege.server.kill()
    assert siege.acknowledged() == PROPOSALS
    assert sum(one.tries for one in siege.wanted) > PROPOSALS  # the kills were felt
    checked(siege, tmp_path)


def checked(siege: Siege, folder_of_site: Path) -> None:
    """Every acknowledged proposal byte for byte, one row and one leaf each, under a log that others accept."""
    forget()
    path = folder_of_site / "logs" / siege.call.hex
    publish(siege.call, path, siege.world.host, "example.org/small")
    newest = head(folder(path))
    leaves = [content for _, content in audit(folder(path), newest)]
    with publishing(siege.call):
        assert [bytes(row.leaf) for row in entries(siege.call)] == leaves
    kinds = [Logged.of(leaf).kind for leaf in leaves]
    assert kinds.count("proposal-submitted") == len(siege.wanted)
    host = siege.world.host.verifier
    assert other.checkpoint_verify(newest.content.decode(), [host.text]).size == len(leaves)
    roots, tree = {}, Frontier()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
        roots[tree.size] = tree.root
    for one in siege.wanted:
        assert one.answer is not None
        proof = LogProof.of(one.answer["proof"].encode())
        leaf = leaves[one.answer["first"]]
        proof.verified(leaf, host)
        assert roots[proof.checkpoint.size] == proof.checkpoint.root  # what the receipt rests on is this log's past
        assert Logged.of(leaf).id == one.answer["result"]["entry"].replace("-", "")
        index, size = one.answer["first"], proof.checkpoint.size
        assert other.verify_inclusion(index, size, leaf_hash(leaf), list(proof.path), proof.checkpoint.root) is None
        with reading(one.account.id):
            (row,) = submitted_versions(one.account, one.proposal, siege.world.at + timedelta(days=3))
        content = bytes(row.content)
        assert content == one.answer["proposal"].encode()
        (document,) = json.loads(content)["documents"]
        kept = folder_of_site / "files" / one.proposal.hex / document["sha256"]
        assert document["sha256"] == digest(one.body)
        assert kept.read_bytes() == one.body
