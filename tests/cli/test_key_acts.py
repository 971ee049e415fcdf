"""Keys that change while a call runs: from the command to what the record then says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from accord.acts.statement import Act
from accord.cli import commands
from accord.cli.key_acts import revoke, rotate
from calls import PLAN, write_call

ORIGIN = "example.org/small"


def invoked(command: click.Command, *arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    return done.exit_code, done.output, "" if done.exception is None else str(done.exception)


def accord(*arguments: object, code: int = 0) -> str:
    found, output, error = invoked(commands, *arguments)
    assert found == code, (output, error)
    return output


def refused(command: click.Command, *arguments: object) -> str:
    code, _, error = invoked(command, *arguments)
    assert code == 1
    return error


class Keys:
    """A call of two Sides with a log; Japan has a second key at hand."""

    def __init__(self, at: Path) -> None:
        self.at, self.log, self.record = at, at / "log", at / "record"
        self.lines = {
            name: accord("key", "new", self.key(name), "--name", f"{name.lower()}.example").strip()
            for name in ("host", "JP", "EU", "JP2")
        }
        plan = PLAN
        for side in ("JP", "EU"):
            office = f'signatories = [ {{ name = "Director, {side}", public_key = "{self.lines[side]}" }} ]'
            plan = plan.replace(f'id = "{side}"\n', f'id = "{side}"\n{office}\n', 1)
        plan += f'\n[log]\norigin = "{ORIGIN}"\nhost = "{self.lines["host"]}"\n'
        plan += f'witness = {{ JP = "{self.lines["JP"]}", EU = "{self.lines["EU"]}" }}\n'
        self.call = write_call(at / "call", plan=plan)
        accord("log", "begin", self.log, "--key", self.key("host"), "--origin", ORIGIN)

    def key(self, name: str) -> Path:
        return self.at / f"{name}.key"

    def sign(self, name: str, subject: Path, *more: object) -> Path:
        note = self.at / f"{subject.name}.{name}.note"
        accord("sign", subject, "--key", self.key(name), "--out", note, "--plan", self.call, *more)
        return note

    def enter(self, *notes: Path) -> None:
        accord("log", "act", self.log, *notes, "--key", self.key("host"))

    def changed(self, command: click.Command, *arguments: object) -> Path:
        note = self.at / f"{command.name}.note"
        code, output, error = invoked(command, *arguments, "--plan", self.call, "--out", note)
        assert code == 0, (output, error)
        return note

    def witness(self) -> None:
        for side in ("JP", "EU"):
            watched = ("--host", self.lines["host"], "--origin", ORIGIN, "--memory", self.at / side)
            accord("witness", self.log, "--key", self.key(side), *watched)

    def sealed(self, code: int = 0) -> dict[str, str]:
        if not self.record.exists():
            accord("run", self.call, "--out", self.record)
        accord("record", "seal", self.record, "--log", self.log)
        told = json.loads(accord("record", "verify", self.record, "--json", code=code))
        return {check["name"]: check["said"] for check in told["checks"]}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def test_a_rotated_key_signs_on_and_the_old_one_no_longer(keys: Keys) -> None:
    accord("run", keys.call, "--out", keys.record)
    late = keys.sign("JP", keys.record)
    keys.enter(keys.changed(rotate, keys.key("JP"), keys.key("JP2")))
    told = refused(commands, "sign", keys.record, "--key", keys.key("JP2"))
    assert told.startswith("the plan names no signatory with the key of jp2.example")
    again = refused(commands, "sign", keys.record, "--key", keys.key("JP"), "--log", keys.log)
    assert again == "the key of jp.example or its delegation does not stand at this time"
    keys.enter(late)
    assert "signatures" in keys.sealed()
    assert (
        "recommendation: nobody has signed this one; entry 1 does not count: the key or delegation of"
        in (keys.sealed()["signatures"])
    )
    keys.enter(keys.sign("JP2", keys.record, "--log", keys.log), keys.sign("EU", keys.record))
    assert "recommendation 1: confirmed, signed by JP, EU" in keys.sealed()["signatures"]


def test_a_rotation_is_signed_by_both_and_names_a_fresh_key(keys: Keys) -> None:
    note = keys.changed(rotate, keys.key("JP"), keys.key("JP2"), "--from", "2126-05-01T00:00:00+09:00")
    act = Act.of(note.read_bytes())
    assert [one.name for one in act.note.signatures] == ["jp.example", "jp2.example"]
    assert (act.statement.kind, act.statement.key) == ("key-rotation", keys.lines["JP2"])
    assert act.statement.since == datetime(2126, 4, 30, 15, tzinfo=UTC)
    rest = ("--plan", keys.call, "--out", keys.at / "x.note")
    assert "is one of this call's already" in refused(rotate, keys.key("JP"), keys.key("EU"), *rest)
    assert "names no signatory with the key of host" in refused(rotate, keys.key("host"), keys.key("JP2"), *rest)
    for found, why in (("tomorrow", "write an instant such as"), ("2026-05-01T00:00:00", "which has no offset")):
        assert why in refused(rotate, keys.key("JP"), keys.key("JP2"), "--from", found, *rest)


def test_a_revoked_key_ends_and_only_its_own_side_ends_it(keys: Keys) -> None:
    rest = ("--plan", keys.call, "--out", keys.at / "x.note")
    told = refused(revoke, keys.key("EU"), "--ended", keys.lines["JP"], *rest)
    assert told.endswith("is no key and no certificate of EU")
    signed = keys.sign("JP", keys.call / "plan.toml")
    keys.enter(keys.changed(revoke, keys.key("JP")), signed)
    assert "plan: nobody has signed this one" in keys.sealed()["signatures"]
    assert "entry 1 does not count" in keys.sealed()["signatures"]


def test_a_closing_that_the_sides_put_off_is_entered_when_it_has_come(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = datetime.fromisoformat("2026-04-15T10:00:00+02:00")
    clock(monkeypatch, closes - timedelta(hours=1))
    put = ("log", "extension", "--plan", keys.call, "--reason", "The portal of JP is down.")
    text = keys.at / "closing-extension.json"
    assert "name a later one" in refused(commands, *put, "--closes", closes.isoformat(), "--out", text)
    assert "which has no offset" in refused(commands, *put, "--closes", "2026-04-16T10:00:00", "--out", text)
    assert not text.exists()
    accord(*put, "--closes", "2026-04-16T10:00:00+02:00", "--out", text)
    keys.enter(*(keys.sign(side, text) for side in ("JP", "EU")))
    accord("log", "add", keys.log, text, "--kind", "extension", "--key", keys.key("host"))
    closing = ("log", "close", keys.log, "--key", keys.key("host"), "--plan", keys.call)
    clock(monkeypatch, closes + timedelta(hours=1))
    assert refused(commands, *closing).startswith(
        "the call closes at 2026-04-16T08:00:00+00:00, by closing-extension 1;"
    )
    clock(monkeypatch, closes + timedelta(days=1))
    accord(*closing)
    assert refused(commands, *closing) == "this log has its closing already, entry 3"
    keys.witness()
    told = keys.sealed()["witnesses"]
    assert (
        "closing-extension 1: the call closes at 2026-04-16 08:00:00 UTC, The portal of JP is down.; closed at" in told
    )


def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The machine's clock, as every command sees it."""
    for module in ("signing", "logs", "key_acts", "witnessing"):
        monkeypatch.setattr(f"accord.cli.{module}.now", lambda: at.astimezone(UTC))


def test_a_witness_gets_another_key_and_the_log_is_cosigned_by_it(keys: Keys) -> None:
    keys.enter(keys.sign("JP", keys.call / "plan.toml"))
    keys.witness()
    note = keys.changed(rotate, keys.key("JP"), keys.key("JP2"), "--witness", "JP")
    assert Act.of(note.read_bytes()).statement.signatory == "witness"
    keys.enter(note)
    cosigned = keys.at / "cosigned.note"
    watched = ("--host", keys.lines["host"], "--origin", ORIGIN, "--out", cosigned)
    for name, memory in (("JP2", "JP"), ("EU", "EU")):
        accord("witness", keys.log, "--key", keys.key(name), *watched, "--memory", keys.at / memory)
        told = accord("log", "cosign", keys.log, cosigned, "--plan", keys.call)
        assert told == f"the head of size 2 is cosigned by {name.lower()}.example\n"
    accord("witness", keys.log, "--key", keys.key("JP"), *watched, "--memory", keys.at / "JP")
    told = refused(commands, "log", "cosign", keys.log, cosigned, "--plan", keys.call)
    assert told.endswith("no cosignature by a witness of this call; its witnesses are jp2.example, eu.example")
    assert keys.sealed()["witnesses"].startswith("jp2.example, eu.example; ")
    again = refused(rotate, keys.key("JP"), keys.key("host"), "--witness", "EU", "--plan", keys.call, "--out", note)
    assert again == "FILE: the key of jp.example is of JP, not of EU"
    taken = refused(rotate, keys.key("JP"), keys.key("EU"), "--witness", "JP", "--plan", keys.call, "--out", note)
    assert taken == "NEW: the key of eu.example witnesses for EU already; make a fresh one"
    nobody = refused(rotate, keys.key("JP"), keys.key("host"), "--witness", "CH", "--plan", keys.call, "--out", note)
    assert nobody == "--witness: found 'CH'; write one of JP, EU"


def test_a_signatory_names_another_witness_where_the_key_is_lost(keys: Keys) -> None:
    """JP's witness is a key of its own by now; the director replaces it."""
    keys.enter(keys.changed(rotate, keys.key("JP"), keys.key("JP2"), "--witness", "JP"))
    accord("key", "new", keys.key("JP3"), "--name", "jp3.example")
    note = keys.changed(rotate, keys.key("JP"), keys.key("JP3"), "--witness", "JP", "--log", keys.log)
    assert Act.of(note.read_bytes()).statement.signatory == "Director, JP"
    keys.enter(note)
    assert keys.sealed()["witnesses"].startswith("jp3.example, eu.example; ")


@pytest.mark.parametrize("command", ["act", "cosign", "receipt"])
def test_what_a_command_reads_is_bounded(keys: Keys, command: str) -> None:
    """A terabyte for a note: refused before it is read."""
    big = keys.at / "big"
    with big.open("wb") as stream:
        stream.truncate(2**40)
    arguments = {
        "act": ("log", "act", keys.log, big, "--key", keys.key("host")),
        "cosign": ("log", "cosign", keys.log, big, "--plan", keys.call),
        "receipt": ("receipt", "verify", big, "--host", keys.lines["host"]),
    }
    assert "is larger than" in refused(commands, *arguments[command])
