"""`accord select` with a question: what if a budget were another, what would forcing a proposal in cost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from accord.call.folder import load_call
from accord.cli.output import amount, cut, say_json, solver_aside, table
from accord.cli.select_explained import EVERY, MILLION, as_json, as_text, explained
from accord.cli.walks import select as plain_select
from accord.errors import InvalidInput
from accord.methods import selection
from accord.pipeline.after_review import list_step, ranking_step
from accord.pipeline.before_review import conflicts_step, eligibility_step
from accord.pipeline.bundle import RECORD_FILE
from accord.pipeline.reading import open_record
from accord.pipeline.selecting import Question, question
from accord.pipeline.step import Inputs
from accord.plan.model import Plan
from accord.plan.money import minor_units

_CHANGE: Final = re.compile(r"(?P<side>[^=]+)=(?P<sign>[+-]?)(?P<amount>[0-9]+(\.[0-9]+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A question, and the selection that it leads to."""

    asked: Question
    budgets: Sequence[int]
    force: Sequence[str]
    after: selection.Selection
    told: selection.Change


def _select(folder: Path, what_if: Sequence[str], force: Sequence[str], explain: str | None, **rest: Any) -> None:
    """Select what the Sides can pay among the proposals of the call in FOLDER, by the plan's rule.

    With --what-if, --force or --explain nothing is decided: it says who would join and who would leave, and FOLDER
    may be a record as well.
    """
    if not what_if and not force and explain is None:
        if plain_select.callback is not None:
            plain_select.callback(folder=folder, **rest)
        return
    if rest["out"] is not None:
        raise click.UsageError("--out is for the selection itself; a question is printed")
    if explain is not None and (what_if or force):
        raise click.UsageError("--explain is about the plan's own budgets; leave out --what-if and --force")
    asked, titles = _question(folder)
    if explain is not None:
        with solver_aside():
            told_of = explained(asked, explain)
        if rest["as_json"]:
            say_json(as_json(told_of))
        else:
            click.echo(as_text(told_of, titles))
        return
    budgets = _budgets(asked, what_if)
    with solver_aside():
        before = asked.answer()
        after = asked.answer(budgets=budgets, force=[asked.number(name) for name in force])
    told = selection.change(before, after)
    answer = _Answer(asked=asked, budgets=budgets, force=force, after=after, told=told)
    if rest["as_json"]:
        say_json(_json(answer))
    else:
        click.echo(_text(answer, titles))


def _question(folder: Path) -> tuple[Question, dict[str, str]]:
    """What the selection of a call or of a record is computed from, and the proposals' titles."""
    if (folder / RECORD_FILE).is_file():
        walk = open_record(folder).walk
        if walk.ranking is None or walk.list is None:
            raise InvalidInput("the record has no selection yet: nothing to ask")
        inputs, ranked, listed = walk.inputs, walk.ranking, walk.list
    else:
        call = load_call(folder)
        if call.reviews is None and call.consensus is None:
            raise InvalidInput("the folder has neither reviews.csv nor consensus.csv: nothing to rank yet")
        inputs = Inputs(call)
        ranked = ranking_step(inputs, eligibility_step(inputs), conflicts_step(inputs))
        listed = list_step(inputs, ranked)
    titles = {proposal.id: proposal.title for proposal in inputs.call.proposals}
    return question(inputs, ranked.result, listed.result), titles


def _budgets(asked: Question, changes: Sequence[str]) -> list[int]:
    """The plan's budgets with the changes: `JP=+500` adds, `JP=-500` takes away, `JP=500` is the whole budget."""
    plan, budgets = asked.plan, list(asked.budgets)
    for change in changes:
        found = _CHANGE.fullmatch(change)
        if found is None or found["side"] not in plan.sides:
            sides = ", ".join(plan.sides)
            raise InvalidInput(f"--what-if {change}: write a Side ({sides}), = and an amount, such as JP=+50000000")
        place = plan.sides.index(found["side"])
        minor = minor_units(found["amount"], plan.side[place].unit)
        budgets[place] = {"+": budgets[place] + minor, "-": budgets[place] - minor, "": minor}[found["sign"]]
        if budgets[place] < 0:
            raise InvalidInput(f"--what-if {change}: the budget would be below zero")
    return budgets


def _by_side(plan: Plan, amounts: Sequence[int]) -> dict[str, int]:
    return dict(zip(plan.sides, amounts, strict=True))


def _json(one: _Answer) -> dict[str, Any]:
    names, told = one.asked.names, one.told
    return {
        "budgets": _by_side(one.asked.plan, one.budgets),
        "forced": list(one.force),
        "funded": [names[number] for number in one.after.funded],
        "joins": [names[number] for number in told.joins],
        "leaves": [names[number] for number in told.leaves],
        "other_version": [names[number] for number in told.other_version],
        "remaining": _by_side(one.asked.plan, one.after.remaining),
        "value": told.value,
        "proven": told.proven,
    }


def _text(one: _Answer, titles: Mapping[str, str]) -> str:
    sides, names, told = one.asked.plan.side, one.asked.names, one.told
    lines = [
        f"if {side.id} had {amount(budget, side.unit)} (the plan: {amount(have, side.unit)})"
        for side, budget, have in zip(sides, one.budgets, one.asked.budgets, strict=True)
        if budget != have
    ]
    lines += [f"if {name} had to be funded" for name in one.force]
    rows = [
        (word, names[number], f"place {number + 1}", cut(titles[names[number]], 60))
        for word, numbers in (("joins", told.joins), ("leaves", told.leaves), ("otherwise", told.other_version))
        for number in numbers
    ]
    lines.append(table(rows) if rows else "  nobody joins, nobody leaves")
    proven = "proven" if told.proven else "not proven"
    merit = f"merit {told.value / MILLION:+.3f} ({proven})"
    lines.append(f"{len(one.after.funded)} funded, {merit}; nothing is decided by this")
    left = zip(sides, one.after.remaining, strict=True)
    lines.append(table([("left", side.id, amount(rest, side.unit)) for side, rest in left]))
    return "\n".join(lines)


select = click.Command(
    "select",
    callback=_select,
    help=_select.__doc__,
    params=[
        *plain_select.params,
        click.Option(
            ["--what-if"],
            multiple=True,
            metavar="SIDE=±AMOUNT",
            help="Ask who would join and leave if a Side's budget were raised (+), lowered (-) or another.",
        ),
        click.Option(
            ["--force"], multiple=True, metavar="PROPOSAL", help="Ask what it would cost to fund this proposal."
        ),
        click.Option(
            ["--explain"],
            is_flag=False,
            flag_value=EVERY,
            metavar="[PROPOSAL]",
            help="Say what it displaces, or would displace if it had to be funded; of all, and which budgets bind, "
            "where none is named. Goes after FOLDER.",
        ),
    ],
)
