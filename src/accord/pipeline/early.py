"""Loading a call folder before all of it is there: experts and publications may still be missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from accord.call.agreement import disagreements, identity
from accord.call.folder import OPTIONAL, Call, load_call
from accord.call.tables import Table, read_table
from accord.call.values import Expert, Proposal, Publication
from accord.errors import Problem, UnusableFolder
from accord.plan.load import PLAN_FILE, load_plan
from accord.plan.types import Block

LATER: Final[Mapping[str, type[Block]]] = {"experts": Expert, "publications": Publication}

Row = TypeVar("Row", bound=Block)


def load_early(folder: Path, *, progress: Callable[[str, int, int], None] | None = None) -> Call:
    """The call in a folder, as `load_call` gives it, also while its experts or their publications are not there.

    A folder that lacks one of them and already holds a later table, say reviews, is refused as ever.
    Raises UnusableFolder with every problem.
    """
    present = {name for name in LATER if (folder / f"{name}.jsonl").exists()}
    further = any((folder / f"{name}{suffix}").exists() for name in OPTIONAL for suffix in (".csv", ".jsonl"))
    if present == set(LATER) or further or not folder.is_dir():
        return load_call(folder, progress=progress)
    problems: list[Problem] = []
    plan = None
    try:
        plan = load_plan(folder / PLAN_FILE)
        problems.extend(plan.warnings)
    except UnusableFolder as error:
        problems.extend(error.problems)
    models: dict[str, type[Block]] = {"proposals": Proposal, **{name: LATER[name] for name in LATER if name in present}}
    tables: dict[str, Table[Block]] = {
        name: read_table(folder / f"{name}.jsonl", model) for name, model in models.items()
    }
    for table in tables.values():
        problems.extend(table.problems)
    if plan is not None:
        problems.extend(disagreements(plan.plan, tables))
    if plan is None or any(problem.severity == "error" for problem in problems):
        raise UnusableFolder(problems)
    return Call(
        plan=plan,
        proposals=_rows(tables, "proposals", Proposal),
        experts=_rows(tables, "experts", Expert),
        publications=_rows(tables, "publications", Publication),
        sources={PLAN_FILE: plan.digest, **{table.file: table.digest for table in tables.values()}},
        warnings=tuple(problems),
    )


def _rows(tables: Mapping[str, Table[Block]], name: str, model: type[Row]) -> tuple[Row, ...]:
    rows = (row for row in tables[name].rows if isinstance(row, model)) if name in tables else ()
    return tuple(sorted(rows, key=identity(model)))
