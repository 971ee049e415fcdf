"""A sealed record, copies of it for its readers, and what is erased of it: from the command line to the verification."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from planted_tokens import planted, rules

from accord.cli import commands

ORIGIN = "example.org/small"


def accord(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def refused(*arguments: object) -> str:
    return str(CliRunner().invoke(commands, [str(argument) for argument in arguments]).exception)


def verified(folder: Path, code: int = 0) -> dict[str, str]:
    told = json.loads(accord("record", "verify", folder, "--json", code=code))
    return {check["name"]: check["said"] for check in told["checks"]}


def contents(folder: Path) -> bytes:
    """All bytes of a folder, and of what is packed in it."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found.append(file.read_bytes())
            if zipfile.is_zipfile(io.BytesIO(found[-1])):
                with zipfile.ZipFile(file) as packed:
                    found += [packed.read(name) for name in packed.namelist()]
    return b"\n".join(found)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A signed and sealed record of the planted call in `record`, its log in `log`, the host's key in `host.key`."""
    keys = {
        name: accord("key", "new", tmp_path / f"{name}.key", "--name", f"{name.lower()}.example").strip()
        for name in ("host", "JP", "EU")
    }
    plan = rules()
    for side in ("JP", "EU"):
        office = f'signatories = [ {{ name = "Director, {side}", public_key = "{keys[side]}" }} ]'
        plan = plan.replace(f'id = "{side}"\n', f'id = "{side}"\n{office}\n', 1)
    plan += f'\n[log]\norigin = "{ORIGIN}"\nhost = "{keys["host"]}"\n'
    plan += f'witness = {{ JP = "{keys["JP"]}", EU = "{keys["EU"]}" }}\n'
    planted(tmp_path / "call", plan)
    log, host, record = tmp_path / "log", tmp_path / "host.key", tmp_path / "record"
    accord("log", "begin", log, "--key", host, "--origin", ORIGIN)
    intake = tmp_path / "intake.zip"
    with zipfile.ZipFile(intake, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet.xml", "zperEU1 zsecret")
    accord("log", "add", log, intake, "--kind", "intake", "--side", "EU", "--key", host)
    accord("run", tmp_path / "call", "--out", record)
    for side in ("JP", "EU"):
        note = tmp_path / f"{side}.note"
        accord("sign", record, "--key", tmp_path / f"{side}.key", "--out", note)
        accord("log", "act", log, note, "--key", host)
    accord("record", "seal", record, "--log", log)
    return tmp_path


def test_a_copy_for_a_side_verifies_and_says_who_attests_the_rest(sealed: Path) -> None:
    told = accord("record", "redact", sealed / "record", "--for", "JP", "--out", sealed / "jp")
    assert told.splitlines()[-1] == f"next: accord record verify {sealed / 'jp'}"
    elsewhere = Path(shutil.copytree(sealed / "jp", sealed / "elsewhere" / "jp"))
    checks = verified(elsewhere)
    assert list(checks)[:5] == ["files", "plan and tables", "log", "signatures", "witnesses"]
    assert checks["log"].endswith("1 of them erased or not for this reader")
    assert "recommendation 1: confirmed, signed by JP, EU" in checks["signatures"]
    assert checks["ranking"].startswith("attested by JP, EU, not recomputed: not all is given of reviews/scores, ")
    assert checks["list"].startswith("recomputed: 6 places")
    assert checks["selection"].startswith("recomputed: 3 funded")
    everything = contents(elsewhere)
    hidden = (b"zinvEU1", b"zperEU1", b"zsecret", b"zexp2", b"znam2", b"zcomeP2E2", b"zreason6")
    assert [token for token in hidden if token in everything] == []
    shown = (b"ztitP1", b"zorgEU1", b"zperJP1", b"znam1")
    assert [token for token in shown if token not in everything] == []
    assert (elsewhere / "record.json").read_bytes() == (sealed / "record" / "record.json").read_bytes()


@pytest.mark.parametrize(("reader", "leaf"), [("applicants:P1", b"ztitP1"), ("public", b"accord = 1")])
def test_other_readers_have_copies_that_verify(sealed: Path, reader: str, leaf: bytes) -> None:
    accord("record", "redact", sealed / "record", "--for", reader, "--out", sealed / "copy")
    checks = verified(sealed / "copy")
    assert "recommendation 1: confirmed, signed by JP, EU" in checks["signatures"]
    assert checks["selection"].startswith("attested by JP, EU, not recomputed")
    everything = contents(sealed / "copy")
    assert leaf in everything
    assert [token for token in (b"ztitP2", b"zexp", b"zsecret") if token in everything] == []


def test_what_put_the_closing_off_is_in_every_copy(sealed: Path) -> None:
    (sealed / "text").write_text("an extension")
    host = ("--key", sealed / "host.key")
    accord("log", "add", sealed / "log", sealed / "text", "--kind", "extension", *host)
    accord("record", "seal", sealed / "record", "--log", sealed / "log")
    accord("record", "redact", sealed / "record", "--for", "public", "--out", sealed / "copy")
    assert verified(sealed / "copy")["log"].startswith("4 entries of")
    assert b"an extension" in contents(sealed / "copy")


def test_every_changed_byte_of_a_sealed_copy_is_found(sealed: Path) -> None:
    accord("record", "redact", sealed / "record", "--for", "public", "--out", sealed / "copy")
    missed = []
    for file in sorted(path for path in (sealed / "copy").rglob("*") if path.is_file()):
        content = file.read_bytes()
        for place in range(0, len(content), 1 + len(content) // 2):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            done = CliRunner().invoke(commands, ["record", "verify", str(sealed / "copy"), "--json"])
            if json.loads(done.output)["holds"]:
                missed.append((file.relative_to(sealed / "copy").as_posix(), place))
        file.write_bytes(content)
    assert missed == []


def test_a_person_is_erased_in_place_and_the_log_says_so(sealed: Path) -> None:
    record, log = sealed / "record", sealed / "log"
    front = (record / "record.json").read_bytes()
    rule = ("--rule", "request:2026-17", "--log", log, "--key", sealed / "host.key")
    told = accord("record", "erase", record, "--person", "zexp2", *rule)
    assert f"{record}: " in told
    assert (record / "record.json").read_bytes() == front
    assert sorted(one.name for one in record.iterdir()) == [
        *("erased.json", "hidden.csv", "leaves.jsonl", "log", "record.json"),
    ]
    everything = contents(record)
    gone = (b"zexp2", b"znam2", b"zpub2", b"zpap2", b"zcomeP2E2", b"5a5a5a5a", b"zsecret")
    assert [token for token in gone if token in everything] == []
    assert b"zexp1" in everything
    checks = verified(record)
    assert checks["erased"].endswith("by request:2026-17; entry 3 of the log says so too")
    assert "recommendation 1: confirmed, signed by JP, EU" in checks["signatures"]
    assert checks["ranking"].startswith("attested by JP, EU, not recomputed: not all is given of reviews/scores")
    assert checks["selection"].startswith("recomputed")
    assert "nothing is erased" in refused("record", "erase", record, "--person", "zexp2", *rule)
    accord("record", "erase", record, "--address", "inputs/reviews/*/comment", "--rule", "request:2026-18")
    assert "zcom" not in contents(record).decode(errors="replace")
    assert verified(record)["erased"].endswith("by request:2026-18: erased.json says so only")
    assert [one.name for one in sealed.iterdir() if one.name.startswith(".")] == []


def test_what_cannot_be_erased_or_copied_is_refused_in_a_line(sealed: Path) -> None:
    record = sealed / "record"
    person = ("--person", "zexp1")
    assert refused("record", "erase", record, "--rule", "request:1") == (
        "say what is erased: --address PATTERN, once or more, or --person ID"
    )
    assert "write plan:KEY of the plan, or request:REFERENCE" in refused(
        "record", "erase", record, "--rule", "x", *person
    )
    assert "the plan has no retention.personal" in refused(
        "record", "erase", record, "--rule", "plan:retention.personal", *person
    )
    assert "no leaf that is still here" in refused(
        "record", "erase", record, "--rule", "request:1", "--address", "inputs/nothing/*"
    )
    assert "--log and --key go together" in refused(
        "record", "erase", record, "--rule", "request:1", "--log", sealed / "log", *person
    )
    assert "write one of sides, JP, EU" in refused("record", "redact", record, "--for", "US", "--out", sealed / "us")
    assert "is there already" in refused("record", "redact", record, "--for", "JP", "--out", record)
    accord("record", "redact", record, "--for", "JP", "--out", sealed / "jp")
    assert "this is a copy of a record" in refused(
        "record", "redact", sealed / "jp", "--for", "EU", "--out", sealed / "eu"
    )
    assert verified(record)["selection"].startswith("recomputed")
