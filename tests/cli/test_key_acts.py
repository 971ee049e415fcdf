"""Keys that change while a call runs, and the order of a lottery: from the command to what the record then says."""

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


class Lottery(Keys):
    """The same, with a lottery: every Side commits and reveals, and signs its own row."""

    def commits(self, *sides: str) -> None:
        for side in sides:
            accord("lottery", "commit", self.call, "--side", side, "--secret", self.at / f"{side}.secret")
            self.enter(self.sign(side, self.call / "lottery-commitments.csv"))

    def reveals(self, *sides: str) -> None:
        for side in sides:
            accord("lottery", "reveal", self.call, "--side", side, "--secret", self.at / f"{side}.secret")
            self.enter(self.sign(side, self.call / "lottery-reveals.csv"))


@pytest.fixture
def drawn(tmp_path: Path) -> Lottery:
    return Lottery(tmp_path)


def test_a_lottery_in_order_is_shown(drawn: Lottery) -> None:
    drawn.commits("JP", "EU")
    drawn.witness()
    drawn.reveals("JP", "EU")
    told = drawn.sealed()["lottery's order"]
    assert told == ("every commitment is below size 2, which all Sides cosigned; the first reveal is entry 2")


def test_a_lottery_that_nobody_cosigned_between_says_so(drawn: Lottery) -> None:
    drawn.commits("JP", "EU")
    assert drawn.sealed()["lottery's order"] == "every commitment is in the log, the last as entry 1; no reveal is"
    drawn.record = drawn.at / "second"
    drawn.reveals("EU")
    drawn.witness()
    assert drawn.sealed()["lottery's order"] == (
        "every commitment came before the first reveal, entry 2; no head between that all Sides cosigned"
    )


def test_a_commitment_after_a_reveal_makes_the_record_fail(drawn: Lottery) -> None:
    drawn.commits("JP")
    accord("lottery", "commit", drawn.call, "--side", "EU", "--secret", drawn.at / "EU.secret")
    assert drawn.sealed()["lottery's order"] == "not shown by the log: it has no signed commitment of EU"
    drawn.record = drawn.at / "second"
    drawn.reveals("JP")
    drawn.enter(drawn.sign("EU", drawn.call / "lottery-commitments.csv"))
    assert drawn.sealed(code=1)["lottery's order"] == "the commitment of EU came after the first reveal, entry 1"


def test_another_commitment_than_the_logged_one_makes_the_record_fail(drawn: Lottery) -> None:
    drawn.commits("JP", "EU")
    (drawn.call / "lottery-commitments.csv").unlink()
    (drawn.at / "EU.secret").unlink()
    for side in ("JP", "EU"):
        (drawn.at / f"{side}.secret").unlink(missing_ok=True)
        accord("lottery", "commit", drawn.call, "--side", side, "--secret", drawn.at / f"{side}.secret")
    assert drawn.sealed(code=1)["lottery's order"] == "JP signed another lottery-commitment than the one in this record"


def test_an_extension_of_the_closing_is_signed_like_any_act(keys: Keys) -> None:
    text = keys.at / "extension.txt"
    text.write_text(f"The call closes at {datetime(2026, 4, 16, tzinfo=UTC) + timedelta(hours=8)}.\n")
    keys.enter(*(keys.sign(side, text, "--as", "closing-extension") for side in ("JP", "EU")))
    told = accord("log", "show", keys.log).splitlines()
    assert [line.split()[3:5] for line in told[1:]] == [["JP", "act"], ["EU", "act"]]
