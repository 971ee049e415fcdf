"""The values of a call: proposal, partner, expert, publication, review, and what is declared or agreed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from accord.plan.model import Side
from accord.plan.practice import type_of_list
from accord.plan.types import Amount, Block, Count, Country, Key, Name, Number, Orcid, Positive, Ror, Share

Year = Annotated[int, Field(ge=1900, le=2200)]


class Investigator(Block):
    """A person who would do the work; a known ORCID tells two people of one name apart."""

    id: Key
    name: Name | None = None
    orcid: Orcid | None = None
    lead: bool = False


class Partner(Block):
    """One organisation of a consortium on one Side, with its request in that Side's unit; none is `"0"`."""

    organisation: Name
    country: Country
    city: Name | None = None
    ror: Ror | None = None
    department: Name | None = None
    side: Key
    role: Literal["coordinator", "partner"]
    investigators: Annotated[tuple[Investigator, ...], type_of_list] = ()
    requested: Amount
    unit: Name
    overhead: Share | None = None  # the part of the direct costs that comes on top

    @property
    def funded(self) -> bool:
        """Whether it asks for anything."""
        return Decimal(self.requested) > 0


class Proposal(Block):
    """What a consortium wants to do, with whom, for how long and for how much."""

    id: Key
    title: Name
    abstract: str
    topic: Key
    duration_months: Positive
    partners: Annotated[tuple[Partner, ...], type_of_list, Field(min_length=1)]
    joint_reference: Name | None = None  # what both twins carry, where each Side keeps its own intake
    excluded_experts: Annotated[tuple[Key, ...], type_of_list] = ()

    @property
    def text(self) -> str:
        """Title and abstract, what a proposal is matched to experts by."""
        return f"{self.title}\n{self.abstract}"

    def requested(self, side: Side) -> int:
        """What it asks of a Side in total, in whole minor units of the Side's unit."""
        return sum(side.minor(partner.requested) for partner in self.partners if partner.side == side.id)


class Coauthor(Block):
    """Someone with whom an expert wrote a paper: last in which year, and how many wrote the smallest such paper."""

    id: Key
    last_year: Year
    authors: Positive | None = None


class Expert(Block):
    """A person who can judge proposals, for a Side or for none."""

    id: Key
    name: Name | None = None
    orcid: Orcid | None = None
    side: Key | None = None
    organisation: Name
    country: Country | None = None
    ror: Ror | None = None
    department: Name | None = None
    max_load: Count | None = None
    min_load: Count | None = None
    publications: Annotated[tuple[Name, ...], type_of_list] = ()
    coauthors: Annotated[tuple[Coauthor, ...], type_of_list] = ()


class Publication(Block):
    """A paper, by which an expert is matched to proposals."""

    id: Name
    title: Name
    abstract: str = ""
    year: Year
    authors: Positive | None = None  # how many wrote it

    @property
    def text(self) -> str:
        """Title and abstract."""
        return f"{self.title}\n{self.abstract}"


class Score(Block):
    """What one expert gave one proposal on one criterion."""

    proposal: Key
    expert: Key
    criterion: Key
    score: Number
    comment: str | None = None


class ConsensusScore(Block):
    """What the panel agreed on for one proposal and criterion."""

    proposal: Key
    criterion: Key
    score: Number
    comment: str | None = None


class DeclaredConflict(Block):
    """A conflict that a person or a Side declared, or a joint project, which counts as the plan says."""

    proposal: Key
    expert: Key
    reason: Name
    declared_by: Name | None = None
    kind: Literal["declared", "joint-project"] = "declared"
    year: Year | None = None  # in which a joint project ended, or will end

    @model_validator(mode="after")
    def _year_of_a_joint_project(self) -> Self:
        if (self.kind == "joint-project") != (self.year is not None):
            raise ValueError("a joint-project has the year in which it ended or will end, and nothing else has one")
        return self


class LotteryCommitment(Block):
    """A Side's commitment to its secret, SHA-256 in hexadecimal."""

    side: Key
    commitment: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LotteryReveal(Block):
    """The secret that a Side had committed to, in hexadecimal."""

    side: Key
    secret: Annotated[str, Field(pattern=r"^([0-9a-f]{2}){16,}$")]
    root: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Where the plan has a log: the root of the head under which it was revealed, which no later head can replace."""
