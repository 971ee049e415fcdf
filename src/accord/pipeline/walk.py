"""The whole walk: from a loaded call to a selection, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.call.folder import Call
from accord.errors import InvalidInput
from accord.methods.scores import simulated_scores
from accord.pipeline.after_review import list_step, ranking_step
from accord.pipeline.before_review import (
    Progress,
    affinity_step,
    assignment_step,
    conflicts_step,
    eligibility_step,
)
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs, Step
from accord.pipeline.steps import (
    AffinityResult,
    AssignmentResult,
    ConflictsResult,
    EligibilityResult,
    ListResult,
    RankingResult,
    Result,
    SelectionResult,
)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A call's steps in order. The last three are None while no review and no consensus is there."""

    inputs: Inputs
    eligibility: Step[EligibilityResult]
    conflicts: Step[ConflictsResult]
    affinity: Step[AffinityResult]
    assignment: Step[AssignmentResult]
    ranking: Step[RankingResult] | None = None
    list: Step[ListResult] | None = None
    selection: Step[SelectionResult] | None = None

    def steps(self) -> Iterator[Step[Result]]:
        """The steps that were taken, in their order."""
        yield from (self.eligibility, self.conflicts, self.affinity, self.assignment)
        for step in (self.ranking, self.list, self.selection):
            if step is not None:
                yield step


def run(call: Call, *, simulate_reviews: int | None = None, progress: Progress | None = None) -> Walk:
    """The walk from a call to its selection.

    With `simulate_reviews` scores are made up from that seed for the computed assignment; a call that has
    reviews is refused then. `progress` is called with a step's name, how much is done, and of how much.
    Raises InvalidInput, and Refused where the plan refuses to break a tie.
    """
    if simulate_reviews is not None and call.reviews is not None:
        raise InvalidInput("simulate_reviews: the call has reviews; leave them out, or do not simulate")

    def tell(step: str, done: int = 0, of: int = 1) -> None:
        if progress is not None:
            progress(step, done, of)

    inputs = Inputs(call)
    tell("eligibility")
    eligibility = eligibility_step(inputs)
    tell("conflicts")
    conflicts = conflicts_step(inputs)
    tell("affinity")
    affinity = affinity_step(inputs, progress)
    tell("assignment")
    assignment = assignment_step(inputs, eligibility, conflicts, affinity)
    before = Walk(inputs=inputs, eligibility=eligibility, conflicts=conflicts, affinity=affinity, assignment=assignment)
    if simulate_reviews is not None:
        pairs = [(pair.proposal, pair.expert) for pair in assignment.result.pairs]
        scores = simulated_scores(call.plan.plan.review, pairs, seed=simulate_reviews)
        inputs = inputs.with_reviews(scores, simulate_reviews)
    if inputs.call.reviews is None and inputs.call.consensus is None:
        return before
    tell("ranking")
    ranking = ranking_step(inputs, eligibility, conflicts)
    tell("list")
    listed = list_step(inputs, ranking)
    tell("selection")
    selection = selection_step(inputs, ranking, listed)
    return Walk(
        inputs=inputs,
        eligibility=eligibility,
        conflicts=conflicts,
        affinity=affinity,
        assignment=assignment,
        ranking=ranking,
        list=listed,
        selection=selection,
    )
