"""`accord assign --explain`: what a further expert, or more places, on each Side would bring."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from accord.call.folder import load_call
from accord.cli.output import done, progress, say_json, table
from accord.cli.walks import assign as plain_assign
from accord.errors import Infeasible
from accord.methods.assignment import AssignmentInfeasible, Gain, SideWorth, side_worth
from accord.pipeline.before_review import affinity_step, assignment_arguments, conflicts_step, eligibility_step
from accord.pipeline.step import Inputs


def _assign(folder: Path, *, explain: bool, **rest: Any) -> None:
    """Assign experts to the eligible proposals of the call in FOLDER, each pair with its next choice.

    With --explain nothing is assigned: it says, for each Side, what a further expert there would bring.
    """
    if not explain:
        if plain_assign.callback is not None:
            plain_assign.callback(folder=folder, **rest)
        return
    if rest["out"] is not None:
        raise click.UsageError("--out is for the assignment itself; an explanation is printed")
    experts, told = _explained(folder, quiet=rest["quiet"])
    if rest["as_json"]:
        say_json({"sides": [_json(one, experts) for one in told]})
    else:
        click.echo(_text(told, experts))


def _explained(folder: Path, *, quiet: bool) -> tuple[Sequence[str], Sequence[SideWorth]]:
    tell = progress(quiet=quiet)
    inputs = Inputs(load_call(folder, progress=tell))
    affinity = affinity_step(inputs, tell)
    done(tell)
    asked = assignment_arguments(inputs, eligibility_step(inputs).result, conflicts_step(inputs).result, affinity)
    try:
        return asked.experts, side_worth(asked.affinity, **asked.conditions)
    except AssignmentInfeasible as error:
        raise Infeasible(f"no assignment meets the plan, so nothing can be added to it: {error}") from error


def _json(one: SideWorth, experts: Sequence[str]) -> dict[str, Any]:
    return {
        "side": one.side,
        "experts": one.experts,
        "full": one.full,
        "sought": None if one.sought is None else experts[one.sought],
        "one_place": one.one_place._asdict(),
        "one_place_each": one.one_place_each._asdict(),
    }


def _text(told: Sequence[SideWorth], experts: Sequence[str]) -> str:
    rows = [("Side", "experts", "full", "most sought", "one place more there", "one place more for each")]
    rows += [
        (
            str(one.side),
            str(one.experts),
            str(one.full),
            "nobody" if one.sought is None else experts[one.sought],
            _gain(one.one_place),
            _gain(one.one_place_each),
        )
        for one in told
    ]
    lines = [table(rows), "gains are of the total affinity, in millionths; nothing is decided by this"]
    return "\n".join(lines)


def _gain(of: Gain) -> str:
    return f"{of.total:+,}" + (f", worst pair {of.worst:+,}" if of.worst else "")


assign = click.Command(
    "assign",
    callback=_assign,
    help=_assign.__doc__,
    params=[
        *plain_assign.params,
        click.Option(["--explain"], is_flag=True, help="Say what a further expert on each Side would bring."),
    ],
)
