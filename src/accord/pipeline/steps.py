"""What each step of the walk gives: frozen values by identifier, with reasons, as records hold them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from accord.methods.conflicts import Conflict
from accord.methods.eligibility import Verdict
from accord.methods.listing import Place
from accord.methods.scores import Assessment
from accord.plan.practice import type_of_list
from accord.plan.types import Block, Whole

Names = Annotated[tuple[str, ...], type_of_list]
Levels = Annotated[tuple[Whole, Whole], type_of_list]


class EligibilityResult(Block):
    """A verdict for every proposal."""

    verdicts: Annotated[tuple[Verdict, ...], type_of_list]

    @property
    def eligible(self) -> tuple[str, ...]:
        """The proposals that every Side can consider."""
        return tuple(verdict.proposal for verdict in self.verdicts if verdict.eligible)


class ConflictsResult(Block):
    """Every reason why a pair must not meet."""

    conflicts: Annotated[tuple[Conflict, ...], type_of_list]

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The pairs of proposal and expert that must not meet."""
        return frozenset((one.proposal, one.expert) for one in self.conflicts)


class SentenceModel(Block):
    """The weights of a sentence model: what people call them, and the SHA-256 by which they are known."""

    name: str
    sha256: str


class AffinityResult(Block):
    """Whose row and column the matrix has, and the digest of its file; the matrix itself lies beside.

    `weights` tells which sentence model was used, where one was.
    """

    proposals: Names
    experts: Names
    matrix: str
    weights: SentenceModel | None = None


class AssignedPair(Block):
    """An expert who reviews a proposal, the next choice, and why that was not taken. Affinities in millionths."""

    proposal: str
    expert: str
    affinity: int
    next_choice: str | None = None
    next_affinity: int | None = None
    why: str | None = None
    cost: int | None = None


class Prices(Block):
    """Dual prices by proposal, by Side within a proposal, and by expert, each on two levels."""

    proposal: Annotated[tuple[Levels, ...], type_of_list]
    side: Annotated[tuple[Annotated[tuple[Levels, ...], type_of_list], ...], type_of_list]
    expert: Annotated[tuple[Levels, ...], type_of_list]


class Certificate(Block):
    """What proves the assignment optimal, and the choice among equals the one that nobody chose."""

    prices: Prices
    floor: int | None = None
    floor_prices: Prices | None = None


class StoodFinding(Block):
    """Where the assignment that stood does not meet the plan."""

    kind: Literal["conflict", "load", "side-quota", "number-of-experts"]
    proposal: str | None = None
    expert: str | None = None
    found: str


class StoodAssignment(Block):
    """The assignment that the reviews show: checked against conflicts and quotas, and compared with the optimum.

    `total` and `gain` are of the eligible proposals, in millionths; `gain` is what the computed assignment has
    more, and None where none could be computed.
    """

    pairs: int
    pairs_of_ineligible: int
    total: int
    gain: int | None = None
    findings: Annotated[tuple[StoodFinding, ...], type_of_list] = ()


class AssignmentResult(Block):
    """Who reviews what. Where no assignment meets the plan, `infeasible` says why and there are no pairs."""

    proposals: Names
    experts: Names
    pairs: Annotated[tuple[AssignedPair, ...], type_of_list] = ()
    total: Whole = 0
    worst: int | None = None
    unique: bool = False
    certificate: Certificate | None = None
    infeasible: Names = ()
    stood: StoodAssignment | None = None


class LeftOut(Block):
    """A review that is kept and does not count: its expert is in conflict, or its proposal is not eligible."""

    proposal: str
    expert: str
    kind: Literal["conflict", "not-eligible"]
    reason: str


class CalibratedRank(Block):
    """A proposal's rank with its uncertainty. Ranks, percentile (of 100) and mean in millionths."""

    proposal: str
    expected_rank: int
    percentile: int
    interval: Annotated[tuple[int, int], type_of_list]
    posterior_mean: int
    tie_group: int


class RecordedLeniency(Block):
    """An expert's tendency to score high (positive) or low, for the chair: it profiles a person.

    `leniency` and the ends of its credible `interval` are on the total's scale, whole thousandths in millionths.
    """

    expert: str
    leniency: int
    interval: Annotated[tuple[int, int], type_of_list]
    votes: int


class RankingResult(Block):
    """What the scores say of each eligible proposal, and its calibrated rank where the plan asks for it."""

    order_by: Literal["consensus", "mean", "calibrated"]
    assessments: Annotated[tuple[Assessment, ...], type_of_list]
    calibrated: Annotated[tuple[CalibratedRank, ...], type_of_list] = ()
    leniency: Annotated[tuple[RecordedLeniency, ...], type_of_list] = ()
    unranked: Names = ()
    left_out: Annotated[tuple[LeftOut, ...], type_of_list] = ()


class LotteryDraw(Block):
    """How the lottery stands: drawn from every Side's reveal, or provisional until it is."""

    status: Literal["not-needed", "drawn", "provisional", "stopped"]
    reason: str
    seed: str | None = None
    decided: Annotated[tuple[str, ...], type_of_list] = ()  # the proposals whose place it decided


class ListResult(Block):
    """The ranking list. `line` is the key of the last proposal that can be paid, where separability needs it."""

    places: Annotated[tuple[Place, ...], type_of_list]
    line: int | None = None
    lottery: LotteryDraw
    advice: dict[str, Names] = Field(default={})


class Reduction(Block):
    """How a proposal is reduced: its requests cut as far as the plan allows, or without one of its partners.

    `partner` is the place of the partner that is dropped, counted from 1 in the proposal.
    """

    kind: Literal["cut-request", "drop-partner"]
    partner: int | None = None


class Funded(Block):
    """A proposal to be funded: each Side's part, and what each Side has left then, in minor units."""

    proposal: str
    place: int
    requested: dict[str, Whole]
    remaining: dict[str, Whole]
    reduced: Reduction | None = None


class Shortage(Block):
    """What a Side lacks for a proposal, in minor units of its unit."""

    side: str
    amount: Whole


class NotFunded(Block):
    """A proposal that is not funded, with the reason and its place on the reserve list."""

    proposal: str
    place: int
    reason: str
    short: Annotated[tuple[Shortage, ...], type_of_list] = ()
    stopped_at: str | None = None
    reserve_place: int | None = None


class TopicRemaining(Block):
    """What is left of the part of a Side's budget that only one topic may use, in minor units."""

    side: str
    topic: str
    amount: Whole


class ToppedUp(Block):
    """What the plan's rule would fund besides, if Sides added what the plan says they may; nobody leaves.

    `added` is what each Side would add, in minor units: no more than is needed.
    """

    joins: Names
    added: dict[str, Whole]
    value: Whole
    bound: Whole


class SelectionResult(Block):
    """The computed selection: what every Side needed has to sign before it is a funding recommendation."""

    rule: str
    funded: Annotated[tuple[Funded, ...], type_of_list]
    reserve: Names
    not_funded: Annotated[tuple[NotFunded, ...], type_of_list]
    budgets: dict[str, Whole]
    remaining: dict[str, Whole]
    value: Whole
    bound: Whole
    optimal: bool
    canonical: bool
    solver: str | None = None
    provisional: str | None = None
    topic_remaining: Annotated[tuple[TopicRemaining, ...], type_of_list] = ()
    unmet: Names = ()  # the plan's limits that no set meets, without which the selection was made
    top_up: ToppedUp | None = None


Result = (
    EligibilityResult
    | ConflictsResult
    | AffinityResult
    | AssignmentResult
    | RankingResult
    | ListResult
    | SelectionResult
)
