"""The lottery's root from the call's log: from the commands to what the record then says, and whoever tries to choose."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.cli import commands
from accord.errors import UnusableFolder
from accord.pipeline.status import status
from accord.pipeline.walk import run
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.keys import read_key
from accord.record.log.writer import signed_checkpoint
from accord.verify import verify
from calls import PLAN, write_call
from cli.test_key_acts import Keys, accord, refused

SIDES = ("JP", "EU")


class Lottery(Keys):
    """A call with a lottery: every Side commits, the root is taken, every Side reveals, and signs its own rows."""

    told: dict[str, str]

    def secret(self, side: str) -> Path:
        return self.at / f"{side}.secret"

    def commits(self, *sides: str) -> None:
        for side in sides:
            accord("lottery", "commit", self.call, "--side", side, "--secret", self.secret(side))
            self.enter(self.sign(side, self.call / "lottery-commitments.csv"))

    def root(self) -> Checkpoint:
        accord("lottery", "root", self.call, "--log", self.log)
        return Checkpoint.of((self.call / "lottery-root.note").read_bytes())

    def reveals(self, *sides: str) -> None:
        for side in sides:
            accord("lottery", "reveal", self.call, "--side", side, "--secret", self.secret(side))
            self.enter(self.sign(side, self.call / "lottery-reveals.csv"))

    def minutes(self) -> None:
        """Anything more in the log."""
        (self.at / "minutes").write_text("nothing")
        accord("log", "add", self.log, self.at / "minutes", "--key", self.key("host"), "--kind", "minutes")

    def status(self) -> tuple[str, str]:
        walked = run(load_call(self.call)).list
        assert walked is not None
        return walked.result.lottery.status, walked.result.lottery.reason

    def order(self, code: int = 0) -> str:
        """What the sealed record says of the order, run anew."""
        shutil.rmtree(self.record, ignore_errors=True)
        self.told = self.sealed(code)
        return self.told["lottery's order"]


@pytest.fixture
def drawn(tmp_path: Path) -> Lottery:
    return Lottery(tmp_path)


def whole(drawn: Lottery) -> Checkpoint:
    """Committed, cosigned, the root taken, revealed."""
    drawn.commits(*SIDES)
    drawn.witness()
    root = drawn.root()
    drawn.reveals(*SIDES)
    return root


def test_a_lottery_is_drawn_with_the_head_that_every_side_cosigned_before_the_first_reveal(drawn: Lottery) -> None:
    root = whole(drawn)
    assert root.size == 2
    assert drawn.status() == ("drawn", "every Side revealed; the root is the head of size 2 of example.org/small")
    reveals = (drawn.call / "lottery-reveals.csv").read_text().splitlines()
    assert [line.split(",")[2] for line in reveals] == ["root", root.root.hex(), root.root.hex()]
    assert drawn.order() == (
        "every commitment is below size 2, the root, which all Sides cosigned; the first reveal is entry 2"
    )
    assert drawn.told["list"].endswith(
        "lottery drawn: every Side revealed; the root is the head of size 2 of example.org/small"
    )
    assert (drawn.record / "inputs" / "lottery-root.note").read_bytes() == root.content
    assert json.loads((drawn.record / "steps" / "list.json").read_bytes())["inputs"]["lottery-root"]


def test_the_seed_is_made_of_the_root_and_every_secret(drawn: Lottery) -> None:
    """By hand; and of the log nothing that comes later."""
    drawn.commits(*SIDES)
    drawn.witness()
    root = drawn.root()
    drawn.minutes()
    drawn.reveals(*SIDES)
    parts = [b"accord/lottery/seed/1", root.root, *(bytes.fromhex(drawn.secret(side).read_text()) for side in SIDES)]
    listed = run(load_call(drawn.call)).list
    assert listed is not None
    seed = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
    assert listed.result.lottery.seed == seed


def test_the_root_is_the_last_head_with_every_commitment(drawn: Lottery) -> None:
    drawn.commits(*SIDES)
    drawn.witness()
    drawn.minutes()
    drawn.witness()
    drawn.minutes()
    assert drawn.root().size == 3
    assert drawn.root().size == 3  # taken again it is the same


def test_no_root_before_every_commitment_is_in_the_log_and_cosigned(drawn: Lottery) -> None:
    def why() -> str:
        return refused(commands, "lottery", "root", drawn.call, "--log", drawn.log)

    drawn.commits("JP")
    assert why() == "EU has lodged no commitment: accord lottery commit"
    accord("lottery", "commit", drawn.call, "--side", "EU", "--secret", drawn.secret("EU"))
    drawn.witness()
    assert why() == (
        "the log has no signed commitment of EU as the call has it:"
        " sign lottery-commitments and enter the note (accord log act)"
    )
    drawn.enter(drawn.sign("EU", drawn.call / "lottery-commitments.csv"))
    assert why() == (
        "no head that every Side cosigned has the commitments, the last of which is entry 1: accord witness"
    )
    drawn.witness()
    assert drawn.root().size == 2


def test_no_side_reveals_without_a_root_that_every_side_cosigned(drawn: Lottery) -> None:
    drawn.commits(*SIDES)

    def why(*more: object) -> str:
        return refused(commands, "lottery", "reveal", drawn.call, "--side", "JP", "--secret", drawn.secret("JP"), *more)

    assert why() == "lottery-root.note: there is none; take the root from the log first (accord lottery root)"
    drawn.witness()
    cosigned = drawn.root()
    bare = Checkpoint.of((drawn.log / "checkpoints" / "2").read_bytes())
    host_only = bare.note.signatures[:1]
    (drawn.call / "lottery-root.note").write_bytes(type(bare.note)(bare.note.text, host_only).content)
    assert why().startswith("lottery-root.note: it is not cosigned by JP, EU; a root that not every Side saw could be")
    assert drawn.status()[0] == "provisional"
    (drawn.call / "lottery-root.note").write_bytes(cosigned.content)
    accord("lottery", "reveal", drawn.call, "--side", "JP", "--secret", drawn.secret("JP"), "--log", drawn.log)


def test_without_a_root_nothing_is_drawn_where_the_plan_names_a_log(drawn: Lottery) -> None:
    """The host puts the root away: no other root takes its place."""
    whole(drawn)
    (drawn.call / "lottery-root.note").unlink()
    assert drawn.status() == (
        "stopped",
        "the plan names a log, and no head of it is the root yet (accord lottery root)",
    )


def test_a_later_root_is_not_the_one_that_was_revealed_under(drawn: Lottery) -> None:
    """The host knows every secret, and tries head after head until it likes the order."""
    whole(drawn)
    for _ in range(3):
        drawn.minutes()
        drawn.witness()
        newest = (drawn.log / "checkpoint").read_bytes()
        (drawn.call / "lottery-root.note").write_bytes(newest)
        assert drawn.status() == ("stopped", "revealed under another root than this call's: JP, EU")
    assert drawn.order(code=1).endswith("is a reveal: it could be chosen")
    told = refused(commands, "lottery", "root", drawn.call, "--log", drawn.log)
    assert "holds the head of size 7 already" in told


def test_a_root_of_a_head_that_not_every_side_cosigned_makes_the_record_fail(drawn: Lottery) -> None:
    """The host signs as many heads as it likes; JP and EU revealed under what it showed them."""
    drawn.commits(*SIDES)
    host = read_key(drawn.key("host"))
    mine = Checkpoint.of((drawn.log / "checkpoint").read_bytes())
    (drawn.call / "lottery-root.note").write_bytes(mine.content)
    for side in SIDES:
        row = f"{side},{drawn.secret(side).read_text().strip()},{mine.root.hex()}"
        file = drawn.call / "lottery-reveals.csv"
        file.write_text((file.read_text() if file.exists() else "side,secret,root\n") + row + "\n")
        drawn.enter(drawn.sign(side, file))
    assert drawn.status()[0] == "drawn"
    assert drawn.order(code=1) == "the root is a head of size 2, which not every Side cosigned in this log"
    other = signed_checkpoint(host, mine.origin, 2, bytes(32))
    (drawn.call / "lottery-root.note").write_bytes(other.content)
    assert drawn.status() == ("stopped", "revealed under another root than this call's: JP, EU")


def test_a_root_of_another_history_makes_the_record_fail(drawn: Lottery) -> None:
    root = whole(drawn)
    other = signed_checkpoint(read_key(drawn.key("host")), root.origin, root.size, bytes(32))
    (drawn.call / "lottery-root.note").write_bytes(other.content)
    assert drawn.order(code=1) == "the root is a head of size 2 of another history than this log"


def test_a_root_before_the_last_commitment_makes_the_record_fail(drawn: Lottery) -> None:
    drawn.commits("JP")
    drawn.witness()
    early = (drawn.log / "checkpoint").read_bytes()
    drawn.commits("EU")
    (drawn.call / "lottery-root.note").write_bytes(early)
    drawn.reveals(*SIDES)
    assert drawn.order(code=1) == "the root is the head of size 1, the last commitment is entry 1: it came after"


def test_a_dropped_commitment_is_found(drawn: Lottery) -> None:
    """The host says that EU's commitment came late, and draws without it."""
    whole(drawn)
    for name in ("lottery-commitments", "lottery-reveals"):
        file = drawn.call / f"{name}.csv"
        file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if "EU," not in line))
    assert drawn.status()[0] == "stopped"
    assert drawn.order(code=1) == (
        "EU signed a lottery-commitment, entry 1, that this record leaves out: run the call again"
    )


def test_a_withheld_reveal_stops_and_a_lost_one_is_found(drawn: Lottery) -> None:
    drawn.commits(*SIDES)
    drawn.witness()
    drawn.root()
    drawn.reveals("JP")
    assert drawn.status() == ("stopped", "the lottery is not drawn: no reveal from EU")
    assert drawn.order().endswith("the first reveal is entry 2; EU has not revealed")
    drawn.reveals("EU")
    file = drawn.call / "lottery-reveals.csv"
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if "EU," not in line))
    assert drawn.order(code=1) == "EU signed a lottery-reveal, entry 3, that this record leaves out: run the call again"


def test_a_reveal_that_nobody_signed_makes_the_record_fail(drawn: Lottery) -> None:
    """The host holds EU's secret, and could name any root beside it."""
    drawn.commits(*SIDES)
    drawn.witness()
    drawn.root()
    drawn.reveals("JP")
    accord("lottery", "reveal", drawn.call, "--side", "EU", "--secret", drawn.secret("EU"))
    assert drawn.order(code=1).startswith("the log has no signed reveal of EU")


def test_a_commitment_after_a_reveal_makes_the_record_fail(drawn: Lottery) -> None:
    drawn.commits("JP")
    accord("lottery", "commit", drawn.call, "--side", "EU", "--secret", drawn.secret("EU"))
    assert drawn.order() == "not shown by the log: it has no signed commitment of EU"
    (drawn.call / "lottery-reveals.csv").write_text(f"side,secret\nJP,{drawn.secret('JP').read_text().strip()}\n")
    drawn.enter(drawn.sign("JP", drawn.call / "lottery-reveals.csv"))
    drawn.enter(drawn.sign("EU", drawn.call / "lottery-commitments.csv"))
    assert drawn.order(code=1) == "the commitment of EU came after the first reveal, entry 1"


def test_another_commitment_than_the_logged_one_makes_the_record_fail(drawn: Lottery) -> None:
    drawn.commits(*SIDES)
    (drawn.call / "lottery-commitments.csv").unlink()
    for side in SIDES:
        drawn.secret(side).unlink()
        accord("lottery", "commit", drawn.call, "--side", side, "--secret", drawn.secret(side))
    assert drawn.order(code=1) == "JP signed another lottery-commitment than the one in this record"


def test_every_copy_holds_the_root_and_verifies(drawn: Lottery) -> None:
    (drawn.call / "salt.key").write_text("0123456789abcdef" * 4)
    whole(drawn)
    drawn.order()
    for reader in ("applicants:P1", *SIDES):
        copy = drawn.at / f"for-{reader.replace(':', '-')}"
        accord("record", "redact", drawn.record, "--for", reader, "--out", copy)
        told = {check.name: check for check in verify(copy).checks}
        assert all(check.holds for check in told.values())
        said = told["lottery's order"].said
        assert said.startswith("every commitment is below size 2, the root")
        assert said.endswith("is not shown here") == (reader not in SIDES)
    leaves = (copy / "leaves.jsonl").read_text()
    assert '"address":"inputs/lottery-root.note"' in leaves
    (copy / "leaves.jsonl").write_text(leaves.replace("example.org/small\\n2\\n", "example.org/small\\n3\\n"))
    assert not verify(copy).holds


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no note: an empty line and signatures are missing"),
        (b"\xff" * 100_000, "lottery-root.note is larger than 65536 bytes"),
        (b"a\n1\n\n", "no note"),
    ],
)
def test_a_root_that_is_none_is_named_with_its_file(drawn: Lottery, content: bytes, found: str) -> None:
    (drawn.call / "lottery-root.note").write_bytes(content)
    with pytest.raises(UnusableFolder) as raised:
        load_call(drawn.call)
    (problem,) = [one for one in raised.value.problems if one.severity == "error"]
    assert (problem.file, problem.found.startswith(found)) == ("lottery-root.note", True)


def test_the_head_of_another_log_or_another_host_is_no_root(drawn: Lottery) -> None:
    other = signed_checkpoint(read_key(drawn.key("host")), "example.org/other", 2, bytes(32))
    stranger = signed_checkpoint(read_key(drawn.key("JP2")), "example.org/small", 2, bytes(32))
    for head, why in ((other, "is of example.org/other"), (stranger, "bears no signature by host.example")):
        (drawn.call / "lottery-root.note").write_bytes(head.content)
        with pytest.raises(UnusableFolder) as raised:
            load_call(drawn.call)
        assert why in raised.value.problems[0].found


def test_a_plan_without_a_log_draws_as_before_and_says_so(tmp_path: Path) -> None:
    call = write_call(tmp_path / "call", plan=PLAN)
    for verb in ("commit", "reveal"):
        for side in SIDES:
            accord("lottery", verb, call, "--side", side, "--secret", tmp_path / f"{side}.secret")
    assert (call / "lottery-reveals.csv").read_text().splitlines()[0] == "side,secret"
    walked = run(load_call(call)).list
    assert walked is not None
    assert (walked.result.lottery.status, walked.result.lottery.reason) == (
        "drawn",
        "every Side revealed; the root is the digest of plan and commitments, since the plan names no log",
    )
    (tmp_path / "with-log").mkdir()
    host = Lottery(tmp_path / "with-log")
    shutil.copy(host.log / "checkpoint", call / "lottery-root.note")
    with pytest.raises(UnusableFolder) as raised:
        load_call(call)
    assert "the plan has no [log]" in raised.value.problems[0].found


def test_the_day_after_closing_names_what_the_lottery_lacks(drawn: Lottery) -> None:
    def lacks() -> list[str]:
        return [name for name in status(load_call(drawn.call)).missing.tables if name.startswith("lottery")]

    assert lacks() == ["lottery-commitments", "lottery-root", "lottery-reveals"]
    whole(drawn)
    assert lacks() == []
