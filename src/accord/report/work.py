"""The experts' work as the report shows it: the assignment, its loads, what stood, conflicts, reviews left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, get_args

from accord.call.values import Expert
from accord.methods.conflicts import Conflict, Kind
from accord.pipeline.disclosure_view import View
from accord.pipeline.steps import AssignedPair, LeftOut, StoodFinding
from accord.pipeline.walk import Walk
from accord.report.figures import decimal, percent
from accord.report.language import Words
from accord.report.retold import evidence, kind_and_evidence, retold
from accord.report.texts import Worded

KINDS_OF_CONFLICT: Final[tuple[str, ...]] = get_args(Kind)
KINDS_LEFT_OUT: Final = ("conflict", "not-eligible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many experts have so many reviews; `part` of the most frequent number, for the bar."""

    reviews: int
    experts: int
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An assigned pair, and why the next best expert does not stand in its place; None is held back."""

    proposal: str
    expert: str
    side: str | None
    affinity: str | None
    next_choice: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where the assignment that stood does not meet the plan: what kind of thing, about whom, what was found."""

    kind: str
    proposal: str | None
    expert: str | None
    found: Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The assignment that the reviews show, beside the computed one; differences are computed minus stood."""

    pairs: int
    pairs_of_ineligible: int
    total: str
    gain: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The computed assignment; `proven` is the fairness that it is proven to be best by, None where it is not.

    Without a `total` the reader sees pairs alone: affinities tell who an expert is.
    """

    infeasible: tuple[Worded, ...]
    pairs: tuple[Pair, ...]
    total: str | None
    mean: str | None
    worst: str | None
    proven: str | None
    unique: bool
    stood: Stood | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing about a pair that must not meet or is not counted: its kind by key, and what was found."""

    proposal: str
    expert: str
    kind: str
    found: Worded


def assignment(walk: Walk, say: Words, view: View | None = None) -> Assignment:
    """The computed assignment in figures, and the comparison with what stood; for one reader, what `view` lets out."""
    result = walk.assignment.result
    whole = view is None or view.shows("experts", "assignment", "not-funded")
    side_of = {expert.id: expert.side for expert in walk.inputs.call.experts}
    worst = min((pair.affinity for pair in result.pairs), default=None)
    return Assignment(
        infeasible=tuple(retold("lacks", line, say) for line in result.infeasible),
        pairs=tuple(_pair(pair, side_of, say, view) for pair in result.pairs),
        total=decimal(result.total) if whole else None,
        mean=decimal(result.total // len(result.pairs), 3) if result.pairs and whole else None,
        worst=None if worst is None or not whole else decimal(worst, 3),
        proven=None if result.certificate is None else walk.inputs.call.plan.plan.review.fairness,
        unique=result.unique or not whole,
        stood=_stood(walk, say),
    )


def _pair(pair: AssignedPair, side_of: Mapping[str, str | None], say: Words, view: View | None) -> Pair:
    near = None if pair.next_affinity is None else decimal(pair.next_affinity, 3)
    return Pair(
        proposal=pair.proposal,
        expert=pair.expert,
        side=side_of[pair.expert],
        affinity=decimal(pair.affinity, 3) if _is_told(view, pair.expert, "experts") else None,
        next_choice=None if pair.next_choice is None else f"{pair.next_choice} ({near})",
        why=None if pair.why is None else say(f"not-taken.{pair.why}"),
    )


def _is_told(view: View | None, expert: str, matter: str) -> bool:
    """Whether a matter of an expert, by name or by pseudonym, is told. No own expert has another's pseudonym."""
    return view is None or view.shows(matter) or view.of_expert(expert, matter)


def _stood(walk: Walk, say: Words) -> Stood | None:
    stood = walk.assignment.result.stood
    if stood is None:
        return None
    return Stood(
        pairs=stood.pairs,
        pairs_of_ineligible=stood.pairs_of_ineligible,
        total=decimal(stood.total),
        gain=None if stood.gain is None else f"{'+' if stood.gain >= 0 else ''}{decimal(stood.gain)}",
        findings=tuple(_finding(one, say) for one in stood.findings),
    )


def _finding(one: StoodFinding, say: Words) -> Finding:
    if one.kind == "conflict":
        found, kind = kind_and_evidence(one.found, say), "conflict"
    else:
        found = retold(f"stood.{one.kind}", one.found, say)
        kind = "load-few" if one.kind == "load" and "at least" in one.found else one.kind
    return Finding(kind=say(f"finding.{kind}"), proposal=one.proposal, expert=one.expert, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLoad:
    """An expert's reviews: those that can be taken, that the computed assignment gives, and that were given.

    None where it is held back.
    """

    expert: str
    side: str | None
    can_take: int | None
    assigned: int | None
    given: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLoad:
    """The experts of one Side, or of none, and their reviews in the computed assignment; None where it is held back."""

    side: str | None
    experts: int
    can_take: int | None
    assigned: int | None
    mean: str | None
    most: int | None
    without: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """The experts' loads: how many have how many reviews, by Side, and one by one, the greatest first.

    There is no histogram where some loads are held back.
    """

    histogram: tuple[Load, ...]
    by_side: tuple[SideLoad, ...]
    experts: tuple[ExpertLoad, ...]


def loads(walk: Walk, view: View | None = None) -> Loads:
    """Every expert's load in the computed assignment, beside what each can take and the reviews given.

    For one reader, what `view` lets out.
    """
    call, result = walk.inputs.call, walk.assignment.result
    assigned = Counter(pair.expert for pair in result.pairs)
    given = Counter(expert for _, expert in {(score.proposal, score.expert) for score in call.reviews or ()})
    most = call.plan.plan.review.max_load
    every = [
        ExpertLoad(
            expert=one.id,
            side=one.side,
            can_take=_can_take(one, most) if _is_told(view, one.id, "experts") else None,
            assigned=assigned[one.id] if _is_told(view, one.id, "assignment") else None,
            given=given[one.id] if _is_told(view, one.id, "scores") else None,
        )
        for one in call.experts
    ]
    of_side = {name: [one for one in every if one.side == name] for name in (*call.plan.plan.sides, None)}
    known = [one.assigned for one in every if one.assigned is not None]
    number = Counter(known if len(known) == len(every) else [])
    frequent = max(number.values(), default=0)
    return Loads(
        histogram=tuple(
            Load(reviews=reviews, experts=number[reviews], part=percent(number[reviews], frequent))
            for reviews in range(max(number, default=-1) + 1)
        ),
        by_side=tuple(_of_side(name, among) for name, among in of_side.items() if among or name is not None),
        experts=tuple(sorted(every, key=lambda one: (-(one.assigned or 0), one.expert))),
    )


def _can_take(expert: Expert, most: int) -> int:
    return most if expert.max_load is None else expert.max_load


def _of_side(name: str | None, among: list[ExpertLoad]) -> SideLoad:
    loads = _known([one.assigned for one in among])
    can_take = _known([one.can_take for one in among])
    return SideLoad(
        side=name,
        experts=len(among),
        can_take=None if can_take is None else sum(can_take),
        assigned=None if loads is None else sum(loads),
        mean=None if loads is None else f"{Decimal(sum(loads)) / max(len(loads), 1):.1f}",
        most=None if loads is None else max(loads, default=0),
        without=None if loads is None else loads.count(0),
    )


def _known(figures: Sequence[int | None]) -> list[int] | None:
    """The figures where every one of them is known."""
    known = [one for one in figures if one is not None]
    return known if len(known) == len(figures) else None


def conflicts(found: tuple[Conflict, ...], say: Words) -> tuple[Told, ...]:
    """Every conflict with its evidence in the page's language; evidence that is held back is empty."""
    return tuple(
        Told(
            proposal=one.proposal,
            expert=one.expert,
            kind=one.kind,
            found=evidence(one.kind, one.evidence, say) if one.evidence else _withheld(say),
        )
        for one in found
    )


def left_out(rows: tuple[LeftOut, ...], say: Words) -> tuple[Told, ...]:
    """Every review that does not count, with its reason in the page's language; one that is held back is empty."""
    return tuple(
        Told(
            proposal=row.proposal,
            expert=row.expert,
            kind=row.kind,
            found=kind_and_evidence(row.reason, say) if row.reason else _withheld(say),
        )
        for row in rows
    )


def _withheld(say: Words) -> Worded:
    return Worded(tag=None, text=say("page.withheld"))


def counted_kinds(found: tuple[Told, ...], kinds: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """How many there are of each kind, none included."""
    number = Counter(one.kind for one in found)
    return tuple((kind, number[kind]) for kind in kinds)
