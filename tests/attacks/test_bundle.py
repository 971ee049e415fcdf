"""A bundle that its receiver did not make: a front page without end, a path, a link, a log that is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.call.folder import load_call
from accord.cli import commands
from accord.pipeline.bundle import record_files
from accord.pipeline.walk import run
from accord.record.canonical import canonical, digest
from accord.record.folder import write_folder
from accord.record.log.reader import folder
from accord.verify import verify
from attacks.staged import Staged

LIMITED = """
import resource, sys
from pathlib import Path
from accord.verify import verify
resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
checks = verify(Path(sys.argv[1])).checks
print(len(checks), checks[-1].holds)
"""


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A record, in which the log of its call is sealed."""
    call = Staged.begun(tmp_path)
    call.both()
    write_folder(tmp_path / "sealed", record_files(run(load_call(tmp_path / "call"))))
    done = CliRunner().invoke(commands, ["record", "seal", str(tmp_path / "sealed"), "--log", str(call.log)])
    assert done.exit_code == 0
    assert verify(tmp_path / "sealed").holds
    return tmp_path / "sealed"


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hostname", "inputs/../../secret", "log/../../secret", "..\\secret"]
)
def test_a_path_that_climbs_out_is_not_read(sealed: Path, name: str) -> None:
    """Named with its true digest: whoever may read the file outside learns that the record holds, if it is read."""
    secret = sealed.parent / "secret"
    secret.write_bytes(b"secret")
    listed = json.loads((sealed / "files.json").read_bytes())
    listed["files"][name] = digest(b"secret")
    (sealed / "files.json").write_bytes(canonical(listed) + b"\n")
    page = json.loads((sealed / "record.json").read_bytes())
    page["files"] = digest((sealed / "files.json").read_bytes())
    (sealed / "record.json").write_bytes(canonical(page) + b"\n")
    failed = verify(sealed).checks[-1]
    assert (failed.name, failed.holds) == ("files", False)


def test_a_log_reads_no_path_that_climbs_out(sealed: Path) -> None:
    for name in ("../record.json", "/etc/hostname", "tile/../../record.json"):
        with pytest.raises(ValueError, match="is not a path inside the folder"):
            folder(sealed / "log")(name, 100)


@pytest.mark.parametrize("name", ["log/tile/0/000.p/2", "log", "steps", "record.json"])
def test_a_link_out_of_the_bundle_is_not_followed(sealed: Path, name: str) -> None:
    (sealed / name).rename(sealed.parent / "outside")
    (sealed / name).symlink_to(sealed.parent / "outside")
    failed = verify(sealed).checks[-1]
    assert (failed.name, failed.holds) == ("files", False)


@pytest.mark.parametrize("name", ["log", "log/checkpoint", "log/checkpoints/2", "log/tile/entries/000.p/2"])
def test_a_terabyte_in_the_log_is_refused(sealed: Path, name: str) -> None:
    if name == "log":
        (sealed / "log" / "big").touch()
        name = "log/big"
    with (sealed / name).open("wb") as stream:
        stream.truncate(2**40)
    failed = verify(sealed).checks[-1]
    assert (failed.name, failed.holds) == ("log", False)


@pytest.mark.parametrize("name", ["record.json", "files.json"])
def test_a_front_page_of_a_terabyte_is_refused(sealed: Path, name: str) -> None:
    with (sealed / name).open("wb") as stream:
        stream.truncate(2**40)
    done = subprocess.run([sys.executable, "-c", LIMITED, str(sealed)], capture_output=True, text=True, check=True)
    assert done.stdout == "1 False\n"


@pytest.mark.parametrize("also", [(), ("ro-crate-metadata.json",)])
def test_a_record_whose_log_was_taken_away_says_that_nobody_signed(sealed: Path, also: tuple[str, ...]) -> None:
    (sealed / "log").rename(sealed.parent / "taken")
    for name in also:
        (sealed / name).unlink()
    last = verify(sealed).checks[-1]
    assert (last.name, last.holds) == ("log", False)
    assert last.said.startswith("not sealed: the plan names the log host.example/small, and this record does not hold")
