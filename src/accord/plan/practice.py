"""What practice needs in a plan beyond the walk: blocks with a model, named now, so that every Side can sign them.

Each is optional. Those that the software does not execute yet are marked so in `accord.plan.model`, and it
says 'recorded, not executed' wherever it meets one.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from accord.plan.types import (
    Amount,
    Block,
    Count,
    Duration,
    Instant,
    Key,
    Name,
    Number,
    Positive,
    Share,
    Text,
)

type_of_list = Field(strict=False)  # TOML has arrays where the frozen value has a tuple


class Scale(Block):
    """The marks that an expert can give: from `min` to `max` in steps of `step`."""

    min: Number
    max: Number
    step: Number


class Criterion(Block):
    """What a proposal is judged by. `sides` limits it to the Sides that judge by it; else it is everybody's."""

    id: Key
    title: Text | None = None
    scale: Scale
    weight: Number = Field(gt=0)
    threshold: Number | None = None
    sides: Annotated[tuple[Key, ...], type_of_list] | None = Field(default=None, json_schema_extra={"executed": False})


class Stage(Block):
    """A stage before the full proposal, say a pre-proposal, with its own criteria and how many advance."""

    id: Key
    title: Text | None = None
    opens: Instant | None = None
    closes: Instant
    criterion: Annotated[tuple[Criterion, ...], type_of_list] = ()
    advance: Positive | None = None
    advance_factor: Number | None = None  # as many as can be paid, times this


class TopicBudget(Block):
    """A part of a Side's budget that only one topic may use, with a list of its own."""

    topic: Key
    amount: Amount


class YearBudget(Block):
    """The part of a Side's budget that falls in one fiscal year, which begins on `begins`."""

    begins: date
    amount: Amount


class FundingRate(Block):
    """The part of a partner's cost that a Side pays, by kind of organisation."""

    organisation: Name
    rate: Share


class PreCheck(Block):
    """A check that a Side makes before review: security, export control, ethics, national eligibility."""

    id: Key
    title: Text
    by: Instant | None = None


class Signatory(Block):
    """Who signs for a Side, with the public key or the delegation that makes the signature count."""

    name: Name
    office: Text | None = None
    way: Literal["key", "pdf", "own-act"] = "key"
    public_key: Name | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    delegation: Name | None = None


class Contact(Block):
    """Where applicants ask a Side."""

    name: Name
    email: Name | None = None
    url: Name | None = None


class Interview(Block):
    """Interviews of the best proposals before the panel."""

    on: Instant
    invited: Positive | None = None
    minutes: Positive | None = None


class Rebuttal(Block):
    """The applicants' answer to the reviews before the panel meets."""

    opens: Instant
    closes: Instant
    max_words: Positive | None = None


class Question(Block):
    """One question of the form."""

    id: Key
    title: Text
    kind: Literal["text", "number", "choice", "file", "yes-no"] = "text"
    required: bool = True
    max_words: Positive | None = None
    choices: Annotated[tuple[Text, ...], type_of_list] = ()
    sides: Annotated[tuple[Key, ...], type_of_list] | None = None


class FormSection(Block):
    """A section of the form that applicants fill in."""

    id: Key
    title: Text
    max_pages: Positive | None = None
    question: Annotated[tuple[Question, ...], type_of_list] = ()


class Gate(Block):
    """An instant at which every Side must have come as far, before any may go on."""

    id: Key
    title: Text
    at: Instant
    sides: Annotated[tuple[Key, ...], type_of_list] | None = None


class Letter(Block):
    """A letter to coordinators, in the words that the Sides agreed on."""

    id: Key
    to: Literal["funded", "reserve", "not-funded", "ineligible"]
    text: Text
    scores: bool = False
    comments: bool = False


class Sealing(Block):
    """Who may open proposals, and from when."""

    opens_to: Annotated[tuple[Literal["secretariat", "officers", "experts"], ...], type_of_list] = ("officers",)
    after: Literal["closing", "eligibility"] = "closing"


class LotteryDates(Block):
    """When every Side has committed to its secret, when it has revealed it, and what follows if one does not."""

    commit_by: Instant
    reveal_by: Instant
    fallback: Literal["restart", "refuse"] = "refuse"


class TopUp(Block):
    """What a Side may add to its budget in the meeting, at most."""

    side: Key
    max: Amount


class ReducedVersion(Block):
    """Whether a proposal may be funded in part, and what that costs its merit, in points of the total.

    Without a penalty reduced versions are for the meeting alone: the computed selection considers none.
    """

    drop_partner: bool = False
    max_cut: Share | None = None
    penalty: Number | None = Field(default=None, ge=0)


class DataProtection(Block):
    """Who answers for personal data, and by which law, by Side."""

    controller: dict[Key, Name] = Field(default={})
    law: dict[Key, Name] = Field(default={})
    contact: Name | None = None


class Redress(Block):
    """How long, and on what, an applicant can ask a Side to look again."""

    days: Count
    scope: Name


class Results(Block):
    """What the public reads of each funded proposal, and which redress each Side offers."""

    redress: dict[Key, Redress] = Field(default={}, json_schema_extra={"executed": False})
    publish: Annotated[tuple[Literal["title", "abstract", "partners", "topic", "amounts"], ...], type_of_list] = ()


SideMatter = Literal[
    "title",
    "abstract",
    "topic",
    "partners",
    "investigators",
    "amounts",
    "experts",
    "assignment",
    "conflicts",
    "scores",
    "comments",
    "totals",
    "ranks",
    "list",
    "reasons",
    "lottery",
    "not-funded",
]
ApplicantMatter = Literal["totals", "ranks", "list", "reasons"]


class Disclosure(Block):
    """What a reader is let see beyond the own: one Side of the others, applicants of how their proposal fared.

    What the public reads stands in `results.publish`, and whether applicants read scores and comments in `letter`.
    """

    side: Annotated[tuple[SideMatter, ...], type_of_list] = (
        "title",
        "abstract",
        "topic",
        "partners",
        "amounts",
        "assignment",
        "scores",
        "totals",
        "ranks",
        "list",
        "reasons",
        "lottery",
        "not-funded",
    )
    applicants: Annotated[tuple[ApplicantMatter, ...], type_of_list] = ()


class Retention(Block):
    """How long the Sides keep what they received."""

    funded: Duration
    not_funded: Duration
    personal: Duration | None = None


class Twins(Block):
    """How two Sides' submissions of one project are recognised, where each keeps its own intake."""

    key: Literal["joint_reference", "acronym"] = "joint_reference"  # the field that both halves carry
    compare: Annotated[
        tuple[Literal["title", "topic", "duration_months", "partners", "amounts"], ...], type_of_list
    ] = ("title", "topic", "duration_months", "partners", "amounts")


class Log(Block):
    """The call's log: its origin, the key of the host that signs its heads, and the key by which each Side witnesses.

    Keys are lines as C2SP signed-note writes them: `example.org/host+1a2b3c4d+AX…`. `tsa` names, for a Side that has
    a time-stamping authority, the SHA-256 of its certificate: `sha256:…`.
    """

    origin: Name
    host: Name
    witness: dict[Key, Name]
    tsa: dict[Key, Name] = Field(default={})
