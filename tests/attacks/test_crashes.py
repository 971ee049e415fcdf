"""The host is killed, runs twice, or has no room left: what it acknowledged is there, and nobody is refused."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from accord.record.canonical import canonical
from accord.record.log.contents import Happening, log, opened, settle
from accord.record.log.entry import Entry
from accord.record.log.keys import new_key, write_key
from accord.record.log.notes import UnreadableNote, VerifierKey
from accord.record.log.reader import audit, folder, head
from accord.record.log.witness import cosign
from accord.record.log.writer import add_cosignatures, append, begin_log, signed_sizes
from attacks.appending import DEAD
from attacks.staged import EU, HOST, JP, NOON, ORIGIN, Staged

APPENDING = Path(__file__).with_name("appending.py")
STOPPING = Path(__file__).with_name("stopping.py")
KILLS = 20


class Host:
    """Processes that append to a log for ever, one after the other, each until it is killed."""

    def __init__(self, path: Path, key: Path) -> None:
        program = [sys.executable, str(APPENDING), str(path), str(key)]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._pid = 0

    def begin(self, name: str, batch: int) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(name, batch, file=self._process.stdin, flush=True)
        self._pid = int(self._process.stdout.readline())

    def kill(self) -> list[str]:
        """What the process had acknowledged when it was killed; half a line was not."""
        assert self._process.stdout is not None
        os.kill(self._pid, signal.SIGKILL)
        found = []
        while not (line := self._process.stdout.readline()).endswith(DEAD):
            found.append(line)
        return found

    def end(self) -> None:
        self._process.communicate()


def contents(path: Path) -> list[str]:
    """Every content under the log's head, audited."""
    entries = [Entry.of(content) for _, content in audit(folder(path), head(folder(path)))]
    found = [opened(path, one) for one in entries]
    assert None not in found
    return [f"{one.decode()}\n" for one in found if one is not None]


def of_one_history(path: Path, host: VerifierKey) -> None:
    """Every head that the host ever signed leads to the newest one."""
    for size in signed_sizes(path):
        read = folder(path)
        assert head(lambda _, most, size=size, read=read: read(f"checkpoints/{size}", most)).trusted(host).size == size


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Path, Path]:
    write_key(tmp_path / "host.key", HOST)
    begin_log(tmp_path / "log", HOST, ORIGIN)
    return tmp_path / "log", tmp_path / "host.key"


def test_twenty_kills_lose_nothing_that_was_acknowledged(begun: tuple[Path, Path], tmp_path: Path) -> None:
    path, key = begun
    chance = random.Random(7)
    acknowledged: list[str] = []
    host = Host(path, key)
    for kill in range(KILLS):
        host.begin(f"{kill}", chance.choice([1, 3, 100, 300]))
        until = time.monotonic() + chance.uniform(0.02, 0.12)
        while time.monotonic() < until:
            seen = cosign(folder(path), tmp_path / "jp", JP, HOST.verifier, ORIGIN, at=kill)
        acknowledged += host.kill()
        found = contents(path)
        assert set(acknowledged) <= set(found)
        assert len(set(found)) == len(found)
        add_cosignatures(path, seen)
        of_one_history(path, HOST.verifier)
    host.end()
    assert cosign(folder(path), tmp_path / "jp", JP, HOST.verifier, ORIGIN, at=KILLS).size == len(contents(path))
    assert cosign(folder(path), tmp_path / "eu", EU, HOST.verifier, ORIGIN, at=KILLS).size == len(contents(path))


def test_a_log_that_was_killed_is_sealed(tmp_path: Path) -> None:
    call = Staged.begun(tmp_path)
    call.both()
    write_key(tmp_path / "host.key", HOST)
    host = Host(call.log, tmp_path / "host.key")
    for kill in range(3):
        host.begin(f"{kill}", 20)
        time.sleep(0.1)
        host.kill()
    host.end()
    call.cosigned()
    assert call.sealed()["signatures"] == "recommendation 1: confirmed, signed by JP, EU"


@pytest.mark.parametrize("after", range(1, 10))
def test_a_stop_after_any_rename_leaves_one_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """A power cut between any two names that files get; what came after it is appended, other than what was lost."""
    call = Staged.begun(tmp_path)
    call.both()
    call.cosigned()
    left, real = after, Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with suppress(KeyboardInterrupt):
        call.enter("minutes", None, b"lost, perhaps")
    monkeypatch.undo()
    size = call.vouched().head.size
    call.cosigned()
    for number in range(2):
        call.enter("minutes", None, f"after {number}".encode())
    call.cosigned()
    assert call.vouched().head.size == size + 2
    assert set(signed_sizes(call.log)) >= {0, 1, 2, size + 1, size + 2}
    assert call.sealed()["signatures"] == "recommendation 1: confirmed, signed by JP, EU"


def settled(call: Staged) -> None:
    """Each entry's content is there whole, or gone whole under an entry that says so; and no other file is."""
    found = call.vouched()
    kept = {one.id for at, one in enumerate(found.entries) if at not in found.erased}
    half = "..pending."  # ids of what was about to be done, and no content
    there = {file.name for file in (call.log / "contents").iterdir() if not file.name.startswith(half)}
    assert there == {name for one in kept for name in (one, f"{one}.salt")}
    assert set(found.unopened) == set(found.erased)


@pytest.mark.parametrize("what", ["log", "erase"])
def test_a_kill_between_an_entry_and_its_content_is_settled_by_the_next(tmp_path: Path, what: str) -> None:
    """Before each name that a file gets or loses the process is killed, as by a power cut; then the host goes on."""
    call = Staged.begun(tmp_path)
    write_key(tmp_path / "host.key", HOST)
    program = [sys.executable, str(STOPPING), str(call.log), str(tmp_path / "host.key")]
    ends = []
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        for number in range(1, 60):
            call.both()
            before = call.vouched()
            print(what, number, file=host.stdin, flush=True)
            ends.append(host.stdout.readline().strip())
            settle(call.log)
            settled(call)
            after = call.vouched()
            added = len(after.entries) - len(before.entries)
            assert added in {0, 2 if what == "log" else 1}
            assert len(after.erased) - len(before.erased) == (added if what == "erase" else 0)
            call.enter("minutes", None, b"goes on")
            if ends[-1] == "done":
                break
    assert ends == ["killed"] * (len(ends) - 1) + ["done"]
    assert len(ends) > 10


def test_an_erasure_that_was_cut_off_is_finished_by_the_next_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry says that it is erased, and the process was killed before: the next act of the host finishes it."""
    call = Staged.begun(tmp_path)
    call.enter("minutes", None, b"a person's name")
    gone = next(iter(call.entries()))
    told = canonical({"erased": gone.id, "index": 0, "rule": "plan:retention"})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", _stopped_at(Path.unlink, f"{gone.id}.salt"))
        with pytest.raises(KeyboardInterrupt):
            log(call.log, HOST, [Happening("erased", None, told)], time=NOON, chance=bytes(48), erases=[gone])
    assert (call.log / "contents" / gone.id).read_bytes() == b"a person's name"
    call.both()
    settled(call)
    assert not (call.log / "contents" / gone.id).exists()


def _stopped_at(real: Callable[..., None], name: str) -> Callable[..., None]:
    def unlink(self: Path, *, missing_ok: bool = False) -> None:
        if self.name == name:
            raise KeyboardInterrupt
        real(self, missing_ok=missing_ok)

    return unlink


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'{"accord_pending":1,"erases":["../../../secret"],"new":[],"size":0}',
        b'{"accord_pending":1,"erases":[],"new":["../../secret"],"size":0}',
        b'{"accord_pending":1,"erases":[],"new":["*"],"size":0}',
        b'{"accord_pending":1,"erases":[],"new":[],"size":-1}',
        b'{"accord_pending":1,"erases":[],"new":[1],"size":0}',
    ],
)
def test_what_is_pending_names_no_file_outside(tmp_path: Path, content: bytes) -> None:
    """Whoever seals with another's log settles it first: a false note there must remove nothing."""
    call = Staged.begun(tmp_path)
    call.both()
    (tmp_path / "secret").write_text("kept")
    (call.log / "contents" / ".pending").write_bytes(content)
    with pytest.raises(UnreadableNote, match="is not what a log writes there"):
        settle(call.log)
    assert (tmp_path / "secret").exists()
    assert len(call.vouched().entries) == 2


def test_two_hosts_at_once_write_one_log(begun: tuple[Path, Path], tmp_path: Path) -> None:
    path, key = begun
    both = [Host(path, key), Host(path, key)]
    for host, name in zip(both, ("one", "two"), strict=True):
        host.begin(name, 5)
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        cosign(folder(path), tmp_path / "jp", JP, HOST.verifier, ORIGIN, at=1)
    acknowledged = [line for host in both for line in host.kill()]
    for host in both:
        host.end()
    found = contents(path)
    assert set(acknowledged) <= set(found)
    for name in ("one", "two"):
        mine = [line for line in found if line.startswith(name)]
        assert mine == sorted(mine, key=lambda line: [int(part) for part in line.split()[1:]])
        assert mine


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False).returncode:
        pytest.skip("a small disk is mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_leaves_the_old_head(full_disk: Path) -> None:
    """Whichever write finds no room left, the log is as it was, and goes on when there is room again."""
    path = full_disk / "log"
    begin_log(path, HOST, ORIGIN)
    append(path, HOST, [b"the first"])
    filler = full_disk / "filler"
    errors = 0
    for spare in range(0, 33, 2):
        size = head(folder(path)).size
        with filler.open("wb", buffering=0) as stream, suppress(OSError):
            while stream.write(bytes(4096)):
                pass
        with filler.open("r+b") as stream:
            stream.truncate(max(0, filler.stat().st_size - 2048 * spare))
        try:
            append(path, HOST, [b"x" * 3000] * 2)
            full = False
        except OSError as error:
            full = error.errno == errno.ENOSPC
        assert head(folder(path)).size == size + (0 if full else 2)
        errors += full
        filler.unlink()
        assert sum(1 for _ in audit(folder(path), head(folder(path)))) == head(folder(path)).size
        append(path, HOST, [b"goes on"])
        of_one_history(path, HOST.verifier)
    assert errors
    assert head(folder(path)).size > 1 + 17


def test_a_witness_without_room_gives_no_cosignature(full_disk: Path, tmp_path: Path) -> None:
    """What it cannot remember it does not vouch for."""
    begin_log(tmp_path / "log", HOST, ORIGIN)
    with (full_disk / "filler").open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(bytes(4096)):
            pass
    with pytest.raises(OSError, match="No space left on device"):
        cosign(folder(tmp_path / "log"), full_disk / "jp", JP, HOST.verifier, ORIGIN, at=1)
    (full_disk / "filler").unlink()
    assert cosign(folder(tmp_path / "log"), full_disk / "jp", JP, HOST.verifier, ORIGIN, at=1).size == 0


def test_a_key_file_is_never_half_there(full_disk: Path) -> None:
    with (full_disk / "filler").open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(bytes(4096)):
            pass
    with pytest.raises(OSError, match="No space left on device"):
        write_key(full_disk / "key", new_key("jp.example"))
    (full_disk / "filler").unlink()
    assert not (full_disk / "key").exists()
