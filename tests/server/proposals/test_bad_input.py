"""Hostile files, a full disk, a wrong clock: a clear message, and nothing half done."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages

from accord.errors import InvalidInput
from accord.record.canonical import digest
from accord.record.folder import write_file
from accord_server.access.needs import NotAllowed
from accord_server.database.sessions import publishing, reading
from accord_server.log.appending import ClockBehind
from accord_server.log.queries import size
from accord_server.proposals import documents as shelf
from accord_server.proposals import storage
from accord_server.proposals.documents import LARGEST, LostDocument, kept, shown_name
from accord_server.proposals.queries import documents, submitted_versions
from accord_server.proposals.services.drafting import attach

from .conftest import FIELDS, PDF, Scene


def files() -> set[str]:
    """Everything in the documents' storage."""
    root = Path(storages["documents"].path("."))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "an empty file"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a web page"),
        (b"\n<html>%PDF-1.7 %%EOF", "a web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "an SVG"),
        (b"PK\x03\x04 word/document.xml", "a ZIP archive"),
        (b"\x89PNG\r\n", "a picture"),
        (b" %PDF-1.7 %%EOF", "something else"),
        (b"%PDF-1.7 and no end: the connection was lost", "cut off on its way"),
        (b"%PDF-1.7" + bytes(LARGEST) + b"%%EOF", "at most 20,971,520 are taken"),
    ],
)
def test_what_is_no_pdf_is_refused_and_not_kept(scene: Scene, coordinator: Any, content: bytes, told: str) -> None:
    identifier = scene.begun(coordinator)
    before = files()
    with pytest.raises(InvalidInput, match=told):
        attach(scene.doing(coordinator), proposal_id=identifier, question="proposal", name="a.pdf", content=content)
    with pytest.raises(InvalidInput, match=told):
        scene.submit(
            coordinator, identifier, base=0, fields=tuple(FIELDS.items()), given=(("proposal", "a.pdf", content),)
        )
    assert files() == before
    with reading(coordinator.id):
        assert not documents(coordinator, identifier, scene.at).exists()
        assert not submitted_versions(coordinator, identifier, scene.at).exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\plan.PDF", "plan.pdf"),
        ("/", "document.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("研究計画.pdf", "研究計画.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("<script>.html", "<script>.html.pdf"),
    ],
)
def test_a_name_is_shown_and_is_never_a_path(scene: Scene, coordinator: Any, name: str, shown: str) -> None:
    identifier = scene.begun(coordinator)
    done = attach(scene.doing(coordinator), proposal_id=identifier, question="proposal", name=name, content=PDF)
    assert done.result["name"] == shown == shown_name(name)
    assert f"{identifier.hex}/{digest(PDF)}" in files()


def test_nobody_else_puts_a_file_on_the_disk(scene: Scene, coordinator: Any) -> None:
    identifier, before = scene.begun(coordinator), files()
    stranger = scene.world.account("s@x.example")
    for wanted in (identifier, uuid4()):
        with pytest.raises((InvalidInput, NotAllowed)):
            attach(scene.doing(stranger), proposal_id=wanted, question="proposal", name="a", content=PDF)
    with pytest.raises(InvalidInput, match="a document answers proposal"):
        attach(scene.doing(coordinator), proposal_id=identifier, question="../x", name="a", content=PDF)
    assert {one for one in files() - before if not one.startswith(identifier.hex)} == set()


def test_a_full_disk_leaves_nothing_half_done(scene: Scene, coordinator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after some bytes: the write fails as the system's would."""
    identifier = scene.begun(coordinator)

    def full(path: Path, content: bytes) -> None:
        beside = path.parent / ".half"
        beside.write_bytes(content[:10])
        beside.unlink()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    asked = {"base": 0, "fields": tuple(FIELDS.items()), "given": (("proposal", "a.pdf", PDF),), "key": "k"}
    before = files()
    with publishing(scene.call):
        entries = size(scene.call)
    monkeypatch.setattr(storage, "write_file", full)
    with pytest.raises(OSError, match="No space left"):
        scene.submit(coordinator, identifier, **asked)
    assert files() == before
    with publishing(scene.call):
        assert size(scene.call) == entries
    monkeypatch.setattr(storage, "write_file", write_file)
    done = scene.submit(coordinator, identifier, **asked)  # the same request, once there is room
    assert (done.repeated, done.result["number"]) == (False, 1)


def test_a_document_that_was_changed_on_the_disk_is_not_given_out(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    place = Path(storages["documents"].path(f"{identifier.hex}/{digest(PDF)}"))
    place.write_bytes(PDF + b" ")
    with pytest.raises(LostDocument, match="its digest is another"):
        kept(identifier, digest(PDF))
    place.unlink()
    with pytest.raises(LostDocument, match="is not in its storage"):
        kept(identifier, digest(PDF))
    with pytest.raises(LostDocument, match="attach it again"):
        scene.submit(coordinator, identifier)
    assert shelf.store() is storages["documents"]


def test_a_clock_that_was_put_back_enters_nothing(scene: Scene, coordinator: Any) -> None:
    first, second = scene.drafted(coordinator), scene.drafted(coordinator)
    scene.submit(coordinator, first, at=scene.at + timedelta(hours=1))
    with pytest.raises(ClockBehind, match="one of the two is wrong"):
        scene.submit(coordinator, second, key="k")
    with reading(coordinator.id):
        assert not submitted_versions(coordinator, second, scene.at).exists()
    told = scene.submit(coordinator, second, at=scene.at + timedelta(minutes=59))  # it waited for its turn
    assert told.result["submitted_at"] == (scene.at + timedelta(minutes=59)).isoformat()
    scene.submit(coordinator, second, at=scene.at + timedelta(hours=2), key="k2")
