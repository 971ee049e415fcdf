"""The closing instant put off: by every Side and in time, or not at all; and what is late then."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.acts.extensions import EXTENSION, Extension, NoExtension
from accord.record.log.contents import erase
from accord.record.log.reader import TamperedLog
from attacks.staged import HOUR, JP, Staged

CLOSES = datetime(2026, 4, 15, 8, tzinfo=UTC)
LATER = CLOSES + 8 * HOUR
IN_TIME = CLOSES - HOUR


@pytest.fixture
def call(tmp_path: Path) -> Staged:
    return Staged.begun(tmp_path)


def text(closes: datetime = LATER, number: int = 1, call: str = "small") -> bytes:
    return Extension(number=number, call=call, closes=closes, reason="a portal is down").content


def put_off(call: Staged, content: bytes, at: datetime = IN_TIME, number: int = 1, *sides: str) -> None:
    """The text and the Sides' signatures, entered."""
    call.enter(EXTENSION, None, content, at)
    subject = sha256(content).hexdigest()
    for side in sides or ("JP", "EU"):
        call.act(side=side, kind="closing-extension", number=number, subject=subject, at=at)


def test_a_text_reads_as_it_is_written() -> None:
    assert text() == (
        b'{"accord_extension":1,"call":"small","closes":"2026-04-15T16:00:00Z","number":1,"reason":"a portal is down"}\n'
    )
    assert Extension.of(text()).content == text()


@given(st.data())
def test_no_other_text_is_an_extension(data: st.DataObject) -> None:
    content = text().decode()
    place = data.draw(st.integers(0, len(content) - 1))
    changed = (content[:place] + data.draw(st.characters(codec="utf-8")) + content[place + 1 :]).encode()
    with suppress(NoExtension):
        assert Extension.of(changed).content == changed


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"number": True},
        {"number": "1"},
        {"closes": "2026-04-15T16:00:00"},
        {"closes": "2026-04-15T18:00:00+02:00"},
        {"closes": 7},
        {"reason": ""},
        {"reason": " "},
        {"reason": "a\u202eb"},
        {"reason": ["x"]},
        {"call": 7},
        {"accord_extension": 2},
        {"more": 1},
    ],
)
def test_what_is_no_extension(changed: dict[str, object]) -> None:
    written = json.dumps({**json.loads(text()), **changed}, separators=(",", ":"), sort_keys=True) + "\n"
    with pytest.raises(NoExtension):
        Extension.of(written.encode())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b"The call closes later.\n"])
def test_bytes_that_are_no_extension(content: bytes) -> None:
    with pytest.raises(NoExtension):
        Extension.of(content)


def test_the_call_closes_by_the_extension_that_every_side_signed(call: Staged) -> None:
    put_off(call, text())
    found = call.vouched()
    assert (found.closes.at, [one.number for one in found.closes.extended], found.closes.refused) == (LATER, [1], ())


def test_an_entry_between_the_two_instants_is_in_time_and_a_closing_there_closes_nothing(call: Staged) -> None:
    put_off(call, text())
    call.close(CLOSES + HOUR)  # the host goes by the plan alone
    call.enter("intake", "JP", b"a proposal", CLOSES + 2 * HOUR)
    assert call.vouched().closing is None
    call.close(LATER)
    call.enter("intake", "EU", b"another", LATER)
    call.cosigned(LATER + HOUR)
    found = call.vouched()
    assert (found.closing, len(found.entries)) == (6, 7)
    told = call.sealed()["witnesses"]
    assert "closing-extension 1: the call closes at 2026-04-15 16:00:00 UTC, a portal is down" in told
    assert told.endswith("closed at size 6, cosigned by every Side 60 minutes after the closing instant")


def test_one_side_alone_puts_nothing_off(call: Staged) -> None:
    put_off(call, text(), IN_TIME, 1, "JP")
    call.act(JP, side="EU", kind="closing-extension", subject=sha256(text()).hexdigest(), at=IN_TIME)
    assert call.vouched().closes.at == CLOSES


def test_two_texts_put_nothing_off(call: Staged) -> None:
    """JP and EU sign different instants under the same number."""
    put_off(call, text(), IN_TIME, 1, "JP")
    put_off(call, text(LATER + HOUR), IN_TIME, 1, "EU")
    assert call.vouched().closes.at == CLOSES


def test_what_comes_when_the_call_had_closed_puts_nothing_off(call: Staged) -> None:
    put_off(call, text(), CLOSES)
    found = call.vouched().closes
    assert found.at == CLOSES
    assert found.refused == (
        "closing-extension 1 does not count: the last signature came at 2026-04-15T08:00:00Z,"
        " the call had closed at 2026-04-15T08:00:00Z",
    )
    assert found.refused[0] in call.sealed()["witnesses"]


def test_the_host_cannot_date_a_late_extension_back(call: Staged) -> None:
    """Both Sides had cosigned a head without it after the closing."""
    call.enter("minutes", None, b"nothing", IN_TIME)
    call.cosigned(CLOSES + HOUR)
    put_off(call, text(), IN_TIME)
    assert call.vouched().closes.at == CLOSES


def test_a_second_extension_counts_from_the_first(call: Staged) -> None:
    put_off(call, text())
    put_off(call, text(LATER + HOUR, 2), CLOSES + HOUR, 2)
    assert call.vouched().closes.at == LATER + HOUR
    put_off(call, text(LATER + 2 * HOUR, 3), LATER + HOUR, 3)
    assert call.vouched().closes.at == LATER + HOUR


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (text(CLOSES), "2026-04-15T08:00:00Z is not after 2026-04-15T08:00:00Z"),
        (text(IN_TIME), "2026-04-15T07:00:00Z is not after 2026-04-15T08:00:00Z"),
        (text(call="another"), "its text is number 1 of the call another"),
        (text(number=2), "its text is number 2 of the call small"),
        (b"closes later\n", "it is no JSON of version 1, as `accord log extension` writes it"),
    ],
)
def test_what_does_not_count_is_told(call: Staged, content: bytes, why: str) -> None:
    put_off(call, content)
    found = call.vouched().closes
    assert (found.at, found.refused) == (CLOSES, (f"closing-extension 1 does not count: {why}",))


def test_signatures_without_the_text_put_nothing_off(call: Staged) -> None:
    subject = sha256(text()).hexdigest()
    call.both(kind="closing-extension", subject=subject, at=IN_TIME)
    assert call.vouched().closes.refused == (
        "closing-extension 1 does not count: its text is not in the log (accord log add --kind extension)",
    )
    call.enter(EXTENSION, None, text(), LATER)  # what it said was fixed when they signed
    assert call.vouched().closes.at == LATER


def test_an_extension_does_not_vanish_in_silence(call: Staged) -> None:
    """Without its text what came in time would be late."""
    put_off(call, text())
    erase(call.log, next(iter(call.entries())))
    with pytest.raises(TamperedLog, match="entry 0 is an extension, and its content is not here"):
        call.vouched()
