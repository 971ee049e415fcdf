"""A call's pages are there from its opening instant, in both languages, and not a second before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest

from accord.plan.load import parse_plan
from accord_server.web.calls.plans import plan_page
from calls import PLAN

ATOM = {"a": "http://www.w3.org/2005/Atom"}
OPENS = datetime.fromisoformat("2026-01-15T10:00:00+09:00")
CLOSES = datetime.fromisoformat("2026-04-15T10:00:00+02:00")
SECOND = timedelta(seconds=1)


def words(page: str) -> str:
    """A page's text."""
    return re.sub(r"<[^>]*>", "", page)


def test_before_the_opening_instant_nothing_is_there_for_the_public(site: Any) -> None:
    call = site.world.opened()
    officer = site.world.officer(call, "JP")
    addresses = ("calls/small/", "calls/small/timeline.ics", "calls/small/plan.toml")
    site.at = OPENS - SECOND
    for where in addresses:
        assert site.browser().get(f"/en/{where}").status_code == 404
        assert site.browser(officer).get(f"/en/{where}").status_code == 200
    assert "A small call" not in site.browser().get("/en/").content.decode()
    assert "A small call" not in site.browser().get("/en/calls.atom").content.decode()
    site.at = OPENS
    for where in addresses:
        assert site.browser().get(f"/en/{where}").status_code == 200


def test_a_call_in_both_languages_has_each_annex_and_the_tracks(site: Any) -> None:
    site.world.opened()
    english = site.browser().get("/en/calls/small/").content.decode()
    japanese = site.browser().get("/ja/calls/small/").content.decode()
    assert "<h1>A small call</h1>" in english
    assert "<h1>小さな公募</h1>" in japanese
    for text, page in (("Annex JP", english), ("Annex EU", english), ("附属書 JP", japanese), ("附属書 EU", japanese)):
        assert text in words(page)
        assert page.count('class="track"') == 2
        assert 'style="' not in page
    assert '<html lang="ja">' in japanese


def test_the_list_tells_open_from_closed(site: Any) -> None:
    site.world.opened()
    assert "<h2>Open</h2>" in site.browser().get("/en/").content.decode()
    site.at = CLOSES
    closed = site.browser().get("/en/").content.decode()
    assert "<h2>Closed</h2>" in closed
    assert "<h2>Open</h2>" not in closed


def test_an_instant_is_told_in_the_reader_s_zone(site: Any) -> None:
    site.world.opened()
    browser = site.browser()
    assert "Wed 15 Apr 2026, 08:00 UTC" in browser.get("/en/calls/small/").content.decode()
    browser.cookies["zone"] = "Asia/Tokyo"
    assert "Wed 15 Apr 2026, 17:00 JST" in browser.get("/en/calls/small/").content.decode()
    browser.cookies["zone"] = "../../etc/passwd"
    assert "Wed 15 Apr 2026, 08:00 UTC" in browser.get("/en/calls/small/").content.decode()


def test_the_calendar_the_plan_and_the_feed_are_files(site: Any) -> None:
    site.world.opened()
    browser = site.browser()
    calendar = browser.get("/en/calls/small/timeline.ics")
    starts = [one.start for one in icalendar.Calendar.from_ical(calendar.content).walk("VEVENT")]
    assert starts[:2] == [OPENS, CLOSES]
    plan = browser.get("/ja/calls/small/plan.toml")
    assert plan.content == site.world.plan()
    for one in (calendar, plan):
        assert one["Content-Disposition"].startswith("attachment; ")
        assert one["Content-Security-Policy"] == "sandbox; default-src 'none'"
    feed = ElementTree.fromstring(browser.get("/ja/calls.atom").content)  # noqa: S314  of our own making
    assert [one.findtext("a:title", namespaces=ATOM) for one in feed.findall("a:entry", ATOM)] == ["小さな公募"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_plan_s_page_has_one_language_s_text_and_the_whole_of_it(language: str) -> None:
    page = plan_page(PLAN.encode(), language)
    assert page.signed.digest == parse_plan(PLAN.encode()).digest
    headings = page.text.count("<h3 ")
    assert headings >= 12
    assert ("Annex JP" in words(page.text)) == (language == "en")
    assert ("附属書 JP" in words(page.text)) == (language == "ja")
