"""A plan document as one HTML page that needs nothing else, in the report's look; changes as <ins> and <del>."""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from accord.report.plan_document.blocks import Document, Heading, told
from accord.report.plan_document.places import CONTENTS, anchors, kind


def html_bytes(document: Document) -> bytes:
    """A document as an HTML page in UTF-8: no script, no network, no clock; the same document gives the same bytes."""
    headings = [one for one in document.blocks if isinstance(one, Heading)]
    text = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            document=document,
            page_language=document.languages[0],
            contents=next(one for one in headings if one.key == CONTENTS),
            anchor=anchors(document),
            printed=document.subject,
            sides=(),  # the report's style asks how many columns its tables have
        )
    )
    return text.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("accord.report.plan_document"), PackageLoader("accord.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(kind=kind, told=told)
    return environment
