"""Commands on call folders: new, check, link, schema."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Final

import click
from pydantic import BaseModel

from accord.call.folder import OPTIONAL, REQUIRED, TWINS_FILE, Call, load_call
from accord.call.tables import jsonl
from accord.call.twins.findings import findings_csv, findings_json, findings_text
from accord.call.twins.link import link as link_halves
from accord.cli.output import done, problem_json, progress, say_json, say_problems
from accord.errors import UnusableFolder
from accord.example import example_call
from accord.example.plan import with_keys
from accord.plan.model import Plan
from accord.record.folder import FolderExists, write_file, write_folder
from accord.record.log.keys import new_key, write_key

PROPOSALS_FILE: Final = "proposals.jsonl"

folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@click.command()
@folder_argument
@click.option("--sides", default=2, show_default=True, help="How many Sides, 2 to 40.")
@click.option("--proposals", default=100, show_default=True, help="How many proposals, up to 30,000.")
@click.option("--experts", default=150, show_default=True, help="How many experts.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same call.")
@click.option("--without-reviews", is_flag=True, help="Leave the scores out, as before review.")
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), help="Make keys of host and Sides here, and name them."
)
def new(
    *, folder: Path, sides: int, proposals: int, experts: int, seed: int, without_reviews: bool, keys: Path | None
) -> None:
    """Write a complete fictional call to FOLDER, to try things on.

    With --keys the plan names a log, and the key by which each Side signs and witnesses; keys differ each time.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderExists(f"{folder} is there already; choose another folder")
    files = example_call(sides=sides, proposals=proposals, experts=experts, seed=seed, reviews=not without_reviews)
    if keys is not None:
        files["plan.toml"] = _with_keys(files["plan.toml"].decode(), keys).encode()
    if folder.exists():
        folder.rmdir()
    write_folder(folder, files)
    click.echo(f"{folder}: a fictional call of {sides} Sides, {proposals} proposals and {experts} experts")
    click.echo(f"next: accord check {folder} · accord run {folder} --out RECORD")


def _with_keys(plan: str, keys: Path) -> str:
    """A plan that names fresh keys, written into a folder: the host's and one of each Side."""
    sides = [str(side["id"]) for side in tomllib.loads(plan)["side"]]
    keys.mkdir(parents=True, exist_ok=True)
    lines = {}
    for name in ("host", *sides):
        made = new_key(f"{name.lower()}.example")
        write_key(keys / f"{name}.key", made)
        lines[name] = made.verifier.text
    return with_keys(plan, "host.example/quantum-2026", lines.pop("host"), lines)


@click.command()
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
@click.option("--early", is_flag=True, help="After closing: experts and publications may still be missing.")
def check(folder: Path, *, as_json: bool, quiet: bool, early: bool) -> None:
    """Load the call in FOLDER and tell every problem at once, with file, line and field.

    Exit 0 where a run can start, 1 where something has to be mended first.
    """
    tell = progress(quiet=quiet or as_json)
    try:
        call = load_call(folder, early=early, progress=tell)
    except UnusableFolder as error:
        done(tell)
        if as_json:
            say_json({"usable": False, "problems": [problem_json(problem) for problem in error.problems]})
        else:
            say_problems(error.problems)
        raise SystemExit(1) from error
    done(tell)
    plan = call.plan.plan
    if as_json:
        say_json(
            {
                "usable": True,
                "problems": [problem_json(problem) for problem in call.warnings],
                "call": plan.call.id,
                "plan": call.plan.digest,
                "tables": {name: len(rows) for name, rows in call.tables()},
                "recorded_not_executed": list(plan.recorded_only),
            }
        )
        return
    say_problems(call.warnings)
    if not quiet:
        click.echo(summary(call))


def summary(call: Call) -> str:
    """What a call holds, in a few lines."""
    plan = call.plan.plan
    title = plan.call.title.get(plan.call.prevailing_language) or next(iter(plan.call.title.values()))
    sides = ", ".join(f"{side.id} in {side.unit}" for side in plan.side)
    tables = ", ".join(f"{len(rows):,} {name.replace('-', ' ')}" for name, rows in call.tables())
    lines = [
        click.style(title, bold=True),
        f"  plan    sha256 {call.plan.digest}",
        f"  Sides   {sides}",
        f"  tables  {tables.replace(' reviews', ' scores')}",
        f"  rules   {plan.selection.rule}, ordered by {plan.ranking.order_by}, ties {' > '.join(plan.selection.ties)}",
    ]
    if plan.recorded_only:
        lines.append(f"  recorded, not executed: {', '.join(plan.recorded_only)}")
    lines.append(click.style("no error found", fg="green"))
    return "\n".join(lines)


@click.command()
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def link(folder: Path, *, as_json: bool) -> None:
    """Make each Side's export in FOLDER/intake into proposals, twins linked by the plan's key.

    Writes proposals.jsonl and twins.csv, what has no twin or tells two stories.
    """
    linked = link_halves(folder)
    write_file(folder / PROPOSALS_FILE, jsonl(linked.proposals))
    write_file(
        folder / TWINS_FILE, findings_csv(linked.findings).encode("utf-8-sig")
    )  # a spreadsheet knows it by its mark
    if as_json:
        say_json(
            {
                "proposals": len(linked.proposals),
                "halves": dict(linked.halves),
                "left_out": dict(linked.left_out),
                "findings": json.loads(findings_json(linked.findings)),
            }
        )
        return
    halves = ", ".join(f"{count} of {side}" for side, count in linked.halves.items())
    click.echo(f"{len(linked.proposals)} proposals from {halves}")
    for side, count in linked.left_out.items():
        if count:
            click.echo(f"  left out by {side}'s mapping: {count}")
    if linked.findings:
        click.echo(click.style(f"{len(linked.findings)} to look at, also in {folder / TWINS_FILE}:", fg="yellow"))
        click.echo(findings_text(linked.findings).rstrip())
    else:
        click.echo(click.style("every half has its twin, and they tell one story", fg="green"))


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the schemas to this folder.")
def schema(out: Path | None) -> None:
    """Print or write the JSON Schemas of the plan and of each table's rows."""
    schemas = json_schemas()
    if out is None:
        say_json(schemas)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, value in schemas.items():
        content = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
        write_file(out / f"{name}.schema.json", f"{content}\n".encode())
    click.echo(f"{out}: {', '.join(schemas)}")


def json_schemas() -> dict[str, object]:
    """The JSON Schema of the plan, and of a row of each table, by name."""
    models: dict[str, type[BaseModel]] = {"plan": Plan, **REQUIRED, **OPTIONAL}
    return {name: model.model_json_schema() for name, model in models.items()}
