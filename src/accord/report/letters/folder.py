"""The letters of a record as the files of a folder: a PDF a proposal, each from that proposal's outcome alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

from accord.errors import InvalidInput
from accord.pipeline.disclosure import view_for
from accord.pipeline.disclosure_view import ALL_SIDES, Reader
from accord.pipeline.minutes import Minutes
from accord.pipeline.reading import Record
from accord.pipeline.walk import Walk
from accord.plan.load import PLAN_FILE
from accord.plan.model import Plan
from accord.plan.practice import Letter
from accord.report.language import LANGUAGES
from accord.report.letters.content import Content, Matter, content
from accord.report.letters.outcomes import Kind, Outcome, outcomes
from accord.report.letters.voice import LetterVoice
from accord.report.letters.wording import TEMPLATE_FILE, Wording, check_texts
from accord.report.paper import Sheet, compiled
from accord.report.paper.setting import Ledger, Set, blocks_of, language_of, line_of
from accord.report.plan_document.blocks import Block, Line, Table, told
from accord.report.plan_document.voice import speaks

SHOWN: Final = 16  # signs of the second digest in a footer
OURS: Final = Wording()  # nothing replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Letters as files by name, how many there are by outcome, and why they are not to be sent where that is so."""

    files: Mapping[str, bytes]
    counts: Mapping[Kind, int]
    notes: tuple[str, ...]


def letters(
    record: Record,
    *,
    language: str | None = None,
    wording: Wording = OURS,
    side: str | None = None,
    day: date | None = None,
    minutes: Minutes | None = None,
    reader: Reader = ALL_SIDES,
) -> Letters:
    """A letter to the coordinator of every proposal of a record that has an outcome.

    A letter is in the coordinator's Side's language and in the prevailing one, as far as the software speaks them,
    or in `language` alone. `side` limits them to coordinators on that Side; `day` is the date that they bear, none
    where it is None. With the `minutes` of a meeting on this record they tell the selection under its changes. Where
    the plan has several letters to an outcome, each is a file. For the applicants of a proposal there is theirs
    alone; one Side has those to its own coordinators where it may read all that is in them; nobody else has any.
    Raises InvalidInput for an unknown Side or language, a reader who may have none, a placeholder in the plan's text
    that does not exist, or where there is no letter yet; Refused for applicants while the selection is provisional.
    """
    call = record.walk.inputs.call
    plan = call.plan.plan
    if language is not None and language not in LANGUAGES:
        raise InvalidInput(f"language: found {language!r}; letters speak {', '.join(LANGUAGES)}")
    if side is not None and side not in plan.sides:
        raise InvalidInput(f"side: found {side!r}; the plan has {', '.join(plan.sides)}")
    for one in plan.letter:
        check_texts(one.text, call.plan.content.decode(), PLAN_FILE)
    walk = record.walk if minutes is None else minutes.walk
    _may_have(reader, walk)
    notes = tuple(_notes(record))
    source = _Source(root=record.root, adjustments=None if minutes is None else minutes.digest)
    found: dict[str, bytes] = {}
    counts: dict[Kind, int] = {}
    names = _Names()
    for outcome in outcomes(walk):
        theirs = Matter(plan=plan, outcome=outcome, letter=None, wording=wording).coordinator.side
        if {side, reader.side} - {None, theirs} or reader.proposal not in {None, outcome.proposal.id}:
            continue
        spoken = (language,) if language is not None else letter_languages(plan, theirs)
        of_plan = [one for one in plan.letter if one.to == outcome.kind]
        for letter in of_plan or (None,):
            matter = Matter(plan=plan, outcome=outcome, letter=letter, wording=wording)
            contents = [content(matter, tag, day, () if outcome.kind == "ineligible" else notes) for tag in spoken]
            name = names.of(outcome, letter if len(of_plan) > 1 else None)
            found[name] = _paper(matter, contents, source, day)
        counts[outcome.kind] = counts.get(outcome.kind, 0) + 1
    if not found:
        raise InvalidInput("there is no letter to write: no selection yet, and no proposal that is not eligible")
    return Letters(files=found, counts=counts, notes=notes)


def _may_have(reader: Reader, walk: Walk) -> None:
    """Raise where a reader may have no letters, or a Side may not read what is in those to its coordinators."""
    if reader.kind == "sides":
        return
    if reader.kind == "public" or (reader.kind == "applicants" and reader.proposal is None):
        raise InvalidInput(f"for: {reader.name} have no letters; a letter is for the applicants of its proposal")
    view, plan = view_for(walk, reader), walk.inputs.call.plan.plan
    if reader.kind == "side":
        held = ["totals"] if any(one.scores for one in plan.letter) else []
        held += ["comments"] if any(one.comments for one in plan.letter) else []
        view.need("a letter", "title", "amounts", "reasons", *plan.disclosure.applicants, *held)


def letter_languages(plan: Plan, side: str) -> tuple[str, ...]:
    """The languages that fit a coordinator: the Side's and the prevailing one, else English."""
    tags = (plan.side_of(side).language, plan.call.prevailing_language)
    spoken = [language for tag in tags for language in LANGUAGES if speaks(tag, language)]
    return tuple(dict.fromkeys(spoken)) or (LANGUAGES[0],)


def _notes(record: Record) -> Iterator[str]:
    """Why letters are not to be sent."""
    walk = record.walk
    if walk.inputs.simulated is not None:
        yield "simulated"
    if walk.selection is not None and walk.selection.result.provisional is not None:
        yield "provisional"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a letter is made from, as its footer and its properties name it: both by digest."""

    root: str
    adjustments: str | None


class _Names:
    """File names that every system can hold and tell apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, outcome: Outcome, letter: Letter | None) -> str:
        """The name of a letter: its proposal's identifier, and the letter's where there are several."""
        stem = outcome.proposal.id if letter is None else f"{outcome.proposal.id}-{letter.id}"
        written = quote(stem, safe="+@")
        name, number = f"{written}.pdf", 2
        while name.casefold() in self._taken:
            name, number = f"{written}-{number}.pdf", number + 1
        self._taken.add(name.casefold())
        return name


def _paper(matter: Matter, contents: Sequence[Content], source: _Source, day: date | None) -> bytes:
    plan, proposal = matter.plan, matter.outcome.proposal
    voice = LetterVoice(contents[0].language, plan)
    footer = (*voice.plain("Accord · "), *voice.code(plan.call.id), *voice.plain(" · "), *voice.code(proposal.id))
    subject = voice.say("letter.subject", proposal=proposal.id, root=source.root)
    changed: Line = ()
    if source.adjustments is not None:
        changed = (*voice.plain(" + "), *voice.code(source.adjustments[:SHOWN]))
        subject += voice.say("letter.subject-adjusted", adjustments=source.adjustments)
    own = plan.timeline.recommendation_by or plan.timeline.closes
    sheet = Sheet(
        title=told(voice.say("letter.file", call=voice.text(plan.call.title), proposal=proposal.id)),
        subject=told(subject),
        language=voice.language,
        head=(*voice.code(proposal.id), *voice.plain(" · "), *voice.code(plan.call.id)),
        footer=(*footer, *voice.plain(" · SHA-256 "), *voice.code(source.root), *changed),
        date=own if day is None else datetime.combine(day, time(), UTC),
    )
    template = matter.wording.template
    if template is None:
        template = files("accord.report.letters").joinpath("templates", TEMPLATE_FILE).read_text(encoding="utf-8")
    data = {"letters": [_told(one, number) for number, one in enumerate(contents)], "outcome": matter.outcome.kind}
    return compiled(template, data, sheet, name=TEMPLATE_FILE, files=matter.wording.pictures)


def _told(one: Content, number: int) -> dict[str, Any]:
    def place(block: Block) -> str:
        return f"letter{number}-{block.key}"

    return {
        **language_of(one.language),
        "call": line_of(one.call),
        "sides": line_of(one.sides),
        "addressee": [line_of(line) for line in one.addressee],
        "reference": line_of(one.reference),
        "date": line_of(one.date),
        "subject": line_of(one.subject),
        "notes": [line_of(line) for line in one.notes],
        "body": blocks_of(map(_aligned, one.body), place),
    }


def _aligned(block: Block) -> Set:
    """A block; a table of amounts or scores with its figures to the right."""
    if not isinstance(block, Table):
        return block
    return Ledger(
        language=block.language,
        caption=block.caption,
        head=block.head,
        rows=tuple(row.cells for row in block.rows),
        shares=block.shares,
        points={},
        numbers=frozenset(range(1, len(block.head))),
    )
