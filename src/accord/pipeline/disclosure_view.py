"""A reader, and what that reader may see: the one place that answers it, for every value of a call."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from accord.call.folder import SALT_KEY_FILE, Call
from accord.errors import InvalidInput
from accord.plan.model import Plan
from accord.plan.practice import ApplicantMatter, SideMatter
from accord.record.canonical import canonical

Outcome = Literal["funded", "reserve", "not-funded", "ineligible"]

EVERYTHING: Final = frozenset[str](get_args(SideMatter))
OWN_OF_APPLICANTS: Final = frozenset({"title", "abstract", "topic", "partners", "investigators", "amounts"})
PUBLIC: Final = ("title", "abstract", "topic", "partners", "amounts")
APPLICANTS: Final = ("scores", "comments", *get_args(ApplicantMatter))
OF_PROPOSAL: Final = "applicants:"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is written: all Sides together, one Side, applicants, or the public.

    Applicants without a proposal are those of the call in general: they read what the public does.
    """

    kind: Literal["sides", "side", "applicants", "public"]
    side: str | None = None
    proposal: str | None = None

    @classmethod
    def named(cls, name: str, plan: Plan) -> Reader:
        """The reader that a person names: sides, a Side's identifier, applicants, applicants:PROPOSAL, public."""
        if name in plan.sides:
            return cls("side", side=name)
        if name.startswith(OF_PROPOSAL) and name != OF_PROPOSAL:
            return cls("applicants", proposal=name.removeprefix(OF_PROPOSAL))
        for kind in ("sides", "applicants", "public"):
            if name == kind:
                return cls(kind)
        known = ", ".join(("sides", *plan.sides, "applicants:PROPOSAL", "applicants", "public"))
        raise InvalidInput(f"for: found {name!r}; write one of {known}")

    @property
    def name(self) -> str:
        """What the reader is called, as people name it."""
        if self.side is not None:
            return self.side
        return self.kind if self.proposal is None else f"{OF_PROPOSAL}{self.proposal}"


ALL_SIDES: Final = Reader("sides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What was written about a proposal on a criterion: by an expert, or by the panel where `expert` is None."""

    proposal: str
    criterion: str
    expert: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a reader may see.

    `matters` are those let out, in the plan's words. `own` are the Sides whose partners are the reader's own.
    `proposals` and `experts` say by which name one is shown; who is not in them is not shown at all.
    """

    reader: Reader
    matters: frozenset[str]
    own: frozenset[str]
    own_experts: frozenset[str]
    proposals: Mapping[str, str]
    experts: Mapping[str, str]

    @property
    def whole(self) -> bool:
        """Whether nothing is held back."""
        return self.reader.kind == "sides"

    @property
    def withheld(self) -> tuple[str, ...]:
        """The matters that the plan could let out to such a reader and does not, in the plan's words."""
        every = {"sides": (), "side": get_args(SideMatter), "applicants": APPLICANTS, "public": PUBLIC}
        known = PUBLIC if self.reader.kind == "applicants" and self.reader.proposal is None else every[self.reader.kind]
        return tuple(matter for matter in known if matter not in self.matters)

    def shows(self, *matters: str) -> bool:
        """Whether all of these are let out to the reader."""
        return self.matters.issuperset(matters)

    def need(self, document: str, *matters: str) -> None:
        """Raise InvalidInput where the reader may not see what a document cannot do without."""
        lacking = [matter for matter in matters if matter not in self.matters]
        if lacking:
            raise InvalidInput(
                f"{document} needs {', '.join(lacking)}, which the plan does not let out to {self.reader.name}"
            )

    def partners(self, side: str) -> bool:
        """Whether a Side's partners are shown."""
        return side in self.own or self.shows("partners")

    def people(self, side: str) -> bool:
        """Whether the investigators of a Side's partners are shown."""
        return side in self.own or self.shows("partners", "investigators")

    def money(self, side: str) -> bool:
        """Whether what proposals ask of a Side is shown."""
        return side in self.own or self.shows("amounts")

    def left(self, side: str) -> bool:
        """Whether what a Side has left is shown: to Sides only."""
        return self.reader.kind in {"sides", "side"} and self.money(side)

    def of_expert(self, expert: str, matter: str) -> bool:
        """Whether a matter is shown of an expert: a Side always sees its own experts'."""
        return expert in self.experts and (expert in self.own_experts or self.shows(matter))

    def evidence(self, expert: str) -> bool:
        """Whether a text that may name the expert, the partners and their people is shown."""
        return self.of_expert(expert, "experts") and self.shows("partners", "investigators")


def pseudonyms(
    call: Call, reader: Reader, prefix: str, hidden: Collection[str], taken: Collection[str]
) -> dict[str, str]:
    """A pseudonym for each hidden identifier: a number in an order that only the call's secret key gives.

    The same for one reader of one call, another for every other reader. Raises InvalidInput where the call has no
    secret key: the record's root is known to all, and an order drawn from it could be drawn again.
    """
    if call.salt_key is None:
        raise InvalidInput(
            f"the call has no {SALT_KEY_FILE}: without a secret, what a copy for {reader.name} holds back could be"
            f" tried out; put 64 hexadecimal digits that nobody else knows into {SALT_KEY_FILE} and run again"
        )
    while any(name.startswith(f"{prefix}-") for name in taken):
        prefix = f"{prefix}-"
    domain = canonical({"pseudonyms": prefix, "call": call.plan.plan.call.id, "reader": reader.name})
    key = hmac.digest(call.salt_key, domain, hashlib.sha256)
    drawn = sorted(hidden, key=lambda name: hmac.digest(key, name.encode(), hashlib.sha256))
    digits = len(str(len(drawn)))
    return {name: f"{prefix}-{number:0{digits}}" for number, name in enumerate(drawn, 1)}
