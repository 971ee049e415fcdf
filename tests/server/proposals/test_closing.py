"""The closing instant moves only by an act of every Side; eligibility is confirmed or overturned with a reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.acts.extensions import Extension, NoExtension
from accord.acts.statement import Statement, signed_act
from accord.errors import InvalidInput, Refused
from accord.record.canonical import digest
from accord.record.log.entry import Entry as Logged
from accord_server.access.needs import NotAllowed
from accord_server.access.states import Role
from accord_server.calls.extending import NotExtended
from accord_server.calls.queries import call as visible_call
from accord_server.calls.queries import closings_due
from accord_server.calls.services.closing import close_call, extend_closing
from accord_server.calls.services.opening import revise_plan
from accord_server.database.sessions import publishing, reading, writing
from accord_server.log.queries import entries
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.proposals.queries import eligibilities
from accord_server.proposals.services.judging import confirm_eligibility, overturn_eligibility
from accord_server.proposals.services.submitting import TooLate
from accord_server.proposals.verdicts import verdicts
from accord_server.states import IllegalMove

from .conftest import CLOSES, SETTLED, Scene, scene_of

HOUR = timedelta(hours=1)
LATER = CLOSES + timedelta(days=2)


def extension(closes: Any = LATER, number: int = 1) -> bytes:
    return Extension(number=number, call="small", closes=closes, reason="The portal was down.").content


def acts(scene: Scene, text: bytes, *sides: str, number: int = 1, at: Any = None) -> tuple[bytes, ...]:
    return tuple(
        signed_act(
            Statement(
                kind="closing-extension",
                number=number,
                call="small",
                side=side,
                subject=digest(text),
                signatory=f"Director, {side}",
                at=at or scene.at,
            ),
            scene.world.keys[side],
        ).content
        for side in sides or ("JP", "EU")
    )


def test_every_side_extends_and_everybody_who_drafts_learns_of_it(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    officer = scene.officers["JP"]
    scene.at = CLOSES - HOUR
    text = extension()
    done = extend_closing(scene.doing(officer), extension=text, acts=acts(scene, text))
    assert done.result == {"closes": "2026-04-17T08:00:00+00:00"}
    with publishing(scene.call):
        kinds = [Logged.of(bytes(one.leaf)).kind for one in entries(scene.call)]
    assert kinds[-3:] == ["extension", "act", "act"]
    with writing("test", MACHINE, None):
        told = [(one.to, one.letter, one.values) for one in Letter.objects.all()]
    assert told == [(coordinator.email, "closing-extended", {"call": "small", "closes": "2026-04-17T08:00:00Z"})]
    with pytest.raises(Refused, match="30 s later"):
        close_call(scene.doing(officer, at=SETTLED))
    scene.submit(coordinator, identifier, at=LATER - timedelta(seconds=1))
    with pytest.raises(TooLate):
        scene.submit(coordinator, identifier, at=LATER)
    second = extension(LATER + HOUR, number=2)
    at = LATER - timedelta(seconds=1)
    extend_closing(scene.doing(officer, at=at), extension=second, acts=acts(scene, second, number=2, at=at))
    with reading(officer.id):
        row = visible_call(officer, scene.call, LATER)
    assert row is not None
    assert row.closes == LATER + HOUR


def test_a_revised_plan_does_not_take_an_extension_back(scene: Scene) -> None:
    officer, world = scene.officers["JP"], scene.world
    scene.at = world.at = CLOSES - HOUR
    text = extension()
    extend_closing(scene.doing(officer), extension=text, acts=acts(scene, text))
    plan = world.plan(**{"One Side": "No Side"})
    asked = {"plan": plan, "acts": world.acts(plan, number=2), "host": world.host.verifier.text}
    with pytest.raises(Refused, match="every Side put it off to 2026-04-17"):
        revise_plan(scene.doing(officer), **asked)
    plan = world.plan(**{"2026-04-15T10:00:00+02:00": "2026-04-17T10:00:00+02:00"})
    revise_plan(scene.doing(officer), **asked | {"plan": plan, "acts": world.acts(plan, number=2)})
    with reading(officer.id):
        row = visible_call(officer, scene.call, scene.at)
    assert row is not None
    assert row.closes == LATER


def test_what_does_not_extend(scene: Scene) -> None:
    officer, text = scene.officers["JP"], extension()
    scene.at = CLOSES - HOUR
    with pytest.raises(NotExtended, match="EU did not sign it"):
        extend_closing(scene.doing(officer), extension=text, acts=acts(scene, text, "JP"))
    with pytest.raises(NoExtension):
        extend_closing(scene.doing(officer), extension=text + b" ", acts=acts(scene, text))
    earlier = extension(CLOSES - HOUR)
    with pytest.raises(NotExtended, match="is not after"):
        extend_closing(scene.doing(officer), extension=earlier, acts=acts(scene, earlier))
    with pytest.raises(NotExtended, match="the call had closed"):
        extend_closing(scene.doing(officer, at=CLOSES), extension=text, acts=acts(scene, text))
    other = extension(LATER + HOUR)
    with pytest.raises(NotExtended):
        extend_closing(scene.doing(officer), extension=text, acts=acts(scene, other))
    scene.at = CLOSES - HOUR
    with reading(officer.id):
        row = visible_call(officer, scene.call, scene.at)
    assert row is not None
    assert row.closes == CLOSES


def test_the_closing_is_due_once_for_an_administrator(scene: Scene) -> None:
    assert closings_due(SETTLED - timedelta(seconds=1)) == ()
    ((call, by),) = closings_due(SETTLED)
    assert (call, by.email) == (scene.call, "root@h.example")
    close_call(scene.doing(by, at=SETTLED))
    assert closings_due(SETTLED) == ()


def test_officers_confirm_and_overturn_for_their_own_side(scene: Scene, coordinator: Any) -> None:
    good = scene.submitted(coordinator)
    dear = scene.submitted(coordinator, **{"partners/p002/requested": "900000.00"})
    jp, eu = scene.officers["JP"], scene.officers["EU"]
    asked = {"proposal_id": dear, "side": "EU", "reason": "A typing error; the budget table says 90,000."}
    with pytest.raises(InvalidInput, match="no such proposal"):
        overturn_eligibility(scene.doing(eu), **asked)  # sealed
    scene.closed()
    with reading(jp.id):
        found = verdicts(jp, scene.call, scene.at)
    assert sorted(one.eligible_for("EU") for one in found) == [False, True]
    assert overturn_eligibility(scene.doing(eu), **asked).result == {"state": "overturned", "eligible": True}
    with pytest.raises(IllegalMove):
        overturn_eligibility(scene.doing(eu), **asked)
    assert confirm_eligibility(scene.doing(eu), **asked).result == {"state": "confirmed", "eligible": False}
    with pytest.raises(NotAllowed, match="an officer of EU"):
        confirm_eligibility(scene.doing(jp), **asked)
    with pytest.raises(InvalidInput, match="write why"):
        confirm_eligibility(scene.doing(eu), **asked | {"proposal_id": good, "reason": "  "})
    confirm_eligibility(scene.doing(jp), proposal_id=good, side="JP", reason="As computed.")
    with reading(eu.id):
        told = [
            (one.subject_id, one.side.key, one.state, one.eligible) for one in eligibilities(eu, scene.call, scene.at)
        ]
    assert sorted(told, key=str) == sorted([(dear, "EU", "confirmed", False), (good, "JP", "confirmed", True)], key=str)
    with reading(coordinator.id):
        assert list(eligibilities(coordinator, scene.call, scene.at)) == []


def test_the_default_opens_to_officers_alone(scene: Scene, coordinator: Any, world: Any) -> None:
    desk = world.member(scene.call, "desk@h.example", Role.SECRETARIAT)
    scene.submitted(coordinator)
    scene.closed()
    assert opened(scene, desk, scene.officers["JP"]) == [0, 1]


def opened(scene: Scene, *accounts: Any) -> list[int]:
    found = []
    for account in accounts:
        with reading(account.id):
            found.append(len(verdicts(account, scene.call, scene.at)))
    return found


def test_a_plan_opens_to_the_secretariat_once_eligibility_is_settled(
    world: Any, coordinator: Any, tmp_path: Path
) -> None:
    sealing = '[sealing]\nopens_to = ["secretariat", "officers"]\nafter = "eligibility"\n\n[affinity]'
    text = world.plan(**{"[affinity]": sealing})
    world.plan = lambda: text
    scene = scene_of(world, tmp_path)
    desk = world.member(scene.call, "desk@h.example", Role.SECRETARIAT)
    proposals = [scene.submitted(coordinator) for _ in range(2)]
    scene.closed()
    told = []
    for identifier in proposals:
        for side, officer in scene.officers.items():
            confirm_eligibility(scene.doing(officer), proposal_id=identifier, side=side, reason="As computed.")
            told += opened(scene, desk)
    assert told == [0, 0, 0, 2]
