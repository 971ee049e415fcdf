"""What a plan document closes with: the keys that people execute, and the block for signatures in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from accord.plan.model import Side
from accord.plan.practice import Signatory
from accord.report.plan_document.blocks import Block, Heading, Line, Paragraph, Row, Table, told
from accord.report.plan_document.voice import Voice, unique


def recorded(voice: Voice) -> Iterator[Block]:
    """The keys that are recorded and not executed, as the plan names them."""
    keys = voice.plan.recorded_only
    yield voice.heading("recorded", voice.say("recorded.heading"), numbered=False)
    if not keys:
        yield voice.paragraph("recorded/nothing", voice.say("recorded.nothing"))
        return
    yield voice.paragraph("recorded/what", voice.say("recorded.what"))
    yield voice.bullets("recorded/keys", {name: voice.code(one) for name, one in zip(unique(keys), keys, strict=True)})


def beside(voices: Sequence[Voice], saying: Callable[[Voice], Line]) -> Line:
    """What each language says, beside each other; once where they say the same."""
    return voices[0].joined(_each(voices, saying), "sign.beside")


def signing(voices: Sequence[Voice], digest: str) -> Iterator[Block]:
    """The signature block: each Side, who signs for it and by which way; once for the whole document."""
    first = voices[0]
    language = first.language
    yield Heading(
        key="signing",
        language=language,
        level=1,
        line=said(voices, "signing.heading"),
        new_page=True,
    )
    for voice in voices:
        line = voice.say("signing.what", digest=voice.code(digest))
        yield Paragraph(key=f"signing/what/{voice.language}", language=voice.language, line=line)
    yield Table(
        key="signing/table",
        language=language,
        caption=said(voices, "signing.caption"),
        head=tuple(_stacked(voices, f"signing.{name}") for name in ("side", "who", "way", "place")),
        rows=tuple(row for side in first.plan.side for row in _rows(voices, side)),
        shares=(22, 32, 16, 30),
        tall=True,
    )


def said(voices: Sequence[Voice], key: str) -> Line:
    """A sentence of the software in each language, beside each other."""
    return beside(voices, lambda voice: voice.say(key))


def _stacked(voices: Sequence[Voice], key: str) -> Line:
    """A sentence of the software in each language, a line each."""
    return voices[0].stacked(_each(voices, lambda voice: voice.say(key)))


def _rows(voices: Sequence[Voice], side: Side) -> Iterator[Row]:
    first = voices[0]
    name = first.stacked([first.side(side.id), *_each(voices, lambda voice: voice.text(side.signatory))])
    if not side.signatories:
        yield Row(key=side.id, cells=(name, _stacked(voices, "signing.unnamed"), (), ()))
    for key, one in zip(unique(f"{side.id}/{each.name}" for each in side.signatories), side.signatories, strict=True):
        who = first.stacked(_who(voices, side, one))
        yield Row(key=key, cells=(name, who, _stacked(voices, f"signing.{one.way}"), ()))


def _each(voices: Sequence[Voice], saying: Callable[[Voice], Line]) -> Iterator[Line]:
    """What each language says, a line each; once where they say the same."""
    seen: set[str] = set()
    for voice in voices:
        line = saying(voice)
        text = told(line)
        if text not in seen:
            seen.add(text)
            yield line


def _who(voices: Sequence[Voice], side: Side, signatory: Signatory) -> Iterator[Line]:
    first = voices[0]
    yield first.name(signatory.name)
    office = signatory.office
    if office is not None:
        yield from _each(voices, lambda voice: voice.text(office))
    zone, since, until = side.timezone, signatory.valid_from, signatory.valid_until
    if since is not None:
        yield beside(voices, lambda voice: voice.say("signing.valid_from", when=voice.when(since, zone)))
    if until is not None:
        yield beside(voices, lambda voice: voice.say("signing.valid_until", when=voice.when(until, zone)))
    key, delegation = signatory.public_key, signatory.delegation
    if key is not None:
        yield beside(voices, lambda voice: voice.say("signing.public_key", key=voice.code(key)))
    if delegation is not None:
        yield beside(voices, lambda voice: voice.say("signing.delegation", text=voice.name(delegation)))
