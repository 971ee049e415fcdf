"""What templates call: instants in the reader's zone, a Side's label, this page in the other language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.plan.money import minor_units
from accord.report.language import words
from accord.report.sides import COLOURS, PATTERNS, SideView
from accord_server.access.states import Role

register = template.Library()
UTC_ZONE: Final = "UTC"


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], at: datetime) -> SafeString:
    """An instant in the reader's zone; in UTC until their browser told which that is."""
    request = context.get("request")
    zone = getattr(request, "zone", None) or UTC_ZONE
    told = words(_language(), {}).instant(at, zone)
    return format_html('<time datetime="{}">{}</time>', at.astimezone(UTC).isoformat(), told)


@register.simple_tag
def there(at: datetime, zone: str) -> str:
    """An instant in a Side's own zone."""
    return words(_language(), {}).instant(at, zone)


@register.simple_tag
def role(key: str) -> str:
    """A role in a call, in words."""
    told = {
        Role.SIDE_OFFICER: _("officer of a Side"),
        Role.SECRETARIAT: _("secretariat"),
        Role.APPLICANT: _("applicant"),
        Role.EXPERT: _("expert"),
        Role.CHAIR: _("panel chair"),
        Role.OBSERVER: _("observer"),
    }
    return told[Role(key)]


@register.simple_tag
def money(amount: str, unit: str) -> str:
    """An amount in its unit, as people of the page's language write it."""
    return words(_language(), {}).amount(minor_units(amount, unit), unit)


@register.simple_tag
def side_label(side: SideView) -> SafeString:
    """A Side's name in its colour and pattern."""
    return format_html(
        '<span class="side s{} p{}"><i aria-hidden="true"></i>{}</span>', side.colour, side.pattern, side.id
    )


@register.simple_tag
def side_of(key: str, sides: tuple[str, ...]) -> SafeString:
    """The label of a Side by its identifier, among those of its plan in order."""
    number = sides.index(key) if key in sides else 0
    return format_html(
        '<span class="side s{} p{}"><i aria-hidden="true"></i>{}</span>',
        number % COLOURS + 1,
        number // COLOURS % PATTERNS,
        key,
    )


@register.simple_tag(takes_context=True)
def elsewhere(context: dict[str, Any]) -> list[dict[str, str]]:
    """The same page in the other languages: tag, name and address."""
    request = context.get("request")
    here = request.get_full_path() if request is not None and request.method == "GET" else "/"
    return [
        {"tag": tag, "name": name, "address": translate_url(here, tag) if here != "/" else f"/{tag}/"}
        for tag, name in settings.LANGUAGES
        if tag != get_language()
    ]


def _language() -> str:
    return "ja" if get_language() == "ja" else "en"
