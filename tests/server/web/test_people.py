"""People begin an account, confirm their address, and sign in with a second factor; our rows change by actions only."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core import mail

from accord_server.database.sessions import writing
from accord_server.people.acting import registry
from accord_server.people.models import Account
from accord_server.people.services import set_password

PASSWORD = "correct horse battery"  # noqa: S105  of nobody
DOCS = Path(__file__).resolve().parents[3] / "docs" / "site.md"

CODE = re.compile(r"(?m)^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$")


def sign_up(site: Any, email: str = "Hanako@Example.org", language: str = "en") -> Any:
    browser = site.browser()
    told = {"email": email, "name": "佐藤 花子", "name_reading": "さとう はなこ", "password1": PASSWORD}
    answer = browser.post(f"/{language}/account/signup/", told)
    assert answer.status_code == 302, answer.content.decode()
    return browser


def code_in(letter: Any) -> str:
    found = CODE.search(letter.body)
    assert found, letter.body
    return found[1]


def test_an_account_begins_and_acts_once_its_address_is_confirmed(site: Any) -> None:
    browser = sign_up(site)
    account = Account.objects.get()
    assert (account.email, account.name, account.name_reading) == ("hanako@example.org", "佐藤 花子", "さとう はなこ")
    assert account.email_confirmed_at is None
    assert browser.get("/en/account/")["Location"].startswith("/en/account/login/")
    (letter,) = mail.outbox
    wrong = browser.post("/en/account/confirm/", {"code": "XXXX-XXXX"})
    assert wrong.status_code == 200
    assert browser.post("/en/account/confirm/", {"code": code_in(letter)}).status_code == 302
    account.refresh_from_db()
    assert account.email_confirmed_at == site.at
    assert "hanako@example.org" in browser.get("/en/account/").content.decode()


def test_somebody_who_has_an_account_learns_it_by_a_letter_alone(site: Any) -> None:
    site.person("hanako@example.org")
    sign_up(site)
    assert Account.objects.count() == 1
    (letter,) = mail.outbox
    assert not CODE.search(letter.body)
    assert letter.to == ["hanako@example.org"]


def test_a_weak_password_is_refused_in_words(site: Any) -> None:
    told = {"email": "a@b.example", "name": "A", "password1": "short"}
    answer = site.browser().post("/en/account/signup/", told)
    assert "at least 12 characters" in answer.content.decode()
    assert not Account.objects.exists()


def signed_in(site: Any, email: str, **more: str) -> Any:
    browser = site.browser()
    return browser, browser.post("/en/account/login/", {"login": email, "password": PASSWORD, **more})


def with_password(site: Any, email: str) -> Account:
    account = site.person(email)
    set_password(account.id, site.at, account=account, password=PASSWORD)
    return account


def test_a_second_factor_is_asked_once_it_is_there(site: Any) -> None:
    account = with_password(site, "a@b.example")
    browser, answer = signed_in(site, "a@b.example")
    assert answer["Location"] == "/en/"
    again = browser.get("/en/account/factors/app/")["Location"]
    assert again.startswith("/en/account/again/")
    assert browser.post(again, {"password": PASSWORD}).status_code == 302
    page = browser.get("/en/account/factors/app/")
    secret = re.search(r'id="authenticator_secret"[^>]* value="([A-Z2-7]+)"', page.content.decode())[1]
    answer = browser.post("/en/account/factors/app/", {"code": now_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    kept = Authenticator.objects.get(user=account, type="totp")
    assert secret not in str(kept.data)
    codes = Authenticator.objects.get(user=account, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    for told, good in (("000000", False), (codes[0], True)):
        browser, answer = signed_in(site, "a@b.example")
        assert answer["Location"].startswith("/en/account/factors/enter/")
        assert browser.get("/en/account/")["Location"].startswith("/en/account/login/")
        answer = browser.post("/en/account/factors/enter/", {"code": told})
        assert (answer.status_code == 302) is good


def now_of(secret: str) -> str:
    """The code of an authenticator app that is not ours."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(time.time())).decode()  # noqa: S303  RFC 6238's


def test_a_password_is_reset_by_a_code(site: Any) -> None:
    with_password(site, "a@b.example")
    browser = site.browser()
    assert browser.post("/ja/account/reset/", {"email": "a@b.example"}).status_code == 302
    (letter,) = mail.outbox
    assert browser.post("/ja/account/reset/code/", {"code": code_in(letter)}).status_code == 302
    new = "another horse battery"
    answer = browser.post("/ja/account/reset/new/", {"password1": new, "password2": new})
    assert answer.status_code == 302, answer.content.decode()
    assert Account.objects.get().check_password(new)
    assert signed_in(site, "a@b.example")[1].status_code == 200  # the old one no longer does


def test_an_address_without_an_account_gets_no_code_and_is_told_the_same(site: Any) -> None:
    answer = site.browser().post("/en/account/reset/", {"email": "nobody@b.example"})
    assert answer["Location"] == "/en/account/reset/code/"
    assert not any(CODE.search(one.body) for one in mail.outbox)


def test_guessing_is_slowed_down(site: Any) -> None:
    with_password(site, "a@b.example")
    browser = site.browser()
    for _ in range(5):
        browser.post("/en/account/login/", {"login": "a@b.example", "password": "wrong"})
    answer = browser.post("/en/account/login/", {"login": "a@b.example", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_one_s_own_name_is_changed(site: Any) -> None:
    account = site.person("a@b.example")
    browser = site.browser(account)
    assert browser.post("/en/account/", {"name": " ", "name_reading": ""}).status_code == 200
    assert browser.post("/en/account/", {"name": "山田 太郎", "name_reading": "Yamada Taro"}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.name_reading) == ("山田 太郎", "Yamada Taro")


def test_an_account_that_rests_is_shut_out(site: Any) -> None:
    account = with_password(site, "a@b.example")
    browser = site.browser(account)
    account.is_active = False
    with writing("test", account.id, None):
        account.save()
    assert browser.get("/en/account/").status_code == 302


def test_every_personal_action_is_in_the_docs() -> None:
    rows = [f"| `{name}` | oneself | {one.words} |" for name, one in registry().items()]
    assert len(rows) == 5
    assert [row for row in rows if row not in DOCS.read_text(encoding="utf-8")] == []
