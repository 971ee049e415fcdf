"""Acts on paper: what a PDF says that several signatories sign in turn, and whose certificate has to have signed it.

The PDF carries the text as the file `statement.txt`, so that a program reads what a person reads on the page. What
reads and writes PDF files is in `accord.acts.pdf`, which needs the extra `accord[sign]`; it is loaded when it is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Final, Protocol, cast

from accord.acts.statement import DIGEST, KINDS, Kind, UnreadableAct
from accord.errors import AccordError, InvalidInput
from accord.plan.model import Plan
from accord.record.log.notes import HIDDEN

FIRST: Final = "accord/act-on-paper@v1"
STATEMENT_FILE: Final = "statement.txt"
LARGEST_PAPER: Final = 16 * 1024 * 1024
LARGEST_STATEMENT: Final = 64 * 1024
HEAD: Final = re.compile(r"act ([a-z-]+) ([1-9][0-9]{0,5})\ncall ([^\n]+)\nsubject (sha256:[0-9a-f]{64})\n")
SIGNS: Final = re.compile(r"signs ([^ \n]+) (sha256:[0-9a-f]{64}) ([^\n]+)\n")


class SigningUnavailable(AccordError):
    """What reads and writes signed PDF files is not installed."""


class BadPaper(AccordError):
    """A PDF that does not show what it is said to: damaged, changed after a signature, or signed by another."""


@dataclass(frozen=True, slots=True)
class PaperSigner:
    """Who signs on paper for a Side, and by which certificate (SHA-256 of its DER, in hexadecimal)."""

    side: str
    certificate: str
    signatory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """One act about one digest, as several signatories sign it in one PDF; the first signs in `signature-1`."""

    kind: Kind
    number: int
    call: str
    subject: str
    signers: tuple[PaperSigner, ...]

    @property
    def text(self) -> str:
        """The text that the PDF carries, a line a fact."""
        signers = "".join(f"signs {one.side} sha256:{one.certificate} {one.signatory}\n" for one in self.signers)
        head = f"{FIRST}\nact {self.kind} {self.number}\ncall {self.call}\nsubject sha256:{self.subject}\n"
        return head + signers

    @classmethod
    def of(cls, text: str) -> OnPaper:
        """The act that a PDF's text names; raises UnreadableAct where it is not written just so."""
        first, _, rest = text.partition("\n")
        head = HEAD.match(rest)
        if first != FIRST or head is None or head[1] not in KINDS:
            raise UnreadableAct(f"{STATEMENT_FILE} is none of {FIRST}: it begins with {text[:80]!r}")
        under = rest[head.end() :]
        found = cls(
            kind=cast("Kind", head[1]),
            number=int(head[2]),
            call=head[3],
            subject=head[4].removeprefix("sha256:"),
            signers=tuple(PaperSigner(one[1], one[2].removeprefix("sha256:"), one[3]) for one in SIGNS.finditer(under)),
        )
        if unseen := HIDDEN.search(text.replace("\n", "")):
            raise UnreadableAct(f"{STATEMENT_FILE}: U+{ord(unseen[0]):04X} cannot be seen, or turns the line")
        if found.text != text or not found.signers:
            raise UnreadableAct(f"{STATEMENT_FILE} is not written as version 1 writes it")
        return found

    def field(self, signer: PaperSigner) -> str:
        """The name of the PDF's field in which somebody signs."""
        return f"signature-{self.signers.index(signer) + 1}"


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """A signature in a PDF that fits: who signed by which certificate, when it says it was, when that one ends."""

    signer: PaperSigner
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """What a PDF shows: the act in it, and every signature, each seen to fit and to cover what it has to."""

    paper: OnPaper
    signatures: tuple[PaperSignature, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a signature is shown: the page, counted from 0 or from -1 back; left, bottom, right and top in points."""

    page: int
    place: tuple[int, int, int, int]


class PdfTool(Protocol):
    """What `accord.acts.pdf` offers to whoever loads it by `pdf_tool`."""

    def prepared(self, pdf: bytes, paper: OnPaper, boxes: tuple[Box, ...]) -> bytes:
        """The PDF with the act's text in it and an empty field for each signatory."""

    def signed_pdf(self, pdf: bytes, archive: bytes, passphrase: str | None, at: datetime) -> tuple[bytes, PaperSigner]:
        """The PDF signed with the key and certificate in a PKCS #12 archive, and as whom."""

    def statement_in(self, pdf: bytes) -> OnPaper:
        """The act that a PDF carries; no signature is looked at."""

    def signatures_in(self, pdf: bytes) -> SignedPaper:
        """Every signature of a PDF, verified."""


def pdf_tool() -> PdfTool:
    """What reads and writes signed PDF files; raises SigningUnavailable without the extra `accord[sign]`."""
    try:
        return cast("PdfTool", import_module("accord.acts.pdf"))
    except ModuleNotFoundError as error:
        raise SigningUnavailable(f"signed PDF files need {error.name}: pip install 'accord[sign]'") from error


def paper_of(plan: Plan, kind: Kind, number: int, subject: str) -> OnPaper:
    """The act that the plan's signatories by PDF sign together; raises InvalidInput where it names none."""
    signers = tuple(
        PaperSigner(side.id, certificate, one.name)
        for side in plan.side
        for one in side.signatories
        if one.way == "pdf" and (certificate := certificate_of(one.public_key))
    )
    if not signers:
        raise InvalidInput('the plan names no signatory with way = "pdf" and a certificate: public_key = "sha256:…"')
    found = OnPaper(kind=kind, number=number, call=plan.call.id, subject=subject, signers=signers)
    return OnPaper.of(found.text)


def certificate_of(public_key: str | None) -> str | None:
    """The digest of a certificate that a plan's signatory by PDF names, in hexadecimal."""
    return public_key.removeprefix("sha256:") if public_key and DIGEST.fullmatch(public_key) else None
