"""The report's templates in one language, with its words and the marks that they need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from accord.pipeline.disclosure_view import View
from accord.report.language import LANGUAGES, Words, report_words
from accord.report.texts import printable

MOST_UNFOLDED: Final = 6  # Sides whose names leave room for the rest of the first screen
MOST_CRITERIA: Final = 4  # so many columns of scores have room on a phone; more scroll


def rendered(template: str, say: Words, context: dict[str, Any]) -> bytes:
    """A page of the report's templates, as UTF-8."""
    return environment(say.language).get_template(template).render(**context).encode()


@cache
def environment(language: str) -> Environment:
    """Where every page is filled: nothing undefined, nothing unescaped. A page with words of its own brings its `t`."""
    found = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    say = report_words(language)
    grouped: Callable[[int], str] = "{:,}".format
    found.filters["grouped"] = grouped
    found.globals.update(
        t=say,
        told=lambda key, **values: _marked(say, key, values),
        gap="" if language == "ja" else " ",  # between two sentences
        page_language=language,
        most_criteria=MOST_CRITERIA,
        most_unfolded=MOST_UNFOLDED,
        other_language=next(one for one in LANGUAGES if one != language),
    )
    return found


def for_reader(view: View, say: Words) -> dict[str, Any]:
    """What a page needs to say for whom it is and what is held back."""
    reader = view.reader
    kind = "proposal" if reader.proposal is not None else reader.kind
    name = reader.proposal or reader.side or ""
    return {
        "view": view,
        "reader": "" if view.whole else say(f"page.reader-{kind}", name=name),
        "withheld": say.joined([say(f"matter.{matter}") for matter in view.withheld]),
    }


def _marked(say: Words, key: str, values: dict[str, Any]) -> Markup:
    """A message whose places may hold markup; the rest of them is escaped."""
    safe = {name: Markup.escape(value) if isinstance(value, str) else value for name, value in values.items()}
    return Markup(say.template(key, values.get("n", 1))).format(**safe)  # noqa: S704 - a message of the software
