"""A program drafts, attaches, submits once, withdraws, and has a receipt; a Side's witness reads the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connections
from django.test import Client

from accord.cli import commands
from accord.record.log.keys import write_key
from accord_server.database.sessions import publishing, reading, writing
from accord_server.log.publishing import publish
from accord_server.log.queries import size
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.tasks.jobs import kinds
from accord_server.tasks.queue import schedule

from .conftest import Program

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def accord(*arguments: object) -> str:
    done = CliRunner().invoke(commands, [str(one) for one in arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def complete() -> dict[str, str]:
    """Fields that make a proposal of the small plan."""
    fields = {"title": "Light in the dark", "topic": "light", "abstract": "We look.", "duration_months": "24"}
    for key, side, country, role in (("p1", "JP", "JP", "coordinator"), ("p2", "EU", "DE", "partner")):
        partner = f"partners/{key}"
        fields |= {
            f"{partner}/side": side,
            f"{partner}/role": role,
            f"{partner}/organisation": f"Institute {key}",
            f"{partner}/country": country,
            f"{partner}/requested": "100",
            f"{partner}/investigators/i1/name": f"N. {key}",
            f"{partner}/investigators/i1/lead": "true",
        }
    return fields


def drafted(program: Program) -> tuple[str, dict[str, Any]]:
    begun = program.ask("POST", "/calls/small/proposals", {}, idempotency_key="begin")
    assert begun.status_code == 201, begun.told
    place = f"/proposals/{begun.told['proposal']}"
    saved = program.ask("PATCH", place, {"base": 0, "fields": complete()})
    assert saved.status_code == 200, saved.told
    attached = program.attach(f"{place}/documents", "proposal", "../../étude.pdf", PDF)
    assert attached.status_code == 200, attached.told
    return place, saved.told


def test_a_program_submits_once_and_has_a_receipt_that_stands_alone(opened: Any, tmp_path: Path) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    place, saved = drafted(program)
    again = program.ask("POST", "/calls/small/proposals", {}, idempotency_key="begin")
    assert f"/proposals/{again.told['proposal']}" == place
    told = [
        program.ask("POST", f"{place}/submission", {"base": saved["version"]}, idempotency_key="k") for _ in range(2)
    ]
    assert [(one.status_code, one.told.get("repeated")) for one in told] == [(200, False), (200, True)], told[0].told[
        "lacks"
    ]
    assert told[0].told["entry"] == told[1].told["entry"]
    with reading(MACHINE):
        assert [one.letter for one in Letter.objects.exclude(letter="token-issued")] == ["submitted"]
    taken = program.ask("POST", f"{place}/withdrawal", {}, idempotency_key="k")
    assert (taken.status_code, taken.told["type"]) == (409, "urn:accord:problem:key-taken")
    found = program.ask("GET", f"{place}/receipt").told
    for name in ("proof", "leaf"):
        (tmp_path / name).write_text(found[name], encoding="utf-8")
    verified = accord(
        "receipt", "verify", tmp_path / "proof", "--host", opened.world.host.verifier.text, "--content",
        tmp_path / "leaf", "--salt", found["salt"],
    )  # fmt: skip
    assert "is what was logged" in verified
    assert program.ask("POST", f"{place}/withdrawal", {}, idempotency_key="w").status_code == 200
    assert program.ask("GET", place).told["state"] == "withdrawn"


def test_what_is_lacking_is_named_and_nothing_is_submitted(opened: Any) -> None:
    program = opened.program(opened.world.account("s@x.example"), language="ja")
    begun = program.ask("POST", "/calls/small/proposals", {}, idempotency_key="b").told
    answer = program.ask("POST", f"/proposals/{begun['proposal']}/submission", {"base": 0}, idempotency_key="k")
    assert (answer.status_code, answer.told["title"]) == (422, "提案書はまだ提出できません")
    assert {"title", "partners"} <= {one["path"] for one in answer.told["lacks"]}
    assert program.ask("GET", f"/proposals/{begun['proposal']}").told["state"] == "draft"


def test_after_closing_it_is_refused_and_the_draft_is_kept(opened: Any) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    place, saved = drafted(program)
    closes = program.ask("GET", "/calls/small").told["closes"]
    opened.now(type(opened.at[0]).fromisoformat(closes))
    late = opened.program(opened.world.account("t@x.example"))
    assert late.ask("POST", "/calls/small/proposals", {}, idempotency_key="b").status_code == 409
    owner = type(opened.world.account("u@x.example")).objects.get(email="s@x.example")
    program = opened.program(owner)
    answer = program.ask("POST", f"{place}/submission", {"base": saved["version"]}, idempotency_key="k")
    assert (answer.status_code, answer.told["type"]) == (409, "urn:accord:problem:too-late")
    assert program.ask("GET", place).told["fields"]["title"] == "Light in the dark"


def test_one_sees_ones_own_and_the_administrator_nothing(opened: Any) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    place, _ = drafted(program)
    root = type(opened.world.account("v@x.example")).objects.get(is_administrator=True)
    for other in (opened.program(opened.world.account("o@x.example")), opened.program(root)):
        for method, path in (("GET", place), ("GET", f"{place}/receipt"), ("POST", f"{place}/submission")):
            body = {"base": 1} if method == "POST" else None
            assert other.ask(method, path, body, idempotency_key="x").status_code in {404, 422}
        assert other.ask("GET", "/proposals").told == {"proposals": []}


def test_no_page_and_no_script_is_taken_for_a_document(opened: Any) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    place, _ = drafted(program)
    for content in (b"<html><script>alert(1)</script></html>", b"<svg onload='x'/>", b"", b"MZ%PDF-1.7"):
        answer = program.attach(f"{place}/documents", "proposal", "a.pdf", content)
        assert (answer.status_code, answer.told["type"]) == (422, "urn:accord:problem:not-usable")
    assert [one["name"] for one in program.ask("GET", place).told["documents"]] == ["étude.pdf"]
    assert program.ask("DELETE", f"{place}/documents?question=proposal").status_code == 204
    assert program.ask("GET", place).told["documents"] == []


def test_a_call_is_there_once_it_opened_and_its_plan_byte_for_byte(opened: Any) -> None:
    anybody = Program()
    assert anybody.ask("GET", "/calls/small/plan").content == opened.world.plan()
    call = anybody.ask("GET", "/calls/small").told
    assert (call["key"], call["state"], call["sides"]) == ("small", "open", ["JP", "EU"])
    instants = anybody.ask("GET", "/calls/small/timeline").told["instants"]
    assert [one["at"] for one in instants] == sorted(one["at"] for one in instants)
    assert {"timeline.opens", "timeline.closes"} <= {one["key"] for one in instants}
    opened.now(opened.at[0] - timedelta(days=2))
    assert anybody.ask("GET", "/calls").told == {"calls": []}
    for path in ("", "/plan", "/timeline", "/log/checkpoint"):
        assert anybody.ask("GET", f"/calls/small{path}").status_code == 404


@contextmanager
def served() -> Iterator[str]:
    """The site on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = Client().get(self.path, secure=True)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            connections.close_all()
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v1"
        server.shutdown()
        thread.join()


def test_a_witness_reads_the_log_over_http(opened: Any, tmp_path: Path) -> None:
    world = opened.world
    publish(opened.call, opened.logs / opened.call.hex, world.host, "example.org/small")
    write_key(tmp_path / "jp.key", world.keys["JP"])
    with publishing(opened.call):
        expected = size(opened.call)
    with served() as address:
        told = accord(
            "witness", f"{address}/calls/small/log", "--key", tmp_path / "jp.key", "--host", world.host.verifier.text,
            "--origin", "example.org/small", "--memory", tmp_path / "memory", "--out", tmp_path / "head",
        )  # fmt: skip
        shown = accord("log", "show", f"{address}/calls/small/log")
    assert f"cosigned the head of size {expected}" in told
    assert shown.startswith(f"example.org/small: {expected} entries")


@pytest.mark.parametrize("file", ["../../host.key", "tile/../checkpoint", "contents/x", "tile/0/000/../../x", ".lock"])
def test_nothing_but_the_log_is_given(opened: Any, file: str) -> None:
    publish(opened.call, opened.logs / opened.call.hex, opened.world.host, "example.org/small")
    assert Program().ask("GET", f"/calls/small/log/{file}").status_code == 404


def test_background_work_is_for_whoever_asked_for_it(opened: Any) -> None:
    one, two = (opened.world.account(f"{name}@x.example") for name in ("a", "b"))
    assert "log.publish" in kinds()
    with writing("test", one.id, None):
        job = schedule("log.publish", key="k", values={}, at=opened.at[0], account=one)
    mine, theirs = opened.program(one), opened.program(two)
    assert [found["job"] for found in mine.ask("GET", "/jobs").told["jobs"]] == [str(job)]
    assert theirs.ask("GET", "/jobs").told == {"jobs": []}
    assert theirs.ask("GET", f"/jobs/{job}").status_code == 404
    assert theirs.ask("POST", f"/jobs/{job}/cancellation").status_code == 422
    assert mine.ask("POST", f"/jobs/{job}/cancellation").told["state"] == "cancelled"
    assert mine.ask("POST", f"/jobs/{job}/cancellation").status_code == 409
