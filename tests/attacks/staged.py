"""A staged call for the attacks: two Sides, a host with every key of its own, and a log that it may do anything to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from accord.acts.checks import SealedLog
from accord.acts.statement import Act, Statement, signed_act
from accord.acts.vouching import ACT, CLOSING, Vouching, vouched
from accord.errors import AccordError
from accord.plan.load import load_plan
from accord.plan.model import Plan
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import CHANCE_BYTES, Happening, log
from accord.record.log.copying import copied
from accord.record.log.entry import Entry
from accord.record.log.keys import new_key
from accord.record.log.notes import SignerKey
from accord.record.log.reader import audit, folder, head
from accord.record.log.witness import cosign
from accord.record.log.writer import Appended, add_cosignatures, append, begin_log
from calls import PLAN, write_call

ORIGIN = "host.example/small"
HOST, THIEF = new_key("host.example"), new_key("jp.example/director")
JP, JP_NEW, EU = (new_key(name) for name in ("jp.example/director", "jp.example/next", "eu.example/director"))
SIDES = {"JP": JP, "EU": EU}
NOON = datetime(2026, 4, 16, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO = "1" * 64, "2" * 64


def plan_text(*, until: str = "2027-01-01T00:00:00Z", origin: str = ORIGIN, eu: SignerKey = EU) -> str:
    """The small call's plan, signed and witnessed by JP and EU; Japan's minister signs by acts of her own."""
    offices = {
        "JP": f'{{ name = "Director, JP", public_key = "{JP.verifier.text}", valid_until = {until} }},'
        ' { name = "Minister, JP", way = "own-act" }',
        "EU": f'{{ name = "Director, EU", public_key = "{EU.verifier.text}" }}',
    }
    text = PLAN
    for side, told in offices.items():
        text = text.replace(f'id = "{side}"\n', f'id = "{side}"\nsignatories = [ {told} ]\n', 1)
    witness = f'{{ JP = "{JP.verifier.text}", EU = "{eu.verifier.text}" }}'
    return f'{text}\n[log]\norigin = "{origin}"\nhost = "{HOST.verifier.text}"\nwitness = {witness}\n'


@dataclass
class Staged:
    """The call's plan, the host's log of it, and the memories of the Sides."""

    at: Path
    plan: Plan
    drawn: int = 0

    @classmethod
    def begun(cls, at: Path, **plan: Any) -> Staged:
        """A call whose log has no entry yet."""
        call = write_call(at / "call", plan=plan_text(**plan))
        begin_log(at / "log", HOST, ORIGIN)
        return cls(at, load_plan(call / "plan.toml").plan)

    @property
    def log(self) -> Path:
        return self.at / "log"

    def enter(self, kind: str, side: str | None, content: bytes, time: datetime = NOON) -> Appended:
        """The host enters anything, at any time that it likes to claim."""
        self.drawn += 1
        chance = (sha256(f"{self.drawn}".encode()).digest() * 2)[:CHANCE_BYTES]
        return log(self.log, HOST, [Happening(kind, side, content)], time=time, chance=chance)

    def act(self, *keys: SignerKey, side: str = "JP", logged: datetime | None = None, **changed: Any) -> Act:
        """One Side's act, entered."""
        made = act_of(self.plan, *keys, side=side, **changed)
        self.enter(ACT, side, made.content, logged or made.statement.at)
        return made

    def both(self, **changed: Any) -> None:
        """The act of each Side."""
        for side in SIDES:
            self.act(side=side, **changed)

    def close(self, time: datetime = NOON) -> None:
        self.enter(CLOSING, None, b"{}", time)

    def seen(self, side: str, log: Path | None = None, at: datetime = NOON) -> Checkpoint:
        """What a Side cosigns of what it is shown."""
        read = folder(log or self.log)
        return cosign(read, self.at / f"{side}-memory", SIDES[side], HOST.verifier, ORIGIN, at=int(at.timestamp()))

    def cosigned(self, at: datetime = NOON) -> None:
        """Both Sides cosign the newest head."""
        for side in SIDES:
            add_cosignatures(self.log, self.seen(side, at=at))

    def vouched(self) -> Vouching:
        return vouched(self.plan, self.log)

    def sealed(self) -> dict[str, str]:
        """The checks of a record with this log in it about the digest ONE; the first that fails ends them."""
        record = self.at / "record"
        record.mkdir(exist_ok=True)
        copied(self.log, record / "log")
        return self.checked(record)

    def checked(self, record: Path) -> dict[str, str]:
        told = {}
        for name, check in SealedLog(self.plan, record, {"recommendation": ONE}).checks():
            try:
                told[name] = check()
            except AccordError as error:
                return {**told, name: f"✗ {error}"}
        return told

    def entries(self) -> Iterator[Entry]:
        return (Entry.of(content) for _, content in audit(folder(self.log), head(folder(self.log))))

    def raw(self, content: bytes) -> Appended:
        """An entry of any bytes."""
        return append(self.log, HOST, [content])


def act_of(plan: Plan, *keys: SignerKey, side: str = "JP", **changed: Any) -> Act:
    """The recommendation about ONE by a Side's director, or what is changed of it; by the Side's key where none is."""
    told = Statement(
        kind="recommendation", call=plan.call.id, side=side, subject=ONE, signatory=f"Director, {side}", at=NOON
    )
    return signed_act(replace(told, **changed), *(keys or (SIDES[side],)))
