"""However many proposals a call has, a list of them takes as many queries as one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord_server.database.sessions import reading
from accord_server.people.models import Account
from accord_server.proposals.exporting import call_folder
from accord_server.proposals.queries import current, mine, of_call
from accord_server.proposals.verdicts import verdicts

from .conftest import Scene

FEW, MORE = 1, 10


def lists(scene: Scene, coordinator: Account) -> dict[str, tuple[Account, Callable[[Account, datetime], Any]]]:
    officer, call = scene.officers["JP"], scene.call
    return {
        "mine": (coordinator, lambda who, at: list(mine(who, at))),
        "of_call": (officer, lambda who, at: list(of_call(who, call, at))),
        "current": (officer, lambda who, at: list(current(who, call, at))),
        "verdicts": (officer, lambda who, at: verdicts(who, call, at)),
        "call_folder": (officer, lambda who, at: call_folder(who, call, at, "JP")),
    }


def test_a_list_takes_as_many_queries_as_one_row(scene: Scene, coordinator: Any) -> None:
    drafts = [scene.submitted(coordinator) for _ in range(FEW)]
    found: list[dict[str, int]] = []
    opening = scene.at
    for number in (FEW, MORE):
        scene.at = opening
        while len(drafts) < number:
            drafts.append(scene.submitted(coordinator))
        if number == MORE:
            scene.closed()
        told = {}
        for name, (who, ask) in lists(scene, coordinator).items():
            with reading(who.id), CaptureQueriesContext(connection) as captured:
                try:
                    ask(who, scene.at)
                except ValueError:  # nothing to export while it is sealed
                    assert number == FEW
            told[name] = len(captured)
        found.append(told)
    assert found[1] == {"mine": 1, "of_call": 1, "current": 1, "verdicts": 2, "call_folder": 3}
    assert all(found[0][name] <= found[1][name] for name in found[0])
