"""Attacks on who signed what: stolen, ended and hidden signatures, and what the host says nobody said."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from accord.acts.statement import Act, Statement, UnreadableAct
from accord.acts.vouching import ACT
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.contents import erase
from accord.record.log.notes import BadSignature, SignedNote, UnreadableNote
from accord.record.log.reader import TamperedLog, folder, head
from accord.record.log.writer import add_cosignatures
from attacks.staged import EU, HOST, HOUR, JP, JP_NEW, NOON, ONE, THIEF, TWO, Staged, act_of


@pytest.fixture
def call(tmp_path: Path) -> Staged:
    return Staged.begun(tmp_path)


def confirmed(call: Staged, subject: str = ONE) -> bool:
    found = call.vouched().of("recommendation", subject)
    return found is not None and found.confirmed


def own_act(letter: bytes) -> dict[str, Any]:
    named = sha256(letter).hexdigest()
    return {"way": "own-act", "signatory": "Minister, JP", "reference": "30文科第7号", "document": named}


def why(call: Staged) -> list[str]:
    return [one.why for one in call.vouched().refused]


def test_one_side_alone_does_not_recommend(call: Staged) -> None:
    call.act()
    call.act(JP, side="EU")
    call.act(THIEF, side="EU", signatory="Director, JP")
    assert not confirmed(call)
    assert why(call) == ["no key that the plan names for EU signed it"] * 2
    assert call.sealed()["signatures"].startswith("recommendation 1: signed by JP, not by EU; entry 1 does not count")


def test_signatures_over_other_bytes_do_not_add_up(call: Staged) -> None:
    call.act()
    call.act(side="EU", subject=TWO)
    assert not confirmed(call)
    assert not confirmed(call, TWO)


def test_a_signature_moved_to_another_text_is_refused(call: Staged) -> None:
    real, wished = act_of(call.plan), act_of(call.plan, EU, subject=TWO)
    forged = SignedNote(wished.note.text, real.note.signatures)
    call.enter(ACT, "JP", forged.content)
    assert why(call) == ["the signature by jp.example/director does not fit the text above it"]


def test_another_key_of_the_same_name_is_not_the_key(call: Staged) -> None:
    call.act(THIEF)
    assert why(call) == ["no key that the plan names for JP signed it"]


def test_a_foreign_signature_beside_the_true_one_changes_nothing(call: Staged) -> None:
    call.act(JP, THIEF, EU)
    call.act(EU, side="EU")
    assert confirmed(call)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u2028", "\u2029", "\x85", "\x9b", "\x7f", "\u200b", "\ufeff"])
def test_what_is_signed_reads_as_it_is(call: Staged, sign: str) -> None:
    """A sign that turns, hides or breaks a line would show the signatory another text than is signed."""
    text = act_of(call.plan).statement.text.replace("Director, JP", f"Director{sign}, JP")
    with pytest.raises(UnreadableAct, match="cannot be seen"):
        Statement.of(text)


def test_an_ideographic_space_is_an_ordinary_sign(call: Staged) -> None:
    text = act_of(call.plan).statement.text.replace("Director, JP", "山田　太郎")
    assert Statement.of(text).signatory == "山田　太郎"


@pytest.mark.parametrize("extra", ["note all is well\n", "at 2026-04-16T12:00:00Z\n", "subject sha256:" + TWO + "\n"])
def test_a_line_more_makes_it_no_act(call: Staged, extra: str) -> None:
    with pytest.raises(UnreadableAct):
        Act.of(SignedNote(act_of(call.plan).statement.text + extra, (JP.sign("x\n"),)).content)


def test_an_act_logged_twice_counts_once_and_from_the_first_time(call: Staged) -> None:
    call.both()
    call.cosigned()
    call.enter(ACT, "JP", act_of(call.plan).content, NOON + HOUR)
    found = call.vouched()
    assert [one.why for one in found.refused] == ["it is entry 0 once more"]
    recommended = found.of("recommendation", ONE)
    assert recommended is not None
    cover = found.covered(recommended)
    assert cover is not None
    assert cover.size == 2


def test_a_replayed_rotation_does_not_end_a_key_that_came_back(call: Staged) -> None:
    turn: dict[str, Any] = {"kind": "key-rotation"}
    call.act(JP, JP_NEW, **turn, key=JP_NEW.verifier.text, since=NOON)
    back = {**turn, "key": JP.verifier.text, "since": NOON + HOUR, "at": NOON + HOUR}
    call.act(JP_NEW, JP, **back)
    call.enter(ACT, "JP", act_of(call.plan, JP, JP_NEW, **turn, key=JP_NEW.verifier.text, since=NOON).content)
    call.act(JP, at=NOON + 2 * HOUR)
    call.act(side="EU")
    assert confirmed(call)
    assert why(call) == ["the key or delegation of 'Director, JP' does not stand"]


# --- time ---------------------------------------------------------------------------------------------------------


def revoked(call: Staged) -> None:
    call.act(kind="key-revocation", key=JP.verifier.text, since=NOON - HOUR)


def test_a_thief_with_the_host_cannot_date_an_act_before_the_revocation(call: Staged) -> None:
    """The host enters it at a time of its own choice, long before the entries around it."""
    revoked(call)
    call.act(at=NOON - 24 * HOUR, logged=NOON - 24 * HOUR)
    call.act(side="EU")
    assert not confirmed(call)
    assert "does not stand" in why(call)[0]


def test_a_revocation_that_the_host_enters_under_an_early_time_counts_all_the_same(call: Staged) -> None:
    call.act(kind="key-revocation", key=JP.verifier.text, since=NOON, logged=NOON - 48 * HOUR)
    call.act(at=NOON - 24 * HOUR, logged=NOON - 24 * HOUR)
    assert "does not stand" in why(call)[0]


def test_a_delegation_that_ended_is_not_revived_by_the_hosts_clock(tmp_path: Path) -> None:
    """Both Sides cosigned a later head first: what is entered after it is later."""
    call = Staged.begun(tmp_path, until="2026-04-16T12:00:00Z")
    call.enter("minutes", None, b"nothing", NOON - 2 * HOUR)
    call.cosigned(NOON + HOUR)
    call.act(at=NOON - HOUR, logged=NOON - HOUR)
    assert why(call) == ["the key or delegation of 'Director, JP' does not stand since 2026-04-16T12:00:00+00:00"]


def test_one_sides_clock_cannot_end_the_others_delegation(tmp_path: Path) -> None:
    call = Staged.begun(tmp_path, until="2026-04-16T12:00:00Z")
    call.enter("minutes", None, b"nothing", NOON - 2 * HOUR)
    call.seen("JP", at=NOON - 2 * HOUR)
    call.cosigned(NOON - 2 * HOUR)
    call.enter("minutes", None, b"nothing", NOON - 2 * HOUR)
    for side, at in (("JP", NOON - 2 * HOUR), ("EU", NOON + 24 * 365 * HOUR)):
        add_cosignatures(call.log, call.seen(side, at=at))
    call.both(at=NOON - HOUR)
    assert confirmed(call)


def test_an_entry_logged_under_two_numbers_has_one_content(call: Staged) -> None:
    """The same entry twice would let the erasure of one take the content of the other."""
    call.both()
    call.raw(next(iter(call.entries())).content)
    with pytest.raises(TamperedLog, match="entry 2 has the identifier of entry 0"):
        call.vouched()


def test_a_revocation_from_long_ago_unsigns_nothing(call: Staged) -> None:
    call.both()
    call.act(kind="key-revocation", key=JP.verifier.text, since=NOON - 1000 * HOUR, at=NOON + HOUR)
    assert confirmed(call)


def test_a_rotation_does_not_lengthen_a_delegation(tmp_path: Path) -> None:
    call = Staged.begun(tmp_path, until="2026-04-16T13:00:00Z")
    far = datetime.fromisoformat("2030-01-01T00:00:00+00:00")
    call.act(JP, JP_NEW, kind="key-rotation", key=JP_NEW.verifier.text, since=far)
    for key in (JP, JP_NEW):
        call.act(key, at=NOON + 48 * HOUR)
    assert len(why(call)) == 2
    assert all("does not stand" in one for one in why(call))


def test_a_chain_of_rotations_leaves_one_key(call: Staged) -> None:
    call.act(JP, JP_NEW, kind="key-rotation", key=JP_NEW.verifier.text, since=NOON)
    call.act(JP_NEW, THIEF, kind="key-rotation", key=THIEF.verifier.text, since=NOON + HOUR, at=NOON + HOUR)
    for key in (JP, JP_NEW):
        call.act(key, at=NOON - HOUR, logged=NOON + 2 * HOUR, subject=TWO)
    call.act(THIEF, at=NOON + 2 * HOUR)
    call.act(side="EU", at=NOON + 2 * HOUR)
    assert confirmed(call)
    assert len(why(call)) == 2


def test_a_side_cannot_end_the_others_key(call: Staged) -> None:
    call.act(EU, side="EU", kind="key-revocation", key=JP.verifier.text, since=NOON)
    call.both(at=NOON + HOUR)
    assert confirmed(call)
    assert why(call) == [f"{JP.verifier.text} is no key and no certificate of EU"]


# --- the host's word ----------------------------------------------------------------------------------------------


def test_an_own_act_that_nobody_made_is_never_called_signed(call: Staged) -> None:
    call.enter("document", "JP", b"a letter that the host wrote")
    call.act(HOST, **own_act(b"a letter that the host wrote"))
    call.act(side="EU")
    assert call.sealed()["signatures"] == (
        "recommendation 1: confirmed, signed by EU, recorded by the host for JP; "
        "JP by its own act 30文科第7号, as the host recorded it"
    )


def test_an_own_act_is_not_evidence_against_the_side_that_did_not_make_it(call: Staged) -> None:
    """What the host alone says cannot tear what a Side signed."""
    call.both()
    call.enter("document", "JP", b"a letter")
    call.act(HOST, **own_act(b"a letter"), subject=TWO)
    assert call.vouched().evidence == ()
    assert confirmed(call)


def test_a_later_act_of_all_sides_is_told_with_the_earlier_one(call: Staged) -> None:
    """A recommendation that both Sides have replaced still verifies; whoever reads it is told."""
    call.both()
    call.both(subject=TWO, number=2)
    told = call.sealed()["signatures"]
    assert told == (
        "recommendation 1: confirmed, signed by JP, EU; since then recommendation 2 of another digest is confirmed"
        f" ({TWO[:16]}…)"
    )


def test_half_an_act_does_not_hide_a_whole_one(call: Staged) -> None:
    call.act()
    call.both(number=2)
    assert call.sealed()["signatures"] == "recommendation 2: confirmed, signed by JP, EU"


def test_an_entry_does_not_put_an_act_to_another_sides_name(call: Staged) -> None:
    call.enter(ACT, "EU", act_of(call.plan).content)
    with pytest.raises(TamperedLog, match="entry 0 says that EU acted; the act in it is JP's"):
        call.vouched()


def test_contradicting_acts_cannot_be_made_unreadable_in_silence(call: Staged) -> None:
    """Erasing an act's content would take the evidence of two signed digests with it."""
    call.both()
    call.act(subject=TWO)
    assert call.sealed()["signatures"].startswith("✗ JP signed different digests as recommendation 1: entries 0, 2")
    erase(call.log, list(call.entries())[2])
    with pytest.raises(TamperedLog, match="entry 2 is an act, and its content is not here; no entry says that it was"):
        call.vouched()


def test_a_torn_act_is_settled_by_a_later_one_of_all_sides(call: Staged) -> None:
    """Both signatures stay and are told; what all Sides then signed holds, and what was torn is not confirmed."""
    call.both()
    call.act(subject=TWO)
    call.act(number=2)
    assert call.sealed()["signatures"].startswith("✗ JP signed different digests as recommendation 1: entries 0, 2")
    call.act(side="EU", number=2)
    assert call.sealed()["signatures"] == (
        "recommendation 2: confirmed, signed by JP, EU;"
        " JP signed different digests as recommendation 1: entries 0, 2; settled by recommendation 2"
    )


def test_what_was_settled_before_does_not_settle_what_is_torn_later(call: Staged) -> None:
    call.act()
    call.both(number=2)
    call.act(subject=TWO)
    assert call.sealed()["signatures"].startswith("✗ JP signed different digests as recommendation 1: entries 0, 3")


def test_an_erased_act_is_named_with_its_rule(call: Staged) -> None:
    call.both()
    gone = list(call.entries())[1]
    call.enter("erased", None, f'{{"erased":"{gone.id}","index":1,"rule":"plan:retention"}}'.encode(), NOON + HOUR)
    erase(call.log, gone)
    told = call.sealed()
    assert "entry 1 (act) erased 2026-04-16 13:00:00 UTC by plan:retention" in told["log"]
    assert told["signatures"] == "recommendation 1: signed by JP, not by EU"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"erased":1,"index":"x","rule":[]}', b"\xff", b"[" * 9000])
def test_an_erasure_that_says_nothing_is_refused(call: Staged, content: bytes) -> None:
    call.enter("erased", None, content)
    with pytest.raises(UnreadableNote, match="entry 0"):
        call.vouched()


def test_an_early_closing_closes_nothing(call: Staged) -> None:
    call.close(NOON - 100 * HOUR)
    call.enter("minutes", None, b"in time", NOON - 99 * HOUR)
    assert call.vouched().closing is None
    call.close()
    assert call.vouched().closing == 3


def test_acts_of_another_call_do_not_count(call: Staged) -> None:
    call.act(call="another")
    assert why(call) == ["it is about the call another, not small"]


def test_a_cosignature_in_a_year_that_no_calendar_has_is_refused(call: Staged) -> None:
    call.both()
    mine = head(folder(call.log))
    for key in (JP, EU):
        note = mine.note.signed(key.cosign(mine.note.text, 2**62))
        add_cosignatures(call.log, Checkpoint(mine.origin, mine.size, mine.root, note))
    with pytest.raises(BadSignature, match="checkpoints/2"):
        call.vouched()
