"""What a person has to look at in the halves of a coordinated call, as values, text, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

from accord.call.tables import csv_text

Kind = Literal["no-reference", "no-twin", "near-miss", "two-halves", "two-stories", "not-comparable"]

HEADINGS: Final[Mapping[Kind, str]] = {
    "no-reference": "Halves without a reference, not among the proposals",
    "two-halves": "Two halves of one Side with one reference, not among the proposals",
    "no-twin": "Halves without a twin, among the proposals with what is there",
    "near-miss": "References that differ in one sign, not linked",
    "two-stories": "Twins that tell two stories",
    "not-comparable": "Not comparable, for a person to read",
}
COLUMNS: Final = ("kind", "reference", "sides", "field", "values", "says")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a person has to look at in the halves.

    | kind | sides | field | values |
    |---|---|---|---|
    | no-reference | whose half it is | the plan's key | the half's number |
    | two-halves | whose halves they are | `number` | their numbers |
    | no-twin | the Sides that lack their half | | the halves there, as `JP 2026-017` |
    | near-miss | two Sides | the plan's key | the reference of each |
    | two-stories, not-comparable | the Sides that tell it | what is compared | what each says |

    In the fields `partners` and `amounts` the first Side speaks of the others: the first value is what it says,
    the second what they have.
    """

    kind: Kind
    reference: str
    sides: tuple[str, ...]
    field: str
    values: tuple[str, ...]

    @property
    def says(self) -> str:
        """The finding as a sentence."""
        first, others = self.sides[0], ", ".join(self.sides[1:])
        if self.kind == "no-reference":
            return f"{first} {self.values[0]} has no {self.field}"
        if self.kind == "two-halves":
            return f"{self.reference}: {first} has {', '.join(self.values)}"
        if self.kind == "no-twin":
            return f"{self.reference}: no half of {', '.join(self.sides)}; there is {', '.join(self.values)}"
        if self.kind == "near-miss":
            return f"{first} has {self.values[0]}: did you mean {self.values[1]} of {others}?"
        if self.field in {"partners", "amounts"}:
            return f"{self.reference} {self.field}: {first} says {self.values[0]}, {others} has {self.values[1]}"
        said = ", ".join(f"{side} says {value}" for side, value in zip(self.sides, self.values, strict=True))
        return f"{self.reference} {self.field}: {said}"


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by kind as the headings are, then by reference and field."""
    kinds = list(HEADINGS)
    return tuple(
        sorted(findings, key=lambda one: (kinds.index(one.kind), one.reference, one.field, one.sides, one.values))
    )


def findings_text(findings: Sequence[Finding]) -> str:
    """The findings as lines under the heading of their kind, for people."""
    lines: list[str] = []
    for kind, heading in HEADINGS.items():
        told = [finding.says for finding in findings if finding.kind == kind]
        if told:
            lines += [f"{heading} ({len(told)})", *(f"  {one}" for one in told)]
    return "\n".join([*(lines or ["Every half has its twin, and no two tell two stories."]), ""])


def findings_csv(findings: Sequence[Finding]) -> str:
    """The findings as CSV, one a row, for a spreadsheet; several Sides or values in one cell are parted by ` | `."""
    rows = [
        {
            **{name: getattr(one, name) for name in ("kind", "reference", "field", "says")},
            "sides": " | ".join(one.sides),
            "values": " | ".join(one.values),
        }
        for one in findings
    ]
    return csv_text(rows, COLUMNS)


def findings_json(findings: Sequence[Finding]) -> str:
    """The findings as a JSON array of objects, for programs."""
    return json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=2) + "\n"
