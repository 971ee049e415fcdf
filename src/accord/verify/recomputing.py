"""Each step of a walk computed again, and held against what is recorded of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from accord.errors import Refused
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
from accord.pipeline.reading import typed
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
from accord.verify.checks import Failed, Named, difference, rounded

OPTIMUM_RULES: Final = frozenset({"ties-by-funds", "max-merit"})
SENTENCE_TOLERANCE: Final = 100  # millionths by which a sentence model may differ on another machine
Value = TypeVar("Value", bound=Block)


class Recomputation:
    """The recorded steps of a walk, each computed again from what is recorded before it.

    `matrix` are the bytes of the matrix of affinities.
    """

    def __init__(self, inputs: Inputs, steps: Mapping[str, Step[Block]], matrix: bytes) -> None:
        self._inputs = inputs
        self._steps = steps
        self._matrix = matrix

    def steps(self) -> Iterator[Named]:
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
                if self._inputs.simulated is not None:
                    yield name, check
            elif name in self._steps:
                yield name, check

    def _step(self, name: str, model: type[Value]) -> Step[Value]:
        return typed(self._steps[name], model)

    def _same(self, step: Step[Any]) -> None:
        if step.content != self._steps[step.name].content:
            place = difference(step.plain, self._steps[step.name].plain)
            raise Failed(f"steps/{step.name}.json is not what its inputs give: {place}")

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
        if digest(self._matrix) != recorded.result.matrix:
            raise Failed("the matrix is not the one that the step names")
        self._same(affinity_of(self._inputs, matrix, weights))
        shape = (len(self._inputs.call.proposals), len(self._inputs.call.experts))
        if matrix.shape != shape or matrix.dtype != np.int32:
            raise Failed(f"a matrix of {matrix.shape} {matrix.dtype}, {shape} int32 is computed")
        if self._inputs.call.plan.plan.affinity.model == "semantic":
            return self._sentences(matrix, weights)
        if weights is not None:
            raise Failed("weights are recorded, and the plan names no sentence model")
        again = affinity_step(self._inputs).arrays[AFFINITY_FILE]
        other = [(int(row), int(column)) for row, column in np.argwhere(matrix != again)]
        values = affinity_values(self._inputs.call, sorted({row for row, _ in other})) if other else {}
        for row, column in other:
            rounded(int(matrix[row, column]), float(values[row][column]), f"the affinity in row {row}, column {column}")
        same = "the same" if not other else f"{len(other)} on the edge of a millionth"
        return f"recomputed: {matrix.shape[0]} by {matrix.shape[1]}, {same}"

    def _sentences(self, matrix: NDArray[Any], weights: SentenceModel | None) -> str:
        """A sentence model's affinities: compared where the same weights are here, else within their bounds only."""
        rule = self._inputs.call.plan.plan.affinity
        if weights is None or weights.name != rule.weights or rule.weights_sha256 not in {None, weights.sha256}:
            raise Failed("the weights that are recorded are not those that the plan names")
        if matrix.size and not (matrix.min() >= 0 and matrix.max() <= MILLION):
            raise Failed("an affinity lies outside 0 to 1,000,000 millionths")
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
            raise Failed(f"the affinity in row {row}, column {column} is {far} millionths from what is computed")
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
            raise Failed("the assignment has no certificate")
        pairs = [[row[pair.proposal], column[pair.expert]] for pair in result.pairs]
        check = certificate_of(result.certificate, len(arguments.conditions["min_per_side"] or ())).check(
            arguments.affinity, np.array(pairs, dtype=np.int64).reshape(-1, 2), **arguments.conditions
        )
        if not check.holds or check.value is None or check.value[0] != result.total:
            raise Failed(f"the certificate does not hold: {'; '.join(check.problems) or f'gap {check.gap}'}")
        only = "the only one" if check.unique else "canonical up to equal weights"
        return (
            f"certified: {len(pairs)} pairs, conditions met, optimum {result.total} proven (gap 0), {only}; recomputed"
        )

    def _simulated(self) -> str:
        assignment = self._step("assignment", AssignmentResult).result
        pairs = [(pair.proposal, pair.expert) for pair in assignment.pairs]
        seed = self._inputs.simulated
        if seed is None:
            raise Failed("no seed is recorded")
        again = simulated_scores(self._inputs.call.plan.plan.review, pairs, seed=seed)
        if tuple(sorted(again, key=lambda one: (one.proposal, one.expert, one.criterion))) != self._inputs.call.reviews:
            raise Failed(f"the scores are not those that seed {seed} gives")
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
                raise Failed(f"{name} has no calibrated rank")
            ranks[name] = rounded(
                told[name].expected_rank, rank * MILLION, f"the expected rank of {name}", again.rank_step
            )
            means[name] = rounded(
                told[name].posterior_mean, mean * MILLION, f"the posterior mean of {name}", again.mean_step
            )
        return calibrated_ranks(again, ranks, means)

    def _list(self) -> str:
        step = list_step(self._inputs, self._step("ranking", RankingResult))
        self._same(step)
        draw = step.result.lottery
        why = f": {draw.reason}" if draw.status in {"drawn", "stopped"} else ""
        return f"recomputed: {len(step.result.places)} places; lottery {draw.status}{why}"

    def _selection(self) -> str:
        step = selection_step(self._inputs, self._step("ranking", RankingResult), self._step("list", ListResult))
        self._same(step)
        result = step.result
        best = f"the best set, value {result.value} proven" if result.optimal else f"bound {result.bound} not reached"
        proven = best if result.rule in OPTIMUM_RULES else f"as {result.rule} says"
        provisional = f"; provisional: {result.provisional}" if result.provisional else ""
        return f"recomputed: {len(result.funded)} funded within every budget, {proven}{provisional}"
