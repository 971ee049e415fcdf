"""What the interface takes and gives, as OpenAPI describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from accord_server.api.problems import Problem

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,63}$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=100_000)]
Path = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]

REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 503), Problem)


class Strict(Schema):
    """What a request has: a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class StatusOut(Schema):
    """That the site answers, and which it is."""

    name: str
    version: str
    time: datetime


class CallOut(Schema):
    """A call, as its plan in force has it."""

    id: UUID
    key: str
    origin: str
    state: str
    opens: datetime
    closes: datetime
    plan_number: int
    plan_sha256: str
    title: dict[str, str]
    sides: list[str]


class CallsOut(Schema):
    """Calls, the latest opening first."""

    calls: list[CallOut]


class InstantOut(Schema):
    """An instant of the plan: its place there, whom it concerns, and its title, if any."""

    key: str
    kind: str
    at: datetime
    sides: list[str]
    title: dict[str, str] | None


class TimelineOut(Schema):
    """The instants of a call's plan, the earliest first."""

    instants: list[InstantOut]


class BegunOut(Schema):
    """A draft that was begun."""

    proposal: UUID
    reference: str
    version: int


class DocumentOut(Schema):
    """A document of a draft."""

    question: str
    name: str
    sha256: str
    size: int


class ProposalOut(Schema):
    """A proposal in a list."""

    proposal: UUID
    call: UUID
    reference: str
    state: str
    title: str
    version: int
    submitted_number: int
    submitted_at: datetime | None


class ProposalsOut(Schema):
    """The proposals that one takes part in."""

    proposals: list[ProposalOut]


class DraftOut(ProposalOut):
    """A proposal with its draft: every field, the texts in conflict, the documents."""

    fields: dict[str, str]
    conflicts: dict[str, list[str]]
    documents: list[DocumentOut]


class SaveIn(Strict):
    """Fields that change, from the version that they were changed from."""

    base: Annotated[int, Field(ge=0, le=2_147_483_647)]
    fields: dict[Path, Text] = Field(default_factory=dict)
    removed: list[Path] = Field(default_factory=list)
    settled: list[Path] = Field(default_factory=list)


class SavedOut(Schema):
    """The draft after a save."""

    version: int
    fields: dict[str, str]
    conflicts: dict[str, list[str]]
    new_conflicts: list[str]


class AttachedOut(Schema):
    """A document that was attached."""

    document: UUID
    name: str
    sha256: str
    size: int


class SubmitIn(Strict):
    """The version of the draft that is submitted, and the last fields, if any."""

    base: Annotated[int, Field(ge=0, le=2_147_483_647)]
    fields: dict[Path, Text] = Field(default_factory=dict)


class SubmittedOut(Schema):
    """What was submitted: rows, files and leaf are on disk."""

    proposal: UUID
    reference: str
    number: int
    sha256: str
    submitted_at: str
    entry: str
    eligible: dict[str, bool]
    repeated: bool


class WithdrawnOut(Schema):
    """What was withdrawn."""

    proposal: UUID


class ReceiptOut(Schema):
    """A receipt: `proof` is the file that `accord receipt verify` takes."""

    reference: str
    number: int
    submitted_at: datetime
    proof: str
    leaf: str
    salt: str


class JobOut(Schema):
    """A piece of background work that one asked for."""

    job: UUID
    name: str
    state: str
    attempts: int
    done_steps: int
    all_steps: int
    asked_at: datetime
    ended_at: datetime | None


class JobsOut(Schema):
    """Background work, the latest first."""

    jobs: list[JobOut]
