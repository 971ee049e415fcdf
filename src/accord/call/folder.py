"""The call folder: one plan and its tables, loaded with every problem at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from accord.call.agreement import disagreements, identity
from accord.call.lottery_root import ROOT_FILE, root_in
from accord.call.tables import Table, jsonl, read_table
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
from accord.errors import AccordError, Problem, UnusableFolder
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.plan.model import Plan
from accord.plan.types import Block
from accord.record.canonical import digest
from accord.record.commitments import SALT_BYTES
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import LARGEST_NOTE
from accord.record.log.reader import folder as files_in

Row = TypeVar("Row", bound=Block)

SALT_KEY_FILE: Final = "salt.key"
TWINS_FILE: Final = "twins.csv"  # what linking found, for people

REQUIRED: Final[Mapping[str, type[Block]]] = {
    "proposals": Proposal,
    "experts": Expert,
    "publications": Publication,
}
OPTIONAL: Final[Mapping[str, type[Block]]] = {
    "conflicts": DeclaredConflict,
    "reviews": Score,
    "consensus": ConsensusScore,
    "lottery-commitments": LotteryCommitment,
    "lottery-reveals": LotteryReveal,
}
LATER: Final = frozenset({"experts", "publications"})  # what comes after the proposals
FLAT: Final = frozenset(OPTIONAL)  # tables whose rows fit in CSV
MOST_SALT_DIGITS: Final = 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is loaded: the signed plan, and rows ordered by identifier, so that no file's order matters.

    `reviews` and `consensus` are None where the folder has no such table. `sources` maps each file that was
    read to the SHA-256 of its bytes.
    """

    plan: SignedPlan
    proposals: tuple[Proposal, ...]
    experts: tuple[Expert, ...]
    publications: tuple[Publication, ...]
    declared: tuple[DeclaredConflict, ...] = ()
    reviews: tuple[Score, ...] | None = None
    consensus: tuple[ConsensusScore, ...] | None = None
    commitments: tuple[LotteryCommitment, ...] = ()
    reveals: tuple[LotteryReveal, ...] = ()
    lottery_root: Checkpoint | None = None
    salt_key: bytes | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def tables(self) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """Every table that the call has, by name."""
        yield "proposals", self.proposals
        yield "experts", self.experts
        yield "publications", self.publications
        optional: tuple[tuple[str, tuple[Block, ...] | None], ...] = (
            ("conflicts", self.declared or None),
            ("reviews", self.reviews),
            ("consensus", self.consensus),
            ("lottery-commitments", self.commitments or None),
            ("lottery-reveals", self.reveals or None),
        )
        for name, rows in optional:
            if rows is not None:
                yield name, rows

    def files(self) -> dict[str, bytes]:
        """The call as the files of a folder: exact bytes of the plan and the lottery's root, canonical JSON lines."""
        tables = {f"{name}.jsonl": jsonl(rows) for name, rows in self.tables()}
        root = {} if self.lottery_root is None else {ROOT_FILE: self.lottery_root.content}
        return {PLAN_FILE: self.plan.content, **tables, **root}


def load_call(
    folder: str | os.PathLike[str],
    *,
    early: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Call:
    """The call in a folder; raises UnusableFolder with every error and warning that its files hold.

    `early` lets experts and publications be missing while no later table, say reviews, is there.
    `progress` is called with what is read, how many tables are done, and of how many.
    """
    folder = Path(folder)
    if not folder.is_dir():
        found = "it is no folder" if folder.exists() else "there is no such folder"
        raise UnusableFolder([Problem(file=str(folder), found=found, expected="name the folder of a call")])
    plan, problems = _plan(folder)
    tables = _tables(folder, progress, early=early)
    for table in tables.values():
        problems.extend(table.problems)
    problems.extend(_unknown_files(folder))
    if plan is not None:
        problems.extend(disagreements(plan.plan, tables))
    key = _salt_key(folder, problems)
    root = None if plan is None else _lottery_root(folder, plan.plan, problems)
    if plan is None or any(problem.severity == "error" for problem in problems):
        raise UnusableFolder(problems)
    digests = {table.file: table.digest for table in tables.values()}
    if root is not None:
        digests[ROOT_FILE] = digest(root.content)
    return Call(
        plan=plan,
        proposals=_sorted(tables, "proposals", Proposal),
        experts=_sorted(tables, "experts", Expert),
        publications=_sorted(tables, "publications", Publication),
        declared=_sorted(tables, "conflicts", DeclaredConflict),
        reviews=_sorted(tables, "reviews", Score) if "reviews" in tables else None,
        consensus=_sorted(tables, "consensus", ConsensusScore) if "consensus" in tables else None,
        commitments=_sorted(tables, "lottery-commitments", LotteryCommitment),
        reveals=_sorted(tables, "lottery-reveals", LotteryReveal),
        lottery_root=root,
        salt_key=key,
        sources={PLAN_FILE: plan.digest, **digests},
        warnings=tuple(problems),
    )


def _plan(folder: Path) -> tuple[SignedPlan | None, list[Problem]]:
    try:
        plan = load_plan(folder / PLAN_FILE)
    except UnusableFolder as error:
        return None, list(error.problems)
    return plan, list(plan.warnings)


def _tables(folder: Path, progress: Callable[[str, int, int], None] | None, *, early: bool) -> dict[str, Table[Block]]:
    tables: dict[str, Table[Block]] = {}
    models = {**REQUIRED, **OPTIONAL}
    for number, (name, model) in enumerate(models.items()):
        if progress is not None:
            progress(f"reading {name}", number, len(models))
        found = [
            folder / f"{name}{suffix}" for suffix in _suffixes(name) if os.path.lexists(folder / f"{name}{suffix}")
        ]
        if found:
            tables[name] = read_table(found[0], model)
    awaited = frozenset() if not early or tables.keys() & OPTIONAL.keys() else LATER
    for name in REQUIRED.keys() - tables.keys() - awaited:
        tables[name] = read_table(folder / f"{name}.jsonl", REQUIRED[name])
    return {name: tables[name] for name in models if name in tables}


def _suffixes(name: str) -> tuple[str, ...]:
    return (".csv", ".jsonl") if name in FLAT else (".jsonl",)


def _unknown_files(folder: Path) -> Iterator[Problem]:
    for name in FLAT:
        if all(os.path.lexists(folder / f"{name}{suffix}") for suffix in _suffixes(name)):
            found, expected = f"{name}.csv and {name}.jsonl are both there", "keep one of them"
            yield Problem(file=f"{name}.jsonl", found=found, expected=expected)
    known = {f"{name}{suffix}" for name in (*REQUIRED, *OPTIONAL) for suffix in _suffixes(name)}
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".jsonl"} and path.name not in {*known, TWINS_FILE}:
            expected = f"known tables: {', '.join(sorted(known))}"
            yield Problem(file=path.name, found="no table of that name is read", expected=expected, severity="warning")


def _salt_key(folder: Path, problems: list[Problem]) -> bytes | None:
    path = folder / SALT_KEY_FILE
    if not os.path.lexists(path):
        return None
    try:
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text) if len(text) <= MOST_SALT_DIGITS else b""
    except (ValueError, OSError):
        key = b""
    if len(set(key)) < 2 or len(key) < SALT_BYTES:
        expected = "64 hexadecimal digits or more, that only those know who may read all of the record"
        problems.append(Problem(file=SALT_KEY_FILE, line=1, found="no such key", expected=expected))
    return key


def _lottery_root(folder: Path, plan: Plan, problems: list[Problem]) -> Checkpoint | None:
    if not os.path.lexists(folder / ROOT_FILE):
        return None
    try:
        return root_in(files_in(folder)(ROOT_FILE, LARGEST_NOTE), plan)
    except (AccordError, OSError) as error:
        expected = "the head that `accord lottery root` takes from the call's log; remove it where the plan has no log"
        problems.append(Problem(file=ROOT_FILE, line=1, found=str(error), expected=expected))
    return None


def _sorted(tables: Mapping[str, Table[Block]], name: str, model: type[Row]) -> tuple[Row, ...]:
    if name not in tables:
        return ()
    rows = (row for row in tables[name].rows if isinstance(row, model))
    key = identity(model)
    return tuple(sorted(rows, key=key))
