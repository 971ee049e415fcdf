"""Attacks by an administrator who has the whole host: its files, its key, its clock."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.acts.vouching import ACT, NoLog, vouched
from accord.errors import InvalidInput
from accord.plan.load import load_plan
from accord.record.log.checkpoint import Checkpoint, signed_checkpoint
from accord.record.log.contents import LARGEST_CONTENT, Happening, log
from accord.record.log.entry import Entry
from accord.record.log.notes import (
    COSIGNATURE_BYTES,
    BadSignature,
    Signature,
    SignedNote,
    SignerKey,
    UnreadableNote,
    VerifierKey,
)
from accord.record.log.reader import TamperedLog, audit, folder, head
from accord.record.log.tiles import bundle
from accord.record.log.witness import NotCosigned
from accord.record.log.writer import LogExists, add_cosignatures, append, begin_log
from accord.record.merkle import leaf_hash
from attacks.staged import EU, HOST, HOUR, JP, NOON, ORIGIN, THIEF, Staged, act_of, plan_text
from calls import write_call


@pytest.fixture
def call(tmp_path: Path) -> Staged:
    return Staged.begun(tmp_path)


def whole(call: Staged) -> None:
    """Minutes, the act of each Side, the closing, all cosigned."""
    call.enter("minutes", None, b"the minutes")
    call.both()
    call.close()
    call.cosigned(NOON + HOUR)


def rewritten(call: Staged, entries: list[bytes]) -> None:
    """Another history in the same folder, under a head that the host signs as well."""
    kept = {one.name: one.read_bytes() for one in (call.log / "contents").iterdir()}
    shutil.rmtree(call.log)
    begin_log(call.log, HOST, ORIGIN)
    append(call.log, HOST, entries)
    (call.log / "contents").mkdir()
    for name, content in kept.items():
        (call.log / "contents" / name).write_bytes(content)


CHANGES = {
    "rewrites": lambda entries: [replace(entries[0], kind="letter"), *entries[1:]],
    "deletes": lambda entries: entries[1:],
    "backdates": lambda entries: [replace(entries[0], time=NOON - 100 * HOUR), *entries[1:]],
    "reorders": lambda entries: [entries[1], entries[0], *entries[2:]],
    "puts in": lambda entries: [entries[0], replace(entries[0], id="0" * 32), *entries[1:]],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_history_is_found_by_whoever_cosigned(call: Staged, change: str) -> None:
    whole(call)
    cosigned = (call.log / "checkpoints" / "4").read_bytes()
    rewritten(call, [one.content for one in CHANGES[change](list(call.entries()))])
    with pytest.raises(NotCosigned, match=r"split view|rollback") as refused:
        call.seen("EU")
    assert len(refused.value.evidence) == 2
    for one in refused.value.evidence:
        Checkpoint.of(one.read_bytes()).trusted(HOST.verifier, ORIGIN)
    assert call.sealed()["witnesses"].endswith("no head that every Side cosigned covers it yet")
    (call.log / "checkpoints" / "4").write_bytes(cosigned)
    with pytest.raises((TamperedLog, BadSignature), match=r"another head|another history|is a head of size"):
        call.vouched()


def test_an_entry_changed_in_its_bundle_is_found(call: Staged) -> None:
    whole(call)
    entries = [one.content for one in call.entries()]
    entries[0] = replace(Entry.of(entries[0]), time=NOON - 100 * HOUR).content
    (call.log / "tile/entries/000.p/4").write_bytes(bundle(entries))
    with pytest.raises(TamperedLog, match=r"tile/entries/000\.p/4 does not fit"):
        call.vouched()
    (call.log / "tile/0/000.p/4").write_bytes(b"".join(leaf_hash(one) for one in entries))
    with pytest.raises(TamperedLog, match="the entries give the root"):
        call.vouched()


def test_two_histories_shown_to_two_sides_never_get_both_cosignatures(call: Staged, tmp_path: Path) -> None:
    call.both()
    shutil.copytree(call.log, tmp_path / "for-eu")
    call.enter("minutes", None, b"what JP sees")
    append(tmp_path / "for-eu", HOST, [b"what EU sees"])
    jp, eu = call.seen("JP"), call.seen("EU", tmp_path / "for-eu")
    assert (jp.size, eu.size) == (3, 3)
    with pytest.raises(TamperedLog, match="another than the log's own"):
        add_cosignatures(call.log, eu)
    grafted = SignedNote(jp.note.text, (*jp.note.signatures, eu.note.signatures[-1]))
    add_cosignatures(call.log, replace(jp, note=grafted))
    with pytest.raises(BadSignature, match=r"the signature by eu\.example/director does not fit"):
        call.vouched()
    with pytest.raises(NotCosigned, match="split view: the host signed two heads of size 3"):
        call.seen("EU")


def test_an_old_head_replayed_is_a_rollback(call: Staged) -> None:
    call.both()
    call.cosigned()
    old = (call.log / "checkpoint").read_bytes()
    call.close()
    call.cosigned()
    (call.log / "checkpoint").write_bytes(old)
    with pytest.raises(NotCosigned, match="rollback: the host shows a head of size 2, it signed one of 3"):
        call.seen("JP")
    with pytest.raises(BadSignature, match="checkpoints/3 is a head of size 3"):
        call.vouched()


def test_a_backup_put_back_does_not_go_on_where_the_newer_head_is_left(call: Staged) -> None:
    call.both()
    old = (call.log / "checkpoint").read_bytes()
    call.enter("minutes", None, b"before the restore")
    (call.log / "checkpoint").write_bytes(old)
    with pytest.raises(TamperedLog, match="has signed another head of size 3"):
        call.enter("minutes", None, b"after the restore")


def test_a_backup_put_back_whole_is_found_by_every_side(call: Staged, tmp_path: Path) -> None:
    call.both()
    shutil.copytree(call.log, tmp_path / "backup")
    call.enter("minutes", None, b"before the restore")
    call.cosigned()
    shutil.rmtree(call.log)
    shutil.copytree(tmp_path / "backup", call.log)
    for _ in range(3):
        call.enter("minutes", None, b"after the restore")
    for side in ("JP", "EU"):
        with pytest.raises(NotCosigned, match="split view: the head of size 5 does not begin with that of 3"):
            call.seen(side)


def test_a_head_over_nothing_that_can_be_seen_is_not_cosigned(call: Staged) -> None:
    """At a first look there is no older head to compare with."""
    (call.log / "checkpoint").write_bytes(signed_checkpoint(HOST, ORIGIN, 7, bytes(32)).content)
    with pytest.raises(NotCosigned, match="does not show what its head of size 7 is made of"):
        call.seen("JP")
    other = call.at / "other"
    begin_log(other, HOST, ORIGIN)
    append(other, HOST, [b"x"])
    (other / "checkpoint").write_bytes(signed_checkpoint(HOST, ORIGIN, 1, bytes(32)).content)
    with pytest.raises(NotCosigned, match="the tiles of the log do not lead to its head of size 1"):
        call.seen("JP", other)


# --- cosignatures --------------------------------------------------------------------------------------------------


def test_a_cosignature_taken_away_covers_less_and_says_so(call: Staged) -> None:
    whole(call)
    for name in ("checkpoint", "checkpoints/4"):
        note = Checkpoint.of((call.log / name).read_bytes()).note
        (call.log / name).write_bytes(replace(note, signatures=note.signatures[:-1]).content)
    assert call.sealed()["witnesses"].endswith("closed at size 4; no head that every Side cosigned covers it yet")


def test_looking_again_and_again_never_fills_the_note(call: Staged) -> None:
    """A daemon looks every minute at a head that nothing follows; a note holds 64 signatures."""
    call.both()
    for minute in range(70):
        at = datetime.fromtimestamp(NOON.timestamp() + 60 * minute, UTC)
        add_cosignatures(call.log, call.seen("JP", at=at))
    (told,) = head(folder(call.log)).cosigned([JP.verifier])
    assert told.at == NOON.timestamp()
    call.enter("minutes", None, b"the log goes on")


def test_junk_under_a_head_does_not_stop_host_or_witness(call: Staged) -> None:
    """Lines that claim to be the host's, or fill the note, are not taken into the log, nor into a Side's memory."""
    call.both()
    mine = head(folder(call.log))
    false = Signature(HOST.name, HOST.verifier.key_id, bytes(64))
    many = [Signature(f"stranger{at}.example", bytes(4), bytes(64)) for at in range(62)]
    add_cosignatures(call.log, replace(mine, note=mine.note.signed(false, *many)))
    assert head(folder(call.log)) == mine
    stuffed = mine.note.signed(*many, Signature("x", bytes(4), b"x"))
    (call.log / "checkpoint").write_bytes(stuffed.content)
    for _ in range(2):
        assert len(call.seen("JP").note.signatures) == 2


def test_a_false_cosignature_is_not_taken_where_the_witnesses_are_named(call: Staged) -> None:
    call.both()
    mine = head(folder(call.log))
    false = Signature(EU.name, EU.verifier.as_witness.key_id, bytes(COSIGNATURE_BYTES))
    keys = [JP.verifier, EU.verifier]
    with pytest.raises(BadSignature, match=r"the signature by eu\.example/director does not fit"):
        add_cosignatures(call.log, replace(mine, note=mine.note.signed(false)), keys)
    stranger = THIEF.cosign(mine.note.text, 1)
    add_cosignatures(call.log, replace(mine, note=mine.note.signed(stranger)), keys)
    assert head(folder(call.log)) == mine


def test_no_head_grows_past_what_can_be_read(call: Staged) -> None:
    call.both()
    mine = head(folder(call.log))
    for at in range(63):
        key = SignerKey(f"{at}.example", JP.private)
        add_cosignatures(call.log, replace(mine, note=mine.note.signed(key.cosign(mine.note.text, 1))))
    with pytest.raises(UnreadableNote, match="at most 64 signatures"):
        add_cosignatures(call.log, replace(mine, note=mine.note.signed(EU.cosign(mine.note.text, 1))))
    assert len(head(folder(call.log)).note.signatures) == 64


# --- what a sealed record may hold ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["checkpoints/٤", "checkpoints/04", "checkpoints/4.bak", "contents/x", "tile/0/000", "tile/x", "note.txt"]
)
def test_a_file_that_nobody_looked_at_is_no_part_of_a_sealed_log(call: Staged, name: str) -> None:
    whole(call)
    assert call.sealed()["log"].startswith("4 entries of")
    (call.at / "record" / "log" / name).write_bytes(b"smuggled")
    assert call.checked(call.at / "record")["log"] == f"✗ log/{name} is no part of a sealed log"


def test_what_a_crash_left_is_not_sealed(call: Staged) -> None:
    """A content whose entry never came to be, half-written files: none of them makes the sealed record fail."""
    whole(call)
    for name in ("contents/" + "a" * 32, "contents/.b", "checkpoints/.4.tmp", "checkpoints/9", ".next", "tile/0/000"):
        (call.log / name).write_bytes(b"left behind")
    told = call.sealed()
    assert told["signatures"] == "recommendation 1: confirmed, signed by JP, EU"


def test_a_link_in_a_sealed_log_is_refused(call: Staged) -> None:
    whole(call)
    call.sealed()
    sealed = call.at / "record" / "log"
    for name in ("checkpoint", "checkpoints/4", "tile/0/000.p/4", "tile", "contents"):
        (call.at / "away").mkdir(exist_ok=True)
        moved = call.at / "away" / name.replace("/", "-")
        (sealed / name).rename(moved)
        (sealed / name).symlink_to(moved)
        assert call.checked(call.at / "record")["log"].endswith("is a link, or no plain file"), name
        (sealed / name).unlink()
        moved.rename(sealed / name)


def test_a_pipe_in_a_log_is_refused_and_not_waited_for(call: Staged) -> None:
    whole(call)
    entry = next(iter(call.entries()))
    for name in ("checkpoint", "checkpoints/4", f"contents/{entry.id}", "tile/0/000.p/4"):
        content = (call.log / name).read_bytes()
        (call.log / name).unlink()
        os.mkfifo(call.log / name)
        with pytest.raises(UnreadableNote, match="no plain file"):
            call.vouched()
        (call.log / name).unlink()
        (call.log / name).write_bytes(content)


def test_a_folder_where_a_file_is_expected_is_refused(call: Staged) -> None:
    whole(call)
    (call.log / "checkpoints/4").unlink()
    (call.log / "checkpoints/4").mkdir()
    with pytest.raises(UnreadableNote, match="checkpoints/4 is no plain file"):
        call.vouched()


@pytest.mark.parametrize("content", [b"", b"accord/act@v1\n\n", b"\xff" * 100, b"x" * 100_000])
def test_an_act_that_is_none_is_named(call: Staged, content: bytes) -> None:
    call.enter(ACT, "JP", content)
    assert "entry 0" in call.sealed()["log"]


def test_a_content_swapped_for_another_is_found(call: Staged) -> None:
    whole(call)
    first, second = list(call.entries())[1:3]
    for suffix in ("", ".salt"):
        one, other = (call.log / "contents" / f"{entry.id}{suffix}" for entry in (first, second))
        mine = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(mine)
    with pytest.raises(UnreadableNote, match="is not what the log's entry speaks of"):
        call.vouched()


@pytest.mark.parametrize("side", ['["JP"]', '{"JP":1}', '"\\u001b[31mJP"', '"\\u202eJP"', "7", "true", '""'])
def test_an_entry_names_a_side_or_none(side: str) -> None:
    written = (
        f'{{"accord_entry":1,"digest":"{"a" * 64}","id":"{"b" * 32}","kind":"act","side":{side},'
        '"time":"2026-01-01T00:00:00.000000Z"}'
    )
    with pytest.raises(UnreadableNote):
        Entry.of(written.encode())


def test_what_no_reader_would_take_is_not_logged(call: Staged) -> None:
    with pytest.raises(InvalidInput, match="can be logged"):
        call.enter("minutes", None, bytes(LARGEST_CONTENT + 1))
    assert not (call.log / "contents").exists()
    with pytest.raises(BadSignature):
        log(call.log, EU, [Happening("minutes", None, b"x")], time=NOON, chance=bytes(48))
    assert not (call.log / "contents").exists()


# --- other logs, other plans ----------------------------------------------------------------------------------------


def test_the_log_of_another_call_is_refused(call: Staged, tmp_path: Path) -> None:
    whole(call)
    other = load_plan(write_call(tmp_path / "other", plan=plan_text(origin="host.example/other")) / "plan.toml").plan
    with pytest.raises(BadSignature, match=r"is of host\.example/small, not of host\.example/other"):
        vouched(other, call.log)


def test_a_witness_that_the_plan_does_not_name_is_refused(call: Staged, tmp_path: Path) -> None:
    whole(call)
    other = load_plan(write_call(tmp_path / "other", plan=plan_text(eu=THIEF)) / "plan.toml").plan
    with pytest.raises(BadSignature, match=r"eu\.example/director is by no key that the plan names"):
        vouched(other, call.log)


def test_a_log_in_a_record_whose_plan_names_none_is_no_signature(call: Staged) -> None:
    whole(call)
    with pytest.raises(NoLog):
        vouched(call.plan.model_copy(update={"log": None}), call.log)


def test_a_log_is_not_begun_over_another(call: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes begin at once: the second finds the folder empty, and a log in it once it may write."""
    call.both()
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(()))
    with pytest.raises(LogExists):
        begin_log(call.log, HOST, ORIGIN)
    monkeypatch.undo()
    assert len(list(audit(folder(call.log), head(folder(call.log))))) == 2


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a+b", "a\nb", "a\x1b[31m", "jp.\u202eexample", "jp.ex\u200bample", "a\u3000b", "a\udcff"]
)
def test_a_key_has_a_name_that_reads_as_it_is(name: str) -> None:
    with pytest.raises(UnreadableNote):
        VerifierKey(name, 1, bytes(32))


def test_a_name_that_looks_the_same_is_another_key(call: Staged) -> None:
    """A Cyrillic letter in the name: the key that the plan names is a name and a key, and this is neither."""
    lookalike = SignerKey("jр.example/director", THIEF.private)
    call.act(lookalike)
    call.enter(ACT, "JP", act_of(call.plan, SignerKey(JP.name, THIEF.private)).content)
    assert [one.why for one in call.vouched().refused] == ["no key that the plan names for JP signed it"] * 2


@pytest.mark.parametrize("name", ["a\x1bb", "a\u202eb", "a\x85b", "a\u200bb"])
def test_a_signature_line_has_a_name_that_reads_as_it_is(name: str) -> None:
    with pytest.raises(UnreadableNote, match="no signature line"):
        SignedNote.of(f"text\n\n— {name} AAAAAAA=\n".encode())


def test_a_head_with_more_lines_is_the_same_head(call: Staged) -> None:
    """The host may put lines below the root; they are signed with it, and change neither size nor root."""
    call.both()
    plain = head(folder(call.log))
    text = plain.note.text + "all is well\n"
    more = Checkpoint.of(SignedNote(text, (HOST.sign(text),)).content)
    (call.log / "checkpoint").write_bytes(more.content)
    with pytest.raises(TamperedLog, match="checkpoint is another head than checkpoints/2"):
        call.vouched()
