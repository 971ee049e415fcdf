"""A letter in one language: its head, its words, and the blocks below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from accord.call.values import Partner
from accord.plan.model import Plan, Side
from accord.plan.money import amount_text
from accord.plan.practice import Letter
from accord.report.letters.outcomes import Outcome
from accord.report.letters.reasons import reasons
from accord.report.letters.scores import comments, scores
from accord.report.letters.voice import LetterVoice, letter_messages
from accord.report.letters.wording import Wording, paragraphs
from accord.report.plan_document.blocks import Block, Item, Line, Listing, Run
from accord.report.plan_document.voice import speaks

BETWEEN: Final = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a letter is made from: the plan, one outcome, the plan's letter where it has one, and a Side's wording."""

    plan: Plan
    outcome: Outcome
    letter: Letter | None
    wording: Wording

    @property
    def coordinator(self) -> Partner:
        """The partner to whom the letter goes."""
        return next(one for one in self.outcome.proposal.partners if one.role == "coordinator")

    @property
    def sides(self) -> tuple[Side, ...]:
        """The Sides that the proposal has partners on, in the plan's order."""
        here = {one.side for one in self.outcome.proposal.partners}
        return tuple(side for side in self.plan.side if side.id in here)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stands in one language's letter: its head line by line, and the blocks below. A date may be empty."""

    language: str
    call: Line
    sides: Line
    addressee: tuple[Line, ...]
    reference: Line
    date: Line
    subject: Line
    notes: tuple[Line, ...]
    body: tuple[Block, ...]


def content(matter: Matter, language: str, day: date | None, notes: Sequence[str]) -> Content:
    """A letter in one language; `notes` are the keys of what stands out at its head, say that it is a draft."""
    voice = LetterVoice(language, matter.plan)
    proposal, call = voice.code(matter.outcome.proposal.id), voice.code(matter.plan.call.id)
    sides = [line for side in matter.sides for line in (voice.plain(BETWEEN), _signatory(voice, side))]
    return Content(
        language=language,
        call=voice.text(matter.plan.call.title),
        sides=tuple(run for line in sides[1:] for run in line),
        addressee=tuple(_addressee(voice, matter.coordinator)),
        reference=voice.say("letter.reference", proposal=proposal, call=call),
        date=() if day is None else voice.plain(voice.date(day)),
        subject=voice.say(f"letter.{matter.outcome.kind}"),
        notes=tuple(voice.say(f"letter.{note}") for note in notes),
        body=tuple(_body(voice, matter)),
    )


def _signatory(voice: LetterVoice, side: Side) -> Line:
    return voice.say("letter.side", side=voice.side(side.id), signatory=voice.text(side.signatory))


def _addressee(voice: LetterVoice, partner: Partner) -> Iterator[Line]:
    yield voice.name(partner.organisation)
    if partner.department is not None:
        yield voice.name(partner.department)
    yield voice.joined(voice.name(one) for one in (partner.city, partner.country) if one is not None)
    named = [one for one in partner.investigators if one.name is not None]
    leads = [one for one in named if one.lead] or named
    if leads:
        names = voice.joined(voice.name(one.name or "") for one in leads)
        yield voice.say("letter.attention", names=names)


def _body(voice: LetterVoice, matter: Matter) -> Iterator[Block]:
    yield _words(voice, matter)
    yield voice.paragraph("indicative", voice.say("letter.indicative"), "note")
    yield from reasons(voice, matter.plan, matter.outcome)
    yield from _amounts(voice, matter)
    letter = matter.letter
    yield from scores(voice, matter.plan, matter.outcome, shown=letter is not None and letter.scores)
    if letter is not None and letter.comments:
        yield from comments(voice, matter.plan, matter.outcome)
    yield from _redress(voice, matter)
    yield from _contacts(voice, matter)


def _words(voice: LetterVoice, matter: Matter) -> Listing:
    """The letter's words: a Side's own in this language, else the plan's, else ours."""
    tag, text, marked = voice.language, letter_messages(voice.language)[f"text.{matter.outcome.kind}"], False
    own = matter.wording.texts.get(matter.outcome.kind, {})
    if voice.language in own:
        text = own[voice.language]
    elif matter.letter is not None:
        told, prevailing = matter.letter.text, matter.plan.call.prevailing_language
        spoken = sorted((one for one in told if speaks(one, voice.language)), key=len)
        tag = next(iter([*spoken, *(one for one in (prevailing,) if one in told), *sorted(told)]))
        text, marked = told[tag], not spoken
    lines = paragraphs(text, tag, _values(voice, matter))
    if marked and lines:
        lines[-1] += voice.say("sign.fallback", language=voice.language_name(tag))
    items = tuple(Item(key=str(number), line=line) for number, line in enumerate(lines))
    return Listing(key=voice.key("text"), language=voice.language, kind="text", items=items)


def _values(voice: LetterVoice, matter: Matter) -> dict[str, Line]:
    """What placeholders stand for; each is in `wording.PLACEHOLDERS`."""
    plan, proposal, coordinator = matter.plan, matter.outcome.proposal, matter.coordinator
    side = plan.side_of(coordinator.side)
    topic = next((voice.text(one.title) for one in plan.topic if one.id == proposal.topic), ())
    return {
        "call": voice.text(plan.call.title),
        "call_id": (Run(plan.call.id, voice.language),),
        "proposal": (Run(proposal.id, voice.language),),
        "title": voice.name(proposal.title),
        "topic": topic,
        "organisation": voice.name(coordinator.organisation),
        "side": (Run(side.id, voice.language),),
        "signatory": voice.text(side.signatory),
        "managed_by": () if side.managed_by is None else voice.text(side.managed_by),
        "programme": voice.name(side.programme),
    }


def _amounts(voice: LetterVoice, matter: Matter) -> Iterator[Block]:
    """Each Side's amounts of this proposal, in its own unit; nothing is added up over Sides."""
    outcome = matter.outcome

    def amount(side: Side, minor: int) -> Line:
        if minor == 0:
            return voice.say("letter.nothing")
        return voice.amount(amount_text(minor, side.unit), side)

    recommended = outcome.recommended
    head = [voice.say("letter.party"), voice.say("letter.requested")]
    rows: dict[str, list[Line]] = {}
    for side in matter.sides:
        rows[side.id] = [_signatory(voice, side), amount(side, outcome.proposal.requested(side))]
        if recommended is not None:
            rows[side.id].append(amount(side, recommended.get(side.id, 0)))
    if recommended is not None:
        head.append(voice.say("letter.recommended"))
    caption = voice.say("letter.amounts" if recommended is None else "letter.amounts-recommended")
    yield voice.table("amounts", caption, head, (44, 28, 28)[: len(head)], rows)


def _redress(voice: LetterVoice, matter: Matter) -> Iterator[Block]:
    yield voice.heading("redress", voice.say("letter.redress"), 1, numbered=False)
    results = matter.plan.results
    redress = {} if results is None else results.redress
    lines = {
        side.id: voice.say(
            "letter.redress-side",
            side=voice.side(side.id),
            days=voice.count("days", redress[side.id].days),
            scope=voice.name(redress[side.id].scope),
        )
        for side in matter.sides
        if side.id in redress
    }
    if lines:
        yield voice.bullets("redress/sides", lines)
    else:
        yield voice.paragraph("redress/none", voice.say("letter.no-redress"))


def _contacts(voice: LetterVoice, matter: Matter) -> Iterator[Block]:
    lines = {}
    for side in matter.sides:
        contact = side.contact
        if contact is not None:
            told = [voice.name(one) for one in (contact.name, contact.email, contact.url) if one is not None]
            lines[side.id] = voice.say("letter.contact-side", side=voice.side(side.id), who=voice.joined(told))
    if lines:
        yield voice.heading("contact", voice.say("letter.contact"), 1, numbered=False)
        yield voice.bullets("contact/sides", lines)
