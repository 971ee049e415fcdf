"""The experts' work as the report shows it: the assignment, its loads, what stood, conflicts, reviews left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accord.methods.conflicts import Conflict
from accord.pipeline.steps import AssignedPair, LeftOut, StoodFinding
from accord.pipeline.walk import Walk
from accord.report.figures import decimal, percent

NOT_TAKEN: Final = {
    "forced": "this pair is forced",
    "floor": "below the least affinity that fairness allows",
    "draw": "of equal worth, the draw decided",
    "full": "has all the reviews that the expert can take",
    "quota": "the Side's least number of experts",
    "price": "brings less here, all prices counted",
}
CONFLICTS: Final = {
    "own-proposal": "takes part in it",
    "declared": "declared",
    "excluded-by-applicants": "excluded by the applicants",
    "same-organisation": "same organisation",
    "coauthor": "wrote together",
}
FINDINGS: Final = {
    "conflict": "in conflict",
    "load": "too many reviews",
    "side-quota": "too few experts of a Side",
    "number-of-experts": "another number of experts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many experts have so many reviews; `part` of the most frequent number, for the bar."""

    reviews: int
    experts: int
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An assigned pair, and why the next best expert does not stand in its place."""

    proposal: str
    expert: str
    side: str | None
    affinity: str
    next_choice: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The assignment that the reviews show, beside the computed one; differences are computed minus stood."""

    pairs: int
    pairs_of_ineligible: int
    total: str
    gain: str | None
    findings: tuple[tuple[str, StoodFinding], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The computed assignment."""

    infeasible: tuple[str, ...]
    pairs: tuple[Pair, ...]
    total: str
    mean: str | None
    worst: str | None
    proven: bool
    unique: bool
    loads: tuple[Load, ...]
    stood: Stood | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How many conflicts of a kind there are."""

    name: str
    number: int


def assignment(walk: Walk) -> Assignment:
    """The computed assignment in figures, with its loads, and the comparison with what stood."""
    result = walk.assignment.result
    side_of = {expert.id: expert.side for expert in walk.inputs.call.experts}
    worst = min((pair.affinity for pair in result.pairs), default=None)
    return Assignment(
        infeasible=result.infeasible,
        pairs=tuple(_pair(pair, side_of) for pair in result.pairs),
        total=decimal(result.total),
        mean=decimal(result.total // len(result.pairs), 3) if result.pairs else None,
        worst=None if worst is None else decimal(worst, 3),
        proven=result.certificate is not None,
        unique=result.unique,
        loads=_loads(walk),
        stood=_stood(walk),
    )


def _pair(pair: AssignedPair, side_of: Mapping[str, str | None]) -> Pair:
    near = None if pair.next_affinity is None else decimal(pair.next_affinity, 3)
    return Pair(
        proposal=pair.proposal,
        expert=pair.expert,
        side=side_of[pair.expert],
        affinity=decimal(pair.affinity, 3),
        next_choice=None if pair.next_choice is None else f"{pair.next_choice} ({near})",
        why=None if pair.why is None else NOT_TAKEN.get(pair.why, pair.why),
    )


def _loads(walk: Walk) -> tuple[Load, ...]:
    result = walk.assignment.result
    of_expert = Counter(pair.expert for pair in result.pairs)
    experts = Counter(of_expert[expert] for expert in result.experts)
    most = max(experts.values(), default=0)
    return tuple(
        Load(reviews=reviews, experts=experts[reviews], part=percent(experts[reviews], most))
        for reviews in range(max(experts, default=-1) + 1)
    )


def _stood(walk: Walk) -> Stood | None:
    stood = walk.assignment.result.stood
    if stood is None:
        return None
    return Stood(
        pairs=stood.pairs,
        pairs_of_ineligible=stood.pairs_of_ineligible,
        total=decimal(stood.total),
        gain=None if stood.gain is None else decimal(stood.gain),
        findings=tuple((FINDINGS[finding.kind], finding) for finding in stood.findings),
    )


def conflict_kinds(found: tuple[Conflict, ...]) -> tuple[Kind, ...]:
    """How many conflicts of each kind were found, none included."""
    number: Counter[str] = Counter(one.kind for one in found)
    return tuple(Kind(name=name, number=number[kind]) for kind, name in CONFLICTS.items())


def left_out(rows: tuple[LeftOut, ...]) -> tuple[Kind, ...]:
    """How many reviews do not count, by why."""
    number = Counter(row.kind for row in rows)
    return (
        Kind(name="of an expert in conflict", number=number["conflict"]),
        Kind(name="of a proposal that is not eligible", number=number["not-eligible"]),
    )
