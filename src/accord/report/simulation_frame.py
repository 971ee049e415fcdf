"""What the pages of a simulation and of a balance share: where their templates are filled."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from accord.report.texts import printable


@cache
def environment(language: str) -> Environment:
    """Templates in one language; nothing undefined, nothing unescaped."""
    found = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    grouped: Callable[[int], str] = "{:,}".format
    found.filters["grouped"] = grouped
    found.globals["page_language"] = language
    return found
