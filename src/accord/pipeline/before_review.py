"""The steps before review: eligibility, conflicts, affinity, assignment."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from accord.call.folder import Call
from accord.errors import Refused
from accord.methods import affinity as affinity_method
from accord.methods import assignment as assignment_method
from accord.methods import conflicts as conflicts_method
from accord.methods import eligibility as eligibility_method
from accord.methods.affinity import SentenceEncoder
from accord.methods.assignment import Assignment
from accord.methods.assignment.certificate import AssignmentCertificate
from accord.methods.assignment.prices import AssignmentPrices
from accord.pipeline.step import Inputs, Step, npy, seed_of
from accord.pipeline.steps import (
    AffinityResult,
    AssignedPair,
    AssignmentResult,
    Certificate,
    ConflictsResult,
    EligibilityResult,
    Prices,
    SentenceModel,
    StoodAssignment,
    StoodFinding,
)
from accord.record.canonical import digest

Progress = Callable[[str, int, int], None]
AFFINITY_FILE = "affinity"


def eligibility_step(inputs: Inputs) -> Step[EligibilityResult]:
    """A verdict for every proposal."""
    call = inputs.call
    verdicts = eligibility_method.eligibility(call.plan.plan, call.proposals)
    return Step(
        name="eligibility",
        method=eligibility_method.METHOD,
        version=eligibility_method.VERSION,
        inputs=inputs.of("plan", "proposals"),
        result=EligibilityResult(verdicts=verdicts),
    )


def conflicts_step(inputs: Inputs) -> Step[ConflictsResult]:
    """Every conflict of interest."""
    call = inputs.call
    found = conflicts_method.conflicts(call.plan.plan, call.proposals, call.experts, call.publications, call.declared)
    return Step(
        name="conflicts",
        method=conflicts_method.METHOD,
        version=conflicts_method.VERSION,
        inputs=inputs.of("plan", "proposals", "experts", "publications", "conflicts"),
        result=ConflictsResult(conflicts=found),
    )


def affinity_step(inputs: Inputs, progress: Progress | None = None) -> Step[AffinityResult]:
    """How near every expert's publications are to every proposal, in millionths.

    A sentence model's weights are looked for in the folder that ACCORD_WEIGHTS names, or else among the models
    downloaded before; ACCORD_CACHE names a folder that keeps vectors. Raises WeightsAbsent where they are not
    on this machine, and Refused where they are not those of the plan.
    """
    call, model = inputs.call, inputs.call.plan.plan.affinity.model
    encoder = sentence_encoder(inputs)
    matrix = affinity_method.affinity(
        [proposal.text for proposal in call.proposals],
        [publication.text for publication in call.publications],
        authorship(call),
        model=model,
        weights=encoder,
        cache=os.environ.get("ACCORD_CACHE") if encoder else None,
        progress=None if progress is None else lambda done, of: progress("affinity", done, of),
    )
    weights = None if encoder is None else SentenceModel(name=encoder.name, sha256=encoder.digest)
    return affinity_of(inputs, matrix, weights)


def affinity_of(inputs: Inputs, matrix: NDArray[Any], weights: SentenceModel | None) -> Step[AffinityResult]:
    """The step that holds a matrix of this call's affinities."""
    call, model = inputs.call, inputs.call.plan.plan.affinity.model
    return Step(
        name="affinity",
        method=affinity_method.METHODS[model],
        version=affinity_method.VERSIONS[model],
        inputs=inputs.of("plan", "proposals", "experts", "publications"),
        result=AffinityResult(
            proposals=tuple(proposal.id for proposal in call.proposals),
            experts=tuple(expert.id for expert in call.experts),
            matrix=digest(npy(matrix)),
            weights=weights,
        ),
        arrays={AFFINITY_FILE: matrix},
    )


def sentence_encoder(inputs: Inputs) -> SentenceEncoder | None:
    """The sentence model that the plan names, as it lies on this machine; None where the plan names none."""
    rule = inputs.call.plan.plan.affinity
    if rule.weights is None:
        return None
    kept = os.environ.get("ACCORD_WEIGHTS")
    found = SentenceEncoder.found(rule.weights if kept is None else Path(kept) / rule.weights)
    if rule.weights_sha256 not in {None, found.digest}:
        raise Refused(f"the weights {rule.weights!r} here have the SHA-256 {found.digest}, the plan asks for others")
    return replace(found, name=rule.weights)


def affinity_values(call: Call, rows: Sequence[int]) -> dict[int, NDArray[Any]]:
    """Unrounded affinities of some proposals by words, in millionths, which a recorded number is held against."""
    return affinity_method.unrounded(
        [proposal.text for proposal in call.proposals],
        [publication.text for publication in call.publications],
        authorship(call),
        rows,
    )


def authorship(call: Call) -> sparse.csr_array[Any, tuple[int, int]]:
    """Who wrote what: experts by publications, 1 where the expert lists it."""
    place = {publication.id: number for number, publication in enumerate(call.publications)}
    cells = [
        (number, place[name])
        for number, expert in enumerate(call.experts)
        for name in dict.fromkeys(expert.publications)
        if name in place
    ]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    shape = (len(call.experts), len(call.publications))
    return sparse.csr_array((np.ones(len(cells), dtype=np.int64), (rows, columns)), shape=shape)


def assignment_step(
    inputs: Inputs,
    eligibility: Step[EligibilityResult],
    conflicts: Step[ConflictsResult],
    affinity: Step[AffinityResult],
) -> Step[AssignmentResult]:
    """The canonical optimal assignment of the eligible proposals, and the one that stood where reviews exist."""
    digests = {
        **inputs.of("plan", "experts"),
        "steps/eligibility": eligibility.digest,
        "steps/conflicts": conflicts.digest,
        "steps/affinity": affinity.digest,
    }
    arguments = assignment_arguments(inputs, eligibility.result, conflicts.result, affinity)
    result = _computed(arguments, inputs.call)
    if inputs.call.reviews is not None and inputs.simulated is None:
        digests |= inputs.of("reviews")
        stood = _stood(inputs.call, conflicts.result, affinity, result)
        result = result.model_copy(update={"stood": stood})
    return Step(
        name="assignment",
        method=assignment_method.METHOD,
        version=assignment_method.VERSION,
        inputs=digests,
        result=result,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentArguments:
    """What the assignment method is called with for the eligible proposals; verification uses it too."""

    proposals: tuple[str, ...]
    experts: tuple[str, ...]
    affinity: NDArray[Any]
    conditions: dict[str, Any]


def assignment_arguments(
    inputs: Inputs,
    eligibility: EligibilityResult,
    conflicts: ConflictsResult,
    affinity: Step[AffinityResult],
) -> AssignmentArguments:
    """Loads, demands, conflicts and Sides of the eligible proposals, as the assignment method takes them."""
    call, review = inputs.call, inputs.call.plan.plan.review
    quota = review.min_experts_per_side
    eligible = eligibility.eligible
    experts = tuple(expert.id for expert in call.experts)
    row = {name: number for number, name in enumerate(eligible)}
    column = {name: number for number, name in enumerate(experts)}
    forbidden = np.zeros((len(eligible), len(experts)), dtype=bool)
    for proposal, expert in conflicts.pairs:
        if proposal in row:
            forbidden[row[proposal], column[expert]] = True
    place = {name: number for number, name in enumerate(affinity.result.proposals)}
    matrix = affinity.arrays[AFFINITY_FILE][[place[name] for name in eligible]]
    conditions: dict[str, Any] = {
        "experts_per_proposal": review.experts_per_proposal,
        "max_load": [review.max_load if one.max_load is None else one.max_load for one in call.experts],
        "min_load": [review.min_load if one.min_load is None else one.min_load for one in call.experts],
        "conflicts": forbidden,
        "expert_side": [one.side for one in call.experts],
        "min_per_side": dict.fromkeys(call.plan.plan.sides, quota) if quota else None,
        "fairness": review.fairness,
        "seed": seed_of("assignment", inputs),
    }
    return AssignmentArguments(proposals=eligible, experts=experts, affinity=matrix, conditions=conditions)


def _computed(arguments: AssignmentArguments, call: Call) -> AssignmentResult:
    """The optimum with its certificate; where there is none, why."""
    proposals, experts = arguments.proposals, arguments.experts
    present = {expert.side for expert in call.experts}
    absent = [side for side in call.plan.plan.sides if side not in present]
    if absent and call.plan.plan.review.min_experts_per_side:
        why = f"{', '.join(absent)} has no expert, and each proposal needs one of each Side"
        return AssignmentResult(proposals=proposals, experts=experts, infeasible=(why,))
    try:
        assignment = assignment_method.assign(arguments.affinity, **arguments.conditions)
    except assignment_method.AssignmentInfeasible as error:
        return AssignmentResult(proposals=proposals, experts=experts, infeasible=_named(error, proposals, experts))
    return _assignment_result(assignment, proposals, experts)


def _named(
    error: assignment_method.AssignmentInfeasible, proposals: Sequence[str], experts: Sequence[str]
) -> tuple[str, ...]:
    """An infeasible assignment's reasons with the identifiers of proposals and experts."""
    lines = [
        f"{proposals[row]} lacks {missing} expert(s){'' if side is None else f' of {side}'}"
        for row, side, missing in error.lacking
    ]
    lines += [f"{experts[column]} lacks {missing} review(s)" for column, missing in error.underused]
    lines.append(f"{error.wanted} reviews are wanted, the experts can take {error.available}")
    if error.load_increase is not None:
        lines.append(f"every maximum load greater by {error.load_increase} would do")
    return tuple(lines)


def _assignment_result(
    assignment: Assignment, proposals: tuple[str, ...], experts: tuple[str, ...]
) -> AssignmentResult:
    certificate = assignment.certificate
    return AssignmentResult(
        proposals=proposals,
        experts=experts,
        pairs=tuple(
            AssignedPair(
                proposal=proposals[reason.row],
                expert=experts[reason.column],
                affinity=reason.affinity,
                next_choice=None if reason.next_column is None else experts[reason.next_column],
                next_affinity=reason.next_affinity,
                why=reason.why,
                cost=reason.cost,
            )
            for reason in assignment.reasons
        ),
        total=assignment.total,
        worst=assignment.worst,
        unique=assignment.unique,
        certificate=Certificate(
            prices=_prices(certificate.prices),
            floor=certificate.floor,
            floor_prices=None if certificate.floor_prices is None else _prices(certificate.floor_prices),
        ),
    )


def _prices(prices: AssignmentPrices) -> Prices:
    return Prices.model_validate(
        {
            "proposal": prices.proposal.tolist(),
            "side": prices.side.tolist(),
            "expert": prices.expert.tolist(),
        }
    )


def certificate_of(recorded: Certificate, sides: int) -> AssignmentCertificate:
    """The method's certificate from what a record holds; `sides` is how many Sides have a quota, if any has."""

    def prices(one: Prices) -> AssignmentPrices:
        return AssignmentPrices(
            proposal=np.array(one.proposal, dtype=np.int64).reshape(-1, 2),
            side=np.array(one.side, dtype=np.int64).reshape(len(one.side), sides, 2),
            expert=np.array(one.expert, dtype=np.int64).reshape(-1, 2),
        )

    return AssignmentCertificate(
        prices=prices(recorded.prices),
        floor=recorded.floor,
        floor_prices=None if recorded.floor_prices is None else prices(recorded.floor_prices),
    )


def _stood(
    call: Call, conflicts: ConflictsResult, affinity: Step[AffinityResult], computed: AssignmentResult
) -> StoodAssignment:
    pairs = sorted({(score.proposal, score.expert) for score in call.reviews or ()})
    eligible = set(computed.proposals)
    row = {name: number for number, name in enumerate(affinity.result.proposals)}
    column = {name: number for number, name in enumerate(affinity.result.experts)}
    matrix = affinity.arrays[AFFINITY_FILE]
    counted = [(proposal, expert) for proposal, expert in pairs if proposal in eligible]
    total = sum(int(matrix[row[proposal], column[expert]]) for proposal, expert in counted)
    return StoodAssignment(
        pairs=len(pairs),
        pairs_of_ineligible=len(pairs) - len(counted),
        total=total,
        gain=None if computed.infeasible else computed.total - total,
        findings=tuple(_stood_findings(call, conflicts, pairs, eligible)),
    )


def _stood_findings(
    call: Call, conflicts: ConflictsResult, pairs: Sequence[tuple[str, str]], eligible: set[str]
) -> Iterator[StoodFinding]:
    review = call.plan.plan.review
    evidence = {(one.proposal, one.expert): f"{one.kind}: {one.evidence}" for one in conflicts.conflicts}
    for proposal, expert in pairs:
        if (proposal, expert) in evidence:
            found = evidence[proposal, expert]
            yield StoodFinding(kind="conflict", proposal=proposal, expert=expert, found=found)
    loads = Counter(expert for _, expert in pairs)
    for one in call.experts:
        most = review.max_load if one.max_load is None else one.max_load
        if loads[one.id] > most:
            found = f"{loads[one.id]} reviews, at most {most}"
            yield StoodFinding(kind="load", expert=one.id, found=found)
        least = review.min_load if one.min_load is None else one.min_load
        if loads[one.id] < least:
            yield StoodFinding(kind="load", expert=one.id, found=f"{loads[one.id]} reviews, at least {least}")
    number = Counter(proposal for proposal, _ in pairs)
    side = {one.id: one.side for one in call.experts}
    of_side = Counter((proposal, side[expert]) for proposal, expert in pairs)
    for proposal in sorted(eligible):
        if number[proposal] != review.experts_per_proposal:
            found = f"{number[proposal]} experts, the plan asks for {review.experts_per_proposal}"
            yield StoodFinding(kind="number-of-experts", proposal=proposal, found=found)
        for name in call.plan.plan.sides:
            if of_side[proposal, name] < review.min_experts_per_side:
                found = f"{of_side[proposal, name]} experts of {name}, the plan asks for {review.min_experts_per_side}"
                yield StoodFinding(kind="side-quota", proposal=proposal, found=found)
