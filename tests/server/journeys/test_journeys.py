"""Journeys of people through the site: by keyboard, in both languages, on both databases; axe on every page."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PDF = b"%PDF-1.7\n" + b"0" * 200 + b"\n%%EOF\n"
MOST_TABS = 150
LOOKS = [
    ("en", "dark", "desktop"),
    ("ja", "light", "phone"),
    ("en", "light", "phone"),
    ("ja", "dark", "desktop"),
    ("en", "light", "desktop"),
    ("ja", "light", "desktop"),
    ("en", "dark", "phone"),
    ("ja", "dark", "phone"),
]
"""Language, scheme and size: two of them in the suite, all of them where the pictures are kept."""
PARTNERS = (
    ("JP", "東京大学", "JP", "30000000", "佐藤 花子"),
    ("EU", "TU Delft", "NL", "300000.00", "Clara Lindqvist"),
    ("EU", "DTU", "DK", "200000.00", "Ada Møller"),
)
PICTURES = os.environ.get("PICTURES_OF_PAGES")
"""A folder that keeps the pictures; by default they are looked at by nobody and go with the test's own."""


@contextmanager
def visiting(chromium: Browser, served: Any, who: str | None = None, **options: Any) -> Iterator[Page]:
    """A page of a fresh browser, entered as somebody; what the console complains about fails the test."""
    told = {"viewport": DESKTOP, "timezone_id": "Asia/Tokyo", "reduced_motion": "reduce", **options}
    context = chromium.new_context(locale="ja-JP" if served.language == "ja" else "en-GB", **told)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: complaints.append(str(one)))
    try:
        if who is not None:
            page.goto(f"{served.address}/{served.language}/demo/")
            page.locator(f'form[action$="/demo/{who}/"] button').click()
            page.wait_for_load_state("networkidle")
        yield page
        assert [one for one in complaints if "status of 4" not in one] == []
    finally:
        context.close()


def looked_at(page: Page, folder: Path, name: str) -> None:
    """No violation that axe finds; nothing wider than the window, at 200% zoom either; a picture."""
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    told = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
    assert told == [], (page.url, told)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, (page.url, wider)
    kept = Path(PICTURES) if PICTURES else folder
    kept.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=kept / f"{name}.png", full_page=True)
    assert (kept / f"{name}.png").stat().st_size > 5_000


def tab_to(page: Page, selector: str) -> None:
    """Reach something by the Tab key alone, seeing where one is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def typed(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def chosen(page: Page, selector: str, value: str) -> None:
    tab_to(page, selector)
    for _ in range(40):
        if page.evaluate("() => document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not among the choices of {selector}")


def pressed(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def saved(page: Page, least: int) -> None:
    page.wait_for_function("least => Number(document.getElementById('base').value) >= least", arg=least)


def test_by_keyboard_alone_from_the_call_to_the_receipt(english: Any, chromium: Browser, tmp_path: Path) -> None:
    with visiting(chromium, english, "coordinator") as page:
        page.goto(f"{english.address}/en/calls/demo-open/")
        looked_at(page, tmp_path, "call-en-desktop")
        pressed(page, 'form[action$="/begin/"] button')
        looked_at(page, tmp_path, "draft-empty-en-desktop")
        typed(page, '[name="title"]', "Entangled light between two cities")
        chosen(page, '[name="topic"]', "communication")
        typed(page, '[name="duration_months"]', "36")
        typed(page, '[name="abstract"]', "We measure.\nTogether.")
        saved(page, 1)
        for side, *_ in PARTNERS:
            pressed(page, f'button[name="add"][value="{side}"]')
        for number, (_, organisation, country, requested, name) in enumerate(PARTNERS, start=1):
            start = f"fieldset.partner:nth-of-type({number}) "
            typed(page, f'{start}[name$="/organisation"]', organisation)
            chosen(page, f'{start}[name$="/country"]', country)
            typed(page, f'{start}[name$="/requested"]', requested)
            typed(page, f'{start}[name$="/name"]', name)
            chosen(page, f'{start}[name$="/lead"]', "true")
        page.wait_for_function("() => document.querySelectorAll('#standing .good').length === 2")
        tab_to(page, 'input[type="file"]')
        page.set_input_files('input[type="file"]', {"name": "p.pdf", "mimeType": "application/pdf", "buffer": PDF})
        looked_at(page, tmp_path, "draft-en-desktop")
        pressed(page, "button[data-once]")
        assert page.url.endswith("/receipt/"), page.locator("#refused").all_inner_texts()
        looked_at(page, tmp_path, "receipt-en-desktop")
        with page.expect_download() as got:
            page.locator('a[href$="/receipt/proof/"]').click()
        assert re.fullmatch(r"receipt-[0-9A-Z]{4}-[0-9A-Z]{4}-1\.tlog-proof", got.value.suggested_filename)


def test_two_people_write_at_once_and_lose_no_word(japanese: Any, chromium: Browser, tmp_path: Path) -> None:
    with visiting(chromium, japanese, "coordinator") as hers:
        hers.goto(f"{japanese.address}/ja/calls/demo-open/")
        hers.locator('form[action$="/begin/"] button').click()
        hers.wait_for_url("**/proposals/*/")
        where = hers.url
        hers.fill("#ask", "partner@demo.example")
        hers.locator('form[action$="/invite/"] button').click()
        hers.wait_for_load_state("networkidle")
        with visiting(chromium, japanese, "partner", viewport=PHONE, color_scheme="dark") as his:
            his.goto(f"{japanese.address}/ja/proposals/")
            looked_at(his, tmp_path, "mine-ja-phone-dark")
            his.locator('a[href*="/invitations/"]').click()
            looked_at(his, tmp_path, "invitation-ja-phone-dark")
            his.locator("main form button").click()
            his.wait_for_url(where)
            hers.goto(where)
            hers.fill('[name="title"]', "二都市間の量子もつれ")
            saved(hers, 1)
            his.fill('[name="title"]', "光の量子もつれ")
            his.fill('[name="abstract"]', "共同で測定する。")
            his.locator(".theirs blockquote").wait_for()
            assert his.input_value('[name="title"]') == "二都市間の量子もつれ"
            assert his.locator(".theirs blockquote").inner_text() == "光の量子もつれ"
            looked_at(his, tmp_path, "conflict-ja-phone-dark")
            his.locator('button[name="take"]').click()
            his.wait_for_load_state("networkidle")
            assert his.input_value('[name="title"]') == "光の量子もつれ"
            hers.fill('[name="duration_months"]', "36")  # a save of another field brings his words along
            hers.wait_for_function("() => document.querySelector('[name=title]').value === '光の量子もつれ'")
            assert hers.input_value('[name="abstract"]') == "共同で測定する。"
        hers.goto(f"{where}versions/?old=1")
        looked_at(hers, tmp_path, "versions-ja-desktop")


def desk(served: Any, chromium: Browser, folder: Path, look: Callable[..., None]) -> None:
    language = served.language
    with visiting(chromium, served, "officer-jp") as page:
        page.goto(f"{served.address}/{language}/calls/demo-closed/desk/")
        look(page, folder, f"desk-{language}-desktop")
        page.locator("tbody a").first.click()
        page.locator('[name="reason"]').fill("Checked. 確認した。")
        look(page, folder, f"desk-proposal-{language}-desktop")
        page.locator('button[value="confirm"]').click()
        page.locator(".banner.success").wait_for()
        page.goto(f"{served.address}/{language}/calls/demo-closed/desk/status/")
        look(page, folder, f"status-{language}-desktop")


def test_an_officer_decides_on_sqlite(english: Any, chromium: Browser, tmp_path: Path) -> None:
    desk(english, chromium, tmp_path, looked_at)


def test_an_officer_decides_on_postgresql(japanese: Any, chromium: Browser, tmp_path: Path) -> None:
    desk(japanese, chromium, tmp_path, looked_at)


@pytest.mark.parametrize("look", LOOKS if PICTURES else LOOKS[:2], ids="-".join)
def test_every_open_page_in_both_looks(
    english: Any, japanese: Any, chromium: Browser, tmp_path: Path, look: tuple[str, str, str]
) -> None:
    language, scheme, size = look
    places = ("", "calls/demo-open/", "account/login/", "account/signup/", "account/reset/", "demo/", "nowhere/")
    served = english if language == "en" else japanese
    options = {"viewport": PHONE if size == "phone" else DESKTOP, "color_scheme": scheme}
    with visiting(chromium, served, **options) as page:
        for place in places:
            page.goto(f"{served.address}/{language}/{place}")
            name = place.strip("/").replace("/", "-") or "calls"
            looked_at(page, tmp_path, f"{name}-{language}-{size}-{scheme}")
    with visiting(chromium, served, "coordinator", **options) as page:
        for place in ("proposals/", "account/", "account/factors/"):
            page.goto(f"{served.address}/{language}/{place}")
            name = place.strip("/").replace("/", "-")
            looked_at(page, tmp_path, f"{name}-{language}-{size}-{scheme}")


def test_it_stops_as_it_is_told_and_starts_again_with_what_it_had(serving: Any) -> None:
    first = serving.started()
    assert serving.ended(first) == 0
    again = serving.started()
    with urllib.request.urlopen(f"{again.address}/en/") as answer:  # noqa: S310  our own
        assert answer.status == 200
    assert serving.ended(again) == 0
