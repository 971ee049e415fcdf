"""A call is opened on a page from what the Sides signed, and its officers come in by their invitations."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accord_server.access.queries import invitations_to
from accord_server.web.calls import coming_in


def files(site: Any, *sides: str) -> dict[str, Any]:
    plan = site.world.plan()
    notes = [SimpleUploadedFile(f"{n}.note", one) for n, one in enumerate(site.world.acts(plan, *sides))]
    return {"plan": SimpleUploadedFile("plan.toml", plan), "acts": notes}


@pytest.fixture
def host(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site of World's host, by its key."""
    monkeypatch.setattr(coming_in, "read_key", lambda _path: site.world.host)


def test_a_call_is_opened_and_an_officer_comes_in(site: Any, host: None) -> None:
    root = site.browser(site.person("root@h.example", is_administrator=True))
    site.at = site.world.at
    refused = root.post("/en/calls/open/", files(site, "JP"))
    assert refused.status_code == 422
    assert "acts: plan 1 is not signed by EU" in refused.content.decode()
    assert root.post("/en/calls/open/", files(site))["Location"] == "/en/"
    officer = site.person("desk@jp.example")
    browser = site.browser(officer)
    assert browser.get("/en/calls/small/").status_code == 404
    (asked,) = invitations_to(officer.email, site.at)
    assert "officer of a Side" in browser.get("/en/calls/invitations/").content.decode()
    told = {"call": str(asked.call_id), "invitation": str(asked.id)}
    assert browser.post("/en/calls/invitations/", told)["Location"] == "/en/"
    assert browser.get("/en/calls/small/").status_code == 200
    assert "No invitation" in browser.get("/en/calls/invitations/").content.decode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_else_opens_calls_or_takes_another_s_invitation(site: Any, host: None) -> None:
    browser = site.browser(site.person("a@b.example"))
    assert browser.get("/en/calls/open/").status_code == 404
    assert browser.post("/en/calls/open/", files(site)).status_code == 404
    call = site.world.opened()
    (asked,) = invitations_to("desk@jp.example", site.at)
    told = {"call": str(call), "invitation": str(asked.id)}
    assert "no such invitation for this account" in browser.post("/en/calls/invitations/", told).content.decode()
    assert browser.post("/en/calls/invitations/", {**told, "call": "x"}).status_code == 404
    assert browser.post("/en/calls/invitations/", {**told, "call": str(uuid4())}).status_code == 200
