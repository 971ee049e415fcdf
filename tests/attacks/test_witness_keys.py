"""A Side's witness gets another key: which head counts by which, and who would rather choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from accord.acts.statement import Act
from accord.call.folder import load_call
from accord.errors import UnusableFolder
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.keys import new_key
from accord.record.log.notes import BadSignature, SignerKey
from accord.record.log.reader import TamperedLog, folder, head
from accord.record.log.writer import add_cosignatures
from attacks.staged import EU, HOST, HOUR, JP, NOON, Staged, plan_text
from calls import write_call

WATCH, WATCH_NEW = new_key("jp.example/watch"), new_key("jp.example/watch-new")


@pytest.fixture
def call(tmp_path: Path) -> Staged:
    """A call in which JP witnesses by another key than its director's."""
    found = Staged.begun(tmp_path)
    assert found.plan.log is not None
    keys = {**found.plan.log.witness, "JP": WATCH.verifier.text}
    log = found.plan.log.model_copy(update={"witness": keys})
    found.plan = found.plan.model_copy(update={"log": log})
    return found


def rotated(call: Staged, *keys: SignerKey, new: SignerKey = WATCH_NEW, side: str = "JP", at: datetime = NOON) -> Act:
    """The rotation of a Side's witness, signed by these keys."""
    told = {"kind": "witness-rotation", "key": new.verifier.text, "since": at, "at": at}
    return call.act(*(keys or (WATCH, new)), side=side, **told)


def cosigned(call: Staged, *keys: SignerKey, at: datetime = NOON) -> None:
    """The newest head, cosigned by these keys."""
    mine = head(folder(call.log))
    for key in keys:
        note = mine.note.signed(key.cosign(mine.note.text, int(at.timestamp())))
        add_cosignatures(call.log, Checkpoint(mine.origin, mine.size, mine.root, note))


def sizes(call: Staged) -> list[int]:
    return [one.size for one in call.vouched().cosigned]


def why(call: Staged) -> list[str]:
    return [one.why for one in call.vouched().refused]


def test_both_sides_of_a_rotation_are_verified_each_by_its_key(call: Staged) -> None:
    call.both()
    cosigned(call, WATCH, EU)
    rotated(call)
    cosigned(call, WATCH_NEW, EU)
    assert sizes(call) == [2, 3]
    assert call.vouched().witnesses == {"JP": WATCH_NEW.verifier, "EU": EU.verifier}
    assert call.vouched().witnesses_at(2) == {"JP": WATCH.verifier, "EU": EU.verifier}
    assert call.sealed()["witnesses"].startswith("jp.example/watch-new, eu.example/director; recommendation: cosigned")


@pytest.mark.parametrize("before", [True, False])
def test_a_key_counts_on_its_own_side_of_the_rotation_only(call: Staged, *, before: bool) -> None:
    """Who keeps the old key cosigns no head that holds the rotation; the new key makes no older head count."""
    call.both()
    cosigned(call, *((WATCH_NEW, EU) if before else (WATCH, EU)))
    if before:
        with pytest.raises(BadSignature, match="is by no key that the plan names"):
            call.vouched()
    rotated(call)
    cosigned(call, *((WATCH_NEW, EU) if before else (WATCH, EU)))
    assert sizes(call) == ([3] if before else [2])


def test_a_signatory_replaces_a_witness_that_is_lost(call: Staged) -> None:
    rotated(call, JP, WATCH_NEW)
    cosigned(call, WATCH_NEW, EU)
    assert sizes(call) == [1]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ((WATCH,), "a rotation is signed by the new key too"),
        ((WATCH_NEW,), "no key that the plan names for JP signed it"),
        ((EU, WATCH_NEW), "no key that the plan names for JP signed it"),
        ((HOST, WATCH_NEW), "no key that the plan names for JP signed it"),
    ],
)
def test_who_does_not_replace_a_witness(call: Staged, keys: tuple[SignerKey, ...], told: str) -> None:
    rotated(call, *keys)
    cosigned(call, WATCH, EU)
    assert why(call) == [told]
    assert sizes(call) == [1]


def test_the_host_does_not_replace_a_witness_on_its_word(call: Staged) -> None:
    """An own act is what the host says that a Side did: a new witness would be the host's."""
    mine = new_key("jp.example/of-the-host")
    call.enter("document", "JP", b"a letter")
    call.act(
        *(HOST, mine),
        kind="witness-rotation",
        key=mine.verifier.text,
        since=NOON,
        way="own-act",
        signatory="Minister, JP",
        reference="7",
        document="7" * 64,
    )
    assert call.vouched().witnesses["JP"] == WATCH.verifier


@pytest.mark.parametrize("way", ["witness", "signatory"])
def test_no_side_takes_the_others_key(call: Staged, way: str) -> None:
    """With EU's key for its own, JP would have EU's cosignature count for both."""
    kind = {"witness": "witness-rotation", "signatory": "key-rotation"}[way]
    signing = {"witness": WATCH, "signatory": JP}[way]
    call.act(signing, EU, kind=kind, key=EU.verifier.text, since=NOON)
    assert why(call) == ["the new key is one of EU: every Side has keys of its own"]


def test_a_key_that_its_side_ended_rotates_no_witness(tmp_path: Path) -> None:
    """JP witnesses by its director's key; that is stolen, and JP revokes it. The thief cannot keep the witness."""
    call = Staged.begun(tmp_path)
    call.act(kind="key-revocation", key=JP.verifier.text, since=NOON)
    rotated(call, JP, WATCH_NEW, at=NOON + HOUR)
    assert why(call) == ["the key or delegation of 'Director, JP' does not stand since 2026-04-16T12:00:00+00:00"]
    assert call.vouched().witnesses["JP"] == JP.verifier


def test_a_chain_of_rotations_is_followed(call: Staged) -> None:
    third = new_key("jp.example/watch-third")
    rotated(call)
    cosigned(call, WATCH_NEW, EU)
    rotated(call, WATCH_NEW, third, new=third, at=NOON + HOUR)
    rotated(call, WATCH, WATCH, new=WATCH, at=NOON + 2 * HOUR)  # the first key is not the witness any more
    cosigned(call, third, EU)
    assert sizes(call) == [1, 3]
    assert len(why(call)) == 1


def test_a_rotation_of_two_sides_is_followed(call: Staged) -> None:
    eu_new = new_key("eu.example/watch")
    rotated(call)
    cosigned(call, WATCH_NEW, EU)
    rotated(call, EU, eu_new, new=eu_new, side="EU")
    cosigned(call, WATCH_NEW, eu_new)
    assert sizes(call) == [1, 2]


def test_a_forged_cosignature_of_a_key_that_was_replaced_is_refused(call: Staged) -> None:
    rotated(call)
    mine = head(folder(call.log))
    made = WATCH.cosign(mine.note.text, 1)
    false = replace(made, content=made.content[:-1] + bytes([made.content[-1] ^ 1]))
    add_cosignatures(call.log, replace(mine, note=mine.note.signed(false)))
    with pytest.raises(BadSignature, match=r"the signature by jp\.example/watch does not fit"):
        call.vouched()


def test_a_rotation_by_a_key_that_had_ended_when_the_sides_cosigned_is_found(tmp_path: Path) -> None:
    """The host enters it at a time of its own; the cosignatures that it would make count say that it came later."""
    call = Staged.begun(tmp_path, until="2026-04-16T12:00:00Z")
    assert call.plan.log is not None
    keys = {**call.plan.log.witness, "JP": WATCH.verifier.text}
    call.plan = call.plan.model_copy(update={"log": call.plan.log.model_copy(update={"witness": keys})})
    rotated(call, JP, WATCH_NEW, at=NOON - HOUR)
    cosigned(call, WATCH_NEW, EU, at=NOON + HOUR)
    rotated(call, JP, WATCH, new=WATCH, at=NOON - HOUR)
    call.act(side="EU", at=NOON + HOUR)
    with pytest.raises(TamperedLog, match="entry 1 gives JP another witness, by a key that had ended then"):
        call.vouched()


def test_a_plan_in_which_two_sides_share_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFolder) as raised:
        load_call(write_call(tmp_path / "call", plan=plan_text(eu=JP)))
    told = [(one.field, one.found) for one in raised.value.problems if one.severity == "error"]
    assert told == [("log.witness.EU", "it is the key of JP too")]
