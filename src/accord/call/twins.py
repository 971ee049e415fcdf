"""Linking: halves with one reference become a proposal; what has no twin or tells two stories is listed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

from accord.call.intake import Half, Intake, read_intake
from accord.call.intake_words import identifier, one_sign_apart, reference_key, same_words, script
from accord.call.tables import csv_text
from accord.call.values import Investigator, Partner, Proposal
from accord.errors import Problem, UnusableFolder
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.plan.model import Plan
from accord.plan.money import amount_text
from accord.plan.positions import Positions
from accord.plan.practice import Twins

Kind = Literal["no-reference", "no-twin", "near-miss", "two-halves", "two-stories", "not-comparable"]

HEADINGS: Final[Mapping[Kind, str]] = {
    "no-reference": "Without a reference: not among the proposals",
    "no-twin": "Without a twin",
    "near-miss": "References that differ in one sign, not linked",
    "two-halves": "Two halves of one Side with one reference: not among the proposals",
    "two-stories": "Twins that tell two stories",
    "not-comparable": "Not comparable, for a person to read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a person has to look at in the halves.

    | kind | sides | field | values |
    |---|---|---|---|
    | no-reference | whose half it is | the plan's key | the half's number |
    | no-twin | the Sides that lack their half | | the halves there, as `JP 2026-017` |
    | near-miss | two Sides | the plan's key | each one's reference |
    | two-halves | whose halves they are | number | their numbers |
    | two-stories, not-comparable | the Sides that tell it | what is compared | what each says |

    In field `partners` and `amounts` the first Side speaks of the second: first what it says, then what is there.
    """

    kind: Kind
    reference: str
    sides: tuple[str, ...]
    field: str
    values: tuple[str, ...]

    @property
    def says(self) -> str:
        """The finding as a sentence."""
        first, *others = self.sides
        match self.kind:
            case "no-reference":
                return f"{first} {self.values[0]} has no {self.field}"
            case "no-twin":
                return f"{self.reference}: no half of {', '.join(self.sides)}; there is {', '.join(self.values)}"
            case "near-miss":
                return f"{first} {self.values[0]}: did you mean {others[0]} {self.values[1]}?"
            case "two-halves":
                return f"{self.reference}: {first} has {', '.join(self.values)}"
        if self.field in {"partners", "amounts"}:
            told = f"{first} says {self.values[0]}, {', '.join(others)} has {self.values[1]}"
        else:
            told = ", ".join(f"{side} says {value}" for side, value in zip(self.sides, self.values, strict=True))
        return f"{self.reference} {self.field}: {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A coordinated call's proposals, and what a person has to look at.

    A half whose twin is missing is a proposal too, with what is there, so that eligibility tells each Side why
    it cannot be funded. `halves` and `left_out` count by Side; `sources` maps each file to its SHA-256.
    """

    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]
    halves: Mapping[str, int]
    left_out: Mapping[str, int]
    sources: Mapping[str, str]


def link(folder: Path) -> Linked:
    """The proposals of a coordinated call, from each Side's export in `folder/intake/<SIDE>/`.

    Halves are linked by the plan's key, whatever its case, width, dashes and spaces; a near miss is told, never
    linked. Raises UnusableFolder with every problem of the plan, the mapping files and the exports.
    """
    if not folder.is_dir():
        found = "it is no folder" if folder.exists() else "there is no such folder"
        raise UnusableFolder([Problem(file=str(folder), found=found, expected="name the folder of a call")])
    signed = load_plan(folder / PLAN_FILE)
    plan = signed.plan
    if plan.call.mode != "coordinated":
        line = Positions(signed.content.decode("utf-8-sig")).line_of(("call", "mode"))
        expected = 'only Sides that keep their own intake are linked: mode = "coordinated"'
        problem = Problem(file=PLAN_FILE, line=line, field="call.mode", found='found "single"', expected=expected)
        raise UnusableFolder([problem])
    problems = list(_strangers(folder / "intake", plan))
    intakes: list[Intake] = []
    for side in plan.side:
        try:
            intakes.append(read_intake(folder, plan, side))
        except UnusableFolder as error:
            problems.extend(error.problems)
    if problems:
        raise UnusableFolder(problems)
    return link_halves(signed, intakes)


def link_halves(signed: SignedPlan, intakes: Sequence[Intake]) -> Linked:
    """The proposals and findings in every Side's halves; raises UnusableFolder where a reference names no proposal."""
    plan = signed.plan
    groups = _grouped(plan, intakes)
    clear = [group for group in groups.values() if not group.doubled]
    problems = list(_unnamed(plan, clear))
    if problems:
        raise UnusableFolder(problems)
    findings = [
        *_without_reference(plan, intakes),
        *(finding for group in groups.values() for finding in group.findings(plan)),
        *_near_misses(plan, groups),
        *(finding for group in clear for finding in _stories(plan, group)),
    ]
    kinds = list(HEADINGS)
    sources = [pair for intake in intakes for pair in intake.sources]
    return Linked(
        proposals=tuple(sorted((_merged(plan, group) for group in clear), key=lambda one: one.id)),
        findings=tuple(sorted(findings, key=lambda one: (kinds.index(one.kind), one.reference, one.field, one.sides, one.values))),
        halves={intake.side: len(intake.halves) for intake in intakes},
        left_out={intake.side: len(intake.left_out) for intake in intakes},
        sources={PLAN_FILE: signed.digest, **dict(sources)},
    )
