"""A sealed record as an RO-Crate: what programs that are not ours read in it, and that no byte of it is free."""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import CliRunner

from accord.cli import commands
from calls import PLAN, write_call

CRATE = "ro-crate-metadata.json"
VALIDATOR = os.environ.get("ROC_VALIDATOR_PYTHON")


def accord(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record sealed with a log of one entry."""
    at = tmp_path_factory.mktemp("crate")
    host = accord("key", "new", at / "host.key", "--name", "host.example").strip()
    eu = accord("key", "new", at / "EU.key", "--name", "eu.example").strip()
    plan = f'{PLAN}\n[log]\norigin = "example.org/small"\nhost = "{host}"\nwitness = {{ JP = "{host}", EU = "{eu}" }}\n'
    plan = plan.replace(
        'award_form = "grant"\n', 'award_form = "grant"\ncontact = { name = "Desk", url = "https://eu.example" }\n'
    )
    call = write_call(at / "call", plan=plan)
    accord("log", "begin", at / "log", "--key", at / "host.key", "--origin", "example.org/small")
    accord("log", "add", at / "log", call / "plan.toml", "--kind", "plan", "--key", at / "host.key")
    accord("run", call, "--out", at / "record")
    accord("record", "seal", at / "record", "--log", at / "log")
    return at / "record"


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    return Path(copytree(sealed, tmp_path / "record"))


def checked(record: Path, code: int = 0) -> tuple[bool, str]:
    told = json.loads(accord("record", "verify", record, "--json", code=code))
    found = next(check for check in told["checks"] if check["name"] == "description")
    return found["holds"], found["said"]


def graph(record: Path) -> dict[str, dict[str, Any]]:
    return {one["@id"]: one for one in json.loads((record / CRATE).read_bytes())["@graph"]}


def test_it_lists_every_file_with_its_digest(sealed: Path) -> None:
    names = {one.relative_to(sealed).as_posix() for one in sealed.rglob("*") if one.is_file()}
    names = {name for name in names if not name.startswith("log/")} - {CRATE} | {"log/checkpoint"}
    listed = {name: one for name, one in graph(sealed).items() if one["@type"] == "File"}
    digests = {
        name: (sha256(content).hexdigest(), str(len(content)))
        for name in names
        if (content := (sealed / name).read_bytes())
    }
    assert {name: (one["sha256"], one["contentSize"]) for name, one in listed.items()} == digests
    assert listed["steps/ranking.json"]["description"].startswith("The step ranking, by the method ")


def test_it_says_whose_it_is_and_grants_nothing(sealed: Path) -> None:
    found = graph(sealed)
    assert found["./"]["author"] == [{"@id": "#side-JP"}, {"@id": "#side-EU"}]
    assert (found["#side-JP"]["name"], found["#side-JP"]["alternateName"]) == ("One Side", "一方")
    assert (found["#side-EU"]["name"], found["#side-EU"]["url"]) == ("The other Side", "https://eu.example")
    assert found[found["./"]["license"]["@id"]]["description"].startswith("This file grants no licence.")
    assert found["./"]["identifier"].removeprefix("sha256:") in (sealed / "record.json").read_text()


def test_it_is_made_again_by_whoever_verifies(copy: Path) -> None:
    holds, said = checked(copy)
    assert (holds, said.startswith(f"{CRATE} is what record and log give, as Accord ")) == (True, True)


def test_an_older_version_of_accord_stays_verifiable(copy: Path) -> None:
    file = copy / CRATE
    content = json.loads(file.read_bytes())
    now = next(one["softwareVersion"] for one in content["@graph"] if one["@id"] == "#accord")
    file.write_bytes(file.read_bytes().replace(f'"softwareVersion": "{now}"'.encode(), b'"softwareVersion": "0.0.9"'))
    assert checked(copy) == (True, f"{CRATE} is what record and log give, as Accord 0.0.9 writes it (RO-Crate 1.1)")


def test_a_changed_byte_is_named_and_a_missing_file_too(copy: Path) -> None:
    file = copy / CRATE
    content = file.read_bytes()
    for place in range(0, len(content), len(content) // 12):
        file.write_bytes(content[:place] + bytes([content[place] ^ 2]) + content[place + 1 :])
        assert checked(copy, code=1)[0] is False
    place = content.index(b"grants no licence")
    file.write_bytes(content[:place] + content[place:].replace(b"grants no", b"grants a", 1))
    line = content.count(b"\n", 0, place) + 1
    assert checked(copy, code=1) == (False, f"{CRATE} is not what record and log give: byte {place + 7}, line {line}")
    file.write_bytes(content + b" ")
    assert checked(copy, code=1)[1].endswith(f"byte {len(content)}, line {content.count(chr(10).encode()) + 1}")
    file.write_bytes(b"[]")
    assert checked(copy, code=1) == (False, f"{CRATE} is no description that Accord wrote")
    file.unlink()
    assert checked(copy, code=1) == (False, f"{CRATE} is missing or too large: seal the record again")


def test_a_reader_of_crates_that_is_not_ours_reads_it(sealed: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate", reason="rocrate is not installed")
    found = rocrate.ROCrate(sealed)
    assert sorted(one.id for one in found.root_dataset["author"]) == ["#side-EU", "#side-JP"]
    assert found.get("record.json")["sha256"] == sha256((sealed / "record.json").read_bytes()).hexdigest()


@pytest.mark.skipif(
    VALIDATOR is None, reason="ROC_VALIDATOR_PYTHON names no Python with roc-validator and rocrate<0.16"
)
def test_a_validator_that_is_not_ours_finds_nothing_wrong(copy: Path) -> None:
    def found(record: Path) -> list[str]:
        program = [str(VALIDATOR), str(Path(__file__).with_name("roc_validator.py")), str(record), "REQUIRED"]
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        return list(json.loads(done.stdout.splitlines()[-1]))

    assert found(copy) == []
    (copy / CRATE).write_bytes((copy / CRATE).read_bytes().replace(b'"license"', b'"licence"'))
    assert len(found(copy)) > 0
