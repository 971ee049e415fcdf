"""What a selection gives, and what it is computed from: frozen values in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

METHOD: Final = "selection"
VERSION: Final = "1"

Rule: TypeAlias = Literal["list-order", "list-with-skips", "ties-by-funds", "max-merit"]
Reason: TypeAlias = Literal["below-threshold", "budget", "topic-full", "limits", "list-stopped", "displaced"]
Amounts: TypeAlias = tuple[int, ...]
Items: TypeAlias = frozenset[int]


class Version(NamedTuple):
    """A reduced version of a proposal: what it is worth then, and what it then asks of each Side."""

    proposal: int
    merit: int
    requests: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFunded:
    """A proposal that is not funded, and why."""

    proposal: int
    reason: Reason
    """'below-threshold'; 'budget' (no version of it could be paid when its turn came); 'topic-full' (its topic had
    as many as it may have); 'limits' (with it a minimum, a forced proposal or the limit to the imbalance could no
    longer be met); 'list-stopped' (the list had stopped before it); 'displaced' (it could have been paid, but a
    better set uses the money)."""
    blocking: tuple[tuple[int, int], ...] = ()
    """Each Side (its place in `budgets`) that cannot pay it whole, and the amount short in its minor units."""
    stopped_at: int | None = None
    """The proposal that stopped the list, where the reason is 'list-stopped'."""
    reserve_place: int | None = None
    """Its place on the reserve list, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """What the same rule would fund besides, if Sides added to their budgets what they may; nobody leaves."""

    joins: tuple[int, ...]
    """In list order."""
    versions: tuple[int | None, ...]
    """Of each that joins: its place in `versions`, None where it is whole."""
    added: Amounts
    """What each Side would add, no more than is needed."""
    value: int
    """The merit of what joins."""
    bound: int
    """No more could join by this rule; equal to `value` when that is proven."""
    canonical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which proposals are funded, in reserve and not funded, in list order; amounts are in minor units."""

    funded: tuple[int, ...]
    versions: tuple[int | None, ...]
    """Of each funded proposal: its place in the argument `versions`, None where it is funded whole."""
    reserve: tuple[int, ...]
    not_funded: tuple[NotFunded, ...]
    """Every proposal that is not funded, those on the reserve list included."""
    remaining: Amounts
    """What each Side has left, with what is left of its topic budgets."""
    topic_remaining: tuple[tuple[int, int, int], ...]
    """(Side, topic, what is left) of each topic budget."""
    budget_after: tuple[Amounts, ...]
    """What each Side has left after each funded proposal, in the order of `funded`."""
    value: int
    """The sum of the merit of what is funded."""
    bound: int
    """The rule could not give a greater value; equal to `value` when that is proven."""
    optimal: bool
    """Whether the rule was carried out to the end and that is proven."""
    canonical: bool
    """Whether this is proven to be the one set that everybody who recomputes it gets."""
    solver: str | None
    """The solver and its version, named only where the result is not canonical."""
    top_up: TopUp | None
    """What the Sides' top-ups would add; None where the argument `top_up` is not given."""
    rule: Rule
    method: str = METHOD
    version: str = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A proposal, whole or in one of its versions."""

    proposal: int
    version: int | None
    merit: int
    weight: int
    requests: Amounts
    asks: tuple[tuple[int, int], ...]
    """(purse, amount) of each purse that it asks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Money of one Side: a topic's own part, or what is left for the topics that have none."""

    side: int
    topic: int | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A selection to be made; the arguments of `select` as they were read."""

    order: Amounts
    tie_group: Amounts
    merit: Amounts
    fundable: tuple[bool, ...]
    items: tuple[Item, ...]
    items_of: tuple[tuple[int, ...], ...]
    """Of each proposal: its items, the whole one first."""
    budgets: Amounts
    purses: tuple[Purse, ...]
    topic: Amounts
    topic_min: Mapping[int, int]
    topic_max: Mapping[int, int]
    coordinator: Amounts
    max_imbalance: int | None
    forced: frozenset[int]
    node_limit: int

    @property
    def limited(self) -> bool:
        """Whether something has to be reached, so that taking a proposal can make the rest impossible."""
        return bool(self.forced) or self.max_imbalance is not None or any(self.topic_min.values())

    @property
    def coordinating(self) -> tuple[int, ...]:
        """The Sides that coordinate a fundable proposal."""
        pairs = zip(self.coordinator, self.fundable, strict=True)
        return tuple(sorted({side for side, fundable in pairs if fundable}))
