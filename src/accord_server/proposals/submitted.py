"""What is submitted: the bytes that stay, what the log says of them, and what they say when they are read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accord.call.tables import as_rows
from accord.call.values import Proposal as Value
from accord.record.canonical import Json, canonical
from accord_server.proposals.models import Document, Proposal

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One document of a submitted proposal: which question it answers, its name, its digest and size."""

    question: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A submitted proposal, as its bytes tell it."""

    proposal: Value
    answers: Mapping[str, str]
    documents: tuple[Attached, ...]
    number: int
    reference: str

    @classmethod
    def of(cls, content: bytes) -> Submitted:
        """The submitted proposal that bytes hold; they were written here, so an error is the machine's."""
        told = json.loads(content)
        return cls(
            proposal=Value.model_validate_json(json.dumps(told["proposal"])),
            answers=told["answers"],
            documents=tuple(Attached(**one) for one in told["documents"]),
            number=told["number"],
            reference=told["reference"],
        )


def content_of(
    row: Proposal, value: Value, answers: Mapping[str, str], found: Iterable[Document], *, call: str, plan: str
) -> bytes:
    """A submitted proposal as canonical JSON: the library's value, the form's answers, the documents' digests."""
    documents: list[Json] = [
        {"name": one.name, "question": one.question, "sha256": one.digest, "size": one.size} for one in found
    ]
    told: dict[str, Json] = {
        "accord_proposal": VERSION,
        "answers": dict(answers),
        "call": call,
        "documents": documents,
        "number": row.submitted_number,
        "plan": plan,
        "proposal": as_rows([value])[0],
        "reference": row.reference,
    }
    return canonical(told)


def leaf_of(subject: UUID, reference: str, number: int, sha256: str, documents: Iterable[str]) -> bytes:
    """What the log's entry speaks of: which proposal, how often submitted, the digests of its bytes and documents."""
    told: dict[str, Json] = {
        "documents": sorted(documents),
        "number": number,
        "proposal": str(subject),
        "reference": reference,
        "sha256": sha256,
    }
    return canonical(told)
