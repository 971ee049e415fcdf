"""A call is opened from a plan that every Side signed, and from no other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accord.acts.confirmation import Confirmation
from accord.acts.vouching import vouched
from accord.errors import InvalidInput, Refused
from accord.plan.load import parse_plan
from accord_server.access.models import Invitation
from accord_server.access.needs import NotAllowed
from accord_server.access.states import Role
from accord_server.calls.models import Call, PlanVersion
from accord_server.calls.queries import call as visible_call
from accord_server.calls.queries import calls, plan_versions
from accord_server.calls.services.opening import end_access, open_call, revise_plan
from accord_server.calls.signing import NotSigned
from accord_server.calls.states import CallState
from accord_server.database.sessions import reading
from accord_server.log.happenings import Doing, Done
from accord_server.log.publishing import export_contents, publish
from accord_server.log.queries import contents
from accord_server.states import IllegalMove

OPENS = datetime.fromisoformat("2026-01-15T10:00:00+09:00")
CLOSES = datetime.fromisoformat("2026-04-15T10:00:00+02:00")


def test_a_signed_plan_opens_a_call(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    with reading(officer.id):
        (row,) = calls(officer, world.at)
        (version,) = plan_versions(officer, call, world.at)
    assert (row.access_id, row.key, row.opens, row.closes) == (call, "small", OPENS, CLOSES)
    assert (bytes(version.content), version.number) == (world.plan(), 1)
    assert version.digest == parse_plan(world.plan()).digest
    asked = {(one.email, one.role, one.side.key) for one in Invitation.objects.filter(call_id=call)}
    assert asked == {("Desk@jp.example", "side-officer", "JP"), ("Desk@eu.example", "side-officer", "EU")}


def test_the_library_finds_the_plan_confirmed_in_the_exported_log(world: Any, tmp_path: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    publish(call, tmp_path / "log", world.host, "example.org/small")
    assert export_contents(officer, call, tmp_path / "log", world.at) == 4  # the plan, two acts, its own invitation
    plan = parse_plan(world.plan())
    told = vouched(plan.plan, tmp_path / "log")
    confirmed = told.of("plan", plan.digest)
    assert isinstance(confirmed, Confirmation)
    assert confirmed.confirmed
    assert [one.kind for one in told.entries] == ["plan", "act", "act", "joined"]


def refused(world: Any, plan: bytes, acts: tuple[bytes, ...], **changed: Any) -> str:
    by = world.account("root@h.example", is_administrator=True)
    with pytest.raises((Refused, InvalidInput)) as told:
        open_call(Doing(by=by, at=changed.get("at", world.at)), plan=plan, acts=acts, host=world.host.verifier.text)
    assert not Call.objects.exists()
    assert not PlanVersion.objects.exists()
    return str(told.value)


def test_one_side_alone_opens_nothing(world: Any) -> None:
    plan = world.plan()
    assert refused(world, plan, world.acts(plan, "JP")) == "acts: plan 1 is not signed by EU"


def test_nobody_opens_other_bytes_than_were_signed(world: Any) -> None:
    told = refused(world, world.plan(**{"One Side": "No Side"}), world.acts(world.plan()))
    assert told == "acts: nobody signed these bytes as plan 1; JP, EU have to"


def test_a_side_that_signed_two_plans_opens_neither(world: Any) -> None:
    plan, other = world.plan(), world.plan(**{"One Side": "No Side"})
    told = refused(world, plan, (*world.acts(plan), *world.acts(other, "JP")))
    assert told == "acts: JP signed another plan 1 as well"


def test_a_signature_by_another_key_is_named(world: Any) -> None:
    plan = world.plan()
    acts = world.acts(plan)
    world.keys["JP"] = world.keys["EU"]
    told = refused(world, plan, (*acts[1:], *world.acts(plan, "JP")))
    assert told == "acts: JP: no key that the plan names for JP signed it"


def test_a_call_whose_closing_has_passed(world: Any) -> None:
    plan = world.plan(**{"2026-04-15T10:00:00+02:00": "2026-01-15T12:00:00+09:00"})
    assert "that has passed" in refused(world, plan, world.acts(plan), at=OPENS + timedelta(hours=2))


def test_a_side_without_the_address_of_a_contact(world: Any) -> None:
    plan = world.plan(**{', email = "Desk@eu.example"': ""})
    assert "side[EU].contact.email" in refused(world, plan, world.acts(plan))


def test_a_log_that_another_host_keeps(world: Any) -> None:
    plan = world.plan()
    acts = world.acts(plan)
    world.host = world.keys["JP"]
    assert "does not name this host" in refused(world, plan, acts)


def test_an_officer_does_not_open_calls(world: Any) -> None:
    call = world.opened()
    plan = world.plan()
    by = world.officer(call, "JP")
    with pytest.raises(NotAllowed, match="this needs the host's administrator"):
        open_call(Doing(by=by, at=world.at), plan=plan, acts=world.acts(plan), host=world.host.verifier.text)


def test_the_state_is_told_by_the_instants(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    second = timedelta(seconds=1)
    expected = {
        OPENS - second: CallState.ANNOUNCED,
        OPENS: CallState.OPEN,
        CLOSES - second: CallState.OPEN,
        CLOSES: CallState.CLOSED,
    }
    with reading(officer.id):
        row = visible_call(officer, call, world.at)
    assert row is not None
    assert {at: row.state(at) for at in expected} == expected


def test_before_it_opens_a_call_is_for_its_members_alone(world: Any) -> None:
    call = world.opened()
    stranger = world.account("a@b.example")
    with reading(stranger.id):
        assert visible_call(stranger, call, OPENS - timedelta(seconds=1)) is None
        assert visible_call(stranger, call, OPENS) is not None
        assert list(plan_versions(stranger, call, OPENS - timedelta(seconds=1))) == []
        assert [one.number for one in plan_versions(stranger, call, OPENS)] == [1]


def revised(world: Any, call: UUID, by: Any, at: datetime, **changed: str) -> Done:
    plan = world.plan(**changed)
    world.at = at
    acts = world.acts(plan, number=2)
    return revise_plan(Doing(by=by, at=at, call=call), plan=plan, acts=acts, host=world.host.verifier.text)


def test_a_plan_is_revised_when_every_side_signed_the_next_version(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    later = OPENS + timedelta(days=1)
    new = {"2026-04-15T10:00:00+02:00": "2026-05-15T10:00:00+02:00"}
    assert revised(world, call, officer, later, **new).result["number"] == 2
    with reading(officer.id):
        assert [one.number for one in plan_versions(officer, call, later)] == [2, 1]
        row = visible_call(officer, call, later)
    assert row is not None
    assert row.closes == datetime.fromisoformat("2026-05-15T10:00:00+02:00")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"2026-01-15T10:00:00+09:00": "2026-01-10T10:00:00+09:00"}, "timeline.opens"),
        ({"2026-04-15T10:00:00+02:00": "2026-01-15T12:00:00+09:00"}, "timeline.closes"),
        ({"example.org/small": "example.org/other"}, "log cannot change"),
    ],
)
def test_what_has_passed_and_what_a_call_is_cannot_be_revised(world: Any, changed: dict[str, str], why: str) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    with pytest.raises(Refused, match=why):
        revised(world, call, officer, OPENS + timedelta(days=1), **changed)


def test_a_revision_that_one_side_did_not_sign(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    plan = world.plan(**{"One Side": "No Side"})
    with pytest.raises(NotSigned, match="plan 2 is not signed by EU"):
        revise_plan(
            Doing(by=officer, at=world.at, call=call),
            plan=plan,
            acts=world.acts(plan, "JP", number=2),
            host=world.host.verifier.text,
        )


def test_access_ends_with_the_call(world: Any) -> None:
    call = world.opened()
    officer = world.officer(call, "JP")
    desk = world.member(call, "office@h.example", Role.SECRETARIAT)
    with pytest.raises(IllegalMove, match="a call that is announced cannot become ended"):
        end_access(Doing(by=desk, at=world.at, call=call))
    ended = CLOSES + timedelta(days=400)
    end_access(Doing(by=desk, at=ended, call=call))
    for account in (officer, desk):
        with reading(account.id):
            assert list(contents(account, call, ended)) == []
        with pytest.raises(NotAllowed):
            end_access(Doing(by=account, at=ended, call=call))
