"""What goes wrong is told in the reader's language, without a word of the machine's; headers stand on every answer."""

from __future__ import annotations

from typing import Any

import pytest

from accord_server.web.calls import pages

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "where", ["/en/", "/ja/account/login/", "/en/calls/none/", "/look.css", "/static/accord/site.css"]
)
def test_headers_stand_on_every_answer(site: Any, where: str) -> None:
    answer = site.browser().get(where)
    answer.close()
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    told = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
    }
    assert {name: answer[name] for name in told} == told
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "told"), [("en", "Nothing is here for you"), ("ja", "ここには何もありません")])
def test_a_page_that_is_not_there(site: Any, language: str, told: str) -> None:
    answer = site.browser().get(f"/{language}/nowhere/")
    assert answer.status_code == 404
    assert told in answer.content.decode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "told"), [("en", "Something broke here"), ("ja", "こちら側で不具合が起きました")])
def test_what_breaks_shows_no_traceback(site: Any, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    def broken(_request: Any) -> Any:
        raise RuntimeError("secret@example.org")

    monkeypatch.setattr(pages, "calls_of", broken)
    browser = site.browser()
    browser.raise_request_exception = False
    answer = browser.get(f"/{language}/")
    assert answer.status_code == 500
    assert told in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()
    assert "secret@example.org" not in answer.content.decode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_form_from_elsewhere_changes_nothing(site: Any) -> None:
    browser = site.browser()
    browser.handler.enforce_csrf_checks = True
    answer = browser.post("/en/account/login/", {"login": "a@b.example", "password": "x"})
    assert answer.status_code == 403
    assert "This form is too old, or from elsewhere" in answer.content.decode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_host_that_is_not_ours_is_refused(site: Any) -> None:
    answer = site.browser().get("/en/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_language_is_the_path_s_then_the_cookie_s_then_the_browser_s(site: Any) -> None:
    browser = site.browser()
    assert browser.get("/")["Location"] == "/en/"
    assert browser.get("/", headers={"accept-language": "ja,en;q=0.5"})["Location"] == "/ja/"
    assert '<html lang="ja">' in browser.get("/ja/").content.decode()
    assert browser.get("/")["Location"] == "/ja/"
