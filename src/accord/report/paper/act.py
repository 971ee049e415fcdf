"""The page of an act that is signed on paper: what it is about, the exact text, and a box for each signatory."""

from __future__ import annotations

from typing import Final

from accord.acts.paper import Box, OnPaper
from accord.plan.model import Plan
from accord.report.paper.press import Sheet, compiled
from accord.report.plan_document.blocks import Run

TEMPLATE: Final = """\
#import "theme.typ": *
#let template(told) = {
  title(told.title)
  for one in told.call { par(text(lang: one.lang, one.text)) }
  for one in told.meaning { par(text(lang: one.lang, one.text)) }
  heading(level: 1)[What is signed · 署名の対象]
  for line in told.lines { block(spacing: 0.7em, text(font: mono, size: 7.4pt, breakable(line))) }
  for (number, page) in told.pages.enumerate() {
    pagebreak()
    heading(level: 1)[Signatures · 署名]
    for (row, one) in page.enumerate() {
      place(top + left, dy: (told.first + row * told.row) * 1pt, block(
        width: 100%, height: (told.row - 14) * 1pt, stroke: (top: 0.4pt + rule), inset: (top: 6pt),
        block(width: 46%, [#strong(one.side) \\ #one.signatory]),
      ))
    }
  }
}
"""
MEANING: Final = {
    "en": """\
Whoever signs in the box that bears its name signs, for its Side, the act that is named here, on the file with this \
SHA-256 and on no other. It states no obligation of a Side beyond the instrument.""",
    "ja": """\
各署名者は、自らの名の欄に署名することにより、その側のために、ここに記す行為に、下記の SHA-256 を持つファイルについて\
のみ署名する。本書は、覚書等の定めを超える義務を生じさせるものではない。""",
}
A_PAGE: Final = 7
FIRST, ROW, HEIGHT = 42, 84, 60  # points from the top of the text to the first row; of a row; of its box
PAGE_HEIGHT, LEFT, TOP, WIDTH = 842, 68, 77, 459  # A4 with the theme's margins, in points
NAMES: Final = {
    "plan": "Partnership Plan", "adjustment": "Adjustment", "closing-extension": "Extension of the closing instant",
    "lottery-commitment": "Commitment to a secret", "lottery-reveal": "Reveal of a secret",
    "recommendation": "Joint funding recommendation", "award-decision": "Award decision",
    "key-rotation": "Rotation of a key", "key-revocation": "Revocation of a key",
}  # fmt: skip


def act_pdf(plan: Plan, paper: OnPaper) -> tuple[bytes, tuple[Box, ...]]:
    """The page as a PDF/UA-1, and where each signatory's box is; `accord.acts.pdf.prepared` puts the fields there.

    The same act gives the same bytes. Raises PaperUnavailable without the extra `accord[pdf]`.
    """
    heading = f"{NAMES[paper.kind]} {paper.number}"
    pages = [paper.signers[at : at + A_PAGE] for at in range(0, len(paper.signers), A_PAGE)]
    sheet = Sheet(
        title=f"{heading} · {paper.call}",
        subject=f"{paper.kind} {paper.number} of {paper.call}, sha256 {paper.subject}",
        language="en",
        head=(Run(f"{heading} · {paper.call}", "en"),),
        footer=(Run(f"Accord · {paper.call} · SHA-256 ", "en"), Run(paper.subject, "en", "code")),
        date=plan.timeline.closes,
    )
    data = {
        "title": heading,
        "call": [{"lang": tag.partition("-")[0], "text": text} for tag, text in plan.call.title.items()],
        "meaning": [{"lang": tag, "text": text} for tag, text in MEANING.items()],
        "lines": paper.text.splitlines(),
        "pages": [[{"side": one.side, "signatory": one.signatory} for one in page] for page in pages],
        "first": FIRST,
        "row": ROW,
    }
    content = compiled(TEMPLATE, data, sheet)
    boxes = [_box(number - len(pages), row) for number, page in enumerate(pages) for row in range(len(page))]
    return content, tuple(boxes)


def _box(page: int, row: int) -> Box:
    """The right half of a row; pages are counted from the last one back."""
    top = PAGE_HEIGHT - TOP - FIRST - row * ROW - 6
    return Box(page, (LEFT + WIDTH // 2, top - HEIGHT, LEFT + WIDTH, top))
