"""A reader of tiled logs that is not ours, over our files: it needs Python 3.12 or later, and is skipped before."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.record.log.keys import new_key
from accord.record.log.proof import prove
from accord.record.log.reader import folder, head
from accord.record.log.tiles import Hashes
from accord.record.log.witness import cosign
from accord.record.log.writer import add_cosignatures, append, begin_log

aics = pytest.importorskip("aics_tlog", reason="aics-tlog needs Python 3.12 or later")

ORIGIN = "example.org/quantum-2026"
HOST, JP = new_key("example.org/host"), new_key("jp.example/officer")
SIZE = 600


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    log = tmp_path_factory.mktemp("log") / "log"
    begin_log(log, HOST, ORIGIN)
    for first, last in ((0, 200), (200, 300), (300, SIZE)):
        append(log, HOST, [f"entry {at}".encode() for at in range(first, last)])
    add_cosignatures(log, cosign(folder(log), log.parent / "memory", JP, HOST.verifier, ORIGIN, at=1_776_240_000))
    return log


def test_it_accepts_the_head_and_the_cosignature(path: Path) -> None:
    note = aics.parse_note((path / "checkpoint").read_bytes())
    host, witness = aics.parse_vkey(HOST.verifier.text), aics.parse_vkey(JP.verifier.as_witness.text)
    assert aics.verify_checkpoint(note, host, [witness], quorum=1, expected_origin=ORIGIN).ok
    other = aics.parse_vkey(new_key("jp.example/officer").verifier.as_witness.text)
    assert not aics.verify_checkpoint(note, host, [other], quorum=1, expected_origin=ORIGIN).ok
    moved = aics.parse_note((path / "checkpoint").read_bytes().replace(b"\n600\n", b"\n601\n"))
    assert not aics.verify_checkpoint(moved, host, [witness], quorum=1, expected_origin=ORIGIN).ok


def test_it_audits_every_tile_and_reads_every_entry(path: Path) -> None:
    checkpoint = head(folder(path))
    reader = aics.FileSystemTileReader(path)
    aics.audit_tiles(reader, checkpoint.size, checkpoint.root)
    verified = aics.VerifiedTileReader(reader, checkpoint.size, checkpoint.root)
    assert [verified.entry(at) for at in (0, 255, 256, SIZE - 1)] == [
        b"entry 0",
        b"entry 255",
        b"entry 256",
        f"entry {SIZE - 1}".encode(),
    ]


def test_it_makes_the_same_proofs_and_accepts_ours(path: Path) -> None:
    checkpoint = head(folder(path))
    reader = aics.FileSystemTileReader(path)
    hashes = Hashes(folder(path), SIZE)
    for index in (0, 1, 255, 256, 511, SIZE - 1):
        ours = prove(folder(path), index, checkpoint).path
        assert list(ours) == list(aics.inclusion_proof_from_tiles(reader, index, SIZE))
        assert aics.verify_leaf_inclusion(f"entry {index}".encode(), index, SIZE, ours, checkpoint.root)
    for old in (1, 200, 256, 300, SIZE - 1):
        ours = hashes.consistency(old, SIZE)
        root = hashes.root(0, old)
        assert list(ours) == list(aics.consistency_proof_from_tiles(reader, old, SIZE))
        assert aics.verify_consistency(old, SIZE, root, checkpoint.root, ours)


def test_it_rejects_a_tampered_tile(path: Path) -> None:
    checkpoint = head(folder(path))
    tile = path / "tile" / "entries" / "001"
    content = tile.read_bytes()
    tile.write_bytes(content.replace(b"entry 300", b"entry 301"))
    try:
        with pytest.raises(aics.TileVerificationError):
            aics.VerifiedTileReader(aics.FileSystemTileReader(path), checkpoint.size, checkpoint.root).entry(300)
    finally:
        tile.write_bytes(content)
