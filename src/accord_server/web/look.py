"""The report's own style, as the pages of the site use it too: one look, told in one place."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.http import HttpResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from accord_server.web.asking import Asked

STYLES: Final = ("report.css.jinja", "page.css.jinja", "status.css.jinja")
HOUR: Final = 3600


@cache
def style() -> str:
    """The style sheets of the report and of the plan's document."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("accord.report"), PackageLoader("accord.report.plan_document")]),
        autoescape=False,  # noqa: S701  a style sheet of our own, without a word of anybody else's
        undefined=StrictUndefined,
    )
    return "\n".join(environment.get_template(name).render(sides=(), printed="Accord") for name in STYLES)


def look(_request: Asked) -> HttpResponse:
    """The style sheet that reports and pages share."""
    return HttpResponse(style(), content_type="text/css; charset=utf-8", headers={"Cache-Control": f"max-age={HOUR}"})
