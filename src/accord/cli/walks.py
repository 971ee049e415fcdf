"""Commands that walk: run, and one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from accord.call.folder import Call, load_call
from accord.call.tables import csv_text
from accord.cli.output import Progress, done, progress, say_json, say_problems, say_recorded, solver_aside
from accord.cli.summary import run_summary, summary_json
from accord.errors import Infeasible, InvalidInput, Refused
from accord.pipeline.after_review import list_step, ranking_step
from accord.pipeline.before_review import (
    AFFINITY_FILE,
    affinity_step,
    assignment_step,
    conflicts_step,
    eligibility_step,
)
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs
from accord.pipeline.walk import Walk
from accord.pipeline.walk import run as walk_through
from accord.record.canonical import canonical
from accord.record.folder import FolderExists, write_file
from accord.writing import REPORT_FILE, write

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Tell: TypeAlias = Progress | None
OneStep: TypeAlias = Callable[[Call, Tell], tuple[Rows, Any]]

folder_argument = click.argument("folder", type=click.Path(path_type=Path))
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")


@click.command()
@folder_argument
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The record's folder.")
@click.option("--overwrite", is_flag=True, help="Replace a record that is there.")
@click.option("--simulate-reviews", type=int, metavar="SEED", help="Make up scores for the computed assignment.")
@click.option("--strict", is_flag=True, help="Refuse to go on with a review by an expert in conflict.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@quiet_option
def run(
    folder: Path, out: Path, simulate_reviews: int | None, *, overwrite: bool, strict: bool, as_json: bool, quiet: bool
) -> None:
    """Walk from the call in FOLDER to a selection, and write the record of every step."""
    if out.exists() and not overwrite:
        raise FolderExists(f"{out} is there already; choose another folder, or say --overwrite")
    tell = progress(quiet=quiet or as_json)
    call = load_call(folder, progress=tell)
    say_problems(call.warnings)
    say_recorded(call)
    with solver_aside():
        walk = walk_through(call, simulate_reviews=simulate_reviews, progress=tell)
    if strict:
        _refuse_conflicts(walk)
    if tell is not None:
        tell("record", 1, 1)
    write(walk, out, overwrite=overwrite)
    done(tell)
    if as_json:
        say_json(summary_json(walk, out))
    elif not quiet:
        click.echo(run_summary(walk, out, out / REPORT_FILE))


def _refuse_conflicts(walk: Walk) -> None:
    left_out = () if walk.ranking is None else walk.ranking.result.left_out
    stood = [f"{one.expert} on {one.proposal} ({one.reason})" for one in left_out if one.kind == "conflict"]
    if stood:
        raise Refused(f"reviews by experts in conflict, and --strict: {'; '.join(stood)}")


def _single(step: OneStep, name: str, columns: Sequence[str]) -> click.Command:
    """A command that takes one step and writes it as CSV or JSON."""

    def callback(folder: Path, out: Path | None, *, as_json: bool, quiet: bool) -> None:
        tell = progress(quiet=quiet)
        call = load_call(folder, progress=tell)
        if not quiet:
            say_problems(call.warnings)
            say_recorded(call)
        with solver_aside():
            rows, value = step(call, tell)
        done(tell)
        content = canonical(value) + b"\n" if as_json else csv_text(rows, columns).encode()
        if out is None:
            click.echo(content, nl=False)
        else:
            write_file(out, content)

    into = click.Path(path_type=Path, dir_okay=False)
    return click.Command(
        name,
        callback=callback,
        help=step.__doc__,
        params=[
            click.Argument(["folder"], type=click.Path(path_type=Path)),
            click.Option(["--out"], type=into, help="Write here instead of printing."),
            click.Option(["--json", "as_json"], is_flag=True, help="JSON with reasons instead of CSV."),
            click.Option(["-q", "--quiet"], is_flag=True, help="Say nothing but problems."),
        ],
    )


def _affinity(call: Call, tell: Tell) -> tuple[Rows, Any]:
    """Compute how near every expert is to every proposal of the call in FOLDER, in millionths."""
    step = affinity_step(Inputs(call), tell)
    matrix = step.arrays[AFFINITY_FILE]
    rows = [
        {"proposal": proposal, "expert": expert, "affinity": int(value)}
        for proposal, line in zip(step.result.proposals, matrix, strict=True)
        for expert, value in zip(step.result.experts, line, strict=True)
    ]
    return rows, rows


def _assign(call: Call, tell: Tell) -> tuple[Rows, Any]:
    """Assign experts to the eligible proposals of the call in FOLDER, each pair with its next choice."""
    inputs = Inputs(call)
    step = assignment_step(inputs, eligibility_step(inputs), conflicts_step(inputs), affinity_step(inputs, tell))
    if step.result.infeasible:
        lines = step.result.infeasible
        raise Infeasible("no assignment meets the plan:\n  " + "\n  ".join(lines), lines)
    return [pair.model_dump(mode="json") for pair in step.result.pairs], step.plain


def _rank(call: Call, tell: Tell) -> tuple[Rows, Any]:
    """Rank the eligible proposals of the call in FOLDER: the list, ties broken as the plan says."""
    del tell
    ranked, listed, _ = _after_review(call)
    assessed = {one.proposal: one for one in ranked.result.assessments}
    calibrated = {one.proposal: one for one in ranked.result.calibrated}
    rows = []
    for place in listed.result.places:
        one, rank = assessed[place.proposal], calibrated.get(place.proposal)
        rows.append(
            {
                "place": place.place,
                "proposal": place.proposal,
                "fundable": str(place.fundable).lower(),
                "tie_group": place.tie_group,
                "decided_by": place.decided_by,
                "mean_total": one.mean_total,
                "consensus_total": one.consensus_total,
                "expected_rank": rank.expected_rank if rank else None,
                "rank_lower": rank.interval[0] if rank else None,
                "rank_upper": rank.interval[1] if rank else None,
                "missed": " ".join(missed.criterion or "total" for missed in one.missed),
            }
        )
    rows += [{"proposal": name, "fundable": "no score that counts"} for name in ranked.result.unranked]
    return rows, {"ranking": ranked.plain, "list": listed.plain}


def _select(call: Call, tell: Tell) -> tuple[Rows, Any]:
    """Select what the Sides can pay among the proposals of the call in FOLDER, by the plan's rule."""
    del tell
    ranked, _, selected = _after_review(call)
    if selected.result.provisional:
        click.echo(f"provisional: {selected.result.provisional}", err=True)
    rows: list[dict[str, Any]] = [
        {"place": one.place, "proposal": one.proposal, "state": "funded", "reason": "", "short": "", "reserve": ""}
        for one in selected.result.funded
    ]
    rows += [
        {
            "place": other.place,
            "proposal": other.proposal,
            "state": "reserve" if other.reserve_place else "not-funded",
            "reason": other.reason,
            "short": " ".join(f"{short.side}:{short.amount}" for short in other.short),
            "reserve": other.reserve_place or "",
        }
        for other in selected.result.not_funded
    ]
    rows.sort(key=lambda row: int(row["place"]))
    rows += [
        {"proposal": name, "state": "unranked", "reason": "no score that counts"} for name in ranked.result.unranked
    ]
    return rows, selected.plain


def _after_review(call: Call) -> Any:
    if call.reviews is None and call.consensus is None:
        raise InvalidInput("the folder has neither reviews.csv nor consensus.csv: nothing to rank yet")
    inputs = Inputs(call)
    ranked = ranking_step(inputs, eligibility_step(inputs), conflicts_step(inputs))
    listed = list_step(inputs, ranked)
    return ranked, listed, selection_step(inputs, ranked, listed)


AFFINITY_COLUMNS: Final = ("proposal", "expert", "affinity")
ASSIGN_COLUMNS: Final = ("proposal", "expert", "affinity", "next_choice", "next_affinity", "why", "cost")
RANK_COLUMNS: Final = (
    *("place", "proposal", "fundable", "tie_group", "decided_by", "mean_total", "consensus_total"),
    *("expected_rank", "rank_lower", "rank_upper", "missed"),
)
SELECT_COLUMNS: Final = ("place", "proposal", "state", "reason", "short", "reserve")

affinity = _single(_affinity, "affinity", AFFINITY_COLUMNS)
assign = _single(_assign, "assign", ASSIGN_COLUMNS)
rank = _single(_rank, "rank", RANK_COLUMNS)
select = _single(_select, "select", SELECT_COLUMNS)
