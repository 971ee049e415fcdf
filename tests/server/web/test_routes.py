"""Every route says who may use it, and does as it says; the docs have each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils.translation import activate

from accord_server.web.routes import Who, declared, routes

ROOT = Path(__file__).resolve().parents[3]
DOCS = (ROOT / "docs" / "site-pages.md").read_text(encoding="utf-8")
ITS_OWN = "api/v1/"  # declared by the interface itself, in its own contract
PLACES = {
    "key": "small",
    "who": "coordinator",
    "pk": 1,
    "number": 1,
    "part": "proof",
    "proposal": "00000000-0000-4000-8000-000000000000",
    "person": "00000000-0000-4000-8000-000000000000",
    "invitation": "00000000-0000-4000-8000-000000000000",
    "document": "00000000-0000-4000-8000-000000000000",
}


def patterns(found: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        where = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, where)
        else:
            yield where, one


def undeclared(found: Sequence[URLPattern | URLResolver]) -> list[str]:
    """Routes of which nobody said who may use them."""
    return [where for where, one in patterns(found) if ITS_OWN not in where and one.name not in routes()]


def test_every_route_says_who_may_use_it() -> None:
    found = get_resolver().url_patterns
    assert undeclared(found) == []
    names = [one.name for where, one in patterns(found) if ITS_OWN not in where]
    assert sorted(names) == sorted(routes())


def test_an_undeclared_route_is_found_and_a_name_is_declared_once() -> None:
    assert undeclared([path("open/", lambda _: HttpResponse(), name="open-to-all")]) == ["open/"]
    with pytest.raises(ValueError, match="there is a route home already"):
        declared("home", Who.EVERYBODY, ("GET",), "x")


def address(name: str) -> str:
    """An address of a route, with something in its places."""
    wanted = next(
        one for where, one in patterns(get_resolver().url_patterns) if one.name == name and ITS_OWN not in where
    )
    places = re.findall(r"<(?:\w+:)?(\w+)>", str(wanted.pattern))
    activate("en")
    return reverse(name, kwargs={one: PLACES[one] for one in places})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_is_not_signed_in_gets_nothing_of_the_routes_that_need_it(site: Any) -> None:
    site.world.opened()
    browser = site.browser()
    needing = [one for one in routes().values() if one.who in {Who.SIGNED_IN, Who.MEMBERS}]
    assert len(needing) > 10
    for one in needing:
        for method in one.methods:
            answer = browser.generic(method, address(one.name))
            told = (one.name, method, answer.status_code)
            assert answer.status_code in {302, 403, 405}, told
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/en/account/login/", "/en/account/again/")), told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_method_that_was_not_declared_is_refused(site: Any) -> None:
    for one in routes().values():
        if one.name.startswith(("account_", "mfa_")):
            continue
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(one.methods):
            answer = site.browser().generic(method, address(one.name))
            assert answer.status_code in {403, 405}, (one.name, method, answer.status_code)


def test_every_route_is_in_the_docs() -> None:
    rows = [f"| `{one.name}` | {one.who} | {', '.join(one.methods)} | {one.words} |" for one in routes().values()]
    assert [row for row in rows if row not in DOCS] == []
    assert len(re.findall(r"(?m)^\| `", DOCS)) == len(rows)
