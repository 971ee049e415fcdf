"""Word files and pages read without the code that writes them: every paragraph's text, and either version of a diff."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from page_reader import Element, read_page

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OTHER = {"new": "del", "old": "ins"}  # what is left out of a version


def part(content: bytes, name: str) -> ElementTree.Element:
    """A part of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return ElementTree.fromstring(file.read(name))  # noqa: S314  (written by the test itself)


def word_version(content: bytes, version: str) -> list[object]:
    """What stands in a Word file once all changes are accepted (`new`) or rejected (`old`), footer included.

    A paragraph is its style and text, a table its rows of cells; the list of changed keys is left out.
    """
    out = OTHER[version]
    body = part(content, "word/document.xml").find(f"{W}body")
    footer = part(content, "word/footer1.xml")
    assert body is not None
    return [*_told(body, out), *_told(footer, out)]


def _told(around: ElementTree.Element, out: str) -> Iterator[object]:
    for element in around:
        if element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            text = _text(element, out)
            if element.find(f"{W}pPr/{W}rPr/{W}{out}") is None:
                yield ("" if style is None else style.get(f"{W}val"), text)
            else:
                assert text == "", "a paragraph whose end goes must be empty: else it would run into the next"
        elif element.tag == f"{W}tbl":
            rows = [row for row in element.iter(f"{W}tr") if row.find(f"{W}trPr/{W}{out}") is None]
            for row in element.iter(f"{W}tr"):
                gone = row not in rows
                assert not (gone and any(_text(cell, out) for cell in row.iter(f"{W}p"))), "text in a row that goes"
            if rows:
                yield [[[_text(cell, out) for cell in one.iter(f"{W}p")] for one in row.iter(f"{W}tc")] for row in rows]
        else:
            assert element.tag in {f"{W}sdt", f"{W}sectPr"}


def _text(element: ElementTree.Element, out: str) -> str:
    if element.tag == f"{W}{out}":
        return ""
    own = {f"{W}t": element.text, f"{W}delText": element.text, f"{W}br": "\n"}.get(element.tag) or ""
    return own + "".join(_text(child, out) for child in element)


def word_texts(content: bytes) -> list[str]:
    """Every paragraph of a Word file that has text, cells included, without spaces and line ends."""
    body = part(content, "word/document.xml").find(f"{W}body")
    assert body is not None
    texts = (_text(paragraph, "") for paragraph in body.iter(f"{W}p"))
    return [bare for text in texts if (bare := "".join(text.split()))]


def page_version(content: bytes, version: str = "new") -> list[str]:
    """The texts of a page's blocks as they are in one version, without spaces and line ends."""
    (article,) = read_page(content).all("article")
    blocks = [one for tag in ("h1", "h2", "h3", "h4", "p", "li", "caption", "th", "td") for one in article.all(tag)]
    order = {id(one): number for number, one in enumerate(article.all())}
    texts = (_page_text(one, OTHER[version]) for one in sorted(blocks, key=lambda one: order[id(one)]))
    return [bare for text in texts if (bare := "".join(text.split()))]


def _page_text(element: Element, out: str) -> str:
    if element.tag == out:
        return ""
    return "".join(child if isinstance(child, str) else _page_text(child, out) for child in element.children)
