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
from numpy.typing import NDArray
from pydantic import ValidationError

from accord.acts.checks import LOG_FOLDER, log_checks
from accord.errors import AccordError, Refused
from accord.methods.affinity import WeightsAbsent
from accord.methods.scores import MILLION, simulated_scores
from accord.pipeline.after_review import (
    calibrated_ranks,
    calibration,
    list_step,
    ranking_step,
)
from accord.pipeline.before_review import (
    AFFINITY_FILE,
    affinity_of,
    affinity_step,
    affinity_values,
    assignment_arguments,
    assignment_step,
    certificate_of,
    conflicts_step,
    eligibility_step,
    sentence_encoder,
)
from accord.pipeline.bundle import (
    COMMITMENTS_FILE,
    RECORD_FILE,
    FrontPage,
    commitments_csv,
    content_leaves,
    derived_salt_key,
    front_page,
)
from accord.pipeline.reading import read_files, read_inputs, read_steps, typed
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs, Step
from accord.pipeline.steps import (
    AffinityResult,
    AssignmentResult,
    CalibratedRank,
    ConflictsResult,
    EligibilityResult,
    ListResult,
    RankingResult,
    SentenceModel,
)
from accord.plan.types import Block
from accord.record.canonical import digest
from accord.record.commitments import commit

OPTIMUM_RULES: Final = frozenset({"ties-by-funds", "max-merit"})
DAMAGE: Final = (
    ValidationError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    RecursionError,
    EOFError,
    OverflowError,
)  # what a broken file raises in one of the readers
HALF: Final = 0.5
EDGE: Final = 1e-6  # millionths by which floating sums may differ on another machine
SENTENCE_TOLERANCE: Final = 100  # millionths by which a sentence model may differ on another machine
REPORT_FILE: Final = "report.html"
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
        except (_Failed, AccordError, *DAMAGE) as error:
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
    if (folder / LOG_FOLDER).exists():
        yield from record.log()


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
        self._page, self._content = read_files(self._folder)
        return f"{len(self._content)} files are the recorded ones"

    def inputs(self) -> str:
        """The plan and the tables load, and the plan is the one that the page names."""
        self._inputs = read_inputs(self._folder, self._page, self._content)
        self._steps = read_steps(self._inputs, self._content)
        call = self._inputs.call
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
        page = front_page(self._inputs, self._page.files, found)
        if page != self._page:
            place = _difference(page.model_dump(mode="json"), self._page.model_dump(mode="json"))
            raise _Failed(f"{RECORD_FILE} does not fit the content: {place}")
        salts = "secret salts" if call.salt_key else "salts derived from the content: not for redacted copies"
        return f"{len(found)} leaves under root {page.commitments.root} ({salts})"

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
            elif name in self._steps:
                yield name, check
        if REPORT_FILE in self._content:
            yield "report", lambda: "named with its digest, not made again: it is as true as who gave you the record"

    def log(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """The checks of a sealed record's log: its entries, who signed what, who cosigned."""
        page = digest(self._page.content)
        subjects = {"plan": self._inputs.call.plan.digest, "recommendation": page}
        yield from log_checks(self._inputs.call.plan.plan, self._folder, subjects)

    def _step(self, name: str, model: type[Value]) -> Step[Value]:
        return typed(self._steps[name], model)

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
        matrix, weights = recorded.arrays[AFFINITY_FILE], recorded.result.weights
        if digest(self._content[f"steps/{AFFINITY_FILE}.npy"]) != recorded.result.matrix:
            raise _Failed("the matrix is not the one that the step names")
        self._same(affinity_of(self._inputs, matrix, weights))
        shape = (len(self._inputs.call.proposals), len(self._inputs.call.experts))
        if matrix.shape != shape or matrix.dtype != np.int32:
            raise _Failed(f"a matrix of {matrix.shape} {matrix.dtype}, {shape} int32 is computed")
        if self._inputs.call.plan.plan.affinity.model == "semantic":
            return self._sentences(matrix, weights)
        if weights is not None:
            raise _Failed("weights are recorded, and the plan names no sentence model")
        again = affinity_step(self._inputs).arrays[AFFINITY_FILE]
        other = [(int(row), int(column)) for row, column in np.argwhere(matrix != again)]
        values = affinity_values(self._inputs.call, sorted({row for row, _ in other})) if other else {}
        for row, column in other:
            _rounded(
                int(matrix[row, column]), float(values[row][column]), f"the affinity in row {row}, column {column}"
            )
        same = "the same" if not other else f"{len(other)} on the edge of a millionth"
        return f"recomputed: {matrix.shape[0]} by {matrix.shape[1]}, {same}"

    def _sentences(self, matrix: NDArray[Any], weights: SentenceModel | None) -> str:
        """A sentence model's affinities: compared where the same weights are here, else within their bounds only."""
        rule = self._inputs.call.plan.plan.affinity
        if weights is None or weights.name != rule.weights or rule.weights_sha256 not in {None, weights.sha256}:
            raise _Failed("the weights that are recorded are not those that the plan names")
        if matrix.size and not (matrix.min() >= 0 and matrix.max() <= MILLION):
            raise _Failed("an affinity lies outside 0 to 1,000,000 millionths")
        attested = f"attested, not recomputed, with the weights {weights.name} ({weights.sha256})"
        try:
            here = sentence_encoder(self._inputs)
        except (WeightsAbsent, Refused) as error:
            return f"{attested}: {error}"
        if here is None or here.digest != weights.sha256:
            return f"{attested}: the weights of that name on this machine are others"
        apart = np.abs(matrix.astype(np.int64) - affinity_step(self._inputs).arrays[AFFINITY_FILE])
        far = int(apart.max(initial=0))
        if far > SENTENCE_TOLERANCE:
            row, column = (int(place) for place in np.unravel_index(apart.argmax(), apart.shape))
            raise _Failed(f"the affinity in row {row}, column {column} is {far} millionths from what is computed")
        return f"recomputed: {matrix.shape[0]} by {matrix.shape[1]}, {far} millionths apart at most"

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
        arguments = assignment_arguments(self._inputs, eligibility.result, conflicts.result, affinity)
        row = {name: number for number, name in enumerate(arguments.proposals)}
        column = {name: number for number, name in enumerate(arguments.experts)}
        result = recorded.result
        if result.certificate is None:
            raise _Failed("the assignment has no certificate")
        pairs = [[row[pair.proposal], column[pair.expert]] for pair in result.pairs]
        check = certificate_of(result.certificate, len(arguments.conditions["min_per_side"] or ())).check(
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
        rows = self._calibrated(recorded.result)
        alike = computed.result.model_copy(update={"calibrated": rows})
        self._same(replace(computed, result=alike))
        left_out = len(recorded.result.left_out)
        return f"recomputed: {len(recorded.result.assessments)} proposals; {left_out} reviews left out, named"

    def _calibrated(self, recorded: RankingResult) -> tuple[CalibratedRank, ...]:
        """The ranks as they have to be recorded, given how borderline millionths were rounded in the record."""
        again = calibration(
            self._inputs, self._step("eligibility", EligibilityResult), self._step("conflicts", ConflictsResult)
        )
        if again is None:
            return ()
        told = {row.proposal: row for row in recorded.calibrated}
        ranks, means = {}, {}
        for row, (rank, mean) in zip(again.rows, again.unrounded.tolist(), strict=True):
            name = str(row.proposal)
            if name not in told:
                raise _Failed(f"{name} has no calibrated rank")
            ranks[name] = _rounded(
                told[name].expected_rank, rank * MILLION, f"the expected rank of {name}", again.rank_step
            )
            means[name] = _rounded(
                told[name].posterior_mean, mean * MILLION, f"the posterior mean of {name}", again.mean_step
            )
        return calibrated_ranks(again, ranks, means)

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


def _rounded(recorded: int, value: float, what: str, step: float = 1 / MILLION) -> int:
    """A recorded number of millionths, seen to be the value rounded to a step; both ways where it is on the edge."""
    millionths = round(step * MILLION)
    if recorded % millionths or abs(recorded - value) > HALF * millionths + EDGE:
        raise _Failed(f"{what} is {recorded} millionths, {round(value)} is computed")
    return recorded


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
