"""The iCalendar file, read back by a parser and line by line."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from accord.plan.calendar import moments
from accord.plan.load import load_plan, parse_plan
from accord.report.ics import calendar_file, identifier
from calls import PLAN

GATE = '\n[[gate]]\nid = "one"\ntitle = {{ en = {title} }}\nat = 2026-07-20T10:00:00+02:00\n'


def events(content: bytes) -> list[Component]:
    check_lines(content)
    return list(Calendar.from_ical(content).walk("VEVENT"))


def check_lines(content: bytes) -> None:
    """RFC 5545, 3.1: lines end in CR LF, hold 75 octets at most and no control but a tab, and are UTF-8 each."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75
        assert not [sign for sign in line.decode() if ord(sign) < 32 and sign != "\t"]


def test_an_event_an_instant_in_utc_and_both_languages() -> None:
    signed = parse_plan(PLAN.encode())
    content = calendar_file(signed)
    opens, closes = events(content)
    assert (str(opens["summary"]), opens["dtstart"].dt) == ("Opens / 受付開始", datetime(2026, 1, 15, 1, tzinfo=UTC))
    assert (str(closes["summary"]), closes["dtstart"].dt) == ("Closes / 受付締切", datetime(2026, 4, 15, 8, tzinfo=UTC))
    assert b"DTSTART:20260415T080000Z\r\n" in content
    assert [one["dtstamp"].dt for one in (opens, closes)] == [datetime(2026, 1, 15, 1, tzinfo=UTC)] * 2
    assert str(closes["description"]).split("\n") == [
        "A small call / 小さな公募",
        "JP: Wed 15 Apr 2026, 17:00 JST",
        "EU: Wed 15 Apr 2026, 10:00 CEST",
        f"plan.toml timeline.closes, SHA-256 {signed.digest}",
    ]
    assert Calendar.from_ical(content).errors == []


def test_identifiers_come_from_the_plans_bytes_and_the_key_alone() -> None:
    signed = parse_plan(PLAN.encode())
    told = json.dumps({"moment": "timeline.closes", "plan": signed.digest}, separators=(",", ":"))
    expected = hashlib.sha256(told.encode()).hexdigest()
    assert identifier(signed.digest, "timeline.closes") == expected
    assert [str(one["uid"]) for one in events(calendar_file(signed))][1] == expected
    assert calendar_file(parse_plan(PLAN.encode())) == calendar_file(signed)
    other = parse_plan(PLAN.encode() + b"\n")
    assert {str(one["uid"]) for one in events(calendar_file(other))}.isdisjoint({expected})


@pytest.mark.parametrize(
    "title",
    [
        "a;b,c\\d:e",
        'say "no"',
        "línea\nBEGIN:VEVENT\r\nEND:VCALENDAR",
        "長い題名" * 40,
        "x" * 300,
        "\u202eevil\u2028",
        "tab\tbed",
    ],
)
def test_what_a_title_holds_comes_back_and_ends_no_line(title: str) -> None:
    content = calendar_file(parse_plan((PLAN + GATE.format(title=json.dumps(title, ensure_ascii=False))).encode()))
    assert str(events(content)[2]["summary"]) == " ".join(title.split())
    assert len(events(content)) == 3


@given(st.text(min_size=1).filter(lambda text: text.strip() and text.isprintable()))
def test_any_title_keeps_the_file_whole(title: str) -> None:
    content = calendar_file(parse_plan((PLAN + GATE.format(title=json.dumps(title, ensure_ascii=False))).encode()))
    assert len(events(content)) == 3


def test_the_reference_plan(quantum_call: Path) -> None:
    signed = load_plan(quantum_call / "plan.toml")
    found = events(calendar_file(signed))
    assert [one["dtstart"].dt for one in found] == [one.at for one in moments(signed.plan)]
    assert len({str(one["uid"]) for one in found}) == len(found) == 7
