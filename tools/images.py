"""Make docs/images anew: the report of a fictional call as a browser shows it, in both languages, on a phone, dark.

`.venv/bin/python tools/images.py`, with chromium installed. The same call each time; letters look as the fonts of the
machine do.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, NamedTuple

from playwright.sync_api import sync_playwright

import accord
from accord.example import example_call
from accord.record.folder import write_folder
from accord.report import report_html

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "images"
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")


class Picture(NamedTuple):
    """A file, the language of its page, and how it is looked at."""

    name: str
    language: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


PICTURES: Final = (
    Picture("report.png", "en", 1280, 1500),
    Picture("report-ja.png", "ja", 1280, 1500),
    Picture("report-dark.png", "en", 1280, 1100, "dark"),
    Picture("report-phone.png", "ja", 390, 1500),
)


def main() -> None:
    """Write every picture."""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is not installed: no browser to take pictures with")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        call = Path(folder) / "call"
        write_folder(call, example_call(sides=2, proposals=100, experts=150, seed=1))
        walk = accord.run(accord.load(call))
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for one in PICTURES:
            file = Path(folder) / f"{one.name}.html"
            file.write_bytes(report_html(walk, one.language))
            size = {"width": one.width, "height": one.height}
            page = browser.new_page(viewport=size, color_scheme=one.scheme)  # type: ignore[arg-type]
            page.goto(file.as_uri())
            page.screenshot(path=FOLDER / one.name)
            page.close()
            print(f"written: docs/images/{one.name}")
        browser.close()


if __name__ == "__main__":
    main()
