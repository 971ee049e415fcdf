"""The press: a template and data in, the bytes of a tagged PDF out; no network, no clock, no font of the system."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from accord.errors import AccordError, InvalidInput
from accord.report.paper.setting import language_of, line_of
from accord.report.paper.signs import REPLACED, TURNING, clusters, rewritten, texts, undisplayable
from accord.report.plan_document.blocks import Line
from accord.report.texts import printable

TEMPLATES: Final = Path(__file__).parent / "templates"
THEME: Final = "theme.typ"
DATA: Final = "data.json"
FONTS: Final = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
STANDARD: Final = "ua-1"  # PDF/UA-1: tagged, titled, every sign with a shape and a text
PACKAGE: Final = re.compile(r"[\"']@")  # how Typst names what it would fetch
MAIN: Final = """\
#import "theme.typ": *
#import "template.typ": template
#let told = json("data.json")
#show: paper.with(told.sheet)
#template(told.data)
"""


class PaperUnavailable(AccordError):
    """What makes PDF files is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the pages of a document share: title and subject for its properties, language, running head, footer, date.

    The date is the file's own; it comes from the plan or the record, never from a clock. `margin` is what is free at
    the left and the right, in millimetres.
    """

    title: str
    subject: str
    language: str
    head: Line
    footer: Line
    date: datetime
    margin: int = 24


def compiled(
    template: str, data: Mapping[str, Any], sheet: Sheet, *, name: str = "template.typ", files: Mapping[str, bytes] = {}
) -> bytes:
    """A PDF/UA-1 of a Typst template, which defines `template(data)`, and JSON data; the same in, the same bytes out.

    `files` are what the template may read besides (`image("logo.svg", alt: "…")`), by their names. Signs that no font
    at hand has are shown as U+FFFD. Raises PaperUnavailable where the extra is not installed, and InvalidInput with
    file and line where the template does not compile, or names a package: nothing is ever fetched.
    """
    typst, fonts = _typst()
    _no_package(name, template)
    told = {
        "sheet": {
            "title": sheet.title,
            "subject": sheet.subject,
            **language_of(sheet.language),
            "head": line_of(sheet.head),
            "footer": line_of(sheet.footer),
            "margin": sheet.margin,
        },
        "data": data,
    }
    sources = {
        "main.typ": MAIN.replace("template.typ", name).encode(),
        THEME: (TEMPLATES / THEME).read_bytes(),
        name: template.encode(),
        DATA: json.dumps(_shown(told), ensure_ascii=False).encode(),
        **files,
    }
    try:
        return bytes(_compile(typst, fonts, sources, sheet.date))
    except typst.TypstError as error:
        raise InvalidInput(_told(error, name)) from error


@cache
def _typst() -> tuple[Any, Any]:
    """Typst, and the fonts that come with the extra or with Typst itself."""
    try:
        typst = import_module("typst")
        folders = [Path(import_module(name).FONT_PATH).parent for name in FONTS]
    except ModuleNotFoundError as error:
        raise PaperUnavailable(f"PDF files need {error.name}: pip install 'accord[pdf]'") from error
    return typst, typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _compile(typst: Any, fonts: Any, sources: Mapping[str, bytes], date: datetime | int) -> Any:
    return typst.compile(
        dict(sources),
        root=TEMPLATES,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={},
        pdf_standards=[STANDARD],
        timestamp=int(date.timestamp()) if isinstance(date, datetime) else date,
    )


def _no_package(name: str, template: str) -> None:
    for number, line in enumerate(template.splitlines(), start=1):
        if PACKAGE.search(line):
            found = f"{name}:{number}: found {line.strip()!r}"
            raise InvalidInput(f"{found}; no package is fetched: use theme.typ and files beside the template")


# ---- signs -----------------------------------------------------------------------------------------------------------

_probed: dict[str, bool] = {}
"""Whether the fonts show a cluster of signs, for those that were asked about."""


def _shown(value: Any) -> Any:
    """The same data; what no font shows stands replaced, and what would turn the text after it around is left out."""
    written = set(texts(value))
    clean = {text: TURNING.sub("", str(printable(text))) for text in written}
    signs = {one for text in clean.values() if not text.isascii() for one in clusters(text)}
    asked = sorted(one for one in signs if one not in _probed)
    missing = undisplayable(asked, _shows)
    _probed.update({one: one not in missing for one in asked})
    shown = {
        before: text if text.isascii() else "".join(one if _probed[one] else REPLACED for one in clusters(text))
        for before, text in clean.items()
    }
    changed = {before: text for before, text in shown.items() if before != text}
    return rewritten(value, lambda text: changed.get(text, text)) if changed else value


def _shows(found: Sequence[str]) -> bool:
    """Whether a page with these clusters compiles, each by itself: the standard refuses a sign without a shape."""
    typst, fonts = _typst()
    source = '#set document(title: "signs")\n#set text(font: "Noto Sans CJK JP")\n#json("data.json").join(parbreak())'
    sources = {"main.typ": source.encode(), DATA: json.dumps([f"x{one}x" for one in found]).encode()}
    try:
        _compile(typst, fonts, sources, 0)
    except typst.TypstError:
        return False
    return True


def _told(error: Any, name: str) -> str:
    """What Typst says, after the place in the template where it says so."""
    places = re.findall(r"([^\s/\\]+\.typ):(\d+):\d+", str(error.diagnostic))
    place = next((one for one in places if one[0] == name), places[0] if places else (name, "1"))
    hints = "".join(f"; {hint}" for hint in error.hints)
    return f"{place[0]}:{place[1]}: {error.message}{hints}"
