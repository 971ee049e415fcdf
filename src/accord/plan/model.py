"""The Partnership Plan as a value: every block that a plan may hold, and what each key means.

A field marked with `recorded` is signed and kept but not executed yet; `Plan.recorded_only` lists those that a
plan uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from accord.plan import practice
from accord.plan.money import exponent, minor_units
from accord.plan.practice import Criterion, type_of_list
from accord.plan.types import (
    Amount,
    Block,
    Count,
    Country,
    Instant,
    Key,
    Name,
    Number,
    Positive,
    Share,
    Text,
    Zone,
)

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]


def recorded(default: Any = None) -> Any:
    """A field that the plan may hold and the software does not execute yet."""
    return Field(default=default, json_schema_extra={"executed": False})


class CallHead(Block):
    """What the call is: its name, its instrument, and how many intakes it has."""

    id: Key
    instrument: Key
    mode: Literal["single", "coordinated"]
    title: Text
    prevailing_language: Language
    indicative: bool = True
    text: Text | None = recorded()


class Topic(Block):
    """A subject that the Sides adopted together."""

    id: Key
    title: Text
    min_funded: Count | None = None
    max_funded: Positive | None = None


class Request(Block):
    """What one proposal may ask of a Side. `basis` says what the amounts hold: all costs, or direct ones.

    Amounts are taken as they stand; an overhead on direct costs is recorded and not added.
    """

    max_per_proposal: Amount | None = None
    min_per_proposal: Amount | None = None
    basis: Literal["total", "direct"]
    overhead_max: Share | None = None
    rates: Annotated[tuple[practice.FundingRate, ...], type_of_list] = recorded(())


class Partners(Block):
    """How many partners, and from how many countries."""

    min: Count = 0
    max: Positive | None = None
    min_countries: Count = 0


class Side(Block):
    """A signatory that takes part: its programme, its money in its own unit, its rules."""

    id: Key
    signatory: Text
    programme: Name
    managed_by: Text | None = None
    countries: Annotated[tuple[Country, ...], type_of_list, Field(min_length=1)]
    unit: Name
    budget: Amount
    request: Request
    partners: Partners = Partners()
    lead_required: bool = False  # one of its partners names a lead investigator
    max_share: Share | None = None  # of a proposal's whole request, compared at the plan's rates
    language: Language
    timezone: Zone
    holidays: Name | None = None
    award_form: Name
    contact: practice.Contact | None = recorded()
    rules: Text | None = recorded()
    topic_budgets: Annotated[tuple[practice.TopicBudget, ...], type_of_list] = ()
    year_budgets: Annotated[tuple[practice.YearBudget, ...], type_of_list] = recorded(())
    prechecks: Annotated[tuple[practice.PreCheck, ...], type_of_list] = recorded(())
    signatories: Annotated[tuple[practice.Signatory, ...], type_of_list] = ()

    def minor(self, amount: Amount) -> int:
        """An amount in whole minor units of this Side's unit."""
        return minor_units(amount, self.unit)

    @property
    def exponent(self) -> int:
        """How many decimals this Side's unit has."""
        return exponent(self.unit)


class Timeline(Block):
    """The call's instants; all carry their offset."""

    opens: Instant
    closes: Instant
    eligibility_by: Instant | None = None
    reviews_by: Instant | None = None
    panel_on: Instant | None = None
    recommendation_by: Instant | None = None
    projects_start: Instant | None = None


class Range(Block):
    """A least and a greatest value, both allowed."""

    min: Count
    max: Positive


class UnfundedPartners(Block):
    """Whether a partner may take part without a request, and counts towards the least number of partners."""

    allowed: bool
    count_to_minimum: bool


class InvestigatorLimits(Block):
    """In how many proposals one investigator may take part, and be the coordinator's."""

    proposals: Positive | None = None
    as_coordinator: Positive | None = None


class Eligibility(Block):
    """The rules that hold for every proposal, whichever the Side."""

    partners: Range
    duration_months: Range | None = None
    coordinator_sides: Annotated[tuple[Key, ...], type_of_list, Field(min_length=1)]
    unfunded_partners: UnfundedPartners = UnfundedPartners(allowed=True, count_to_minimum=False)
    investigators: InvestigatorLimits | None = None


class Review(Block):
    """Who judges, by which criteria, and what must be reached."""

    experts_per_proposal: Positive
    min_experts_per_side: Count = 0
    max_load: Positive
    min_load: Count = 0
    fairness: Literal["total", "worst-pair"] = "total"
    thresholds_on: Literal["mean", "median", "consensus"]
    total_threshold: Number | None = None
    criterion: Annotated[tuple[Criterion, ...], type_of_list, Field(min_length=1)]
    interview: practice.Interview | None = recorded()
    rebuttal: practice.Rebuttal | None = recorded()


class CoauthorRule(Block):
    """A common paper of the last `years` calendar years before closing, with at most `max_authors`, is a conflict."""

    years: Count
    max_authors: Positive | None = None


class Exclusions(Block):
    """How many experts the applicants of one proposal may exclude."""

    max: Positive


class JointProjectRule(Block):
    """A declared joint project that ended in the last `years` calendar years before closing, or goes on, counts."""

    years: Count


def _is_no_number(value: object) -> object:
    if not isinstance(value, bool) and value != "department":
        raise ValueError('write true, false or "department"')
    return value


class Conflicts(Block):
    """What makes an expert and a proposal that must not meet."""

    declared: bool
    same_organisation: Annotated[Literal[True, False, "department"], BeforeValidator(_is_no_number)]
    joint_projects: JointProjectRule | None = None
    coauthor: CoauthorRule | None = None
    excluded_by_applicants: Exclusions | None = None


class AffinityRule(Block):
    """How the nearness of an expert's publications to a proposal is computed.

    A sentence model has its weights' name, and the SHA-256 by which they are known where no others will do.
    """

    model: Literal["tfidf", "semantic"]
    weights: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$")] | None = None
    weights_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _weights_where_they_belong(self) -> Self:
        if self.model == "semantic" and self.weights is None:
            raise ValueError('model = "semantic" needs weights = "…", the name of a sentence model')
        if self.model == "tfidf" and (self.weights is not None or self.weights_sha256 is not None):
            raise ValueError('model = "tfidf" takes no weights; leave them out, or write model = "semantic"')
        return self


class RankingRule(Block):
    """What orders the list, and what counts as a tie."""

    order_by: Literal["consensus", "mean", "calibrated"]
    advice: Annotated[tuple[Literal["mean", "calibrated"], ...], type_of_list] = ()
    credible_interval: Number = Field(default=Decimal("0.5"), gt=0, lt=1)
    ties_are: Literal["equal", "not-separable"]
    leniency: bool = False


TieBreak = Annotated[
    str, Field(pattern=r"^(score:[A-Za-z0-9][A-Za-z0-9._-]*|topic-coverage|geography|funds|lottery|refuse)$")
]


class SelectionRule(Block):
    """How the list becomes a set that every Side can pay."""

    rule: Literal["list-order", "list-with-skips", "ties-by-funds", "max-merit"]
    ties: Annotated[tuple[TieBreak, ...], type_of_list, Field(min_length=1)]
    reserve: Count | None = None
    adjustments: Annotated[
        tuple[Literal["budget-raise", "cut-request", "drop-partner", "order-change"], ...], type_of_list
    ] = recorded(())
    top_up: Annotated[tuple[practice.TopUp, ...], type_of_list] = ()
    reduced: practice.ReducedVersion | None = None
    max_coordinator_imbalance: Count | None = None  # how many more funded proposals one Side may coordinate


class Exchange(Block):
    """Dated rates for comparison only: how many units of each currency one unit of the reference is worth."""

    reference: Name
    as_of: date
    source: Name
    rates: dict[Name, Amount] = Field(default={})


class Plan(Block):
    """The Partnership Plan: what every Side signs, and what the software executes, line by line."""

    accord: Literal[1]
    call: CallHead
    topic: Annotated[tuple[Topic, ...], type_of_list, Field(min_length=1)]
    side: Annotated[tuple[Side, ...], type_of_list, Field(min_length=2)]
    timeline: Timeline
    eligibility: Eligibility
    review: Review
    conflicts: Conflicts
    affinity: AffinityRule
    ranking: RankingRule
    selection: SelectionRule
    exchange: Exchange | None = None
    twins: practice.Twins | None = None
    lottery: practice.LotteryDates | None = recorded()
    results: practice.Results | None = None
    disclosure: practice.Disclosure = practice.Disclosure()
    retention: practice.Retention | None = recorded()
    stage: Annotated[tuple[practice.Stage, ...], type_of_list] = recorded(())
    form: Annotated[tuple[practice.FormSection, ...], type_of_list] = recorded(())
    gate: Annotated[tuple[practice.Gate, ...], type_of_list] = recorded(())
    letter: Annotated[tuple[practice.Letter, ...], type_of_list] = ()
    sealing: practice.Sealing | None = recorded()
    data_protection: practice.DataProtection | None = recorded()
    log: practice.Log | None = None

    @property
    def sides(self) -> tuple[str, ...]:
        """The identifiers of the Sides, in the plan's order."""
        return tuple(side.id for side in self.side)

    def side_of(self, identifier: str) -> Side:
        """The Side of that identifier."""
        return next(side for side in self.side if side.id == identifier)

    @property
    def recorded_only(self) -> tuple[str, ...]:
        """The keys that this plan uses and the software does not execute yet, as paths."""
        direct = (f"side[{side.id}].request.basis" for side in self.side if side.request.basis == "direct")
        return (*_recorded(self, ""), *direct)


def _recorded(block: BaseModel, path: str) -> Iterator[str]:
    for name, field in type(block).model_fields.items():
        if name not in block.model_fields_set:
            continue
        extra = field.json_schema_extra
        value = getattr(block, name)
        place = f"{path}.{name}" if path else name
        if isinstance(extra, dict) and extra.get("executed") is False:
            yield place
        elif isinstance(value, BaseModel):
            yield from _recorded(value, place)
        elif isinstance(value, tuple):
            for number, entry in enumerate(value):
                if isinstance(entry, BaseModel):
                    yield from _recorded(entry, f"{place}[{getattr(entry, 'id', number)}]")
