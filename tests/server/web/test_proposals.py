"""A proposal on its pages, from draft to receipt: nothing typed is lost, nothing counts twice, nobody else reads it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accord.cli.logs import receipt as receipt_commands
from accord.record.log.keys import write_key
from accord_server.access.states import Role
from accord_server.database.sessions import reading
from accord_server.proposals import documents
from accord_server.proposals.models import SubmittedVersion
from accord_server.proposals.queries import invitations_for, proposals

CLOSES = datetime.fromisoformat("2026-04-15T10:00:00+02:00")
PDF = b"%PDF-1.7\n" + b"0" * 100 + b"\n%%EOF\n"
TEXTS = {
    "title": "光の量子もつれ",
    "topic": "light",
    "duration_months": "36",
    "abstract": "We entangle.",
    "partners/p001-a/side": "JP",
    "partners/p001-a/role": "coordinator",
    "partners/p001-a/organisation": "東京大学",
    "partners/p001-a/country": "JP",
    "partners/p001-a/requested": "30000000",
    "partners/p001-a/investigators/p001-x/name": "佐藤 花子",
    "partners/p001-a/investigators/p001-x/lead": "true",
    "partners/p002-b/side": "EU",
    "partners/p002-b/role": "partner",
    "partners/p002-b/organisation": "TU Delft",
    "partners/p002-b/country": "DE",
    "partners/p002-b/requested": "400000.00",
}


@pytest.fixture
def call(site: Any, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """World's call, on a host whose key is in its file."""
    made: UUID = site.world.opened()
    key = Path(settings.ENVIRONMENT.folder) / f"{made.hex}.key"
    write_key(key, site.world.host)
    monkeypatch.setattr("accord_server.web.proposals.submitting.host_key", lambda: key)
    return made


def begun(site: Any, browser: Any) -> str:
    answer = browser.post("/en/calls/small/begin/")
    assert answer.status_code == 302
    return str(answer["Location"])


def base_of(page: Any) -> str:
    found = re.search(r'name="base" id="base" value="([0-9]+)"', page.content.decode())
    assert found
    return found[1]


def submitted(site: Any, browser: Any, where: str, **more: Any) -> Any:
    told = {**TEXTS, "base": base_of(browser.get(where)), "key": "k1", "file:proposal": pdf(), **more}
    return browser.post(f"{where}submit/", told)


def pdf(content: bytes = PDF, name: str = "../../提案 書.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_draft_becomes_a_receipt_that_anybody_can_check(site: Any, call: UUID, tmp_path: Path) -> None:
    hanako = site.person("hanako@u.example")
    browser = site.browser(hanako)
    where = begun(site, browser)
    answer = submitted(site, browser, where)
    assert answer["Location"] == f"{where}receipt/"
    page = browser.get(answer["Location"]).content.decode()
    assert page.count('<b class="good">eligible</b>') == 2
    files = {}
    for part in ("proof", "leaf", "salt", "proposal"):
        got = browser.get(f"{where}receipt/{part}/")
        assert got["Content-Disposition"].startswith('attachment; filename="receipt-')
        files[part] = tmp_path / part
        files[part].write_bytes(got.content)
    receipt_commands.main(
        [
            *("verify", str(files["proof"]), "--host", site.world.host.verifier.text),
            *("--content", str(files["leaf"]), "--salt", files["salt"].read_text().strip()),
        ],
        standalone_mode=False,
    )
    assert browser.get(f"{where}receipt/else/").status_code == 404


def test_a_double_click_submits_once(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    base = base_of(browser.get(where))
    for _ in range(2):
        assert submitted(site, browser, where, base=base).status_code == 302
    with reading(UUID(int=0)):
        assert SubmittedVersion._meta.label == "proposals.SubmittedVersion"
    page = browser.get(f"{where}receipt/").content.decode()
    assert "<dt>Submission</dt><dd>1</dd>" in page


def test_what_lacks_is_told_field_by_field_and_nothing_typed_is_lost(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    answer = submitted(site, browser, where, duration_months="many", topic="")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Not submitted yet" in page
    assert "Write a whole number." in page
    assert 'value="many"' in page
    assert "光の量子もつれ" in browser.get(where).content.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html><script>alert(1)</script>", "a web page"),
        (b"<svg/>", "an SVG"),
        (b"", "an empty file"),
        (PDF[:-8], "end"),
    ],
)
def test_what_is_no_pdf_is_refused_in_words(site: Any, call: UUID, content: bytes, told: str) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    answer = submitted(site, browser, where, **{"file:proposal": pdf(content)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert browser.get(f"{where}receipt/").status_code == 404
    assert "光の量子もつれ" in browser.get(where).content.decode()


def test_after_the_closing_instant_it_is_refused_with_both_clocks_and_kept(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    site.at = CLOSES
    answer = submitted(site, browser, where)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The call has closed" in page
    assert CLOSES.astimezone(site.at.tzinfo).isoformat() in page
    assert "the log&#x27;s last entry is of" in page
    assert "光の量子もつれ" in browser.get(where).content.decode()


def test_a_second_before_it_is_received_and_can_be_withdrawn(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    site.at = CLOSES - timedelta(seconds=1)
    assert submitted(site, browser, where).status_code == 302
    assert browser.post(f"{where}withdraw/").status_code == 302
    assert "It was withdrawn after this." in browser.get(f"{where}receipt/").content.decode()


def together(site: Any, where: str, browser: Any, email: str = "clara@u.example") -> Any:
    """Somebody else, asked in by the coordinator and come in by the link."""
    clara = site.person(email)
    browser.post(f"{where}invite/", {"email": email})
    with reading(clara.id):
        asked = invitations_for(clara, site.at).get().id
    hers = site.browser(clara)
    assert hers.get(f"/en/invitations/{asked}/").status_code == 200
    assert hers.post(f"/en/invitations/{asked}/")["Location"] == where
    return hers


def test_two_people_in_one_field_lose_no_word(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    hers = together(site, where, browser)
    base = base_of(browser.get(where))
    htmx = {"headers": {"hx-request": "true"}}
    browser.post(f"{where}save/", {"base": base, "title": "Mine", "abstract": "From me"}, **htmx)
    answer = hers.post(f"{where}save/", {"base": base, "title": "Hers"}, **htmx).content.decode()
    assert "Somebody else wrote in the same field" in answer
    assert 'value="Mine"' in answer
    assert "From me" in answer  # what the other changed elsewhere comes along
    assert "Hers" in browser.get(where).content.decode()
    now = base_of(browser.get(where))
    browser.post(f"{where}save/", {"base": now, "take": "title", "other:title": "Hers"})
    page = browser.get(where).content.decode()
    assert 'value="Hers"' in page
    assert "at the same time" not in page
    told = browser.get(f"{where}versions/?old=1&new=3").content.decode()
    assert "<del>Mine</del>" in told
    assert "<ins>Hers</ins>" in told


def test_only_the_coordinator_submits_and_asks_others(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    hers = together(site, where, browser)
    assert "data-once" not in hers.get(where).content.decode()
    answer = submitted(site, hers, where)
    assert answer.status_code == 422
    assert "this needs the coordinator of the proposal" in answer.content.decode()


def test_nobody_else_finds_a_draft(site: Any, call: UUID) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    officer = site.world.officer(call, "JP")
    others = (site.person("else@u.example"), officer, site.world.member(call, "o@h.example", Role.SECRETARIAT))
    for other in others:
        for part in ("", "receipt/", "receipt/proof/", "versions/", "document/?question=proposal"):
            assert site.browser(other).get(where + part).status_code == 404, part
        for part in ("save/", "submit/", "withdraw/", "invite/"):
            assert site.browser(other).post(where + part, {"base": "0"}).status_code == 404, part


def test_the_desk_is_empty_until_the_closing_is_logged_and_then_decides(site: Any, call: UUID) -> None:
    officer = site.world.officer(call, "JP")
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    submitted(site, browser, where)
    desk = site.browser(officer)
    place = "/en/calls/small/desk/"
    site.at = CLOSES + timedelta(seconds=1)
    assert "光の量子もつれ" not in desk.get(place).content.decode()
    assert browser.get(place).status_code == 404
    desk.post(f"{place}close/")
    assert "光の量子もつれ" not in desk.get(place).content.decode()
    site.at = CLOSES + timedelta(minutes=1)
    desk.post(f"{place}close/")
    assert "光の量子もつれ" in desk.get(place).content.decode()
    with reading(officer.id):
        (row,) = proposals(officer, site.at)
    one = f"{place}{row.subject_id}/"
    page = desk.get(one).content.decode()
    assert "東京大学" in page
    assert page.count('name="decision" value="confirm"') == 1  # for one's own Side alone
    assert desk.get(f"{one}document/?question=proposal").content == PDF
    desk.post(f"{one}decide/", {"side": "JP", "decision": "overturn", "reason": "Not of this field."})
    assert "Not of this field." in desk.get(one).content.decode()
    told = desk.post(f"{one}decide/", {"side": "EU", "decision": "overturn", "reason": "x"}, follow=True)
    assert "this needs an officer of EU" in told.content.decode()
    assert desk.get(f"{place}status/").status_code == 200


def test_without_a_proposal_to_read_the_status_page_leads_back_to_the_desk(site: Any, call: UUID) -> None:
    """The secretariat to whom the plan's sealing opens nothing, an early officer, a call that nobody entered."""
    readers = (site.world.officer(call, "JP"), site.world.member(call, "o@h.example", Role.SECRETARIAT))
    place = "/en/calls/small/desk/"
    for after in (timedelta(seconds=-1), timedelta(seconds=1), timedelta(minutes=1)):
        site.at = CLOSES + after
        for reader in readers:
            desk = site.browser(reader)
            if after > timedelta(seconds=30):
                desk.post(f"{place}close/")
            assert desk.get(f"{place}status/").url == place
            assert "status/" not in desk.get(place).content.decode()


def test_a_full_disk_is_told_and_loses_nothing_that_was_saved(
    site: Any, call: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.browser(site.person("hanako@u.example"))
    where = begun(site, browser)
    browser.post(f"{where}save/", {"base": "0", "title": "光の量子もつれ"})

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(documents.store()), "_save", full)
    answer = submitted(site, browser, where)
    assert answer.status_code == 507
    assert "disk did not take the document" in answer.content.decode()
    assert "光の量子もつれ" in browser.get(where).content.decode()
    assert browser.get(f"{where}receipt/").status_code == 404
