"""A plan document on paper: a tagged PDF from the same blocks as the Word file and the page."""

from __future__ import annotations

from typing import Final

from accord.report.paper import Sheet, compiled
from accord.report.paper.setting import blocks_of
from accord.report.plan_document.blocks import Block, Document, Heading, Run
from accord.report.plan_document.places import CONTENTS, anchors

TEMPLATE: Final = """\
#import "theme.typ": *
#let template(told) = {
  blocks(told.front)
  if told.front.len() > 0 { pagebreak() }
  blocks(told.blocks)
}
"""


def pdf_bytes(document: Document) -> bytes:
    """A document as a PDF/UA-1, dated with the call's opening; the same document gives the same bytes.

    Raises PaperUnavailable where the extra `accord[pdf]` is not installed.
    """
    place = anchors(document)

    def named(block: Block) -> str:
        return place(block.key, block.change == "deleted")

    def outlined(heading: Heading) -> bool:
        return heading.level < 3 and heading.key != CONTENTS and heading.change != "deleted"

    sheet = Sheet(
        title=document.title,
        subject=document.subject,
        language=document.languages[0],
        head=(Run(document.title, document.languages[0]),),
        footer=document.footer,
        date=document.opens,
    )
    data = {
        "front": blocks_of(document.front, named, lambda _: False),
        "blocks": blocks_of(document.blocks, named, outlined),
    }
    return compiled(TEMPLATE, data, sheet)
