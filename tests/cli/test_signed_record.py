"""Two Sides and a host, from keys to a cosigned record that either of them checks with nothing but the folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.cli import commands
from accord.record.log.notes import VerifierKey
from calls import PLAN, write_call

ORIGIN = "example.org/small"


def accord(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def refused(*arguments: object) -> str:
    return str(CliRunner().invoke(commands, [str(argument) for argument in arguments]).exception)


class Signed:
    """A folder with everything: the keys of host and Sides, the call, its record and its log."""

    def __init__(self, folder: Path) -> None:
        self.at = folder
        self.keys = {
            name: accord("key", "new", folder / f"{name}.key", "--name", f"{name.lower()}.example").strip()
            for name in ("host", "JP", "EU")
        }
        plan = PLAN
        for side in ("JP", "EU"):
            office = f'signatories = [ {{ name = "Director, {side}", public_key = "{self.keys[side]}" }} ]'
            plan = plan.replace(f'id = "{side}"\n', f'id = "{side}"\n{office}\n', 1)
        plan += f'\n[log]\norigin = "{ORIGIN}"\nhost = "{self.keys["host"]}"\n'
        plan += f'witness = {{ JP = "{self.keys["JP"]}", EU = "{self.keys["EU"]}" }}\n'
        self.call = write_call(folder / "call", plan=plan)
        self.log, self.record = folder / "log", folder / "record"
        accord("log", "begin", self.log, "--key", folder / "host.key", "--origin", ORIGIN)

    def sign(self, side: str, subject: Path) -> Path:
        note = self.at / f"{subject.name}.{side}.note"
        accord("sign", subject, "--key", self.at / f"{side}.key", "--out", note)
        return note

    def enter(self, *notes: Path) -> None:
        accord("log", "act", self.log, *notes, "--key", self.at / "host.key")

    def witness(self, side: str, log: Path | None = None, code: int = 0) -> str:
        watched = ("--host", self.keys["host"], "--origin", ORIGIN, "--memory", self.at / f"{side}-memory")
        return accord("witness", log or self.log, "--key", self.at / f"{side}.key", *watched, code=code)

    def verified(self, code: int = 0) -> dict[str, tuple[bool, str]]:
        told = json.loads(accord("record", "verify", self.record, "--json", code=code))
        return {check["name"]: (check["holds"], check["said"]) for check in told["checks"]}


@pytest.fixture
def two(tmp_path: Path) -> Signed:
    return Signed(tmp_path)


def whole(two: Signed) -> None:
    """Sign the plan, run, close, sign the recommendation, cosign, seal."""
    two.enter(*(two.sign(side, two.call / "plan.toml") for side in ("JP", "EU")))
    accord("run", two.call, "--out", two.record)
    accord("log", "close", two.log, "--key", two.at / "host.key", "--plan", two.call)
    two.enter(*(two.sign(side, two.record) for side in ("JP", "EU")))
    for side in ("JP", "EU"):
        two.witness(side)
    accord("record", "seal", two.record, "--log", two.log)


def test_a_cosigned_record_verifies_with_nothing_but_the_folder(two: Signed, tmp_path: Path) -> None:
    whole(two)
    elsewhere = tmp_path / "elsewhere" / "record"
    shutil.copytree(two.record, elsewhere)
    two.record = elsewhere
    told = two.verified()
    assert told["log"] == (True, f"5 entries of {ORIGIN} under the head that host.example signed")
    confirmed = "plan 1: confirmed, signed by JP, EU; recommendation 1: confirmed, signed by JP, EU"
    assert told["signatures"] == (True, confirmed)
    holds, said = told["witnesses"]
    assert holds
    assert said.startswith("jp.example, eu.example; plan: cosigned by every Side at size 5 by 20")
    assert "closed at size 3, cosigned by every Side" in said


def test_a_recommendation_signed_by_one_side_is_not_confirmed(two: Signed) -> None:
    two.enter(*(two.sign(side, two.call / "plan.toml") for side in ("JP", "EU")))
    accord("run", two.call, "--out", two.record)
    two.enter(two.sign("JP", two.record))
    accord("record", "seal", two.record, "--log", two.log)
    told = two.verified()
    said = "plan 1: confirmed, signed by JP, EU; recommendation 1: signed by JP, not by EU"
    assert told["signatures"] == (True, said)
    assert told["witnesses"][1].startswith("jp.example, eu.example; plan: no head that every Side cosigned covers it")


def test_two_recommendations_by_one_side_make_the_record_fail(two: Signed) -> None:
    whole(two)
    other = two.at / "another" / "record"
    shutil.copytree(two.record, other)
    page = json.loads((other / "record.json").read_bytes())
    (other / "record.json").write_bytes(json.dumps(page, indent=1).encode())
    two.enter(two.sign("JP", other))
    accord("record", "seal", two.record, "--log", two.log)
    assert two.verified(code=1)["signatures"] == (
        False,
        "JP signed different digests as recommendation 1: entries 3, 5",
    )


def test_whoever_rewrites_the_log_is_found(two: Signed) -> None:
    """The host with its key takes one act out of the sealed log, and makes a new log of the rest."""
    whole(two)
    other = two.at / "other-log"
    accord("log", "begin", other, "--key", two.at / "host.key", "--origin", ORIGIN)
    accord("log", "act", other, two.at / "plan.toml.JP.note", "--key", two.at / "host.key")
    assert "rollback: the host shows a head of size 1, it signed one of 5" in two.witness("EU", other, code=1)
    assert "did not grow out of" in refused("record", "seal", two.record, "--log", other)
    cosigned = two.record / "log" / "checkpoints" / "5"
    kept = cosigned.read_bytes()
    shutil.rmtree(two.record / "log")
    accord("record", "seal", two.record, "--log", other)
    (two.record / "log" / "checkpoints" / "5").write_bytes(kept)
    assert two.verified(code=1)["log"] == (False, "checkpoints/5 is a head of size 5")


def test_every_changed_byte_of_the_log_is_found(two: Signed) -> None:
    whole(two)
    before = {one: one.read_bytes() for one in sorted((two.record / "log").rglob("*")) if one.is_file()}
    missed = []
    for file, content in before.items():
        for place in range(0, len(content), 1 + len(content) // 3):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            done = CliRunner().invoke(commands, ["record", "verify", str(two.record), "--json"])
            told = {one["name"]: one["holds"] for one in json.loads(done.output)["checks"]}
            if all(told.get(name, False) for name in ("log", "signatures", "witnesses")):
                missed.append((file.relative_to(two.record).as_posix(), place))
        file.write_bytes(content)
    assert missed == []


def test_a_key_that_the_plan_does_not_name_signs_nothing(two: Signed) -> None:
    told = refused("sign", two.call / "plan.toml", "--key", two.at / "host.key")
    assert told == (
        "the plan names no signatory with the key of host.example; it names the keys of: eu.example, jp.example"
    )


def test_a_call_is_not_closed_early(two: Signed) -> None:
    text = (two.call / "plan.toml").read_text().replace("2026-04-15T", "2126-04-15T")
    (two.call / "plan.toml").write_text(text)
    assert "the call closes at 2126-04-15" in refused(
        "log", "close", two.log, "--key", two.at / "host.key", "--plan", two.call
    )


def test_a_receipt_verifies_offline_and_tells_who_cosigned(two: Signed, tmp_path: Path) -> None:
    whole(two)
    proof = tmp_path / "3.tlog-proof"
    accord("log", "prove", two.log, 3, "--out", proof)
    keys = ("--host", two.keys["host"], "--witness", two.keys["JP"], "--witness", two.keys["EU"])
    told = accord("receipt", "verify", proof, *keys).splitlines()
    assert [line.split()[1] for line in told] == ["entry", "log", "witness", "witness"]
    stranger = VerifierKey.of(two.keys["host"]).text
    assert "✗ witness      host.example" in accord(
        "receipt", "verify", proof, "--host", two.keys["host"], "--witness", stranger, code=1
    )
    assert "bears no signature" in refused("receipt", "verify", proof, "--host", two.keys["EU"])


def test_what_is_erased_stays_verified_and_says_so(two: Signed) -> None:
    minutes = two.at / "minutes.txt"
    minutes.write_text("A person's name")
    accord("log", "add", two.log, minutes, "--key", two.at / "host.key", "--kind", "minutes", "--side", "EU")
    whole(two)
    accord("log", "erase", two.log, 0, "--key", two.at / "host.key", "--rule", "plan:retention.personal")
    accord("record", "seal", two.record, "--log", two.log)
    assert b"A person's name" not in b"".join(one.read_bytes() for one in two.at.rglob("log/**/*") if one.is_file())
    holds, said = two.verified()["log"]
    assert (holds, said.endswith("; 1 of them erased or not for this reader")) == (True, True)
