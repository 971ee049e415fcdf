"""What a signatory signs: one act of one Side about one digest, as text that a person can read before signing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from accord.errors import AccordError
from accord.plan.types import instant_text
from accord.record.log.notes import HIDDEN, SignedNote, SignerKey, UnreadableNote, VerifierKey

FIRST: Final = "accord/act@v1"
Kind = Literal[
    "plan",
    "adjustment",
    "closing-extension",
    "lottery-commitment",
    "lottery-reveal",
    "recommendation",
    "award-decision",
    "key-rotation",
    "key-revocation",
    "witness-rotation",
]
KINDS: Final = get_args(Kind)
Way = Literal["key", "pdf", "own-act"]
WAYS: Final = get_args(Way)
KEYS_ONLY: Final = frozenset({"key-rotation", "key-revocation", "witness-rotation"})
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
NAMED: Final = ("act", "call", "side", "subject", "signatory", "way", "at")
OPTIONAL: Final = ("key", "from", "reference", "delegation", "document")


class UnreadableAct(AccordError):
    """A note that is no act of version 1; the text says which line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One act of one Side. `kind` and `number` name the act: the first plan, the third adjustment."""

    kind: Kind
    number: int = 1
    call: str
    side: str
    subject: str
    """SHA-256 of the exact bytes that are signed, in hexadecimal."""
    signatory: str
    """As the plan names the person or office."""
    way: Way = "key"
    at: datetime
    key: str | None = None
    """The new key of a rotation, the ended one of a revocation, as a line of C2SP signed-note."""
    since: datetime | None = None
    """From when a rotation or a revocation counts; a witness's counts from its place in the log."""
    reference: str | None = None
    """The Side's own number of its own act."""
    delegation: str | None = None
    document: str | None = None
    """SHA-256 of the signed PDF or of the Side's own act, in hexadecimal, where the way is one of these."""

    @property
    def slot(self) -> tuple[Kind, int]:
        """Which act this is: all Sides sign one subject under one slot."""
        return self.kind, self.number

    @property
    def text(self) -> str:
        """The text that is signed, a line a fact."""
        lines = [
            FIRST,
            f"act {self.kind} {self.number}",
            f"call {self.call}",
            f"side {self.side}",
            f"subject sha256:{self.subject}",
            f"signatory {self.signatory}",
            f"way {self.way}",
            f"at {instant_text(self.at)}",
            *([f"key {self.key}"] if self.key else ()),
            *([f"from {instant_text(self.since)}"] if self.since else ()),
            *([f"reference {self.reference}"] if self.reference else ()),
            *([f"delegation {self.delegation}"] if self.delegation else ()),
            *([f"document sha256:{self.document}"] if self.document else ()),
        ]
        return "\n".join([*lines, ""])

    @classmethod
    def of(cls, text: str) -> Statement:
        """The statement that a text makes; raises UnreadableAct where it is not written just so."""
        lines = text.split("\n")
        if lines[0] != FIRST or lines[-1]:
            raise UnreadableAct(f"no act: the first line is {lines[0][:60]!r}, not {FIRST}")
        if unseen := HIDDEN.search("".join(lines)):
            raise UnreadableAct(f"no act: U+{ord(unseen[0]):04X} cannot be seen, or turns the line")
        told = [line.partition(" ")[::2] for line in lines[1:-1]]
        facts = dict(told)
        absent = [name for name in NAMED if name not in facts]
        if absent or len(facts) != len(told) or set(facts) - {*NAMED, *OPTIONAL}:
            raise UnreadableAct(f"no act: its lines are {', '.join(name for name, _ in told)[:200]}")
        kind, _, number = facts["act"].partition(" ")
        if kind not in KINDS or facts["way"] not in WAYS or not re.fullmatch(r"[1-9][0-9]{0,5}", number):
            raise UnreadableAct(
                f"no act of a kind and a way that is known: {facts['act'][:60]!r}, {facts['way'][:20]!r}"
            )
        for name in ("subject", "document"):
            if name in facts and not DIGEST.fullmatch(facts[name]):
                raise UnreadableAct(f"no act: its {name} is {facts[name][:80]!r}, not sha256: and 64 digits")
        try:
            found = cls(
                kind=kind,  # type: ignore[arg-type]  # one of KINDS, as looked at above
                number=int(number),
                call=facts["call"],
                side=facts["side"],
                subject=facts["subject"].removeprefix("sha256:"),
                signatory=facts["signatory"],
                way=facts["way"],  # type: ignore[arg-type]  # one of WAYS, as looked at above
                at=datetime.fromisoformat(facts["at"]),
                key=facts.get("key"),
                since=datetime.fromisoformat(facts["from"]) if "from" in facts else None,
                reference=facts.get("reference"),
                delegation=facts.get("delegation"),
                document=facts["document"].removeprefix("sha256:") if "document" in facts else None,
            )
            written = found.text
        except (ValueError, OverflowError) as error:
            raise UnreadableAct(f"no act: an instant is none: {error}") from error
        if written != text:
            raise UnreadableAct("no act: it is not written as version 1 writes it")
        found._whole()
        return found

    def _whole(self) -> None:
        """Raise UnreadableAct where an act lacks what its kind or way needs."""
        if (self.kind in KEYS_ONLY) != (self.key is not None and self.since is not None):
            raise UnreadableAct("no act: just a rotation and a revocation name a key and from when")
        if (self.way == "key") != (self.document is None):
            raise UnreadableAct("no act: just a signed PDF and an own act name a document")
        if self.way == "own-act" and not self.reference:
            raise UnreadableAct("no act: a Side's own act has its reference")


@dataclass(frozen=True, slots=True)
class Act:
    """A statement and the note that carries it: signed by the Side, or by the host that recorded another way."""

    statement: Statement
    note: SignedNote

    @classmethod
    def of(cls, content: bytes) -> Act:
        """The act that a note's bytes hold; no signature is looked at. Raises UnreadableAct."""
        try:
            note = SignedNote.of(content)
        except UnreadableNote as error:
            raise UnreadableAct(str(error)) from error
        return cls(Statement.of(note.text), note)

    @property
    def content(self) -> bytes:
        """The note, as bytes."""
        return self.note.content

    def by(self, key: VerifierKey) -> bool:
        """Whether that key signed; raises BadSignature where the signature is forged."""
        return bool(self.note.by(key))


def signed_act(statement: Statement, *keys: SignerKey) -> Act:
    """A statement signed by each key: the Side's, both for a rotation; the host's for another way."""
    checked = Statement.of(statement.text)
    return Act(checked, SignedNote(checked.text, tuple(key.sign(checked.text) for key in keys)))
