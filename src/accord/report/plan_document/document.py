"""The plan as a document: every section in both languages, the prevailing one first, then the signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.report.language import LANGUAGES
from accord.report.plan_document import afterwards, annex, applying, closing, deciding, judging, opening
from accord.report.plan_document.blocks import (
    Block,
    Document,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    Row,
    Table,
    told,
)
from accord.report.plan_document.changes import compare
from accord.report.plan_document.keys import ChangedKey, Stated, changed_keys
from accord.report.plan_document.places import CONTENTS
from accord.report.plan_document.voice import Voice, speaks

SECTIONS: Final = (
    opening.call,
    opening.sides,
    opening.topics,
    opening.timeline,
    applying.applying,
    applying.form,
    applying.stages,
    judging.evaluation,
    deciding.ranking_and_selection,
    afterwards.results,
    afterwards.disclosure,
    afterwards.retention,
    afterwards.log,
)


def plan_document(signed: SignedPlan) -> Document:
    """A plan as a document: the call text and every Side's annex, in English and Japanese, nothing but the plan's.

    The prevailing language stands first and is marked. A text that the plan lacks in a language stands in the
    prevailing one, marked. Raises InvalidInput where an amount is not whole in its Side's unit.
    """
    plan = signed.plan
    voices = _voices(plan)
    halves = {voice.language: tuple(_half(voice)) for voice in voices}
    signatures = tuple(closing.signing(voices, signed.digest))
    targets = [
        *(block for half in halves.values() for block in half if isinstance(block, Heading) and block.level < 3),
        *(block for block in signatures if isinstance(block, Heading)),
    ]
    first = voices[0]
    blocks = (
        *_cover(voices, signed.digest),
        Heading(
            key=CONTENTS,
            language=first.language,
            level=1,
            line=closing.said(voices, "document.contents"),
        ),
        Listing(
            key=f"{CONTENTS}/list",
            language=first.language,
            kind="contents",
            items=tuple(Item(key=one.key, line=one.line, target=one.key, level=one.level) for one in targets),
        ),
        *(block for half in halves.values() for block in half),
        *signatures,
    )
    footer = (*first.plain("Accord · "), *first.code(plan.call.id), *first.plain(" · SHA-256 "))
    return Document(
        title=told(first.text(plan.call.title)),
        subject=f"Partnership Plan {plan.call.id}, SHA-256 {signed.digest}",
        languages=tuple(voice.language for voice in voices),
        opens=plan.timeline.opens,
        footer=(*footer, *first.code(signed.digest)),
        blocks=blocks,
    )


def _voices(plan: Plan) -> tuple[Voice, ...]:
    prevailing = plan.call.prevailing_language
    return tuple(
        Voice(language, plan) for language in sorted(LANGUAGES, key=lambda language: not speaks(prevailing, language))
    )


def _cover(voices: Sequence[Voice], digest: str) -> Iterator[Block]:
    first = voices[0]
    plan = first.plan
    prevailing = plan.call.prevailing_language
    yield Paragraph(
        key="mast",
        language=first.language,
        line=closing.beside(voices, lambda voice: voice.say("document.mast", id=plan.call.id, format=plan.accord)),
        style="mast",
    )
    yield first.paragraph("title", first.text(plan.call.title), "title")
    for voice in voices[1:]:
        if told(voice.text(plan.call.title)) != told(first.text(plan.call.title)):
            yield voice.paragraph("title", voice.text(plan.call.title), "subtitle")
    for voice in voices:
        yield voice.paragraph("derived", voice.say("document.derived", digest=voice.code(digest)))
        spoken = any(speaks(prevailing, one.language) for one in voices)
        key = "document.prevails" if spoken else "document.prevails_elsewhere"
        yield voice.paragraph("prevails", voice.say(key, language=voice.language_name(prevailing)), "note")


def _half(voice: Voice) -> Iterator[Block]:
    plan = voice.plan
    prevails = speaks(plan.call.prevailing_language, voice.language)
    title = voice.say("document.half_prevailing" if prevails else "document.half")
    yield voice.heading("half", title, 1, new_page=True)
    for section in SECTIONS:
        yield from section(voice)
    for side in plan.side:
        yield from annex.annex(voice, side)
    yield from closing.recorded(voice)


def changed_document(old: SignedPlan, new: SignedPlan) -> Document:
    """The new plan as a document with every change from the old one marked, after a list of the keys that changed."""
    return compare(plan_document(old), plan_document(new), tuple(_front(old, new)))


def _front(old: SignedPlan, new: SignedPlan) -> Iterator[Block]:
    voices = _voices(new.plan)
    language = voices[0].language
    keys = changed_keys(old.plan, new.plan)
    heading = closing.said(voices, "changes.heading")
    yield Heading(key="changes", language=language, level=1, line=heading)
    for voice in voices:
        digests = {"old": voice.code(old.digest), "new": voice.code(new.digest)}
        said = [voice.say("changes.versions", **digests)]
        if old.digest == new.digest:
            said.append(voice.say("changes.nothing"))
        else:
            said.append(voice.say("changes.how" if keys else "changes.no_key"))
        for number, line in enumerate(said):
            yield voice.paragraph(f"changes/{number}", line)
    if keys:
        yield Table(
            key="changes/table",
            language=language,
            caption=closing.said(voices, "changes.caption"),
            head=tuple(closing.said(voices, f"changes.{name}") for name in ("path", "before", "after")),
            rows=tuple(_changed(voices, one) for one in keys),
            shares=(34, 33, 33),
        )


def _changed(voices: Sequence[Voice], one: ChangedKey) -> Row:
    path = voices[0].code(one.path)
    if one.order:
        path = closing.beside(voices, lambda voice: voice.say("changes.order", path=voice.code(one.path)))
    cells = (path, _stated(voices, one.before), _stated(voices, one.after))
    return Row(key=f"{one.path}{'/order' if one.order else ''}", cells=cells)


def _stated(voices: Sequence[Voice], value: Stated) -> Line:
    if value.text is not None:
        return voices[0].name(value.text)
    default = value.default
    if default is not None:
        return closing.beside(voices, lambda voice: voice.say("changes.by_default", value=voice.name(default)))
    return closing.said(voices, "changes.not_stated")
