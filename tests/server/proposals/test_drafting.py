"""Several people write one draft, and nobody's words are lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import InvalidInput, Refused
from accord_server.access.needs import NotAllowed
from accord_server.access.queries import participants
from accord_server.database.sessions import reading
from accord_server.proposals.drafts import KEPT_VERSIONS, draft
from accord_server.proposals.fields import below, cleaned, fresh_key, investigator_keys, kept, partner_keys
from accord_server.proposals.lacks import NotComplete
from accord_server.proposals.merging import Difference, differences, merged
from accord_server.proposals.queries import draft_versions, invitations_for, mine, proposal
from accord_server.proposals.services.consortium import hand_over, invite, join, remove_applicant, withdraw_invitation
from accord_server.proposals.services.drafting import begin, save

from .conftest import FIELDS, Scene

WEEK = timedelta(days=7)
TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2", "3"]))


@given(base=TEXTS, theirs=TEXTS, mine_=TEXTS)
def test_no_word_that_anybody_saved_is_lost(
    base: dict[str, str], theirs: dict[str, str], mine_: dict[str, str]
) -> None:
    found = merged(base, theirs, mine_, {}, frozenset())
    for path, text in mine_.items():
        changed = text != base.get(path, "")
        assert not changed or text == found.fields.get(path, "") or text in found.conflicts[path]
    for path, text in theirs.items():
        only_i_changed = text == base.get(path, "") and path in mine_
        assert found.fields.get(path, "") == (mine_[path] if only_i_changed else text)
    assert set(found.new) == set(found.conflicts)


def test_a_merge_field_by_field() -> None:
    base = {"a": "1", "b": "1", "c": "1", "d": "1"}
    found = merged(
        base, base | {"b": "2", "c": "2", "d": "2"}, {"a": "3", "b": "1", "c": "3", "d": "2"}, {}, frozenset()
    )
    assert (found.fields, found.conflicts) == ({"a": "3", "b": "2", "c": "2", "d": "2"}, {"c": ("3",)})
    settled = merged(found.fields, found.fields, {"c": "2 and 3"}, found.conflicts, frozenset({"c"}))
    assert (settled.fields["c"], settled.conflicts) == ("2 and 3", {})
    kept_as_it_was = merged(found.fields, found.fields, {"c": "2"}, found.conflicts, frozenset({"c"}))
    assert (kept_as_it_was.fields["c"], kept_as_it_was.conflicts) == ("2", {})
    assert differences({"a": "1", "b": "1"}, {"b": "2", "c": "3"}) == (
        Difference(path="a", old="1", new=""),
        Difference(path="b", old="1", new="2"),
        Difference(path="c", old="", new="3"),
    )


def test_keys_of_partners_never_meet() -> None:
    fields = {"partners/p001-aaaaaaaa/side": "JP", "partners/p010-bbbbbbbb/investigators/p001-c/name": "N"}
    assert partner_keys(fields) == ("p001-aaaaaaaa", "p010-bbbbbbbb")
    assert investigator_keys(fields, "p010-bbbbbbbb") == ("p001-c",)
    made = {fresh_key(partner_keys(fields)) for _ in range(50)}
    assert len(made) == 50
    assert all(one.startswith("p011-") for one in made)
    assert below(fields, ["partners/p001"]) == frozenset()
    assert below(fields, ["partners/p001-aaaaaaaa"]) == {"partners/p001-aaaaaaaa/side"}


def saved(scene: Scene, by: Any, identifier: UUID, base: int, *, settled: tuple[str, ...] = (), **fields: str) -> Any:
    told = tuple(fields.items())
    return save(scene.doing(by), proposal_id=identifier, base=base, fields=told, settled=settled).result


@pytest.fixture
def other(scene: Scene, coordinator: Any) -> Any:
    """Another account, whom `asked` brings into a proposal."""
    return scene.world.account("other@x.example")


def asked(scene: Scene, by: Any, who: Any, identifier: UUID) -> None:
    told = invite(
        scene.doing(by),
        proposal_id=identifier,
        email=who.email.upper(),
        expires_at=scene.at + WEEK,
        link="https://h.example/{invitation}",
        language="ja",
    )
    join(scene.doing(who), invitation_id=UUID(str(told.result["invitation"])))


def test_two_people_save_at_once(scene: Scene, coordinator: Any, other: Any) -> None:
    identifier = scene.begun(coordinator)
    asked(scene, coordinator, other, identifier)
    saved(scene, coordinator, identifier, 0, title="T", abstract="A")
    first = saved(scene, coordinator, identifier, 1, abstract="A by the coordinator")
    second = saved(scene, other, identifier, 1, title="T by the other", abstract="A by the other")
    assert (first["version"], second["version"]) == (2, 3)
    assert second["fields"] == {"title": "T by the other", "abstract": "A by the coordinator"}
    assert (second["conflicts"], second["new_conflicts"]) == ({"abstract": ["A by the other"]}, ["abstract"])
    again = saved(scene, other, identifier, 1, abstract="A by the other")  # its answer was lost
    assert (again["version"], again["new_conflicts"]) == (3, [])
    with pytest.raises(NotComplete) as lacking:
        scene.submit(coordinator, identifier, base=3)
    assert "conflict" in {one.kind for one in lacking.value.lacks}
    settled = saved(scene, coordinator, identifier, 3, abstract="A by both", settled=("abstract",))
    assert (settled["fields"]["abstract"], settled["conflicts"]) == ("A by both", {})
    with reading(other.id):
        rows = list(draft_versions(other, identifier, scene.at))
        row = proposal(other, identifier, scene.at)
        assert row is not None
        assert draft(other, row, scene.at, 2).fields == {"title": "T", "abstract": "A by the coordinator"}
    assert [(one.number, one.saved_by.email.split("@")[0]) for one in rows] == [
        (4, "coordinator"),
        (3, "other"),
        (2, "coordinator"),
        (1, "coordinator"),
    ]


def test_a_partner_is_taken_out_unless_somebody_just_wrote_there(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    save(scene.doing(coordinator), proposal_id=identifier, base=1, fields=(("partners/p002/city", "Jena"),))
    asking = {"proposal_id": identifier, "base": 1, "fields": (), "removed": ("partners/p002",)}
    told = save(scene.doing(coordinator), **asking).result
    assert partner_keys(told["fields"]) == ("p001", "p002")  # the city that came meanwhile
    assert told["fields"]["partners/p002/city"] == "Jena"
    told = save(scene.doing(coordinator), **asking | {"base": 3}).result
    assert partner_keys(told["fields"]) == ("p001",)


def test_an_unchanged_save_is_no_version_and_old_ones_are_dropped(scene: Scene, coordinator: Any) -> None:
    identifier = scene.begun(coordinator)
    saved(scene, coordinator, identifier, 0, title="1")
    assert saved(scene, coordinator, identifier, 1, title="1")["version"] == 1
    for number in range(2, KEPT_VERSIONS + 4):
        saved(scene, coordinator, identifier, number - 1, title=str(number))
    with reading(coordinator.id):
        assert draft_versions(coordinator, identifier, scene.at).count() == KEPT_VERSIONS
    # who began from a version that is gone is told of every field that differs
    told = saved(scene, coordinator, identifier, 1, title="mine")
    assert told["conflicts"] == {"title": ["mine"]}


def test_whoever_joins_writes_and_whoever_leaves_does_not(scene: Scene, coordinator: Any, other: Any) -> None:
    identifier = scene.drafted(coordinator)
    with pytest.raises((NotAllowed, InvalidInput)):
        saved(scene, other, identifier, 1, title="no")
    asked(scene, coordinator, other, identifier)
    saved(scene, other, identifier, 1, title="yes")
    with pytest.raises(NotAllowed, match="the coordinator"):
        scene.submit(other, identifier, base=2)
    with pytest.raises(NotAllowed, match="the coordinator"):
        remove_applicant(scene.doing(other), proposal_id=identifier, account_id=coordinator.id)
    with pytest.raises(Refused, match="hand that over"):
        remove_applicant(scene.doing(coordinator), proposal_id=identifier, account_id=coordinator.id)
    hand_over(scene.doing(coordinator), proposal_id=identifier, account_id=other.id)
    scene.submit(other, identifier, base=2)
    remove_applicant(scene.doing(coordinator), proposal_id=identifier, account_id=coordinator.id)
    with pytest.raises(InvalidInput, match="no such proposal"):
        saved(scene, coordinator, identifier, 2, title="no")
    with reading(coordinator.id):
        assert list(mine(coordinator, scene.at)) == []
    asked(scene, other, coordinator, identifier)  # and in again
    with reading(coordinator.id):
        assert [one.account_id for one in participants(identifier)] == [other.id, coordinator.id]


def test_an_invitation_is_for_its_address_and_for_a_time(scene: Scene, coordinator: Any, other: Any) -> None:
    identifier = scene.begun(coordinator)
    asking = {"proposal_id": identifier, "email": other.email, "link": "l{invitation}", "language": "en"}
    told = invite(scene.doing(coordinator), **asking, expires_at=scene.at + WEEK)
    number = UUID(str(told.result["invitation"]))
    with reading(other.id):
        assert [one.id for one in invitations_for(other, scene.at)] == [number]
    with pytest.raises(Refused, match="asked already"):
        invite(scene.doing(coordinator), **asking, expires_at=scene.at + WEEK)
    stranger = scene.world.account("s@x.example")
    for who, at in ((stranger, scene.at), (other, scene.at + WEEK)):
        with pytest.raises((InvalidInput, Refused), match=r"no such invitation|expired"):
            join(scene.doing(who, at=at), invitation_id=number)
    withdraw_invitation(scene.doing(coordinator), invitation_id=number)
    with pytest.raises(Refused, match="withdrawn cannot become accepted"):
        join(scene.doing(other), invitation_id=number)
    for changed in ({"email": "nobody"}, {"expires_at": scene.at}, {"expires_at": scene.at + 14 * WEEK}):
        with pytest.raises(InvalidInput):
            invite(scene.doing(coordinator), **({"expires_at": scene.at + WEEK} | asking | changed))


def test_a_double_click_begins_once(scene: Scene, coordinator: Any) -> None:
    first, again = (begin(scene.doing(coordinator, key="k")) for _ in range(2))
    assert (again.repeated, again.result) == (True, first.result)
    assert (first.first, first.entries) == (None, ())
    with reading(coordinator.id):
        assert mine(coordinator, scene.at).count() == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((("title", "a\x00b"),), "title: found the sign U\\+0000"),
        ((("title", "a\ud800b"),), "half of a surrogate pair"),
        ((("title", "safe\u202efdp.exe"),), r"title: found the sign U\+202E"),
        ((("titel", "a"),), "the path 'titel', which no draft has"),
        ((("partners/../side", "JP"),), "which no draft has"),
        ((("partners/P1/side", "JP"),), "which no draft has"),
        ((("title", "a"), ("title", "b")), "title stands twice"),
        ((("abstract", "x" * 100_001),), "at most 100000 are kept"),
    ],
)
def test_a_field_that_cannot_be_kept(scene: Scene, coordinator: Any, fields: Any, told: str) -> None:
    identifier = scene.begun(coordinator)
    with pytest.raises(InvalidInput, match=told):
        save(scene.doing(coordinator), proposal_id=identifier, base=0, fields=fields)
    with reading(coordinator.id):
        assert draft_versions(coordinator, identifier, scene.at).count() == 0


def test_text_is_normalised_once() -> None:
    found = cleaned([("title", " \u304b\u3099  x\r\ny "), ("abstract", "a\r\n\r\nb "), ("topic", "")])
    assert found == {"title": "が x y", "abstract": "a\n\nb", "topic": ""}
    assert kept(found) == {"title": "が x y", "abstract": "a\n\nb"}
    with pytest.raises(InvalidInput, match="at most 3000"):
        kept({f"answers/a/{number}": "x" for number in range(3001)})
    with pytest.raises(InvalidInput, match="at most 1000000 signs"):
        kept({f"answers/a/{number}": "x" * 100_000 for number in range(11)})


def test_every_field_of_the_example_is_a_field() -> None:
    assert cleaned(FIELDS.items()) == FIELDS
