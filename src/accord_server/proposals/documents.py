"""Documents: what is taken as a PDF, under which name it is shown, and its bytes, kept by their digest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from accord.errors import AccordError, InvalidInput
from accord.plan.types import normalised
from accord.record.canonical import digest
from accord_server.access.queries import part_in
from accord_server.database.sessions import reading
from accord_server.log.happenings import Doing

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one document."""
TAIL: Final = 2048
LONGEST_NAME: Final = 120
NO_NAME: Final = "document.pdf"
PDF: Final = re.compile(rb"%PDF-[12]\.[0-9]")
KNOWN: Final = (
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype\s+svg|<svg)", re.IGNORECASE | re.DOTALL), "an SVG"),
    (
        re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script)", re.IGNORECASE | re.DOTALL),
        "a web page",
    ),
    (re.compile(rb"PK\x03\x04"), "a ZIP archive, or a file of an office program"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old office file"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture"),
)
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class LostDocument(AccordError):
    """A document of which the rows speak is not in its storage, or is another there."""


def store() -> Storage:
    """Where documents lie."""
    return storages["documents"]


def keep(subject: UUID, content: bytes) -> str:
    """Put a document on disk, under its digest; returns that. Nothing speaks of it yet, and it can be put twice.

    Raises InvalidInput where it is no PDF, or too large; OSError where the disk is full.
    """
    _is_pdf(content)
    found = digest(content)
    name = _place(subject, found)
    if not store().exists(name):
        store().save(name, ContentFile(content))
    return found


def keep_for(doing: Doing, subject: UUID, contents: Sequence[bytes]) -> None:
    """Put documents on disk before a transaction, for whoever takes part in their proposal; raises as `keep` does."""
    with reading(doing.by.id):
        part = part_in(doing.by, subject, doing.at)
    if part is None:
        raise InvalidInput("proposal_id: there is no such proposal of this account in this call")
    for content in contents:
        keep(subject, content)


def is_kept(subject: UUID, sha256: str) -> bool:
    """Whether a document is in its storage."""
    return store().exists(_place(subject, sha256))


def kept(subject: UUID, sha256: str) -> bytes:
    """A document's bytes; raises LostDocument where they are gone, or others."""
    name = _place(subject, sha256)
    if not store().exists(name):
        raise LostDocument(f"the document {name} is not in its storage")
    with store().open(name) as stream:
        content: bytes = stream.read()
    if digest(content) != sha256:
        raise LostDocument(f"the document {name} is not what was attached: its digest is another")
    return content


def shown_name(name: str) -> str:
    """A file's name as it is shown: its last part, without what cannot be seen. It is never a path."""
    last = normalised(name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in UNSEEN).strip(" .")
    if not plain:
        return NO_NAME
    stem, dot, suffix = plain.rpartition(".")
    if not dot or suffix.lower() != "pdf":
        stem = plain
    return f"{stem[: LONGEST_NAME - 4]}.pdf"


def _is_pdf(content: bytes) -> None:
    if len(content) > LARGEST:
        raise InvalidInput(f"document: found {len(content):,} bytes, at most {LARGEST:,} are taken")
    if not PDF.match(content):
        found = next((words for pattern, words in KNOWN if pattern.match(content[:TAIL])), "something else")
        raise InvalidInput(f"document: found {'an empty file' if not content else found}; give a PDF")
    if b"%%EOF" not in content[-TAIL:]:
        raise InvalidInput("document: found a PDF without its end; it was cut off on its way: send it again")


def _place(subject: UUID, sha256: str) -> str:
    return f"{subject.hex}/{sha256}"
