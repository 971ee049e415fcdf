"""The call's folder out of the site: `accord status` reads it, and it holds what the plan lets out to its reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from accord.call.folder import load_call
from accord.cli import commands
from accord.errors import InvalidInput
from accord_server.access.needs import NotAllowed
from accord_server.access.states import Role
from accord_server.database.sessions import reading
from accord_server.proposals.assembling import fields_of
from accord_server.proposals.exporting import call_folder

from .conftest import FIELDS, Scene, scene_of


def exported(scene: Scene, by: Any, side: str | None, folder: Path) -> Path:
    with reading(by.id):
        files = call_folder(by, scene.call, scene.at, side)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_folder_of_a_side(scene: Scene, coordinator: Any, tmp_path: Path) -> None:
    scene.submitted(coordinator, **{"partners/p002/investigators/p001/name": "Anna Weiß"})
    officer = scene.officers["EU"]
    with reading(officer.id), pytest.raises(InvalidInput, match="sealed until the closing"):
        call_folder(officer, scene.call, scene.at, "EU")
    scene.closed()
    folder = exported(scene, officer, "EU", tmp_path / "EU")
    for command in (["status"], ["check", "--early"]):
        done = CliRunner().invoke(commands, [*command, str(folder)])
        assert done.exit_code == 0, done.output
    (proposal,) = load_call(folder, early=True).proposals
    assert [[who.name for who in one.investigators] for one in proposal.partners] == [[], ["Anna Weiß"]]
    assert json.loads((folder / "form-answers.json").read_bytes()) == {proposal.id: {}}
    assert (folder / "plan.toml").read_bytes() == scene.world.plan()
    other = exported(scene, scene.officers["JP"], "JP", tmp_path / "JP")
    (proposal,) = load_call(other, early=True).proposals
    assert [[who.name for who in one.investigators] for one in proposal.partners] == [["山田 花子"], []]
    assert json.loads((other / "form-answers.json").read_bytes()) == {proposal.id: {"partners/1/erad": "12345678"}}


def test_the_whole_folder_is_the_secretariats(world: Any, coordinator: Any, tmp_path: Path) -> None:
    text = world.plan(**{"[affinity]": '[sealing]\nopens_to = ["secretariat", "officers"]\n\n[affinity]'})
    world.plan = lambda: text
    scene = scene_of(world, tmp_path)
    desk = world.member(scene.call, "desk@h.example", Role.SECRETARIAT)
    scene.submitted(coordinator)
    scene.closed()
    folder = exported(scene, desk, None, tmp_path / "all")
    (proposal,) = load_call(folder, early=True).proposals
    expected = {path: text for path, text in FIELDS.items() if not path.endswith("/erad")}
    assert fields_of(proposal) == expected
    for who, side in ((desk, "JP"), (scene.officers["JP"], None), (scene.officers["JP"], "EU"), (coordinator, "JP")):
        with reading(who.id), pytest.raises(NotAllowed):
            call_folder(who, scene.call, scene.at, side)
