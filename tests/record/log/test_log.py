"""The log against programs that are not ours, against slow obvious trees, and against whoever would cheat."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import metamorphic_log as other
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.record.log.checkpoint import Checkpoint, signed_checkpoint
from accord.record.log.entry import Entry, new_entry
from accord.record.log.keys import NoKey, new_key, read_key, write_key
from accord.record.log.notes import BadSignature, SignedNote, SignerKey, UnreadableNote, VerifierKey
from accord.record.log.proof import LogProof, prove
from accord.record.log.reader import TamperedLog, audit, entries, folder, head
from accord.record.log.tiles import Hashes, tile_path
from accord.record.log.tree import EMPTY, Frontier, consistent, included
from accord.record.log.witness import NotCosigned, cosign
from accord.record.log.writer import LogExists, add_cosignatures, append, begin_log
from accord.record.merkle import leaf_hash, merkle_root, node_hash

ORIGIN = "example.org/quantum-2026"
HOST = new_key("example.org/host")
JP, EU = new_key("jp.example/officer"), new_key("eu.example/officer")


def obvious_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha256(b"\x01" + obvious_root(leaves[:split]) + obvious_root(leaves[split:])).digest()


def obvious_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    if index < split:
        return [*obvious_path(index, leaves[:split]), obvious_root(leaves[split:])]
    return [*obvious_path(index - split, leaves[split:]), obvious_root(leaves[:split])]


def obvious_growth(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [obvious_root(leaves)]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    if old <= split:
        return [*obvious_growth(old, leaves[:split], whole=whole), obvious_root(leaves[split:])]
    return [*obvious_growth(old - split, leaves[split:], whole=False), obvious_root(leaves[:split])]


def some(number: int, first: int = 0) -> list[bytes]:
    return [f"entry {at}".encode() for at in range(first, first + number)]


def logged(path: Path, *batches: int) -> Path:
    begin_log(path, HOST, ORIGIN)
    first = 0
    for number in batches:
        append(path, HOST, some(number, first))
        first += number
    return path


def every_file(path: Path) -> dict[str, bytes]:
    return {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}


# --- the tree -----------------------------------------------------------------------------------------------------


def test_the_published_vectors_of_rfc_6962() -> None:
    """The eight entries that Certificate Transparency's reference tests use, with their roots."""
    leaves = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    tree, found = Frontier(), []
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
        found.append(tree.root.hex())
    assert found == roots
    assert [merkle_root(leaves[: size + 1]).hex() for size in range(8)] == roots


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 300])
def test_proofs_are_the_obvious_ones(tmp_path: Path, size: int) -> None:
    path = logged(tmp_path / "log", size)
    leaves = some(size)
    hashes = Hashes(folder(path), size)
    for index in {0, size // 3, size // 2, size - 1}:
        path_of = hashes.inclusion(index, size)
        assert list(path_of) == obvious_path(index, leaves)
        assert included(leaf_hash(leaves[index]), index, size, path_of, obvious_root(leaves))
        assert (
            other.verify_inclusion(index, size, leaf_hash(leaves[index]), list(path_of), obvious_root(leaves)) is None
        )
    for old in {1, size // 2 or 1, size - 1 or 1, size}:
        growth = hashes.consistency(old, size)
        assert list(growth) == obvious_growth(old, leaves)
        assert consistent(old, obvious_root(leaves[:old]), size, obvious_root(leaves), growth)


@given(st.integers(1, 40), st.data())
def test_no_other_proof_is_accepted(size: int, data: st.DataObject) -> None:
    leaves = some(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = obvious_path(index, leaves), obvious_root(leaves)
    assert included(leaf_hash(leaves[index]), index, size, path, root)
    elsewhere = data.draw(st.integers(-2, size + 2).filter(lambda at: at != index))
    assert not included(leaf_hash(leaves[index]), elsewhere, size, path, root)
    assert not included(leaf_hash(b"another"), index, size, path, root)
    assert not included(leaf_hash(leaves[index]), index, size, [*path, EMPTY], root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not included(leaf_hash(leaves[index]), index, size, [*path[:at], EMPTY, *path[at + 1 :]], root)
        assert not included(leaf_hash(leaves[index]), index, size, path[:-1], root)


@given(st.integers(1, 40), st.data())
def test_no_other_growth_is_accepted(size: int, data: st.DataObject) -> None:
    leaves = some(size)
    old = data.draw(st.integers(1, size))
    path, before, root = obvious_growth(old, leaves), obvious_root(leaves[:old]), obvious_root(leaves)
    assert consistent(old, before, size, root, path)
    forked = obvious_root([*leaves[:-1], b"another"])
    assert not consistent(old, before, size, forked, path)
    if old == size:
        return
    assert not consistent(old, obvious_root([b"another", *leaves[1:old]]), size, root, path)
    assert not consistent(old, before, size, root, path[:-1])
    assert not consistent(old, before, size, root, [*path, EMPTY])


# --- the files ----------------------------------------------------------------------------------------------------


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 999, 5) == "tile/entries/999.p/5"


def test_files_of_a_tree_are_those_of_the_specification(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 250, 20, 256)
    assert sorted(name for name in every_file(path) if name.startswith("tile/")) == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/14",
        "tile/1/000.p/1",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/14",
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_batches_make_no_difference(tmp_path_factory: pytest.TempPathFactory, batches: list[int]) -> None:
    path = logged(tmp_path_factory.mktemp("logs") / "log", *batches)
    size = sum(batches)
    checkpoint = head(folder(path)).trusted(HOST.verifier, ORIGIN)
    assert (checkpoint.size, checkpoint.root) == (size, merkle_root(some(size)))
    assert list(audit(folder(path), checkpoint)) == list(enumerate(some(size)))
    assert list(entries(folder(path), size, first=size // 2)) == list(enumerate(some(size)))[size // 2 :]


def test_a_third_level_is_made_and_proven(tmp_path: Path) -> None:
    size = 65_536 + 300
    path = logged(tmp_path / "log", 65_000, size - 65_000)
    checkpoint = head(folder(path))
    assert {"tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"} <= set(every_file(path))
    for index in (0, 65_535, 65_536, size - 1):
        LogProof.of(prove(folder(path), index, checkpoint).content).verified(some(1, index)[0], HOST.verifier)
    assert sum(1 for _ in audit(folder(path), checkpoint)) == size


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 256, 4)
    files = {name: content for name, content in every_file(path).items() if name.startswith("tile/")}
    checkpoint = head(folder(path))
    missed = []
    for name, content in files.items():
        if "p/" in name and not name.endswith(("/4", "/1")):
            continue
        for place in range(0, len(content), 1 + len(content) // 23):
            (path / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            try:
                list(audit(folder(path), checkpoint))
                missed.append((name, place))
            except (TamperedLog, UnreadableNote):
                pass
        (path / name).write_bytes(content)
    assert missed == []


def test_a_log_begins_once(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 1)
    with pytest.raises(LogExists):
        begin_log(path, HOST, ORIGIN)


def test_a_host_does_not_append_to_what_it_did_not_sign(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    before = every_file(path)
    with pytest.raises(BadSignature):
        append(path, JP, some(1))
    (path / "tile/0/000.p/5").write_bytes(bytes(160))
    with pytest.raises(TamperedLog):
        append(path, HOST, some(1))
    (path / "tile/0/000.p/5").write_bytes(before["tile/0/000.p/5"])
    assert every_file(path) == before


def test_what_a_crash_left_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = logged(tmp_path / "log", 250)
    monkeypatch.setattr("accord.record.log.writer._publish", lambda *_: (_ for _ in ()).throw(OSError("no power")))
    with pytest.raises(OSError, match="no power"):
        append(path, HOST, [b"never acknowledged"] * 10)
    monkeypatch.undo()
    checkpoint = head(folder(path))
    assert list(audit(folder(path), checkpoint)) == list(enumerate(some(250)))
    append(path, HOST, some(10, 250))
    assert list(audit(folder(path), head(folder(path)))) == list(enumerate(some(260)))


# --- notes, keys, checkpoints -------------------------------------------------------------------------------------


def test_other_programs_accept_our_checkpoint(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 300)
    note = (path / "checkpoint").read_text()
    found = other.checkpoint_verify(note, [HOST.verifier.text])
    assert (found.origin, found.size, bytes(found.root)) == (ORIGIN, 300, merkle_root(some(300)))
    with pytest.raises(other.VerifyError):
        other.checkpoint_verify(note.replace("300", "301"), [HOST.verifier.text])
    with pytest.raises(other.VerifyError):
        other.checkpoint_verify(note, [JP.verifier.text])


def test_the_example_of_the_specification() -> None:
    note = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
        "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    ).encode()
    found = SignedNote.of(note)
    assert found.text.endswith("ed è subito sera.\n")
    assert [(one.name, one.key_id.hex(), len(one.content)) for one in found.signatures] == [
        ("quasimodo.example/salvatore", "367ba04b", 64)
    ]
    assert found.content == note


def test_a_note_is_what_it_was(tmp_path: Path) -> None:
    note = SignedNote("日本\n\nand a second paragraph\n", ()).signed(HOST.sign("日本\n\nand a second paragraph\n"))
    assert SignedNote.of(note.content) == note
    assert note.by(HOST.verifier) == note.signatures
    assert note.by(JP.verifier) == ()
    forged = SignedNote(note.text.replace("second", "third"), note.signatures)
    with pytest.raises(BadSignature):
        forged.by(HOST.verifier)


def test_keys_are_named_as_the_specification_says(tmp_path: Path) -> None:
    public = HOST.private.public_key().public_bytes_raw()
    named = sha256(b"example.org/host\n\x01" + public).digest()[:4]
    text = f"example.org/host+{named.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
    assert HOST.verifier.text == text
    assert VerifierKey.of(text) == HOST.verifier
    with pytest.raises(UnreadableNote, match="identifier"):
        VerifierKey.of(text.replace(named.hex(), "00000000"))


@pytest.mark.parametrize("passphrase", [None, "日本語 and more"])
def test_a_key_file_is_its_owners_alone(tmp_path: Path, passphrase: str | None) -> None:
    file = tmp_path / "jp.key"
    write_key(file, JP, passphrase)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file, passphrase).verifier == JP.verifier
    with pytest.raises(FileExistsError):
        write_key(file, EU)
    with pytest.raises(NoKey):
        read_key(file, "another" if passphrase else "one that it has not")
    _, rest = file.read_bytes().split(b"\n", 1)
    file.write_bytes(EU.verifier.text.encode() + b"\n" + rest)
    with pytest.raises(NoKey, match="holds another"):
        read_key(file, passphrase)


def test_a_key_does_not_sign_what_reads_as_a_cosignature() -> None:
    text = f"cosignature/v1\ntime 1\n{ORIGIN}\n0\n{base64.b64encode(EMPTY).decode()}\n"
    with pytest.raises(BadSignature):
        JP.sign(text)


@given(st.binary(max_size=400))
def test_bytes_are_refused_and_never_crash(content: bytes) -> None:
    for read in (SignedNote.of, Checkpoint.of, LogProof.of, Entry.of):
        with pytest.raises(UnreadableNote):
            read(content)


@given(st.data())
def test_a_damaged_proof_is_refused_or_not_verified(data: st.DataObject) -> None:
    checkpoint = signed_checkpoint(HOST, ORIGIN, 2, node_hash(leaf_hash(b"a"), leaf_hash(b"b")))
    proof = LogProof(0, (leaf_hash(b"b"),), checkpoint, b"extra")
    content = proof.content
    assert LogProof.of(content) == proof
    assert proof.verified(b"a", HOST.verifier) == ()
    place = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :]
    try:
        found = LogProof.of(damaged)
        found.verified(b"a", HOST.verifier)
    except (UnreadableNote, BadSignature):
        return
    assert (found.index, found.path, found.checkpoint.note.text) == (0, proof.path, checkpoint.note.text)
    assert found.checkpoint.note.by(HOST.verifier)


# --- entries ------------------------------------------------------------------------------------------------------


def test_an_entry_tells_nothing_of_its_content() -> None:
    entry, salt = new_entry(
        "plan-signed", "JP", b"4.5", time=datetime(2026, 4, 15, 8, tzinfo=UTC), chance=bytes(range(48))
    )
    assert entry.content == (
        b'{"accord_entry":1,"digest":"' + entry.digest.encode() + b'","id":"202122232425262728292a2b2c2d2e2f",'
        b'"kind":"plan-signed","side":"JP","time":"2026-04-15T08:00:00.000000Z"}'
    )
    assert entry.digest == sha256(bytes(range(32)) + b"4.5").hexdigest()
    assert Entry.of(entry.content) == entry
    assert entry.opened_by(salt, b"4.5")
    assert not entry.opened_by(salt, b"4.0")


# --- witnesses ----------------------------------------------------------------------------------------------------


def witnessed(path: Path, memory: Path, key: SignerKey = JP, at: int = 1_776_240_000) -> Checkpoint:
    return cosign(folder(path), memory, key, HOST.verifier, ORIGIN, at=at)


def test_two_sides_cosign_and_anyone_can_tell(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    for key, at in ((JP, 1_776_240_000), (EU, 1_776_240_060)):
        add_cosignatures(path, witnessed(path, tmp_path / key.name.split(".")[0], key, at))
    checkpoint = head(folder(path)).trusted(HOST.verifier, ORIGIN)
    told = [(one.witness, one.at) for one in checkpoint.cosigned([JP.verifier, EU.verifier])]
    assert told == [("jp.example/officer", 1_776_240_000), ("eu.example/officer", 1_776_240_060)]
    assert (path / "checkpoints" / "5").read_bytes() == (path / "checkpoint").read_bytes()
    note = checkpoint.content.decode()
    assert other.checkpoint_verify(note, [HOST.verifier.text]).size == 5
    append(path, HOST, some(1, 5))
    assert Checkpoint.of((path / "checkpoints" / "5").read_bytes()).cosigned([EU.verifier]) != ()
    proof = LogProof.of(prove(folder(path), 2, checkpoint).content)
    assert [one.witness for one in proof.verified(b"entry 2", HOST.verifier, [EU.verifier])] == ["eu.example/officer"]


def test_a_witness_refuses_a_rollback_and_keeps_both_heads(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    older = every_file(path)
    append(path, HOST, some(3, 5))
    witnessed(path, tmp_path / "jp")
    (path / "checkpoint").write_bytes(older["checkpoint"])
    with pytest.raises(NotCosigned, match="rollback: the host shows a head of size 5, it signed one of 8") as refused:
        witnessed(path, tmp_path / "jp")
    kept = [Checkpoint.of(one.read_bytes()).trusted(HOST.verifier).size for one in refused.value.evidence]
    assert kept == [8, 5]


def test_a_witness_refuses_another_history(tmp_path: Path) -> None:
    """The host shows one log to each Side; then each sees the other's."""
    ours, theirs = logged(tmp_path / "ours", 5), tmp_path / "theirs"
    begin_log(theirs, HOST, ORIGIN)
    append(theirs, HOST, [*some(4), b"another"])
    witnessed(ours, tmp_path / "jp")
    with pytest.raises(NotCosigned, match="split view: the host signed two heads of size 5") as refused:
        witnessed(theirs, tmp_path / "jp")
    roots = {Checkpoint.of(one.read_bytes()).trusted(HOST.verifier).root for one in refused.value.evidence}
    assert roots == {merkle_root(some(5)), merkle_root([*some(4), b"another"])}
    append(theirs, HOST, some(4, 5))
    with pytest.raises(NotCosigned, match="split view: the head of size 9 does not begin with that of 5"):
        witnessed(theirs, tmp_path / "jp")
    append(ours, HOST, some(1, 5))
    assert witnessed(ours, tmp_path / "jp").size == 6


def test_a_witness_refuses_a_forged_head_and_another_log(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    forged = signed_checkpoint(EU, ORIGIN, 6, EMPTY)
    (path / "checkpoint").write_bytes(forged.content)
    with pytest.raises(BadSignature, match=r"no signature by example\.org/host"):
        witnessed(path, tmp_path / "jp")
    (path / "checkpoint").write_bytes(signed_checkpoint(HOST, "example.org/other", 6, EMPTY).content)
    with pytest.raises(BadSignature, match=r"of example\.org/other, not of example\.org/quantum-2026"):
        witnessed(path, tmp_path / "jp")


def test_a_restored_backup_that_went_on_is_found(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    backup = every_file(path)
    append(path, HOST, some(3, 5))
    witnessed(path, tmp_path / "jp")
    for name, content in backup.items():
        (path / name).write_bytes(content)
    append(path, HOST, [b"after the restore"] * 6)
    with pytest.raises(NotCosigned, match="split view"):
        witnessed(path, tmp_path / "jp")


def test_a_link_out_of_the_log_is_not_followed(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    (tmp_path / "secret").write_bytes(bytes(160))
    (path / "tile/0/000.p/5").unlink()
    (path / "tile/0/000.p/5").symlink_to(tmp_path / "secret")
    with pytest.raises(UnreadableNote, match="is a link"):
        list(audit(folder(path), head(folder(path))))


def test_a_tile_of_any_length_is_not_read_whole(tmp_path: Path) -> None:
    path = logged(tmp_path / "log", 5)
    with (path / "tile/0/000.p/5").open("wb") as stream:
        os.truncate(stream.fileno(), 2**40)
    with pytest.raises(UnreadableNote, match="larger than 8192 bytes"):
        list(audit(folder(path), head(folder(path))))
