"""Forged, oversized and truncated bytes: a clear refusal, never a crash, never more than 64 MiB."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.errors import AccordError
from accord.record.log.contents import LARGEST_CONTENT
from accord.record.log.notes import LARGEST_NOTE
from accord.record.log.tiles import LARGEST_ENTRY
from attacks.fuzz import TARGETS, seeds
from attacks.staged import HOST, Staged

FEW = settings(max_examples=60, deadline=timedelta(seconds=10), suppress_health_check=[HealthCheck.too_slow])
SEEDS = seeds()


@pytest.mark.parametrize("target", TARGETS)
@FEW
@given(content=st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(target: str, content: bytes) -> None:
    TARGETS[target](content)


@pytest.mark.parametrize("target", TARGETS)
@FEW
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read(target: str, data: st.DataObject) -> None:
    """A real one, with some bytes cut out, and others put in."""
    real = data.draw(st.sampled_from(SEEDS[target]))
    begin = data.draw(st.integers(0, len(real)))
    end = data.draw(st.integers(begin, min(len(real), begin + 40)))
    strange = st.sampled_from([b"\n", b"\n\n", b" ", b"\xff", b"9" * 30, b"[" * 3000, "— ".encode(), b'"\\ud800"'])
    TARGETS[target](real[:begin] + data.draw(st.binary(max_size=8) | strange) + real[end:])


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Staged:
    call = Staged.begun(tmp_path_factory.mktemp("bytes"))
    call.both()
    call.close()
    call.cosigned()
    return call


@FEW
@given(data=st.data())
def test_a_log_with_any_file_damaged_is_refused(logged: Staged, data: st.DataObject) -> None:
    """No crash in any file of it; and where a log with a changed byte is taken, it says the same as before."""
    files = sorted(one for one in logged.log.rglob("*") if one.is_file() and not one.name.startswith("."))
    older = {"tile/0/000.p/1", "tile/0/000.p/2", "tile/entries/000.p/1", "tile/entries/000.p/2"}
    files = [one for one in files if one.relative_to(logged.log).as_posix() not in older]
    file = data.draw(st.sampled_from(files))
    content = file.read_bytes()
    place = data.draw(st.integers(0, max(len(content) - 1, 0)))
    other = data.draw(st.binary(max_size=4))
    try:
        file.write_bytes(content[:place] + other + content[place + 1 :])
        if file.read_bytes() != content:
            with pytest.raises(AccordError):
                logged.vouched()
    finally:
        file.write_bytes(content)


PEAK = """
import json, resource, sys
from pathlib import Path
from accord.acts.vouching import vouched
from accord.errors import AccordError
from accord.plan.load import load_plan
from accord.record.log.keys import new_key
from accord.record.log.notes import VerifierKey
from accord.record.log.reader import audit, folder, head
from accord.record.log.witness import cosign

plan = load_plan(Path(sys.argv[1]) / "call" / "plan.toml").plan
host, mine = VerifierKey.of(sys.argv[2]), new_key("jp.example")
readers = {
    "audit": lambda log: [None for _ in audit(folder(log), head(folder(log)))],
    "vouch": lambda log: vouched(plan, log),
    "witness": lambda log: cosign(folder(log), log / "memory", mine, host, "host.example/small", at=1),
}
before, told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, {}
for line in sys.argv[3:]:
    reader, _, log = line.partition(" ")
    try:
        readers[reader](Path(log))
        told[log] = "taken"
    except (AccordError, FileNotFoundError) as error:
        told[log] = type(error).__name__
print(json.dumps([(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, told]))
"""


def sparse(file: Path) -> None:
    """A terabyte that takes no room on the disk."""
    with file.open("wb") as stream:
        stream.truncate(2**40)


def empty_lines(file: Path) -> None:
    file.write_bytes(b"\n" * LARGEST_NOTE)


def whole_bundle(file: Path) -> None:
    file.write_bytes((LARGEST_ENTRY.to_bytes(2, "big") + bytes(LARGEST_ENTRY)) * 256)


ATTACKS: tuple[tuple[str, str, Callable[[Path], None]], ...] = (
    ("audit", "checkpoint", sparse),
    ("witness", "checkpoint", empty_lines),
    ("audit", "tile/0/000.p/3", sparse),
    ("witness", "tile/0/000.p/3", sparse),
    ("audit", "tile/entries/000.p/3", sparse),
    ("audit", "tile/entries/000.p/3", whole_bundle),
    ("vouch", "checkpoints/2", sparse),
    ("vouch", "checkpoints/2", empty_lines),
    ("vouch", "contents/ID", sparse),
    ("vouch", "contents/ID", lambda file: file.write_bytes(bytes(LARGEST_CONTENT))),
    ("vouch", "contents/ID.salt", sparse),
)


def test_no_file_makes_a_reader_grow_past_64_mebibytes(logged: Staged, tmp_path: Path) -> None:
    first = next(iter(logged.entries())).id
    asked = []
    for number, (reader, name, forge) in enumerate(ATTACKS):
        log = tmp_path / f"{number}"
        shutil.copytree(logged.log, log)
        forge(log / name.replace("ID", first))
        asked.append(f"{reader} {log}")
    program = [sys.executable, "-c", PEAK, str(logged.at), HOST.verifier.text, *asked]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    grown, told = json.loads(done.stdout)
    assert set(told.values()) <= {"UnreadableNote", "TamperedLog", "NotCosigned"}
    assert grown < 64
