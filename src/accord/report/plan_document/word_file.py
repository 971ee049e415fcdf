"""A plan document as a Word file: real styles, header rows, tracked changes; always the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any, Final

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.package import OpcPackage
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from jinja2 import Environment, PackageLoader, StrictUndefined

from accord.plan.types import instant_text
from accord.report.plan_document.blocks import Document, Line, Listing, told
from accord.report.plan_document.places import CONTENTS, anchors, kind

TAGS: Final = {"en": "en-GB", "ja": "ja-JP", "zh": "zh-CN", "ko": "ko-KR"}  # what Word calls languages
EASTERN: Final = frozenset({"ja", "zh", "ko"})  # whose signs Word sets in the East Asian font
STYLES: Final = {"body": "BodyText", "note": "Note", "title": "Title", "subtitle": "Subtitle", "mast": "Mast"}
CHANGE_TAGS: Final = {"inserted": "ins", "deleted": "del"}
TEXT_WIDTH: Final = 9638  # of A4 between its margins, in twentieths of a point
MOST_TOGETHER: Final = 8  # lines of a cell that stay on one page
FIRST_FREE: Final = 4  # lists that begin to count anew have numbers of their own, after the styles' three
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can hold
RELATED: Final = (
    ("styles.xml", "styles.xml", CONTENT_TYPE.WML_STYLES, RELATIONSHIP_TYPE.STYLES),
    ("numbering.xml", "numbering.xml.jinja", CONTENT_TYPE.WML_NUMBERING, RELATIONSHIP_TYPE.NUMBERING),
    ("settings.xml", "settings.xml", CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS),
    ("fontTable.xml", "fontTable.xml", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE),
)
"""The parts beside the text: their names, templates, content types and relationships."""


def docx_bytes(document: Document) -> bytes:
    """A document as a Word file; a comparison's changes are tracked changes by 'Accord', dated with the opening.

    Names no author, embeds no font, holds no macro and no time but the opening's. The same bytes on any machine:
    the parts are stored, not compressed, since compression differs between versions of its library.
    """
    footer = "rId1"
    places = {
        "document": document,
        "date": instant_text(document.opens),
        "next_id": count(1).__next__,
        "numbered": _numbered(document),
        "anchor": anchors(document),
        "footer": footer,
        "contents": CONTENTS,
    }
    main = _part("/word/document.xml", CONTENT_TYPE.WML_DOCUMENT_MAIN, "document.xml.jinja", places)
    main.load_rel(
        RELATIONSHIP_TYPE.FOOTER,
        _part("/word/footer1.xml", CONTENT_TYPE.WML_FOOTER, "footer.xml.jinja", places),
        footer,
    )
    for name, template, content_type, relationship in RELATED:
        main.relate_to(_part(f"/word/{name}", content_type, template, places), relationship)
    package = OpcPackage()
    package.relate_to(main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    core = _part("/docProps/core.xml", CONTENT_TYPE.OPC_CORE_PROPERTIES, "core.xml.jinja", places)
    package.relate_to(core, RELATIONSHIP_TYPE.CORE_PROPERTIES)
    return _timeless(package)


def _part(name: str, content_type: str, template: str, places: Mapping[str, Any]) -> Part:
    return Part(PackURI(name), content_type, _environment().get_template(template).render(**places).encode())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report.plan_document"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        tags=TAGS,
        eastern=EASTERN,
        styles=STYLES,
        kind=kind,
        told=told,
        columns=_columns,
        long=_long,
        change_tags=CHANGE_TAGS,
    )
    return environment


def _long(cells: Sequence[Line]) -> bool:
    """Whether a row is so high that it may go on on the next page."""
    return any(told(cell).count("\n") > MOST_TOGETHER for cell in cells)


def _columns(shares: Sequence[int]) -> tuple[int, ...]:
    """The widths of a table's columns, in twentieths of a point."""
    return tuple(TEXT_WIDTH * share // sum(shares) for share in shares)


def _numbered(document: Document) -> dict[tuple[str, bool], int]:
    """The number of each list that counts, by its key and whether it is deleted: each begins anew."""
    lists = (one for one in document.blocks if isinstance(one, Listing) and one.kind == "numbers")
    return {(one.key, one.change == "deleted"): FIRST_FREE + number for number, one in enumerate(lists)}


def _timeless(package: OpcPackage) -> bytes:
    """A package as a ZIP whose entries carry no time and are stored."""
    written, timeless = io.BytesIO(), io.BytesIO()
    package.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(timeless, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH), source.read(name))
    return timeless.getvalue()
