"""Every route of the interface says who may use it, is in the docs, and answers a problem as one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.errors import InvalidInput, Refused
from accord_server.api.doors import Who, declared
from accord_server.api.models import Token
from accord_server.api.problems import ANSWERS, TITLES
from accord_server.api.services import issue_token, revoke_token
from accord_server.api.tokens import PREFIX, digest_of, drawn
from accord_server.api.urls import interface
from accord_server.database.sessions import reading
from accord_server.log.happenings import Doing
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter

from .conftest import Program

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def operations() -> dict[str, Any]:
    """Every operation that ninja answers, by its name."""
    return {
        operation.operation_id: operation
        for _, router in interface._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }


def undeclared(known: Any) -> list[str]:
    return sorted(set(operations()) ^ set(known))


def test_every_route_declares_who_may_use_it_and_is_in_the_docs() -> None:
    assert len(operations()) >= 17
    assert undeclared(declared()) == []
    assert undeclared({**declared(), "secret": None}) == ["secret"]
    for name, operation in operations().items():
        (door,) = operation.auth_callbacks
        assert door.who is declared()[name].who
    rows = [f"| `{one.method} {one.path}` | {one.who} | {one.words} |" for one in declared().values()]
    assert [row for row in rows if row not in DOCS] == []


def test_every_kind_of_problem_is_in_the_docs() -> None:
    rows = [f"| `{kind}` | {status} | {english} |" for kind, (status, english, _) in TITLES.items()]
    assert [row for row in rows if row not in DOCS] == []
    assert len({japanese for _, _, japanese in TITLES.values()}) == len(TITLES)
    assert len(ANSWERS) == len({kind for kind, _ in ANSWERS})


def test_a_token_opens_what_its_scopes_say_until_it_expires_or_is_revoked(opened: Any) -> None:
    somebody = opened.world.account("s@x.example")
    reads = opened.program(somebody, "read")
    assert reads.ask("GET", "/proposals").status_code == 200
    refused = reads.ask("POST", "/calls/small/proposals", {}, idempotency_key="k")
    assert (refused.status_code, refused.told["type"]) == (403, "urn:accord:problem:not-allowed")
    assert Program().ask("GET", "/proposals").status_code == 401
    assert Program("accord_wrong").ask("GET", "/calls").status_code == 401
    assert Program("\udcff").ask("GET", "/calls").status_code == 401
    row = Token.objects.get(account=somebody)
    revoke_token(Doing(by=somebody, at=opened.at[0]), token_id=row.id)
    assert reads.ask("GET", "/proposals").status_code == 401
    other = opened.program(somebody, "read")
    opened.now(opened.at[0] + timedelta(days=30))
    assert other.ask("GET", "/proposals").status_code == 401


def test_a_secret_is_kept_nowhere_and_its_owner_gets_a_letter(opened: Any) -> None:
    somebody = opened.world.account("s@x.example")
    program = opened.program(somebody)
    assert program.secret.startswith(PREFIX)
    row = Token.objects.get(account=somebody)
    assert (row.digest, row.scopes) == (digest_of(program.secret), "read write")
    with reading(MACHINE):
        (letter,) = Letter.objects.filter(letter="token-issued")
    assert letter.to == "s@x.example"
    assert program.secret not in str(letter.values) + str(vars(row))


def test_another_persons_token_is_not_revoked_and_a_bad_one_not_issued(opened: Any) -> None:
    world, at = opened.world, opened.at[0]
    one, two = world.account("a@x.example"), world.account("b@x.example")
    opened.program(one)
    with pytest.raises(InvalidInput, match="no such token of this account"):
        revoke_token(Doing(by=two, at=at), token_id=Token.objects.get().id)
    good = {"name": "n", "digest": digest_of(drawn()), "scopes": ("read",), "expires_at": at + timedelta(days=1)}
    for changed in (
        {"name": ""},
        {"name": "a\nb"},
        {"digest": drawn()},
        {"scopes": ()},
        {"scopes": ("read", "all")},
        {"expires_at": at},
        {"expires_at": at + timedelta(days=367)},
    ):
        with pytest.raises(InvalidInput):
            issue_token(Doing(by=two, at=at), **{**good, **changed})
    for _ in range(20):
        issue_token(Doing(by=two, at=at), **{**good, "digest": digest_of(drawn())})
    with pytest.raises(Refused, match="20 tokens"):
        issue_token(Doing(by=two, at=at), **{**good, "digest": digest_of(drawn())})
    assert {one.who for one in declared().values()} == set(Who)


def test_a_problem_is_told_in_the_readers_language(opened: Any) -> None:
    answers = [Program(language=language).ask("GET", "/calls/none") for language in ("en", "ja-JP,ja;q=0.9")]
    assert [one.headers["Content-Type"] for one in answers] == ["application/problem+json"] * 2
    assert [one.told["title"] for one in answers] == [
        "There is nothing here for this account",
        "このアカウントで見られるものはありません",
    ]
    assert [one.headers["Content-Language"] for one in answers] == ["en", "ja"]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(opened: Any) -> None:
    program = opened.program(opened.world.account("s@x.example"))
    answer = program.ask("POST", "/calls/small/proposals", {"x": "y" * (23 * 1024 * 1024)}, idempotency_key="k")
    assert (answer.status_code, answer.told["type"]) == (413, "urn:accord:problem:too-large")
    body = {"base": 0, "fields": {"title": "y" * (3 * 1024 * 1024)}}
    answer = program.ask("PATCH", f"/proposals/{opened.call}", body)
    assert (answer.status_code, answer.told["type"]) == (413, "urn:accord:problem:too-large")
