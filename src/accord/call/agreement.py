"""What the tables must agree on, with the plan and with each other: who exists, in which unit, on which scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TypeVar

from accord.call.tables import Table
from accord.call.values import (
    ConsensusScore,
    DeclaredConflict,
    Expert,
    LotteryCommitment,
    LotteryReveal,
    Proposal,
    Publication,
    Score,
)
from accord.errors import InvalidInput, Problem
from accord.plan.model import Plan
from accord.plan.money import minor_units
from accord.plan.practice import Criterion
from accord.plan.types import Block

Tables = Mapping[str, Table[Block]]
Row = TypeVar("Row", bound=Block)


def disagreements(plan: Plan, tables: Tables) -> Iterator[Problem]:
    """Everything in which a call's tables disagree with its plan or with each other."""
    for table in tables.values():
        if not table.rows and not table.problems and table.file.startswith(("proposals", "experts", "reviews")):
            yield Problem(file=table.file, found="it holds no row", expected="a call needs at least one")
        yield from _repeated(table)
    yield from _proposals(plan, tables)
    yield from _experts(plan, tables)
    yield from _scores(plan, tables)
    yield from _consensus(plan, tables)
    yield from _declared(plan, tables)
    yield from _lottery(plan, tables)


def _rows(tables: Tables, name: str, model: type[Row]) -> Iterator[tuple[Table[Block], int, Row]]:
    table = tables.get(name)
    if table is not None:
        for number, row in enumerate(table.rows):
            if isinstance(row, model):
                yield table, number, row


def _ids(tables: Tables, name: str) -> Container[str]:
    """The identifiers of a table; any name will do where the table has rows that could not be read."""
    if name not in tables:
        return frozenset()
    if any(problem.severity == "error" for problem in tables[name].problems):
        return _Anything()
    return frozenset(str(getattr(row, "id", "")) for row in tables[name].rows)


class _Anything:
    """Holds every name, so that one broken row does not make an error of every row that speaks of it."""

    def __contains__(self, name: object) -> bool:
        return True


def _repeated(table: Table[Block]) -> Iterator[Problem]:
    if not table.rows:
        return
    model = type(table.rows[0])
    of = identity(model)
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(table.rows):
        key = of(row)
        if key in first:
            found = f"{' '.join(key)} stands twice, first on line {table.lines[first[key]]}"
            yield table.problem(number, "id" if "id" in model.model_fields else "", found, "keep one of them")
        else:
            first[key] = number


def identity(model: type[Block]) -> Callable[[Block], tuple[str, ...]]:
    """What tells a model's rows apart: the id, or the proposal, expert, criterion and Side that a row speaks of."""
    names = ("id",) if "id" in model.model_fields else ("proposal", "expert", "criterion", "side")
    present = [name for name in names if name in model.model_fields]
    return lambda row: tuple(getattr(row, name) for name in present)


def _proposals(plan: Plan, tables: Tables) -> Iterator[Problem]:
    topics = [topic.id for topic in plan.topic]
    units = {side.id: side.unit for side in plan.side}
    experts = _ids(tables, "experts")
    for table, number, proposal in _rows(tables, "proposals", Proposal):
        if proposal.topic not in topics:
            yield table.problem(number, "topic", f"found {proposal.topic!r}", f"write one of {', '.join(topics)}")
        coordinators = sum(partner.role == "coordinator" for partner in proposal.partners)
        if coordinators != 1:
            yield table.problem(number, "partners", f"{coordinators} coordinators", "exactly one partner coordinates")
        for place, name in enumerate(proposal.excluded_experts):
            if name not in experts or name in proposal.excluded_experts[:place]:
                found = f"{name!r} stands twice" if name in proposal.excluded_experts[:place] else f"found {name!r}"
                where = f"excluded_experts[{place}]"
                yield table.problem(number, where, found, "no further expert is excluded by it", warning=True)
        for place, partner in enumerate(proposal.partners):
            field = f"partners[{place}]"
            yield from _twice(table, number, f"{field}.investigators", [who.id for who in partner.investigators])
            if partner.side not in units:
                expected = f"write one of {', '.join(units)}"
                yield table.problem(number, f"{field}.side", f"found {partner.side!r}", expected)
            elif partner.unit != units[partner.side]:
                expected = f"{partner.side} pays in {units[partner.side]}"
                yield table.problem(number, f"{field}.unit", f"found {partner.unit!r}", expected)
            else:
                try:
                    minor_units(partner.requested, partner.unit)
                except InvalidInput as error:
                    yield table.problem(number, f"{field}.requested", f"found {partner.requested!r}", str(error))


def _experts(plan: Plan, tables: Tables) -> Iterator[Problem]:
    publications = _ids(tables, "publications")
    if "publications" in tables and not tables["publications"].rows and not tables["publications"].problems:
        expected = "every affinity is zero without one"
        yield Problem(file=tables["publications"].file, found="it holds no row", expected=expected, severity="warning")
    for table, number, expert in _rows(tables, "experts", Expert):
        if expert.side is not None and expert.side not in plan.sides:
            expected = f"write one of {', '.join(plan.sides)}, or leave it out"
            yield table.problem(number, "side", f"found {expert.side!r}", expected)
        most = plan.review.max_load if expert.max_load is None else expert.max_load
        least = plan.review.min_load if expert.min_load is None else expert.min_load
        if least > most:
            found = f"at least {least} reviews, by the plan or the row"
            yield table.problem(number, "min_load", found, f"at most the load of {most}")
        yield from _twice(table, number, "coauthors", [one.id for one in expert.coauthors])
        yield from _twice(table, number, "publications", list(expert.publications))
        for place, name in enumerate(expert.publications):
            if name not in publications:
                found, expected = f"{name!r} is not in publications.jsonl", "it counts for nothing"
                yield table.problem(number, f"publications[{place}]", found, expected, warning=True)
    for table, number, paper in _rows(tables, "publications", Publication):
        if paper.year > plan.timeline.closes.year + 1:
            found = f"found {paper.year}, after the call closes"
            yield table.problem(number, "year", found, "look for a typing error", warning=True)


def _twice(table: Table[Block], number: int, field: str, names: Sequence[str]) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield table.problem(number, f"{field}[{place}]", f"{name!r} stands twice", "keep one of them")


def _scores(plan: Plan, tables: Tables) -> Iterator[Problem]:
    criteria = {criterion.id: criterion for criterion in plan.review.criterion}
    proposals, experts = _ids(tables, "proposals"), _ids(tables, "experts")
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    first: dict[tuple[str, str], tuple[Table[Block], int]] = {}
    for table, number, score in _rows(tables, "reviews", Score):
        if score.expert not in experts:
            yield table.problem(number, "expert", f"found {score.expert!r}", "no expert of experts.jsonl")
        yield from _score(table, number, score, proposals, criteria)
        given[score.proposal, score.expert].append(score.criterion)
        first.setdefault((score.proposal, score.expert), (table, number))
    if "reviews" in tables and tables["reviews"].problems:
        return  # a row that could not be read is told already
    for pair, names in given.items():
        absent = [name for name in criteria if name not in names]
        if absent:
            table, number = first[pair]
            found = f"{pair[1]} gave {pair[0]} no score on {', '.join(absent)}"
            yield table.problem(number, "criterion", found, "a review has a score on every criterion")


def _consensus(plan: Plan, tables: Tables) -> Iterator[Problem]:
    criteria = {criterion.id: criterion for criterion in plan.review.criterion}
    proposals = _ids(tables, "proposals")
    given: dict[str, set[str]] = defaultdict(set)
    for table, number, score in _rows(tables, "consensus", ConsensusScore):
        yield from _score(table, number, score, proposals, criteria)
        given[score.proposal].add(score.criterion)
    for name, names in given.items():
        absent = sorted(set(criteria) - names)
        if absent:
            found = f"the consensus on {name} has no score on {', '.join(absent)}"
            yield Problem(file=tables["consensus"].file, found=found, expected="agree on every criterion, or on none")
    if "consensus" in tables and "reviews" not in tables and plan.ranking.order_by != "consensus":
        found = f"the plan orders by {plan.ranking.order_by}, and there are no reviews"
        yield Problem(file=tables["consensus"].file, found=found, expected="add reviews.csv, or order by consensus")
    needed = "consensus" in {plan.ranking.order_by, plan.review.thresholds_on}
    if needed and "consensus" not in tables and "reviews" in tables:
        found = "there is none, and the plan orders or judges by it"
        yield Problem(
            file="consensus.csv",
            found=found,
            expected="write what the panel agreed: proposal,criterion,score",
        )


def _score(
    table: Table[Block],
    number: int,
    score: Score | ConsensusScore,
    proposals: Container[str],
    criteria: Mapping[str, Criterion],
) -> Iterator[Problem]:
    if score.proposal not in proposals:
        yield table.problem(number, "proposal", f"found {score.proposal!r}", "no proposal of proposals.jsonl")
    criterion = criteria.get(score.criterion)
    if criterion is None:
        expected = f"write one of {', '.join(criteria)}"
        yield table.problem(number, "criterion", f"found {score.criterion!r}", expected)
        return
    scale = criterion.scale
    if not scale.min <= score.score <= scale.max or (score.score - scale.min) % scale.step:
        expected = f"the scale goes from {scale.min} to {scale.max} in steps of {scale.step}"
        yield table.problem(number, "score", f"found {score.score}", expected)


def _declared(plan: Plan, tables: Tables) -> Iterator[Problem]:
    proposals, experts = _ids(tables, "proposals"), _ids(tables, "experts")
    for table, number, conflict in _rows(tables, "conflicts", DeclaredConflict):
        if conflict.proposal not in proposals:
            yield table.problem(number, "proposal", f"found {conflict.proposal!r}", "no proposal of proposals.jsonl")
        if conflict.expert not in experts:
            yield table.problem(number, "expert", f"found {conflict.expert!r}", "no expert of experts.jsonl")
        if conflict.kind == "joint-project" and plan.conflicts.joint_projects is None:
            found, expected = "found 'joint-project'", "it counts for nothing: the plan has no conflicts.joint_projects"
            yield table.problem(number, "kind", found, expected, warning=True)


def _lottery(plan: Plan, tables: Tables) -> Iterator[Problem]:
    rows: Sequence[tuple[Table[Block], int, LotteryCommitment | LotteryReveal]] = (
        *_rows(tables, "lottery-commitments", LotteryCommitment),
        *_rows(tables, "lottery-reveals", LotteryReveal),
    )
    for table, number, row in rows:
        if row.side not in plan.sides:
            yield table.problem(number, "side", f"found {row.side!r}", f"write one of {', '.join(plan.sides)}")
