"""A draft's fields as the library's proposal, and everything that keeps it from being one, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from accord.call.agreement import disagreements
from accord.call.tables import Table
from accord.call.values import Proposal
from accord.errors import field_path
from accord.plan.model import Plan
from accord.plan.reading import explained, findings_of
from accord.plan.types import Block
from accord_server.proposals.answering import missing_answers
from accord_server.proposals.fields import Fields, investigator_keys, partner_keys
from accord_server.proposals.lacks import Lack

SHARED: Final = ("title", "abstract", "topic")
OF_PARTNER: Final = ("side", "role", "organisation", "country", "city", "ror", "department", "requested", "overhead")
WHOLE: Final = re.compile(r"[0-9]{1,4}")
PLACE: Final = re.compile(r"^partners\[([0-9]+)\](?:\.investigators\[([0-9]+)\])?\.?(.*)$")
YES: Final = frozenset({"true", "on", "yes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What a draft amounts to: the proposal where its fields make one, what is lacking, and the other fields."""

    proposal: Proposal | None
    lacks: tuple[Lack, ...]
    answers: dict[str, str]
    """What is no part of the library's proposal: the form's answers by their path, and the numbers of a Side's own
    system by the place of their partner and investigator in the proposal, from 1: `partners/1/investigators/2/erad`."""


def assembled(plan: Plan, reference: str, fields: Fields, attached: frozenset[str]) -> Assembled:
    """A draft as a proposal under a reference; `attached` are the questions that a document answers."""
    row = _row(plan, reference, fields)
    answers = {path: text for path, text in fields.items() if path.startswith("answers/")} | _numbers(fields)
    lacks = list(missing_answers(plan, fields, attached))
    proposal = None
    try:
        proposal = Proposal.model_validate_json(json.dumps(row))
        lacks += _disagreements(plan, proposal, fields)
    except ValidationError as error:
        lacks += _not_a_proposal(error, row, fields)
    lacks.sort(key=lambda one: one.path)
    return Assembled(proposal=None if lacks else proposal, lacks=tuple(lacks), answers=answers)


def _row(plan: Plan, reference: str, fields: Fields) -> dict[str, Any]:
    units = {side.id: side.unit for side in plan.side}
    row: dict[str, Any] = {"id": reference, "abstract": "", "partners": []}
    row |= {name: fields[name] for name in SHARED if name in fields}
    if plan.call.mode == "coordinated":
        row["joint_reference"] = reference
    months = fields.get("duration_months")
    if months is not None:
        row["duration_months"] = int(months) if WHOLE.fullmatch(months) else months
    if "excluded_experts" in fields:
        row["excluded_experts"] = fields["excluded_experts"].replace(",", " ").split()
    for key in partner_keys(fields):
        partner: dict[str, Any] = {"requested": "0"}
        partner |= {name: fields[path] for name in OF_PARTNER if (path := f"partners/{key}/{name}") in fields}
        partner["unit"] = units.get(partner.get("side", ""), "?")
        partner["investigators"] = [
            _investigator(reference, key, who, fields) for who in investigator_keys(fields, key)
        ]
        row["partners"].append(partner)
    return row


def _numbers(fields: Fields) -> dict[str, str]:
    found = {}
    for place, key in enumerate(partner_keys(fields), start=1):
        found[f"partners/{place}/erad"] = fields.get(f"partners/{key}/erad", "")
        for other, who in enumerate(investigator_keys(fields, key), start=1):
            number = fields.get(f"partners/{key}/investigators/{who}/erad", "")
            found[f"partners/{place}/investigators/{other}/erad"] = number
    return {path: number for path, number in found.items() if number}


def _investigator(reference: str, partner: str, key: str, fields: Fields) -> dict[str, Any]:
    told = {
        name: fields.get(f"partners/{partner}/investigators/{key}/{name}", "") for name in ("name", "orcid", "lead")
    }
    found: dict[str, Any] = {"id": told["orcid"].rpartition("/")[2] or f"{reference}.{key}"}
    found |= {name: told[name] for name in ("name", "orcid") if told[name]}
    return found | ({"lead": True} if told["lead"].lower() in YES else {})


def _not_a_proposal(error: ValidationError, row: Mapping[str, Any], fields: Fields) -> Iterator[Lack]:
    for finding in findings_of(error):
        location, found, expected = explained(finding, Proposal, row)
        yield Lack(path=_path(field_path(location), fields), kind=finding["type"], found=found, expected=expected)


def _disagreements(plan: Plan, proposal: Proposal, fields: Fields) -> Iterator[Lack]:
    table: Table[Block] = Table("proposals", (proposal,), (1,), "", ())
    for one in disagreements(plan, {"proposals": table}):
        if one.severity == "error":
            yield Lack(path=_path(one.field, fields), kind="plan", found=one.found, expected=one.expected)


def _path(place: str, fields: Fields) -> str:
    """A place in the library's value as the path of the draft's field."""
    found = PLACE.match(place)
    if found is None:
        return place.split("[", maxsplit=1)[0]
    partner = partner_keys(fields)[int(found[1])]
    if found[2] is None:
        return f"partners/{partner}/{found[3]}".removesuffix("/")
    who = investigator_keys(fields, partner)[int(found[2])]
    return f"partners/{partner}/investigators/{who}/{found[3]}".removesuffix("/")


def fields_of(proposal: Proposal) -> dict[str, str]:
    """A proposal of the library as the fields of a draft."""
    found = {"title": proposal.title, "abstract": proposal.abstract, "topic": proposal.topic}
    found["duration_months"] = str(proposal.duration_months)
    found["excluded_experts"] = " ".join(proposal.excluded_experts)
    for number, partner in enumerate(proposal.partners, start=1):
        place = f"partners/p{number:03d}"
        told = partner.model_dump(mode="json", include=set(OF_PARTNER), exclude_none=True)
        found |= {f"{place}/{name}": str(value) for name, value in told.items()}
        for other, who in enumerate(partner.investigators, start=1):
            person = f"{place}/investigators/p{other:03d}"
            found |= {f"{person}/name": who.name or "", f"{person}/orcid": who.orcid or ""}
            found[f"{person}/lead"] = "true" if who.lead else ""
    return {path: text for path, text in found.items() if text}
