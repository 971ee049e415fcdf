"""A record, checked and recomputed: whoever may read it trusts nobody.

Every check says in a line what it did. Nothing is written, no link is followed, and what cannot be read is a
failed check and no traceback.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from pydantic import ValidationError

from accord.call.folder import SALT_KEY_FILE, load_call
from accord.errors import AccordError
from accord.methods.scores import simulated_scores
from accord.pipeline.after_review import list_step, ranking_step, selection_step
from accord.pipeline.before_review import (
    AFFINITY_FILE,
    affinity_step,
    assignment_arguments,
    assignment_step,
    certificate_of,
    conflicts_step,
    eligibility_step,
)
from accord.pipeline.bundle import (
    COMMITMENTS_FILE,
    RECORD_FILE,
    VERSION,
    FrontPage,
    commitments_csv,
    content_leaves,
    derived_salt_key,
)
from accord.pipeline.step import Inputs, Step, from_npy
from accord.pipeline.steps import (
    AffinityResult,
    AssignmentResult,
    ConflictsResult,
    EligibilityResult,
    ListResult,
    RankingResult,
    SelectionResult,
)
from accord.plan.types import Block
from accord.record.canonical import canonical, digest
from accord.record.commitments import commit, root_of
from accord.record.folder import read_inside

OPTIMUM_RULES: Final = frozenset({"ties-by-funds", "max-merit"})
WITHIN: Final = 1  # millionths, by which a floating step may differ on another machine
MODELS: Final[dict[str, type[Block]]] = {
    "eligibility": EligibilityResult,
    "conflicts": ConflictsResult,
    "affinity": AffinityResult,
    "assignment": AssignmentResult,
    "ranking": RankingResult,
    "list": ListResult,
    "selection": SelectionResult,
}
Value = TypeVar("Value", bound=Block)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a record: its name, whether it holds, and what was done or found."""

    name: str
    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of a record, in order. The record holds where all of them do."""

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)


class _Failed(Exception):
    """A check that cannot go on, with what was found."""


def verify(folder: str | os.PathLike[str], *, progress: Callable[[str], None] | None = None) -> Verification:
    """Check a record: files, plan, commitments, then each step recomputed from what is recorded before it."""
    checks: list[Check] = []
    for name, check in _checks(Path(folder)):
        if progress is not None:
            progress(name)
        try:
            checks.append(Check(name, holds=True, said=check()))
        except (_Failed, AccordError, ValidationError, OSError, ValueError, KeyError, TypeError) as error:
            checks.append(Check(name, holds=False, said=_first_line(error)))
            break  # what follows rests on this
    return Verification(tuple(checks))


def _first_line(error: Exception) -> str:
    text = f"{error}" if isinstance(error, _Failed | AccordError) else f"{type(error).__name__}: {error}"
    return " · ".join(text.splitlines()[:4])


def _checks(folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    record = _Record(folder)
    yield "files", record.files
    yield "plan and tables", record.inputs
    yield "commitments", record.commitments
    yield from record.steps()


class _Record:
    """A record while it is checked: each check leaves what the next one needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._page: FrontPage
        self._content: dict[str, bytes] = {}
        self._inputs: Inputs
        self._steps: dict[str, Step[Block]] = {}

    def files(self) -> str:
        """Every file is the one that the front page names, and no other is there."""
        if not self._folder.is_dir():
            raise _Failed(f"there is no folder {self._folder}")
        if not (self._folder / RECORD_FILE).is_file():
            raise _Failed(f"{RECORD_FILE} is missing: this folder is no record")
        page = read_inside(self._folder, RECORD_FILE)
        try:
            self._page = FrontPage.model_validate_json(page)
        except ValidationError as error:
            raise _Failed(f"{RECORD_FILE} is no front page of version {VERSION}: {error.errors()[0]['msg']}") from error
        if page != self._page.content:
            raise _Failed(f"{RECORD_FILE} is not in canonical form")
        present = set(_present(self._folder)) - {RECORD_FILE}
        named = self._page.files
        for path in sorted(set(named) - present):
            raise _Failed(f"{path} is missing")
        for path in sorted(present - set(named)):
            raise _Failed(f"{path} is not named in {RECORD_FILE}")
        for path, expected in named.items():
            content = read_inside(self._folder, path)
            if digest(content) != expected:
                raise _Failed(f"{path} was changed: its SHA-256 is {digest(content)}, {expected} is recorded")
            self._content[path] = content
        return f"{len(named)} files are the recorded ones"

    def inputs(self) -> str:
        """The plan and the tables load, and the plan is the one that the page names."""
        call = load_call(self._folder / "inputs")
        if call.plan.digest != self._page.plan:
            raise _Failed("the plan is not the one that the front page names")
        if SALT_KEY_FILE in self._content:
            call = replace(call, salt_key=bytes.fromhex(self._content[SALT_KEY_FILE].decode()))
        canonical_files = {f"inputs/{name}": content for name, content in call.files().items()}
        for path in self._content:
            if path.startswith("inputs/") and self._content[path] != canonical_files.get(path):
                raise _Failed(f"{path} is not in canonical form")
        self._inputs = Inputs(call, simulated=self._page.simulated_reviews)
        for name in self._page.steps:
            self._steps[name] = self._recorded(name)
        return f"{len(call.proposals)} proposals, {len(call.experts)} experts; the plan's SHA-256 is {call.plan.digest}"

    def commitments(self) -> str:
        """Every leaf of content has the commitment that is recorded, and the root covers all of them."""
        call = self._inputs.call
        key = call.salt_key
        if key is None:
            key = derived_salt_key({path: digest(content) for path, content in self._content.items()})
        found = commit(key, content_leaves(self._inputs, self._steps.values()))
        if commitments_csv(found) != self._content[COMMITMENTS_FILE]:
            raise _Failed(f"{COMMITMENTS_FILE} does not fit the content")
        told = self._page.commitments
        if told.root != root_of(found) or told.leaves != len(found):
            raise _Failed("the root on the front page does not cover the commitments")
        salts = "secret salts" if call.salt_key else "salts derived from the content: not for redacted copies"
        return f"{len(found)} leaves under root {told.root} ({salts})"

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """A check for each step that the record has."""
        checks: dict[str, Callable[[], str]] = {
            "eligibility": self._eligibility,
            "conflicts": self._conflicts,
            "affinity": self._affinity,
            "assignment": self._assignment,
            "simulated reviews": self._simulated,
            "ranking": self._ranking,
            "list": self._list,
            "selection": self._selection,
        }
        for name, check in checks.items():
            if name == "simulated reviews":
                if self._page.simulated_reviews is not None:
                    yield name, check
            elif name in self._page.steps:
                yield name, check

    def _recorded(self, name: str) -> Step[Block]:
        content = self._content[f"steps/{name}.json"]
        raw = json.loads(content)
        if content != canonical(raw):
            raise _Failed(f"steps/{name}.json is not in canonical form")
        result = MODELS[name].model_validate_json(canonical(raw["result"]))
        arrays = {AFFINITY_FILE: from_npy(self._content[f"steps/{AFFINITY_FILE}.npy"])} if name == "affinity" else {}
        step = Step(
            name=raw["step"],
            method=raw["method"],
            version=raw["version"],
            inputs=raw["inputs"],
            result=result,
            arrays=arrays,
        )
        if step.content != content:
            raise _Failed(f"steps/{name}.json holds what a step of this version does not")
        return step

    def _step(self, name: str, model: type[Value]) -> Step[Value]:
        step = self._steps[name]
        if not isinstance(step.result, model):
            raise _Failed(f"steps/{name}.json holds another step")
        return step  # type: ignore[return-value]  # its result was just seen to be of that model

    def _same(self, step: Step[Any]) -> None:
        if step.content != self._steps[step.name].content:
            place = _difference(step.plain, self._steps[step.name].plain)
            raise _Failed(f"steps/{step.name}.json is not what its inputs give: {place}")

    def _eligibility(self) -> str:
        step = eligibility_step(self._inputs)
        self._same(step)
        refused = len(step.result.verdicts) - len(step.result.eligible)
        return f"recomputed: {len(step.result.eligible)} proposals eligible, {refused} not"

    def _conflicts(self) -> str:
        step = conflicts_step(self._inputs)
        self._same(step)
        return f"recomputed: {len(step.result.pairs)} pairs must not meet, {len(step.result.conflicts)} reasons"

    def _affinity(self) -> str:
        recorded = self._step("affinity", AffinityResult)
        computed = affinity_step(self._inputs)
        matrix, again = recorded.arrays[AFFINITY_FILE], computed.arrays[AFFINITY_FILE]
        if digest(self._content[f"steps/{AFFINITY_FILE}.npy"]) != recorded.result.matrix:
            raise _Failed("the matrix is not the one that the step names")
        alike = replace(computed, result=computed.result.model_copy(update={"matrix": recorded.result.matrix}))
        self._same(alike)
        if matrix.shape != again.shape or matrix.dtype != again.dtype:
            raise _Failed(f"a matrix of {matrix.shape} {matrix.dtype}, {again.shape} {again.dtype} is computed")
        apart = int(np.abs(matrix.astype(np.int64) - again).max(initial=0))
        if apart > WITHIN:
            raise _Failed(f"recomputed affinities differ by up to {apart} millionths")
        return (
            f"recomputed: {matrix.shape[0]} by {matrix.shape[1]}, {'the same' if not apart else 'within a millionth'}"
        )

    def _assignment(self) -> str:
        recorded = self._step("assignment", AssignmentResult)
        eligibility, conflicts = self._step("eligibility", EligibilityResult), self._step("conflicts", ConflictsResult)
        affinity = self._step("affinity", AffinityResult)
        said = "recomputed: no assignment meets the plan, for the recorded reasons"
        if not recorded.result.infeasible:
            said = self._certified(recorded, eligibility, conflicts, affinity)
        self._same(assignment_step(self._inputs, eligibility, conflicts, affinity))
        return said

    def _certified(
        self,
        recorded: Step[AssignmentResult],
        eligibility: Step[EligibilityResult],
        conflicts: Step[ConflictsResult],
        affinity: Step[AffinityResult],
    ) -> str:
        digests = {name: value for name, value in recorded.inputs.items() if name != "reviews"}
        arguments = assignment_arguments(self._inputs.call, eligibility.result, conflicts.result, affinity, digests)
        row = {name: number for number, name in enumerate(arguments.proposals)}
        column = {name: number for number, name in enumerate(arguments.experts)}
        result = recorded.result
        if result.certificate is None:
            raise _Failed("the assignment has no certificate")
        pairs = [[row[pair.proposal], column[pair.expert]] for pair in result.pairs]
        check = certificate_of(result.certificate).check(
            arguments.affinity, np.array(pairs, dtype=np.int64).reshape(-1, 2), **arguments.conditions
        )
        if not check.holds or check.value is None or check.value[0] != result.total:
            raise _Failed(f"the certificate does not hold: {'; '.join(check.problems) or f'gap {check.gap}'}")
        only = "the only one" if check.unique else "canonical up to equal weights"
        return (
            f"certified: {len(pairs)} pairs, conditions met, optimum {result.total} proven (gap 0), {only}; recomputed"
        )

    def _simulated(self) -> str:
        assignment = self._step("assignment", AssignmentResult).result
        pairs = [(pair.proposal, pair.expert) for pair in assignment.pairs]
        seed = self._page.simulated_reviews
        if seed is None:
            raise _Failed("no seed is recorded")
        again = simulated_scores(self._inputs.call.plan.plan.review, pairs, seed=seed)
        if tuple(sorted(again, key=lambda one: (one.proposal, one.expert, one.criterion))) != self._inputs.call.reviews:
            raise _Failed(f"the scores are not those that seed {seed} gives")
        return f"recomputed from seed {seed}: these scores are made up, no person gave them"

    def _ranking(self) -> str:
        recorded = self._step("ranking", RankingResult)
        computed = ranking_step(
            self._inputs, self._step("eligibility", EligibilityResult), self._step("conflicts", ConflictsResult)
        )
        apart = _calibration_apart(recorded.result, computed.result)
        if apart > WITHIN:
            raise _Failed(f"recomputed ranks differ by up to {apart} millionths")
        alike = computed.result.model_copy(update={"calibrated": recorded.result.calibrated})
        self._same(replace(computed, result=alike))
        same = "the same" if not apart else "within a millionth"
        left_out = len(recorded.result.left_out)
        return f"recomputed: {len(recorded.result.assessments)} proposals, {same}; {left_out} reviews left out, named"

    def _list(self) -> str:
        step = list_step(self._inputs, self._step("ranking", RankingResult))
        self._same(step)
        return f"recomputed: {len(step.result.places)} places; lottery {step.result.lottery.status}"

    def _selection(self) -> str:
        step = selection_step(self._inputs, self._step("ranking", RankingResult), self._step("list", ListResult))
        self._same(step)
        result = step.result
        best = f"the best set, value {result.value} proven" if result.optimal else f"bound {result.bound} not reached"
        proven = best if result.rule in OPTIMUM_RULES else f"as {result.rule} says"
        provisional = f"; provisional: {result.provisional}" if result.provisional else ""
        return f"recomputed: {len(result.funded)} funded within every budget, {proven}{provisional}"


def _present(folder: Path) -> Iterator[str]:
    """Every file in a folder, by its path inside; a link is refused."""
    for around, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(around) / name
            if path.is_symlink():
                raise _Failed(f"{path.relative_to(folder)} is a link; a record holds files only")
            if name in files:
                yield path.relative_to(folder).as_posix()


def _calibration_apart(left: RankingResult, right: RankingResult) -> int:
    """By how many millionths two calibrations differ at most; whoever differs in names differs by all."""
    ranks = {row.proposal: row for row in right.calibrated}
    if {row.proposal for row in left.calibrated} != set(ranks):
        raise _Failed("other proposals are ranked")
    apart = 0
    for row in left.calibrated:
        other = ranks[row.proposal]
        pairs = (
            (row.expected_rank, other.expected_rank),
            (row.percentile, other.percentile),
            (row.posterior_mean, other.posterior_mean),
            *zip(row.interval, other.interval, strict=True),
        )
        apart = max(apart, *(abs(mine - yours) for mine, yours in pairs))
    return apart


def _difference(expected: Any, found: Any, place: str = "") -> str:
    """Where two JSON values first differ, and how."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            if expected.get(key) != found.get(key):
                return _difference(expected.get(key), found.get(key), f"{place}/{key}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (mine, yours) in enumerate(zip(expected, found, strict=True)):
            if mine != yours:
                return _difference(mine, yours, f"{place}/{number}")
    return f"{place or 'the step'} is {_short(found)}, {_short(expected)} is computed"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"
