"""PDF files read without the code that writes them: the texts of their structure tree, their languages, their fonts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, NameObject

BLOCKS = {"Title", "H1", "H2", "H3", "P", "LBody", "Caption", "TH", "TD", "TOCI", "Lbl"}


@dataclass(frozen=True)
class Piece:
    """A text of the structure tree: the innermost block around it, and the language that holds there."""

    block: int
    role: str
    language: str
    text: str


@dataclass(frozen=True)
class Text:
    """A block's role and text, and what stands in which language within it."""

    role: str
    text: str
    languages: tuple[tuple[str, str], ...]

    @property
    def bare(self) -> str:
        """Without spaces and line ends."""
        return "".join(self.text.split())


def read_paper(content: bytes) -> list[Text]:
    """Every block that has text, in reading order; what stands on every page, and the marks of lists, are left out."""
    reader = PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    pieces = list(_Tree(reader).pieces(root["/StructTreeRoot"], str(root["/Lang"]), (0, ""), None))
    blocks: dict[int, list[Piece]] = {}
    for one in pieces:
        blocks.setdefault(one.block, []).append(one)
    found = []
    for here in blocks.values():
        text = "".join(one.text for one in here)
        if text.strip() and here[0].role != "Lbl":
            found.append(Text(here[0].role, text, tuple((one.language, one.text) for one in here)))
    return found


class _Tree:
    """The structure tree of a file, with the texts that its leaves mark."""

    def __init__(self, reader: PdfReader) -> None:
        self._marked = {number: _marked(reader, page) for number, page in enumerate(reader.pages)}
        self._places = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
        self._numbers = count(1)

    def pieces(self, element: Any, language: str, block: tuple[int, str], page: int | None) -> Iterator[Piece]:
        role = str(element.get("/S", "/Root"))[1:]
        language = str(element.get("/Lang", language))
        if "/Pg" in element:
            page = self._places[element.raw_get("/Pg").idnum]
        if role in BLOCKS:
            block = (next(self._numbers), role)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            one = kid.get_object()
            if isinstance(one, int):
                yield self._piece(one, page, language, block)
            elif one.get("/Type") == "/MCR":
                there = self._places[one.raw_get("/Pg").idnum] if "/Pg" in one else page
                yield self._piece(one["/MCID"], there, language, block)
            elif one.get("/Type") != "/OBJR":
                yield from self.pieces(one, language, block, page)

    def _piece(self, mark: int, page: int | None, language: str, block: tuple[int, str]) -> Piece:
        text, own = self._marked[-1 if page is None else page].get(mark, ("", None))
        return Piece(*block, own or language, text)


def _marked(reader: PdfReader, page: Any) -> dict[int, tuple[str, str | None]]:
    """The texts of a page by their marks, and the language of each where the mark tells one."""
    fonts = {name: _unicode(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}
    found: dict[int, tuple[str, str | None]] = {}
    open_marks: list[tuple[int | None, str | None, str | None]] = []
    font: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in {b"BDC", b"BMC"}:
            told = operands[1] if len(operands) > 1 else {}
            told = page["/Resources"]["/Properties"][told] if isinstance(told, NameObject) else told
            mark = (told.get("/MCID"), told.get("/Lang"), told.get("/ActualText"))
            open_marks.append(mark)
            if mark[2] is not None:
                _add(found, open_marks, str(mark[2]))
        elif operator == b"EMC":
            open_marks.pop()
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in {b"Tj", b"TJ"} and all(one[2] is None for one in open_marks):
            parts = operands[0] if operator == b"TJ" else operands
            raw = b"".join(bytes(one.original_bytes) for one in parts if hasattr(one, "original_bytes"))
            codes = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
            _add(found, open_marks, "".join(font[code] for code in codes))
    return found


def _add(
    found: dict[int, tuple[str, str | None]], marks: list[tuple[int | None, str | None, str | None]], text: str
) -> None:
    number = next((one[0] for one in reversed(marks) if one[0] is not None), None)
    language = next((one[1] for one in reversed(marks) if one[1] is not None), None)
    if number is not None:
        before, known = found.get(number, ("", None))
        found[number] = (before + text, known or language)


def _unicode(font: Any) -> dict[int, str]:
    """What each code of a font means, by its ToUnicode map."""
    told = font["/ToUnicode"].get_data().decode("ascii")
    found: dict[int, str] = {}
    for section in re.findall(r"beginbfchar(.*?)endbfchar", told, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", section):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for section in re.findall(r"beginbfrange(.*?)endbfrange", told, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", section):
            start = bytes.fromhex(text).decode("utf-16-be")
            for number in range(int(first, 16), int(last, 16) + 1):
                found[number] = start[:-1] + chr(ord(start[-1]) + number - int(first, 16))
    return found


def everything(content: bytes) -> bytes:
    """Every byte of a PDF, and every stream decoded, and every text of its pages and properties: what could tell."""
    reader = PdfReader(io.BytesIO(content))
    parts = [content]
    for number in range(1, reader.trailer["/Size"]):
        one = reader.get_object(number)
        if hasattr(one, "get_data"):
            parts.append(one.get_data())
        parts.append(repr(one).encode())
    parts += [text.text.encode() for text in read_paper(content)]
    parts += [(page.extract_text() or "").encode() for page in reader.pages]
    return b"\n".join(parts)
