"""PDF files that several signatories sign in turn (PAdES B-B), by pyHanko: prepared, signed, read back and verified.

Loaded by `accord.acts.paper.pdf_tool`, for it needs the extra `accord[sign]`. No network and no system's list of
trust is used: a certificate counts because the plan names its SHA-256. The first signature certifies the file, so
that nothing but the other fields can be signed after it.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils import embed, generic, misc
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from accord.acts.paper import (
    LARGEST_PAPER,
    LARGEST_STATEMENT,
    STATEMENT_FILE,
    BadPaper,
    Box,
    OnPaper,
    PaperSignature,
    PaperSigner,
    SignedPaper,
)
from accord.acts.statement import UnreadableAct
from accord.errors import InvalidInput
from accord.record.canonical import digest

DAMAGE: Final = (
    *(misc.PdfError, SignatureValidationError, SigningError, PathError, ValidationError, UnsupportedAlgorithm),
    *(UnreadableAct, ValueError, LookupError, TypeError, AttributeError, NotImplementedError, AssertionError),
    *(ArithmeticError, RecursionError, EOFError, SyntaxError, struct.error, zlib.error),
)  # what a broken file raises somewhere in pyHanko, asn1crypto or lxml
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # what it finds is said once, by us
SIGNING: Final = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
FEWEST_COVERING: Final = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)


class _Signer(PdfSigner):
    """pyHanko's signer with an instant that is passed in, and none of its clock's."""

    at: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002  as pyHanko has it
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session


def prepared(pdf: bytes, paper: OnPaper, boxes: tuple[Box, ...]) -> bytes:
    """The PDF with the act's text in it as `statement.txt`, and a field for each signatory in its box."""
    if len(boxes) != len(paper.signers):
        raise InvalidInput(f"boxes: found {len(boxes)}; give one for each of {len(paper.signers)} signatories")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    content = embed.EmbeddedFileObject.from_file_data(writer, paper.text.encode(), mime_type="text/plain")
    embed.embed_file(
        writer,
        embed.FileSpec(
            STATEMENT_FILE,
            file_name=STATEMENT_FILE,
            embedded_data=content,
            description="What is signed",
            af_relationship=generic.NameObject("/Source"),
        ),
    )
    for signer, box in zip(paper.signers, boxes, strict=True):
        spec = fields.SigFieldSpec(
            paper.field(signer), on_page=box.page, box=box.place, readable_field_name=f"Signature of {signer.signatory}"
        )
        fields.append_signature_field(writer, spec)
    written = io.BytesIO()
    writer.write(written)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    return written.getvalue()


def signed_pdf(pdf: bytes, archive: bytes, passphrase: str | None, at: datetime) -> tuple[bytes, PaperSigner]:
    """The PDF signed by the key in a PKCS #12 archive, in the field of the signatory whose certificate is there.

    What stands signed in it already has to hold. Raises InvalidInput where the archive cannot be read, its
    certificate is none of those that the PDF names, or is not valid at that instant; BadPaper for a PDF that is none
    of ours or was changed.
    """
    before = signatures_in(pdf)
    try:
        signer = SimpleSigner.load_pkcs12_data(archive, [], passphrase.encode() if passphrase else None)
    except ValueError as error:
        raise InvalidInput("--p12: no PKCS #12 archive that this passphrase opens (ACCORD_PASSPHRASE)") from error
    certificate = signer.signing_cert
    if certificate is None:
        raise InvalidInput("--p12: the archive holds no certificate beside its key")
    mine = [one for one in before.paper.signers if one.certificate == digest(certificate.dump())]
    if not mine:
        named = ", ".join(f"{one.signatory} ({one.certificate[:16]}…)" for one in before.paper.signers)
        found = f"sha256:{digest(certificate.dump())}"
        raise InvalidInput(f"--p12: the certificate is {found}; the PDF is signed by: {named}")
    if mine[0] in {one.signer for one in before.signatures}:
        raise InvalidInput(f"{mine[0].signatory} has signed this PDF already")
    if why := _not_valid(certificate, at):
        raise InvalidInput(f"--p12: {why}")
    first = not before.signatures
    meta = PdfSignatureMetadata(
        field_name=before.paper.field(mine[0]),
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=first,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    shown = TextStampStyle(
        stamp_text=f"signed for {_plain(mine[0].side)}\n%(ts)s", timestamp_format="%Y-%m-%d %H:%M UTC"
    )
    tool = _Signer(meta, signer=signer, stamp_style=shown)
    tool.at = at
    try:
        written = tool.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=True)
    except (SigningError, misc.PdfError) as error:
        raise BadPaper(f"the PDF cannot be signed: {error}") from error
    return bytes(written.getvalue()), mine[0]


def statement_in(pdf: bytes) -> OnPaper:
    """The act that a PDF carries; no signature is looked at. Raises BadPaper where it carries none."""
    try:
        return _statement(_reader(pdf).root)
    except DAMAGE as error:
        raise BadPaper(f"the PDF carries no act: {_said(error)}") from error


def signatures_in(pdf: bytes) -> SignedPaper:
    """Every signature of a PDF: each fits, is by the signatory that its field is for, and covers what it has to.

    The last one covers the whole file, and after each earlier one nothing came but another signature in its field.
    Raises BadPaper, saying what does not hold.
    """
    try:
        reader = _reader(pdf)
        paper = _statement(reader.root)
        named = {paper.field(one): one for one in paper.signers}
        other = {name for name, _, _ in fields.enumerate_sig_fields(reader)} ^ set(named)
        if other or len(reader.root["/AcroForm"]["/Fields"]) != len(named):
            raise BadPaper(f"the PDF has other fields than one for each signatory: {', '.join(sorted(other))}")
        found = list(reader.embedded_signatures)
        signatures = tuple(_verified(one, paper, named[one.field_name], last=one is found[-1]) for one in found)
    except DAMAGE as error:
        raise BadPaper(f"the PDF cannot be read: {_said(error)}") from error
    return SignedPaper(paper, signatures)


def _verified(one: EmbeddedPdfSignature, paper: OnPaper, signer: PaperSigner, *, last: bool) -> PaperSignature:
    """One signature, seen to hold; what has to be seen does not rest on what the file says of itself."""
    who = f"the signature of {signer.signatory}"
    certificate, at = one.signer_cert, one.self_reported_timestamp
    if digest(certificate.dump()) != signer.certificate:
        raise BadPaper(f"{who} is by another certificate: sha256:{digest(certificate.dump())}")
    if at is None or at.tzinfo is None:
        raise BadPaper(f"{who} does not say when it was made")
    if why := _not_valid(certificate, at):
        raise BadPaper(f"{who}: {why}")
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=at)
    status = validate_pdf_signature(one, context, key_usage_settings=SIGNING)
    if not (status.intact and status.valid):
        raise BadPaper(f"{who} does not fit the file: it was changed after signing")
    if status.coverage not in FEWEST_COVERING or not status.docmdp_ok or not status.trusted:
        raise BadPaper(f"{who}: the file was changed after it, by more than another signature")
    if last and status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise BadPaper(f"{who} is the last one and does not cover the whole file: something was added after it")
    if _statement(one.reader.get_historical_root(one.signed_revision)) != paper:
        raise BadPaper(f"{who} was made over another {STATEMENT_FILE}")
    return PaperSignature(signer, at, certificate.not_valid_after)


def _reader(pdf: bytes) -> PdfFileReader:
    if len(pdf) > LARGEST_PAPER:
        raise BadPaper(f"the PDF has {len(pdf)} bytes, at most {LARGEST_PAPER} are read")
    return PdfFileReader(io.BytesIO(pdf))


def _statement(root: generic.DictionaryObject) -> OnPaper:
    """The act in the file's table of files, where there is just one of its name."""
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    found = [names[place + 1] for place in range(0, len(names), 2) if names[place] == STATEMENT_FILE]
    if len(found) != 1:
        raise BadPaper(f"the PDF carries {len(found)} files called {STATEMENT_FILE}, and has to carry one")
    content = found[0]["/EF"]["/F"].data
    if len(content) > LARGEST_STATEMENT:
        raise BadPaper(f"{STATEMENT_FILE} is larger than {LARGEST_STATEMENT} bytes")
    return OnPaper.of(content.decode())


def _not_valid(certificate: Any, at: datetime) -> str | None:
    """Why a certificate (of asn1crypto) is not valid at an instant, if so."""
    since, until = certificate.not_valid_before, certificate.not_valid_after
    if since <= at <= until:
        return None
    return f"the certificate is valid from {since.isoformat()} to {until.isoformat()}, not at {at.isoformat()}"


def _plain(text: str) -> str:
    return text.encode("ascii", "replace").decode()  # the stamp's type has no other signs


def _said(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
