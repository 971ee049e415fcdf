"""What stands beside the interface: tokens made on the machine, and the doctor's look at submitted documents."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accord_server.doctor.findings import Look
from accord_server.doctor.logs import documents_are_there
from accord_server.settings.environment import Database

from .conftest import Program
from .test_journey import drafted


def test_a_token_is_made_on_the_machine(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from accord_server.api.management.commands import token  # noqa: PLC0415  to set its clock

    monkeypatch.setattr(token, "clock", lambda: opened.at[0])
    opened.world.account("s@x.example")
    told = StringIO()
    call_command("token", "S@x.example", "--scopes", "read", "--days", "7", stdout=told)
    program = Program(told.getvalue().strip())
    assert program.ask("GET", "/proposals").status_code == 200
    assert program.ask("POST", "/calls/small/proposals", {}, idempotency_key="k").status_code == 403
    with pytest.raises(CommandError, match=r"there is no account of nobody@x\.example"):
        call_command("token", "nobody@x.example")
    with pytest.raises(CommandError, match="at most 366 days"):
        call_command("token", "s@x.example", "--days", "400")


def test_the_doctor_misses_a_document_of_which_a_row_speaks(opened: Any, database: Database) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    place, saved = drafted(program)
    told = program.ask("POST", f"{place}/submission", {"base": saved["version"]}, idempotency_key="k")
    assert told.status_code == 200
    role = None
    if connection.vendor == "postgresql":
        role = Database(engine="postgresql", name=database.name, user="postgres", host=database.host)
    files = settings.ENVIRONMENT.files

    def faults() -> list[str]:
        look = Look(environment=SimpleNamespace(bucket=None, files=files), at=opened.at[0], role=role)
        return [one.found for one in documents_are_there(look)]

    assert faults() == []
    (document,) = files.glob("*/*")
    name = document.relative_to(files).as_posix()
    document.unlink()
    assert faults() == [f"1 documents are missing: {name}"]
    document.write_bytes(b"%PDF-1.7 another")
    assert faults() == [f"1 documents are not what was submitted: {name}"]
