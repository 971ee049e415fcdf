"""A call's plan as its pages show it: the library's own texts and drawings, without what a strict policy forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from accord.plan.load import SignedPlan, parse_plan
from accord.report.language import Words, words
from accord.report.plan_document.blocks import Block, Heading, Listing, Run
from accord.report.plan_document.document import plan_document
from accord.report.plan_document.html_page import html_bytes
from accord.report.plan_document.places import CONTENTS
from accord.report.sides import SideView
from accord.report.status import plan_sides, timeline_html
from accord.report.status_words import MESSAGES

INLINE_STYLE: Final = re.compile(r' style="[^"]*"')
KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A plan in one language: its title, its Sides, the timeline's tracks and the whole derived text, as HTML."""

    signed: SignedPlan
    title: str
    title_language: str
    sides: tuple[SideView, ...]
    topics: tuple[tuple[str, str], ...]
    timeline: SafeString
    text: SafeString


@lru_cache(maxsize=KEPT)
def parsed(content: bytes) -> SignedPlan:
    """A plan from its exact bytes, kept: every page of a call asks it."""
    return parse_plan(content)


@lru_cache(maxsize=KEPT)
def plan_page(content: bytes, language: str) -> PlanPage:
    """What the pages in one language say of a plan; the same bytes give the same page."""
    signed = parsed(content)
    plan = signed.plan
    say: Words = words(language, MESSAGES)
    title = say.text(plan.call.title, plan.call.prevailing_language)
    return PlanPage(
        signed=signed,
        title=title.text,
        title_language=title.tag or language,
        sides=plan_sides(plan, None, say),
        topics=tuple((one.id, say.text(one.title, plan.call.prevailing_language).text) for one in plan.topic),
        timeline=_tracks(signed, language),
        text=_text(signed, language),
    )


def _tracks(signed: SignedPlan, language: str) -> SafeString:
    """The drawing of the instants and its table, without the checks against holidays, which are for officers."""
    drawn = inside(timeline_html(signed, language), "main").partition("<h3>")[0]
    return mark_safe(f"{drawn}</section>")  # noqa: S308


def _text(signed: SignedPlan, language: str) -> SafeString:
    """The half of the plan's document that is in a language, under its contents."""
    document = plan_document(signed)
    mine = f"{language}/"
    blocks: list[Block] = []
    for one in document.blocks:
        if isinstance(one, Heading) and one.key == CONTENTS:
            blocks.append(replace(one, line=tuple(run for run in one.line if _spoken(run, language)) or one.line))
        elif isinstance(one, Listing) and one.key == f"{CONTENTS}/list":
            items = tuple(item for item in one.items if item.level == 2 and (item.target or "").startswith(mine))
            blocks.append(replace(one, items=items))
        elif one.key.startswith(mine) and one.key not in {f"{mine}half", f"{mine}title"}:
            blocks.append(one)
    spoken = (language, *(other for other in document.languages if other != language))
    return inside(html_bytes(replace(document, languages=spoken, blocks=tuple(blocks))), "article")


def _spoken(run: Run, language: str) -> bool:
    """Whether a run of a heading in both languages is in one, and no sign between them."""
    return run.language == language and any(sign.isalnum() for sign in run.text)


def inside(page: bytes, tag: str) -> SafeString:
    """What stands in an element of one of the library's pages, which escapes all that people wrote."""
    _, _, after = page.decode().partition(f"<{tag}>")
    return mark_safe(INLINE_STYLE.sub("", after.partition(f"</{tag}>")[0]))  # noqa: S308
