"""What a run says when it is done, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from accord.cli.output import amount, bar, cut, table
from accord.pipeline.steps import AssignmentResult
from accord.pipeline.walk import Walk
from accord.plan.model import Plan

TITLE: Final = 46
FEW_SIDES: Final = 3
FEW: Final = 12


def run_summary(walk: Walk, record: Path, report: Path) -> str:
    """The walk in a screen: each step in a line, each Side's budget as it fills, what is funded, what is next."""
    plan = walk.inputs.call.plan.plan
    title = plan.call.title.get(plan.call.prevailing_language) or next(iter(plan.call.title.values()))
    parts = [click.style(title, bold=True), "", table(_steps(walk))]
    if walk.selection is None:
        parts += ["", "no reviews yet: the walk ends with the assignment (--simulate-reviews SEED tries the rest)"]
    else:
        parts += ["", *_selected(walk, plan)]
    seal = [("seal it", f"accord record seal {record} --log LOG")] if plan.log else []
    rows = [("report", str(report)), ("record", str(record)), *seal, ("check it", f"accord record verify {record}")]
    parts += ["", table(rows)]
    return "\n".join(parts)


def _steps(walk: Walk) -> Iterator[tuple[str, str]]:
    verdicts = walk.eligibility.result.verdicts
    failed = Counter(
        f"{rule.rule} of {rule.side}" if rule.side else rule.rule for one in verdicts for rule in one.failed
    )
    told = f": {', '.join(f'{rule} {count}' for rule, count in failed.most_common(4))}" if failed else ""
    eligible = len(walk.eligibility.result.eligible)
    yield "eligibility", f"{eligible} of {len(verdicts)} proposals are eligible{told}"
    kinds = Counter(one.kind for one in walk.conflicts.result.conflicts)
    reasons = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    yield "conflicts", f"{len(walk.conflicts.result.pairs)} pairs must not meet: {reasons or 'none'}"
    yield "affinity", f"{len(walk.affinity.result.proposals)} proposals by {len(walk.affinity.result.experts)} experts"
    yield "assignment", _assignment(walk.assignment.result)
    stood = walk.assignment.result.stood
    if stood is not None:
        gain = f", {stood.gain / 1e6:+.3f} was possible" if stood.gain is not None else ""
        found = f"; {len(stood.findings)} against the plan" if stood.findings else "; meets the plan"
        yield "it stood", f"{stood.pairs} reviews, affinity {stood.total / 1e6:.3f}{gain}{found}"
    if walk.ranking is not None and walk.list is not None:
        ranked = walk.ranking.result
        missed = sum(bool(one.missed) for one in ranked.assessments)
        simulated = " · SIMULATED SCORES" if walk.inputs.simulated is not None else ""
        yield "ranking", f"{len(ranked.assessments)} by {ranked.order_by}, {missed} below a threshold{simulated}"
        in_conflict = [one for one in ranked.left_out if one.kind == "conflict"]
        for one in in_conflict[:FEW]:
            yield "", f"left out: {one.expert} on {one.proposal} ({one.reason})"
        listed = walk.list.result
        tied = Counter(place.tie_group for place in listed.places if place.decided_by is not None)
        groups = f"{sum(tied.values())} proposals in {len(tied)} ties" if tied else "no tie"
        yield "list", f"{groups}; lottery {listed.lottery.status} ({listed.lottery.reason})"


def _assignment(result: AssignmentResult) -> str:
    if result.infeasible:
        return f"none meets the plan: {result.infeasible[0]}"
    return f"{len(result.pairs)} reviews, affinity {result.total / 1e6:.3f}, proven optimal"


def _selected(walk: Walk, plan: Plan) -> Iterator[str]:
    if walk.selection is None:
        return
    selected = walk.selection.result
    proven = "" if selected.optimal else f", bound {selected.bound} not reached"
    yield click.style(
        f"{len(selected.funded)} proposals recommended by {selected.rule}{proven}, "
        f"{len(selected.reserve)} in reserve, {len(selected.not_funded) - len(selected.reserve)} others",
        bold=True,
    )
    if selected.provisional:
        yield click.style(f"provisional: {selected.provisional}", fg="yellow")
    yield table(
        (
            side.id,
            bar(selected.budgets[side.id] - selected.remaining[side.id], selected.budgets[side.id]),
            amount(selected.budgets[side.id] - selected.remaining[side.id], side.unit),
            f"of {amount(selected.budgets[side.id], side.unit)}",
        )
        for side in plan.side
    )
    yield ""
    titles = {proposal.id: proposal.title for proposal in walk.inputs.call.proposals}
    units = {side.id: side.unit for side in plan.side}
    few = len(plan.side) <= FEW_SIDES
    rows = []
    for one in selected.funded[: 2 * FEW]:
        asked = [amount(minor, units[side]) for side, minor in one.requested.items() if few or minor]
        amounts = asked if few else [" · ".join(asked)]
        rows.append((str(one.place), one.proposal, cut(titles[one.proposal], TITLE), *amounts))
    yield table(rows, right=frozenset({0, *range(3, 3 + len(plan.side))} if few else {0}))
    if len(selected.funded) > 2 * FEW:
        yield f"  … and {len(selected.funded) - 2 * FEW} more"


def summary_json(walk: Walk, record: Path) -> dict[str, Any]:
    """The same for machines: every step's result is in the record."""
    summary: dict[str, Any] = {
        "record": str(record),
        "call": walk.inputs.call.plan.plan.call.id,
        "steps": {
            step.name: {"method": step.method, "version": step.version, "digest": step.digest} for step in walk.steps()
        },
        "eligible": len(walk.eligibility.result.eligible),
        "simulated_reviews": walk.inputs.simulated,
    }
    if walk.selection is not None:
        selected = walk.selection.result
        summary |= {
            "funded": [one.proposal for one in selected.funded],
            "reserve": list(selected.reserve),
            "remaining": dict(selected.remaining),
            "optimal": selected.optimal,
            "provisional": selected.provisional,
        }
    return summary
