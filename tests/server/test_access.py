"""Who sees what: roles, walls, invitations, and a second wall in PostgreSQL that raw SQL does not get around."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection

from accord.errors import InvalidInput, Refused
from accord_server.access.models import CallAccess, Invitation, Wall
from accord_server.access.needs import NotAllowed, one_of
from accord_server.access.policy import NoPolicy, content_models, visible_to
from accord_server.access.states import Role
from accord_server.calls.services.inviting import invite, join, withdraw_invitation
from accord_server.database.preparing import weaknesses
from accord_server.database.sessions import reading, writing
from accord_server.log.appending import append
from accord_server.log.happenings import Doing, Happened
from accord_server.log.models import Audience, Content
from accord_server.people.models import Account, Organisation, Side
from accord_server.states import IllegalMove

WEEK = timedelta(days=7)


def logged(world: Any, call: UUID, author: Account, audience: Audience, side: str | None, *, about: Any = None) -> UUID:
    """One content in the log, as an action would leave it."""
    of = Side.objects.get(key=side) if side else None
    with writing("test", author.id, call):
        happened = Happened(kind="test", content=b"x", audience=audience, side=of, subject=about)
        _, (entry,) = append(call, author, world.at, [happened])
    return entry


def seen(account: Account, at: Any, *entries: UUID) -> list[bool]:
    with reading(account.id):
        visible = {one.entry_id for one in visible_to(account, Content.objects, at)}
    return [entry in visible for entry in entries]


@pytest.fixture
def circle(world: Any) -> dict[str, Any]:
    """A call with somebody in every role, and one content for every audience."""
    call = world.opened()
    people = {"JP": world.officer(call, "JP"), "EU": world.officer(call, "EU")}
    people |= {role: world.member(call, f"{role}@x.example", role) for role in Role if role != Role.SIDE_OFFICER}
    people["stranger"] = world.account("s@x.example")
    people["administrator"] = Account.objects.get(email="root@h.example")
    author = people[Role.APPLICANT]
    entries = [
        logged(world, call, author, Audience.MEMBERS, None),
        logged(world, call, author, Audience.SIDE, "JP"),
        logged(world, call, author, Audience.AUTHOR, None),
    ]
    return {"call": call, "people": people, "entries": entries}


def test_who_sees_which_audience(world: Any, circle: dict[str, Any]) -> None:
    nothing, member = [False, False, False], [True, False, False]
    expected = dict.fromkeys(Role, member) | {"JP": [True, True, False], "EU": member}
    del expected[Role.SIDE_OFFICER]
    expected |= {Role.APPLICANT: [True, False, True], "stranger": nothing, "administrator": nothing}
    assert {name: seen(one, world.at, *circle["entries"]) for name, one in circle["people"].items()} == expected


def test_one_call_is_not_another(world: Any, circle: dict[str, Any]) -> None:
    other = uuid4()
    with writing("test", uuid4(), other):
        CallAccess(id=other).save(force_insert=True)
    world.joined(other, circle["people"]["stranger"], Role.SIDE_OFFICER, "JP")
    assert seen(circle["people"]["stranger"], world.at, *circle["entries"]) == [False, False, False]


def test_a_wall_stands_above_every_role_and_before_one_thing_only(world: Any, circle: dict[str, Any]) -> None:
    call, officer = circle["call"], circle["people"]["JP"]
    subject, other = uuid4(), uuid4()
    entries = [logged(world, call, officer, Audience.MEMBERS, None, about=one) for one in (subject, other, None)]
    assert seen(officer, world.at, *entries) == [True, True, True]
    with writing("test", officer.id, call):
        Wall(call_id=call, account=officer, subject=subject, since=world.at + WEEK).save(force_insert=True)
    assert seen(officer, world.at, *entries) == [True, True, True]
    assert seen(officer, world.at + WEEK, *entries) == [False, True, True]
    assert seen(circle["people"]["EU"], world.at + WEEK, *entries) == [True, True, True]


@pytest.mark.parametrize(("field", "sign"), [("until", 1), ("since", 1), ("ended_at", -1)])
def test_a_membership_counts_while_it_lasts(world: Any, circle: dict[str, Any], field: str, sign: int) -> None:
    call, (entry, *_) = circle["call"], circle["entries"]
    member = world.member(call, "m@x.example", Role.OBSERVER, **{field: world.at + sign * WEEK})
    expected = {"until": [True, False], "since": [False, True], "ended_at": [False, False]}[field]
    assert [*seen(member, world.at, entry), *seen(member, world.at + WEEK, entry)] == expected


def test_an_account_that_was_closed_sees_nothing(world: Any, circle: dict[str, Any]) -> None:
    officer = circle["people"]["JP"]
    with writing("test", officer.id, None):
        Account.objects.filter(id=officer.id).update(is_active=False)
    assert seen(officer, world.at, *circle["entries"]) == [False, False, False]


def test_the_policy_refuses_what_no_rule_speaks_of_and_whoever_is_not_reading(world: Any) -> None:
    officer, other = world.account("a@x.example"), world.account("b@x.example")
    with pytest.raises(NoPolicy, match="inside reading"):
        visible_to(officer, Content.objects, world.at)
    with reading(other.id), pytest.raises(NoPolicy, match="for the same account"):
        visible_to(officer, Content.objects, world.at)
    with reading(officer.id), pytest.raises(NoPolicy, match="no rule says who may see Organisation"):
        visible_to(officer, Organisation.objects, world.at)


def test_nobody_reads_as_two_people_at_once(world: Any) -> None:
    with reading(uuid4()), pytest.raises(RuntimeError, match="do not nest"), reading(uuid4()):
        pass


RAW = {
    "log_content": "SELECT count(*) FROM log_content",
    "joined": "SELECT count(*) FROM log_entry e JOIN log_content c ON c.entry_id = e.id",
    "or_true": "SELECT count(*) FROM log_content WHERE audience = 'side' OR true",
    "plans": "SELECT count(*) FROM calls_planversion",
    "members": "SELECT count(*) FROM access_membership",
}


def counted(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def only_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; on SQLite the policy stands alone")


def test_raw_sql_gets_nothing_around_the_policy(world: Any, circle: dict[str, Any]) -> None:
    only_postgresql()
    people = circle["people"]
    assert {name: counted(sql) for name, sql in RAW.items()} == dict.fromkeys(RAW, 0)
    found = {}
    for name in ("JP", "EU", Role.EXPERT, "stranger", "administrator"):
        with reading(people[name].id):
            found[name] = [counted(sql) for sql in RAW.values()]
    everybodys = 4  # the plan, two acts, and what the applicant said to all
    own, side = 1, 1  # each officer's Side learns who joined it; JP has one more
    officer = everybodys + own
    assert found == {
        "JP": [officer + side, officer + side, officer + side, 1, 1],
        "EU": [officer, officer, officer, 1, 1],
        Role.EXPERT: [everybodys, everybodys, everybodys, 1, 1],
        "stranger": [0, 0, 0, 1, 0],  # a plan is public once its call is; when that is, the policy says
        "administrator": [0, 0, 0, 1, 0],
    }
    assert {name: counted(sql) for name, sql in RAW.items()} == dict.fromkeys(RAW, 0)  # nothing stays behind


def test_every_table_of_content_is_guarded_and_holds_its_owner_too(world: Any) -> None:
    only_postgresql()
    wanted = {model._meta.db_table for model in content_models()} - {"calls_call"}  # a call is public once it is open
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        guarded = {name for (name,) in cursor.fetchall()}
    assert wanted - guarded == set()


def test_raw_sql_writes_nothing_in_another_call_and_changes_no_history(world: Any, circle: dict[str, Any]) -> None:
    only_postgresql()
    officer, elsewhere = circle["people"]["JP"], uuid4()
    tries = [
        "UPDATE log_entry SET index = index + 1",
        "DELETE FROM log_entry",
        "DELETE FROM log_content",
        "UPDATE calls_planversion SET number = 9",
        "TRUNCATE log_content",
        "ALTER TABLE log_content DISABLE ROW LEVEL SECURITY",
        "SET ROLE accord_owner",
        "DROP POLICY reads ON log_content",
        "INSERT INTO access_membership (id, call_id, account_id, role, since) "
        "SELECT gen_random_uuid(), call_id, account_id, 'expert', now() FROM access_membership",
    ]
    for sql in tries:
        with pytest.raises(DatabaseError), writing("test", officer.id, elsewhere), connection.cursor() as cursor:
            cursor.execute(sql)
    with writing("test", officer.id, elsewhere), connection.cursor() as cursor:
        cursor.execute("UPDATE access_membership SET role = 'chair'")
        assert cursor.rowcount == 0


def test_the_owner_is_held_too_and_an_owner_does_not_serve(world: Any, circle: dict[str, Any], cluster: Any) -> None:
    only_postgresql()
    assert weaknesses(connection) == ()
    name = connection.settings_dict["NAME"]
    query = "DO $$ BEGIN IF EXISTS (SELECT 1 FROM log_content) THEN RAISE 'seen'; END IF; END $$"
    cluster.run(name, f"SET ROLE accord_owner; {query}")
    with pytest.raises(Exception, match="psql"):
        cluster.run(name, query)  # a superuser does see it: the planted leak that the line above would be
    cluster.run(name, "GRANT accord_owner TO accord_site")
    try:
        assert weaknesses(connection) == ("owns tables, or can",)
    finally:
        cluster.run(name, "REVOKE accord_owner FROM accord_site")


def test_an_invitation_is_for_its_address_until_it_expires(world: Any, circle: dict[str, Any]) -> None:
    call, officer = circle["call"], circle["people"]["JP"]
    doing = Doing(by=officer, at=world.at, call=call)
    told = invite(doing, email="New@x.example", role="expert", side="JP", expires_at=world.at + WEEK)
    asked = UUID(str(told.result["invitation"]))
    new, late = world.account("new@x.example"), world.at + WEEK
    with pytest.raises(InvalidInput, match="no such invitation for this account"):
        join(Doing(by=circle["people"]["stranger"], at=world.at, call=call), invitation_id=asked)
    with pytest.raises(Refused, match="expired at"):
        join(Doing(by=new, at=late, call=call), invitation_id=asked)
    with pytest.raises(Refused, match="asked in as that already"):
        invite(doing, email="new@X.example", role="expert", side="JP", expires_at=world.at + WEEK)
    join(Doing(by=new, at=late - timedelta(seconds=1), call=call), invitation_id=asked)
    assert seen(new, late, circle["entries"][0]) == [True]
    with pytest.raises(IllegalMove, match="an invitation that is accepted cannot become accepted"):
        join(Doing(by=new, at=world.at, call=call), invitation_id=asked)


def test_an_unconfirmed_address_joins_nothing(world: Any, circle: dict[str, Any]) -> None:
    doing = Doing(by=circle["people"]["JP"], at=world.at, call=circle["call"])
    told = invite(doing, email="n@x.example", role="expert", side=None, expires_at=world.at + WEEK)
    new = world.account("n@x.example", email_confirmed_at=None)
    with pytest.raises(NotAllowed, match="once its e-mail address is confirmed"):
        join(Doing(by=new, at=world.at, call=circle["call"]), invitation_id=UUID(str(told.result["invitation"])))


def test_a_withdrawn_invitation_and_an_expired_one_make_room(world: Any, circle: dict[str, Any]) -> None:
    doing = Doing(by=circle["people"]["JP"], at=world.at, call=circle["call"])
    asked = {"email": "n@x.example", "role": "expert", "side": None}
    first = invite(doing, **asked, expires_at=world.at + WEEK)
    withdraw_invitation(doing, invitation_id=UUID(str(first.result["invitation"])))
    invite(doing, **asked, expires_at=world.at + WEEK)
    later = Doing(by=doing.by, at=world.at + WEEK, call=doing.call)
    invite(later, **asked, expires_at=world.at + 2 * WEEK)
    found = Invitation.objects.filter(email="n@x.example").order_by("expires_at", "state")
    assert sorted(one.state for one in found) == ["sent", "withdrawn", "withdrawn"]


@pytest.mark.parametrize(
    ("who", "role", "side", "allowed"),
    [
        ("JP", "side-officer", "JP", True),
        ("JP", "side-officer", "EU", False),
        ("JP", "expert", "EU", False),
        ("JP", "secretariat", None, True),
        (Role.SECRETARIAT, "expert", "EU", True),
        (Role.SECRETARIAT, "side-officer", "JP", False),
        (Role.SECRETARIAT, "secretariat", None, False),
        (Role.EXPERT, "expert", None, False),
        ("administrator", "side-officer", "JP", False),
        ("stranger", "applicant", None, False),
    ],
)
def test_who_may_ask_in_whom(
    world: Any, circle: dict[str, Any], who: str, role: str, side: str | None, *, allowed: bool
) -> None:
    doing = Doing(by=circle["people"][who], at=world.at, call=circle["call"])
    try:
        invite(doing, email="n@x.example", role=role, side=side, expires_at=world.at + WEEK)
    except NotAllowed:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    "changed",
    [{"email": "nobody"}, {"role": "king"}, {"side": "CH"}, {"expires_at": -WEEK}, {"expires_at": timedelta(days=91)}],
)
def test_an_invitation_that_cannot_be(world: Any, circle: dict[str, Any], changed: dict[str, Any]) -> None:
    asked = {"email": "n@x.example", "role": "expert", "side": "JP", "expires_at": WEEK} | changed
    asked["expires_at"] = world.at + asked["expires_at"]
    with pytest.raises(InvalidInput):
        invite(Doing(by=circle["people"]["JP"], at=world.at, call=circle["call"]), **asked)


def test_one_role_does_not_give_another(world: Any, circle: dict[str, Any]) -> None:
    expert = circle["people"][Role.EXPERT]
    others = one_of(*sorted(set(Role) - {Role.EXPERT}))
    with reading(expert.id):
        one_of(Role.EXPERT, Role.CHAIR).check(expert, circle["call"], world.at)
        with pytest.raises(
            NotAllowed, match="this needs applicant or chair or observer or secretariat or side-officer"
        ):
            others.check(expert, circle["call"], world.at)


def test_the_database_refuses_an_officer_without_a_side_and_an_address_in_capitals(world: Any) -> None:
    call = world.opened()
    with pytest.raises(DatabaseError, match=r"(?i)membership_officer_has_side"):
        world.member(call, "o@x.example", Role.SIDE_OFFICER)
    with pytest.raises(DatabaseError, match=r"(?i)account_email_in_lower_case"):
        world.account("O@x.example")
