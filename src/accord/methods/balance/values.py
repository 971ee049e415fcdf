"""What a balance is: opportunities, flows and shares of each Side, and the measures that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from accord.methods.scores import MILLION, millionths

METHOD: Final = "balance"
VERSION: Final = "1"

Kind: TypeAlias = Literal["partners", "reviews", "stays", "access"]
Counts: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """What was open to a Side, and what came of it: counts of calls and of eligible proposals."""

    calls: int
    """In which it takes part."""
    may_coordinate: int
    """Of those, in which its partners may coordinate."""
    proposals: int
    """With a partner on it."""
    coordinated: int
    funded: int
    """With a partner on it."""
    funded_coordinated: int

    @property
    def success(self) -> int | None:
        """Funded of the proposals with a partner on it, in millionths; None without a proposal."""
        return None if not self.proposals else millionths(Fraction(self.funded, self.proposals))

    @property
    def success_coordinated(self) -> int | None:
        """Funded of the proposals that it coordinates, in millionths; None without a proposal."""
        return None if not self.coordinated else millionths(Fraction(self.funded_coordinated, self.coordinated))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What each Side gave to the others and received from them, of one kind.

    `counts[a][b]` is what Side a gave to Side b: partners in funded proposals that b coordinates, reviews of
    proposals that b coordinates, stays of b's people, hours of a's facilities for b.
    """

    kind: Kind
    counts: Counts
    tolerance: int

    @property
    def exported(self) -> tuple[int, ...]:
        """What each Side gave to the others."""
        return tuple(sum(row) - row[side] for side, row in enumerate(self.counts))

    @property
    def imported(self) -> tuple[int, ...]:
        """What each Side received from the others."""
        return tuple(sum(row[side] for row in self.counts) - own[side] for side, own in enumerate(self.counts))

    @property
    def difference(self) -> tuple[int | None, ...]:
        """(export - import) / (export + import), in millionths, -1 to 1; None where there was neither."""
        return tuple(
            None if out + into == 0 else millionths(Fraction(out - into, out + into))
            for out, into in zip(self.exported, self.imported, strict=True)
        )

    @property
    def within(self) -> tuple[bool | None, ...]:
        """Whether the difference lies within the tolerance; None where there was neither."""
        return tuple(
            None if out + into == 0 else abs(out - into) * MILLION <= self.tolerance * (out + into)
            for out, into in zip(self.exported, self.imported, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Measures of reciprocity, one entry a Side in the order of `sides`; none of them is the verdict."""

    sides: tuple[str, ...]
    calls: int
    opportunities: tuple[Opportunity, ...]
    parts: tuple[tuple[int, ...], ...]
    """By Side, of each call in which it has a budget: what the funded proposals ask of it, in millionths of that."""
    value: tuple[Fraction, ...] | None
    """What the funded proposals ask of each Side, in units of the reference at dated rates; for comparison only."""
    reference: str | None
    flows: tuple[Flow, ...]
    """Of the kinds that were given, in the order partners, reviews, stays, access."""
    tolerance: int
    method: str = METHOD
    version: str = VERSION

    @property
    def utilisation(self) -> tuple[int | None, ...]:
        """The mean over calls of each Side's used part of its budget, in millionths; None without a budget."""
        return tuple(None if not parts else round(Fraction(sum(parts), len(parts))) for parts in self.parts)

    @property
    def utilisation_spread(self) -> int | None:
        """The greatest utilisation minus the least, in millionths; None where no Side has one."""
        known = [one for one in self.utilisation if one is not None]
        return max(known) - min(known) if known else None

    @property
    def return_coefficient(self) -> tuple[int | None, ...] | None:
        """A Side's share of the funded proposals coordinated over its share of the money, in millionths.

        None where the plans name no common dated rates; a Side's is None where nothing is funded or it pays nothing.
        """
        if self.value is None:
            return None
        money, led = sum(self.value), sum(one.funded_coordinated for one in self.opportunities)
        return tuple(
            None if not led or not value else millionths(Fraction(one.funded_coordinated, led) / (value / money))
            for one, value in zip(self.opportunities, self.value, strict=True)
        )
