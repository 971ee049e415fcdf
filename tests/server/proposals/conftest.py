"""An open call, its people, and a draft that lacks nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from accord_server.access.states import Role
from accord_server.calls.services.closing import close_call
from accord_server.log.happenings import Doing, Done
from accord_server.log.keeping import Keeper
from accord_server.people.models import Account
from accord_server.proposals.services.drafting import attach, begin, save
from accord_server.proposals.services.submitting import submit

OPENS = datetime.fromisoformat("2026-01-15T10:00:00+09:00")
CLOSES = datetime.fromisoformat("2026-04-15T10:00:00+02:00")
SETTLED = CLOSES + timedelta(seconds=30)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
FIELDS = {
    "title": "Squeezed light for everybody",
    "abstract": "photon laser cavity\n\nand more of it",
    "topic": "light",
    "duration_months": "36",
    "partners/p001/side": "JP",
    "partners/p001/role": "coordinator",
    "partners/p001/organisation": "京都研究所",
    "partners/p001/country": "JP",
    "partners/p001/requested": "30000000",
    "partners/p001/erad": "12345678",
    "partners/p001/investigators/p001/name": "山田 花子",
    "partners/p001/investigators/p001/orcid": "0000-0002-1825-0097",
    "partners/p002/side": "EU",
    "partners/p002/role": "partner",
    "partners/p002/organisation": "Institut Jena",
    "partners/p002/country": "DE",
    "partners/p002/requested": "250000.00",
}


@dataclass
class Scene:
    """A call that is open, and what people do there."""

    world: Any
    call: UUID
    keeper: Keeper
    at: datetime = OPENS + timedelta(days=1)
    officers: dict[str, Account] = field(default_factory=dict)

    def doing(self, by: Account, **changed: Any) -> Doing:
        return replace(Doing(by=by, at=self.at, call=self.call), **changed)

    def begun(self, by: Account) -> UUID:
        return UUID(str(begin(self.doing(by)).result["proposal"]))

    def drafted(self, by: Account, **changed: str) -> UUID:
        """A draft that lacks nothing, at version 1, with one document."""
        proposal = self.begun(by)
        told = tuple((FIELDS | changed).items())
        save(self.doing(by), proposal_id=proposal, base=0, fields=told)
        attach(self.doing(by), proposal_id=proposal, question="proposal", name="text.pdf", content=PDF)
        return proposal

    def submitted(self, by: Account, **changed: str) -> UUID:
        proposal = self.drafted(by, **changed)
        self.submit(by, proposal)
        return proposal

    def submit(self, by: Account, proposal: UUID, base: int = 1, **changed: Any) -> Done:
        asked = {name: changed.pop(name) for name in ("fields", "given") if name in changed}
        return submit(self.doing(by, **changed), proposal_id=proposal, base=base, **asked)

    def closed(self) -> None:
        close_call(self.doing(self.officers["JP"], at=SETTLED))
        self.at = SETTLED


def scene_of(world: Any, tmp_path: Path) -> Scene:
    call = world.opened()
    officers = {side: world.officer(call, side) for side in ("JP", "EU")}
    return Scene(world, call, Keeper(folder=tmp_path / "logs", key=world.host), officers=officers)


@pytest.fixture
def scene(world: Any, tmp_path: Path) -> Scene:
    return scene_of(world, tmp_path)


@pytest.fixture
def coordinator(world: Any) -> Account:
    account: Account = world.account("coordinator@x.example")
    return account


@pytest.fixture
def everybody(scene: Scene, coordinator: Account) -> dict[str, Account]:
    """Somebody in every role, the host's administrator, another coordinator, and whoever has no role."""
    world = scene.world
    people = {
        role.value: world.member(scene.call, f"{role}@x.example", role) for role in Role if role != "side-officer"
    }
    people |= {"JP": scene.officers["JP"], "EU": scene.officers["EU"], "coordinator": coordinator}
    people["rival"] = world.account("rival@x.example")
    people["stranger"] = world.account("stranger@x.example")
    people["administrator"] = Account.objects.get(email="root@h.example")
    return people
