"""An action is done whole or not at all, once under one key, and leaves its entry in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from accord.errors import InvalidInput, Refused
from accord.record.log.entry import Entry as LoggedEntry
from accord.record.merkle import leaf_hash
from accord_server.access.models import Invitation
from accord_server.access.needs import ANYBODY, NotAllowed, one_of
from accord_server.access.states import Role
from accord_server.calls.services.inviting import invite
from accord_server.calls.services.opening import end_access, open_call
from accord_server.database.sessions import reading
from accord_server.log.actions import Action, KeyTaken, action
from accord_server.log.happenings import Doing, Happened, Outcome, request_digest
from accord_server.log.models import Audience, Content, DoneOnce, Entry
from accord_server.log.queries import contents, entries, size
from accord_server.people.models import Account, Organisation

WEEK = timedelta(days=7)


def asked(world: Any, email: str = "n@x.example") -> dict[str, Any]:
    return {"email": email, "role": "expert", "side": "JP", "expires_at": world.at + WEEK}


def log_size(world: Any, call: Any, officer: Account) -> int:
    with reading(officer.id):
        return size(call)


def test_an_action_leaves_an_entry_that_its_content_opens(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    done = invite(Doing(by=officer, at=world.at, call=call), **asked(world))
    with reading(officer.id):
        row = entries(call).get(index=done.first)
        content = contents(officer, call, world.at).get(entry_id=done.entries[0])
    entry = LoggedEntry.of(bytes(row.leaf))
    assert (entry.kind, entry.side, entry.time, entry.id) == ("invited", "JP", world.at, row.id.hex)
    assert bytes(row.leaf_hash) == leaf_hash(bytes(row.leaf))
    assert entry.opened_by(bytes(content.salt), bytes(content.content))
    assert (content.author_id, row.id.version, row.id.variant) == (officer.id, 4, "specified in RFC 4122")
    assert b"n@x.example" not in bytes(row.leaf)


def test_a_request_is_done_once_under_its_key(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    before = log_size(world, call, officer)
    doing = Doing(by=officer, at=world.at, call=call, key="k1")
    first = invite(doing, **asked(world))
    later = Doing(by=officer, at=world.at + timedelta(minutes=1), call=call, key="k1")
    again = invite(later, **asked(world))
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.first, again.entries, again.result) == (first.first, first.entries, first.result)
    assert log_size(world, call, officer) == before + 1
    with pytest.raises(KeyTaken):
        invite(doing, **asked(world, "other@x.example"))
    world.joined(call, officer, Role.SECRETARIAT)
    with pytest.raises(KeyTaken):
        end_access(doing)


def test_one_persons_key_is_not_anothers(world: Any) -> None:
    call = world.opened()
    officers = [world.officer(call, side) for side in ("JP", "EU")]
    done = [
        invite(
            Doing(by=one, at=world.at, call=call, key="k"),
            email=f"{n}@x.example",
            role="expert",
            side=None,
            expires_at=world.at + WEEK,
        )
        for n, one in enumerate(officers)
    ]
    assert [one.repeated for one in done] == [False, False]


def test_a_call_is_opened_once(world: Any) -> None:
    by, plan = world.account("a@h.example", is_administrator=True), world.plan()
    told = {"plan": plan, "acts": world.acts(plan), "host": world.host.verifier.text}
    first, again = (open_call(Doing(by=by, at=world.at, key="k"), **told) for _ in range(2))
    assert (again.call, again.entries, again.repeated) == (first.call, first.entries, True)
    with pytest.raises(Refused, match=r"the call small, or the log example.org.small, is open here already"):
        open_call(Doing(by=by, at=world.at, key="other"), **told)
    assert {one.call_id for one in Invitation.objects.all()} == {first.call}


@pytest.fixture
def planted() -> Any:
    """Actions that are no part of the site, and are forgotten again."""
    from accord_server.log import actions  # noqa: PLC0415  the registry itself

    before = dict(actions._registry)
    yield
    actions._registry.clear()
    actions._registry.update(before)


def breaking(doing: Doing, *, how: str) -> Outcome:
    """Write a row, then fail."""
    Organisation(name="A", country="JP").save(force_insert=True)
    if how == "raises":
        raise InvalidInput("no")
    if how == "nests":
        invite(doing, email="a@x.example", role="expert", side=None, expires_at=doing.at + WEEK)
    happened = {
        "logs nothing": (),
        "too large": (Happened(kind="test", content=bytes(33 * 1024 * 1024), audience=Audience.MEMBERS),),
        "second fails": (
            Happened(kind="test", content=b"x", audience=Audience.MEMBERS),
            Happened(kind="NO KIND", content=b"x", audience=Audience.MEMBERS),
        ),
        "no side": (Happened(kind="test", content=b"x", audience=Audience.SIDE),),
    }
    return Outcome(call=doing.in_call, happened=happened.get(how, ()))


@pytest.mark.parametrize("how", ["raises", "nests", "logs nothing", "too large", "second fails", "no side"])
def test_what_fails_leaves_nothing(world: Any, planted: None, how: str) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    before = log_size(world, call, officer)
    broken: Action[Any] = action("test.break", needs=one_of(Role.SIDE_OFFICER))(breaking)
    with pytest.raises(Exception, match=r".+"):
        broken(Doing(by=officer, at=world.at, call=call, key="k"), how=how)
    assert Organisation.objects.count() == 0
    assert log_size(world, call, officer) == before
    with reading(officer.id):
        assert DoneOnce.objects.count() == 0


def test_an_action_is_asked_well_or_not_at_all(world: Any, planted: None) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    with pytest.raises(InvalidInput, match="without its offset"):
        invite(Doing(by=officer, at=datetime(2026, 1, 1), call=call), **asked(world))  # noqa: DTZ001  that is the fault
    with pytest.raises(InvalidInput, match=r"calls\.invite needs one"):
        invite(Doing(by=officer, at=world.at), **asked(world))
    with pytest.raises(InvalidInput, match=r"calls\.open makes one"):
        open_call(Doing(by=officer, at=world.at, call=call), plan=b"", acts=(), host="")
    with pytest.raises(InvalidInput, match="found 65 signs"):
        invite(Doing(by=officer, at=world.at, call=call, key="k" * 65), **asked(world))
    with pytest.raises(NotAllowed):
        invite(Doing(by=world.account("s@x.example"), at=world.at, call=call), **asked(world))
    with pytest.raises(ValueError, match=r"there is an action calls.invite already"):
        action("calls.invite", needs=ANYBODY)(breaking)


def test_a_request_is_known_by_all_that_is_asked() -> None:
    told = [{"a": 1}, {"a": "1"}, {"a": b"1"}, {"a": ("1",)}, {"a": True}, {"b": 1}, {}]
    found = [request_digest(name, None, one) for name in ("x", "y") for one in told]
    assert len(set(found)) == len(found)
    with pytest.raises(TypeError, match="plain values, not object"):
        request_digest("x", None, {"a": object()})


def test_the_database_itself_refuses_to_change_history(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    doing = Doing(by=officer, at=world.at, call=call)
    invite(doing, **asked(world))
    tables = {model._meta.db_table for model in (Entry, Content)} | {"calls_planversion"}
    connection.execute_wrappers.clear()  # past the tests' own guard
    for table in tables:
        column = {"log_entry": "leaf", "log_content": "content", "calls_planversion": "content"}[table]
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608  our own tables
